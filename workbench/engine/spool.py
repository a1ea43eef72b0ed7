"""Spools a result as Arrow files, part by part, so that any row of it can be reached.

DuckDB's Arrow stream hands over batches of about 120,000 rows while the query still runs; each
becomes one file. Windows read 8,192-row record batches, so a jump costs milliseconds and memory
does not grow with the result. The files outlive the process: another one can reopen them.
"""

from __future__ import annotations

import bisect
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nanoarrow
import polars

from workbench.engine.contract import Scalar
from workbench.errors import Cancelled, QueryFailed

if TYPE_CHECKING:
    import duckdb

_RECORD_BATCH = 8192


def stream_batches(relation: duckdb.DuckDBPyRelation) -> Iterator[polars.DataFrame]:
    """Run a relation and yield its rows as frames while it runs.

    Raises Cancelled when the engine was interrupted, QueryFailed with its message otherwise.
    """
    try:
        for batch in nanoarrow.ArrayStream(relation):
            yield polars.DataFrame(batch)
    except (RuntimeError, OSError, ValueError, MemoryError) as error:
        text = str(error).strip()
        if "interrupt" in text.lower():
            raise Cancelled("The query was cancelled.") from error
        raise QueryFailed(text or "The engine stopped without a message.") from error


def parquet_rows(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(polars.scan_parquet(path).select(polars.len()).collect().item())


class Spool:
    """The parts of one result on disk, appended by one thread and read by others."""

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self.folder = folder
        self.bytes = 0
        self.finished = False
        self.full = False
        self._budget = budget_bytes
        self._ends: list[int] = []
        self._grown = threading.Condition()
        folder.mkdir(mode=0o700, exist_ok=True)
        for part in sorted(folder.glob("part-*.arrow")):
            self._note(part)

    @property
    def rows(self) -> int:
        """Rows that can be read now."""
        return self._ends[-1] if self._ends else 0

    def _note(self, part: Path) -> None:
        _, rows = part.stem.removeprefix("part-").split("-")
        with self._grown:
            self._ends.append(self.rows + int(rows))
            self.bytes += part.stat().st_size
            self._grown.notify_all()

    def fill(
        self, relation: duckdb.DuckDBPyRelation, progress: Callable[[], None] | None = None
    ) -> None:
        """Run the relation to its end, or to the disk budget; `full` tells which."""
        try:
            for number, frame in enumerate(stream_batches(relation)):
                target = self.folder / f"part-{number:06d}-{frame.height}.arrow"
                unfinished = target.with_suffix(".tmp")
                frame.write_ipc(unfinished, compression="lz4", record_batch_size=_RECORD_BATCH)
                os.replace(unfinished, target)
                self._note(target)
                if progress is not None:
                    progress()
                if self.bytes > self._budget:
                    self.full = True
                    break
        finally:
            with self._grown:
                self.finished = True
                self._grown.notify_all()

    def wait_for(self, row: int, timeout: float) -> bool:
        """Wait until `row` can be read or nothing more will come; tells whether it can be read."""
        with self._grown:
            self._grown.wait_for(lambda: self.finished or self.rows > row, timeout)
            return self.rows > row

    def window(self, offset: int, count: int) -> list[tuple[Scalar, ...]]:
        """Rows `offset` to `offset + count`, as far as they exist."""
        rows: list[tuple[Scalar, ...]] = []
        parts = sorted(self.folder.glob("part-*.arrow"))
        index = bisect.bisect_right(self._ends, offset)
        while index < len(self._ends) and len(rows) < count:
            start = self._ends[index - 1] if index else 0
            skip = max(0, offset - start)
            lazy = polars.scan_ipc(parts[index])
            rows += lazy.slice(skip, count - len(rows)).collect().rows()
            index += 1
        return rows
