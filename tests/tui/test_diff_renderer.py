"""The painter: whatever it saves, the terminal ends with exactly what was drawn."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from workbench.tui.textual_ext.diff_renderer import DiffRenderer, change_of_style

WIDTH, HEIGHT = 24, 12
STYLES = [
    Style.parse(words)
    for words in ("none", "bold", "red on blue", "bold #102030 on #405060", "underline green",
                  "strike", "on #405060", "reverse bright_red", "dim color(201)")
]  # fmt: skip


def frame(lines: list[list[tuple[str, int]]]) -> LayoutUpdate:
    strips: list[Iterable[Strip]] = [
        # The last column stays blank: pyte, unlike a terminal, wraps before a combining mark there.
        [
            Strip([Segment(text, STYLES[at]) for text, at in line])
            .adjust_cell_length(WIDTH - 1)
            .adjust_cell_length(WIDTH)
        ]
        for line in lines
    ]
    return LayoutUpdate(strips, Region(0, 0, WIDTH, HEIGHT))


def console() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, height=HEIGHT, color_system="truecolor",
                   force_terminal=True)  # fmt: skip


def shown(sequence: str, screen: pyte.Screen) -> list[list[tuple[str, str, str, bool]]]:
    pyte.Stream(screen).feed(sequence)
    return [
        [
            (cell.data, cell.fg, cell.bg, cell.bold)
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


words = st.text(st.sampled_from("ab 日本e\u0301é·…"), max_size=8)
lines = st.lists(st.tuples(words, st.integers(0, len(STYLES) - 1)), max_size=4)
frames = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT)


@settings(max_examples=150, deadline=None)
@given(st.lists(frames, min_size=2, max_size=4))
def test_what_is_shown_is_what_was_drawn(drawn: list[list[list[tuple[str, int]]]]) -> None:
    painter, screen = DiffRenderer(), pyte.Screen(WIDTH, HEIGHT)
    for each in drawn:
        seen = shown(painter.paint(frame(each), console()), screen)
        whole = shown(DiffRenderer().paint(frame(each), console()), pyte.Screen(WIDTH, HEIGHT))
        assert seen == whole


@settings(max_examples=80, deadline=None)
@given(st.integers(-8, 8), st.lists(st.text("xyz", min_size=3, max_size=9), min_size=30))
def test_rows_that_moved_are_moved_not_sent(by: int, texts: list[str]) -> None:
    named = [f"{at} {text}" for at, text in enumerate(texts)]
    painter, screen = DiffRenderer(), pyte.Screen(WIDTH, HEIGHT)
    for start in (8, 8 + by):
        body = [[(text, 0)] for text in named[start : start + HEIGHT - 2]]
        sequence = painter.paint(frame([[("head", 1)], *body, [("foot", 2)]]), console())
        seen = shown(sequence, screen)
    assert ["".join(cell[0] for cell in line).rstrip() for line in seen[1 : HEIGHT - 1]] == named[
        8 + by : 8 + by + HEIGHT - 2
    ]
    if 0 < abs(by) <= 3:
        assert len(sequence) < 45 * abs(by) + 60


def test_a_style_is_sent_as_its_difference() -> None:
    assert change_of_style("1;38;2;1;2;3", "1;38;2;1;2;3") == ""
    assert change_of_style("38;2;1;2;3;48;5;7", "38;2;9;9;9;48;5;7") == "\x1b[38;2;9;9;9m"
    assert change_of_style("9", "9;31") == "\x1b[31m"
    assert change_of_style("1;31", "31") == "\x1b[0;31m"
    assert change_of_style("31", "") == "\x1b[0m"
