"""The query worker: one generation of one store, read-only and sandboxed, for its whole life.

Messages in (each with `job`, answered by events with the same `job`):
    start    store, spill, parent, memory_mib, address_space_mib, threads, spill_mib    -> ready
    open     sql, parameters, limit                 -> opened
    spool    result                                 -> spooling…, spooled
    window   result, offset, count, cell            -> window
    cell     result, row, column                    -> cell
    export   sql, parameters, format, limit         -> exported
    digest   sql, parameters                        -> digested
    inspect  sql                                    -> inspected
    overlay  table, file                            -> overlaid
    reopen   result                                 -> opened
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
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.workers import sandbox
from workbench.workers.protocol import ChannelClosed, Message, Reader, send

if TYPE_CHECKING:
    import duckdb

    from workbench.engine.results import Result
    from workbench.engine.session import Session

_PROGRESS_INTERVAL = 0.25
_LARGEST_CELL = 8 << 20


class QueryWorker:
    """Answers messages; each job runs on a thread and a cursor of its own."""

    def __init__(self, start: Message, output: int) -> None:
        self._output = output
        self._sending = threading.Lock()
        self._store = Path(os.fsdecode(start["store"]))
        self._spill = Path(os.fsdecode(start["spill"]))
        self._budget = int(start["spill_mib"]) << 20
        self._results: dict[int, Result] = {}
        self._cancels: dict[int, Callable[[], None]] = {}
        self._isolation = sandbox.enter(
            [self._store], [self._spill], address_space_mib=int(start["address_space_mib"])
        )
        from workbench.engine.session import Session, SessionLimits  # only behind the sandbox

        self._session: Session = Session(
            self._store,
            self._spill,
            SessionLimits(int(start["memory_mib"]), int(start["threads"]), int(start["spill_mib"])),
        )
        self._jobs: dict[str, Callable[[Message], None]] = {
            "open": self._open,
            "spool": self._spool,
            "window": self._window,
            "cell": self._cell,
            "export": self._export,
            "digest": self._digest,
            "inspect": self._inspect,
            "overlay": self._overlay,
            "reopen": self._reopen,
            "hash": self._hash,
            "account_ids": self._account_ids,
        }

    def say(self, event: str, job: int, **fields: object) -> None:
        """Send one event to the bench."""
        with self._sending:
            send(self._output, {"ev": event, "job": job, **fields})

    def announce(self) -> None:
        """Tell the bench what is here."""
        catalogue = {
            table: [[column.name, column.type] for column in columns]
            for table, columns in self._session.catalogue.items()
        }
        self.say("ready", 0, isolation=self._isolation.words, catalogue=catalogue, pid=os.getpid())

    def handle(self, message: Message) -> None:
        """Start the job of one message, or act on it at once."""
        operation = str(message["op"])
        if operation == "cancel":
            if stop := self._cancels.get(int(message["target"])):
                stop()
        elif operation == "close":
            if result := self._results.pop(int(message["result"]), None):
                threading.Thread(target=result.close, daemon=True).start()
        elif operation == "overlay":
            self._run(operation, message)  # at once, so that every later query sees the table
        else:
            threading.Thread(target=self._run, args=(operation, message), daemon=True).start()

    def _run(self, operation: str, message: Message) -> None:
        job = int(message["job"])
        try:
            self._jobs[operation](message)
        except WorkbenchError as error:
            self.say("error", job, **error.as_message())
        except ChannelClosed:
            os._exit(0)
        except Exception as error:
            failed = WorkbenchError(
                f"{type(error).__name__}: {error}", title="The query worker met a fault"
            )
            self.say("error", job, **failed.as_message())
        finally:
            self._cancels.pop(job, None)

    def _new_result(self, number: int, message: Message) -> Result:
        from workbench.engine.results import Result

        folder = self._spill / f"result-{number}"
        return Result(
            self._session, folder, message["sql"], message.get("parameters", {}), self._budget
        )

    def _say_opened(self, job: int, number: int, result: Result, cell: int) -> None:
        from workbench.engine.cells import cut_rows

        rows, cuts = cut_rows(result.window(0, max(1, result.rows)), cell)
        self.say(
            "opened", job, result=number, columns=[[c.name, c.type] for c in result.columns],
            rows=rows, cuts=cuts, more=result.more, exact=result.exact, total=result.rows,
            elapsed_ms=result.elapsed_ms,
        )  # fmt: skip

    def _open(self, message: Message) -> None:
        job = int(message["job"])
        result = self._new_result(job, message)
        self._cancels[job] = result.cancel
        result.first_page(int(message["limit"]))
        self._results[job] = result
        self._say_opened(job, job, result, int(message["cell"]))

    def _reopen(self, message: Message) -> None:
        from workbench.engine.results import Result

        number = int(message["result"])
        result = Result.reopen(self._session, self._spill / f"result-{number}", self._budget)
        self._results[number] = result
        self._say_opened(int(message["job"]), number, result, int(message["cell"]))

    def _find(self, message: Message) -> Result:
        result = self._results.get(int(message["result"]))
        if result is None:
            raise WorkbenchError("The result is no longer open.", hint="Run the query again.")
        return result

    def _spool(self, message: Message) -> None:
        job, result = int(message["job"]), self._find(message)
        self._cancels[job] = result.cancel
        said = 0.0

        def progress(rows: int, size: int) -> None:
            nonlocal said
            if time.monotonic() - said >= _PROGRESS_INTERVAL:
                said = time.monotonic()
                self.say("spooling", job, rows=rows, bytes=size)

        result.spool_all(progress)
        self.say("spooled", job, rows=result.rows, exact=result.exact)

    def _window(self, message: Message) -> None:
        from workbench.engine.cells import cut_rows

        result, offset = self._find(message), int(message["offset"])
        rows, cuts = cut_rows(result.window(offset, int(message["count"])), int(message["cell"]))
        self.say(
            "window", int(message["job"]), result=message["result"], offset=offset, rows=rows,
            cuts=cuts, total=result.rows, exact=result.exact,
        )  # fmt: skip

    def _cell(self, message: Message) -> None:
        rows = self._find(message).window(int(message["row"]), 1)
        cell = rows[0][int(message["column"])] if rows else None
        whole = len(cell) if isinstance(cell, str) else 0
        text = cell[:_LARGEST_CELL] if isinstance(cell, str) else cell
        self.say("cell", int(message["job"]), cell=text, characters=whole)

    def _with_relation(
        self, message: Message, work: Callable[[duckdb.DuckDBPyRelation], None]
    ) -> None:
        inspection = self._session.inspect(message["sql"])
        with self._session.cursor() as cursor:
            self._cancels[int(message["job"])] = cursor.interrupt
            parameters = message.get("parameters", {})
            work(self._session.relation(cursor, inspection, parameters))

    def _export(self, message: Message) -> None:
        from workbench.engine.export import export_relation

        job, form = int(message["job"]), str(message["format"])
        target = self._spill / f"export-{job}.{form}"

        def write(relation: duckdb.DuckDBPyRelation) -> None:
            written = export_relation(relation, form, target, message.get("limit"))
            self.say(
                "exported", job, file=target.name, rows=written.rows, bytes=written.bytes,
                sha256=written.sha256, more=written.more, columns=list(relation.columns),
            )  # fmt: skip

        self._with_relation(message, write)

    def _digest(self, message: Message) -> None:
        from workbench.engine.export import result_digest

        def digest(relation: duckdb.DuckDBPyRelation) -> None:
            rows, sha256 = result_digest(relation)
            self.say("digested", int(message["job"]), rows=rows, sha256=sha256)

        self._with_relation(message, digest)

    def _inspect(self, message: Message) -> None:
        found = self._session.inspect(message["sql"])
        self.say(
            "inspected", int(message["job"]), parameters=sorted(found.parameters),
            tables=sorted(found.tables),
        )  # fmt: skip

    def _overlay(self, message: Message) -> None:
        from workbench.engine.overlay import OVERLAYS, write_overlay

        table = str(message["table"])
        parquet = write_overlay(self._session, OVERLAYS[table], self._spill / str(message["file"]))
        self._session.lay_over(table, parquet)
        self.say("overlaid", int(message["job"]), table=table)

    def _account_ids(self, message: Message) -> None:
        from workbench.engine.overlay import read_account_ids

        ids = read_account_ids(self._session, self._spill / str(message["file"]))
        self.say("account_ids", int(message["job"]), ids=ids)

    def _hash(self, message: Message) -> None:
        digest = hashlib.sha256()
        with self._store.open("rb") as store:
            while block := store.read(4 << 20):
                digest.update(block)
        self.say("hashed", int(message["job"]), sha256=digest.hexdigest())


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
