"""wb-audit/1: what a record of either version is, checked alike on write and on verify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workbench.audit.errors import MalformedError
from workbench.audit.records.bodies_1 import (
    BODIES_1,
    CONFIDENCES,
    DECISION_FIELDS,
    EVIDENCE_FIELDS,
    FORMAT,
    ID,
    NO_COUNTER,
    SCALARS,
    SHORT,
    SOURCES,
    TIME,
    VERDICTS,
    WHO,
    WHO_FIELDS,
)
from workbench.audit.records.bodies_2 import BODIES_2, DECISION_FIELDS_2, EVIDENCE_FIELDS_2
from workbench.audit.records.field_checks import (
    ANYTHING,
    EMPTY,
    HEX32,
    HEX64,
    NULL,
    Check,
    choice,
    depending_on,
    having,
    integer,
    list_of,
    named,
    pattern,
    record,
    text,
    when,
)

__all__ = [
    "BODIES",
    "BODIES_OF",
    "CONFIDENCES",
    "FORMAT",
    "NO_COUNTER",
    "RECORD_1",
    "RECORD_2",
    "VERDICTS",
    "VERSION",
    "check_body",
    "check_record",
    "lists",
    "params_form",
    "plain_form",
    "references",
    "refers",
]

VERSION = 2
BODIES_OF: Mapping[int, Mapping[str, Check]] = {1: BODIES_1, 2: BODIES_2}
BODIES = BODIES_2
# What kind of list stands in which field (list_contents says what each is); the set of a subject
# is of accounts, and every list among parameters is of values.
_KINDS = {
    "sources": "digests", "line": "records", "lines": "records", "drawn": "accounts",
    "members": "accounts", "accounts": "accounts", "conflicts": "accounts", "disputes": "ids",
    "text": "text", "cells": "values",
}  # fmt: skip


def _envelope(version: int, bodies: Mapping[str, Check]) -> dict[str, Check]:
    return {
        "v": integer(version, version),
        "seq": integer(),
        "prev": HEX64,
        "h": HEX64,
        "id": HEX32,
        "type": choice(*bodies),
        "ts": TIME,
        "mono": TIME,
        "boot": HEX32,
        "who": WHO,
        "tool": SHORT,
        "seen": named(
            "seen",
            record(size=integer(), root=HEX64),
            "How many lines of this ledger the writer had verified, and their root.",
        ),
        "body": ANYTHING,
        "sig": pattern("[A-Za-z0-9+/=]{0,8192}", "a signature in base64, or empty"),
    }


def _record(version: int) -> Check:
    bodies = BODIES_OF[version]
    return named(
        f"record-{version}",
        record(
            depending_on("type", "body", bodies),
            when(
                "sig", text(8192, least=1), "who.key must name the key of a signed record",
                who=having(key=text(256, least=1)),
            ),
            **_envelope(version, bodies),
        ),
        f"One line of a ledger, version {version}.",
    )  # fmt: skip


RECORD_1, RECORD_2 = _record(1), _record(2)


def _kept(check: Check) -> Check:
    """A value whose spelling becomes a group of the form; a text without its quotation marks."""
    text_form = check.form.startswith('"') and check.form.endswith('"')
    form = f'"({check.form[1:-1]})"' if text_form else f"({check.form})"
    return replace(check, form=form)


def _plain_decision(version: int) -> str:
    """The form of a decision on one account that names no list: the only very many there are.

    Whether a flag is countered the form cannot say; its groups are confidence, counter, expires,
    reason, account and verdict.
    """
    account = record(kind=choice("account"), id=_kept(ID), set=EMPTY, count=integer(1, 1))
    local = {"engine": NULL, "snapshot": NULL} if version > 1 else {}
    evidence = EVIDENCE_FIELDS_2 if version > 1 else EVIDENCE_FIELDS
    listless = record(**{**evidence, "params": SCALARS, "sources": SOURCES, **local})
    fields = DECISION_FIELDS_2 if version > 1 else DECISION_FIELDS
    kept = ("confidence", "counter", "expires", "reason", "verdict")
    special = {"scope": choice("account"), "subject": account, "evidence": list_of(listless, 32)}
    groups = {name: _kept(fields[name]) for name in kept}
    return record(**{**fields, **special, **groups}).form


def plain_form(version: int) -> str:
    """What matches the commonest line, an unsigned decision on one account that names no list.

    Its groups are those of the decision, then boot, h, id, mono, prev, root and size seen, seq, ts
    and the author's name. The names inside `params` may be out of order or repeated (`params_form`
    finds them, to be looked at), and a flag may lack what speaks against it.
    """
    envelope = _envelope(version, BODIES_OF[version])
    special = {
        "body": replace(ANYTHING, form=_plain_decision(version)),
        "type": choice("decision"),
        "sig": EMPTY,
        "seen": record(size=_kept(integer()), root=_kept(HEX64)),
        "who": record(**{**WHO_FIELDS, "name": _kept(WHO_FIELDS["name"])}),
        **{
            name: _kept(envelope[name]) for name in ("boot", "h", "id", "mono", "prev", "seq", "ts")
        },
    }
    return record(**{**envelope, **special}).form


def params_form() -> str:
    """What matches `"params":{…}` in a line that `plain_form` matches; the object is its group."""
    return f'"params":({SCALARS.form})'


def check_body(kind: str, body: Any) -> None:
    """Raise MalformedError, naming the field, where a body of today does not fit its type."""
    inner = BODIES.get(kind)
    if inner is None:
        raise MalformedError(f"type must be one of {', '.join(BODIES)}")
    inner.run(body, "body")


def check_record(fields: Any) -> None:
    """Raise MalformedError, naming the field, where a whole record does not fit wb-audit/1."""
    newer = type(fields) is dict and type(fields.get("v")) is int and fields["v"] != 1
    (RECORD_2 if newer else RECORD_1).run(fields, "record")


def refers(fields: Any) -> bool:
    """Whether a record may name a set: false only for a decision that can be seen to name none."""
    if fields["type"] != "decision":
        return fields["type"] not in (
            "note", "reversal", "clipboard", "reveal", "report", "resolve",
        )  # fmt: skip
    body = fields["body"]
    return bool(body["subject"]["set"]) or any(
        type(entry["sources"]) is dict
        or any(type(value) is dict for value in entry["params"].values())
        for entry in body["evidence"]
    )


def references(value: Any) -> list[tuple[str, int]]:
    """Every set that a body names, with its count."""
    return [(digest, count) for digest, count, _ in lists(value)]


def lists(value: Any, kind: str = "") -> Iterator[tuple[str, int, str]]:
    """Every list that a body names, with its count and what kind of list it must be."""
    if isinstance(value, dict):
        if isinstance(value.get("set"), str) and value["set"] and "count" in value:
            yield value["set"], value["count"], "accounts" if "kind" in value else kind
        for key, inner in value.items():
            if key == "params":
                # Parameters bear free names: one called `set` is no reference.
                for one in inner.values():
                    yield from lists(one, "values")
            else:
                yield from lists(inner, _KINDS.get(key, ""))
    elif isinstance(value, list):
        for inner in value:
            yield from lists(inner, kind)
