"""Reading on, stopped and asked again, never doubles a row, loses one or leaves files behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import ROWS
from workbench.case.store_parts import StoreParts
from workbench.engine.disk import DiskBudget
from workbench.engine.results import Result, reopen
from workbench.engine.session import Session, SessionLimits
from workbench.errors import Cancelled

SORTED = "SELECT n FROM exchanges ORDER BY n DESC"


def _nothing() -> None:
    return


@pytest.fixture
def result(store: Path, tmp_path: Path) -> Iterator[Result]:
    """A sort of which the first rows are there."""
    session = Session(StoreParts.of(store), tmp_path, SessionLimits())
    budget = DiskBudget(tmp_path, 1 << 30)
    made = Result(session, tmp_path / "result-1", SORTED, {}, budget)
    made.stream(10, _nothing, _nothing)
    yield made
    session.close()


def _stop_after(result: Result, rows: int) -> Callable[[], None]:
    def progress() -> None:
        if result.rows >= rows:
            result._cancelled.set()

    return progress


def test_every_time_it_is_read_anew(result: Result) -> None:
    for stop in (5_000, 50_000):
        with pytest.raises(Cancelled):
            result.read_all(_stop_after(result, stop))
        assert stop <= result.rows < ROWS
        assert result.window(stop - 1, 1, 9)[0] == [[ROWS - stop]]
    for _ in range(3):
        result.read_all(_nothing)
        assert result.rows == ROWS
        assert result.window(ROWS - 1, 1, 9)[0] == [[0]]
        assert len(list(result.folder.glob("rows-*"))) == 1
    assert result._budget.used == result.bytes


def test_by_the_next_worker_too(result: Result, tmp_path: Path) -> None:
    result.read_all(_nothing)
    result.read_all(_nothing)
    budget = DiskBudget(tmp_path, 1 << 30)
    again = reopen(result._session, result.folder, budget)
    again.read_all(_nothing)
    assert (again.rows, again.exact) == (ROWS, True)
    assert again.window(ROWS - 1, 1, 9)[0] == [[0]]
    assert budget.used == again.bytes
