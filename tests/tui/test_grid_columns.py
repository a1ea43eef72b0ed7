"""Which columns of a grid are drawn, and how wide."""

from __future__ import annotations

from workbench.tui.grid.columns import Layout


def test_a_number_is_drawn_whole_or_not_at_all() -> None:
    text, number = Layout([10, 4, 20]), Layout([10, 4, 20], {2})
    assert text.visible(31) == [(0, 10), (1, 4), (2, 13)]
    assert number.visible(31) == [(0, 10), (1, 4)]
    assert number.more(31) == (False, True)
    assert number.visible(38) == [(0, 10), (1, 4), (2, 20)]


def test_a_number_wider_than_the_room_is_still_begun_when_one_goes_to_it() -> None:
    layout = Layout([10, 5, 44], {1, 2})
    layout.bring(2, 40)
    assert layout.visible(40) == [(0, 10), (2, 28)]


def test_a_long_text_gives_way_to_a_number_that_nearly_fits() -> None:
    layout = Layout([10, 44, 7, 9], {2, 3})
    assert layout.visible(75) == [(0, 10), (1, 43), (2, 7), (3, 9)]
    assert layout.more(75) == (False, False)
    assert layout.visible(60) == [(0, 10), (1, 39), (2, 7)]
    assert layout.more(60) == (False, True)
    assert layout.visible(40) == [(0, 10), (1, 28)]
    assert layout.widths == [10, 44, 7, 9]


def test_the_mark_for_columns_at_the_left_stands_behind_the_frozen_ones() -> None:
    layout = Layout([10, 20, 20, 20])
    layout.bring(3, 40)
    assert layout.more(40) == (True, False)
    assert layout.still(40) == 12
    layout.freeze(0)
    assert layout.still(40) == 0
