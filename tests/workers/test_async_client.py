"""The bench's end of the pipe: whatever runs can be cancelled, and costs nobody else anything."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from workbench.case.store_parts import StoreParts
from workbench.errors import Cancelled, WorkbenchError
from workbench.settings import EngineSettings
from workbench.tui.services.query_service import QueryService
from workbench.workers import memory
from workbench.workers.messages import Began, Event, Inspect

# The last two ignore the interrupt, and the very last the memory limit too.
STUBBORN = {
    "cross join": "SELECT count(*) FROM exchanges a, exchanges b WHERE a.n + b.n > 3",
    "sort": "SELECT md5(a.n::VARCHAR) AS h FROM exchanges a, range(400) ORDER BY h OFFSET 99999999",
    "regex scan": "SELECT count(*) FROM exchanges, range(5000) t(i) "
    "WHERE regexp_matches(md5((n + i)::VARCHAR), '(a|b|c)+.*(d|e|f)+.*zz')",
    "window": "SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY md5(n::VARCHAR), i) AS r "
    "FROM exchanges, range(100) t(i))",
    "one row": "SELECT list_sum(range(300000000))",
    "memory": "SELECT length(lpad('x', 2000000000, 'y'))",
}


@pytest_asyncio.fixture
async def query_service(store: Path, tmp_path: Path) -> AsyncIterator[QueryService]:
    made = QueryService(StoreParts.of(store), tmp_path / "tmp", EngineSettings())
    made.overlaid.set()
    await made.start()
    yield made
    made.close()


async def stream(query_service: QueryService, sql: str, job: int = 0) -> list[Any]:
    told: list[Any] = []
    await query_service.stream(job or query_service.new_job(), sql, {}, 10, told.append)
    return told


@pytest.mark.parametrize("kind", STUBBORN)
async def test_a_cancel_frees_the_prompt_and_costs_nobody_else(
    query_service: QueryService, kind: str
) -> None:
    kept = (await stream(query_service, "SELECT n FROM exchanges"))[0].result
    for _ in range(10 if kind not in ("one row", "memory") else 2):
        job = query_service.new_job()
        running = asyncio.ensure_future(stream(query_service, STUBBORN[kind], job))
        await query_service.request(Inspect(sql="SELECT 1"))  # the worker has begun by now
        query_service.cancel(job)
        with pytest.raises((Cancelled, WorkbenchError)):
            await running
        # Asked while the worker may still be busy with what was cancelled, or be killed for it.
        assert (await stream(query_service, "SELECT 42 AS answer"))[0].rows == [[42]]
        row = await query_service.window(kept, 299_999, 1)
        assert row.rows == [[299_999]]


async def test_a_replaced_worker_answers_what_was_asked_meanwhile(
    query_service: QueryService,
) -> None:
    kept = (await stream(query_service, "SELECT n FROM exchanges"))[0].result
    os.kill(query_service.worker.pid, signal.SIGSTOP)
    light = asyncio.ensure_future(query_service.window(kept, 5, 1))
    heavy = asyncio.ensure_future(stream(query_service, "SELECT 1"))
    await asyncio.sleep(0)
    os.kill(query_service.worker.pid, signal.SIGKILL)
    assert (await light).rows == [[5]]
    with pytest.raises(WorkbenchError, match="replaced"):
        await heavy


async def test_what_had_begun_goes_on_behind_one_that_ignored_its_cancel(
    query_service: QueryService,
) -> None:
    stuck, begun = query_service.new_job(), query_service.new_job()
    told: list[Any] = []
    lost = asyncio.ensure_future(stream(query_service, STUBBORN["sort"], stuck))

    def replace_once(event: Event) -> None:
        if not told:
            query_service._replace("ignored a cancel", {stuck})
        told.append(event)

    sql = "SELECT n, md5(n::VARCHAR) FROM exchanges, range(20)"
    ended = await query_service.stream(begun, sql, {}, 10, replace_once)
    assert (ended.total, ended.exact) == (6_000_000, True)
    assert sum(isinstance(event, Began) for event in told) == 1
    assert (await query_service.window(begun, 5_999_999, 1)).rows[0][0] is not None
    with pytest.raises(WorkbenchError, match="ignored a cancel"):
        await lost


async def test_rows_are_asked_for_once_their_result_is_open_again(
    query_service: QueryService,
) -> None:
    kept = (await stream(query_service, "SELECT n FROM exchanges"))[0].result
    for _ in range(3):
        query_service._replace("for the test", set())
        assert (await query_service.window(kept, 7, 1)).rows == [[7]]


async def _peak(query_service: QueryService, sql: str) -> tuple[WorkbenchError, int]:
    """How a statement fails, and the most memory that its worker held meanwhile."""
    pid, most = query_service.worker.pid, 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, memory.resident(pid))
            await asyncio.sleep(0.005)

    watching = asyncio.ensure_future(watch())
    with pytest.raises(WorkbenchError) as caught:
        await stream(query_service, sql)
    watching.cancel()
    return caught.value, most


async def test_gigabytes_at_once_are_refused_and_the_worker_lives_on(
    query_service: QueryService,
) -> None:
    pid = query_service.worker.pid
    error, most = await _peak(query_service, "SELECT list_sum(range(300000000))")
    assert "Out of Memory" in error.message
    assert "engine.memory_mib" in error.hint
    assert most < 1 << 30
    assert query_service.worker.pid == pid


async def test_a_worker_that_grows_too_large_is_replaced_in_time(
    query_service: QueryService,
) -> None:
    kept = (await stream(query_service, "SELECT n FROM exchanges"))[0].result
    error, most = await _peak(query_service, "SELECT length(lpad('x', 2000000000, 'y'))")
    assert "memory" in error.message.lower()
    assert 256 << 20 < most < (1 << 30) + (64 << 20)
    assert (await query_service.window(kept, 7, 1)).rows == [[7]]


async def test_what_waits_for_the_ledger_or_a_worker_can_be_cancelled(
    query_service: QueryService,
) -> None:
    query_service.overlaid.clear()
    job = query_service.new_job()
    running = asyncio.ensure_future(stream(query_service, "SELECT n FROM exchanges", job))
    await asyncio.sleep(0)
    query_service.cancel(job)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(running, 10)
    query_service.overlaid.set()
    with pytest.raises(WorkbenchError, match="no longer open"):
        await query_service.window(job, 0, 1)


async def test_what_waits_for_one_worker_is_asked_of_the_next(query_service: QueryService) -> None:
    kept = (await stream(query_service, "SELECT n FROM exchanges"))[0].result
    query_service._replace("for the test", set())
    waits = asyncio.ensure_future(query_service.window(kept, 7, 1))
    await asyncio.sleep(0)
    asked = asyncio.ensure_future(query_service.request(Inspect(sql="SELECT 1")))
    await query_service._restored.wait()
    query_service._replace("again", set())
    query_service._replace("and again", set())
    assert (await asyncio.wait_for(waits, 20)).rows == [[7]]
    assert (await asyncio.wait_for(asked, 20)).parameters == []


async def test_nobody_waits_for_a_worker_that_does_not_open(
    query_service: QueryService, tmp_path: Path
) -> None:
    running = asyncio.ensure_future(stream(query_service, STUBBORN["cross join"]))
    await query_service.request(Inspect(sql="SELECT 1"))
    query_service._parts = StoreParts.of(tmp_path / "gone.duckdb")
    query_service._replace("for the test", set())
    for waiting in (running, asyncio.ensure_future(stream(query_service, "SELECT 1"))):
        with pytest.raises(WorkbenchError, match=r"gone\.duckdb"):
            await asyncio.wait_for(waiting, 20)


async def test_nobody_waits_for_tables_that_cannot_be_laid_over(
    query_service: QueryService,
) -> None:
    query_service._book.overlays["decisions"] = "gone.jsonl"
    query_service._replace("for the test", set())
    with pytest.raises(WorkbenchError, match=r"gone\.jsonl"):
        await asyncio.wait_for(stream(query_service, "SELECT 1"), 20)


async def test_what_nobody_waits_for_is_stopped_and_closed(query_service: QueryService) -> None:
    async def ended(job: int) -> None:
        while job in query_service._book._pending:
            await asyncio.sleep(0.01)

    left = asyncio.ensure_future(query_service.open(STUBBORN["cross join"], {}, 10))
    await query_service.request(Inspect(sql="SELECT 1"))
    (job,) = query_service._book._pending
    left.cancel()
    await asyncio.wait_for(ended(job), 20)
    answered = asyncio.ensure_future(query_service.open("SELECT n FROM exchanges", {}, 10))
    while len(query_service._book._pending) == 0:
        await asyncio.sleep(0)
    (job,) = query_service._book._pending
    answered.cancel()  # before its answer is read
    await asyncio.wait_for(ended(job), 20)
    with pytest.raises(WorkbenchError, match="no longer open"):
        await query_service.window(job, 0, 1)
    with pytest.raises(asyncio.CancelledError):
        await answered
