"""What the bench does beside showing places: library, editor, clipboard, pivots, integrity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.decisions.policy_hooks import note_clipboard
from workbench.errors import WorkbenchError, from_os
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui import clipboard
from workbench.tui.messages import Failed, OpenPlace, RunQuery
from workbench.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from workbench.tui.app import Bench

_FORMS = (
    ("cell", "c  the cell"), ("tsv", "r  the row, tab-separated"),
    ("markdown", "t  the rows here, as a Markdown table"), ("csv", "v  the rows here, as CSV"),
    ("json", "j  the rows here, as JSON lines"), ("sql", "i  the column here, as a SQL list"),
)  # fmt: skip
_MOST_ROWS = 1000


async def group_accounts(bench: Bench, kind: str, name: str) -> tuple[str, ...]:
    """Every account of a cluster or campaign, however many; none where there is no such."""
    query = bench.library.query(f"{kind}-account-ids")
    opened = await bench.jobs.open(query.sql, {kind: name}, 1_000_000, 1 << 20)
    bench.jobs.close_result(int(opened["result"]))
    return tuple(str(row[0]) for row in opened["rows"])


async def verify_store(bench: Bench) -> None:
    """Hash the store before a decision rests on it; cached by the file's identity."""
    case = bench.desk.case
    if not case.digest_is_cached():
        bench.show_status("hashing the store before the decision…")
        await bench.jobs.background(case.verify_store)


async def edit_sql(bench: Bench, sql: str) -> None:
    """Open a statement in the SQL view."""
    from workbench.tui.screens.sql import SqlView

    await bench.action_view("sql")
    view = bench.view
    if isinstance(view, SqlView):
        view.put(sql)
        view.action_edit()


def whole_cell(bench: Bench, grid: Grid, row: int, column: int, fetch: Fetch | None) -> None:
    """Show a cell in full."""
    from workbench.tui.screens.cell import CellViewer

    name = grid.columns[column].name
    cells = grid.source.row(row)
    value = cells[column] if cells is not None else None
    size = grid.source.cut(row, column)
    text = clipboard.plain(value)
    if size and fetch is not None:
        bench.run_worker(_show_fetched(bench, name, fetch), group="cell", exclusive=True)
        return
    bench.push_screen(CellViewer(name, text, counted(size or len(text), "character")))


def whole_row(bench: Bench, grid: Grid, row: int) -> None:
    """Show a row, one column a line, with the columns that are hidden."""
    from workbench.tui.screens.cell import CellViewer, hanging, text_room

    record, room = grid.record(row), text_room(bench.size.width)
    width = min(32, max((len(name) for name in record), default=0))
    lines = []
    for at, (column, value) in enumerate(zip(grid.columns, record.values(), strict=True)):
        text = clipboard.plain(value)
        size = grid.source.cut(row, at)
        cut = f" … {size:,} characters, v shows them" if size else ""
        name = f"{safe_text(column.name, width):<{width}}  "
        lines.append(hanging(name, f"{safe_text(text, 2000)}{cut}", room))
    bench.push_screen(CellViewer(f"Row {row + 1:,}", "\n".join(lines)))


Fetch = Callable[[], Awaitable[dict[str, Any]]]


async def _show_fetched(bench: Bench, name: str, fetch: Fetch) -> None:
    from workbench.tui.screens.cell import CellViewer

    try:
        answer = await fetch()
    except WorkbenchError as error:
        bench.post_message(Failed(error))
        return
    size = int(answer["characters"])
    bench.push_screen(CellViewer(name, str(answer["cell"]), counted(size, "character")))


def offer_pivots(bench: Bench, grid: Grid, row: int, column: int) -> None:
    """List what can be asked next of the cell under the cursor."""
    from workbench.tui.screens.pick import Pick

    head, value = grid.columns[column], grid.record(row).get(grid.columns[column].name)
    if value is None or not head.entity:
        bench.notify("This cell names nothing that a query takes.", markup=False)
        return
    family = str(grid.record(row).get("family", "")) if head.entity == "value" else head.entity
    choices = [(f"open the {safe_text(family, 30)} page", "")]
    found = bench.library.pivots(family)
    choices += [(f"{query.title}  ({query.id})", query.id) for query, _ in found]
    names = {query.id: name for query, name in found}

    def chosen(query_id: str | None) -> None:
        if query_id == "":
            from workbench.tui.entities import place_of

            bench.post_message(OpenPlace(place_of(family, str(value))))
        elif query_id:
            bench.post_message(RunQuery(query_id, {names[query_id]: str(value)}))

    bench.push_screen(Pick(f"With {safe_text(value, 60)}", choices), chosen)


def offer_copies(bench: Bench, grid: Grid, row: int, column: int, fetch: Fetch | None) -> None:
    """Ask what to copy, and copy it; `fetch` reads the cell in full where it was cut."""
    from workbench.tui.screens.pick import Pick

    def chosen(form: str | None) -> None:
        if form:
            bench.run_worker(_copy(bench, grid, (row, column), form, fetch), group="copy")

    bench.push_screen(Pick("Copy", [(words, form) for form, words in _FORMS]), chosen)


async def _copy(
    bench: Bench, grid: Grid, at: tuple[int, int], form: str, fetch: Fetch | None
) -> None:  # fmt: skip
    row, column = at
    entity = grid.columns[column].entity
    cut = bool(grid.source.cut(row, column))
    # Taken before anything is waited for: the grid may show other rows by then.
    text, rows, left_out = _copied(grid, row, column, form)
    try:
        policy = await bench.jobs.background(bench.desk.policy)
    except WorkbenchError as error:
        bench.post_message(Failed(error))
        return
    if refused := _refuses_copy(policy.clipboard, form, entity):
        bench.notify(refused, severity="warning", markup=False)
    elif form == "cell" and fetch is not None and cut:
        await _copy_whole(bench, fetch, entity)
    else:
        await _send(bench, text, form, entity, rows, left_out)


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
    rows = rows or list(range(min(grid.source.total, _MOST_ROWS)))
    columns = [column] if form in ("cell", "sql") else range(len(grid.columns))
    # Marked rows are kept by the grid, wherever the analyst has gone since.
    there = {index: grid.kept.get(index) or grid.source.row(index) for index in rows}
    cells = [[found[at] for at in columns] for found in there.values() if found is not None]
    text = (
        clipboard.inert(clipboard.plain(cells[0][0]))
        if form == "cell"
        else clipboard.as_text(form, [grid.columns[at] for at in columns], cells)
    )
    said = []
    if len(cells) < len(rows) or (not grid.marks and grid.source.total > len(rows) > 1):
        said.append(f"The first {len(cells):,} of {grid.source.total:,} rows; an export has all.")
    cuts = sum(bool(grid.source.cut(index, at)) for index in rows for at in columns)
    if cuts:
        said.append(f"{cuts:,} long cells are cut; an export has them whole.")
    return text, len(cells), " ".join(said)


async def _copy_whole(bench: Bench, fetch: Fetch, entity: str) -> None:
    try:
        answer = await fetch()
    except WorkbenchError as error:
        bench.post_message(Failed(error))
        return
    text = clipboard.inert(str(answer["cell"]))
    size = int(answer["characters"])
    left_out = f"The first {len(text):,} of {size:,} characters." if size > len(text) else ""
    await _send(bench, text, "cell", entity, 1, left_out)


async def _send(
    bench: Bench, text: str, what: str, entity: str, rows: int, left_out: str
) -> None:  # fmt: skip
    note = partial(note_clipboard, bench.desk, what, text, entity=entity, rows=rows)
    try:
        await bench.jobs.background(note)
    except WorkbenchError as error:
        bench.post_message(Failed(error))
        return
    driver = bench._driver
    assert driver is not None
    try:
        words = clipboard.send(text, driver, bench.desk.case_path / "exports")
    except OSError as error:
        bench.post_message(Failed(from_os(error)))
        return
    bench.notify(f"{words} {left_out}".strip(), title="Copied", markup=False)
