"""The decisions of a packet: every record that decides, answers or takes back, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.audit.log.append import Ledger
from workbench.audit.records.canonical_json import Fields
from workbench.audit.state.state import LedgerState
from workbench.decisions.service import CaseService
from workbench.decisions.tables import time_text

NAMES = [
    "record_id", "when", "type", "verdict", "reason", "confidence", "analyst", "about", "accounts",
    "previewed", "counter", "note", "evidence",
]  # fmt: skip
_TYPES = ("decision", "proposal", "countersign", "reversal")


def decided(service: CaseService, accounts: frozenset[str] | None) -> list[list[Any]]:
    """Rows of `NAMES`, oldest first; with `accounts` only of records that touch one of them."""
    return service.read(lambda ledger: list(_rows(ledger, accounts)))


def _rows(ledger: Ledger, accounts: frozenset[str] | None) -> Iterator[list[Any]]:
    kept: set[str] = set()
    for record in ledger.records():
        fields = record.fields
        if fields["type"] not in _TYPES:
            continue
        body = fields["body"]
        if fields["type"] in ("countersign", "reversal"):
            if accounts is None or body["record"] in kept:
                yield _answer_row(fields)
            continue
        decision = body.get("decision", body)
        if accounts is None or _touches(ledger.state, decision, accounts):
            kept.add(fields["id"])
            yield _decision_row(fields, decision)


def _touches(state: LedgerState, decision: Fields, accounts: frozenset[str]) -> bool:
    return not accounts.isdisjoint(state.accounts(decision["subject"]))


def _decision_row(fields: Fields, decision: Fields) -> list[Any]:
    subject = decision["subject"]
    evidence = "; ".join(
        f"{one['query']}{_whose(one)} revision {one['rev']}, {one['rows']} rows, "
        f"{one['result_sha256'][:16]}…"
        for one in decision["evidence"]
    )
    return [
        fields["id"], time_text(fields["ts"]), fields["type"], decision["verdict"],
        decision["reason"], decision["confidence"], fields["who"]["name"],
        f"{subject['kind']} {subject['id']}".strip(), subject["count"],
        (decision.get("preview") or {}).get("accounts"), decision["counter"],
        decision["note"], evidence,
    ]  # fmt: skip


def _whose(evidence: Fields) -> str:
    """Whose query it was; a record of version 1 does not say."""
    return f" ({evidence['trust']})" if "trust" in evidence else ""


def _answer_row(fields: Fields) -> list[Any]:
    body = fields["body"]
    return [
        fields["id"], time_text(fields["ts"]), fields["type"], body.get("answer"),
        body.get("reason"), None, fields["who"]["name"], f"record {body['record']}", None, None,
        "",
        body["note"], "",
    ]  # fmt: skip
