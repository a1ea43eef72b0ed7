"""Long texts beside their names."""

from __future__ import annotations

from rich.cells import cell_len

from workbench.text.format import excerpt_fitted
from workbench.tui.dialogs.cell_viewer import hanging


def test_what_follows_stands_under_the_beginning_whatever_the_script() -> None:
    assert hanging("a  ", "one two three", 13) == "a  one two\n   three"
    wide = hanging("名前  ", "日本語" * 5, 16).split("\n")
    assert "".join(wide).replace(" ", "") == "名前" + "日本語" * 5
    assert all(cell_len(line) <= 16 for line in wide)
    assert [line[:6] for line in wide[1:]] == [" " * 6] * len(wide[1:])
    assert hanging("n  ", "", 20) == "n  "
    assert hanging("n  ", "first\nsecond", 20) == "n  first\n   second"
    assert hanging("n  ", "x" * 25, 13).split("\n") == [
        "n  " + "x" * 10,
        "   " + "x" * 10,
        "   xxxxx",
    ]


def test_the_caret_points_at_the_same_word_after_the_excerpt_is_cut() -> None:
    line = "LINE 1: SELECT " + ", ".join(f"column_{at}" for at in range(30)) + " FORM accounts"
    message = f"Parser Error: syntax error\n\n{line}\n{' ' * line.index('FORM')}^^^^"
    shown = excerpt_fitted(message, 60).split("\n")
    assert shown[0] == "Parser Error: syntax error"
    assert len(shown[2]) <= 60
    assert shown[2].startswith("…")
    at = shown[3].index("^")
    assert shown[2][at : at + 4] == "FORM"
    assert excerpt_fitted(message, 1000) == message
    assert excerpt_fitted("no excerpt", 5) == "no excerpt"
