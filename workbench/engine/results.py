"""Open results: a first page at once, the rest spooled when somebody goes past it."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.engine.cells import as_cells, result_columns
from workbench.engine.contract import FirstPage, Parameters, ResultColumn, Row, Scalar
from workbench.engine.session import Session, engine_errors
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import duckdb

    from workbench.engine.spool import Spool

_META = "result.json"


class Result:
    """One statement's rows. `first_page` runs it; `spool_all` makes every row reachable."""

    def __init__(
        self, session: Session, folder: Path, sql: str, parameters: Parameters, budget: int
    ) -> None:
        self.folder = folder
        self.columns: tuple[ResultColumn, ...] = ()
        self.more = False
        self.elapsed_ms = 0.0
        self._head: list[tuple[Scalar, ...]] = []
        self._session = session
        self._sql = sql
        self._parameters = parameters
        self._budget = budget
        self._spool: Spool | None = None
        self._running: duckdb.DuckDBPyConnection | None = None
        self._cancelled = threading.Event()

    def first_page(self, limit: int) -> FirstPage:
        """Run the statement for its first `limit` rows; one row more is asked for, so that
        `more` is never a guess. Raises QueryRefused, QueryFailed or Cancelled."""
        started = time.perf_counter()
        inspection = self._session.inspect(self._sql)
        with self._session.cursor() as cursor:
            self._running = cursor
            try:
                with engine_errors():
                    if inspection.explains:
                        self._explain(cursor, inspection.statement)
                    else:
                        relation = self._session.relation(cursor, inspection, self._parameters)
                        self.columns = result_columns(relation)
                        self._head = as_cells(relation).limit(limit + 1).fetchall()
            finally:
                self._running = None
        self.more = len(self._head) > limit
        del self._head[limit:]
        self.elapsed_ms = (time.perf_counter() - started) * 1e3
        self._write_meta()
        return FirstPage(self.columns, [list(row) for row in self._head], self.more)

    def _explain(self, cursor: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
        rows = cursor.execute(statement, self._parameters or None).fetchall()
        lines = "\n".join(str(row[-1]) for row in rows).splitlines()
        self.columns = (ResultColumn("plan", "VARCHAR"),)
        self._head = [(line,) for line in lines]

    def spool_all(self, progress: Callable[[int, int], None]) -> None:
        """Run the statement again to its end into the spill folder.

        `progress(rows, bytes)` is called as parts arrive. Raises Cancelled or QueryFailed; what
        was spooled until then stays readable.
        """
        from workbench.engine.spool import Spool  # polars loads only when a result is spooled

        if self._cancelled.is_set():
            return
        spool = Spool(self.folder, self._budget)
        inspection = self._session.inspect(self._sql)
        with self._session.cursor() as cursor:
            self._running = cursor
            try:
                relation = as_cells(self._session.relation(cursor, inspection, self._parameters))
                self._spool = spool
                spool.fill(relation, lambda: progress(spool.rows, spool.bytes))
                self.more = spool.full
            finally:
                self._running = None
        self._write_meta()

    @property
    def rows(self) -> int:
        """Rows that can be read now."""
        spooled = self._spool.rows if self._spool else 0
        return max(spooled, len(self._head))

    @property
    def exact(self) -> bool:
        """Whether `rows` is all there is."""
        if self._spool is None:
            return not self.more
        return self._spool.finished and not self._spool.full and not self._cancelled.is_set()

    def window(self, offset: int, count: int, wait: float = 10.0) -> list[tuple[Scalar, ...]]:
        """Rows from `offset`; waits up to `wait` seconds while they are still being spooled."""
        spool = self._spool
        if spool is None or (spool.rows == 0 and offset + count <= len(self._head)):
            return self._head[offset : offset + count]
        spool.wait_for(offset, wait)
        return spool.window(offset, count)

    def cancel(self) -> None:
        """Interrupt whatever this result runs."""
        self._cancelled.set()
        running = self._running
        if running is not None:
            running.interrupt()

    def close(self) -> None:
        """Stop and give the disk space back."""
        self.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_meta(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        meta = {
            "sql": self._sql,
            "parameters": self._parameters,
            "columns": [asdict(column) for column in self.columns],
            "more": self.more,
            "elapsed_ms": self.elapsed_ms,
            "head": self._head,
        }
        unfinished = self.folder / f"{_META}.tmp"
        unfinished.write_text(json.dumps(meta), encoding="ascii")
        os.replace(unfinished, self.folder / _META)

    @classmethod
    def reopen(cls, session: Session, folder: Path, budget: int) -> Result:
        """Read back a result that another process left; raises WorkbenchError if it is gone."""
        try:
            meta: dict[str, Any] = json.loads((folder / _META).read_text(encoding="ascii"))
        except FileNotFoundError as error:
            raise WorkbenchError("The result is no longer there.", hint="Run it again.") from error
        result = cls(session, folder, meta["sql"], meta["parameters"], budget)
        result.columns = tuple(ResultColumn(**column) for column in meta["columns"])
        result.more = meta["more"]
        result.elapsed_ms = meta["elapsed_ms"]
        result._head = [tuple(row) for row in meta["head"]]
        if any(folder.glob("part-*.arrow")):
            from workbench.engine.spool import Spool

            result._spool = Spool(folder, budget)
            result._spool.finished = True
            result._spool.full = result.more
        return result


def plain_rows(rows: list[tuple[Scalar, ...]]) -> list[Row]:
    """Rows as JSON lists."""
    return [list(row) for row in rows]
