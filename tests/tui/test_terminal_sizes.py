"""What a page shows fits the terminal at once; where too little shows, no key acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CLUSTER
from tests.tui.conftest import Opened
from workbench.tui.dialogs.choice import Choice
from workbench.tui.grid.grid import Grid


@pytest.mark.parametrize("page", ["1", "2", "3", "5", "6", "7"])
async def test_rows_show_on_a_phone(opened: Opened, case: Path, page: str) -> None:
    async with opened(case, (40, 12)) as driver:
        await driver.press(page)
        await driver.until(lambda: driver.bench.view is not None and driver.bench.view.filled)
        await driver.pilot.pause()
        view = driver.bench.view
        assert view is not None
        grids = [one for one in view.query(Grid) if one.is_on_screen and one.size.height >= 3]
        assert grids, driver.text()


async def test_a_decision_shows_its_fields_on_a_phone(opened: Opened, case: Path) -> None:
    async with opened(case, (40, 12)) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees(f"Decide on cluster {CLUSTER}", "It hits")
        for _ in range(6):
            field = driver.bench.screen.focused
            assert field is not None
            assert driver.bench.screen.can_view_entire(field) or isinstance(field, Choice)
            await driver.press("tab")


@pytest.mark.parametrize("size", [(39, 24), (80, 9), (5, 2)])
async def test_nothing_acts_where_too_little_shows(
    opened: Opened, case: Path, size: tuple[int, int]
) -> None:
    async with opened(case, (80, 24)) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("F5 record")
        await driver.pilot.resize_terminal(*size)
        await driver.until(lambda: type(driver.bench.screen).__name__ == "TooSmall")
        await driver.press("f5", "x", "q", "escape")
        await driver.pilot.resize_terminal(80, 24)
        await driver.sees("F5 record")  # the dialog is as it was
    assert not (case / "audit.jsonl").exists()


@pytest.mark.parametrize(("size", "wide"), [((80, 24), False), ((130, 36), True)])
async def test_one_change_of_size_is_enough(
    opened: Opened, case: Path, size: tuple[int, int], wide: bool
) -> None:
    async with opened(case, (120, 36) if not wide else (80, 24)) as driver:
        await driver.pilot.resize_terminal(*size)
        await driver.until(lambda: ("Exchanges a day" in driver.text()) == wide)
        assert driver.bench.wide == wide
