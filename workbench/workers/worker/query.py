"""The query worker: one generation of one store, read-only and sandboxed, for its whole life.

It reads requests and answers each by events of the same job; `workers.messages` has them all.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

from workbench.case.store_parts import StoreParts
from workbench.errors import WorkbenchError
from workbench.workers import memory, sandbox
from workbench.workers.codec import event_message, read_request
from workbench.workers.messages import (
    AccountIdsRead,
    Cancel,
    Close,
    Compare,
    Digest,
    Export,
    Failed,
    Find,
    Inspect,
    Masked,
    Open,
    Overlaid,
    Overlay,
    PickRows,
    Plan,
    ReadAccountIds,
    ReadAll,
    ReadCell,
    ReadWindow,
    Ready,
    Reopen,
    Request,
    SetMask,
    Start,
    Stream,
)
from workbench.workers.protocol import ChannelClosed, Reader, send
from workbench.workers.worker.context import Context
from workbench.workers.worker.failures import failure_fields
from workbench.workers.worker.open_results import OpenResults
from workbench.workers.worker.statements import Statements

_IDLE_SECONDS = 1.5


class QueryWorker:
    """Answers messages; each job runs on a thread and a cursor of its own."""

    def __init__(self, start: Start, output: int) -> None:
        parts = StoreParts(
            tuple(Path(os.fsdecode(name)) for name in start.data),
            Path(os.fsdecode(start.analysis)) if start.analysis else None,
        )
        spill = Path(os.fsdecode(start.spill))
        self._isolation = sandbox.enter(
            list(parts.paths), [spill], address_space_mib=start.address_space_mib
        )
        from workbench.engine.disk import DiskBudget  # only behind the sandbox
        from workbench.engine.session import Session, SessionLimits

        limits = SessionLimits(start.memory_mib, start.threads, start.spill_mib)
        session = Session(parts, spill, limits, examine=start.examine, mask_key=start.mask_key)
        session.mask(**start.mask)
        budget = DiskBudget(spill, start.spill_mib << 20)
        self._context = Context(session, spill, budget, output)
        self._results = OpenResults(self._context)
        self._statements = Statements(self._context)

    def announce(self) -> None:
        """Tell the host what is here."""
        catalogue = {
            table: [[column.name, column.type] for column in columns]
            for table, columns in self._context.session.catalogue.items()
        }
        self._context.say(0, Ready(self._isolation.words, catalogue, os.getpid()))
        threading.Thread(target=_preload, daemon=True).start()

    def handle(self, job: int, request: Request[Any]) -> None:
        """Start the job of one request, or act on it at once where later ones are under it."""
        if isinstance(request, Cancel):
            self._context.cancel(request.target)
        elif isinstance(request, Close):
            self._results.close(request.result)
        elif request.in_order:
            self._run(job, request)
        else:
            threading.Thread(target=self._run, args=(job, request), daemon=True).start()

    def _run(self, job: int, request: Request[Any]) -> None:
        try:
            self._answer(job, request)
        except WorkbenchError as error:
            self._context.say(job, _failed(error))
        except ChannelClosed:
            os._exit(0)
        except BaseException as error:  # a panic of Polars is no Exception, and wants an answer too
            fault = WorkbenchError(
                f"{type(error).__name__}: {error}", title="The query worker met a fault"
            )
            self._context.say(job, _failed(fault))
        finally:
            self._context.ended(job)
            memory.trim()

    def _answer(self, job: int, request: Request[Any]) -> None:
        results, statements = self._results, self._statements
        match request:
            case Open():
                results.open(job, request)
            case Stream():
                results.stream(job, request)
            case ReadAll():
                results.read_all(job, request)
            case ReadWindow():
                results.window(job, request)
            case ReadCell():
                results.cell(job, request)
            case Reopen():
                results.reopen(job, request)
            case Find():
                results.find(job, request)
            case Compare():
                results.compare(job, request)
            case PickRows():
                results.pick(job, request)
            case Plan():
                statements.plan(job, request)
            case Export():
                statements.export(job, request)
            case Digest():
                statements.digest(job, request)
            case Inspect():
                statements.inspect(job, request)
            case _:
                self._answer_of_store(job, request)

    def _answer_of_store(self, job: int, request: Request[Any]) -> None:
        match request:
            case Overlay():
                self._overlay(job, request)
            case SetMask():
                self._context.session.mask(request.columns, request.shown)
                self._context.say(job, Masked())
            case ReadAccountIds():
                self._account_ids(job, request)
            case _:
                raise WorkbenchError(f"The query worker does not know {type(request).__name__}.")

    def _overlay(self, job: int, request: Overlay) -> None:
        from workbench.engine.overlay import OVERLAYS, write_overlay

        session, file = self._context.session, self._context.spill / request.file
        session.lay_over(request.table, write_overlay(session, OVERLAYS[request.table], file))
        self._context.say(job, Overlaid())

    def _account_ids(self, job: int, request: ReadAccountIds) -> None:
        from workbench.engine.overlay import read_account_ids

        ids = read_account_ids(self._context.session, self._context.spill / request.file)
        self._context.say(job, AccountIdsRead(ids))


def _failed(error: WorkbenchError) -> Failed:
    said = failure_fields(error)
    return Failed(str(said["title"]), str(said["message"]), str(said["hint"]), error.exit_code)


def _preload() -> None:
    """Load what the first stream needs, but not while the bench draws its first screen."""
    time.sleep(_IDLE_SECONDS)
    import workbench.engine.arrow
    import workbench.engine.spool  # noqa: F401


def main() -> None:
    """Entry point: the first message starts the session, the end of input ends the process."""
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    reader = Reader(0)
    messages = reader.read()
    _, start = read_request(messages.pop(0))
    assert isinstance(start, Start)
    sandbox.die_with_parent(start.parent)
    try:
        worker = QueryWorker(start, output)
    except WorkbenchError as error:
        send(output, event_message(0, _failed(error)))
        return
    except Exception as error:
        fault = WorkbenchError(str(error), title="The store cannot be opened")
        send(output, event_message(0, _failed(fault)))
        return
    worker.announce()
    try:
        while True:
            for message in messages or reader.read():
                worker.handle(*read_request(message))
            messages = []
    except ChannelClosed:
        os._exit(0)


if __name__ == "__main__":
    main()
