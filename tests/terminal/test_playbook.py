"""A playbook in the bench runs by itself; a key opens each result; the run can be recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_workbench
from tests.terminal.driver import bench

pytestmark = pytest.mark.terminal


def test_a_playbook_runs_opens_and_is_recorded(demo_case: Path) -> None:
    with bench(demo_case, 80, 24) as terminal:
        terminal.wait(r"audit empty")
        terminal.press("3", "f", "playbook cluster", "enter")
        terminal.wait(r"Prove or clear one cluster")
        terminal.press("enter")
        terminal.wait(r"cluster +cluster")
        terminal.press("C-none", "enter")
        terminal.wait(r"One cluster +0 +done; the playbook e")
        terminal.press("backspace", "f")
        terminal.press(*("backspace",) * 16, "playbook extract", "enter", "enter")
        terminal.wait(r"6 .* done")
        terminal.press("R")
        terminal.wait(r"F5 records it")
        terminal.press("f5")
        terminal.wait(r"The run is on record")
        terminal.press("down", "down", "enter")
        terminal.wait(r"instrument_fingerprint")
        terminal.press("backspace")
        terminal.wait(r"row 3 of 6")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    shown = run_workbench("audit", "show", demo_case)
    assert shown.stdout.count("playbook first-look step") == 6
    assert run_workbench("audit", "verify", demo_case).returncode == 0
