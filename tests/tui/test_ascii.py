"""A terminal of ASCII alone gets nothing else, cell by cell as wide as before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from workbench.tui.textual_ext.output_filter import ASCII, ascii_text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Mn", "Me", "Cf"])))
@settings(max_examples=50)
def test_it_is_as_wide_as_before(text: str) -> None:
    drawn = ascii_text(text)
    assert drawn.isascii()
    assert cell_len(drawn) == sum(map(cell_len, text))


def test_what_the_bench_draws_has_a_likeness() -> None:
    assert (
        ascii_text("╭─ Case ─╮ ◆ campaign · 1 … 2 █▃░ ‹ ›")
        == "+- Case -+ * campaign . 1 ~ 2 #:: < >"
    )
    [first, second] = ASCII.apply([Segment("│ ● high"), Segment("plain")], Color(0, 0, 0))
    assert (first.text, second.text) == ("| @ high", "plain")
