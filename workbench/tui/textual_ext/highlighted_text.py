"""A text area that is coloured by spans of its own, and lets a parent have keys first.

Textual colours a text area by a language's grammar, looks at every style rule for every paint, and
draws each visible part of a long line by styling and cutting the whole line anew: 0.4 s a key
behind 40 kB of ids. Long lines are drawn here, by the part alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

Span = tuple[str, int, int]  # kind, and characters of the text from, to
LONG_LINE = 1_000  # characters


class HighlightedText(TextArea):
    """Subclasses give the spans, and may take keys."""

    def __init__(self, *arguments: Any, **given: Any) -> None:
        # By line: characters from, to, and kind, in order.
        self._long: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        super().__init__(*arguments, **given)

    def spans(self) -> Iterable[Span]:
        """What is coloured how; a later span lies over an earlier one."""
        return ()

    def takes_key(self, key: str) -> bool:
        """Whether a key was used by something else; the text does not get it then."""
        del key
        return False

    async def _on_key(self, event: events.Key) -> None:
        if self.takes_key(event.key):
            event.prevent_default()
            event.stop()
            return
        await super()._on_key(event)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Without a look at every style rule for every paint: the theme sets the styles."""
        return super(TextArea, self).render_lines(crop)

    def highlight(self) -> None:
        """Colour the text anew."""
        self._build_highlight_map()
        self.refresh()

    def _build_highlight_map(self) -> None:
        self._line_cache.clear()
        self._highlights.clear()
        self._long.clear()
        starts = [0]
        for line in self.text.split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        for kind, start, end in self.spans():
            first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
            for row in range(first, last + 1):
                self._colour_part(row, max(start, starts[row]) - starts[row],
                                  end - starts[row] if row == last else None, kind)  # fmt: skip

    def _colour_part(self, row: int, start: int, end: int | None, kind: str) -> None:
        line = self.document.get_line(row)
        if len(line) > LONG_LINE:
            self._long[row].append((start, len(line) if end is None else end, kind))
            return
        # Textual counts bytes here.
        if not line.isascii():
            start = len(line[:start].encode())
            end = None if end is None else len(line[:end].encode())
        self._highlights[row].append((start, end, kind))

    def _render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        places = self.wrapped_document._offset_to_line_info
        if not self.soft_wrap or self.show_line_numbers or at >= len(places):
            return super()._render_line(y)
        row, section = places[at]
        line = self.document.get_line(row)
        return self._draw_part(row, section) if len(line) > LONG_LINE else super()._render_line(y)

    def _draw_part(self, row: int, section: int) -> Strip:
        """One visible line of a long one; its tabs are as wide as an indent."""
        line = self.document.get_line(row)
        ends = [*self.wrapped_document.get_offsets(row), len(line)]
        begin, end = (ends[section - 1] if section else 0), ends[section]
        part = Text(line[begin:end] + (" " if end == len(line) else ""), end="", no_wrap=True)
        theme, base = self._theme, self.rich_style
        if theme is not None:
            base = theme.base_style or base
            spans = self._long[row]
            for one in spans[max(0, bisect_left(spans, (begin, 0, "")) - 1) :]:
                if one[0] >= end:
                    break
                if style := theme.syntax_styles.get(one[2]):
                    part.stylize(style, max(0, one[0] - begin), max(0, one[1] - begin))
            low, high = sorted(self.selection)
            first = 0 if row > low[0] else low[1] - begin
            last = end - begin if row < high[0] else high[1] - begin
            if low != high and low[0] <= row <= high[0] and last > 0 and theme.selection_style:
                part.stylize(theme.selection_style, max(0, first), last)
            cursor_row, cursor_column = self.cursor_location
            here = cursor_row == row and begin <= cursor_column < begin + len(part)
            if here and self._draw_cursor and theme.cursor_style:
                part.stylize(theme.cursor_style, cursor_column - begin, cursor_column - begin + 1)
        part.expand_tabs(self.indent_width)
        width = self.scrollable_content_region.size.width
        strip = Strip(part.render(self.app.console), part.cell_len)
        return strip.extend_cell_length(width, base).crop(0, width).apply_style(base)
