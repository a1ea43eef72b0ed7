"""Partial updates and the grid's scrollbar: less work, and exactly what Textual would draw."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widgets import Static

from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import GridColumn, PageSource
from workbench.tui.textual_ext.app_driver import BlankScreen
from workbench.tui.textual_ext.line_compositor import LineCompositor
from workbench.tui.textual_ext.scrollbar import LineScrollBar

SIZE = (60, 20)
_REGION = st.builds(
    Region,
    st.integers(-3, SIZE[0]), st.integers(-3, SIZE[1]), st.integers(0, 40), st.integers(0, 12),
)  # fmt: skip


class Layers(App[None]):
    """Two columns, a grid with its bar, text behind something that lies over it."""

    CSS = """
    Screen { layers: below above; }
    #over { layer: above; offset: 20 6; width: 25; height: 5; border: round red; }
    #left { width: 21; }
    """

    def get_default_screen(self) -> BlankScreen:
        """The bench's own."""
        return BlankScreen(id="_default")

    def compose(self) -> ComposeResult:
        """Line by line told apart."""
        with Horizontal():
            yield Static("\n".join(f"left {at} ███ 漢字漢字" for at in range(30)), id="left")
            with Vertical():
                yield Grid()
                yield Static("below")
        yield Static("over all", id="over")

    def on_mount(self) -> None:
        """Give the grid its rows."""
        columns = [GridColumn("number", "BIGINT"), GridColumn("word")]
        self.query_one(Grid).show(columns, PageSource([[at, f"w{at}"] for at in range(200)]))


def seen(update: ChopsUpdate | None) -> dict[tuple[int, int], object]:
    """(line, column) → (character, style) of all cells in the spans of an update."""
    cells: dict[tuple[int, int], object] = {}
    if update is None:
        return cells
    for y, x1, x2 in update.spans:
        for x, strip in update.chops[y].items():
            if strip is None or (not x1 <= x < x2 and not x <= x1 < x + strip.cell_length):
                continue
            for at in range(strip.cell_length):
                if x1 <= x + at < x2:
                    cells[y, x + at] = list(Strip(strip.crop(at, at + 1)))
    return cells


def both(compositor: Compositor, dirty: set[Region]) -> tuple[object, object]:
    """What each of the two draws for the same changes."""
    compositor._dirty_regions = set(dirty)
    ours = compositor.render_partial_update()
    compositor._dirty_regions = {r.intersection(compositor.size.region) for r in dirty}
    return seen(ours), seen(Compositor.render_partial_update(compositor))


def test_changes_are_drawn_as_textual_draws_them() -> None:
    async def run() -> None:
        app = Layers()
        async with app.run_test(size=SIZE):
            compositor = app.screen._compositor
            assert isinstance(compositor, LineCompositor)

            @settings(max_examples=120, deadline=None)
            @given(st.sets(_REGION, min_size=1, max_size=5))
            def same(dirty: set[Region]) -> None:
                ours, theirs = both(compositor, dirty)
                assert ours == theirs

            same()

    asyncio.run(run())


def look(strip: Strip) -> object:
    """What can be seen of a line of one cell, and what a press of the mouse does there."""
    [(text, style, _)] = list(strip)
    assert style is not None
    ink, ground = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    return text, None if text == " " else ink, ground, style.meta


@pytest.mark.parametrize("whole", [21, 40, 333, 28_800_001])
def test_the_bar_is_drawn_as_textual_draws_it(whole: int) -> None:
    async def run() -> None:
        app = Layers()
        async with app.run_test(size=SIZE):
            grid = app.query_one(Grid)
            bar = grid.vertical_scrollbar
            assert isinstance(bar, LineScrollBar)
            box = bar.size.region
            bar.window_virtual_size = whole
            for part in range(101):
                bar.position = part * (whole - bar.window_size) / 100
                ours = [look(strip) for strip in bar.render_lines(box)]
                bar._styles_cache.clear()
                bar._render_content()
                theirs = [look(strip) for strip in ScrollBar.render_lines(bar, box)]
                assert ours == theirs, part

    asyncio.run(run())


def test_a_step_asks_only_for_the_lines_that_an_end_of_the_thumb_crosses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        app = Layers()
        async with app.run_test(size=SIZE):
            bar = app.query_one(Grid).vertical_scrollbar
            bar.window_virtual_size = 28_800_001
            bar.render_lines(bar.size.region)
            asked: list[Region] = []
            monkeypatch.setattr(bar, "refresh", lambda *regions, **_: asked.extend(regions))
            bar.position = 40
            assert asked == []
            bar.position = 14_000_000
            assert asked
            assert all(region.height <= SIZE[1] // 2 + 1 for region in asked)

    asyncio.run(run())


def test_the_edge_of_a_heading_is_dragged_and_a_click_goes_to_its_cell() -> None:
    async def run() -> None:
        app = Layers()
        async with app.run_test(size=SIZE) as pilot:
            grid = app.query_one(Grid)
            first, second = grid.layout_of.widths
            await pilot.mouse_down(grid, offset=(first, 0))
            await pilot.hover(grid, offset=(first + 7, 0))
            await pilot.mouse_up(grid, offset=(first + 7, 0))
            assert grid.layout_of.widths == [first + 7, second]
            await pilot.hover(grid, offset=(first, 0))
            assert grid.layout_of.widths == [first + 7, second]
            await pilot.click(grid, offset=(first + 10, 4))
            assert (grid.cursor_row, grid.cursor_column) == (3, 1)
            await pilot.click(grid, offset=(0, 0))
            assert (grid.cursor_row, grid.cursor_column) == (3, 0)
            await pilot.mouse_down(grid, offset=(first + 7, 0))
            await pilot.hover(grid, offset=(0, 0))
            await pilot.mouse_up(grid, offset=(0, 0))
            assert grid.layout_of.widths[0] == 3

    asyncio.run(run())
