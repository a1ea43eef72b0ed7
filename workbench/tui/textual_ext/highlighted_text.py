"""A text area that is coloured by spans of its own, and lets a parent have keys first.

Textual colours a text area by a language's grammar, and looks at every style rule for every paint.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

Span = tuple[str, int, int]  # kind, and characters of the text from, to


class HighlightedText(TextArea):
    """Subclasses give the spans, and may take keys."""

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
        starts = [0]
        for line in self.text.split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        for kind, start, end in self.spans():
            first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
            for row in range(first, last + 1):
                self._colour_part(row, max(start, starts[row]) - starts[row],
                                  end - starts[row] if row == last else None, kind)  # fmt: skip

    def _colour_part(self, row: int, start: int, end: int | None, kind: str) -> None:
        # Textual counts bytes here.
        line = self.document.get_line(row)
        if not line.isascii():
            start = len(line[:start].encode())
            end = None if end is None else len(line[:end].encode())
        self._highlights[row].append((start, end, kind))
