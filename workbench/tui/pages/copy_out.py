"""Copying cells and rows out of a grid, as the policy allows, noted in the ledger."""

from __future__ import annotations

from functools import partial

from textual.widget import Widget

from workbench.decisions.policy_hooks import note_clipboard
from workbench.errors import WorkbenchError, from_os
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.dialogs.picker import Picker
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import Failed
from workbench.tui.shell.context import Context
from workbench.tui.textual_ext import osc52

_FORMS = (
    ("cell", "c  the cell"), ("tsv", "r  the row, tab-separated"),
    ("markdown", "t  the rows here, as a Markdown table"), ("csv", "v  the rows here, as CSV"),
    ("json", "j  the rows here, as JSON lines"), ("sql", "i  the column here, as a SQL list"),
)  # fmt: skip
_MAX_ROWS_COPIED = 1000


class CopyOut:
    """Asks in which form, asks the policy, and copies."""

    def __init__(self, page: Widget, context: Context) -> None:
        self._page = page
        self._context = context

    def offer(self, grid: Grid, row: int, column: int, fetch: Fetch | None) -> None:
        """Ask what to copy, and copy it; `fetch` reads the cell in full where it was cut."""

        def chosen(form: str | None) -> None:
            if form:
                work = self._copy(grid, (row, column), form, fetch)
                self._page.run_worker(work, group="copy")

        choices = [(words, form) for form, words in _FORMS]
        title = "Copy; a record keeps digest and length"
        self._page.app.push_screen(Picker(title, choices, records=True), chosen)

    async def _copy(self, grid: Grid, at: tuple[int, int], form: str, fetch: Fetch | None) -> None:
        row, column = at
        entity = grid.columns[column].entity
        cut = bool(grid.source.cut(row, column))
        # Taken before anything is waited for: the grid may show other rows by then.
        text, rows, left_out = _copied(grid, row, column, form)
        try:
            policy = await self._context.query_service.background(self._context.service.policy)
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
            return
        if refused := _refuses_copy(policy.clipboard, form, entity):
            self._page.notify(refused, severity="warning", markup=False)
        elif form == "cell" and fetch is not None and cut:
            await self._copy_whole(fetch, entity)
        else:
            await self._send(text, form, entity, rows, left_out)

    async def _copy_whole(self, fetch: Fetch, entity: str) -> None:
        try:
            answer = await fetch()
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
            return
        text = osc52.inert(str(answer.cell))
        size = answer.characters
        left_out = f"The first {len(text):,} of {size:,} characters." if size > len(text) else ""
        await self._send(text, "cell", entity, 1, left_out)

    async def _send(self, text: str, what: str, entity: str, rows: int, left_out: str) -> None:
        service = self._context.service
        note = partial(note_clipboard, service, what, text, entity=entity, rows=rows)
        try:
            await self._context.query_service.background(note)
            words = osc52.send(text, self._page.app, service.case_path / "exports")
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
        except OSError as error:
            self._page.post_message(Failed(from_os(error)))
        else:
            self._page.notify(f"{words} {left_out}".strip(), title="Copied", markup=False)


def _refuses_copy(mode: str, form: str, entity: str) -> str:
    """Why the policy's clipboard mode lets nothing of this form be copied, or the empty string."""
    if mode == "off" or (mode == "ids" and form not in ("cell", "sql")):
        return f"The policy of this case sets the clipboard to “{mode}” (workbench audit policy)."
    if mode == "ids" and not entity:
        return "The policy of this case lets ids be copied, not other cells."
    return ""


def _copied(grid: Grid, row: int, column: int, form: str) -> tuple[str, int, str]:
    """The text to copy, its rows, and what it leaves out, in a sentence."""
    rows = [row] if form in ("cell", "tsv") else sorted(grid.marks)
    rows = rows or list(range(min(grid.source.total, _MAX_ROWS_COPIED)))
    columns = [column] if form in ("cell", "sql") else range(len(grid.columns))
    # Marked rows are kept by the grid, wherever the analyst has gone since.
    there = {index: grid.kept.get(index) or grid.source.row(index) for index in rows}
    cells = [[found[at] for at in columns] for found in there.values() if found is not None]
    text = (
        osc52.inert(osc52.plain(cells[0][0]))
        if form == "cell"
        else osc52.as_text(form, [grid.columns[at] for at in columns], cells)
    )
    said = []
    if len(cells) < len(rows) or (not grid.marks and grid.source.total > len(rows) > 1):
        said.append(f"The first {len(cells):,} of {grid.source.total:,} rows; an export has all.")
    cuts = sum(bool(grid.source.cut(index, at)) for index in rows for at in columns)
    if cuts:
        said.append(f"{cuts:,} long cells are cut; an export has them whole.")
    return text, len(cells), " ".join(said)
