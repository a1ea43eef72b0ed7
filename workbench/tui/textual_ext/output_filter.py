"""The second wall: whatever a widget draws passes here on its way to the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from workbench.text.sanitize import is_plain, one_cell_each


class SafeFilter(LineFilter):
    """Replaces what could act on the terminal, one cell for one, without a new layout."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with inert text."""
        return [
            segment
            if segment.control or is_plain(segment.text)
            else Segment(one_cell_each(segment.text), segment.style)
            for segment in segments
        ]


# What the bench draws itself, by what is nearest in ASCII; each is one cell wide.
_NEAREST = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄▔▁", "-"), **dict.fromkeys("│┃║▌▐▏▕╎", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"), **dict.fromkeys("█▇▆▅▓", "#"),
        **dict.fromkeys("▄▃▂▒░", ":"), **dict.fromkeys("·•∙", "."), **dict.fromkeys("“”", '"'),
        **dict.fromkeys("‘’", "'"), **dict.fromkeys("–—‑", "-"), **dict.fromkeys("›▸→▶", ">"),
        **dict.fromkeys("‹◂←◀⌫", "<"), "…": "~", "◆": "*", "●": "@", "◐": "o", "○": "o", "▲": "!",
        "✗": "x", "×": "x", "↑": "^", "↓": "v", "▼": "v", "‡": "+", "≥": ">", "≤": "<", "√": "V",
        "\u00a0": " ",
    }
)  # fmt: skip


class AsciiFilter(LineFilter):
    """Draws with ASCII alone, for a terminal that has nothing else; as wide as before."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments; what has no likeness is a question mark a cell."""
        del background
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(ascii_text(segment.text), segment.style)
            for segment in segments
        ]


def ascii_text(text: str) -> str:
    """A text in ASCII, cell by cell."""
    drawn = text.translate(_NEAREST)
    if drawn.isascii():
        return drawn
    return "".join(one if one.isascii() else "?" * cell_len(one) for one in drawn)


ASCII = AsciiFilter()
# One object: Textual keeps a line's filtered form by the filter that made it.
SAFE = SafeFilter()
