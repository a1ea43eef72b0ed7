"""On a wide terminal nothing is cut or left out while there is blank room beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.conftest import Driver, Opened
from workbench.tui.grid.columns import GAP, NATURAL_LIMIT, WIDEST, Layout
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.view import View
from workbench.tui.routes import Route

_BLANK = 20


def wasted(grid: Grid) -> list[str]:
    """Columns that are cut or out of sight while 20 blank ones stand beside them."""
    room = grid.span
    visible = grid.layout_of.visible(room)
    used = sum(width + GAP for _, width in visible) - GAP
    if room - used < _BLANK or not visible:
        return []
    names = [grid.columns[at].name for at in grid.layout_of.shown()]
    found = [name for name in names if name not in {grid.columns[at].name for at, _ in visible}]
    for number, width in visible:
        rows = (grid.source.row(at) for at in range(min(40, grid.source.total)))
        cells = [grid._text(row[number], grid.columns[number]) for row in rows if row]
        if max(map(cell_len, cells), default=0) > width and width < NATURAL_LIMIT:
            found.append(grid.columns[number].name)
    return found


async def visit(driver: Driver, route: Route) -> list[str]:
    bench = driver.bench
    bench.post_message(OpenRoute(route))
    await driver.until(lambda: bench.view is not None and bench.view.route == route)
    view = bench.view
    assert isinstance(view, View)
    await driver.until(lambda: view.filled)
    found: list[str] = []
    for part in [name for _, name in view.PARTS] or [""]:
        if part:
            await view.action_part(part)
        await bench.workers.wait_for_complete()
        await driver.pilot.pause()
        for grid in view.shown_grids():
            found += [f"{route.kind} {part}: {name}" for name in wasted(grid)]
    return found


@pytest.mark.parametrize("size", [(120, 36), (160, 45)])
async def test_no_page_wastes_room(
    opened: Opened, built_case: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    folder = tmp_path / "case"
    shutil.copytree(built_case, folder)
    found: list[str] = []
    async with opened(folder, size) as driver:
        grid = driver.bench.view.shown_grids()[0] if isinstance(driver.bench.view, View) else None
        assert grid is not None
        cluster = str(grid.record(0)["cluster_id"])
        for route in (*(Route(kind) for kind in ("overview", "clusters", "queries", "campaigns",
                                                 "decisions", "ledger")),
                      Route("cluster", (cluster,)), Route("campaign", (cluster,))):  # fmt: skip
            found += await visit(driver, route)
        members = driver.bench.query_one("ClusterPage #part-members", Grid)
        account = str(members.record(0)["account_id"])
        found += await visit(driver, Route("account", (account,)))
    assert found == []


@given(
    st.lists(st.tuples(st.integers(3, 300), st.booleans()), min_size=1, max_size=14),
    st.integers(20, 300),
)
@settings(max_examples=200)
def test_no_cell_stays_blank_that_a_text_wants(columns: list[tuple[int, bool]], room: int) -> None:
    natural = [min(NATURAL_LIMIT, width) for width, _ in columns]
    numbers = {at for at, (width, numeric) in enumerate(columns) if numeric and width <= 20}
    layout = Layout([min(WIDEST, one) for one in natural], numbers, natural)
    visible = layout.visible(room)
    used = sum(width for _, width in visible) + GAP * (len(visible) - 1)
    assert used <= max(room, visible[0][1])
    if visible[-1][0] == len(columns) - 1 and used < room:
        assert [at for at, width in visible if width < natural[at] and at not in numbers] == []
