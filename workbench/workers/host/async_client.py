"""The pipe to the query worker, read by the event loop.

A query that ignores its interrupt costs the analyst 0.3 s, its worker two seconds: then the
worker is killed, replaced, and the other open results are read back from their files. What
else was asked of it is asked again of the new one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from workbench.case.store_parts import StoreParts
from workbench.decisions.masking import MASKABLE, Mask
from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import ExtractSpan
from workbench.settings import EngineSettings
from workbench.workers import memory
from workbench.workers.codec import read_event, request_message
from workbench.workers.host.opening import Opening
from workbench.workers.host.process import WorkerProcess, make_spill_folder
from workbench.workers.host.request_book import OnEvent, Pending, RequestBook, error_of
from workbench.workers.host.sync_client import refuse_planted_log, start_message
from workbench.workers.messages import Answer, Cancel, Close, Columns, Event, Failed, Ready, Request
from workbench.workers.protocol import ChannelClosed, Message

_FREE_SECONDS = 0.3  # after that nobody waits any more for a request that was cancelled
_KILL_SECONDS = 2.0


class WorkerClient:
    """The pipe to one query worker: requests, answers, cancels, replacement."""

    def __init__(
        self, parts: StoreParts, tmp: Path, settings: EngineSettings, opening: Opening | None = None
    ) -> None:
        """Start the worker at once; it gets ready while the bench starts.

        Raises IntegrityError for a planted log, WorkbenchError where no folder can be made.
        """
        refuse_planted_log(parts)
        self.spill = make_spill_folder(tmp)
        self.isolation = ""
        self.catalogue: dict[str, Columns] = {}
        self.span = ExtractSpan()
        self.replaced: Callable[[], None] | None = None
        self.settings = settings
        self.overlaid = asyncio.Event()  # the ledger's tables are laid over the store
        self.closing = False
        self._parts = parts
        self._opening = opening or Opening()
        self._book = RequestBook(Mask(MASKABLE))  # until the policy of the case is known
        self._again: dict[int, Pending] = {}  # to be asked of the next worker
        self._unsent: dict[int, asyncio.Future[Event]] = {}
        self._restoring: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._restored = asyncio.Event()
        self._restored.set()
        self._failure: WorkbenchError | None = None
        self._watching = False
        self._spawn()

    @property
    def mask(self) -> Mask:
        """What the worker hides."""
        return self._book.mask

    @property
    def open_results(self) -> set[int]:
        """The results that are open."""
        return self._book.open_results

    def _spawn(self) -> None:
        self.worker = WorkerProcess("query", threads=self.settings.thread_count)
        opening = self._opening
        self._send(start_message(self._parts, self.spill, self.settings, self._book.mask, opening))

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
        try:
            for message in self.worker.reader.feed(data):
                self._arrived(*read_event(message))
        except (ChannelClosed, ValueError):
            self._worker_ended()  # what it says is no message: it is as good as gone

    def _arrived(self, job: int, event: Event) -> None:
        if isinstance(event, Ready):
            self.isolation, self.catalogue = event.isolation, event.catalogue
            self._opening = self._opening.found_well()
            self._ready.set()
        elif job == 0 and isinstance(event, Failed):
            self._failure = error_of(event)
            self._ready.set()
        elif (close := self._book.arrived(job, event)) is not None:
            self._send(request_message(0, close))  # nobody waits for it, so nobody will close it

    # Replacing

    def _worker_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self.worker.output)
        if not self._ready.is_set():
            self._failure = WorkbenchError("The query worker ended before the store was open.")
            self._ready.set()
        elif not self.closing and self._failure is None:
            self._replace(
                "The query worker ended while it ran this query; it has been replaced.",
                self._book.heavy(),
            )

    def _replace(self, why: str, given_up: set[int]) -> None:
        """Start another worker; the jobs `given_up` fail with `why`, the others are asked again."""
        asyncio.get_running_loop().remove_reader(self.worker.output)
        if self._restoring is not None:
            self._restoring.cancel()  # this one takes over what it had not done
        old, waiting = self.worker, list(self._again.values())
        self._ready.clear()
        self._restored.clear()
        if self._book.overlays:
            self.overlaid.clear()
        again = self._book.lose_worker(why, given_up, waiting)
        self._again = {pending.job: pending for pending in again}
        self._spawn()
        self._listen()
        self.dispose(old)
        self._restoring = asyncio.ensure_future(self._restore())

    async def _restore(self) -> None:
        try:
            await self._ready.wait()
            if self._failure is not None:
                raise self._failure
            for overlay in self._book.overlay_requests():
                await self.request(overlay)
        except WorkbenchError as error:
            self._give_up(error)
            return
        if self._book.overlays:
            self.overlaid.set()
        for reopen in self._book.reopen_requests():
            try:
                await self.request(reopen)
            except WorkbenchError:
                self._book.closed(reopen.result)
        self._restored.set()
        again, self._again = self._again, {}
        for pending in again.values():
            pending.ask_again()
            self._ask(pending)
        if self.replaced is not None:
            self.replaced()

    async def follow(self, parts: StoreParts, opening: Opening) -> None:
        """Read another generation from now on; results that are open stay as they are.

        What runs fails and is to be run again, what is short is asked of the new store. Raises
        WorkbenchError where that cannot be opened; the store before is read on then.
        """
        refuse_planted_log(parts)
        before, said = (self._parts, self._opening), self.replaced
        self.replaced = None
        try:
            if (error := await self._read_from(parts, opening)) is not None:
                await self._read_from(*before)
                raise error
        finally:
            self.replaced = said

    async def _read_from(self, parts: StoreParts, opening: Opening) -> WorkbenchError | None:
        self._parts, self._opening, self._failure = parts, opening, None
        why = "Other data were loaded while this ran."
        self._replace(why, self._book.heavy())
        if self._restoring is not None:
            await asyncio.wait({self._restoring})
        return self._failure

    def _give_up(self, error: WorkbenchError) -> None:
        """Without a worker that can be asked, whoever waits hears why, and so do all who ask."""
        self._failure = error
        again, self._again = self._again, {}
        for pending in again.values():
            pending.end(error)
        self._restored.set()
        self.overlaid.set()

    def _watch_memory(self) -> None:
        """A worker that holds too much is replaced: at once where a job grows, else when idle."""
        self._watching = False
        if self.closing or not self._ready.is_set():
            return
        heavy = self._book.heavy()
        if too_large := memory.grew_too_large(self.worker.pid, self.settings.memory_mib):
            self._replace(too_large.message, heavy)
        elif heavy:
            self._watch()

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            asyncio.get_running_loop().call_later(memory.WATCH_SECONDS, self._watch_memory)

    # Asking

    def new_job(self) -> int:
        """A number for a request that somebody may want to cancel."""
        return self._book.new_job()

    def _send(self, message: Message) -> None:
        try:
            self.worker.send(message)
        except ChannelClosed:
            # Its end is noticed by the reader, which replaces it and asks this again.
            return

    def _ask(self, pending: Pending) -> None:
        self._book.ask(pending)
        self._send(request_message(pending.job, pending.request))
        if not pending.request.light:
            self._watch()

    async def request(
        self,
        request: Request[Answer],
        *,
        job: int = 0,
        on_event: OnEvent | None = None,
        overlaid: bool = False,
    ) -> Answer:
        """Ask the worker and wait for its answer; raises the error that it reported.

        With `overlaid` it is asked once the ledger's tables are laid over the store.
        """
        job = job or self.new_job()
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def settle(outcome: Event | WorkbenchError) -> None:
            if answer.done():
                return
            if isinstance(outcome, WorkbenchError):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

        wanted = [self._ready]
        if not request.restores:  # a result must be open again before it is asked for rows
            wanted += [self._restored, self.overlaid] if overlaid else [self._restored]
        if not all(one.is_set() for one in wanted):
            self._unsent[job] = answer
            try:
                await _first_of(_all_set(wanted), answer)
            finally:
                del self._unsent[job]
            if answer.done():
                waited_for: Answer = answer.result()
                return waited_for
        if self._failure is not None:
            raise self._failure
        pending = Pending(job, request, settle, on_event)
        self._ask(pending)
        try:
            arrived: Answer = await answer
        except asyncio.CancelledError:
            pending.settled = True  # nobody waits: what it opens is closed
            if not request.light and not self.closing:
                self._send(request_message(0, Cancel(job)))
            raise
        return arrived

    def cancel(self, job: int) -> None:
        """Stop a job: its waiter is free after 0.3 s, whatever the worker does."""
        unsent, pending = self._unsent.get(job), self._book.find(job)
        if unsent is not None and not unsent.done():
            unsent.set_exception(Cancelled("The query was cancelled."))
        elif (waiting := self._again.pop(job, None)) is not None:
            _free(waiting)
        elif pending is not None:
            pending.unwanted = True
            self._send(request_message(0, Cancel(job)))
            loop = asyncio.get_running_loop()
            loop.call_later(_FREE_SECONDS, _free, pending)
            loop.call_later(_KILL_SECONDS, self._kill_if_still_running, pending)

    def _kill_if_still_running(self, pending: Pending) -> None:
        if self._book.find(pending.job) is pending and not self.closing:
            self._replace("The query worker ignored a cancel and was replaced.", {pending.job})

    def close_result(self, result: int) -> None:
        """Give a result's rows and disk space back."""
        self._book.closed(result)
        self._send(request_message(0, Close(result)))

    def dispose(self, worker: WorkerProcess) -> None:
        """Kill and collect a worker that is no longer wanted."""
        worker.kill()


def _free(pending: Pending) -> None:
    pending.end(Cancelled("The query was cancelled."))


async def _all_set(events: Sequence[asyncio.Event]) -> None:
    """Wait until all are set at once: one may be cleared again while the next is waited for."""
    while not all(event.is_set() for event in events):
        for event in events:
            await event.wait()


async def _first_of(work: Coroutine[Any, Any, None], other: asyncio.Future[Event]) -> None:
    """Wait for the one or the other; the work is left where the other was first."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, other), return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
