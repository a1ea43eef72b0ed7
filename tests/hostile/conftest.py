"""A case loaded from the hostile extract."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import run_workbench
from tests.hostile.extract import write_extract


@pytest.fixture(scope="session")
def built_hostile_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    case = folder / "case"
    state = str(folder / "state")
    done = run_workbench(
        "load", case, *write_extract(folder / "x\x1b]0;t\x07"), XDG_STATE_HOME=state
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr
    return case


@pytest.fixture
def hostile_case(built_hostile_case: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    shutil.copytree(built_hostile_case, folder)
    return folder
