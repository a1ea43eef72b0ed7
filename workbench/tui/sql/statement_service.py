"""Around statements written by hand: their values, plans, history, what completes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.engine.functions import function_list
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import Bound, ExtractSpan, bind
from workbench.playbooks.format import TYPED, Parameter, SavedQuery
from workbench.playbooks.library import Library
from workbench.sql.editor_tokens import tables_of
from workbench.sql.tokens import without_end
from workbench.sql.transforms import common_values, first_cells, row_counts
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import hanging
from workbench.tui.results.pane import ResultPane
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell.context import Context
from workbench.tui.sql.completion import Knowledge, Suggestion
from workbench.tui.sql.editor import MAX_TEXTS, SqlEditor
from workbench.tui.sql.schema_pane import SchemaPane
from workbench.workers.messages import Digest, Plan

_MAX_VALUES_OFFERED = 50
_LOOKED_AT = 200_000
_SAMPLED_ROWS = 20_000
_SAMPLED = 5
_DIGESTED_ROWS = 10_000
_DIGESTED_MS = 2_000
_BAR = 6


def asking_for(text: str, names: list[str], library: Library) -> SavedQuery:
    """The statement as a query that asks for its `$name` values: each of the type that a saved
    query gives that name, else a text."""
    known = {one.name: one for query in library.parameters() for one in query.params}
    params = tuple(known.get(name) or Parameter(name, "text", optional=True) for name in names)
    return SavedQuery(
        "sql", "Values for this statement", text, "", Path(), "", trust=TYPED, params=params
    )


def bound_values(query: SavedQuery, given: Mapping[str, object], span: ExtractSpan) -> Bound:
    """The values of the statement; a list that came from a file is bound as it is."""
    lists = {name: value for name, value in given.items() if isinstance(value, list)}
    rest = {name: value for name, value in given.items() if name not in lists}
    return {**bind(query, rest, span), **lists}


async def learn(known: Knowledge, query_service: QueryService, library: Library) -> None:
    """Functions of the engine, saved queries and their parameters, for completion."""
    known.queries = [
        Suggestion(
            query.id,
            f"saved query: {safe_text(query.title, 120)}",
            f"(\n{without_end(query.sql)}\n)",
        )
        for query in library.runnable()
    ]
    parameters = {one.name: one for query in library.parameters() for one in query.params}
    known.parameters = [
        Suggestion(f"${name}", f"{one.type} {safe_text(one.help, 120)}")
        for name, one in sorted(parameters.items())
    ]
    rows = await query_service.rows(library.shipped("engine-functions"))
    listed = function_list()
    known.functions = [
        Suggestion(str(name), f"({arguments}) {meaning or ''}")
        for name, arguments, meaning in rows.rows
        if listed.why_refused(str(name)) is None
    ]


async def rows_by_table(query_service: QueryService) -> dict[str, int]:
    """Rows of every table; empty where they cannot be counted."""
    try:
        counted = await query_service.small_rows(row_counts(list(query_service.catalogue)), {})
    except WorkbenchError:
        return {}  # each statement will say what is wrong
    return {str(name): int(rows) for name, rows in counted}


async def learn_sample(
    pane: SchemaPane, query_service: QueryService, table: str, column: str
) -> None:
    """Some values of a column, the most frequent of its first rows."""
    sql = common_values(first_cells(table, column, _SAMPLED_ROWS), column, _SAMPLED + 1)
    try:
        rows = await query_service.small_rows(sql, {})
    except WorkbenchError:
        return
    pane.learn_sample(table, column, [str(one[0]) for one in rows if one[0] is not None][:_SAMPLED])


def without_rows(sql: str, rows: Mapping[str, int]) -> str:
    """What to say where a statement gives no row: what would give some."""
    empty = sorted({table for table in tables_of(sql).values() if rows.get(table) == 0})
    if empty:
        return f"No rows: {', '.join(empty)} has none in this case. ctrl+b shows what has."
    return "No row fits every condition: leave one out, or look at the values by ctrl+b."


def remembered_texts(state: Mapping[str, object]) -> tuple[list[str], int]:
    """The texts of the editor as they were left, and which of them was shown."""
    kept = state.get("texts")
    texts = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
    front = state.get("front")
    return texts[:MAX_TEXTS] or [str(state.get("text", ""))], front if isinstance(front, int) else 0


async def learn_values(
    editor: SqlEditor, query_service: QueryService, table: str, column: str
) -> None:
    """The values of a column that has few, from the first rows of its table."""
    known = editor.known.values
    if (table, column) in known:
        return
    known[table, column] = []
    sql = common_values(first_cells(table, column, _LOOKED_AT), column, _MAX_VALUES_OFFERED + 1)
    try:
        values = [
            str(row[0]) for row in await query_service.small_rows(sql, {}) if row[0] is not None
        ]
    except WorkbenchError:
        return  # nothing is offered; the statement itself will say what is wrong
    if len(values) <= _MAX_VALUES_OFFERED:
        known[table, column] = values
        editor.complete()


async def note_ended(context: Context, pane: ResultPane, error: WorkbenchError | None) -> None:
    """Keep in the history how a statement ended, with the digest of a small result."""
    asked, opened = pane.asked, pane.opened
    if asked is None or not asked.sql:
        return
    if opened is None:
        context.history.note(asked.sql, (error.title or "failed").lower() if error else "cancelled")
        return
    outcome = f"{pane.extent} rows {opened.elapsed_ms:,.0f} ms"
    context.history.note(asked.sql, outcome)
    small = pane.grid.source.exact and pane.grid.source.total <= _DIGESTED_ROWS
    if small and opened.elapsed_ms <= _DIGESTED_MS:
        try:
            found = await context.query_service.request(Digest(asked.sql, asked.parameters))
        except WorkbenchError:
            return  # the result is shown; only its digest is missing in the history
        context.history.note(asked.sql, outcome, found.sha256)


async def plan_text(
    query_service: QueryService, sql: str, given: Bound, measure: bool, room: int
) -> str:
    """The plan as an indented tree: rows, share of the time as a bar, step, details."""
    lines = (await query_service.request(Plan(sql, given, measure))).lines
    spent = sum(line[3] or 0.0 for line in lines)
    shown = [
        f"{'rows':>11}  {'time':>{_BAR + 12}}  step" if measure else f"{'about rows':>11}  step"
    ]
    for depth, step, rows, ms, details in lines:
        count = "" if rows is None else f"{rows:,}"
        clock = ""
        if measure:
            share = (ms or 0.0) / spent if spent else 0.0
            bar = "█" * round(share * _BAR)
            clock = f"  {bar:<{_BAR}}{ms or 0:>9,.1f} ms"
        indent = "  " * depth
        shown.append(f"{count:>11}{clock}  {indent}{step}")
        if details:
            lead = f"{'':>11}{'':>{len(clock)}}  {indent}  "
            shown.append(hanging(lead, safe_text(details, 300), room))
    return "\n".join(shown)
