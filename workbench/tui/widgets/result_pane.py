"""An open result that can be sorted, filtered and counted, all in the engine."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from workbench.playbooks.binding import Bound
from workbench.tui.widgets.result_runner import Asked, ResultRunner


class ResultPane(ResultRunner):
    """Each shape is a new statement around the one that was asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "sort(False)", "sort ascending", id="result.sort_up"),
        Binding("right_square_bracket", "sort(True)", "sort descending", id="result.sort_down"),
        Binding("f", "filter", "only this value", id="result.filter"),
        Binding("F", "frequency", "count values", id="result.frequency"),
        Binding("u", "original", "undo sort and filter", id="result.original"),
    ]

    original: Asked | None = None

    def ask(self, asked: Asked) -> None:
        """Run a statement that `u` comes back to."""
        self.original = asked
        self.run(asked)

    def _column(self) -> tuple[str, Any] | None:
        grid = self.grid
        if not grid.columns or not grid.source.total or self.original is None:
            return None
        cells = grid.source.row(grid.cursor_row)
        name = grid.columns[grid.cursor_column].name
        return name, cells[grid.cursor_column] if cells is not None else None

    def _derive(self, shape: str, label: str, extra: Bound | None = None) -> None:
        assert self.asked is not None
        sql = shape.replace("{result}", self.asked.sql.strip().rstrip(";"))
        parameters = {**self.asked.parameters, **(extra or {})}
        self.run(Asked(sql, parameters, label, self.asked.notes))

    def action_sort(self, descending: bool) -> None:
        """Sort by the column, in the engine."""
        if (column := self._column()) is not None and self.asked is not None:
            order = "DESC" if descending else "ASC"
            shape = (
                f"SELECT * FROM (\n{{result}}\n) ORDER BY {quoted(column[0])} {order} NULLS LAST"
            )
            self._derive(shape, f"{self._base_label()} by {column[0]} {order.lower()}")

    def action_filter(self) -> None:
        """Keep the rows with the value under the cursor."""
        if (column := self._column()) is not None and self.asked is not None:
            name, value = column
            used = sum(key.startswith("cell_") for key in self.asked.parameters)
            parameter = f"cell_{used + 1}"
            shape = (
                f"SELECT * FROM (\n{{result}}\n) "
                f"WHERE CAST({quoted(name)} AS VARCHAR) IS NOT DISTINCT FROM ${parameter}"
            )
            text = None if value is None else str(value)
            self._derive(shape, f"{self._base_label()} where {name} is this", {parameter: text})

    def action_frequency(self) -> None:
        """Count the values of the column, most frequent first."""
        if (column := self._column()) is not None:
            name = quoted(column[0])
            shape = (
                f"SELECT {name}, count(*) AS n, "
                "round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS percent "
                f"FROM (\n{{result}}\n) GROUP BY {name} ORDER BY n DESC, {name} NULLS LAST"
            )
            self._derive(shape, f"{self._base_label()}: values of {column[0]}")

    def _base_label(self) -> str:
        return self.original.label if self.original else ""

    def action_original(self) -> None:
        """Back to the rows as they were asked for."""
        if self.original is not None and self.asked is not self.original:
            self.run(self.original)


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'
