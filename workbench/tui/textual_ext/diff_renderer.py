"""Sends only the cells that changed: what the terminal shows is remembered.

Textual sends whole widgets; over SSH that is 4 to 5 KB for every key. Here each line that was
drawn anew is compared with what the terminal holds, rows that only moved are moved by the
terminal itself (scroll margins, which every terminal and tmux know), and a style is sent as the
difference from the one before. What is written passed the line filters already.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

# One cell: what it shows and the style's SGR parameters. The second cell of a wide character
# shows nothing.
Cell = tuple[str, str]
Line = list[Cell]
_UNKNOWN: Cell = ("\0", "")
_GAP = 6  # unchanged cells between two changes that are cheaper sent than skipped
_FEWEST_ROWS = 6
_MAX_LINES_SCROLLED = 8
_PROBES = 3
_STRIPS_KEPT = 1024


def line_cells(strip: Strip, system: ColorSystem) -> Line:
    """A strip cell by cell; what takes no cell stays with the one before it."""
    line: Line = []
    for text, style, control in strip:
        if control:
            continue
        key = "" if style is None else (style._ansi or Strip.render_ansi(style, system))
        if text.isascii():
            line += [(character, key) for character in text]
            continue
        for character in text:
            width = cell_len(character)
            if width == 0 and line:
                at = -1 if line[-1][0] else -2
                line[at] = (line[at][0] + character, line[at][1])
            elif width:
                line += [(character, key), *[("", key)] * (width - 1)]
    return line


@lru_cache(maxsize=4096)
def _parts(key: str) -> tuple[frozenset[str], str, str]:
    """Attributes, foreground and background of SGR parameters."""
    attributes: list[str] = []
    text = ground = ""
    codes = key.split(";") if key else []
    while codes:
        code = codes.pop(0)
        number = int(code)
        if number in (38, 48):
            taken = 4 if codes[0] == "2" else 2
            code = ";".join([code, *codes[:taken]])
            del codes[:taken]
        if 30 <= number <= 39 or 90 <= number <= 97:
            text = code
        elif 40 <= number <= 49 or 100 <= number <= 107:
            ground = code
        else:
            attributes.append(code)
    return frozenset(attributes), text, ground


@lru_cache(maxsize=16384)
def change_of_style(before: str, after: str) -> str:
    """The shortest sequence from one style to another."""
    if before == after:
        return ""
    old, old_text, old_ground = _parts(before)
    new, text, ground = _parts(after)
    if old - new or (old_text and not text) or (old_ground and not ground):
        return f"\x1b[0;{after}m" if after else "\x1b[0m"
    codes = sorted(new - old)
    codes += [text] if text != old_text else []
    codes += [ground] if ground != old_ground else []
    return f"\x1b[{';'.join(codes)}m" if codes else ""


class DiffRenderer:
    """What the terminal shows, line by line."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        # Lines that did not change are the same strips as before; each is kept with its cells,
        # so that no other strip can have its identity meanwhile.
        self._cells: dict[int, tuple[Strip, Line]] = {}

    def _cells_of(self, strip: Strip, system: ColorSystem) -> Line:
        kept = self._cells.get(id(strip))
        if kept is None:
            if len(self._cells) > _STRIPS_KEPT:
                self._cells.clear()
            kept = self._cells[id(strip)] = (strip, line_cells(strip, system))
        return kept[1]

    def forget(self) -> None:
        """Somebody else wrote to the terminal: everything is sent again."""
        self._lines = []

    def paint(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> str:
        """The sequences that bring the terminal to what `update` shows."""
        system = console._color_system or ColorSystem.TRUECOLOR
        width, height = console.width, console.height
        out: list[str] = []
        if len(self._lines) != height or (self._lines and len(self._lines[0]) != width):
            self._lines = [[_UNKNOWN] * width for _ in range(height)]
        wanted: dict[int, Line] = {}
        for y, x, strip in _patches(update):
            if 0 <= y < height:
                line = wanted.setdefault(y, list(self._lines[y]))
                cells = self._cells_of(strip, system)
                line[x : x + len(cells)] = cells
                del line[width:]
        changed = {y: line for y, line in wanted.items() if line != self._lines[y]}
        whole = list(self._lines)
        if len(changed) >= _FEWEST_ROWS and (moved := self._scroll(changed)):
            out.append(moved)
            # Rows that had been right may have moved along with the others.
            due = {**dict(enumerate(whole)), **wanted}
            changed = {y: line for y, line in due.items() if line != self._lines[y]}
        style = ""
        for y in sorted(changed):
            style = self._paint_line(y, changed[y], style, out)
        if style:
            out.append("\x1b[0m")
        return "".join(out)

    def _scroll(self, changed: dict[int, Line]) -> str:
        """Let the terminal move rows where most of them only moved; empty where they did not."""
        rows = sorted(changed)
        for probe in rows[len(rows) // (_PROBES + 1) :: max(1, len(rows) // (_PROBES + 1))]:
            for by in (step for n in range(1, _MAX_LINES_SCROLLED + 1) for step in (n, -n)):
                if 0 <= probe + by < len(self._lines) and changed[probe] == self._lines[probe + by]:
                    fit = [
                        y
                        for y in rows
                        if 0 <= y + by < len(self._lines) and changed[y] == self._lines[y + by]
                    ]
                    if len(fit) * 2 > len(rows):
                        return self._move(min(fit), max(fit), by)
        return ""

    def _move(self, first: int, last: int, by: int) -> str:
        """Rows `first` to `last` take what is `by` rows below (above, where negative)."""
        top, bottom = min(first, first + by), max(last, last + by)
        blank = [_UNKNOWN] * len(self._lines[0])
        block = self._lines[top : bottom + 1]
        if by > 0:
            self._lines[top : bottom + 1] = [*block[by:], *(list(blank) for _ in range(by))]
            step = f"\x1b[{bottom + 1};1H" + "\n" * by
        else:
            self._lines[top : bottom + 1] = [*(list(blank) for _ in range(-by)), *block[:by]]
            step = f"\x1b[{top + 1};1H" + "\x1bM" * -by
        return f"\x1b[{top + 1};{bottom + 1}r{step}\x1b[r"

    def _paint_line(self, y: int, line: Line, style: str, out: list[str]) -> str:
        shown = self._lines[y]
        self._lines[y] = line
        for start, end in _runs(shown, line):
            out.append(f"\x1b[{y + 1};{start + 1}H")
            for character, key in line[start:end]:
                if key != style:
                    out.append(change_of_style(style, key))
                    style = key
                out.append(character)
        return style


def _runs(shown: Line, line: Line) -> Iterable[tuple[int, int]]:
    """Stretches of cells to send; a wide character is sent whole."""
    start = end = -1
    for at, (old, new) in enumerate(zip(shown, line, strict=False)):
        if old == new:
            continue
        if start >= 0 and at - end > _GAP:
            yield _whole(line, start, end)
            start = -1
        if start < 0:
            start = at
        end = at + 1
    if start >= 0:
        yield _whole(line, start, end)


def _whole(line: Line, start: int, end: int) -> tuple[int, int]:
    while start and not line[start][0]:
        start -= 1
    while end < len(line) and not line[end][0]:
        end += 1
    return start, end


def _patches(update: LayoutUpdate | ChopsUpdate) -> Iterable[tuple[int, int, Strip]]:
    """(row, column, strip) of everything that was drawn."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, x1, x2 in update.spans:
        for end, (x, drawn) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if drawn is not None and x <= x2 and end > x1:
                yield y, x, drawn.crop(0, min(end, x2) - x)
