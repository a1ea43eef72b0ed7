"""One state machine for both clients: what is settled, asked again, closed and restored."""

from __future__ import annotations

from typing import Any

from workbench.decisions.masking import Mask
from workbench.errors import Cancelled, WorkbenchError
from workbench.workers.host.request_book import Pending, RequestBook
from workbench.workers.messages import (
    Began,
    Close,
    Digest,
    Digested,
    Failed,
    Inspect,
    Inspected,
    Opened,
    Overlaid,
    Overlay,
    PickRows,
    ReadAll,
    Reopen,
    Request,
    SetMask,
    Spooled,
    Stream,
)

MASK = Mask(("email",))


def _ask(book: RequestBook, request: Request[Any]) -> tuple[Pending, list[Any], list[Any]]:
    outcomes: list[Any] = []
    events: list[Any] = []
    pending = Pending(book.new_job(), request, outcomes.append, events.append)
    book.ask(pending)
    return pending, outcomes, events


def _began(result: int) -> Began:
    return Began(result, [["n", "BIGINT"]], [[1]], [], True, False, 1.0, 1, False, False)


def test_progress_comes_before_the_one_answer() -> None:
    book = RequestBook(MASK)
    pending, outcomes, events = _ask(book, Stream("SELECT 1", {}, 10, 64))
    began, ended = _began(pending.job), Spooled(0, 1.0, 1, True, False)
    assert book.arrived(pending.job, began) is None
    assert book.arrived(pending.job, ended) is None
    assert (events, outcomes) == ([began], [ended])
    assert book.open_results == {pending.job}
    assert book.arrived(pending.job, ended) is None  # said twice, it settles once
    assert outcomes == [ended]


def test_an_error_is_rebuilt() -> None:
    book = RequestBook(MASK)
    pending, outcomes, _ = _ask(book, Inspect("SELECT"))
    book.arrived(pending.job, Failed("Wrong SQL", "no FROM", "add one", 1))
    [error] = outcomes
    assert (error.title, error.message, error.hint, error.exit_code) == (
        "Wrong SQL", "no FROM", "add one", 1,
    )  # fmt: skip
    pending, outcomes, _ = _ask(book, Inspect("SELECT"))
    book.arrived(pending.job, Failed("Cancelled", "stopped", "", 130))
    assert isinstance(outcomes[0], Cancelled)


def test_what_nobody_waits_for_is_closed() -> None:
    book = RequestBook(MASK)
    pending, outcomes, events = _ask(book, Stream("SELECT 1", {}, 10, 64))
    pending.end(Cancelled("by the analyst"))
    assert book.arrived(pending.job, _began(7)) == Close(7)
    assert book.open_results == set()
    assert events == []
    assert len(outcomes) == 1
    assert book.arrived(99, Opened(5, [], [], [], False, False, 1.0, 0, True, False)) is None


def test_a_lost_worker_fails_the_guilty_and_asks_the_others_again() -> None:
    book = RequestBook(MASK)
    guilty, lost, _ = _ask(book, Digest("SELECT 1", {}))
    streaming, ended, _ = _ask(book, Stream("SELECT 2", {}, 10, 64))
    unwanted, stopped, _ = _ask(book, Digest("SELECT 3", {}))
    book.arrived(streaming.job, _began(streaming.job))
    unwanted.unwanted = True
    assert book.heavy() == {guilty.job, streaming.job, unwanted.job}
    assert book.lose_worker("it died", {guilty.job}) == [streaming]
    assert lost[0].message == "it died"
    assert isinstance(lost[0], WorkbenchError)
    assert isinstance(stopped[0], Cancelled)
    assert ended == []
    streaming.ask_again()
    assert streaming.request == ReadAll(streaming.job)  # its rows stay where they are
    book.ask(streaming)
    assert book.lose_worker("it died again", set()) == []
    assert ended[0].message == "it died again"


def test_what_had_not_begun_is_asked_as_it_was() -> None:
    book = RequestBook(MASK)
    pending, _, _ = _ask(book, Stream("SELECT 2", {}, 10, 64))
    [again] = book.lose_worker("it died", set())
    again.ask_again()
    assert again.request == Stream("SELECT 2", {}, 10, 64)
    assert again is pending


def test_only_a_statement_is_read_on() -> None:
    book = RequestBook(MASK)
    picked = PickRows(3, [1, 2], 64)
    pending, _, _ = _ask(book, picked)
    book.arrived(pending.job, _began(pending.job))
    [again] = book.lose_worker("it died", set())
    again.ask_again()
    assert again.request == picked


def test_light_requests_are_never_blamed() -> None:
    book = RequestBook(MASK)
    pending, outcomes, _ = _ask(book, Inspect("SELECT 1"))
    assert book.heavy() == set()
    assert book.lose_worker("it died", book.heavy()) == [pending]
    assert outcomes == []


def test_a_new_worker_is_brought_to_where_the_old_one_was() -> None:
    book = RequestBook(MASK)
    overlay, _, _ = _ask(book, Overlay("decisions", "a.jsonl"))
    refused, _, _ = _ask(book, Overlay("campaign_members", "b.jsonl"))
    mask, _, _ = _ask(book, SetMask(["ip"], ["a-1"]))
    first, _, _ = _ask(book, Stream("SELECT 1", {}, 10, 64))
    second, _, _ = _ask(book, Stream("SELECT 1", {}, 10, 64))
    book.arrived(overlay.job, Overlaid())
    book.arrived(refused.job, Failed("No", "not there"))
    assert book.mask == MASK  # until the worker has said that it hides the cells
    book.arrived(mask.job, Overlaid())
    book.arrived(first.job, _began(first.job))
    book.arrived(second.job, _began(second.job))
    book.closed(first.job)
    assert book.mask == Mask(("ip",), ("a-1",))
    assert book.overlay_requests() == [Overlay("decisions", "a.jsonl")]
    assert book.reopen_requests() == [Reopen(second.job, cell=1)]


def test_an_answer_to_an_unknown_job_is_dropped() -> None:
    book = RequestBook(MASK)
    assert book.arrived(5, Inspected([], [])) is None
    assert book.arrived(5, Digested(1, "ab")) is None
