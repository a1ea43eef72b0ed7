"""The bench's and the command line's side of the query worker, one request at a time."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.case.store_parts import StoreParts
from workbench.decisions.masking import NOTHING_MASKED, Mask
from workbench.errors import Cancelled, IntegrityError, WorkbenchError
from workbench.settings import EngineSettings
from workbench.workers import memory
from workbench.workers.codec import read_event, request_message
from workbench.workers.host.opening import Opening
from workbench.workers.host.process import WorkerProcess, make_spill_folder
from workbench.workers.host.request_book import OnEvent, Pending, RequestBook, error_of
from workbench.workers.messages import (
    Answer,
    Cancel,
    Close,
    Event,
    Failed,
    Open,
    Overlay,
    Ready,
    Request,
    SetMask,
    Start,
)
from workbench.workers.protocol import ChannelClosed, Message, pack

_CANCEL_SECONDS = 2.0  # a worker that has not stopped by then is replaced
_MAX_RECORDS, _MAX_CELL_CHARACTERS = 1_000_000, 1 << 22
_ENDED = "The query worker ended while it ran this query; it has been replaced."


def start_message(
    parts: StoreParts, spill: Path, settings: EngineSettings, mask: Mask, opening: Opening
) -> Message:
    """The first message to a query worker."""
    start = Start(
        # The worker starts in /.
        data=[os.path.abspath(path) for path in parts.data],
        analysis=os.path.abspath(parts.analysis) if parts.analysis is not None else "",
        spill=os.path.abspath(spill),
        parent=os.getpid(),
        memory_mib=settings.memory_mib,
        address_space_mib=settings.address_space,
        threads=settings.thread_count,
        spill_mib=settings.spill_mib,
        mask={"columns": list(mask.columns), "shown": list(mask.shown)},
        mask_key=opening.mask_key,
        examine=opening.examine,
    )
    return request_message(0, start)


def set_mask(mask: Mask) -> SetMask:
    """The request that makes a worker hide what a mask says."""
    return SetMask(list(mask.columns), list(mask.shown))


def refuse_planted_log(parts: StoreParts) -> None:
    """Raise IntegrityError where a write-ahead log lies beside a part: it would be replayed."""
    for part in parts.paths:
        planted = part.with_name(part.name + ".wal")
        if planted.exists():
            raise IntegrityError(
                f"A write-ahead log lies beside the store: {planted.name}.",
                hint="A finished store has none. Find out who put it there, then move it away.",
            )


def _event(message: Message) -> tuple[int, Event]:
    """What a worker said; one that says what it cannot is as good as gone."""
    try:
        return read_event(message)
    except ValueError as error:
        raise ChannelClosed from error


class QueryClient:
    """Speaks to one query worker; a worker that ignores a cancel is killed and replaced."""

    def __init__(
        self,
        parts: StoreParts,
        tmp: Path,
        settings: EngineSettings,
        mask: Mask = NOTHING_MASKED,
        opening: Opening | None = None,
    ) -> None:
        """Let a worker start on these parts, with a spill folder below `tmp`; `mask` hides cells.

        The worker gets ready beside what the caller does meanwhile and is awaited at the first
        request. Raises IntegrityError for a planted log.
        """
        refuse_planted_log(parts)
        self._parts = parts
        self._settings = settings
        self._opening = opening or Opening()
        self._book = RequestBook(mask)
        self.spill = make_spill_folder(tmp)
        self._begin()

    @property
    def mask(self) -> Mask:
        """What the worker hides."""
        return self._book.mask

    def _begin(self) -> None:
        self._worker = WorkerProcess("query", threads=self._settings.thread_count)
        self._ready: Ready | None = None
        with contextlib.suppress(ChannelClosed):  # `ready` says so
            self._worker.send(
                start_message(
                    self._parts, self.spill, self._settings, self._book.mask, self._opening
                )
            )

    def ready(self) -> Ready:
        """Wait until the store is open; what the worker said then: its isolation, the tables.

        Raises WorkbenchError if the store does not open.
        """
        while self._ready is None:
            try:
                self._take()
            except ChannelClosed as error:
                raise WorkbenchError("The query worker ended before it began.") from error
        return self._ready

    @property
    def isolation(self) -> str:
        """How the worker is cut off from the host, in words."""
        return self.ready().isolation

    def request(self, request: Request[Answer], *, on_event: OnEvent | None = None) -> Answer:
        """Send one request and wait for its answer; progress goes to `on_event`.

        Ctrl+C interrupts the query; a worker that has not stopped after two seconds is replaced.
        Raises the error that the worker reported, Cancelled, or WorkbenchError if it died.
        """
        job = self._book.new_job()
        message = request_message(job, request)
        pack(message)  # too large a message is refused before anything waits for it
        outcomes: list[Any] = []
        self._book.ask(Pending(job, request, outcomes.append, on_event))
        try:
            self.ready()
            self._worker.send(message)
            self._await(outcomes, watched=not request.light)
        except KeyboardInterrupt:
            if self._ready is not None:
                self._cancel(job, outcomes)
            raise Cancelled("The query was cancelled.") from None
        except ChannelClosed:
            self._replace(_ENDED)
            raise WorkbenchError(
                _ENDED,
                hint="The query may need more memory than engine.address_space_mib allows.",
            ) from None
        outcome = outcomes[0]
        if isinstance(outcome, WorkbenchError):
            raise outcome
        answer: Answer = outcome
        return answer

    def _await(self, outcomes: list[Any], *, watched: bool) -> None:
        """Take what the worker says until there is an outcome; one that holds too much memory is
        replaced, as the bench does it."""
        while not outcomes:
            if not watched:
                self._take()
                continue
            with contextlib.suppress(TimeoutError):
                self._take(memory.WATCH_SECONDS)
            too_large = memory.grew_too_large(self._worker.pid, self._settings.memory_mib)
            if too_large is not None and not outcomes:
                self._replace(too_large.message)
                raise too_large

    def _take(self, seconds: float | None = None) -> None:
        """Take what the worker says next; raises TimeoutError, ChannelClosed."""
        if not select.select([self._worker.output], [], [], seconds)[0]:
            raise TimeoutError
        for message in self._worker.reader.read():
            job, event = _event(message)
            if isinstance(event, Ready):
                self._ready, self._opening = event, self._opening.found_well()
            elif job == 0 and isinstance(event, Failed):
                raise error_of(event)
            elif (close := self._book.arrived(job, event)) is not None:
                self._worker.send(request_message(0, close))

    def _cancel(self, job: int, outcomes: list[Any]) -> None:
        deadline = time.monotonic() + _CANCEL_SECONDS
        try:
            self._worker.send(request_message(0, Cancel(job)))
            while not outcomes:
                self._take(max(0.0, deadline - time.monotonic()))
        except (TimeoutError, ChannelClosed):
            self._replace("The query worker ignored a cancel and was replaced.")

    def _replace(self, why: str) -> None:
        self._worker.kill()
        self._book.lose_worker(why, self._book.heavy())
        self._begin()
        for overlay in self._book.overlay_requests():
            self.request(overlay)

    def close_result(self, result: int) -> None:
        """Give a result's rows and disk space back."""
        self._book.closed(result)
        self._worker.send(request_message(0, Close(result)))

    def records(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows of a small result."""
        opened = self.request(Open(sql, parameters, _MAX_RECORDS, _MAX_CELL_CHARACTERS))
        names = [column[0] for column in opened.columns]
        return [dict(zip(names, row, strict=True)) for row in opened.rows]

    def lay_over(self, table: str, lines: Iterable[str]) -> None:
        """Hand the worker a table of the ledger's as JSON lines."""
        file = f"overlay-{table}-{self._book.new_job()}.jsonl"
        with (self.spill / file).open("w", encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in lines)
        self.request(Overlay(table, file))

    def hide(self, mask: Mask) -> None:
        """Let the worker hide what this mask says from now on."""
        self.request(set_mask(mask))

    def lay_all_over(self, tables: Mapping[str, Iterable[str]]) -> None:
        """Hand the worker several tables."""
        for table, lines in tables.items():
            self.lay_over(table, lines)

    def close(self) -> None:
        """End the worker and give its disk space back."""
        self._worker.close()
        shutil.rmtree(self.spill, ignore_errors=True)
