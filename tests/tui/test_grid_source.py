"""Where rows of a result come from: windows that are kept, let go and not asked for in vain."""

from __future__ import annotations

from typing import Any

from workbench.tui.grid.canvas import cell_text
from workbench.tui.grid.source import GridColumn, ResultSource
from workbench.workers.protocol import window_rows


def test_windows_are_let_go_by_their_weight() -> None:
    """However long the texts: what a source keeps is bounded in bytes, not in rows."""
    columns = [[f"c{at}", "VARCHAR"] for at in range(4)]
    size = window_rows(4)

    def answer(extent: int) -> dict[str, Any]:
        return {"rows": [["x" * 512] * 4] * size, "cuts": [], "total": extent, "exact": True}

    total = 1000 * size
    asked: list[int] = []
    opened = answer(total) | {"result": 1, "columns": columns}
    source = ResultSource(opened, asked.append)
    for window in range(1, 1000):
        source.deliver(window, answer(total))
    kept = sum(source.row(window * size + size // 2) is not None for window in range(1000))
    assert 4 <= kept * size * 4 * 512 / (1 << 20) <= 40
    assert source.row(999 * size + size // 2) is not None


def test_rows_that_the_disk_did_not_take_are_not_asked_for() -> None:
    size = window_rows(1)
    answer = {"rows": [["x"]] * size, "cuts": [], "total": size, "exact": False}
    asked: list[int] = []
    source = ResultSource(answer | {"result": 1, "columns": [["a", "VARCHAR"]]}, asked.append)
    source.grow({"total": 9 * size, "exact": False})
    source.deliver(1, answer | {"total": 2 * size})  # asked for before there were more
    assert source.total == 9 * size
    source.grow({"total": 3 * size, "exact": False, "full": True})
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
