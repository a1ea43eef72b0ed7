"""The command line's client against a worker whose every word is the test's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workers.scripted import READY, Script, ScriptedWorker
from workbench.case.store_parts import StoreParts
from workbench.decisions.masking import NOTHING_MASKED, Mask
from workbench.errors import Cancelled, IntegrityError, WorkbenchError
from workbench.settings import EngineSettings
from workbench.workers.host import sync_client
from workbench.workers.host.request_book import Pending
from workbench.workers.host.sync_client import QueryClient
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
    Open,
    Opened,
    Overlaid,
    Overlay,
    SetMask,
    Spooled,
    Start,
    Stream,
)
from workbench.workers.protocol import LARGEST

SQL = Stream("SELECT 1", {}, 10, 64)
SPOOLED = Spooled(1, 1.0, 1, True, False)


def began(result: int) -> Began:
    return Began(result, [["n", "BIGINT"]], [[1]], [], True, False, 1.0, 1, False, False)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    made = Script()
    monkeypatch.setattr(sync_client, "WorkerProcess", made)
    made.always("Start", READY)
    made.always("Inspect", Inspected(["p"], ["t"]))
    made.always("Overlay", Overlaid())
    made.always("SetMask", Masked())
    return made


@pytest.fixture
def client(script: Script, tmp_path: Path) -> QueryClient:
    return QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())


def test_a_worker_is_told_the_store_and_the_limits(
    client: QueryClient, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [start] = script.worker.requests(Start)
    assert (start.data, start.spill) == ([str(tmp_path / "store")], str(client.spill))
    assert start.mask == {"columns": list(NOTHING_MASKED.columns), "shown": []}
    settings = EngineSettings()
    assert (start.threads, start.memory_mib, start.address_space_mib, start.spill_mib) == (
        settings.thread_count, settings.memory_mib, settings.address_space, settings.spill_mib,
    )  # fmt: skip
    assert script.threads == [settings.thread_count]
    assert client.isolation == "sandboxed"
    assert client.ready() == READY
    assert client.mask == NOTHING_MASKED
    monkeypatch.chdir(tmp_path)  # the worker starts in another folder
    three = EngineSettings(threads=3)
    QueryClient(StoreParts.of(Path("store")), Path("tmp"), three, Mask(("ip",), ("a-1",)))
    assert script.threads[-1] == 3
    [start] = script.worker.requests(Start)
    assert start.data == [str(tmp_path / "store")]
    assert start.spill.startswith(str(tmp_path / "tmp"))
    assert start.mask == {"columns": ["ip"], "shown": ["a-1"]}


def test_a_planted_log_is_refused_before_anything_starts(script: Script, tmp_path: Path) -> None:
    (tmp_path / "store.wal").write_bytes(b"")
    with pytest.raises(IntegrityError, match=r"store\.wal") as caught:
        QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    assert caught.value.hint
    assert script.workers == []


def test_progress_then_the_answer(client: QueryClient, script: Script) -> None:
    def answer(worker: ScriptedWorker, job: int, request: Any) -> None:
        worker.say(job + 100, Digested(9, "of nobody"))
        worker.say(job, began(job))
        worker.say(job, SPOOLED)

    script.rules["Stream"] = answer
    events: list[Any] = []
    assert client.request(SQL, on_event=events.append) == SPOOLED
    job = script.worker.job_of(Stream)
    assert events == [began(job)]
    assert client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])
    assert script.worker.job_of(Inspect) != job
    client.close_result(job)
    assert script.worker.asked[-1] == (0, Close(job))


def test_an_error_is_raised_and_the_worker_goes_on(client: QueryClient, script: Script) -> None:
    script.always("Digest", Failed("Wrong", "no FROM", "add one"))
    with pytest.raises(WorkbenchError, match="no FROM"):
        client.request(Digest("SELECT", {}))
    assert client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])
    assert len(script.workers) == 1


def test_a_store_that_does_not_open_says_why(script: Script, tmp_path: Path) -> None:
    script.always("Start", Failed("Broken", "no store", "restore it"))
    client = QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    with pytest.raises(WorkbenchError, match="no store"):
        client.ready()


def test_a_worker_that_ends_before_it_is_ready_says_so(script: Script, tmp_path: Path) -> None:
    script.rules["Start"] = lambda worker, job, request: worker.end()
    client = QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    for wait in (client.ready, lambda: client.request(SQL)):
        with pytest.raises(WorkbenchError, match="ended before it began"):
            wait()
    assert len(script.workers) == 1  # the next would not begin either


def test_a_worker_that_is_gone_at_once_says_so(script: Script, tmp_path: Path) -> None:
    script.deaf = True
    client = QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    script.worker.end()
    with pytest.raises(WorkbenchError, match="ended before it began"):
        client.ready()


def test_a_dead_worker_is_replaced_with_its_mask_and_tables(
    client: QueryClient, script: Script
) -> None:
    client.hide(Mask(("ip",), ("a-1",)))
    assert script.worker.requests(SetMask) == [SetMask(["ip"], ["a-1"])]
    client.lay_all_over({"decisions": ['{"a": 1}', '{"a": 2}'], "campaign_members": []})
    laid = script.worker.requests(Overlay)
    assert [one.table for one in laid] == ["decisions", "campaign_members"]
    texts = [(client.spill / one.file).read_text() for one in laid]
    assert texts == ['{"a": 1}\n{"a": 2}\n', ""]
    assert laid[0].file != laid[1].file
    script.rules["Stream"] = lambda worker, job, request: worker.end()
    with pytest.raises(WorkbenchError, match="it has been replaced") as caught:
        client.request(SQL)
    assert "address_space_mib" in caught.value.hint
    first, second = script.workers
    assert first.killed
    assert second.requests(Overlay) == laid
    assert second.requests(Start)[0].mask == {"columns": ["ip"], "shown": ["a-1"]}
    assert client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])
    assert second.requests(Stream) == []


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_stops_the_query_and_keeps_a_worker_that_obeys(
    client: QueryClient, script: Script
) -> None:
    script.rules["Stream"] = lambda worker, job, request: worker.say(job, began(job))

    def obey(worker: ScriptedWorker, job: int, request: Cancel) -> None:
        assert job == 0
        worker.say(request.target, Failed("Cancelled", "stopped", "", 130))

    script.rules["Cancel"] = obey
    with pytest.raises(Cancelled, match="cancelled"):
        client.request(SQL, on_event=interrupt)
    assert script.worker.requests(Cancel) == [Cancel(script.worker.job_of(Stream))]
    assert len(script.workers) == 1
    assert client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])


@pytest.mark.parametrize("manner", ["silent", "ended", "deaf"])
def test_ctrl_c_replaces_a_worker_that_does_not_stop(
    client: QueryClient, script: Script, monkeypatch: pytest.MonkeyPatch, manner: str
) -> None:
    assert sync_client._CANCEL_SECONDS == 2.0
    monkeypatch.setattr(sync_client, "_CANCEL_SECONDS", 0.01)
    script.rules["Stream"] = lambda worker, job, request: worker.say(job, began(job))
    if manner == "ended":
        script.rules["Cancel"] = lambda worker, job, request: worker.end()

    def interrupted(_: Any) -> None:
        script.worker.deaf = manner == "deaf"
        raise KeyboardInterrupt

    with pytest.raises(Cancelled):
        client.request(SQL, on_event=interrupted)
    assert [worker.killed for worker in script.workers] == [True, False]
    assert client.request(Inspect("SELECT 1")) == Inspected(["p"], ["t"])


def test_ctrl_c_before_the_store_is_open_replaces_nothing(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = QueryClient(StoreParts.of(tmp_path / "store"), tmp_path / "tmp", EngineSettings())
    monkeypatch.setattr(client, "_take", interrupt)
    with pytest.raises(Cancelled):
        client.request(SQL)
    assert len(script.workers) == 1
    assert script.worker.requests(Cancel) == []


def test_too_large_a_request_is_refused_and_waits_for_nothing(
    client: QueryClient, script: Script
) -> None:
    with pytest.raises(ValueError, match="over the limit"):
        client.request(Inspect("x" * LARGEST))
    assert client._book._pending == {}
    assert script.worker.requests(Inspect) == []


def test_records_are_whole_rows_by_name(client: QueryClient, script: Script) -> None:
    def answer(worker: ScriptedWorker, job: int, request: Open) -> None:
        columns = [["a", "BIGINT"], ["b", "VARCHAR"]]
        rows: list[list[Any]] = [[1, "x"], [2, None]]
        worker.say(job, Opened(job, columns, rows, [], False, False, 1.0, 2, True, True))

    script.rules["Open"] = answer
    assert client.records("SELECT $x", {"x": 1}) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    [asked] = script.worker.requests(Open)
    assert (asked.sql, asked.parameters) == ("SELECT $x", {"x": 1})
    assert asked.limit >= 1_000_000
    assert asked.cell >= 1 << 22


def test_what_opens_after_a_cancel_is_closed(client: QueryClient, script: Script) -> None:
    script.rules["Stream"] = lambda worker, job, request: worker.say(job, began(job))
    client._book.ask(pending := Pending(77, SQL, lambda outcome: None))
    pending.settled = True

    def late(worker: ScriptedWorker, job: int, request: Any) -> None:
        worker.say(77, began(77))
        worker.say(job, Inspected([], []))

    script.rules["Inspect"] = late
    client.request(Inspect("SELECT 1"))
    if not script.worker.requests(Close):  # the two words may have come in two reads
        client._take(1)
    assert script.worker.requests(Close) == [Close(77)]


def test_closing_gives_the_disk_space_back(client: QueryClient, script: Script) -> None:
    (client.spill / "part").write_bytes(b"x")
    client.close()
    assert script.worker.closed
    assert not client.spill.exists()
