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
from workbench.workers.host.request_book import OnEvent
from workbench.workers.host.sync_client import set_mask
from workbench.workers.messages import (
    Open,
    Opened,
    Overlay,
    ReadWindow,
    Spooled,
    Stream,
    WindowRead,
)

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
    asked: tuple[str, Mapping[str, object]] | None = None  # page query and its values

    def records(self) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def first(self) -> dict[str, Any]:
        """The first row as a dictionary, or an empty one."""
        return dict(zip(self.names, self.rows[0], strict=True)) if self.rows else {}


class QueryService(WorkerClient):
    """One query worker and what the bench asks of it. Construct it before the event loop runs."""

    async def open(self, sql: str, parameters: Bound, limit: int, cell: int = 0) -> Opened:
        """Open a result; it stays open until `close_result`."""
        named = any(table in sql.lower() for table in TABLES)
        request = Open(sql, parameters, limit, cell or self.settings.cell_characters)
        return await self.request(request, overlaid=named or self.mask.touches(sql))

    async def hide(self, mask: Mask) -> bool:
        """Let the worker hide what this mask says from now on; whether that is another one."""
        if mask == self.mask:
            return False
        await self.request(set_mask(mask))
        return True

    async def stream(
        self, job: int, sql: str, parameters: Bound, limit: int, on_event: OnEvent
    ) -> Spooled:
        """Run a statement once: `on_event` is called with `Began` and its first rows, then with
        `Spooling` as more come; the answer says how many came. It stays open."""
        request = Stream(sql, parameters, limit, self.settings.cell_characters)
        return await self.request(request, job=job, on_event=on_event, overlaid=True)

    async def window(self, result: int, offset: int, count: int) -> WindowRead:
        """Rows of an open result."""
        return await self.request(ReadWindow(result, offset, count, self.settings.cell_characters))

    async def rows(
        self, query: SavedQuery, given: Mapping[str, object] = _NOTHING, cell: int = 4096
    ) -> Rows:
        """Run a small saved query to its end and close it; texts over `cell` come cut."""
        opened = await self.open(query.sql, bind(query, given, self.span), _PAGE_LIMIT, cell)
        self.close_result(opened.result)
        return Rows(
            tuple(column[0] for column in opened.columns),
            tuple(column[1] for column in opened.columns),
            opened.rows,
            opened.more,
            opened.elapsed_ms,
            {(row, column): size for row, column, size in opened.cuts},
        )

    async def small_rows(self, sql: str, parameters: Bound) -> list[list[Any]]:
        """Run a statement of our own to its end and close it: a handful of rows."""
        opened = await self.open(sql, parameters, _PAGE_LIMIT)
        self.close_result(opened.result)
        return opened.rows

    async def lay_all_over(self, tables: Mapping[str, Iterable[str]]) -> None:
        """Hand the worker the tables of the ledger's, each as JSON lines."""
        named = {table: f"overlay-{table}-{self.new_job()}.jsonl" for table in tables}
        files = {self.spill / named[table]: list(lines) for table, lines in tables.items()}
        await self.background(_write_lines, files)
        await asyncio.gather(*(self.request(Overlay(table, file)) for table, file in named.items()))
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
