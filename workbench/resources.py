"""Finds what ships beside the code: saved queries, the sample extract, statements in `sql/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbench.errors import WorkbenchError

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise WorkbenchError(
        f"The shipped folder “{name}” is missing from this installation.",
        hint="Install the wheel again, or run from a complete checkout.",
    )


def queries_dir() -> Path:
    """The folder of shipped saved queries, traits and playbooks."""
    return _shipped("queries")


def sample_dir() -> Path:
    """The folder of the sample extract."""
    return _shipped("sample_db")


@cache
def statement(room: str, name: str) -> str:
    """The text of `<room>/sql/<name>.sql`, a statement of the product's own."""
    return (_PACKAGE / room / "sql" / f"{name}.sql").read_text(encoding="utf-8")
