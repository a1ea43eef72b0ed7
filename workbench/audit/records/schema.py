"""wb-audit/1: every record type and every field, checked alike on write and on verify.

Times are UTC microseconds since 1970. Ratios are decimal texts, so that no record holds a float.
A `{"set", "count"}` names a file of audit.d/sets by its SHA-256 and says how many lines it has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.audit.errors import MalformedError
from workbench.audit.records.field_checks import (
    ANYTHING,
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
    depending_on,
    either,
    having,
    integer,
    list_of,
    mapping,
    maybe,
    named,
    pattern,
    record,
    spoken,
    text,
    when,
)

FORMAT = "wb-audit/1"
VERSION = 1
VERDICTS = ("flag", "clear", "watch", "escalate")
SCOPES = ("account", "set", "cluster", "campaign")
CONFIDENCES = ("low", "medium", "high")
NO_COUNTER = "none-found"

_NAME = text(2048)
_ID = text(2048, least=1)
_SHORT = text(256)
_NOTE = text(8192)
_COUNT = integer(0, 10**12)
_TIME = integer(0)
SET = named(
    "set",
    record(set=HEX64, count=_COUNT),
    "A stored list by the SHA-256 of its file in audit.d/sets, and how many lines it has.",
)

_WHO_FIELDS = {
    "name": text(256, least=1), "uid": integer(0, 2**32), "host": _SHORT, "key": _SHORT,
}  # fmt: skip
WHO = named(
    "who",
    record(**_WHO_FIELDS),
    "Who acted: display name, login, host, fingerprint of the SSH key (empty where there is none).",
)
_SUBJECT_FIELDS = {
    "kind": choice(*SCOPES), "id": _NAME, "set": HEX64_OR_NONE, "count": _COUNT,
}  # fmt: skip
_SUBJECT = named(
    "subject",
    record(
        when(
            "kind", choice("account"), "a subject of one account needs its id, no set, the count 1",
            id=_ID, set=EMPTY, count=integer(1, 1),
        ),
        when(
            "kind", choice("set", "cluster", "campaign"),
            "a subject that is no single account needs the set of its accounts",
            set=HEX64,
        ),
        **_SUBJECT_FIELDS,
    ),
    "Whom a record is about: one account by its id, or a stored list of accounts.",
)  # fmt: skip
_SOURCES, _SCALARS = list_of(HEX64, 64), mapping(SCALAR, 64)
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
_EVIDENCE = named(
    "evidence",
    record(**_EVIDENCE_FIELDS),
    "What a decision rests on: a query's text, its parameters, the data, the result.",
)
_SAMPLE = named(
    "found",
    record(n=_COUNT, N=_COUNT, found=_COUNT, low=RATIO, high=RATIO),
    "What the review of a sample found: n of N looked at, how many wrong, the rate's interval.",
)
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
    "evidence": list_of(_EVIDENCE, 32),
    "sample": maybe(_SAMPLE),
}
_DECISION_RULES = (
    when(
        "verdict", choice("flag"),
        f"counter must say what speaks against a flag ({NO_COUNTER!r} is allowed)",
        counter=spoken(8192),
    ),
    *(
        when(
            "scope", choice(scope), "scope must be the kind of its subject",
            subject=having(kind=choice(scope)),
        )
        for scope in SCOPES
    ),
)  # fmt: skip
_DECISION = named(
    "decision",
    record(*_DECISION_RULES, **_DECISION_FIELDS),
    "The body of a decision, and what a proposal proposes.",
)


def _plain_decision() -> str:
    """The form of a decision on one account that names no list: the only very many there are.

    Whether a flag is countered the form cannot say; its groups are confidence, counter, expires,
    reason, account and verdict.
    """
    account = record(kind=choice("account"), id=_kept(_ID), set=EMPTY, count=integer(1, 1))
    listless = record(**{**_EVIDENCE_FIELDS, "params": _SCALARS, "sources": _SOURCES})
    kept = ("confidence", "counter", "expires", "reason", "verdict")
    special = {"scope": choice("account"), "subject": account, "evidence": list_of(listless, 32)}
    groups = {name: _kept(_DECISION_FIELDS[name]) for name in kept}
    return record(**{**_DECISION_FIELDS, **special, **groups}).form


def _kept(check: Check) -> Check:
    """A value whose spelling becomes a group of the form; a text without its quotation marks."""
    text_form = check.form.startswith('"') and check.form.endswith('"')
    form = f'"({check.form[1:-1]})"' if text_form else f"({check.form})"
    return replace(check, form=form)


_ORIGIN = named(
    "origin",
    record(case=_SHORT, id=HEX32, who=WHO, ts=_TIME, line=SET),
    "Where a record that came as a file came from; `line` is the one line it was there.",
)

_STRATUM = named(
    "stratum",
    record(name=_SHORT, total=_COUNT, drawn=_COUNT),
    "A part of the set a sample was drawn from.",
)
_RANGE = named(
    "range",
    record(
        what=choice("torn", "unreadable", "chain", "duplicate", "seen", "file", "span"),
        off=integer(), len=integer(), sha256=HEX64,
    ),
    "Bytes of the ledger that are accounted for; of `what` file, a file of audit.d by its digest.",
)  # fmt: skip

_BODIES: dict[str, tuple[str, Check]] = {
    "open": (
        "The first record of every ledger.",
        record(case=text(64, least=1), format=choice(FORMAT)),
    ),
    "decision": ("", _DECISION),
    "proposal": (
        "A decision that counts once somebody else countersigns; `origin` where it came as a file.",
        record(decision=_DECISION, origin=maybe(_ORIGIN)),
    ),
    "countersign": (
        "The answer to a proposal, bound to its decision by the SHA-256 of its canonical bytes.",
        record(
            record=HEX32, body_sha256=HEX64, answer=choice("agree", "refuse"), note=_NOTE,
            origin=maybe(_ORIGIN),
        ),
    ),
    "reversal": (
        "Takes back a decision, proposal, list edit or campaign edit.",
        record(record=HEX32, reason=CODE, note=_NOTE),
    ),
    "note": (
        "A remark, a claim or its release, or a step of a playbook.",
        record(
            kind=choice("comment", "claim", "release", "step"), id=_NAME, text=_NOTE,
            subject=choice("account", "cluster", "campaign", "entity", "query", "case"),
        ),
    ),
    "list_edit": (
        "A value that is put on a list, or taken off.",
        record(
            action=choice("add", "remove"), family=text(64, least=1), value=text(2048, least=1),
            role=choice("hub", "allow", "known_bad"), reason=_NOTE, until=maybe(_TIME),
        ),
    ),
    "campaign_edit": (
        "What an analyst makes of campaigns; `members` are the accounts it is about.",
        record(
            action=choice("merge", "split", "name", "exclude", "include", "create"), campaign=_ID,
            others=list_of(_ID, 64), name=_SHORT, members=maybe(SET), reason=_NOTE,
        ),
    ),
    "sample": (
        "A draw (`result` null), and later the same draw with what its review found.",
        record(
            subject=_SUBJECT, seed=_SHORT, drawn=SET, level=DECIMAL,
            method=choice("wilson", "clopper-pearson"), strata=list_of(_STRATUM, 256),
            result=maybe(_SAMPLE),
        ),
    ),
    "export": (
        "A result that left the case as a file.",
        record(
            what=_SHORT, format=_SHORT, path=text(1024), rows=_COUNT, columns=list_of(_SHORT, 128),
            sha256=HEX64_OR_NONE, evidence=maybe(_EVIDENCE),
        ),
    ),
    "clipboard": (
        "A text that left by the clipboard, by the digest of its UTF-8.",
        record(what=_SHORT, entity=_SHORT, rows=_COUNT, chars=_COUNT, sha256=HEX64),
    ),
    "reveal": (
        "Masked columns that were shown: which, of what, and why.",
        record(field=_SHORT, entity=_SHORT, id=_NAME, rows=_COUNT, reason=_NOTE),
    ),
    "report": (
        "A packet that was written; the digest is that of its list of files.",
        record(what=_SHORT, id=_NAME, path=text(1024), files=_COUNT, sha256=HEX64_OR_NONE),
    ),
    "policy": (
        "The policy from here on; `text` is its file line by line, `sha256` that of its bytes.",
        record(sha256=HEX64, text=SET, signed=BOOLEAN, reason=_NOTE),
    ),
    "key": (
        "A public key that may sign (from `after`, before `before`), or may no more.",
        record(
            action=choice("add", "revoke"), principal=text(256, least=1), fingerprint=_SHORT,
            key=text(4096), after=maybe(_TIME), before=maybe(_TIME),
        ),
    ),
    "checkpoint": (
        "A note of size and root that was written to audit.d/checkpoints, and its signature.",
        record(
            size=integer(1), root=HEX64, note_sha256=HEX64, sig_sha256=HEX64_OR_NONE,
            note=pattern("[0-9a-z-]{1,80}\\.note", "a note's file name"),
        ),
    ),
    "merge": (
        "Records brought from another ledger of the case, and accounts on which the two disagree.",
        record(
            case=text(64, least=1), size=_COUNT, root=HEX64, lines=SET, conflicts=maybe(SET),
            reason=_NOTE,
        ),
    ),
    "recovery": (
        "Bytes that are no record, or records that do not fit, each by place and digest.",
        record(kind=choice("torn", "adopted", "forced"), reason=_NOTE, ranges=list_of(_RANGE, 256)),
    ),
}  # fmt: skip
BODIES: dict[str, Check] = {
    kind: named(kind, body, meaning) if meaning else body
    for kind, (meaning, body) in _BODIES.items()
}

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
    "seen": named(
        "seen",
        record(size=integer(), root=HEX64),
        "How many lines of this ledger the writer had verified, and their root.",
    ),
    "body": ANYTHING,
    "sig": pattern("[A-Za-z0-9+/=]{0,8192}", "a signature in base64, or empty"),
}
RECORD = named(
    "record-1",
    record(
        depending_on("type", "body", BODIES),
        when(
            "sig", text(8192, least=1), "who.key must name the key of a signed record",
            who=having(key=text(256, least=1)),
        ),
        **_ENVELOPE,
    ),
    "One line of a ledger, version 1.",
)  # fmt: skip


def plain_form() -> str:
    """What matches the commonest line, an unsigned decision on one account that names no list.

    Its groups are those of the decision, then boot, h, id, mono, prev, root and size seen, seq, ts
    and the author's name. The names inside `params` may be out of order or repeated (`params_form`
    finds them, to be looked at), and a flag may lack what speaks against it.
    """
    special = {
        "body": replace(ANYTHING, form=_plain_decision()),
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
    RECORD.run(fields, "record")


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
