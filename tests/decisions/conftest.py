"""The small case of the command line's tests."""

from tests.cli.conftest import _store, bench, case, sit

__all__ = ["_store", "bench", "case", "sit"]
