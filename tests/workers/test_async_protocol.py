"""The bench's client against a worker whose every word is the test's: order, loss, cancels."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.workers.scripted import READY, Script, ScriptedWorker
from workbench.case.store_parts import StoreParts
from workbench.decisions.masking import MASKABLE, Mask
from workbench.errors import Cancelled, IntegrityError, WorkbenchError
from workbench.playbooks.binding import ExtractSpan
from workbench.settings import EngineSettings
from workbench.workers import memory
from workbench.workers.codec import event_message
from workbench.workers.host import async_client
from workbench.workers.host.async_client import WorkerClient
from workbench.workers.messages import (
    Began,
    Cancel,
    Close,
    Digest,
    Digested,
    Failed,
    Inspect,
    Inspected,
    Masked,
    Opened,
    Overlaid,
    Overlay,
    ReadAll,
    Reopen,
    SetMask,
    Spooled,
    Start,
    Stream,
)
from workbench.workers.protocol import pack

SQL = Stream("SELECT 1", {}, 10, 64)
SPOOLED = Spooled(1, 1.0, 1, True, False)


def began(result: int) -> Began:
    return Began(result, [["n", "BIGINT"]], [[1]], [], True, False, 1.0, 1, False, False)


def opened(result: int) -> Opened:
    return Opened(result, [["n", "BIGINT"]], [[1]], [], False, False, 1.0, 1, True, True)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    made = Script()
    monkeypatch.setattr(async_client, "WorkerProcess", made)
    made.always("Start", READY)
    made.always("Inspect", Inspected(["p"], ["t"]))
    made.always("Overlay", Overlaid())
    made.always("SetMask", Masked())
    return made


class Timers:
    """What the client would do later: `run` does what it put off by so many seconds."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], object]]] = []

    def run(self, seconds: float) -> int:
        """Its time has come; how many there were."""
        due = [call for delay, call in self.waiting if delay == seconds]
        self.waiting = [one for one in self.waiting if one[0] != seconds]
        for call in due:
            call()
        return len(due)


@pytest_asyncio.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    made, loop = Timers(), asyncio.get_running_loop()
    later = loop.call_later

    def call_later(delay: float, callback: Any, *given: Any, **how: Any) -> Any:
        if callback.__module__ != async_client.__name__:
            return later(delay, callback, *given, **how)
        made.waiting.append((delay, partial(callback, *given)))
        return None

    monkeypatch.setattr(loop, "call_later", call_later)
    return made


def noticed_ends(client: WorkerClient, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows when the client has dealt with the end of a worker."""
    ended: list[None] = []
    deal = client._worker_ended

    def noted() -> None:
        deal()
        ended.append(None)

    monkeypatch.setattr(client, "_worker_ended", noted)
    return ended


@pytest_asyncio.fixture
async def client(script: Script, tmp_path: Path) -> AsyncIterator[WorkerClient]:
    made = WorkerClient(
        StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings(threads=3)
    )
    made.overlaid.set()
    await made.start()
    yield made
    made.closing = True
    asyncio.get_running_loop().remove_reader(made.worker.output)
    made.worker.kill()


async def until(condition: Any) -> None:
    """Let the loop turn until it is so."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


def ask(client: WorkerClient, request: Any, **how: Any) -> asyncio.Future[Any]:
    return asyncio.ensure_future(client.request(request, **how))


async def test_a_worker_is_told_the_store_the_limits_and_that_all_is_hidden(
    client: WorkerClient, script: Script, tmp_path: Path
) -> None:
    [start] = script.worker.requests(Start)
    assert (start.data, start.spill) == ([str(tmp_path / "store")], str(client.spill))
    assert start.mask == {"columns": list(MASKABLE), "shown": []}
    assert client.mask == Mask(MASKABLE)
    assert script.threads == [3]
    assert (start.threads, start.memory_mib) == (
        client.settings.thread_count, client.settings.memory_mib,
    )  # fmt: skip
    assert (client.isolation, client.catalogue) == ("sandboxed", READY.catalogue)
    assert client.span == ExtractSpan()
    assert client.open_results == set()
    assert client.spill.parent == tmp_path / "tmp"


async def test_a_planted_log_is_refused_before_anything_starts(
    script: Script, tmp_path: Path
) -> None:
    (tmp_path / "store.wal").write_bytes(b"")
    with pytest.raises(IntegrityError, match="write-ahead log"):
        WorkerClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    assert script.workers == []
    assert not (tmp_path / "tmp").exists()


async def test_a_store_that_does_not_open_says_why(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.always("Start", Failed("Broken", "no store", "restore it"))
    client = WorkerClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    with pytest.raises(WorkbenchError, match="no store"):
        await asyncio.wait_for(client.start(), 10)
    client.overlaid.set()
    for _ in range(2):
        with pytest.raises(WorkbenchError, match="no store"):
            await asyncio.wait_for(client.request(Inspect("SELECT 1")), 10)
    ended = noticed_ends(client, monkeypatch)
    script.worker.end()  # it is not replaced: the next one would say the same
    await until(lambda: ended)
    assert len(script.workers) == 1


async def test_a_worker_that_ends_before_it_is_ready_says_so(
    script: Script, tmp_path: Path
) -> None:
    script.rules["Start"] = lambda worker, job, request: worker.end()
    client = WorkerClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    with pytest.raises(WorkbenchError, match="ended before the store was open"):
        await asyncio.wait_for(client.start(), 10)
    assert len(script.workers) == 1


async def test_answers_find_who_asked(client: WorkerClient, script: Script) -> None:
    events: list[Any] = []
    first = ask(client, SQL, on_event=events.append)
    second = ask(client, Digest("SELECT 2", {}), job=client.new_job() + 10)
    await until(lambda: len(script.worker.asked) == 3)
    digest = script.worker.job_of(Digest)
    stream = script.worker.job_of(Stream)
    assert digest != stream
    assert digest > 10
    script.worker.say(digest, Digested(3, "ab"))
    script.worker.say(stream, began(stream))
    script.worker.say(stream, SPOOLED)
    assert await second == Digested(3, "ab")
    assert await first == SPOOLED
    assert events == [began(stream)]
    assert client.open_results == {stream}
    client.close_result(stream)
    assert client.open_results == set()
    assert script.worker.asked[-1] == (0, Close(stream))


async def test_an_error_of_one_request_is_no_error_of_the_worker(
    client: WorkerClient, script: Script
) -> None:
    script.always("Digest", Failed("Wrong", "no FROM", "add one"))
    with pytest.raises(WorkbenchError, match="no FROM"):
        await client.request(Digest("SELECT", {}))
    assert await client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])


async def test_an_answer_that_nobody_asked_for_is_dropped(
    client: WorkerClient, script: Script
) -> None:
    script.worker.say(0, Inspected([], []))
    script.worker.say(99, Inspected([], []))
    assert await client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])
    assert len(script.workers) == 1


async def test_what_hides_is_remembered_for_the_next_worker(
    client: WorkerClient, script: Script
) -> None:
    await client.request(SetMask(["ip"], ["a-1"]))
    assert client.mask == Mask(("ip",), ("a-1",))
    script.worker.end()
    await until(lambda: len(script.workers) == 2)
    assert script.worker.requests(Start)[0].mask == {"columns": ["ip"], "shown": ["a-1"]}


async def test_a_dead_worker_costs_the_heavy_and_is_asked_the_light_again(
    client: WorkerClient, script: Script
) -> None:
    del script.rules["Inspect"]
    heavy, light = ask(client, SQL), ask(client, Inspect("SELECT 1"))
    await until(lambda: len(script.worker.asked) == 3)
    script.worker.end()
    with pytest.raises(WorkbenchError, match="ended while it ran this query") as caught:
        await heavy
    assert caught.value.hint == "Run it again."
    await until(lambda: script.worker.requests(Inspect))
    script.worker.say(script.worker.job_of(Inspect), Inspected([], []))
    assert await light == Inspected([], [])
    assert [worker.killed for worker in script.workers] == [True, False]
    assert script.worker.requests(Stream) == []


async def test_a_new_worker_gets_tables_then_results_then_what_was_waiting(
    client: WorkerClient, script: Script
) -> None:
    replaced: list[int] = []
    client.replaced = lambda: replaced.append(len(script.worker.asked))
    script.rules["Stream"] = lambda worker, job, request: worker.say(job, began(job), SPOOLED)
    script.rules["Reopen"] = lambda worker, job, request: worker.say(job, opened(request.result))
    await client.request(Overlay("decisions", "a.jsonl"))
    first, second = client.new_job(), client.new_job()
    await client.request(SQL, job=first)
    await client.request(SQL, job=second)
    del script.rules["Stream"]
    begun = ask(client, SQL)
    await until(lambda: len(script.worker.requests(Stream)) == 3)
    job = script.worker.job_of(Stream)
    script.worker.say(job, began(job))
    await until(lambda: job in client.open_results)
    client._replace("for the test", set())
    assert not client.overlaid.is_set()
    script.always("ReadAll", SPOOLED)
    late = ask(client, Inspect("SELECT 1"), overlaid=True)
    assert await asyncio.wait_for(begun, 10) == SPOOLED
    assert await asyncio.wait_for(late, 10) == Inspected(["p"], ["t"])
    kinds = [type(request).__name__ for _, request in script.worker.asked]
    assert kinds[:2] == ["Start", "Overlay"]
    assert kinds[2:5] == ["Reopen"] * 3
    assert sorted(kinds[5:]) == ["Inspect", "ReadAll"]
    reopened = script.worker.requests(Reopen)
    assert [one.result for one in reopened] == [first, second, job]
    assert script.worker.requests(ReadAll) == [ReadAll(job)]
    assert client.overlaid.is_set()
    assert len(replaced) == 1


async def test_a_result_that_cannot_be_opened_again_is_closed_and_the_others_are_not(
    client: WorkerClient, script: Script
) -> None:
    script.rules["Stream"] = lambda worker, job, request: worker.say(job, began(job), SPOOLED)
    lost, kept = client.new_job(), client.new_job()
    await client.request(SQL, job=lost)
    await client.request(SQL, job=kept)
    script.rules["Reopen"] = lambda worker, job, request: worker.say(
        job, Failed("Gone", "its file is gone") if request.result == lost else opened(kept)
    )
    client._replace("for the test", set())
    assert not client._restored.is_set()
    await asyncio.wait_for(client.request(Inspect("SELECT 1")), 10)
    assert client.open_results == {kept}
    assert client.overlaid.is_set()  # there were no tables to lay over


async def test_two_losses_while_a_new_worker_is_brought_up_lose_no_request(
    client: WorkerClient, script: Script
) -> None:
    del script.rules["Inspect"]
    waiting = ask(client, Inspect("SELECT 1"))
    await until(lambda: script.worker.requests(Inspect))
    client._replace("one", set())
    client._replace("two", set())
    client._replace("three", set())
    await until(lambda: script.worker.requests(Inspect))
    assert len(script.workers) == 4
    script.worker.say(script.worker.job_of(Inspect), Inspected([], []))
    assert await asyncio.wait_for(waiting, 10) == Inspected([], [])


async def test_a_request_that_two_workers_died_of_is_not_asked_of_a_third(
    client: WorkerClient, script: Script
) -> None:
    del script.rules["Inspect"]
    waiting = ask(client, Inspect("SELECT 1"))
    for number in (1, 2):
        await until(lambda: script.worker.requests(Inspect))
        script.worker.end()
        await until(lambda number=number: len(script.workers) > number)
    with pytest.raises(WorkbenchError, match="ended while it ran"):
        await asyncio.wait_for(waiting, 10)


async def test_a_store_that_is_gone_when_the_worker_is_replaced_frees_all(
    client: WorkerClient, script: Script
) -> None:
    running, waiting = ask(client, SQL), None
    await until(lambda: script.worker.requests(Stream))
    script.always("Start", Failed("Broken", "the store is gone"))
    client._replace("for the test", set())
    waiting = ask(client, SQL, overlaid=True)
    for one in (running, waiting, ask(client, Inspect("SELECT 1"))):
        with pytest.raises(WorkbenchError, match="the store is gone"):
            await asyncio.wait_for(one, 10)


async def test_tables_that_cannot_be_laid_over_free_all(
    client: WorkerClient, script: Script
) -> None:
    await client.request(Overlay("decisions", "a.jsonl"))
    script.always("Overlay", Failed("Gone", "a.jsonl is gone"))
    client._replace("for the test", set())
    with pytest.raises(WorkbenchError, match=r"a\.jsonl is gone"):
        await asyncio.wait_for(client.request(SQL, overlaid=True), 10)


async def test_a_deaf_worker_is_noticed_by_its_end(client: WorkerClient, script: Script) -> None:
    script.worker.deaf = True
    waiting = ask(client, Inspect("SELECT 1"))
    await asyncio.sleep(0)
    assert not waiting.done()
    script.worker.end()
    assert await asyncio.wait_for(waiting, 10) == Inspected(["p"], ["t"])


async def test_a_cancel_is_sent_and_frees_who_waits(
    client: WorkerClient, script: Script, timers: Timers
) -> None:
    job = client.new_job()
    running = ask(client, SQL, job=job)
    await until(lambda: script.worker.requests(Stream))
    client.cancel(job)
    assert script.worker.asked[-1] == (0, Cancel(job))
    assert not running.done()
    assert timers.run(0.3) == 1
    with pytest.raises(Cancelled, match="cancelled"):
        await asyncio.wait_for(running, 10)
    script.worker.say(job, began(job))  # nobody waits for it: it is closed
    await until(lambda: Close(job) in script.worker.requests(Close))
    assert client.open_results == set()
    script.worker.say(job, Failed("Cancelled", "stopped", "", 130))
    await until(lambda: client._book.find(job) is None)
    assert timers.run(2.0) == 1  # it has stopped in time
    assert len(script.workers) == 1


async def test_a_worker_that_ignores_a_cancel_is_replaced(
    client: WorkerClient, script: Script, timers: Timers
) -> None:
    job = client.new_job()
    running, other = ask(client, SQL, job=job), ask(client, Digest("SELECT 2", {}))
    await until(lambda: len(script.worker.asked) == 3)
    client.cancel(job)
    timers.run(0.3)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(running, 10)
    assert len(script.workers) == 1
    timers.run(2.0)
    assert len(script.workers) == 2
    await until(lambda: script.worker.requests(Digest))
    assert script.worker.requests(Stream) == []
    script.worker.say(script.worker.job_of(Digest), Digested(1, "ab"))
    assert await asyncio.wait_for(other, 10) == Digested(1, "ab")


async def test_a_bench_that_closes_starts_no_worker(
    client: WorkerClient, script: Script, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = client.new_job()
    running = ask(client, SQL, job=job)
    await until(lambda: script.worker.requests(Stream))
    client.cancel(job)
    client.closing = True
    timers.run(0.3)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(running, 10)
    timers.run(2.0)
    timers.run(0.05)
    ended = noticed_ends(client, monkeypatch)
    script.worker.end()
    await until(lambda: ended)
    assert len(script.workers) == 1


async def test_what_waits_to_be_asked_can_be_cancelled(
    client: WorkerClient, script: Script
) -> None:
    client.overlaid.clear()
    job = client.new_job()
    waiting = ask(client, SQL, job=job, overlaid=True)
    await until(lambda: job in client._unsent)
    client.cancel(job)
    client.cancel(job)
    with pytest.raises(Cancelled, match="cancelled"):
        await asyncio.wait_for(waiting, 10)
    client.overlaid.set()
    await client.request(Inspect("SELECT 1"))
    assert script.worker.requests(Stream) == []
    assert client._unsent == {}


async def test_what_waits_for_the_tables_is_asked_when_they_are_there(
    client: WorkerClient, script: Script
) -> None:
    client.overlaid.clear()
    script.always("Stream", SPOOLED)
    waiting = ask(client, SQL, overlaid=True)
    assert await client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])
    assert not waiting.done()
    client.overlaid.set()
    assert await asyncio.wait_for(waiting, 10) == SPOOLED


async def test_what_waits_for_another_worker_can_be_cancelled(
    client: WorkerClient, script: Script
) -> None:
    job = client.new_job()
    running = ask(client, SQL, job=job)
    await until(lambda: script.worker.requests(Stream))
    client._replace("for the test", set())
    client.cancel(job)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(running, 10)
    await client.request(Inspect("SELECT 1"))
    assert script.worker.requests(Stream) == []


async def test_who_goes_away_has_his_query_stopped_and_a_light_one_let_be(
    client: WorkerClient, script: Script
) -> None:
    del script.rules["Inspect"]
    for request, told in ((SQL, True), (Inspect("SELECT 1"), False)):
        running = ask(client, request)
        await until(lambda request=request: script.worker.asked[-1][1] == request)
        job = script.worker.job_of(type(request))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (script.worker.asked[-1] == (0, Cancel(job))) is told
    stream = script.worker.job_of(Stream)
    script.worker.say(stream, began(stream))
    await until(lambda: script.worker.requests(Close))
    assert client.open_results == set()


@pytest.mark.parametrize(("over", "replaced"), [(1, True), (0, False)])
async def test_a_worker_over_its_memory_is_replaced_while_it_works(
    client: WorkerClient, script: Script, timers: Timers,
    monkeypatch: pytest.MonkeyPatch, over: int, replaced: bool,
) -> None:  # fmt: skip
    looks: list[int] = []

    def own(pid: int) -> int:
        looks.append(pid)
        return ((client.settings.memory_mib + 320) << 20) + over

    monkeypatch.setattr(memory, "own", own)
    running = ask(client, SQL)
    await until(lambda: script.worker.requests(Stream))
    assert timers.run(0.05) == 1
    if replaced:
        with pytest.raises(WorkbenchError, match="of memory; its worker was replaced"):
            await asyncio.wait_for(running, 10)
        assert len(script.workers) == 2
    else:
        assert timers.run(0.05) == 1  # and is looked at again
        script.worker.say(script.worker.job_of(Stream), SPOOLED)
        assert await running == SPOOLED
        assert timers.run(0.05) == 1
        assert timers.waiting == []  # nobody watches an idle worker
        again = ask(client, SQL)
        await until(lambda: len(script.worker.requests(Stream)) == 2)
        assert len(timers.waiting) == 1
        script.worker.say(script.worker.job_of(Stream), SPOOLED)
        await again
    assert set(looks) == {script.workers[0].pid}


async def test_light_requests_are_not_watched(
    client: WorkerClient, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def own(pid: int) -> int:
        raise AssertionError(pid)

    monkeypatch.setattr(memory, "own", own)
    await client.request(Inspect("SELECT 1"))
    assert timers.waiting == []


async def test_messages_may_come_in_any_pieces(client: WorkerClient, script: Script) -> None:
    del script.rules["Inspect"]
    waiting = ask(client, Inspect("SELECT 1"))
    await until(lambda: script.worker.requests(Inspect))
    data = pack(event_message(script.worker.job_of(Inspect), Inspected(["é"], [])))
    worker: ScriptedWorker = script.worker
    for place in range(len(data)):
        os.write(worker._in, data[place : place + 1])
        await asyncio.sleep(0)
    assert await asyncio.wait_for(waiting, 10) == Inspected(["é"], [])
