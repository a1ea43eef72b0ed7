"""A long line is drawn by the part that shows, and looks as a short one does."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.widgets.text_area import Selection

from workbench.tui.sql import editor
from workbench.tui.sql.editor import SqlEditor, SqlText
from workbench.tui.textual_ext import highlighted_text
from workbench.tui.textual_ext.app_driver import TerminalApp

_PARTS = ("SELECT 'é', count(*)", "FROM t -- ü", 'WHERE a = $b AND "c d" = 1.5', "x" * 45)


class Around(TerminalApp):
    """An editor and nothing else."""

    def compose(self) -> ComposeResult:
        yield SqlEditor([""], 0, lambda table, column: None, id="editor")


def drawn(area: SqlText) -> list[list[tuple[str, str]]]:
    """Characters with their styles, line by line."""
    strips = [area.render_line(y) for y in range(area.size.height)]
    return [
        [(char, str(segment.style)) for segment in strip for char in segment.text]
        for strip in strips
    ]


async def test_long_and_short_lines_are_drawn_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(_PARTS) * 3 + "\n" + " , ".join(_PARTS)
    app = Around()
    async with app.run_test(size=(50, 24)) as pilot:
        area = app.query_one(SqlText)
        app.query_one(SqlEditor).styles.height = 20
        area.focus()
        area.text = text
        for place in ((0, 0), (0, 49), (0, 50), (0, 130), (0, len(text.split("\n")[0])), (1, 3)):
            for begin in (place, (0, 10), (1, 0)):
                area.selection = Selection(begin, place)
                await pilot.pause()
                looks = []
                for limit in (10, 10_000):
                    monkeypatch.setattr(highlighted_text, "LONG_LINE", limit)
                    area.highlight()
                    looks.append(drawn(area))
                assert looks[0] == looks[1], (begin, place)


async def test_what_is_very_long_is_not_read_at_each_key() -> None:
    app = Around()
    async with app.run_test(size=(80, 24)) as pilot:
        area = app.query_one(SqlText)
        area.focus()
        area.text = "SELECT 'a'," * (editor._MAX_READ // 10)
        await pilot.press("a")
        assert area.spans() == []
        assert not app.query_one(SqlEditor).bar.offer.found
