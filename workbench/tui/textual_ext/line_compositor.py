"""Draws the lines that changed: Textual draws every widget within reach of a change anew.

A line of the grid and the status line below it changed: Textual takes the box around both, asks
each widget in it for all of its lines, and throws away what did not change. Here only the lines
that changed are asked for, from the front to the back until nothing of them can be seen through.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from textual._compositor import ChopsUpdate, Compositor
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.strip import Strip

Chops = dict[int, Strip | None]

# Its memory of two colours is keyed by the widget's drawn lines too, and so would keep the lines of
# the last 1,024 widgets that were removed. Asked of the class, it is keyed by the colours alone.
StylesCache.get_inner_outer = classmethod(StylesCache.get_inner_outer)  # type: ignore


def blocks(spans: list[tuple[int, int, int]]) -> Iterable[Region]:
    """The boxes around spans (line, from, to) whose lines follow one another."""
    begin = 0
    for at, (before, after) in enumerate(pairwise(spans), 1):
        if after[0] - before[0] > 1:
            yield _around(spans[begin:at])
            begin = at
    yield _around(spans[begin:])


def _around(spans: list[tuple[int, int, int]]) -> Region:
    left, right = min(span[1] for span in spans), max(span[2] for span in spans)
    return Region(left, spans[0][0], right - left, spans[-1][0] - spans[0][0] + 1)


class LineCompositor(Compositor):
    """Textual's compositor, thriftier with partial updates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last update, or None."""
        dirty = {region.intersection(self.size.region) for region in self._dirty_regions}
        self._dirty_regions.clear()
        spans = list(self._regions_to_spans(region for region in dirty if region))
        if not spans:
            return None
        chops: list[Chops] = [{} for _ in self.cuts]
        for y, _, _ in spans:
            chops[y] = dict.fromkeys(self.cuts[y][:-1])
        for block in blocks(spans):
            self._draw_block(block, chops)
        return ChopsUpdate(chops, spans, [cuts[1:] for cuts in self.cuts])

    def _draw_block(self, block: Region, chops: list[Chops]) -> None:
        wanted = {
            y: {cut for cut, end in pairwise(self.cuts[y]) if end > block.x and cut < block.right}
            for y in block.line_range
        }
        for widget, (region, clip) in self.visible_widgets.items():
            part = region.intersection(clip).intersection(block)
            if not part:
                continue
            # Whole lines of the widget: what it keeps by lines is of use to the next update.
            shown = region.intersection(clip)
            asked = Region(shown.x - region.x, part.y - region.y, shown.width, part.height)
            for y, strip in enumerate(widget.render_lines(asked), part.y):
                cuts = [cut for cut in self.cuts[y] if shown.x <= cut <= shown.right]
                pieces = strip.divide([cut - shown.x for cut in cuts[1:]])
                for cut, piece in zip(cuts, pieces, strict=False):
                    if chops[y][cut] is None:
                        chops[y][cut] = piece
                        wanted[y].discard(cut)
            if not any(wanted.values()):
                return
