"""The go-to box opens what was typed, however fast enter comes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Driver, Opened
from workbench.playbooks.format import SavedQuery
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService, Rows


def _there(driver: Driver, account: str) -> bool:
    view = driver.bench.view
    return view is not None and view.route == Route("account", (account,))


async def test_enter_before_the_answer_opens_the_first_hit(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        await driver.press("/")
        await driver.type("a-07")
        await driver.press("enter")
        await driver.until(lambda: _there(driver, "a-07"))


async def test_enter_opens_no_hit_of_what_was_typed_before(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        await driver.press("/")
        await driver.type("a-0")
        await driver.sees("found · enter")
        await driver.type("5")
        await driver.press("enter")
        await driver.until(lambda: _there(driver, "a-05"))


async def test_typing_on_after_enter_opens_nothing(
    opened: Opened, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = QueryService.rows

    async def held(query_service: QueryService, query: SavedQuery, *given: Any) -> Rows:
        if given and given[0] == {"text": "a-07"}:
            await asyncio.Event().wait()
        return await read(query_service, query, *given)

    monkeypatch.setattr(QueryService, "rows", held)
    async with opened(case) as driver:
        before = driver.bench.view
        await driver.press("/")
        await driver.type("a-07")
        await driver.press("enter")
        await driver.sees("looking…")
        await driver.type("9x")
        await driver.sees("0 found")
        assert driver.bench.view is before
        await driver.press("escape")
