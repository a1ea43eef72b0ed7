"""The case that a battery works on: a copy of the one that it is given, or the sample's."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import run_workbench


def case_in(folder: Path, given: str = "") -> Path:
    """Lay the case into a folder; raises SystemExit where the sample cannot be loaded."""
    case = folder / "case"
    if given:
        shutil.copytree(given, case)
        return case
    made = run_workbench("demo", "--case", case, XDG_STATE_HOME=str(folder / "made"))
    if made.returncode:
        raise SystemExit(made.stderr)
    return case
