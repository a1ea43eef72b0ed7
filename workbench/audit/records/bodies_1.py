"""The bodies of records of version 1: every type and every field, frozen as they were written.

Times are UTC microseconds since 1970. Ratios are decimal texts, so that no record holds a float.
A `{"set", "count"}` names a file of audit.d/sets by its SHA-256 and says how many lines it has.
What version 2 left as it was it takes from here.
"""

from __future__ import annotations

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
VERDICTS = ("flag", "clear", "watch", "escalate")
SCOPES = ("account", "set", "cluster", "campaign")
CONFIDENCES = ("low", "medium", "high")
NO_COUNTER = "none-found"

NAME = text(2048)
ID = text(2048, least=1)
SHORT = text(256)
NOTE = text(8192)
COUNT = integer(0, 10**12)
TIME = integer(0)
SET = named(
    "set",
    record(set=HEX64, count=COUNT),
    "A stored list by the SHA-256 of its file in audit.d/sets, and how many lines it has.",
)

WHO_FIELDS = {
    "name": text(256, least=1), "uid": integer(0, 2**32), "host": SHORT, "key": SHORT,
}  # fmt: skip
WHO = named(
    "who",
    record(**WHO_FIELDS),
    "Who acted: display name, login, host, fingerprint of the SSH key (empty where there is none).",
)
SUBJECT_FIELDS = {
    "kind": choice(*SCOPES), "id": NAME, "set": HEX64_OR_NONE, "count": COUNT,
}  # fmt: skip
SUBJECT = named(
    "subject",
    record(
        when(
            "kind", choice("account"), "a subject of one account needs its id, no set, the count 1",
            id=ID, set=EMPTY, count=integer(1, 1),
        ),
        when(
            "kind", choice("set", "cluster", "campaign"),
            "a subject that is no single account needs the set of its accounts",
            set=HEX64,
        ),
        **SUBJECT_FIELDS,
    ),
    "Whom a record is about: one account by its id, or a stored list of accounts.",
)  # fmt: skip
SOURCES, SCALARS = list_of(HEX64, 64), mapping(SCALAR, 64)
EVIDENCE_FIELDS: dict[str, Check] = {
    "query": text(256, least=1),
    "rev": integer(0, 10**9),
    "sha256": HEX64,
    "params": mapping(either(SCALAR, SET), 64),
    "generation": integer(0, 10**9),
    "sources": either(SOURCES, SET),
    "result_sha256": HEX64,
    "rows": COUNT,
    "ledger_head": HEX64,
}
EVIDENCE = named(
    "evidence",
    record(**EVIDENCE_FIELDS),
    "What a decision rests on: a query's text, its parameters, the data, the result.",
)
SAMPLE = named(
    "found",
    record(n=COUNT, N=COUNT, found=COUNT, low=RATIO, high=RATIO),
    "What the review of a sample found: n of N looked at, how many wrong, the rate's interval.",
)
DECISION_FIELDS: dict[str, Check] = {
    "verdict": choice(*VERDICTS),
    "scope": choice(*SCOPES),
    "subject": SUBJECT,
    "reason": CODE,
    "confidence": choice(*CONFIDENCES),
    "note": NOTE,
    "counter": NOTE,
    "changes_my_mind": NOTE,
    "expires": maybe(TIME),
    "evidence": list_of(EVIDENCE, 32),
    "sample": maybe(SAMPLE),
}
DECISION_RULES = (
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
DECISION = named(
    "decision",
    record(*DECISION_RULES, **DECISION_FIELDS),
    "The body of a decision, and what a proposal proposes.",
)


ORIGIN = named(
    "origin",
    record(case=SHORT, id=HEX32, who=WHO, ts=TIME, line=SET),
    "Where a record that came as a file came from; `line` is the one line it was there.",
)

STRATUM = named(
    "stratum",
    record(name=SHORT, total=COUNT, drawn=COUNT),
    "A part of the set a sample was drawn from.",
)
RANGE = named(
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
    "decision": ("", DECISION),
    "proposal": (
        "A decision that counts once somebody else countersigns; `origin` where it came as a file.",
        record(decision=DECISION, origin=maybe(ORIGIN)),
    ),
    "countersign": (
        "The answer to a proposal, bound to its decision by the SHA-256 of its canonical bytes.",
        record(
            record=HEX32, body_sha256=HEX64, answer=choice("agree", "refuse"), note=NOTE,
            origin=maybe(ORIGIN),
        ),
    ),
    "reversal": (
        "Takes back a decision, proposal, list edit or campaign edit.",
        record(record=HEX32, reason=CODE, note=NOTE),
    ),
    "note": (
        "A remark, a claim or its release, or a step of a playbook.",
        record(
            kind=choice("comment", "claim", "release", "step"), id=NAME, text=NOTE,
            subject=choice("account", "cluster", "campaign", "entity", "query", "case"),
        ),
    ),
    "list_edit": (
        "A value that is put on a list, or taken off.",
        record(
            action=choice("add", "remove"), family=text(64, least=1), value=text(2048, least=1),
            role=choice("hub", "allow", "known_bad"), reason=NOTE, until=maybe(TIME),
        ),
    ),
    "campaign_edit": (
        "What an analyst makes of campaigns; `members` are the accounts it is about.",
        record(
            action=choice("merge", "split", "name", "exclude", "include", "create"), campaign=ID,
            others=list_of(ID, 64), name=SHORT, members=maybe(SET), reason=NOTE,
        ),
    ),
    "sample": (
        "A draw (`result` null), and later the same draw with what its review found.",
        record(
            subject=SUBJECT, seed=SHORT, drawn=SET, level=DECIMAL,
            method=choice("wilson", "clopper-pearson"), strata=list_of(STRATUM, 256),
            result=maybe(SAMPLE),
        ),
    ),
    "export": (
        "A result that left the case as a file.",
        record(
            what=SHORT, format=SHORT, path=text(1024), rows=COUNT, columns=list_of(SHORT, 128),
            sha256=HEX64_OR_NONE, evidence=maybe(EVIDENCE),
        ),
    ),
    "clipboard": (
        "A text that left by the clipboard, by the digest of its UTF-8.",
        record(what=SHORT, entity=SHORT, rows=COUNT, chars=COUNT, sha256=HEX64),
    ),
    "reveal": (
        "Masked columns that were shown: which, of what, and why.",
        record(field=SHORT, entity=SHORT, id=NAME, rows=COUNT, reason=NOTE),
    ),
    "report": (
        "A packet that was written; the digest is that of its list of files.",
        record(what=SHORT, id=NAME, path=text(1024), files=COUNT, sha256=HEX64_OR_NONE),
    ),
    "policy": (
        "The policy from here on; `text` is its file line by line, `sha256` that of its bytes.",
        record(sha256=HEX64, text=SET, signed=BOOLEAN, reason=NOTE),
    ),
    "key": (
        "A public key that may sign (from `after`, before `before`), or may no more.",
        record(
            action=choice("add", "revoke"), principal=text(256, least=1), fingerprint=SHORT,
            key=text(4096), after=maybe(TIME), before=maybe(TIME),
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
            case=text(64, least=1), size=COUNT, root=HEX64, lines=SET, conflicts=maybe(SET),
            reason=NOTE,
        ),
    ),
    "recovery": (
        "Bytes that are no record, or records that do not fit, each by place and digest.",
        record(kind=choice("torn", "adopted", "forced"), reason=NOTE, ranges=list_of(RANGE, 256)),
    ),
}  # fmt: skip
BODIES_1: dict[str, Check] = {
    kind: named(kind, body, meaning) if meaning else body
    for kind, (meaning, body) in _BODIES.items()
}
