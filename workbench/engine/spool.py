"""Spools a result as Arrow files, part by part, so that any row of it can be reached.

Frames come while the query still runs. They are held in memory until they make a part worth a
file, or for half a second; a window reads files and what is held alike. Windows read 8,192-row
record batches, so a jump costs milliseconds and memory does not grow with the result. The files
outlive the process: another one can reopen them.
"""

from __future__ import annotations

import bisect
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars

from workbench.engine.cells import Cut
from workbench.engine.contract import Row
from workbench.engine.disk import DiskBudget

_RECORD_BATCH = 8192
_PART_ROWS = 122_880
_PART_BYTES = 32 << 20
_HOLD_SECONDS = 0.5


def parquet_rows(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(polars.scan_parquet(path).select(polars.len()).collect().item())


def shown_rows(frame: polars.DataFrame, limit: int, first: int = 0) -> tuple[list[Row], list[Cut]]:
    """A frame's rows with texts cut to `limit` characters, and (row, column, full length) of each
    that was; rows are counted from `first`. The cut is made before any text becomes Python's."""
    texts = [name for name, kind in frame.schema.items() if kind == polars.String]
    if not texts:
        return [list(row) for row in frame.iter_rows()], []
    lengths = frame.select(polars.col(texts).str.len_chars())
    cuts: list[Cut] = []
    for name in texts:
        long = lengths.select((polars.col(name) > limit).arg_true()).to_series().to_list()
        at = frame.columns.index(name)
        cuts += [(first + row, at, int(lengths[row, name])) for row in long]
    if cuts:
        frame = frame.with_columns(polars.col(texts).str.slice(0, limit))
    return [list(row) for row in frame.iter_rows()], cuts


class Spool:
    """The rows of one result: parts on disk and what is held; one thread adds, others read."""

    def __init__(self, folder: Path, budget: DiskBudget) -> None:
        self.folder = folder
        self.bytes = 0
        self.finished = False
        self.full = False
        self._budget = budget
        self._parts: list[Path] = []
        self._ends: list[int] = []
        self._held: list[polars.DataFrame] = []
        self._held_rows = 0
        self._held_bytes = 0
        self._written = time.monotonic()
        self._grown = threading.Condition()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in sorted(folder.glob("part-*.arrow")):
            self._note(part, counted=budget.take(part.stat().st_size))

    @property
    def rows(self) -> int:
        """Rows that can be read now."""
        return self._on_disk + self._held_rows

    @property
    def _on_disk(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _note(self, part: Path, *, counted: bool) -> None:
        rows = int(part.stem.removeprefix("part-").split("-")[1])
        self._ends.append(self._on_disk + rows)
        self._parts.append(part)
        self.bytes += part.stat().st_size if counted else 0

    def add(self, frame: polars.DataFrame) -> bool:
        """Take more rows; False when the disk budget is used up and they were not kept."""
        with self._grown:
            self._held.append(frame)
            self._held_rows += frame.height
            self._held_bytes += int(frame.estimated_size())
            self._grown.notify_all()
        waited = time.monotonic() - self._written
        if (
            self._held_rows >= _PART_ROWS
            or self._held_bytes >= _PART_BYTES
            or waited >= _HOLD_SECONDS
        ):
            return self.flush()
        return True

    def flush(self) -> bool:
        """Write what is held as a part; False when it does not fit into the budget.

        Readers see the rows as held until the part is there.
        """
        if not self._held_rows:
            return True
        frame = polars.concat(self._held)
        target = self.folder / f"part-{len(self._parts):06d}-{frame.height}.arrow"
        unfinished = target.with_suffix(".tmp")
        frame.write_ipc(unfinished, compression="lz4", record_batch_size=_RECORD_BATCH)
        fits = self._budget.take(unfinished.stat().st_size)
        with self._grown:
            if fits:
                os.replace(unfinished, target)
                self._note(target, counted=True)
            self._held, self._held_rows, self._held_bytes = [], 0, 0
        if not fits:
            unfinished.unlink()
            self.full = True
        self._written = time.monotonic()
        return fits

    def finish(self) -> None:
        """Nothing more will come."""
        self.flush()
        with self._grown:
            self.finished = True
            self._grown.notify_all()

    def remove(self) -> None:
        """Delete the parts and give their space back."""
        with self._grown:
            self._budget.give_back(self.bytes)
            self.bytes = 0
            self.finished = True
            self._parts, self._ends = [], []
            self._held, self._held_rows = [], 0
            shutil.rmtree(self.folder, ignore_errors=True)
            self._grown.notify_all()

    def wait_for(self, row: int, timeout: float) -> bool:
        """Wait until `row` can be read or nothing more will come; tells whether it can be read."""
        with self._grown:
            self._grown.wait_for(lambda: self.finished or self.rows > row, timeout)
            return self.rows > row

    def read(self, offset: int, count: int) -> polars.DataFrame:
        """Rows `offset` to `offset + count`, as far as they exist."""
        with self._grown:
            parts, ends = list(self._parts), list(self._ends)
            held = polars.concat(self._held) if self._held else None
        found: list[polars.DataFrame] = []
        wanted, at = count, bisect.bisect_right(ends, offset)
        while at < len(ends) and wanted > 0:
            skip = max(0, offset - (ends[at - 1] if at else 0))
            found.append(polars.scan_ipc(parts[at]).slice(skip, wanted).collect())
            wanted -= found[-1].height
            at += 1
        if held is not None and wanted > 0:
            found.append(held.slice(max(0, offset - (ends[-1] if ends else 0)), wanted))
        return polars.concat(found) if found else polars.DataFrame()

    def frames(self, first: int, backwards: bool = False) -> Iterator[tuple[int, polars.DataFrame]]:
        """(row, frame) of everything from a row on, part by part, or back from it."""
        rows, at = self.rows, first
        while 0 <= at < rows:
            begin = max(0, at - _RECORD_BATCH + 1) if backwards else at
            count = at - begin + 1 if backwards else _RECORD_BATCH
            yield begin, self.read(begin, count)
            at = begin - 1 if backwards else begin + count
