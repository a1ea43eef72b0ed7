"""An open result that can be sorted, filtered, counted and described, all in the engine."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from workbench.errors import WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.sql import transforms
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed
from workbench.tui.results.runner import Asked, ResultRunner

_ACROSS = 12


class ResultPane(ResultRunner):
    """Each shape is a new statement around the one that was asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "sort(False)", "sort ascending", id="result.sort_up"),
        Binding("right_square_bracket", "sort(True)", "sort descending", id="result.sort_down"),
        Binding("f", "filter", "only this value", id="result.filter"),
        Binding("equals_sign", "condition", "only where…", id="result.condition"),
        Binding("F", "frequency", "count values", id="result.frequency"),
        Binding("d", "describe", "describe columns", id="result.describe"),
        Binding("H", "histogram", "histogram", id="result.histogram"),
        Binding("P", "pivot_table", "pivot table", id="result.pivot"),
        Binding("t", "times", "times of this column", id="result.times"),
        Binding("R", "rarity", "rarity beside values", id="result.rarity"),
        Binding("s", "search('ask')", "search in rows", id="result.search"),
        Binding("n", "search('next')", "next match", id="result.search_next"),
        Binding("N", "search('before')", "match before", id="result.search_before"),
        Binding("u", "undo", "undo sort, filter, count", id="result.undo"),
        Binding("I", "provenance", "what this result is", id="result.provenance"),
        Binding("W", "export", "write to a file", id="result.export"),
    ]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._before: list[tuple[Asked, str]] = []
        self._column_again = ""

    def ask(self, asked: Asked) -> None:
        """Run a statement that `u` comes back to."""
        self._before = []
        self.run(asked)

    def _column(self) -> tuple[Asked, str, Any] | None:
        grid = self.grid
        if not grid.columns or self.asked is None:
            return None
        if not self.asked.sql:
            self.notify("These rows were picked or compared, no statement gives them: search, mark "
                        "and copy them, or ask the statement anew.", markup=False)  # fmt: skip
            return None
        cells = grid.source.row(grid.cursor_row)
        name = grid.columns[grid.cursor_column].name
        return self.asked, name, cells[grid.cursor_column] if cells is not None else None

    def _derive(self, sql: str, words: str, extra: Bound | None = None) -> None:
        assert self.asked is not None
        here = self.grid.columns[self.grid.cursor_column].name
        self._before.append((self.asked, here))
        first = self._before[0][0].label
        parameters = {**self.asked.parameters, **(extra or {})}
        self.run(Asked(sql, parameters, f"{first}: {words}", self.asked.notes))

    def action_sort(self, descending: bool) -> None:
        """Sort by the column."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            arrow = "↓" if descending else "↑"
            self._derive(transforms.sorted_by(asked.sql, name, descending), f"{name} {arrow}")

    async def action_filter(self) -> None:
        """Keep the rows with the value under the cursor."""
        if (at := self._column()) is None:
            return
        asked, name, value = at
        grid = self.grid
        row, column = grid.cursor_row, grid.cursor_column
        read = self.cell_reader(row, column)
        if grid.source.cut(row, column) and read is not None:
            try:
                value = (await read())["cell"]
            except WorkbenchError as error:
                self.post_message(Failed(error))
                return
        used = sum(key.startswith("cell_") for key in asked.parameters)
        parameter, text = f"cell_{used + 1}", None if value is None else str(value)
        sql = transforms.equal_to(asked.sql, name, grid.columns[column].type, parameter)
        self._derive(sql, f"{name} = {safe_text(text, 60)}", {parameter: text})

    async def action_condition(self) -> None:
        """Keep the rows for which a condition holds."""
        from workbench.tui.dialogs.text_prompt import TextPrompt

        if (at := self._column()) is not None:
            asked, name, _ = at

            def chosen(condition: str | None) -> None:
                if condition:
                    self._derive(transforms.holding(asked.sql, condition), condition)

            await self.app.push_screen(TextPrompt("Only rows where", f"{name} IS NOT NULL"), chosen)

    def action_frequency(self) -> None:
        """Count the values of the column, most frequent first."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            self._derive(transforms.frequency(asked.sql, name), f"values of {name}")

    def action_describe(self) -> None:
        """One row a column: type, NULLs, distinct values, quantiles."""
        if (at := self._column()) is not None:
            kinds = {one.name: one.type for one in self.grid.columns}
            self._derive(transforms.described(at[0].sql, kinds), "columns")

    def action_histogram(self) -> None:
        """Count the column in twenty equal bins."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            column = self.grid.columns[self.grid.cursor_column]
            if not column.numeric and not column.moment:
                self.notify("A histogram needs numbers or times; F counts values.", markup=False)
                return
            sql = transforms.histogram(asked.sql, name, column.moment)
            self._derive(sql, f"histogram of {name}")

    async def action_pivot_table(self) -> None:
        """Count the column under the cursor by the values of another."""
        from workbench.tui.dialogs.picker import Picker

        if (at := self._column()) is not None:
            asked, name, _ = at
            others = [one.name for one in self.grid.columns if one.name != name]

            def chosen(across: str | None) -> None:
                if across is not None:
                    self.run_worker(self._pivot(asked, name, across), group="pivot", exclusive=True)

            choices = [(safe_text(other, 80), other) for other in others]
            await self.app.push_screen(Picker(f"Count {safe_text(name, 40)} by", choices), chosen)

    async def _pivot(self, asked: Asked, name: str, across: str) -> None:
        sql = transforms.common_values(asked.sql, across, _ACROSS)
        try:
            values = [row[0] for row in await self.query_service.few(sql, asked.parameters)]
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        extra: Bound = {f"across_{at}": value for at, value in enumerate(values)}
        self._derive(
            transforms.pivot(asked.sql, name, across, values), f"{name} by {across}", extra
        )

    def action_undo(self) -> None:
        """Back to the rows as they were before the last sort, filter or count."""
        if self._before:
            asked, self._column_again = self._before.pop()
            self.run(asked)

    def on_result_runner_arrived(self) -> None:
        """Undone: the cursor is on the column that was sorted, filtered or counted by."""
        names = [column.name for column in self.grid.columns]
        if self._column_again in names:
            self.grid.cursor_column = names.index(self._column_again)
        self._column_again = ""

    def _act(self, name: str) -> None:
        from workbench.tui.results import row_questions

        if self.opened is not None:
            self.run_worker(partial(getattr(row_questions, name), self)(), group="act")

    def action_times(self) -> None:
        """Show when the rows happened: by day, and by weekday and hour."""
        self._act("show_times")

    def action_rarity(self) -> None:
        """Show beside each value how many accounts have it; again to take it away."""
        self._act("toggle_rarity")

    def action_search(self, what: str) -> None:
        """Find a text in the rows, or the next or last row with it."""
        self._act(f"search_{what}")

    def action_provenance(self) -> None:
        """Say what this result is: statement, values, generation, age, cost."""
        self._act("show_provenance")

    def action_export(self) -> None:
        """Write every row to a file: Parquet, CSV or JSON lines."""
        self._act("export")
