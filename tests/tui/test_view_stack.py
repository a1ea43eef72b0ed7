"""The stage: a place comes into sight filled, or soon."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Opened
from workbench.playbooks.format import SavedQuery
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService, Rows

ACCOUNT = OpenRoute(Route("account", ("a-01",)))


async def test_a_place_comes_into_sight_filled(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        before = driver.bench.view
        assert before is not None
        opening = asyncio.ensure_future(driver.bench.on_open_route(ACCOUNT))
        await driver.until(lambda: driver.bench.view is not before)
        page = driver.bench.view
        assert page is not None
        while not page.display:
            assert before.display
            await asyncio.sleep(0)
        await opening
        assert not before.display
        await driver.until(lambda: page.filled)


async def test_a_slow_place_is_shown_before_it_is_filled(
    opened: Opened, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, read = asyncio.Event(), QueryService.rows

    async def slow(query_service: QueryService, query: SavedQuery, *given: Any) -> Rows:
        if query.id == "account-exchanges":
            await answered.wait()
        return await read(query_service, query, *given)

    monkeypatch.setattr(QueryService, "rows", slow)
    async with opened(case) as driver:
        await driver.bench.on_open_route(ACCOUNT)
        page = driver.bench.view
        assert page is not None
        assert page.display
        assert not page.filled
        answered.set()
        await driver.until(lambda: page.filled)
