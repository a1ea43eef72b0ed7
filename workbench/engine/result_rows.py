"""The rows of a result that can be read now: a page in memory, or what is spooled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.engine.cells import Cut, cut_rows
from workbench.engine.contract import ResultColumn, Row, Scalar

if TYPE_CHECKING:
    import polars

    from workbench.engine.spool import Spool


class ResultRows:
    """Reading a result, whatever filled it."""

    def __init__(self) -> None:
        self.columns: tuple[ResultColumn, ...] = ()
        self.more = False
        self._head: list[tuple[Scalar, ...]] = []
        self._spool: Spool | None = None

    @property
    def rows(self) -> int:
        """Rows that can be read now."""
        return max(self._spool.rows if self._spool else 0, len(self._head))

    @property
    def exact(self) -> bool:
        """Whether `rows` is all there is."""
        if self._spool is None:
            return not self.more
        return self._spool.finished and not self.more

    @property
    def full(self) -> bool:
        """Whether the disk budget ended the spooling."""
        return self._spool is not None and self._spool.full

    @property
    def bytes(self) -> int:
        """Disk that the result takes."""
        return self._spool.bytes if self._spool else 0

    def window(
        self, offset: int, count: int, cell: int, wait: float = 10.0
    ) -> tuple[list[Row], list[Cut]]:
        """Rows from `offset` with texts cut to `cell` characters, and the cuts; waits up to
        `wait` seconds for rows that are still on their way."""
        spool = self._spool
        if spool is None:
            return cut_rows(self._head[offset : offset + count], cell)
        from workbench.engine.spool import shown_rows

        if not spool.rows > offset:
            spool.wait_for(offset, wait)
        return shown_rows(spool.read(offset, count), cell)

    def cell(self, row: int, column: int) -> Scalar:
        """One whole cell; None where there is no such row."""
        if self._spool is None:
            return self._head[row][column] if row < len(self._head) else None
        frame = self._spool.read(row, 1)
        value: Scalar = frame[0, column] if frame.height else None
        return value

    def picked(self, rows: Sequence[int]) -> polars.DataFrame:
        """These rows, in rising order; those that do not exist are left out."""
        import polars

        if self._spool is None:
            return self.whole()[[row for row in rows if row < len(self._head)]]
        begins = [at for at, row in enumerate(rows) if not at or row != rows[at - 1] + 1]
        runs = [rows[begin:end] for begin, end in pairwise([*begins, len(rows)])]
        return polars.concat([self._spool.read(run[0], len(run)) for run in runs])

    def frames(self, first: int, backwards: bool) -> Iterator[tuple[int, polars.DataFrame]]:
        """(row, frame) of the rows from `first` on, or back from it."""
        if self._spool is not None:
            yield from self._spool.frames(first, backwards)
        elif self._head:
            rows = self.whole()
            yield (0, rows.head(first + 1)) if backwards else (first, rows.slice(first))

    def whole(self) -> polars.DataFrame:
        """All rows; columns are named c1, c2 … as in the files."""
        import polars

        if self._spool is not None:
            found = self._spool.read(0, self.rows)
            if found.width:
                return found
        names = [f"c{at}" for at, _ in enumerate(self.columns, 1)]
        return polars.DataFrame(self._head, schema=names, orient="row", infer_schema_length=None)
