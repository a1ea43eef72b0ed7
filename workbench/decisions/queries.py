"""Where decisions stand: proposals that wait, one's own acts, accounts that a merge left open."""

from __future__ import annotations

import itertools
from typing import Any

from workbench.audit.errors import MalformedError
from workbench.audit.log.append import Ledger, Record
from workbench.audit.log.tail import record_at
from workbench.audit.log.transfer import answer
from workbench.audit.records.identity import Who
from workbench.audit.state import builders
from workbench.decisions.describe import subject_words
from workbench.decisions.service import CaseService, reads_ledger
from workbench.decisions.tables import time_text
from workbench.errors import WorkbenchError

_STATUS = ("stands", "reversed", "pending", "refused")
WAITING = ["yours_to_answer", "proposed_by", "verdict", "reason", "accounts", "subject",
           "confidence", "counter", "note", "proposed_at", "record_id"]  # fmt: skip
OWN = ["status", "verdict", "reason", "accounts", "subject", "confidence", "at", "expires_at",
       "note", "record_id"]  # fmt: skip
_SIDE = ("verdict", "analyst", "reason", "record_id")
CONFLICTS = ["account_id", *(f"{side}_{name}" for name in _SIDE for side in ("our", "their"))]
HISTORY = ["decided_at", "verdict", "reason", "confidence", "analyst", "status", "scope", "note",
           "counter", "expires_at", "record_id"]  # fmt: skip


@reads_ledger
def waiting(ledger: Ledger) -> list[list[Any]]:
    """Proposals that nobody has answered, oldest first, as `WAITING` names the cells.

    After them decisions of two people that one person would take back, with the verdict `undo …`.
    """
    rows: list[list[Any]] = []
    for record_id, entry in ledger.state.pending.items():
        body = _decision(ledger.record(record_id))
        rows.append([*_asked(ledger, entry), *_weighed(body, body.get("verdict"), body),
                     time_text(entry["ts"]), record_id])  # fmt: skip
    for record_id, entry in ledger.state.undoing.items():
        body, why = _decision(ledger.record(record_id)), ledger.record(entry["record"])
        word = f"undo {body.get('verdict', '')}"
        rows.append([*_asked(ledger, entry), *_weighed(body, word, _decision(why)),
                     time_text(entry["ts"]), record_id])  # fmt: skip
    return rows


@reads_ledger
def undoing(ledger: Ledger) -> list[list[Any]]:
    """Accounts whose decision a second person may take back, as the `decisions` table has them.

    The verdict is `undo …`; analyst and time are those of who would take it back.
    """
    state = ledger.state
    rows: list[list[Any]] = []
    for target, entry in state.undoing.items():
        number, subject = state.decisions.find(target), _decision(ledger.record(target))["subject"]
        for account in state.accounts(subject):
            row = state.decisions.row(account, number)
            rows.append([
                account, f"undo {row.verdict}", row.reason, row.confidence, entry["who"]["name"],
                time_text(entry["ts"]), time_text(row.expires_at), target, True,
            ])  # fmt: skip
    return rows


def _asked(ledger: Ledger, entry: dict[str, Any]) -> list[Any]:
    """Whether who works here may answer, and who asked."""
    mine = ledger.state.same_person(ledger.who, Who.of(entry["who"]))
    return [not mine, entry["who"]["name"]]


def _weighed(body: dict[str, Any], verdict: Any, why: dict[str, Any]) -> list[Any]:
    """What a decision is and falls on; the words are those of who asks."""
    subject = body.get("subject")
    return [
        verdict, body.get("reason"), subject and subject["count"],
        subject and subject_words(subject), body.get("confidence"), body.get("counter"),
        why.get("note"),
    ]  # fmt: skip


@reads_ledger
def own(ledger: Ledger, limit: int = 500) -> list[list[Any]]:
    """The newest decisions and proposals of who works here, as `OWN` names the cells."""
    table = ledger.state.decisions
    if ledger.who.name not in table.words:
        return []
    me, analysts = table.words.index(ledger.who.name), table.columns["analyst"]
    mine = (number for number in reversed(range(len(table))) if analysts[number] == me)
    rows: list[list[Any]] = []
    for number in itertools.islice(mine, limit):
        record = _record(ledger, number)
        body = _decision(record)
        subject = body.get("subject")
        rows.append([
            _STATUS[table.status(number)], body.get("verdict"), body.get("reason"),
            subject and subject["count"], subject and subject_words(subject),
            body.get("confidence"), time_text(record.fields["ts"]) if record else None,
            time_text(body.get("expires")), body.get("note"), table.record_id(number),
        ])  # fmt: skip
    return rows


def _record(ledger: Ledger, number: int) -> Record | None:
    """The record of a decision by its number: no search, where it stands in the file itself."""
    table = ledger.state.decisions
    offset = table.columns["offset"][number]
    if offset < 0:
        return ledger.record(table.record_id(number))
    try:
        return record_at(ledger.path, offset)
    except (OSError, MalformedError):
        return None  # verification names it


@reads_ledger
def history(ledger: Ledger, account: str) -> list[list[Any]]:
    """Every decision on an account, oldest first, as `HISTORY` names the cells."""
    rows: list[list[Any]] = []
    for one, status in ledger.state.history(account):
        body = _decision(ledger.record(one.record_id))
        rows.append([
            time_text(one.decided_at), one.verdict, one.reason, one.confidence, one.analyst,
            status, body.get("scope"), body.get("note"), body.get("counter"),
            time_text(one.expires_at), one.record_id,
        ])  # fmt: skip
    return rows


@reads_ledger
def decided_ever(ledger: Ledger) -> set[str]:
    """Every account that a decision fell on, in force or not."""
    return set(ledger.state.decisions.slots)


@reads_ledger
def conflicts(ledger: Ledger) -> list[list[Any]]:
    """Accounts on which a merge brought another verdict, as `CONFLICTS` names the cells.

    Ours is in force until the account is decided anew.
    """
    state = ledger.state
    rows: list[list[Any]] = []
    for account, number in state.conflicts.items():
        ours = state.decisions.row(account, number)
        for theirs, status in state.history(account):
            if status == "stands" and theirs.record_id != ours.record_id:
                sides = (ours, theirs)
                rows.append([account, *(getattr(one, name) for name in _SIDE for one in sides)])
    return rows


def take_back(service: CaseService, record_id: str, reason: str, note: str) -> tuple[str, str]:
    """Append a reversal; returns its id, and what it did as a sentence. Raises WorkbenchError."""

    def reading(ledger: Ledger) -> tuple[str, str]:
        new = ledger.append("reversal", builders.reversal(record_id, reason, note)).id
        state = ledger.state
        if state.aliases.get(record_id, record_id) in state.undoing:
            why = state.two_to_undo(record_id)
            return new, f"It stays in force until somebody else takes it back too: {why}."
        return new, f"Taken back by record {new}."

    return service.read(reading)


def respond(service: CaseService, record_id: str, *, agree: bool, note: str = "") -> str:
    """Countersign or refuse a proposal, or take back what another would take back.

    Returns the record's id, raises WorkbenchError.
    """
    if service.read(lambda ledger: record_id in ledger.state.undoing):
        if agree:
            return take_back(service, record_id, "R-OTHER", note)[0]
        raise WorkbenchError("It stays in force unless you agree.")
    return service.read(lambda ledger: answer(ledger, record_id, agree=agree, note=note).id)


def _decision(record: Record | None) -> dict[str, Any]:
    if record is None:
        return {}
    body: dict[str, Any] = record.fields["body"]
    decision: dict[str, Any] = body.get("decision", body)
    return decision
