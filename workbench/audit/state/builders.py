"""Builders of record bodies: every field of version 2 by name, the rare ones left empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from workbench.audit.records.account_sets import SetRef, spell
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.canonical_json import sha256 as file_digest
from workbench.audit.state.state import body_digest

Param = str | int | bool | None | SetRef


def ratio(value: float) -> str:
    """A share from 0 to 1 as the decimal text that records hold (six digits)."""
    return format(Decimal(min(1.0, max(0.0, value))).quantize(Decimal("0.000001")), "f")


def account_subject(account_id: str) -> Fields:
    """One account."""
    return {"kind": "account", "id": account_id, "set": "", "count": 1}


def set_subject(kind: str, accounts: SetRef, name: str = "") -> Fields:
    """A stored set of accounts: kind set, cluster or campaign, with the id it goes by."""
    return {"kind": kind, "id": name, "set": accounts.sha256, "count": accounts.count}


def evidence(
    *,
    query: str,
    rev: int,
    sha256: str,
    params: Mapping[str, Param],
    generation: int,
    sources: Sequence[str] | SetRef,
    result_sha256: str,
    rows: int,
    ledger_head: str,
    trust: str,
    analysis: int = 0,
    engine: str | None = None,
    snapshot: str | None = None,
    masked: Sequence[str] = (),
) -> Fields:
    """What a decision rests on: whose query, its parameters, the data, the result.

    `trust` says whose the query is: shipped, own, case or typed. `engine` and `snapshot` are of a
    remote source; `masked` is what was hidden in the result of which this is the digest.
    """
    return {
        "query": query,
        "rev": rev,
        "sha256": sha256,
        "params": {
            name: value.as_field() if isinstance(value, SetRef) else value
            for name, value in params.items()
        },
        "generation": generation,
        "sources": sources.as_field() if isinstance(sources, SetRef) else list(sources),
        "result_sha256": result_sha256,
        "rows": rows,
        "ledger_head": ledger_head,
        "trust": trust,
        "analysis": analysis,
        "engine": engine,
        "snapshot": snapshot,
        "masked": list(masked),
    }


def preview(accounts: Sequence[str], *, flagged: int, cleared: int) -> Fields:
    """What was shown before a decision: whom it hits, and how many were decided on before."""
    return {
        "accounts": len(set(accounts)),
        "flagged": flagged,
        "cleared": cleared,
        "members": members_digest(accounts),
    }


def stored(accounts: Sequence[str], *, generation: int, analysis: int) -> Fields:
    """What the store's fixed statement gave for the id of a subject, and which data it was."""
    return {
        "accounts": len(set(accounts)),
        "members": members_digest(accounts),
        "generation": generation,
        "analysis": analysis,
    }


def members_digest(accounts: Sequence[str]) -> str:
    """The SHA-256 of accounts as the list file that they would be: the name of their set."""
    return file_digest(spell(sorted(set(accounts))))


def sample_result(n: int, total: int, found: int, low: float, high: float) -> Fields:
    """n of N reviewed, `found` of them wrongly flagged, and the interval of that rate."""
    return {"n": n, "N": total, "found": found, "low": ratio(low), "high": ratio(high)}


def decision(
    *,
    verdict: str,
    subject: Fields,
    reason: str,
    confidence: str = "medium",
    note: str = "",
    counter: str = "",
    changes_my_mind: str = "",
    expires: int | None = None,
    evidence: Sequence[Fields] = (),
    sample: Fields | None = None,
    preview: Fields | None = None,
    stored: Fields | None = None,
) -> Fields:
    """A decision; `expires` in UTC microseconds; a flag needs `counter` (or "none-found")."""
    return {
        "verdict": verdict,
        "scope": subject["kind"],
        "subject": subject,
        "reason": reason,
        "confidence": confidence,
        "note": note,
        "counter": counter,
        "changes_my_mind": changes_my_mind,
        "expires": expires,
        "evidence": list(evidence),
        "sample": sample,
        "preview": preview,
        "stored": stored,
    }


def proposal(decision: Fields, origin: Fields | None = None) -> Fields:
    """A decision that counts once somebody else countersigns it."""
    return {"decision": decision, "origin": origin}


def countersign(
    record: str,
    decision: Fields,
    *,
    answer: str = "agree",
    note: str = "",
    origin: Fields | None = None,
) -> Fields:
    """The second analyst's answer (agree or refuse) to the proposed decision as it was read."""
    return {
        "record": record,
        "body_sha256": body_digest(decision),
        "answer": answer,
        "note": note,
        "origin": origin,
    }


def reversal(record: str, reason: str, note: str = "") -> Fields:
    """Takes back the decision, proposal or edit with this record id."""
    return {"record": record, "reason": reason, "note": note}


def note(kind: str, subject: str, name: str, text: str = "") -> Fields:
    """A comment, claim, release or playbook step on an account, cluster, campaign or query."""
    return {"kind": kind, "subject": subject, "id": name, "text": text}


def list_edit(
    action: str, family: str, value: str, role: str, reason: str, until: int | None = None
) -> Fields:
    """Adds a value to the entity lists (hub, allow, known_bad) or removes it."""
    return {"action": action, "family": family, "value": value, "role": role, "reason": reason,
            "until": until}  # fmt: skip


def campaign_edit(
    action: str,
    campaign: str,
    *,
    others: Sequence[str] = (),
    name: str = "",
    members: SetRef | None = None,
    reason: str = "",
) -> Fields:
    """Merges, splits, names, creates, excludes from or includes in a campaign."""
    return {
        "action": action,
        "campaign": campaign,
        "others": list(others),
        "name": name,
        "members": None if members is None else members.as_field(),
        "reason": reason,
    }


def export(
    what: str,
    file_format: str,
    path: str,
    *,
    rows: int,
    columns: Sequence[str],
    sha256: str = "",
    evidence: Fields | None = None,
) -> Fields:
    """A result that left the case as a file."""
    return {
        "what": what,
        "format": file_format,
        "path": path,
        "rows": rows,
        "columns": list(columns),
        "sha256": sha256,
        "evidence": evidence,
    }


def clipboard(what: str, entity: str, *, rows: int, chars: int, sha256: str) -> Fields:
    """Text that left the host by the clipboard, by its digest."""
    return {"what": what, "entity": entity, "rows": rows, "chars": chars, "sha256": sha256}


def reveal(field: str, entity: str, name: str, *, rows: int = 1, reason: str = "") -> Fields:
    """Masked columns that are shown: of what, and why."""
    return {"field": field, "entity": entity, "id": name, "rows": rows, "reason": reason}


def report(what: str, name: str, path: str, *, files: int, sha256: str = "") -> Fields:
    """A case packet that was written."""
    return {"what": what, "id": name, "path": path, "files": files, "sha256": sha256}


def policy(
    sha256: str,
    text: SetRef,
    *,
    signed: bool,
    reason: str = "",
    alone: str = "",
    waits: bool = False,
) -> Fields:
    """The policy that counts from here on, or once a second person agrees (`waits`).

    `text` is its file, line by line; `alone` says why one person set what needs two.
    """
    return {"sha256": sha256, "text": text.as_field(), "signed": signed, "reason": reason,
            "alone": alone, "waits": waits}  # fmt: skip


def key(
    action: str,
    principal: str,
    public_key: str,
    fingerprint: str,
    *,
    after: int | None = None,
    before: int | None = None,
    reason: str = "",
    alone: str = "",
    waits: bool = False,
) -> Fields:
    """A key that is added to or revoked from those who may sign, at once or once two agree."""
    return {"action": action, "principal": principal, "key": public_key,
            "fingerprint": fingerprint, "after": after, "before": before, "reason": reason,
            "alone": alone, "waits": waits}  # fmt: skip


def resolve(record: str, *, answer: str, note: str = "") -> Fields:
    """Ends the dispute on a record: it stands (agree), or does not (refuse)."""
    return {"record": record, "answer": answer, "note": note}


def hit(
    edit: Fields,
    accounts: SetRef,
    *,
    generation: int,
    analysis: int = 0,
    evidence: Fields | None = None,
    note: str = "",
) -> Fields:
    """A value of a list that returned; `edit` is its entry as the state has it."""
    return {
        **{name: edit[name] for name in ("record", "family", "value", "role")},
        "accounts": accounts.as_field(),
        "generation": generation,
        "analysis": analysis,
        "evidence": evidence,
        "note": note,
    }


def pin(
    subject: str,
    name: str,
    title: str,
    *,
    text: str = "",
    columns: Sequence[str] = (),
    cells: SetRef | None = None,
    evidence: Fields | None = None,
    replaces: str | None = None,
) -> Fields:
    """A result kept in the notebook; `cells` are those of some rows, row by row."""
    return {
        "subject": subject,
        "id": name,
        "title": title,
        "text": text,
        "columns": list(columns),
        "cells": None if cells is None else cells.as_field(),
        "evidence": evidence,
        "replaces": replaces,
    }
