"""What is asked of an open result and is no result itself: search, times, rarity, files."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from textual.content import Content

from workbench.case.atomic import move_beside
from workbench.errors import WorkbenchError
from workbench.sql import transforms
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed
from workbench.tui.plots import text_plots
from workbench.tui.results.pane import ResultPane

_NOT_RATED = frozenset({"account", "cluster", "exchange", "value", ""})
_FORMS = (
    ("csv", "c  CSV: readable, formulas guarded"),
    ("jsonl", "j  JSON lines: lossless, ASCII"),
    ("parquet", "p  Parquet: lossless, small"),
)  # fmt: skip
_LOOK = 0.5


def _bench(pane: ResultPane) -> Any:
    from workbench.tui.app import Bench

    assert isinstance(pane.app, Bench)
    return pane.app


# Searching


async def search_ask(pane: ResultPane) -> None:
    """Ask for a text and go to the next row that holds it."""
    from workbench.tui.dialogs.text_prompt import TextPrompt

    def chosen(text: str | None) -> None:
        if text:
            pane.grid.sought = text.lower()
            pane.grid.refresh_rows()
            pane.run_worker(_go(pane, pane.grid.cursor_row, False), group="search", exclusive=True)

    await pane.app.push_screen(TextPrompt("Find in these rows", "any part of any cell"), chosen)


async def search_next(pane: ResultPane) -> None:
    """To the next row that holds the text."""
    await _go(pane, pane.grid.cursor_row + 1, False)


async def search_before(pane: ResultPane) -> None:
    """To the row before that holds the text."""
    await _go(pane, pane.grid.cursor_row - 1, True)


async def _go(pane: ResultPane, first: int, backwards: bool) -> None:
    text = pane.grid.sought
    if pane.opened is None or not text:
        pane.notify("Nothing is sought yet: s asks what.", markup=False)
        return
    try:
        answer = await pane.query_service.request(
            "find", result=int(pane.opened["result"]), text=text, row=max(0, first),
            backwards=backwards,
        )  # fmt: skip
    except WorkbenchError as error:
        pane.post_message(Failed(error))
        return
    if answer["row"] is None or (backwards and first < 0):
        here = "" if pane.grid.source.exact else " among the rows that are here"
        pane.notify(f"No {'row before' if backwards else 'further row'} holds it{here}.",
                    markup=False)  # fmt: skip
    else:
        pane.grid.jump(int(answer["row"]))


# Looking


async def show_times(pane: ResultPane) -> None:
    """Rows by day as a sparkline, and by weekday and hour as a heat map, of a time column."""
    from workbench.tui.dialogs.cell_viewer import CellViewer

    asked, column = pane.asked, pane.grid.columns[pane.grid.cursor_column]
    if asked is None or not asked.sql or not column.moment:
        pane.notify("Put the cursor on a column of times.", markup=False)
        return
    try:
        days = await pane.query_service.few(
            transforms.by_day(asked.sql, column.name), asked.parameters
        )
        hours = await pane.query_service.few(
            transforms.by_hour(asked.sql, column.name), asked.parameters
        )
    except WorkbenchError as error:
        pane.post_message(Failed(error))
        return
    counted = {day: int(n) for text, n in days if (day := text_plots.day_of(text)) is not None}
    if not counted:
        pane.notify("There is no time in this column that a calendar has.", markup=False)
        return
    first, last = min(counted), max(counted)
    every = text_plots.day_range(first, last)
    ascii_only = _bench(pane).terminal.ascii
    line = text_plots.sparkline([counted.get(day, 0) for day in every], 64, ascii_only=ascii_only)
    heat = text_plots.heat_map(
        {(int(weekday), int(hour)): int(n) for weekday, hour, n in hours},
        ascii_only=ascii_only, wide=pane.size.width >= 100,
    )  # fmt: skip
    busiest = max(counted, key=lambda day: counted[day])
    words = f"{first} to {last} · {len(counted)} of {len(every)} days · most on {busiest}"
    if len(days) > len(counted):
        words = (
            f"{len(days) - len(counted):,} days after the year 9999 or before 1 left out · {words}"
        )
    shown = Content.assemble(
        (f"{line}\n", "$accent"), (f"{words}: {counted[busiest]:,}\n\n", "$text-muted"), heat
    )
    await pane.app.push_screen(CellViewer(f"{column.name}: {asked.label}", shown))


async def toggle_rarity(pane: ResultPane) -> None:
    """How many accounts have each value, beside it; again to take it away."""
    grid = pane.grid
    if grid.beside:
        grid.beside = {}
        grid.refresh_rows()
        return
    rated = [one for one in grid.columns if one.entity not in _NOT_RATED]
    if not rated:
        pane.notify("No column here holds values that accounts can share.", markup=False)
        return
    bench = _bench(pane)
    first = grid.scroll_offset.y
    rows = [grid.record(at) for at in range(first, min(grid.source.total, first + 500))]
    for column in rated:
        values = list({str(row[column.name]) for row in rows if row.get(column.name) is not None})
        if not values:
            continue
        given = {"family": column.entity, "values": values}
        try:
            found = await pane.query_service.rows(bench.library.query("rarity"), given)
        except WorkbenchError as error:
            pane.post_message(Failed(error))
            return
        grid.beside[column.name] = {str(value): f"·{n:,}" for value, n in found.rows}
        at = grid.columns.index(column)
        grid.layout_of.widths[at] = max(grid.layout_of.widths[at], min(44, _widest(grid, at)))
    grid.refresh_rows()


def _widest(grid: Any, at: int) -> int:
    known = grid.beside[grid.columns[at].name]
    return max((len(value) + 2 + len(words) for value, words in known.items()), default=0)


async def show_provenance(pane: ResultPane) -> None:
    """Everything that says what a result is."""
    from workbench.tui.dialogs.cell_viewer import CellViewer

    asked, opened, source = pane.asked, pane.opened or {}, pane.grid.source
    assert asked is not None
    age = time.time() - pane.began_at
    facts = [
        f"label       {asked.label}",
        f"rows        {source.total:,}{'' if source.exact else ' so far'}",
        f"limit       {'first page of a sort' if opened.get('sorted_page') else 'none'}",
        f"generation  {_bench(pane).service.generation}",
        f"asked       {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(pane.began_at))} UTC, "
        f"{age / 60:,.0f} minutes ago",
        f"took        {opened.get('elapsed_ms', 0):,.0f} ms",
        f"on disk     {int(opened.get('bytes', 0)):,} bytes",
        *(f"${name} = {value}" for name, value in asked.parameters.items()),
        "",
        asked.sql,
    ]
    await pane.app.push_screen(CellViewer("What this result is", "\n".join(facts)))


# Writing


async def export(pane: ResultPane) -> None:
    """Ask for a form and a path, then write every row; the policy may want it on record."""
    from workbench.tui.dialogs.picker import Picker
    from workbench.tui.dialogs.text_prompt import TextPrompt

    if pane.asked is None or not pane.asked.sql:
        pane.notify("Only what the engine was asked can be written to a file.", markup=False)
        return
    bench = _bench(pane)

    def form_chosen(form: str | None) -> None:
        if form is None:
            return
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        target = bench.service.case_path / "exports" / f"result-{stamp}.{form}"

        def path_chosen(path: str | None) -> None:
            if path:
                work = _write(pane, form, Path(os.path.expanduser(path)))
                pane.run_worker(work, group="export")

        pane.app.push_screen(
            TextPrompt("Write every row to", str(target), str(target)), path_chosen
        )

    await pane.app.push_screen(Picker("Write to a file", [(w, f) for f, w in _FORMS]), form_chosen)


async def _write(pane: ResultPane, form: str, target: Path) -> None:
    from workbench.decisions.policy_hooks import note_export

    bench, asked, query_service = _bench(pane), pane.asked, pane.query_service
    assert asked is not None
    job = query_service.new_job()
    part = query_service.spill / f"export-{job}.{form}"
    pane.exporting = job

    def look() -> None:
        if part.exists():
            bench.show_status(f"writing {part.stat().st_size / 1e6:,.1f} MB · esc cancels")

    bench.show_status("writing… · esc cancels")
    looking = pane.set_interval(_LOOK, look)
    try:
        written = await query_service.request(
            "export", job=job, sql=asked.sql, parameters=asked.parameters, format=form, limit=None
        )
        note = partial(
            note_export, bench.service, safe_text(asked.label, 200), form, target,
            rows=int(written["rows"]), columns=list(written["columns"]),
            sha256=str(written["sha256"]),
        )  # fmt: skip
        await query_service.background(note)
        await query_service.background(move_beside, part, target)
    except WorkbenchError as error:
        pane.post_message(Failed(error))
        return
    finally:
        looking.stop()
        pane.exporting = 0
        if bench.view is not None:
            bench.view.tell_status()  # nothing is written any more
        part.unlink(missing_ok=True)
    words = f"{written['rows']:,} rows, {written['bytes']:,} bytes in {safe_text(target)}"
    pane.notify(words, title="Written", markup=False)
