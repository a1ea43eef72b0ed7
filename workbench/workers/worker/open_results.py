"""The worker's jobs around open results: opening, reading on, windows, whole cells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.errors import Cancelled, WorkbenchError
from workbench.workers.messages import (
    Began,
    CellRead,
    Compare,
    Compared,
    Find,
    Found,
    Open,
    Opened,
    PickRows,
    ReadAll,
    ReadCell,
    ReadWindow,
    Reopen,
    Spooled,
    Spooling,
    Stream,
    WindowRead,
)
from workbench.workers.protocol import window_rows
from workbench.workers.worker.context import Context

if TYPE_CHECKING:
    from workbench.engine.cells import Cut
    from workbench.engine.contract import Row
    from workbench.engine.results import Result

_PROGRESS_SECONDS = 0.25
_NONE: Mapping[str, Any] = MappingProxyType({})
_MAX_CELL_CHARACTERS = 5 << 20  # each may take twelve bytes of a message
_MAX_MESSAGE_CHARACTERS = 1 << 20  # of one message; more would be felt, and held, in the bench
_MIN_CELL_CHARACTERS = 32  # no text is cut shorter than that


class OpenResults:
    """Results by the number of the job that opened them; a job answers by its events."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._results: dict[int, Result] = {}

    def _new(self, number: int, sql: str = "", parameters: Mapping[str, Any] = _NONE) -> Result:
        from workbench.engine.results import Result

        context = self._context
        folder = context.spill / f"result-{number}"
        result = Result(context.session, folder, sql, dict(parameters), context.budget)
        context.stoppable(number, result.cancel)
        return result

    def _find(self, number: int) -> Result:
        result = self._results.get(number)
        if result is None:
            raise WorkbenchError("The result is no longer open.", hint="Run the query again.")
        return result

    def open(self, job: int, request: Open) -> None:
        """A result's first `limit` rows, whole in one answer."""
        result = self._new(job, request.sql, request.parameters)
        result.page(request.limit)
        self._results[job] = result
        rows, cuts = result.window(0, result.rows, request.cell) if result.rows else ([], [])
        self._context.say(job, Opened(job, *_described(result, rows, cuts)))

    def stream(self, job: int, request: Stream) -> None:
        """`Began` with the first rows, `Spooling` as more come, `Spooled` at the end."""
        result = self._results[job] = self._new(job, request.sql, request.parameters)
        began = False

        def begin() -> None:
            nonlocal began
            began = True
            self._say_began(job, result, request.cell)

        try:
            result.stream(request.limit, begin, self._progress(job, result))
        except (Cancelled, WorkbenchError) as error:
            if not began:
                self._drop(job)
            if not began or not isinstance(error, Cancelled):
                raise
        self._say_spooled(job, result)

    def _say_began(self, job: int, result: Result, cell: int) -> None:
        first = window_rows(len(result.columns))
        rows, cuts = _window(result, 0, first, cell) if result.rows else ([], [])
        self._context.say(job, Began(job, *_described(result, rows, cuts)))

    def read_all(self, job: int, request: ReadAll) -> None:
        """Read the rest of a sort, or of a result that was interrupted."""
        result = self._find(request.result)
        self._context.stoppable(job, result.cancel)
        result.read_all(self._progress(job, result))
        self._say_spooled(job, result)

    def _progress(self, job: int, result: Result) -> Callable[[], None]:
        said = 0.0

        def progress() -> None:
            nonlocal said
            if time.monotonic() - said >= _PROGRESS_SECONDS:
                said = time.monotonic()
                self._context.say(job, Spooling(result.bytes, *_extent(result)))

        return progress

    def _say_spooled(self, job: int, result: Result) -> None:
        self._context.say(job, Spooled(result.bytes, result.elapsed_ms, *_extent(result)))

    def reopen(self, job: int, request: Reopen) -> None:
        """Read back a result that another worker spooled."""
        from workbench.engine.results import reopen

        context, number = self._context, request.result
        result = reopen(context.session, context.spill / f"result-{number}", context.budget)
        self._results[number] = result
        rows, cuts = result.window(0, 1, request.cell) if result.rows else ([], [])
        context.say(job, Opened(number, *_described(result, rows, cuts)))

    def window(self, job: int, request: ReadWindow) -> None:
        """Rows of a result, texts cut."""
        result = self._find(request.result)
        rows, cuts = _window(result, request.offset, request.count, request.cell)
        self._context.say(
            job,
            WindowRead(
                request.result, request.offset, _plain(rows), _plain(cuts), *_extent(result)
            ),
        )

    def cell(self, job: int, request: ReadCell) -> None:
        """One whole cell."""
        cell = self._find(request.result).cell(request.row, request.column)
        whole = len(cell) if isinstance(cell, str) else 0
        text = cell[:_MAX_CELL_CHARACTERS] if isinstance(cell, str) else cell
        self._context.say(job, CellRead(text, whole))

    def find(self, job: int, request: Find) -> None:
        """The next row that holds a text."""
        from workbench.engine.searching import find_row

        stopped = threading.Event()
        result = self._find(request.result)
        self._context.stoppable(job, stopped.set)
        row = find_row(result, request.text, request.row, request.backwards, stopped.is_set)
        self._context.say(job, Found(row))

    def compare(self, job: int, request: Compare) -> None:
        """What differs between two results, as a result of its own."""
        from workbench.engine.contract import ResultColumn
        from workbench.engine.searching import CHANGE, compare

        after = self._find(request.result)
        compared = compare(self._find(request.before), after)
        made = self._results[job] = self._new(job)
        texts = [ResultColumn(column.name, "VARCHAR") for column in after.columns]
        made.keep((ResultColumn(CHANGE, "VARCHAR"), *texts), compared.frame)
        self._say_began(job, made, request.cell)
        self._context.say(
            job,
            Compared(compared.key, compared.added, compared.gone, compared.changed, *_extent(made)),
        )

    def pick(self, job: int, request: PickRows) -> None:
        """Some rows of a result, as a result of its own."""
        result = self._find(request.result)
        made = self._results[job] = self._new(job)
        made.keep(result.columns, result.picked(request.rows))
        self._say_began(job, made, request.cell)
        self._say_spooled(job, made)

    def close(self, number: int) -> None:
        """Stop a result and give its space back, beside everything else."""
        if result := self._results.pop(number, None):
            threading.Thread(target=result.close, daemon=True).start()

    def _drop(self, number: int) -> None:
        if result := self._results.pop(number, None):
            result.close()


def _window(result: Result, offset: int, count: int, cell: int) -> tuple[list[Row], list[Cut]]:
    """Rows of a result; where many long texts would make a heavy message, they are cut shorter."""
    while True:
        rows, cuts = result.window(offset, count, cell)
        characters = sum(len(text) for row in rows for text in row if isinstance(text, str))
        if characters <= _MAX_MESSAGE_CHARACTERS or cell <= _MIN_CELL_CHARACTERS:
            return rows, cuts
        cell = max(_MIN_CELL_CHARACTERS, cell // 4)


def _plain(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Rows and cuts as they cross: JSON knows lists alone."""
    return [list(row) for row in rows]


def _described(
    result: Result, rows: Iterable[Iterable[Any]], cuts: Iterable[Iterable[int]]
) -> tuple[Any, ...]:
    """What `Opened` and `Began` say of a result, behind its number."""
    columns = [[column.name, column.type] for column in result.columns]
    return (columns, _plain(rows), _plain(cuts), result.more, result.sorted_page,
            result.elapsed_ms, *_extent(result))  # fmt: skip


def _extent(result: Result) -> tuple[int, bool, bool]:
    """Rows so far, whether that is all, whether the disk budget is used up."""
    return result.rows, result.exact, result.full
