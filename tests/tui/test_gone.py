"""What the trail remembers may be gone: each key then says so, and none ends the bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Driver, Opened, Sit
from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.errors import WorkbenchError
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route
from workbench.tui.shell.view_stack import ViewStack


async def _at(driver: Driver, route: Route) -> None:
    driver.bench.post_message(OpenRoute(route))
    await driver.until(lambda: driver.bench.view is not None and driver.bench.view.route == route)


async def test_a_query_that_is_gone(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await _at(driver, Route("query", ("gone",)))
        await driver.sees("There is no query “gone”")
        for key in ("e", "E", "r", "x"):
            driver.bench.clear_notifications()
            await driver.press(key)
            await driver.until(lambda: driver.bench._notifications)
        await driver.press("c")
        await driver.sees("run", "gone")


async def test_a_playbook_that_is_gone(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await _at(driver, Route("playbook", ("gone",)))
        await driver.sees("There is no playbook “gone”")
        await driver.press("R")
        await driver.sees("Wait until the steps have run.")
        await driver.press("c")
        await driver.sees("playbook run", "gone")


async def test_places_of_another_version_are_left_out(case: Path, opened: Opened) -> None:
    routes: list[Any] = [
        {"kind": "clusters", "key": [], "state": {}}, {"kind": "hologram", "key": ["x"]},
        {"kind": "account", "key": None}, "nonsense",
    ]  # fmt: skip
    kept = Case.open(case).state_dir() / "view.json"
    kept.write_text(json.dumps({"trail": routes}))
    async with opened(case) as driver:
        assert [stop.route.kind for stop in driver.bench.query_one(ViewStack).routes.entries] == [
            "clusters"
        ]


async def flag_the_cluster(driver: Driver) -> None:
    """Decide on the first cluster; the words against it are “none-found”."""
    await driver.press("2", "x")
    await driver.sees("30 accounts")
    await driver.speak_against("none-found")
    await driver.record()
    await driver.sees("Recorded as")


async def test_a_ledger_that_breaks_meanwhile_is_said(
    case: Path, opened: Opened, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_service: CaseService, _reading: object) -> None:
        raise WorkbenchError("audit.jsonl was replaced by another file.")

    async with opened(case) as driver:
        await flag_the_cluster(driver)
        await driver.press("7")
        await driver.sees("decision")
        await driver.press("5")
        await driver.sees("a-00", "R-PAY-SHARED")
        monkeypatch.setattr(CaseService, "read", broken)
        for keys in (("i",), ("m",), ("7", "enter")):
            driver.bench.clear_notifications()
            await driver.press(*keys)
            await driver.until(
                lambda: any("replaced" in one.message for one in driver.bench._notifications)
            )
        monkeypatch.undo()


async def test_a_record_that_is_changed_meanwhile_is_said(
    case: Path, opened: Opened, sit: Sit
) -> None:
    async with opened(case) as driver:
        await flag_the_cluster(driver)
        ledger = Case.open(case).ledger_path
        with ledger.open("r+b") as file:
            file.seek(ledger.read_bytes().index(b"none-found"))
            file.write(b"somebody's")
        await driver.press("5")
        await driver.sees("a-00", "R-PAY-SHARED")
        await driver.press("i")
        await driver.sees("This record cannot be read.")
