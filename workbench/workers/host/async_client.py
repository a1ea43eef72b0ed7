"""The pipe to the query worker, read by the event loop.

A query that ignores its interrupt costs the analyst 0.3 s, its worker two seconds: then the
worker is killed, replaced, and the other open results are read back from their files. What
else was asked of it is asked again of the new one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.decisions.masking import MASKABLE, Mask
from workbench.errors import Cancelled, WorkbenchError, from_message
from workbench.playbooks.binding import ExtractSpan
from workbench.settings import EngineSettings
from workbench.workers import memory
from workbench.workers.host.process import WorkerProcess, make_spill_folder
from workbench.workers.host.sync_client import refuse_planted_log, start_message
from workbench.workers.protocol import ChannelClosed, Message

_PATIENCE = 0.3
_KILL_AFTER = 2.0
_WATCH = 0.05
# Above what the engine may take: the interpreter, Arrow batches on their way, a page of cells (not
# the pages of files that are read, which the kernel takes back). An
# expression that ignores the engine's limit takes 100 to 200 MiB between two looks.
_ALLOWANCE_MIB = 320
_PROGRESS_EVENTS = frozenset({"began", "spooling"})
_OPENING = frozenset({"began", "opened"})
# These cost little and stand in nobody's way, so they cannot be what a worker died of.
_LIGHT = frozenset({"window", "cell", "inspect", "overlay", "mask", "reopen"})
_RESTORING = frozenset({"overlay", "mask", "reopen"})


@dataclass
class _Pending:
    message: Message
    answer: asyncio.Future[Message]
    progress: Callable[[Message], None] | None
    began: bool = False
    tried: int = 1
    unwanted: bool = False

    @property
    def light(self) -> bool:
        return self.message["op"] in _LIGHT

    def try_again(self) -> None:
        """Make it a request to the next worker: a statement whose rows are shown is read on, so
        that they stay where they are."""
        self.tried += 1
        if self.began and self.message["op"] == "stream":
            job = self.message["job"]
            self.message = {"op": "read_all", "job": job, "result": job}


class WorkerClient:
    """The pipe to one query worker: requests, answers, cancels, replacement."""

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
        self.mask = Mask(MASKABLE)  # until the policy of the case is known
        self._store = store
        self.settings = settings
        self._number = 0
        self._pending: dict[int, _Pending] = {}
        self._again: dict[int, _Pending] = {}  # to be asked of the next worker
        self._unsent: dict[int, asyncio.Future[Message]] = {}
        self._replay: asyncio.Task[None] | None = None
        self.open_results: set[int] = set()
        self.overlays: dict[str, str] = {}
        self._ready = asyncio.Event()
        self._restored = asyncio.Event()
        self._restored.set()
        self.overlaid = asyncio.Event()
        self._failure: WorkbenchError | None = None
        self._watching = False
        self.closing = False
        self._spawn()

    def _spawn(self) -> None:
        self.worker = WorkerProcess("query", threads=self.settings.thread_count)
        self._send(start_message(self._store, self.spill, self.settings, self.mask))

    async def start(self) -> None:
        """Listen to the worker and wait until the store is open; raises what it reported."""
        self._listen()
        await self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def _listen(self) -> None:
        os.set_blocking(self.worker.output, False)
        asyncio.get_running_loop().add_reader(self.worker.output, self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self.worker.output, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            self._worker_ended()
            return
        for message in self.worker.reader.feed(data):
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
        if pending.answer.done() and message["ev"] in _OPENING:
            # Nobody waits any more, so nobody will close it.
            self._send({"op": "close", "result": message["result"]})
        if message["ev"] in _PROGRESS_EVENTS:
            pending.began = True
            if pending.progress is not None and not pending.answer.done():
                pending.progress(message)
            return
        del self._pending[job]
        if pending.answer.done():
            return
        if message["ev"] == "error":
            pending.answer.set_exception(from_message(message))
        else:
            pending.answer.set_result(message)

    # Replacing

    def _worker_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self.worker.output)
        if not self._ready.is_set():
            self._failure = WorkbenchError("The query worker ended before the store was open.")
            self._ready.set()
        elif not self.closing and self._failure is None:
            self._replace(
                "The query worker ended while it ran this query; it has been replaced.",
                {job for job, pending in self._pending.items() if not pending.light},
            )

    def _replace(self, why: str, given_up: set[int]) -> None:
        """Start another worker; the jobs `given_up` fail with `why`, the others are asked again."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.worker.output)
        if self._replay is not None:
            self._replay.cancel()  # this one takes over what it had not done
        old, pending = self.worker, {**self._again, **self._pending}
        self._pending, self._again = {}, {}
        self._ready.clear()
        self._restored.clear()
        if self.overlays:
            self.overlaid.clear()
        self._spawn()
        self._listen()
        self.dispose(old)
        for job, waiting in pending.items():
            if waiting.answer.done():
                continue
            if waiting.unwanted:
                self._let_go(waiting)
            elif job in given_up or waiting.tried > 1:
                waiting.answer.set_exception(WorkbenchError(why, hint="Run it again."))
            else:
                self._again[job] = waiting
        self._replay = asyncio.ensure_future(self._restore())

    async def _restore(self) -> None:
        try:
            await self._ready.wait()
            if self._failure is not None:
                raise self._failure
            for table, file in self.overlays.items():
                await self.request("overlay", table=table, file=file)
        except WorkbenchError as error:
            self._give_up(error)
            return
        if self.overlays:
            self.overlaid.set()
        for result in sorted(self.open_results):
            try:
                await self.request("reopen", result=result, cell=1)
            except WorkbenchError:
                self.open_results.discard(result)
        self._restored.set()
        again, self._again = self._again, {}
        for job, waiting in again.items():
            waiting.try_again()
            self._pending[job] = waiting
            self._send(waiting.message)
            self._watch()
        if self.replaced is not None:
            self.replaced()

    def _give_up(self, error: WorkbenchError) -> None:
        """Without a worker that can be asked, whoever waits hears why, and so do all who ask."""
        self._failure = error
        again, self._again = self._again, {}
        for waiting in again.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(error)
        self._restored.set()
        self.overlaid.set()

    def _watch_memory(self) -> None:
        """A worker that holds too much is replaced: at once where a job grows, else when idle."""
        self._watching = False
        if self.closing or not self._ready.is_set():
            return
        allowed = self.settings.memory_mib + _ALLOWANCE_MIB
        heavy = {job for job, pending in self._pending.items() if not pending.light}
        if memory.own(self.worker.pid) > allowed << 20:
            self._replace(
                f"The query took more than {allowed:,} MiB of memory; its worker was replaced.",
                heavy,
            )
        elif heavy:
            self._watch()

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            asyncio.get_running_loop().call_later(_WATCH, self._watch_memory)

    # Asking

    def new_job(self) -> int:
        """A number for a request that somebody may want to cancel."""
        self._number += 1
        return self._number

    def _send(self, message: Message) -> None:
        try:
            self.worker.send(message)
        except ChannelClosed:
            # Its end is noticed by the reader, which replaces it and asks this again.
            return

    async def request(
        self,
        op: str,
        *,
        job: int = 0,
        progress: Callable[[Message], None] | None = None,
        overlaid: bool = False,
        **fields: Any,
    ) -> Message:
        """Ask the worker and wait for its answer; raises the error that it reported.

        With `overlaid` it is asked once the ledger's tables are laid over the store.
        """
        job = job or self.new_job()
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        wanted = [self._ready]
        if op not in _RESTORING:  # a result must be open again before it is asked for rows
            wanted += [self._restored, self.overlaid] if overlaid else [self._restored]
        if not all(one.is_set() for one in wanted):
            self._unsent[job] = answer
            try:
                await _first_of(_all_set(wanted), answer)
            finally:
                del self._unsent[job]
            if answer.done():
                return answer.result()
        if self._failure is not None:
            raise self._failure
        message = {"op": op, "job": job, **fields}
        self._pending[job] = _Pending(message, answer, progress)
        self._send(message)
        if op not in _LIGHT:
            self._watch()
        try:
            return await answer
        except asyncio.CancelledError:
            if op not in _LIGHT and not self.closing:
                self._send({"op": "cancel", "target": job})
            raise

    def cancel(self, job: int) -> None:
        """Stop a job: its waiter is free after 0.3 s, whatever the worker does."""
        unsent, pending = self._unsent.get(job), self._pending.get(job)
        if unsent is not None and not unsent.done():
            unsent.set_exception(Cancelled("The query was cancelled."))
        elif (waiting := self._again.pop(job, None)) is not None:
            self._let_go(waiting)
        elif pending is not None:
            pending.unwanted = True
            self._send({"op": "cancel", "target": job})
            loop = asyncio.get_running_loop()
            loop.call_later(_PATIENCE, self._let_go, pending)
            loop.call_later(_KILL_AFTER, self._kill_if_still_running, job, pending)

    def _let_go(self, pending: _Pending) -> None:
        if not pending.answer.done():
            pending.answer.set_exception(Cancelled("The query was cancelled."))

    def _kill_if_still_running(self, job: int, pending: _Pending) -> None:
        if self._pending.get(job) is pending and not self.closing:
            self._replace("The query worker ignored a cancel and was replaced.", {job})

    def dispose(self, worker: WorkerProcess) -> None:
        """Kill and collect a worker that is no longer wanted."""
        worker.kill()


async def _all_set(events: Sequence[asyncio.Event]) -> None:
    """Wait until all are set at once: one may be cleared again while the next is waited for."""
    while not all(event.is_set() for event in events):
        for event in events:
            await event.wait()


async def _first_of(work: Coroutine[Any, Any, None], other: asyncio.Future[Message]) -> None:
    """Wait for the one or the other; the work is left where the other was first."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, other), return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
