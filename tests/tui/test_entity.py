"""The page of a shared value: known accounts at once, the count of all rows behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import commit_store
from tests.tui.conftest import Driver, Opened
from workbench.case.folder import Case
from workbench.playbooks.format import SavedQuery
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService, Rows

# (account, how often it began a prompt so): clustering's sample met the first two only, and the
# first of them oftener than the second.
SENT = (("a-01", 2), ("a-02", 5), ("a-03", 9))
HEAD = "translate the following text for"


@pytest.fixture
def shared(_store: Path, tmp_path: Path, case: Path) -> Path:
    """The small case with prompts that begin alike."""
    store = tmp_path / "shared.duckdb"
    store.write_bytes(_store.read_bytes())
    with duckdb.connect(str(store)) as connection:
        for account, times in SENT:
            connection.execute(
                "INSERT INTO exchanges (account_id, ts, prompt_head) "
                "SELECT $account, TIMESTAMP '2026-05-02' + to_hours(i), $head "
                "FROM range($times) t(i)",
                {"account": account, "head": HEAD, "times": times},
            )
        connection.execute(
            "INSERT INTO traits (account_id, family, value, n) "
            "VALUES ('a-01', 'head', $head, 2), ('a-02', 'head', $head, 1)",
            {"head": HEAD},
        )
        connection.execute(
            "INSERT INTO trait_stats (family, value, accounts, rarity, hub) "
            "VALUES ('head', $head, 2, 3.0, false)",
            {"head": HEAD},
        )
    commit_store(Case.open(case), store)
    return case


class Held:
    """Holds the count of all rows back until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = asyncio.Event()
        rows = QueryService.rows

        async def later(
            query_service: QueryService, query: SavedQuery, given: Mapping[str, object], *more: Any
        ) -> Rows:
            if query.id == "entity-accounts":
                await self.gate.wait()
            return await rows(query_service, query, given, *more)

        monkeypatch.setattr(QueryService, "rows", later)


def accounts(driver: Driver) -> list[tuple[str, int | None]]:
    """(account, how often) of the grid."""
    grid = driver.bench.query_one("#entity-accounts", Grid)
    records = [grid.record(row) for row in range(grid.source.total)]
    return [(str(record["account_id"]), record["n"]) for record in records]


async def test_known_accounts_are_shown_at_once_and_counted_behind(
    shared: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(shared) as driver:
        held = Held(monkeypatch)
        driver.bench.post_message(OpenRoute(Route("entity", ("head", HEAD))))
        await driver.sees("≥ 2 of 40 accounts", "counting …")
        assert accounts(driver) == [("a-01", None), ("a-02", None)]
        grid = driver.bench.query_one("#entity-accounts", Grid)
        await driver.press("space")
        held.gate.set()
        await driver.sees(" 3 of 40 accounts have it · in 1 cluster · clustering's sample met 2")
        assert "counting" not in driver.text()
        assert accounts(driver) == [("a-03", 9), ("a-02", 5), ("a-01", 2)]
        # The cursor stood on a-02 and a-01 was marked: both went along with their rows.
        assert grid.cursor_row == 1
        assert grid.marks == {2}


async def test_a_page_that_is_read_again_stays_whole_meanwhile(
    shared: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(shared) as driver:
        driver.bench.post_message(OpenRoute(Route("entity", ("head", HEAD))))
        await driver.sees(" 3 of 40 accounts")
        held = Held(monkeypatch)
        assert driver.bench.view is not None
        driver.bench.view.refill()
        await driver.pilot.pause()
        assert accounts(driver) == [("a-03", 9), ("a-02", 5), ("a-01", 2)]
        held.gate.set()
        await driver.bench.workers.wait_for_complete()
        assert accounts(driver) == [("a-03", 9), ("a-02", 5), ("a-01", 2)]
