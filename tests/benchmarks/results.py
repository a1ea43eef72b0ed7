"""Results over the whole store: first page, any row, memory, disk, cancels; bare DuckDB beside."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import duckdb

from tests.benchmarks.figures import Figure, p95
from workbench.case.folder import Case
from workbench.decisions.masking import MASKABLE, NOTHING_MASKED, Mask
from workbench.errors import Cancelled, WorkbenchError
from workbench.settings import EngineSettings
from workbench.tui.services.query_service import QueryService
from workbench.workers import memory
from workbench.workers.messages import Began, Event

ALL = "SELECT * FROM exchanges"
STUBBORN = {
    "cross join": "SELECT count(*) FROM exchanges a, exchanges b WHERE a.ts < b.ts",
    "sort of everything": "SELECT * FROM exchanges ORDER BY prompt_head, ts OFFSET 20000000",
    "regex scan": "SELECT count(*) FROM exchanges "
    "WHERE regexp_matches(prompt_head, '(a|b|c)+.*(d|e|f)+.*zz')",
    "window function": "SELECT max(r) FROM (SELECT row_number() OVER "
    "(PARTITION BY model ORDER BY output_tokens, ts) AS r FROM exchanges)",
    "list_sum(range(300000000))": "SELECT list_sum(range(300000000))",
    "lpad('x', 2000000000, 'y')": "SELECT length(lpad('x', 2000000000, 'y'))",
}


def bare_first_batch(store: Path) -> float:
    """Milliseconds of bare DuckDB to its first 200 rows, the median of five."""
    connection, times = duckdb.connect(str(store), read_only=True), []
    for _ in range(5):
        cursor, began = connection.cursor(), time.perf_counter()
        cursor.execute(ALL)
        cursor.fetchmany(200)
        times.append((time.perf_counter() - began) * 1e3)
        cursor.close()
    connection.close()
    return statistics.median(times)


@asynccontextmanager
async def worker(case: Path, folder: Path) -> AsyncIterator[QueryService]:
    """The bench's own link to a query worker, told as the bench tells it that nothing is masked."""
    query_service = QueryService(Case.open(case).parts, folder / "tmp", EngineSettings())
    query_service.overlaid.set()
    await query_service.start()
    await query_service.hide(NOTHING_MASKED)
    await asyncio.sleep(3)  # until it has loaded what the first stream needs
    yield query_service
    query_service.close()


class _Peak:
    def __init__(self, query_service: QueryService) -> None:
        self._jobs = query_service
        self.worker = 0
        self._task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while not self._jobs.closing:
            self.worker = max(self.worker, memory.resident(self._jobs.worker.pid))
            await asyncio.sleep(0.05)


async def _first_page(query_service: QueryService) -> float:
    """Milliseconds to the first rows; the stream is cancelled and closed then."""
    began, at = time.perf_counter(), 0.0
    shown: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_event(event: Event) -> None:
        nonlocal at
        if isinstance(event, Began):
            at = time.perf_counter()
            shown.set_result(event.result)

    job = query_service.new_job()
    running = asyncio.ensure_future(query_service.stream(job, ALL, {}, 1000, on_event))
    result = await shown
    query_service.cancel(job)
    await asyncio.gather(running, return_exceptions=True)
    query_service.close_result(result)
    return (at - began) * 1e3


def stream(case: Path, folder: Path) -> list[Figure]:
    """`SELECT * FROM exchanges`, spooled to its last row."""
    bare = bare_first_batch(next(case.glob("store-*.duckdb")))
    return [
        Figure("bare DuckDB, first batch", bare, "ms"),
        *asyncio.run(_stream(case, folder, bare)),
    ]


async def _stream(case: Path, folder: Path, bare: float) -> list[Figure]:
    async with worker(case, folder) as query_service:
        peak = _Peak(query_service)
        first = statistics.median([await _first_page(query_service) for _ in range(5)])
        await query_service.hide(Mask(MASKABLE))
        masked = statistics.median([await _first_page(query_service) for _ in range(5)])
        await query_service.hide(NOTHING_MASKED)
        result, began = query_service.new_job(), time.perf_counter()
        ended = await query_service.stream(result, ALL, {}, 1000, lambda _event: None)
        spooled, total = time.perf_counter() - began, ended.total
        times = []
        for row in (total - 1, *(random.Random(1).randrange(total) for _ in range(99))):
            began = time.perf_counter()
            window = await query_service.window(result, row, 45)
            times.append((time.perf_counter() - began) * 1e3)
            assert window.rows, row
        query_service.close_result(result)
        began = time.perf_counter()
        while any(query_service.spill.glob("result-*/rows-*")):
            await asyncio.sleep(0.01)
        back = time.perf_counter() - began
    return [
        Figure("first page of SELECT * FROM exchanges", first, "ms", bare + 50),
        Figure("  the same with every maskable column masked", masked, "ms"),
        Figure("rows reached", total, "rows"),
        Figure("the last row can be read after", spooled, "s"),
        Figure("disk of the open result", ended.bytes / 1e6, "MB"),
        Figure("jump to any row, p95", p95(times), "ms", 100),
        Figure("jump to any row, worst", max(times), "ms", 100),
        Figure("query worker, peak resident", peak.worker / 1e6, "MB", 1024),
        Figure("space is back after close", back, "s"),
    ]


def cancels(case: Path, folder: Path) -> list[Figure]:
    """Ten cancels of each statement that does not want to stop."""
    return asyncio.run(_cancels(case, folder))


async def _cancels(case: Path, folder: Path) -> list[Figure]:
    figures = []
    async with worker(case, folder) as query_service:
        peak = _Peak(query_service)
        kept = query_service.new_job()
        every = "SELECT account_id FROM account_profile"
        await query_service.stream(kept, every, {}, 1000, lambda _event: None)
        for name, sql in STUBBORN.items():
            times = []
            for _ in range(10):
                job = query_service.new_job()
                running = asyncio.ensure_future(
                    query_service.stream(job, sql, {}, 1000, lambda _event: None)
                )
                await asyncio.sleep(0.5)
                began = time.perf_counter()
                query_service.cancel(job)
                try:
                    await running
                except (Cancelled, WorkbenchError):
                    times.append((time.perf_counter() - began) * 1e3)
                assert await query_service.small_rows("SELECT 42", {}) == [[42]]
                assert (await query_service.window(kept, 0, 1)).rows
            figures.append(Figure(f"cancel to prompt: {name}, p95 of {len(times)}",
                                  p95(times or [0.0]), "ms", 500))  # fmt: skip
    figures.append(Figure("query worker, peak resident", peak.worker / 1e6, "MB", 1024))
    return figures
