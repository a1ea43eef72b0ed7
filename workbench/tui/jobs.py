"""The only place of the bench that speaks to worker processes or starts threads.

Requests are awaited; the answers arrive through the event loop, so that nothing here blocks it.
A query that ignores its interrupt costs the analyst 0.3 s, its worker two seconds: then the
worker is killed, replaced, and the other open results are read back from their files.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from workbench.errors import Cancelled, WorkbenchError, from_message
from workbench.playbooks.binding import Bound, ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.settings import EngineSettings
from workbench.workers.client import refuse_planted_log, start_message
from workbench.workers.launch import WorkerProcess, make_spill_folder
from workbench.workers.protocol import ChannelClosed, Message

_PATIENCE = 0.3
_KILL_AFTER = 2.0
_PAGE_LIMIT = 5000
_NOTHING: Mapping[str, object] = MappingProxyType({})
_PROGRESS_EVENTS = frozenset({"spooling"})

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Rows:
    """A small result, whole: column names, engine types, rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[list[Any]]
    more: bool = False
    elapsed_ms: float = 0.0
    cuts: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def records(self) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def first(self) -> dict[str, Any]:
        """The first row as a dictionary, or an empty one."""
        return dict(zip(self.names, self.rows[0], strict=True)) if self.rows else {}


@dataclass
class _Pending:
    answer: asyncio.Future[Message]
    progress: Callable[[Message], None] | None


class Jobs:
    """One query worker and the requests to it. Construct it before the event loop runs."""

    def __init__(self, store: Path, tmp: Path, settings: EngineSettings) -> None:
        """Start the worker at once; it gets ready while the bench starts.

        Raises IntegrityError for a planted log, WorkbenchError where no folder can be made.
        """
        refuse_planted_log(store)
        self.spill = make_spill_folder(tmp)
        self.isolation = ""
        self.catalogue: dict[str, list[list[str]]] = {}
        self.span = ExtractSpan()
        self.replaced: Callable[[], None] | None = None
        self._store = store
        self._settings = settings
        self._number = 0
        self._pending: dict[int, _Pending] = {}
        self._open_results: set[int] = set()
        self._overlays: dict[str, str] = {}
        self._ready = asyncio.Event()
        self._overlaid = asyncio.Event()
        self._failure: WorkbenchError | None = None
        self._closing = False
        self._spawn()

    def _spawn(self) -> None:
        self._worker = WorkerProcess("query", threads=self._settings.thread_count)
        self._worker.send(start_message(self._store, self.spill, self._settings))

    async def start(self) -> None:
        """Listen to the worker and wait until the store is open; raises what it reported."""
        self._listen()
        await self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def _listen(self) -> None:
        os.set_blocking(self._worker.output, False)
        asyncio.get_running_loop().add_reader(self._worker.output, self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self._worker.output, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            self._worker_ended()
            return
        for message in self._worker.reader.feed(data):
            self._arrived(message)

    def _arrived(self, message: Message) -> None:
        job = int(message["job"])
        if job == 0:
            if message["ev"] == "error":
                self._failure = from_message(message)
            else:
                self.isolation = str(message["isolation"])
                self.catalogue = message["catalogue"]
            self._ready.set()
            return
        pending = self._pending.get(job)
        if pending is None:
            return
        if message["ev"] in _PROGRESS_EVENTS:
            if pending.progress is not None:
                pending.progress(message)
            return
        del self._pending[job]
        if pending.answer.done():
            return
        if message["ev"] == "error":
            pending.answer.set_exception(from_message(message))
        else:
            pending.answer.set_result(message)

    def _worker_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._worker.output)
        if not self._ready.is_set():
            self._failure = WorkbenchError("The query worker ended before the store was open.")
            self._ready.set()
        elif not self._closing:
            self._replace("The query worker ended while it ran this query; it has been replaced.")

    def _replace(self, why: str) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._worker.output)
        old, pending = self._worker, self._pending
        self._pending = {}
        self._ready = asyncio.Event()
        self._overlaid = asyncio.Event()
        self._spawn()
        self._listen()
        loop.run_in_executor(None, old.kill)
        for waiting in pending.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(WorkbenchError(why, hint="Run it again."))
        self._replay = asyncio.ensure_future(self._restore())

    async def _restore(self) -> None:
        await self._ready.wait()
        for table, file in self._overlays.items():
            await self.request("overlay", table=table, file=file)
        self._overlaid.set()
        for result in sorted(self._open_results):
            try:
                await self.request("reopen", result=result, cell=1)
            except WorkbenchError:
                self._open_results.discard(result)
        if self.replaced is not None:
            self.replaced()

    def next_job(self) -> int:
        """The number that the next request will have."""
        return self._number + 1

    async def request(
        self, op: str, *, progress: Callable[[Message], None] | None = None, **fields: Any
    ) -> Message:
        """Ask the worker and wait for its answer; raises the error that it reported."""
        await self._ready.wait()
        self._number += 1
        job = self._number
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[job] = _Pending(answer, progress)
        try:
            self._worker.send({"op": op, "job": job, **fields})
        except ChannelClosed:
            self._pending.pop(job, None)
            raise WorkbenchError("The query worker is being replaced.", hint="Try again.") from None
        return await answer

    async def open(self, sql: str, parameters: Bound, limit: int, cell: int = 0) -> Message:
        """Open a result; it stays open until `close_result`."""
        if "decisions" in sql.lower():
            await self._overlaid.wait()
        opened = await self.request(
            "open", sql=sql, parameters=parameters, limit=limit,
            cell=cell or self._settings.cell_characters,
        )  # fmt: skip
        self._open_results.add(int(opened["result"]))
        return opened

    async def window(self, result: int, offset: int, count: int) -> Message:
        """Rows of an open result."""
        return await self.request(
            "window", result=result, offset=offset, count=count,
            cell=self._settings.cell_characters,
        )  # fmt: skip

    def close_result(self, result: int) -> None:
        """Give a result's rows and disk space back."""
        self._open_results.discard(result)
        try:
            self._worker.send({"op": "close", "result": result})
        except ChannelClosed:
            return

    async def rows(
        self, query: SavedQuery, given: Mapping[str, object] = _NOTHING, cell: int = 4096
    ) -> Rows:
        """Run a small saved query to its end and close it; texts over `cell` come cut."""
        opened = await self.open(query.sql, bind(query, given, self.span), _PAGE_LIMIT, cell)
        self.close_result(int(opened["result"]))
        columns = opened["columns"]
        return Rows(
            tuple(column[0] for column in columns),
            tuple(column[1] for column in columns),
            opened["rows"],
            bool(opened["more"]),
            float(opened["elapsed_ms"]),
            {(row, column): size for row, column, size in opened["cuts"]},
        )

    def cancel(self, job: int) -> None:
        """Stop a job: its waiter is free after 0.3 s, whatever the worker does."""
        pending = self._pending.get(job)
        if pending is None:
            return
        try:
            self._worker.send({"op": "cancel", "target": job})
        except ChannelClosed:
            return
        loop = asyncio.get_running_loop()
        loop.call_later(_PATIENCE, self._let_go, pending)
        loop.call_later(_KILL_AFTER, self._kill_if_still_running, job)

    def _let_go(self, pending: _Pending) -> None:
        if not pending.answer.done():
            pending.answer.set_exception(Cancelled("The query was cancelled."))

    def _kill_if_still_running(self, job: int) -> None:
        if job in self._pending:
            self._replace("The query worker ignored a cancel and was replaced.")

    async def lay_over(self, table: str, lines: Iterable[str]) -> None:
        """Hand the worker a table of the ledger's as JSON lines."""
        file = f"overlay-{table}-{self.next_job()}.jsonl"
        await self.background(_write_lines, self.spill / file, list(lines))
        await self.request("overlay", table=table, file=file)
        self._overlays[table] = file
        self._overlaid.set()

    async def background(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run something that waits for a disk or a lock beside the event loop."""
        return await asyncio.to_thread(work, *arguments)

    def close(self) -> None:
        """End the worker and give its disk space back."""
        self._closing = True
        self._worker.kill()
        shutil.rmtree(self.spill, ignore_errors=True)


def _write_lines(path: Path, lines: list[str]) -> None:
    with path.open("w", encoding="ascii") as out:
        out.writelines(f"{line}\n" for line in lines)

