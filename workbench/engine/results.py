"""Open results: the engine's first rows at once, the rest spooled behind them from the same run.

A statement that sorts its whole result and has no LIMIT is different: its first page is a top-N,
which costs a scan, and the sort itself runs only when somebody goes past that page.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.engine.cells import as_cells, result_columns
from workbench.engine.contract import Parameters, ResultColumn
from workbench.engine.disk import DiskBudget
from workbench.engine.pivoting import with_pivots
from workbench.engine.result_rows import ResultRows
from workbench.engine.session import Session, engine_errors, used_values
from workbench.errors import Cancelled, WorkbenchError

if TYPE_CHECKING:
    import duckdb
    import polars

    from workbench.engine.gate import Inspection
    from workbench.engine.spool import Spool

_META = "result.json"


class Result(ResultRows):
    """One statement's rows: `page` or `stream` runs it, `read_all` reads what they left."""

    def __init__(
        self, session: Session, folder: Path, sql: str, parameters: Parameters, budget: DiskBudget
    ) -> None:
        super().__init__()
        self.folder = folder
        self.sorted_page = False
        self.elapsed_ms = 0.0
        self._session = session
        self._sql = sql
        self._parameters = parameters
        self._budget = budget
        self._running: duckdb.DuckDBPyConnection | None = None
        self._cancelled = threading.Event()

    # Running

    def page(self, limit: int) -> None:
        """Run the statement for its first `limit` rows and keep them; one row more is asked for,
        so that `more` is never a guess. Raises QueryRefused, QueryFailed or Cancelled."""
        started = time.perf_counter()
        self._read_page(self._judged(), limit)
        self.elapsed_ms = (time.perf_counter() - started) * 1e3

    def _judged(self) -> Inspection:
        """The statement as it may run; what a PIVOT leaves to the data is read once."""
        try:
            self._sql = with_pivots(self._session, self._sql, self._parameters, self._runs)
        finally:
            self._running = None
        return self._session.inspect(self._sql)

    def _runs(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._running = cursor
        if self._cancelled.is_set():
            raise Cancelled("The query was cancelled.")

    def _read_page(self, inspection: Inspection, limit: int) -> None:
        with self._cursor(inspection) as cursor, engine_errors():
            if inspection.explains:
                self._explain(cursor, inspection)
            else:
                self.columns, self._head = self._session.first_rows(
                    cursor, inspection, self._parameters, limit + 1
                )
                self.more = len(self._head) > limit
                del self._head[limit:]

    def stream(self, limit: int, began: Callable[[], None], progress: Callable[[], None]) -> None:
        """Run the statement once: `began` is called with its first rows, `progress` as more come.

        Of a sort without a limit only the first `limit` rows are read. Raises QueryRefused,
        QueryFailed or Cancelled before `began`; afterwards what came so far stays readable.
        """
        started = time.perf_counter()
        inspection = self._judged()
        if inspection.explains or inspection.sorts:
            self.sorted_page = inspection.sorts
            self._read_page(inspection, limit)
            self.elapsed_ms = (time.perf_counter() - started) * 1e3
            self._write_meta()
            began()
            return
        with self._cursor(inspection) as cursor:
            relation = self._session.relation(cursor, inspection, self._parameters)
            self.columns = result_columns(relation)
            frames = self._frames(as_cells(relation))
            spool = self._new_spool()
            first = next(frames, None)
            self.elapsed_ms = (time.perf_counter() - started) * 1e3
            self.more = first is not None
            self._spool = spool
            self._write_meta()
            if first is not None:
                spool.add(first)
            began()
            spool.flush()  # what was shown outlives this process
            self._fill(spool, frames, progress)
        self.elapsed_ms = (time.perf_counter() - started) * 1e3
        self._write_meta()

    def read_all(self, progress: Callable[[], None]) -> None:
        """Run the statement again to its end: the rest of a sort, or of what was interrupted.

        What can be read now stays until as many rows are there anew. Raises Cancelled or
        QueryFailed.
        """
        self._cancelled.clear()
        inspection = self._session.inspect(self._sql)
        spool, before = self._new_spool(), self._spool
        with self._cursor(inspection) as cursor:
            relation = as_cells(self._session.relation(cursor, inspection, self._parameters))
            try:
                self._fill(spool, self._frames(relation), progress)
            finally:
                left = before if self._spool is spool else spool
                if left is not None:
                    left.remove()
        self.sorted_page = False
        self._write_meta()

    def _frames(self, relation: duckdb.DuckDBPyRelation) -> Iterator[polars.DataFrame]:
        from workbench.engine.arrow import stream_batches  # polars loads with the first stream

        return stream_batches(relation)

    def _new_spool(self) -> Spool:
        from workbench.engine.spool import Spool

        # Never one that is there: a spool takes up the rows that lie in its folder.
        numbers = [int(one.name.removeprefix("rows-")) for one in self.folder.glob("rows-*")]
        return Spool(self.folder / f"rows-{max(numbers, default=-1) + 1}", self._budget)

    def _fill(
        self, spool: Spool, frames: Iterator[polars.DataFrame], progress: Callable[[], None]
    ) -> None:
        try:
            for frame in frames:
                if self._cancelled.is_set():  # it came before the engine could be interrupted
                    raise Cancelled("The query was cancelled.")
                kept = spool.add(frame)
                if spool.rows >= self.rows:
                    self._spool = spool
                if not kept:
                    break
                progress()
            else:
                spool.finish()
                self._spool = spool
                self.more = spool.full
        finally:
            spool.finish()

    def _cursor(self, inspection: Inspection) -> _Running:
        return _Running(self, inspection)

    def _explain(self, cursor: duckdb.DuckDBPyConnection, inspection: Inspection) -> None:
        used = used_values(inspection, self._parameters)
        rows = cursor.execute(inspection.statement, used or None).fetchall()
        lines = "\n".join(str(row[-1]) for row in rows).splitlines()
        self.columns = (ResultColumn("plan", "VARCHAR"),)
        self._head = [(line,) for line in lines]

    def keep(self, columns: tuple[ResultColumn, ...], frame: polars.DataFrame) -> None:
        """Rows that were made here, not asked of the engine."""
        self.columns = columns
        self._spool = self._new_spool()
        self._spool.add(frame)
        self._spool.finish()
        self._write_meta()

    # Ending

    def cancel(self) -> None:
        """Interrupt whatever this result runs."""
        self._cancelled.set()
        running = self._running
        if running is not None:
            running.interrupt()

    def close(self) -> None:
        """Stop and give the disk space back."""
        self.cancel()
        if self._spool is not None:
            self._spool.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_meta(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        meta = {
            "sql": self._sql,
            "parameters": self._parameters,
            "columns": [asdict(column) for column in self.columns],
            "more": self.more,
            "sorted_page": self.sorted_page,
            "elapsed_ms": self.elapsed_ms,
            "head": self._head,
        }
        unfinished = self.folder / f"{_META}.tmp"
        unfinished.write_text(json.dumps(meta), encoding="ascii")
        os.replace(unfinished, self.folder / _META)


class _Running:
    """The cursor of one run, which `cancel` interrupts; closed at the end."""

    def __init__(self, result: Result, inspection: Inspection) -> None:
        self._result = result
        self._opened = result._session.cursor(inspection.tables, plans=inspection.explains)

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        cursor = self._opened.__enter__()
        self._result._runs(cursor)
        return cursor

    def __exit__(self, *raised: Any) -> None:
        self._result._running = None
        self._opened.__exit__(*raised)


def reopen(session: Session, folder: Path, budget: DiskBudget) -> Result:
    """Read back a result that another process left; raises WorkbenchError if it is gone."""
    try:
        meta: dict[str, Any] = json.loads((folder / _META).read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise WorkbenchError("The result is no longer there.", hint="Run it again.") from error
    result = Result(session, folder, meta["sql"], meta["parameters"], budget)
    result.columns = tuple(ResultColumn(**column) for column in meta["columns"])
    result.more = meta["more"]
    result.sorted_page = meta["sorted_page"]
    result.elapsed_ms = meta["elapsed_ms"]
    result._head = [tuple(row) for row in meta["head"]]
    if spooled := sorted(folder.glob("rows-*")):
        from workbench.engine.spool import Spool

        result._spool = max((Spool(one, budget) for one in spooled), key=lambda one: one.rows)
        result._spool.finished = True
    return result
