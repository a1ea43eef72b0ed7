"""Times that no calendar has: an extract with numbers of the wrong unit opens all the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, commit_store
from tests.tui.asking import ask
from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.tui.pages.view import day
from workbench.tui.plots.text_plots import Day, day_of

FAR = ("TIMESTAMP '57361-11-30 11:33:20'", "TIMESTAMP 'infinity'", "TIMESTAMP '0044-03-15 (BC)'")


@pytest.fixture
def far_case(_store: Path, tmp_path: Path) -> Path:
    """The small case with exchanges in one ordinary year and in three that no calendar has."""
    store, root = tmp_path / "far.duckdb", tmp_path / "far"
    store.write_bytes(_store.read_bytes())
    with duckdb.connect(str(store)) as connection:
        for number, ts in enumerate(("TIMESTAMP '2026-05-01'", *FAR)):
            connection.execute(
                "INSERT INTO exchanges (account_id, exchange_id, ts) "
                f"VALUES ('a-01', '{number}', {ts})"
            )
        connection.execute(f"UPDATE accounts SET status = 'banned', status_at = {FAR[0]}")
    commit_store(Case.create(root), store)
    return root


async def test_the_overview_tells_them_apart(far_case: Path, opened: Opened) -> None:
    async with opened(far_case) as driver:
        await driver.until(lambda: "most" in driver.says("#overview-days"))
        assert "most 1 · no day is missing · 3 after the year 9999" in driver.says("#overview-days")


async def test_lanes_leave_them_out(far_case: Path, opened: Opened) -> None:
    async with opened(far_case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("enter")
        await driver.sees("evidence")
        await driver.press("w")
        await driver.sees("2026-05-01 … 2026-05-01")


async def test_times_of_a_column_leave_them_out(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        rows = ", ".join(f"({ts})" for ts in ("TIMESTAMP '2026-05-01'", *FAR))
        await ask(driver, f"SELECT * FROM (VALUES {rows}) t(ts) LIMIT 9")
        await driver.press("t")
        await driver.sees("2 days after the year 9999 or before 1 left out", "most on 2026-05-01")
        await driver.press("escape")
        await ask(driver, f"SELECT {FAR[0]} AS ts LIMIT 9")
        await driver.press("t")
        await driver.sees("There is no time in this column that a calendar has.")


def test_days() -> None:
    assert day_of("2026-05-01 23:59:59.5") == Day(2026, 5, 1)
    assert [day_of(text) for text in ("57361-11-30", "infinity", "0044-03-15 (BC)", None)] == [
        None, None, None, None,
    ]  # fmt: skip
    assert day("57361-11-30 11:33:20") == "57361-11-30"
    assert day("0044-03-15 (BC) 00:00:00") == "0044-03-15 (BC)"
    assert day(None) == ""
