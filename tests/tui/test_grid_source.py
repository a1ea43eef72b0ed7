"""Where rows of a result come from: windows that are kept, let go and not asked for in vain."""

from __future__ import annotations

from workbench.tui.grid.canvas import cell_text
from workbench.tui.grid.source import GridColumn, ResultSource
from workbench.workers.messages import Began, Spooled, Spooling, WindowRead
from workbench.workers.protocol import window_rows


def test_windows_are_let_go_by_their_weight() -> None:
    """However long the texts: what a source keeps is bounded in bytes, not in rows."""
    columns = [[f"c{at}", "VARCHAR"] for at in range(4)]
    size = window_rows(4)

    rows = [["x" * 512] * 4] * size
    total = 1000 * size
    asked: list[int] = []
    began = Began(1, columns, rows, [], False, False, 1.0, total, exact=True, full=False)
    source = ResultSource(began, asked.append)
    for window in range(1, 1000):
        source.deliver(window, WindowRead(1, window * size, rows, [], total, True, False))
    kept = sum(source.row(window * size + size // 2) is not None for window in range(1000))
    assert 4 <= kept * size * 4 * 512 / (1 << 20) <= 40
    assert source.row(999 * size + size // 2) is not None


def test_rows_that_the_disk_did_not_take_are_not_asked_for() -> None:
    size = window_rows(1)
    rows, columns = [["x"]] * size, [["a", "VARCHAR"]]
    began = Began(1, columns, rows, [], True, False, 1.0, size, exact=False, full=False)
    source = ResultSource(began, lambda _window: None)
    source.grow(Spooling(0, 9 * size, exact=False, full=False))
    before = WindowRead(1, size, rows, [], 2 * size, exact=False, full=False)
    source.deliver(1, before)  # asked for before there were more
    assert source.total == 9 * size
    source.grow(Spooled(0, 1.0, 3 * size, exact=False, full=True))
    assert source.total == 3 * size


def test_numbers_are_as_long_as_they_are_telling() -> None:
    real, score = GridColumn("gap_cv", "DOUBLE"), GridColumn("member_score", "DOUBLE")
    shown = {0.0: "0", 0.98765: "0.988", 0.012345: "0.0123", 0.0098765: "0.0099",
             0.00012345: "0.00012", -0.5: "-0.5",
             1.23e-7: "1.2e-07", 123.456: "123.5", 1234.5: "1,234", 12345.6: "12,346",
             1e300: "1e+300", float("inf"): "inf"}  # fmt: skip
    assert {value: cell_text(value, real) for value in shown} == shown
    assert cell_text(-0.0, real) == "0"
    surely = {0.0: "0.000", 0.00012345: "<0.001", 0.0098765: "0.010", 0.98765: "0.988",
              1.0: "1.000", 7.5: "7.5", -0.5: "-0.5"}  # fmt: skip
    assert {value: cell_text(value, score) for value in surely} == surely
