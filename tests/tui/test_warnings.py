"""The list of warnings: what it says first, and the whole of a warning by a key."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import commit_store
from tests.tui.conftest import Opened
from workbench.case.folder import Case

REMEDY = "and at its end, beyond the edge of a small terminal, it says what to do."


@pytest.fixture
def warned(_store: Path, tmp_path: Path) -> Path:
    """A case with a long warning."""
    store = tmp_path / "store.duckdb"
    store.write_bytes(_store.read_bytes())
    with duckdb.connect(str(store)) as connection:
        connection.execute(
            "INSERT INTO load_warnings VALUES ('exchanges', 'ts', 'odd', 7, 'x', $1)",
            [f"Something looks odd in the times of these exchanges, {REMEDY}"],
        )
    case = Case.create(tmp_path / "warned")
    commit_store(case, store)
    return case.root


@pytest.mark.parametrize("key", ["enter", "z", "v", "p"])
async def test_a_warning_is_read_whole(opened: Opened, warned: Path, key: str) -> None:
    async with opened(warned) as driver:
        await driver.sees("row 1 of")
        await driver.press("w")
        await driver.sees("message", "Something looks odd", "enter whole row")
        assert "what to do" not in driver.text()
        await driver.press(key)
        await driver.sees("Row 1", "what to do", "esc closes")
        await driver.press("escape", "y")
        await driver.sees("Copy", "cell")
