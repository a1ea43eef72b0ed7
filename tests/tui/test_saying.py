"""What the bench says stays readable: few notifications at a time, none over a dialog's keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.asking import ask
from tests.tui.conftest import Opened
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.sql import SqlView
from workbench.tui.routes import Route, RouteHistory
from workbench.tui.textual_ext.app_driver import MAX_SAID


async def test_notifications_make_way_for_each_other(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        for number in range(9):
            driver.bench.notify(f"said {number}", markup=False)
            await driver.pilot.pause()
        await driver.sees("said 8", "said 7")
        assert len(driver.bench._notifications) <= MAX_SAID
        await driver.until(lambda: "said 6" not in driver.text())
        driver.bench.notify("said 8", markup=False)
        driver.bench.notify("said 8", markup=False)
        await driver.pilot.pause()
        assert driver.text().count("said 8") == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_no_notification_lies_over_the_keys_of_a_dialog(
    opened: Opened, case: Path, size: tuple[int, int]
) -> None:
    async with opened(case, size) as driver:
        await driver.press("2", "x")
        await driver.sees("It hits 30 accounts")
        for number in range(3):
            driver.bench.notify(f"number {number} " + "of many words " * 8, markup=False)
        await driver.sees("number 2")
        assert "F5 record" in driver.text()


async def test_no_rows_say_what_would_give_some(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT account_id FROM accounts WHERE account_id = 'none'")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        await driver.sees("leave one out")
        await driver.until(lambda: view.schema.rows)
        await ask(driver, "SELECT * FROM payments JOIN accounts USING (account_id)")
        await driver.sees("payments has none in this case")
        assert grid.source.total == 0


def test_the_trail_is_bounded() -> None:
    history = RouteHistory()
    for number in range(1000):
        history.go(Route("account", (str(number),)))
    assert len(history.entries) == RouteHistory.longest <= 50


async def test_levels_of_queries_are_words(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        driver.bench.post_message(OpenRoute(Route("queries")))
        await driver.sees("severity", "▸ steps")
        await driver.press("end")
        await driver.until(lambda: any(f"{mark} {word}" in driver.text() for mark, word in (
            ("●", "high"), ("◐", "medium"), ("○", "low"), ("·", "info"))))  # fmt: skip
