"""The bench's and the command line's side of the query worker, one request at a time."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.decisions.masking import NOTHING_MASKED, Mask
from workbench.errors import Cancelled, IntegrityError, WorkbenchError, from_message
from workbench.settings import EngineSettings
from workbench.workers.host.process import WorkerProcess, make_spill_folder
from workbench.workers.protocol import ChannelClosed, Message, pack

_PATIENCE_AFTER_INTERRUPT = 2.0
_MOST_RECORDS = 1_000_000
_FINAL = frozenset(
    {"opened", "spooled", "window", "cell", "exported", "digested", "inspected", "overlaid",
     "hashed", "account_ids", "found", "masked",
     "compared", "planned", "error"}
)  # fmt: skip


def start_message(store: Path, spill: Path, settings: EngineSettings, mask: Mask) -> Message:
    """The first message to a query worker."""
    return {
        "op": "start",
        "store": os.path.abspath(store),  # the worker starts in /
        "spill": os.path.abspath(spill),
        "parent": os.getpid(),
        "memory_mib": settings.memory_mib,
        "address_space_mib": settings.address_space,
        "threads": settings.thread_count,
        "spill_mib": settings.spill_mib,
        "mask": mask.as_message(),
    }


def refuse_planted_log(store: Path) -> None:
    """Raise IntegrityError where a write-ahead log lies beside the store: it would be replayed."""
    planted = store.with_name(store.name + ".wal")
    if planted.exists():
        raise IntegrityError(
            f"A write-ahead log lies beside the store: {planted.name}.",
            hint="A finished store has none. Find out who put it there, then move it away.",
        )


class QueryClient:
    """Speaks to one query worker; a worker that ignores a cancel is killed and replaced."""

    def __init__(
        self, store: Path, tmp: Path, settings: EngineSettings, mask: Mask = NOTHING_MASKED
    ) -> None:
        """Let a worker start on `store`; its spill folder is made below `tmp`, `mask` hides cells.

        The worker gets ready beside what the caller does meanwhile and is awaited at the first
        request. Raises IntegrityError for a planted log.
        """
        refuse_planted_log(store)
        self.mask = mask
        self._store = store
        self._settings = settings
        self.spill = make_spill_folder(tmp)
        self._job = 0
        self._overlays: dict[str, str] = {}
        self._begin()

    def _begin(self) -> None:
        self._worker = WorkerProcess("query", threads=self._settings.thread_count)
        self._waiting: list[Message] = []
        self._ready: Message | None = None
        with contextlib.suppress(ChannelClosed):  # `ready` says so
            self._worker.send(start_message(self._store, self.spill, self._settings, self.mask))

    def ready(self) -> Message:
        """Wait until the store is open; what the worker told then: its isolation, the tables.

        Raises WorkbenchError if the store does not open.
        """
        if self._ready is None:
            try:
                told = self._await(0, None)
            except ChannelClosed as error:
                raise WorkbenchError("The query worker ended before it began.") from error
            if told["ev"] == "error":
                raise from_message(told)
            self._ready = told
        return self._ready

    @property
    def isolation(self) -> str:
        """How the worker is cut off from the host, in words."""
        return str(self.ready()["isolation"])

    def request(
        self, op: str, *, on_event: Callable[[Message], None] | None = None, **fields: Any
    ) -> Message:
        """Send one request and wait for its answer; progress events go to `on_event`.

        Ctrl+C interrupts the query; a worker that has not stopped after two seconds is replaced.
        Raises the error that the worker reported, Cancelled, or WorkbenchError if it died.
        """
        self._job += 1
        job = self._job
        message = {"op": op, "job": job, **fields}
        pack(message)
        try:
            self.ready()
            self._worker.send(message)
            answer = self._await(job, on_event)
        except KeyboardInterrupt:
            if self._ready is not None:
                self._cancel(job)
            raise Cancelled("The query was cancelled.") from None
        except ChannelClosed:
            self._restart()
            raise WorkbenchError(
                "The query worker ended while it ran this query; it has been replaced.",
                hint="The query may need more memory than engine.address_space_mib allows.",
            ) from None
        if answer["ev"] == "error":
            raise from_message(answer)
        return answer

    def _await(
        self,
        job: int,
        on_event: Callable[[Message], None] | None,
        patience: float | None = None,
    ) -> Message:
        deadline = None if patience is None else time.monotonic() + patience
        while True:
            for message in self._waiting:
                if message["job"] != job:
                    continue
                self._waiting.remove(message)
                if message["ev"] in _FINAL or message["ev"] == "ready":
                    return message
                if on_event is not None:
                    on_event(message)
                break
            else:
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                if not select.select([self._worker.output], [], [], left)[0]:
                    raise TimeoutError
                self._waiting += self._worker.reader.read()

    def _cancel(self, job: int) -> None:
        try:
            self._worker.send({"op": "cancel", "target": job})
            self._await(job, None, _PATIENCE_AFTER_INTERRUPT)
        except (TimeoutError, ChannelClosed):
            self._restart()

    def _restart(self) -> None:
        self._worker.kill()
        overlays, self._overlays = self._overlays, {}
        self._begin()
        for table, file in overlays.items():
            self.request("overlay", table=table, file=file)
            self._overlays[table] = file

    def records(self, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """All rows of a small result."""
        opened = self.request(
            "open", sql=sql, parameters=parameters, limit=_MOST_RECORDS, cell=1 << 22
        )
        names = [column[0] for column in opened["columns"]]
        return [dict(zip(names, row, strict=True)) for row in opened["rows"]]

    def lay_over(self, table: str, lines: Iterable[str]) -> None:
        """Hand the worker a table of the ledger's as JSON lines."""
        file = f"overlay-{table}-{self._job + 1}.jsonl"
        with (self.spill / file).open("w", encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in lines)
        self.request("overlay", table=table, file=file)
        self._overlays[table] = file

    def hide(self, mask: Mask) -> None:
        """Let the worker hide what this mask says from now on."""
        self.request("mask", **mask.as_message())
        self.mask = mask

    def lay_all_over(self, tables: Mapping[str, Iterable[str]]) -> None:
        """Hand the worker several tables."""
        for table, lines in tables.items():
            self.lay_over(table, lines)

    def close(self) -> None:
        """End the worker and give its disk space back."""
        self._worker.close()
        shutil.rmtree(self.spill, ignore_errors=True)
