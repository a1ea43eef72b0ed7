"""The worker's jobs around open results: opening, reading on, windows, whole cells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from workbench.errors import Cancelled, WorkbenchError
from workbench.workers.protocol import Message, window_rows
from workbench.workers.worker.context import Context

if TYPE_CHECKING:
    from workbench.engine.cells import Cut
    from workbench.engine.contract import Row
    from workbench.engine.results import Result

_PROGRESS_INTERVAL = 0.25
_LARGEST_CELL = 5 << 20  # characters; each may take twelve bytes of a message
_MOST_CHARACTERS = 1 << 20  # of one message; more would be felt, and held, in the bench
_SHORTEST = 32  # no text is cut shorter than that


class OpenResults:
    """Results by the number of the job that opened them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._results: dict[int, Result] = {}

    def _new(self, number: int, message: Message) -> Result:
        from workbench.engine.results import Result

        context = self._context
        folder = context.spill / f"result-{number}"
        parameters = message.get("parameters", {})
        result = Result(context.session, folder, message["sql"], parameters, context.budget)
        context.stoppable(number, result.cancel)
        return result

    def _find(self, message: Message) -> Result:
        result = self._results.get(int(message["result"]))
        if result is None:
            raise WorkbenchError("The result is no longer open.", hint="Run the query again.")
        return result

    def _say_opened(
        self, event: str, job: int, number: int, result: Result, first: int, cell: int
    ) -> None:
        # A page that was asked for whole is given whole.
        read = result.window if event == "opened" else partial(_window, result)
        rows, cuts = read(0, first, cell) if result.rows else ([], [])
        self._context.say(
            event, job, result=number, columns=[[c.name, c.type] for c in result.columns],
            rows=rows, cuts=cuts, more=result.more, sorted_page=result.sorted_page,
            elapsed_ms=result.elapsed_ms, **_extent(result),
        )  # fmt: skip

    def open(self, message: Message) -> None:
        """A result's first `limit` rows, whole in one answer."""
        job = int(message["job"])
        result = self._new(job, message)
        result.page(int(message["limit"]))
        self._results[job] = result
        self._say_opened("opened", job, job, result, result.rows, int(message["cell"]))

    def stream(self, message: Message) -> None:
        """`began` with the first rows, `spooling` as more come, `spooled` at the end."""
        job = int(message["job"])
        result = self._results[job] = self._new(job, message)
        began = False

        def begin() -> None:
            nonlocal began
            began = True
            first = window_rows(len(result.columns))
            self._say_opened("began", job, job, result, first, int(message["cell"]))

        try:
            result.stream(int(message["limit"]), begin, self._progress(job, result))
        except Cancelled:
            if not began:
                self._drop(job)
                raise
        except WorkbenchError:
            if not began:
                self._drop(job)
            raise
        self._say_spooled(job, result)

    def read_all(self, message: Message) -> None:
        """Read the rest of a sort, or of a result that was interrupted."""
        job, result = int(message["job"]), self._find(message)
        self._context.stoppable(job, result.cancel)
        result.read_all(self._progress(job, result))
        self._say_spooled(job, result)

    def _progress(self, job: int, result: Result) -> Callable[[], None]:
        said = 0.0

        def progress() -> None:
            nonlocal said
            if time.monotonic() - said >= _PROGRESS_INTERVAL:
                said = time.monotonic()
                self._context.say("spooling", job, bytes=result.bytes, **_extent(result))

        return progress

    def _say_spooled(self, job: int, result: Result) -> None:
        self._context.say(
            "spooled", job, bytes=result.bytes, elapsed_ms=result.elapsed_ms, **_extent(result)
        )

    def reopen(self, message: Message) -> None:
        """Read back a result that another worker spooled."""
        from workbench.engine.results import reopen

        context, number = self._context, int(message["result"])
        result = reopen(context.session, context.spill / f"result-{number}", context.budget)
        self._results[number] = result
        cell = int(message["cell"])
        self._say_opened("opened", int(message["job"]), number, result, 1, cell)

    def window(self, message: Message) -> None:
        """Rows of a result, texts cut."""
        result, offset = self._find(message), int(message["offset"])
        rows, cuts = _window(result, offset, int(message["count"]), int(message["cell"]))
        self._context.say(
            "window", int(message["job"]), result=message["result"], offset=offset, rows=rows,
            cuts=cuts, **_extent(result),
        )  # fmt: skip

    def cell(self, message: Message) -> None:
        """One whole cell."""
        cell = self._find(message).cell(int(message["row"]), int(message["column"]))
        whole = len(cell) if isinstance(cell, str) else 0
        text = cell[:_LARGEST_CELL] if isinstance(cell, str) else cell
        self._context.say("cell", int(message["job"]), cell=text, characters=whole)

    def find(self, message: Message) -> None:
        """The next row that holds a text."""
        from workbench.engine.searching import find_row

        stopped = threading.Event()
        job, result = int(message["job"]), self._find(message)
        self._context.stoppable(job, stopped.set)
        first, backwards = int(message["row"]), bool(message["backwards"])
        row = find_row(result, str(message["text"]), first, backwards, stopped.is_set)
        self._context.say("found", job, row=row)

    def compare(self, message: Message) -> None:
        """What differs between two results, as a result of its own."""
        from workbench.engine.contract import ResultColumn
        from workbench.engine.searching import CHANGE, compare

        job = int(message["job"])
        after = self._find(message)
        compared = compare(self._find({"result": message["before"]}), after)
        made = self._results[job] = self._new(job, {"sql": "", "parameters": {}})
        texts = [ResultColumn(column.name, "VARCHAR") for column in after.columns]
        made.keep((ResultColumn(CHANGE, "VARCHAR"), *texts), compared.frame)
        self._say_opened(
            "began", job, job, made, window_rows(len(made.columns)), int(message["cell"])
        )
        self._context.say(
            "compared", job, key=compared.key, added=compared.added, gone=compared.gone,
            changed=compared.changed, **_extent(made),
        )  # fmt: skip

    def pick(self, message: Message) -> None:
        """Some rows of a result, as a result of its own."""
        job, result = int(message["job"]), self._find(message)
        made = self._results[job] = self._new(job, {"sql": "", "parameters": {}})
        made.keep(result.columns, result.picked([int(row) for row in message["rows"]]))
        self._say_opened(
            "began", job, job, made, window_rows(len(made.columns)), int(message["cell"])
        )
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
        if characters <= _MOST_CHARACTERS or cell <= _SHORTEST:
            return rows, cuts
        cell = max(_SHORTEST, cell // 4)


def _extent(result: Result) -> Message:
    return {"total": result.rows, "exact": result.exact, "full": result.full}
