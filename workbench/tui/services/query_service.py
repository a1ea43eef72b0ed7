"""The bench's hands: what it asks of the worker, and the only place that starts threads.

Requests are awaited; the answers arrive through the event loop, so that nothing here blocks it.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from workbench.audit.errors import LedgerError
from workbench.decisions.masking import Mask
from workbench.decisions.service import as_workbench_error
from workbench.decisions.tables import TABLES
from workbench.errors import from_os
from workbench.playbooks.binding import Bound, bind
from workbench.playbooks.format import SavedQuery
from workbench.workers.host.async_client import WorkerClient
from workbench.workers.host.process import WorkerProcess
from workbench.workers.protocol import ChannelClosed, Message

_PAGE_LIMIT = 5000
_NOTHING: Mapping[str, object] = MappingProxyType({})

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


class QueryService(WorkerClient):
    """One query worker and what the bench asks of it. Construct it before the event loop runs."""

    async def open(self, sql: str, parameters: Bound, limit: int, cell: int = 0) -> Message:
        """Open a result; it stays open until `close_result`."""
        named = any(table in sql.lower() for table in TABLES)
        opened = await self.request(
            "open", overlaid=named or self.mask.touches(sql), sql=sql, parameters=parameters,
            limit=limit,
            cell=cell or self.settings.cell_characters,
        )  # fmt: skip
        self.open_results.add(int(opened["result"]))
        return opened

    async def hide(self, mask: Mask) -> bool:
        """Let the worker hide what this mask says from now on; whether that is another one."""
        if mask == self.mask:
            return False
        self.mask = mask
        await self.request("mask", **mask.as_message())
        return True

    async def stream(
        self,
        job: int,
        sql: str,
        parameters: Bound,
        limit: int,
        progress: Callable[[Message], None],
    ) -> Message:
        """Run a statement once: `progress` is called with `began` and its first rows, then with
        `spooling` as more come; the answer says how many came. It stays open."""

        def told(message: Message) -> None:
            if message["ev"] == "began":
                self.open_results.add(int(message["result"]))
            progress(message)

        return await self.request(
            "stream", job=job, progress=told, overlaid=True, sql=sql, parameters=parameters,
            limit=limit, cell=self.settings.cell_characters,
        )  # fmt: skip

    async def window(self, result: int, offset: int, count: int) -> Message:
        """Rows of an open result."""
        return await self.request(
            "window", result=result, offset=offset, count=count,
            cell=self.settings.cell_characters,
        )  # fmt: skip

    def close_result(self, result: int) -> None:
        """Give a result's rows and disk space back."""
        self.open_results.discard(result)
        try:
            self.worker.send({"op": "close", "result": result})
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

    async def few(self, sql: str, parameters: Bound) -> list[list[Any]]:
        """Run a statement of our own to its end and close it: a handful of rows."""
        opened = await self.open(sql, parameters, _PAGE_LIMIT)
        self.close_result(int(opened["result"]))
        rows: list[list[Any]] = opened["rows"]
        return rows

    async def lay_all_over(self, tables: Mapping[str, Iterable[str]]) -> None:
        """Hand the worker the tables of the ledger's, each as JSON lines."""
        named = {table: f"overlay-{table}-{self.new_job()}.jsonl" for table in tables}
        files = {self.spill / named[table]: list(lines) for table, lines in tables.items()}
        await self.background(_write_lines, files)
        await asyncio.gather(
            *(self.request("overlay", table=table, file=file) for table, file in named.items())
        )
        self.overlays.update(named)
        self.overlaid.set()

    def dispose(self, worker: WorkerProcess) -> None:
        """Kill a worker without waiting for it."""
        asyncio.get_running_loop().run_in_executor(None, worker.kill)

    async def background(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run something that waits for a disk or a lock beside the event loop.

        Raises WorkbenchError, also for what the disk or the ledger refused.
        """
        try:
            return await asyncio.to_thread(work, *arguments)
        except LedgerError as error:
            raise as_workbench_error(error) from error
        except OSError as error:
            raise from_os(error) from error

    def close(self) -> None:
        """End the worker and give its disk space back."""
        if self.closing:
            return
        self.closing = True
        self.worker.kill()
        shutil.rmtree(self.spill, ignore_errors=True)


def _write_lines(files: Mapping[Path, list[str]]) -> None:
    for path, lines in files.items():
        with path.open("w", encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in lines)
