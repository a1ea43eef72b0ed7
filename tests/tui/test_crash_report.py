"""A fault ends the bench with a report; work for a part that was closed is no fault."""

from __future__ import annotations

from textual.app import App
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.tui.shell.crash_report import left_behind


async def _missing(widget: DOMNode) -> NoMatches:
    try:
        widget.query_one("#nothing", Static)
    except NoMatches as error:
        return error
    raise AssertionError("found what is not there")


async def test_only_parts_that_are_gone_are_left_behind() -> None:
    app: App[None] = App()
    async with app.run_test():
        part = Vertical()
        await app.mount(part)
        assert not left_behind(await _missing(part))
        await part.remove()
        assert left_behind(await _missing(part))
        assert not left_behind(ValueError("ours"))
        assert not left_behind(await _missing(app))
        app.exit()
        assert left_behind(await _missing(app))
