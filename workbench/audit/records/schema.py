"""wb-audit/1: every record type and every field, checked alike on write and on verify.

Times are UTC microseconds since 1970. Ratios are decimal texts, so that no record holds a float.
A `{"set", "count"}` names a file of audit.d/sets by its SHA-256 and says how many lines it has.
"""

from __future__ import annotations

from typing import Any

from workbench.audit.errors import MalformedError
from workbench.audit.records.field_checks import (
    BOOLEAN,
    CODE,
    DECIMAL,
    EMPTY,
    HEX32,
    HEX64,
    HEX64_OR_NONE,
    RATIO,
    SCALAR,
    Check,
    choice,
    either,
    integer,
    listing,
    mapping,
    maybe,
    pattern,
    record,
    text,
)

FORMAT = "wb-audit/1"
VERSION = 1
VERDICTS = ("flag", "clear", "watch", "escalate")
SCOPES = ("account", "set", "cluster", "campaign")
CONFIDENCES = ("low", "medium", "high")
NO_COUNTER = "none-found"

_ID = text(2048, least=1)
_SHORT = text(256)
_NOTE = text(8192)
_COUNT = integer(0, 10**12)
_TIME = integer(0)
SET = record(set=HEX64, count=_COUNT)

_WHO_FIELDS = {
    "name": text(256, least=1), "uid": integer(0, 2**32), "host": _SHORT, "key": _SHORT,
}  # fmt: skip
WHO = record(**_WHO_FIELDS)
_SUBJECT = record(kind=choice(*SCOPES), id=text(2048), set=HEX64_OR_NONE, count=_COUNT)
_SOURCES, _SCALARS = listing(HEX64, 64), mapping(SCALAR, 64)
_EVIDENCE_FIELDS: dict[str, Check] = {
    "query": text(256, least=1),
    "rev": integer(0, 10**9),
    "sha256": HEX64,
    "params": mapping(either(SCALAR, SET), 64),
    "generation": integer(0, 10**9),
    "sources": either(_SOURCES, SET),
    "result_sha256": HEX64,
    "rows": _COUNT,
    "ledger_head": HEX64,
}
_EVIDENCE = record(**_EVIDENCE_FIELDS)
_SAMPLE = record(n=_COUNT, N=_COUNT, found=_COUNT, low=RATIO, high=RATIO)
_DECISION_FIELDS: dict[str, Check] = {
    "verdict": choice(*VERDICTS),
    "scope": choice(*SCOPES),
    "subject": _SUBJECT,
    "reason": CODE,
    "confidence": choice(*CONFIDENCES),
    "note": _NOTE,
    "counter": _NOTE,
    "changes_my_mind": _NOTE,
    "expires": maybe(_TIME),
    "evidence": listing(_EVIDENCE, 32),
    "sample": maybe(_SAMPLE),
}
_DECISION_SHAPE = record(**_DECISION_FIELDS)


def _check_subject(value: Any, name: str) -> None:
    _SUBJECT.run(value, name)
    if value["kind"] == "account":
        if not value["id"] or value["set"] or value["count"] != 1:
            raise MalformedError(f"{name} of one account needs its id, no set, and the count 1")
    elif not value["set"]:
        raise MalformedError(f"{name} of kind {value['kind']} needs the set of its accounts")


def _check_decision(value: Any, name: str) -> None:
    _DECISION_SHAPE.run(value, name)
    _check_subject(value["subject"], "subject")
    if value["scope"] != value["subject"]["kind"]:
        raise MalformedError("scope must be the kind of its subject")
    if value["verdict"] == "flag" and not value["counter"].strip():
        raise MalformedError(
            f"counter must say what speaks against a flag ({NO_COUNTER!r} is allowed)"
        )


def _plain_decision() -> str:
    """The form of a decision on one account that names no list: the only very many there are.

    Whether a flag is countered the form cannot say; its groups are confidence, counter, expires,
    reason, account and verdict.
    """
    account = record(kind=choice("account"), id=_kept(_ID), set=EMPTY, count=integer(1, 1))
    listless = record(**{**_EVIDENCE_FIELDS, "params": _SCALARS, "sources": _SOURCES})
    kept = ("confidence", "counter", "expires", "reason", "verdict")
    special = {"scope": choice("account"), "subject": account, "evidence": listing(listless, 32)}
    groups = {name: _kept(_DECISION_FIELDS[name]) for name in kept}
    return record(**{**_DECISION_FIELDS, **special, **groups}).form


def _kept(check: Check) -> Check:
    """A value whose spelling becomes a group of the form; a text without its quotation marks."""
    text_form = check.form.startswith('"') and check.form.endswith('"')
    form = f'"({check.form[1:-1]})"' if text_form else f"({check.form})"
    return Check(check.run, form)


_SUBJECT_OF = Check(_check_subject)
_DECISION = Check(_check_decision)
_ORIGIN = record(case=_SHORT, id=HEX32, who=WHO, ts=_TIME, line=SET)

BODIES: dict[str, Check] = {
    # The first record of every ledger.
    "open": record(case=text(64, least=1), format=choice(FORMAT)),
    "decision": _DECISION,
    # A decision that counts once somebody else countersigns; `origin` where it came as a file.
    "proposal": record(decision=_DECISION, origin=maybe(_ORIGIN)),
    "countersign": record(
        record=HEX32, body_sha256=HEX64, answer=choice("agree", "refuse"), note=_NOTE,
        origin=maybe(_ORIGIN),
    ),
    # Takes back a decision, proposal, countersign, list or campaign edit.
    "reversal": record(record=HEX32, reason=CODE, note=_NOTE),
    "note": record(
        kind=choice("comment", "claim", "release", "step"), subject=choice(
            "account", "cluster", "campaign", "entity", "query", "case"
        ), id=text(2048), text=_NOTE,
    ),
    "list_edit": record(
        action=choice("add", "remove"), family=text(64, least=1), value=text(2048, least=1),
        role=choice("hub", "allow", "known_bad"), reason=_NOTE, until=maybe(_TIME),
    ),
    "campaign_edit": record(
        action=choice("merge", "split", "name", "exclude", "include", "create"), campaign=_ID,
        others=listing(_ID, 64), name=_SHORT, members=maybe(SET), reason=_NOTE,
    ),
    # A plan (`result` null) and later what its review found.
    "sample": record(
        subject=_SUBJECT_OF, seed=_SHORT, drawn=SET, level=DECIMAL,
        method=choice("wilson", "clopper-pearson"),
        strata=listing(record(name=_SHORT, total=_COUNT, drawn=_COUNT), 256),
        result=maybe(_SAMPLE),
    ),
    "export": record(
        what=_SHORT, format=_SHORT, path=text(1024), rows=_COUNT, columns=listing(_SHORT, 128),
        sha256=HEX64_OR_NONE, evidence=maybe(_EVIDENCE),
    ),
    "clipboard": record(what=_SHORT, entity=_SHORT, rows=_COUNT, chars=_COUNT, sha256=HEX64),
    "reveal": record(field=_SHORT, entity=_SHORT, id=text(2048), rows=_COUNT, reason=_NOTE),
    "report": record(
        what=_SHORT, id=text(2048), path=text(1024), files=_COUNT, sha256=HEX64_OR_NONE
    ),
    # `text` holds the policy file line by line; `sha256` is that of its bytes.
    "policy": record(sha256=HEX64, text=SET, signed=BOOLEAN, reason=_NOTE),
    "key": record(
        action=choice("add", "revoke"), principal=text(256, least=1), fingerprint=_SHORT,
        key=text(4096), after=maybe(_TIME), before=maybe(_TIME),
    ),
    "checkpoint": record(
        size=integer(1), root=HEX64, note=pattern("[0-9a-z-]{1,80}\\.note", "a note's file name"),
        note_sha256=HEX64, sig_sha256=HEX64_OR_NONE,
    ),
    # `lines` are the other ledger's records; `conflicts` the accounts on which the two disagree.
    "merge": record(
        case=text(64, least=1), size=_COUNT, root=HEX64, lines=SET, conflicts=maybe(SET),
        reason=_NOTE,
    ),
    # Bytes that are no record, or records that do not fit, each by offset, length and digest.
    "recovery": record(
        kind=choice("torn", "adopted", "forced"), reason=_NOTE,
        ranges=listing(
            record(what=choice("torn", "unreadable", "chain", "duplicate", "seen", "file", "span"),
                   off=integer(), len=integer(), sha256=HEX64), 256),
    ),
}  # fmt: skip

_ENVELOPE: dict[str, Check] = {
    "v": integer(VERSION, VERSION),
    "seq": integer(),
    "prev": HEX64,
    "h": HEX64,
    "id": HEX32,
    "type": choice(*BODIES),
    "ts": _TIME,
    "mono": _TIME,
    "boot": HEX32,
    "who": WHO,
    "tool": _SHORT,
    "seen": record(size=integer(), root=HEX64),
    "body": Check(lambda value, name: None),
    "sig": pattern("[A-Za-z0-9+/=]{0,8192}", "a signature in base64, or empty"),
}
_envelope = record(**_ENVELOPE).run


def plain_form() -> str:
    """What matches the commonest line, an unsigned decision on one account that names no list.

    Its groups are those of the decision, then boot, h, id, mono, prev, root and size seen, seq, ts
    and the author's name. The names inside `params` may be out of order or repeated (`params_form`
    finds them, to be looked at), and a flag may lack what speaks against it.
    """
    special = {
        "body": Check(_DECISION.run, _plain_decision()),
        "type": choice("decision"),
        "sig": EMPTY,
        "seen": record(size=_kept(integer()), root=_kept(HEX64)),
        "who": record(**{**_WHO_FIELDS, "name": _kept(_WHO_FIELDS["name"])}),
        **{
            name: _kept(_ENVELOPE[name])
            for name in ("boot", "h", "id", "mono", "prev", "seq", "ts")
        },
    }
    return record(**{**_ENVELOPE, **special}).form


def params_form() -> str:
    """What matches `"params":{…}` in a line that `plain_form` matches; the object is its group."""
    return f'"params":({_SCALARS.form})'


def check_body(kind: str, body: Any) -> None:
    """Raise MalformedError, naming the field, where the body does not fit its type."""
    inner = BODIES.get(kind)
    if inner is None:
        raise MalformedError(f"type must be one of {', '.join(BODIES)}")
    inner.run(body, "body")


def check_record(fields: Any) -> None:
    """Raise MalformedError, naming the field, where a whole record does not fit wb-audit/1."""
    _envelope(fields, "record")
    BODIES[fields["type"]].run(fields["body"], "body")
    if fields["sig"] and not fields["who"]["key"]:
        raise MalformedError("key must name the key of a signed record")


def refers(fields: Any) -> bool:
    """Whether a record may name a set: false only for a decision that can be seen to name none."""
    if fields["type"] != "decision":
        return fields["type"] not in ("note", "reversal", "clipboard", "reveal", "report")
    body = fields["body"]
    return bool(body["subject"]["set"]) or any(
        type(entry["sources"]) is dict
        or any(type(value) is dict for value in entry["params"].values())
        for entry in body["evidence"]
    )


def references(value: Any) -> list[tuple[str, int]]:
    """Every set that a body names, with its count."""
    found: list[tuple[str, int]] = []
    if isinstance(value, dict):
        if isinstance(value.get("set"), str) and value["set"] and "count" in value:
            found.append((value["set"], value["count"]))
        for key, inner in value.items():
            # Parameters bear free names: one called `set` is no reference.
            found += references(list(inner.values()) if key == "params" else inner)
    elif isinstance(value, list):
        for inner in value:
            found += references(inner)
    return found
