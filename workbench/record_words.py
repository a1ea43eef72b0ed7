"""What the records of a ledger say, in a line or whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from workbench.audit.errors import DamagedError
from workbench.audit.ledger import Ledger, Record
from workbench.audit.schema import references
from workbench.ledger_tables import time_text
from workbench.text.format import counted

Body = dict[str, Any]
_MOST_LISTED = 200


def headline(fields: dict[str, Any]) -> str:
    """What a record did, in one line."""
    teller = _TELLERS.get(fields["type"])
    return teller(fields["body"]) if teller is not None else ""


def row(record: Record) -> list[Any]:
    """A record as `COLUMNS` name its cells."""
    fields = record.fields
    signed = "signed" if fields["sig"] else ""
    return [fields["seq"], time_text(fields["ts"]), fields["type"], fields["who"]["name"],
            headline(fields), signed, fields["id"]]  # fmt: skip


COLUMNS = ["seq", "at", "type", "analyst", "what", "signed", "record_id"]


def whole(ledger: Ledger, record: Record) -> str:
    """Every field of a record and the lists that it names, for reading."""
    fields = record.fields
    by = f"{fields['type']} by {fields['who']['name']} at {time_text(fields['ts'])} UTC"
    parts = [by, headline(fields), "", json.dumps(fields, indent=1, sort_keys=True)]
    for digest, count in references(record.fields["body"]):
        parts.append(f"\nlist {digest}: {count:,} values")
        try:
            values = ledger.sets.get(digest)
        except DamagedError as error:
            parts.append(error.message)
            continue
        parts += [json.dumps(value) for value in values[:_MOST_LISTED]]
        if count > _MOST_LISTED:
            parts.append(f"and {count - _MOST_LISTED:,} more")
    return "\n".join(parts)


def subject_words(subject: Body) -> str:
    """Whom a decision is about."""
    if subject["kind"] == "account":
        return str(subject["id"])
    name = f" {subject['id']}" if subject["id"] else ""
    return f"{subject['kind']}{name} of {subject['count']:,} accounts"


def _decision(body: Body) -> str:
    return f"{body['verdict']} {body['reason']} on {subject_words(body['subject'])}"


def _countersign(body: Body) -> str:
    return f"{'agrees to' if body['answer'] == 'agree' else 'refuses'} {body['record']}"


def _note(body: Body) -> str:
    text = f": {body['text']}" if body["text"] else ""
    return f"{body['kind']} on {body['subject']} {body['id']}{text}"


def _list_edit(body: Body) -> str:
    return f"{body['action']} {body['family']} {body['value']} as {body['role']}: {body['reason']}"


def _campaign_edit(body: Body) -> str:
    others = f" with {', '.join(body['others'])}" if body["others"] else ""
    name = f" “{body['name']}”" if body["name"] else ""
    return f"{body['action']} {body['campaign']}{others}{name}"


def _sample(body: Body) -> str:
    subject, result = subject_words(body["subject"]), body["result"]
    if result is None:
        return f"draws {body['drawn']['count']:,} of {subject}"
    return (
        f"{result['found']:,} of {result['n']:,} wrong in {subject}: "
        f"{float(result['low']):.1%} to {float(result['high']):.1%}"
    )


def _export(body: Body) -> str:
    return f"{body['what']} as {body['format']} to {body['path']}, {body['rows']:,} rows"


def _clipboard(body: Body) -> str:
    return f"{body['what']} {body['entity']}, {body['rows']:,} rows, {body['chars']:,} characters"


def _policy(body: Body) -> str:
    signed = ", signed records only" if body["signed"] else ""
    return f"{body['sha256'][:12]}…{signed}: {body['reason']}"


def _merge(body: Body) -> str:
    conflicts = body["conflicts"]["count"] if body["conflicts"] else 0
    return f"{counted(body['lines']['count'], 'record')} came, {counted(conflicts, 'conflict')}"


def _recovery(body: Body) -> str:
    reason = f": {body['reason']}" if body["reason"] else ""
    return f"{body['kind']}, {len(body['ranges']):,} ranges{reason}"


_TELLERS: dict[str, Callable[[Body], str]] = {
    "open": lambda body: f"case {body['case']}, {body['format']}",
    "decision": _decision,
    "proposal": lambda body: _decision(body["decision"]),
    "countersign": _countersign,
    "reversal": lambda body: f"takes back {body['record']}: {body['note'] or body['reason']}",
    "note": _note,
    "list_edit": _list_edit,
    "campaign_edit": _campaign_edit,
    "sample": _sample,
    "export": _export,
    "clipboard": _clipboard,
    "reveal": lambda body: f"{body['field']} of {body['entity']} {body['id']}: {body['reason']}",
    "report": lambda body: f"{body['what']} {body['id']} to {body['path']}",
    "policy": _policy,
    "key": lambda body: f"{body['action']} {body['principal']} {body['fingerprint']}",
    "checkpoint": lambda body: f"covers {body['size']:,} records, {body['note']}",
    "merge": _merge,
    "recovery": _recovery,
}
