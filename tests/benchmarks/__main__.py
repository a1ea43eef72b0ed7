"""`python -m tests.benchmarks CASE`: every budget, measured beside bare DuckDB in the same run.

CASE is reused, or made at the reference scale (28.8 M exchanges, 100,000 accounts; an hour of
generating and loading). Times on a machine that does other work are upper bounds: its load is
printed with them. `--peers DIR` is a virtual environment with Harlequin and VisiData in it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import results, screens, writing
from tests.benchmarks.figures import Figure, show
from tests.conftest import run_workbench

ACCOUNTS, EXCHANGES = 100_000, 28_800_000


def reference_case(case: Path, accounts: int, exchanges: int) -> None:
    """Make the case where it is missing."""
    if (case / "case.toml").exists():
        return
    extract = case.parent / f"{case.name}-extract"
    if not extract.exists():
        made = run_workbench(
            "synth", extract, "--accounts", str(accounts), "--exchanges", str(exchanges),
            timeout=None,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    loaded = run_workbench("load", case, extract, timeout=None)
    assert loaded.returncode == 0, loaded.stderr


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("case", type=Path)
    parser.add_argument("--peers", type=Path, help="environment with harlequin and vd")
    parser.add_argument("--extract", type=Path, help="time `load` of this extract, too (minutes)")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--exchanges", type=int, default=EXCHANGES)
    parser.add_argument("--only", nargs="*", default=[], help="parts: " + ", ".join(PARTS))
    given = parser.parse_args()
    reference_case(given.case, given.accounts, given.exchanges)
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        # A warm start finds its modules compiled; with this set each start compiles them again.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, part in PARTS.items():
            if not given.only or name in given.only:
                show(name, part(given, Path(folder)))


Part = Callable[[argparse.Namespace, Path], list[Figure]]
PARTS: dict[str, Part] = {
    "start": lambda given, _: screens.start(given.case, given.peers),
    "keys": lambda given, folder: screens.keys(given.case, given.peers, folder),
    "pages": lambda given, _: screens.pages(given.case),
    "stream": lambda given, folder: results.stream(given.case, folder),
    "whole": lambda given, _: screens.whole(given.case),
    "cancel": lambda given, folder: results.cancels(given.case, folder),
    "ledger": lambda _, folder: writing.ledger(folder),
    "load": lambda given, folder: writing.load(given.extract, folder),
}


if __name__ == "__main__":
    main()
