"""What was decided is shown by every place, each read again when it comes into sight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Opened
from workbench.playbooks.format import SavedQuery
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService, Rows


async def test_places_out_of_sight_are_read_when_they_are_shown(
    opened: Opened, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    read = QueryService.rows

    async def noted(query_service: QueryService, query: SavedQuery, *given: Any) -> Rows:
        asked.extend(given[0].get("account", "") for _ in given[:1])
        return await read(query_service, query, *given)

    monkeypatch.setattr(QueryService, "rows", noted)
    async with opened(case) as driver:
        for account in ("a-01", "a-02"):
            await driver.bench.on_open_route(OpenRoute(Route("account", (account,))))
            await driver.sees(f"{account}  ", "undecided")
        await driver.bench.workers.wait_for_complete()
        asked.clear()
        await driver.press("x")
        await driver.sees("Decide on account a-02")
        await driver.speak_against("none")
        await driver.record()
        await driver.sees("Recorded as", "flag")
        await driver.bench.workers.wait_for_complete()
        assert "a-02" in asked
        assert "a-01" not in asked
        await driver.press("backspace")
        await driver.sees("a-01  ")
        await driver.until(lambda: "a-01" in asked)
