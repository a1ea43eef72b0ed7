"""The grid's scrollbar: Textual's, drawn line by line.

Textual draws the whole bar anew, styles and all, for every row that scrolls by: half of what a key
costs. Here lines are kept, and only those are drawn again over which an end of the thumb went.
"""

from __future__ import annotations

from math import ceil

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

_STEPS = len(ScrollBarRender.VERTICAL_BARS)  # of an end of the thumb in one cell


class LineScrollBar(ScrollBar):
    """A vertical scrollbar one cell wide."""

    position: Reactive[float] = reactive(0.0, repaint=False)

    def __init__(self) -> None:
        super().__init__(vertical=True, name="vertical", thickness=1)
        self._strips: dict[str, Strip] = {}
        self._drawn = (0, 0)

    def _ends(self) -> tuple[int, int]:
        """Where the thumb begins and ends, in steps from the top; (0, 0) without one."""
        size, window, whole = self.size.height, self.window_size, ceil(self.window_virtual_size)
        if not size or not window or window >= whole:
            return 0, 0
        thumb = max(1.0, window * size / whole)
        start = int((size - thumb) * self.position / (whole - window) * _STEPS)
        return start, start + ceil(thumb * _STEPS)

    def watch_position(self) -> None:
        """Draw the lines over which an end of the thumb went."""
        ends = self._ends()
        for before, now in zip(self._drawn, ends, strict=True):
            if before != now:
                first, last = min(before, now) // _STEPS, max(before, now) // _STEPS
                self.refresh(Region(0, first, 1, last - first + 1))

    def notify_style_update(self) -> None:
        """Colours changed."""
        self._strips.clear()
        super().notify_style_update()

    def watch_mouse_over(self) -> None:
        """The bar under the mouse has colours of its own."""
        self._strips.clear()

    def watch_grabbed(self) -> None:
        """The bar that is held has colours of its own."""
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the bar; equal ones are the same strip."""
        self._drawn = start, end = self._ends()
        return [self._line(self._part(y, start, end)) for y in crop.line_range]

    def _part(self, y: int, start: int, end: int) -> str:
        (first, head), (last, tail) = divmod(start, _STEPS), divmod(end, _STEPS)
        if y == first and head:
            return f"head{head}"
        if y == last and tail:
            return f"tail{tail}"
        return "above" if y < first else "thumb" if y < last else "below"

    def _line(self, part: str) -> Strip:
        if part not in self._strips:
            strip = Strip([self._segment(part)], 1)
            for line_filter in self.get_line_filters():
                strip = strip.apply_filter(line_filter, self.background_colors[1])
            self._strips[part] = strip
        return self._strips[part]

    def _segment(self, part: str) -> Segment:
        colours = self._colours()
        glyphs = ScrollBarRender.VERTICAL_BARS
        if part in ("above", "below"):
            act = "scroll_up" if part == "above" else "scroll_down"
            return Segment(" ", Style(bgcolor=colours.bgcolor, meta={"@mouse.down": act}))
        glyph = " " if part == "thumb" else glyphs[_STEPS - 1 - int(part[4:])]
        held = Style(reverse=not part.startswith("head"), meta={"@mouse.down": "grab"})
        return Segment(glyph, colours + held)

    def _colours(self) -> Style:
        assert self.parent is not None
        styles = self.parent.styles
        state = "_active" if self.grabbed else "_hover" if self.mouse_over else ""
        ground = getattr(styles, f"scrollbar_background{state}")
        if ground.a < 1:
            ground = self.parent.background_colors[0] + ground
        bar = ground + getattr(styles, f"scrollbar_color{state}")
        return Style.from_color(bar.rich_color, ground.rich_color)


def line_scrollbar(view: ScrollView) -> ScrollBar:
    """The vertical bar of a scroll view, drawn by lines; made when it is first needed."""
    if view._vertical_scrollbar is None:
        view._vertical_scrollbar = LineScrollBar()
        view._vertical_scrollbar.display = False
        view.app._start_widget(view, view._vertical_scrollbar)
    return view._vertical_scrollbar
