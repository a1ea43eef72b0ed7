"""Finding a text in the rows of a result, however many there are."""

from __future__ import annotations

from textual.widget import Widget

from workbench.errors import WorkbenchError
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.messages import Failed
from workbench.tui.results.runner import StatementRunner
from workbench.workers.messages import Find


class RowSearch:
    """Asks for a text, and goes to the rows that hold it."""

    def __init__(self, pane: Widget, runner: StatementRunner) -> None:
        self._pane = pane
        self._runner = runner

    async def ask(self) -> None:
        """Ask for a text and go to the next row that holds it."""
        grid = self._runner.grid

        def chosen(text: str | None) -> None:
            if text:
                grid.sought = text.lower()
                grid.refresh_rows()
                work = self._go(grid.cursor_row, backwards=False)
                self._pane.run_worker(work, group="search", exclusive=True)

        prompt = TextPrompt("Find in these rows", "any part of any cell")
        await self._pane.app.push_screen(prompt, chosen)

    async def next(self) -> None:
        """To the next row that holds the text."""
        await self._go(self._runner.grid.cursor_row + 1, backwards=False)

    async def before(self) -> None:
        """To the row before that holds the text."""
        await self._go(self._runner.grid.cursor_row - 1, backwards=True)

    async def _go(self, first: int, *, backwards: bool) -> None:
        grid, opened = self._runner.grid, self._runner.opened
        if opened is None or not grid.sought:
            self._pane.notify("Nothing is sought yet: s asks what.", markup=False)
            return
        try:
            found = await self._runner.query_service.request(
                Find(opened.result, grid.sought, max(0, first), backwards)
            )
        except WorkbenchError as error:
            self._pane.post_message(Failed(error))
            return
        if found.row is None or (backwards and first < 0):
            here = "" if grid.source.exact else " among the rows that are here"
            which = "row before" if backwards else "further row"
            self._pane.notify(f"No {which} holds it{here}.", markup=False)
        else:
            grid.jump(found.row)
