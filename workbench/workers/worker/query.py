"""The query worker: one generation of one store, read-only and sandboxed, for its whole life.

Messages in (each with `job`, answered by events with the same `job`):
    start    store, spill, parent, memory_mib, address_space_mib, threads, spill_mib, mask -> ready
    open     sql, parameters, limit, cell           -> opened
    stream   sql, parameters, limit, cell           -> began, spooling…, spooled
    read_all result                                 -> spooling…, spooled
    window   result, offset, count, cell            -> window
    cell     result, row, column                    -> cell
    export   sql, parameters, format, limit         -> exported
    digest   sql, parameters                        -> digested
    inspect  sql                                    -> inspected
    overlay  table, file                            -> overlaid
    mask     columns, shown                         -> masked
    reopen   result                                 -> opened
    find     result, text, row, backwards           -> found
    compare  before, result, cell                   -> began, compared
    pick     result, rows, cell                     -> began, spooled
    plan     sql, parameters, measure               -> planned
    account_ids  file                               -> account_ids
    hash                                            -> hashed
    cancel   target | close  result                 (no answer)
Any of them may be answered by `error` with title, message, hint, exit_code.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.workers import memory, sandbox
from workbench.workers.protocol import ChannelClosed, Message, Reader, send
from workbench.workers.worker.context import Context
from workbench.workers.worker.open_results import OpenResults
from workbench.workers.worker.statements import Statements

_IDLE_BEFORE_PRELOAD = 1.5


class QueryWorker:
    """Answers messages; each job runs on a thread and a cursor of its own."""

    def __init__(self, start: Message, output: int) -> None:
        self._store = Path(os.fsdecode(start["store"]))
        spill = Path(os.fsdecode(start["spill"]))
        self._isolation = sandbox.enter(
            [self._store], [spill], address_space_mib=int(start["address_space_mib"])
        )
        from workbench.engine.disk import DiskBudget  # only behind the sandbox
        from workbench.engine.session import Session, SessionLimits

        spill_mib = int(start["spill_mib"])
        limits = SessionLimits(int(start["memory_mib"]), int(start["threads"]), spill_mib)
        session = Session(self._store, spill, limits)
        session.mask(**start["mask"])
        self._context = Context(session, spill, DiskBudget(spill, spill_mib << 20), output)
        self._results = OpenResults(self._context)
        statements = Statements(self._context)
        self._jobs: dict[str, Callable[[Message], None]] = {
            "open": self._results.open,
            "stream": self._results.stream,
            "read_all": self._results.read_all,
            "window": self._results.window,
            "cell": self._results.cell,
            "reopen": self._results.reopen,
            "find": self._results.find,
            "compare": self._results.compare,
            "pick": self._results.pick,
            "plan": statements.plan,
            "export": statements.export,
            "digest": statements.digest,
            "inspect": statements.inspect,
            "overlay": self._overlay,
            "mask": self._mask,
            "hash": self._hash,
            "account_ids": self._account_ids,
        }

    def announce(self) -> None:
        """OnProgress the bench what is here."""
        catalogue = {
            table: [[column.name, column.type] for column in columns]
            for table, columns in self._context.session.catalogue.items()
        }
        isolation = self._isolation.words
        self._context.say("ready", 0, isolation=isolation, catalogue=catalogue, pid=os.getpid())
        threading.Thread(target=_preload, daemon=True).start()

    def handle(self, message: Message) -> None:
        """Start the job of one message, or act on it at once."""
        operation = str(message["op"])
        if operation == "cancel":
            self._context.cancel(int(message["target"]))
        elif operation == "close":
            self._results.close(int(message["result"]))
        elif operation in ("overlay", "mask"):
            self._run(operation, message)  # at once, so that every later query is under it
        else:
            threading.Thread(target=self._run, args=(operation, message), daemon=True).start()

    def _run(self, operation: str, message: Message) -> None:
        job = int(message["job"])
        try:
            self._jobs[operation](message)
        except WorkbenchError as error:
            self._context.say("error", job, **error.as_message())
        except ChannelClosed:
            os._exit(0)
        except BaseException as error:  # a panic of Polars is no Exception, and wants an answer too
            failed = WorkbenchError(
                f"{type(error).__name__}: {error}", title="The query worker met a fault"
            )
            self._context.say("error", job, **failed.as_message())
        finally:
            self._context.ended(job)
            memory.trim()

    def _overlay(self, message: Message) -> None:
        from workbench.engine.overlay import OVERLAYS, write_overlay

        table = str(message["table"])
        parquet = write_overlay(
            self._context.session, OVERLAYS[table], self._context.spill / str(message["file"])
        )
        self._context.session.lay_over(table, parquet)
        self._context.say("overlaid", int(message["job"]), table=table)

    def _mask(self, message: Message) -> None:
        self._context.session.mask(message["columns"], message["shown"])
        self._context.say("masked", int(message["job"]))

    def _account_ids(self, message: Message) -> None:
        from workbench.engine.overlay import read_account_ids

        ids = read_account_ids(self._context.session, self._context.spill / str(message["file"]))
        self._context.say("account_ids", int(message["job"]), ids=ids)

    def _hash(self, message: Message) -> None:
        digest = hashlib.sha256()
        with self._store.open("rb") as store:
            while block := store.read(4 << 20):
                digest.update(block)
        self._context.say("hashed", int(message["job"]), sha256=digest.hexdigest())


def _preload() -> None:
    """Load what the first stream needs, but not while the bench draws its first screen."""
    time.sleep(_IDLE_BEFORE_PRELOAD)
    import workbench.engine.arrow
    import workbench.engine.spool  # noqa: F401


def main() -> None:
    """Entry point: the first message starts the session, the end of input ends the process."""
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    reader = Reader(0)
    messages = reader.read()
    start = messages.pop(0)
    sandbox.die_with_parent(int(start["parent"]))
    try:
        worker = QueryWorker(start, output)
    except WorkbenchError as error:
        send(output, {"ev": "error", "job": 0, **error.as_message()})
        return
    except Exception as error:
        failed = WorkbenchError(str(error), title="The store cannot be opened")
        send(output, {"ev": "error", "job": 0, **failed.as_message()})
        return
    worker.announce()
    try:
        while True:
            for message in messages or reader.read():
                worker.handle(message)
            messages = []
    except ChannelClosed:
        os._exit(0)


if __name__ == "__main__":
    main()
