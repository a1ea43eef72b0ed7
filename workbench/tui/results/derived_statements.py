"""Sorting, filtering, counting and describing a result: a new statement around the one asked."""

from __future__ import annotations

from typing import Any

from textual.widget import Widget

from workbench.errors import WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.sql import transforms
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.picker import Picker
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.messages import Failed
from workbench.tui.results.runner import Asked, StatementRunner

_MAX_PIVOT_COLUMNS = 12


class DerivedStatements:
    """Each shape of a result is asked of the engine; `undo` goes back through them."""

    def __init__(self, pane: Widget, runner: StatementRunner) -> None:
        self._pane = pane
        self._runner = runner
        self._before: list[tuple[Asked, str]] = []
        self._column_again = ""

    def begin(self, asked: Asked) -> None:
        """Run a statement that `undo` comes back to."""
        self._before = []
        self._runner.run(asked)

    def _column(self) -> tuple[Asked, str, Any] | None:
        grid = self._runner.grid
        if not grid.columns or self._runner.asked is None:
            return None
        if not self._runner.asked.sql:
            words = (
                "These rows were picked or compared, no statement gives them: search, mark and "
                "copy them, or ask the statement anew."
            )
            self._pane.notify(words, markup=False)
            return None
        cells = grid.source.row(grid.cursor_row)
        name = grid.columns[grid.cursor_column].name
        return self._runner.asked, name, cells[grid.cursor_column] if cells is not None else None

    def _derive(self, sql: str, words: str, extra: Bound | None = None) -> None:
        assert self._runner.asked is not None
        here = self._runner.grid.columns[self._runner.grid.cursor_column].name
        self._before.append((self._runner.asked, here))
        first = self._before[0][0].label
        parameters = {**self._runner.asked.parameters, **(extra or {})}
        self._runner.run(Asked(sql, parameters, f"{first}: {words}", self._runner.asked.notes))

    def sort(self, *, descending: bool) -> None:
        """Sort by the column."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            arrow = "↓" if descending else "↑"
            self._derive(transforms.sorted_by(asked.sql, name, descending), f"{name} {arrow}")

    async def keep_value(self) -> None:
        """Keep the rows with the value under the cursor."""
        if (at := self._column()) is None:
            return
        asked, name, value = at
        grid = self._runner.grid
        row, column = grid.cursor_row, grid.cursor_column
        read = self._runner.feed.cell_reader(row, column)
        if grid.source.cut(row, column) and read is not None:
            try:
                value = (await read()).cell
            except WorkbenchError as error:
                self._pane.post_message(Failed(error))
                return
        used = sum(key.startswith("cell_") for key in asked.parameters)
        parameter, text = f"cell_{used + 1}", None if value is None else str(value)
        sql = transforms.equal_to(asked.sql, name, grid.columns[column].type, parameter)
        self._derive(sql, f"{name} = {safe_text(text, 60)}", {parameter: text})

    async def condition(self) -> None:
        """Keep the rows for which a condition holds."""
        if (at := self._column()) is not None:
            asked, name, _ = at

            def chosen(condition: str | None) -> None:
                if condition:
                    self._derive(transforms.holding(asked.sql, condition), condition)

            await self._pane.app.push_screen(
                TextPrompt("Only rows where", f"{name} IS NOT NULL"), chosen
            )

    def frequency(self) -> None:
        """Count the values of the column, most frequent first."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            self._derive(transforms.frequency(asked.sql, name), f"values of {name}")

    def describe(self) -> None:
        """One row a column: type, NULLs, distinct values, quantiles."""
        if (at := self._column()) is not None:
            kinds = {one.name: one.type for one in self._runner.grid.columns}
            self._derive(transforms.described(at[0].sql, kinds), "columns")

    def histogram(self) -> None:
        """Count the column in twenty equal bins."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            column = self._runner.grid.columns[self._runner.grid.cursor_column]
            if not column.numeric and not column.moment:
                self._pane.notify(
                    "A histogram needs numbers or times; F counts values.", markup=False
                )
                return
            sql = transforms.histogram(asked.sql, name, column.moment)
            self._derive(sql, f"histogram of {name}")

    async def pivot(self) -> None:
        """Count the column under the cursor by the values of another."""
        if (at := self._column()) is not None:
            asked, name, _ = at
            others = [one.name for one in self._runner.grid.columns if one.name != name]

            def chosen(across: str | None) -> None:
                if across is not None:
                    self._pane.run_worker(
                        self._pivot(asked, name, across), group="pivot", exclusive=True
                    )

            choices = [(safe_text(other, 80), other) for other in others]
            await self._pane.app.push_screen(
                Picker(f"Count {safe_text(name, 40)} by", choices), chosen
            )

    async def _pivot(self, asked: Asked, name: str, across: str) -> None:
        sql = transforms.common_values(asked.sql, across, _MAX_PIVOT_COLUMNS)
        try:
            values = [
                row[0] for row in await self._runner.query_service.small_rows(sql, asked.parameters)
            ]
        except WorkbenchError as error:
            self._pane.post_message(Failed(error))
            return
        extra: Bound = {f"across_{at}": value for at, value in enumerate(values)}
        self._derive(
            transforms.pivot(asked.sql, name, across, values), f"{name} by {across}", extra
        )

    def undo(self) -> None:
        """Back to the rows as they were before the last sort, filter or count."""
        if self._before:
            asked, self._column_again = self._before.pop()
            self._runner.run(asked)

    def arrived(self) -> None:
        """Undone: the cursor is on the column that was sorted, filtered or counted by."""
        names = [column.name for column in self._runner.grid.columns]
        if self._column_again in names:
            self._runner.grid.cursor_column = names.index(self._column_again)
        self._column_again = ""
