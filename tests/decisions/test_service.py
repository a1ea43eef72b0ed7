"""One ledger and many threads: what is read of it never changes under the reader."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.audit.log.append import Ledger
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState
from workbench.case.folder import Case
from workbench.decisions import campaigns, collaboration, describe, entity_lists, queries
from workbench.decisions.sample_review import newest_for
from workbench.decisions.service import CaseService, Draft
from workbench.errors import WorkbenchError
from workbench.settings import load_settings

_RECORDS = 60

# Every question that pages ask of the ledger, each on a thread of its own.
READINGS: tuple[Callable[[CaseService], object], ...] = (
    queries.waiting,
    queries.undoing,
    queries.own,
    queries.conflicts,
    queries.decided_ever,
    collaboration.claims,
    collaboration.comments,
    entity_lists.entries_in_force,
    describe.head_lines,
    CaseService.ledger_tables,
    CaseService.decision_rows,
    CaseService.head_words,
    lambda service: queries.history(service, "a-00"),
    lambda service: service.verdict_of("a-00"),
    lambda service: campaigns.edits_of(service, "C-test01"),
    lambda service: newest_for(service, ["a-00", "a-01"]),
)


@pytest.fixture
def service(case: Path) -> CaseService:
    return CaseService(Case.open(case), load_settings())


def _write(service: CaseService, turn: int) -> None:
    """Records of every kind that the readings look at."""
    name = f"a-{turn % 40:02}"
    service.append("note", builders.note("comment", "account", name, f"remark {turn}"))
    collaboration.claim(service, "account", name)
    entity_lists.put(service, "ip", f"10.0.0.{turn}", "hub", "shared exit")
    accounts = tuple(f"a-{(turn + at) % 40:02}" for at in range(3))
    draft = Draft("accounts", "", accounts, "watch", "R-OTHER", counter="none-found")
    service.record(draft)


def test_readers_never_meet_a_ledger_that_changes(service: CaseService) -> None:
    done, faults = threading.Event(), list[BaseException]()

    def read(reading: Callable[[CaseService], object]) -> None:
        while not done.is_set():
            try:
                reading(service)
            except BaseException as fault:  # whatever it is, the test must show it
                faults.append(fault)
                return

    readers = [threading.Thread(target=read, args=(reading,)) for reading in READINGS]
    for reader in readers:
        reader.start()
    try:
        for turn in range(_RECORDS):
            _write(service, turn)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert faults == []


def test_another_writer_is_seen_by_the_next_reading(service: CaseService, case: Path) -> None:
    other = CaseService(Case.open(case), load_settings())
    assert collaboration.comments(service) == []
    other.append("note", builders.note("comment", "account", "a-00", "seen by both"))
    assert [one.text for one in collaboration.comments(service)] == ["seen by both"]
    other.close()


def test_what_the_ledger_refuses_is_a_sentence(service: CaseService) -> None:
    with pytest.raises(WorkbenchError):
        service.append("note", {"kind": "no such kind"})


def test_nobody_is_handed_the_live_ledger() -> None:
    """Only `read` lends it, for the time of one reading."""
    for name, member in inspect.getmembers(CaseService, inspect.isfunction):
        if name.startswith("_"):
            continue
        returned: Any = inspect.signature(member, eval_str=True).return_annotation
        assert returned not in (Ledger, LedgerState), name
