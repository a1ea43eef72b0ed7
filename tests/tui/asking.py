"""Asks statements on the bench and waits for their rows."""

from __future__ import annotations

from tests.tui.conftest import Driver
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import ResultSource
from workbench.tui.pages.sql import SqlView


def arrived(grid: Grid) -> bool:
    """Whether all rows are here."""
    return isinstance(grid.source, ResultSource) and grid.source.exact


async def ask(driver: Driver, sql: str) -> Grid:
    """Run a statement in the SQL view; its grid, with the focus."""
    await driver.press("4")
    await driver.until(lambda: isinstance(driver.bench.view, SqlView) and driver.bench.view.filled)
    view = driver.bench.view
    assert isinstance(view, SqlView)
    view.put_statement(sql)
    await driver.press("f5")
    await driver.until(lambda: arrived(view.tabs.front.grid))
    view.tabs.front.grid.focus()
    await driver.pilot.pause()
    return view.tabs.front.grid


def column(grid: Grid, name: str) -> int:
    """The number of the column of that name."""
    return [one.name for one in grid.columns].index(name)


async def again(driver: Driver, key: str) -> Grid:
    """Press a key that asks a new question of the result; the answer's grid."""
    view = driver.bench.view
    assert isinstance(view, SqlView)
    before = view.tabs.front.grid.source
    await driver.press(key)
    grid = view.tabs.front.grid
    await driver.until(lambda: grid.source is not before and arrived(grid))
    return grid
