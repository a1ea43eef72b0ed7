"""The bodies of records of version 2: what every record that is written today may hold.

What is not said here is as in version 1. A decision says what was shown before it was made, and
evidence on whose query, on which analysis and on which engine it rests; what weakens the rules of
a case waits for a second person, or says why one person acted alone.
"""

from __future__ import annotations

from workbench.audit.records.bodies_1 import (
    BODIES_1,
    COUNT,
    DECISION,
    DECISION_FIELDS,
    DECISION_RULES,
    EVIDENCE_FIELDS,
    ID,
    NAME,
    NOTE,
    ORIGIN,
    SET,
    SHORT,
    TIME,
)
from workbench.audit.records.field_checks import (
    BOOLEAN,
    FALSE,
    HEX32,
    HEX64,
    HEX64_OR_NONE,
    NULL,
    Check,
    choice,
    either,
    integer,
    list_of,
    maybe,
    named,
    record,
    text,
    when,
)

TRUST = ("shipped", "own", "case", "typed")
ROLES = ("hub", "allow", "known_bad", "watch")

_NUMBER = integer(0, 10**9)
EVIDENCE_FIELDS_2: dict[str, Check] = {
    **EVIDENCE_FIELDS,
    "trust": choice(*TRUST),
    "analysis": _NUMBER,
    "engine": maybe(text(64, least=1)),
    "snapshot": maybe(text(256, least=1)),
    "masked": list_of(text(64, least=1), 64),
}
_EVIDENCE = named(
    "evidence-2",
    record(
        when("engine", NULL, "a snapshot is of a remote engine", snapshot=NULL),
        **EVIDENCE_FIELDS_2,
    ),
    "What a decision rests on: whose query, its parameters, the data, the engine, the result.",
)
_PREVIEW = named(
    "preview",
    record(accounts=COUNT, flagged=COUNT, cleared=COUNT, members=HEX64),
    "What was shown before the decision: how many accounts, how many of them were flagged and "
    "cleared, and the SHA-256 of the list of them.",
)
_STORED = named(
    "stored",
    record(accounts=COUNT, members=HEX64, generation=_NUMBER, analysis=_NUMBER),
    "What the store itself gave for the subject's id: how many accounts, the SHA-256 of the list.",
)
DECISION_FIELDS_2: dict[str, Check] = {
    **DECISION_FIELDS,
    "evidence": list_of(_EVIDENCE, 32),
    "preview": maybe(_PREVIEW),
    "stored": maybe(_STORED),
}
_DECISION = named(
    "decision-2",
    record(*DECISION_RULES, **DECISION_FIELDS_2),
    "The body of a decision, and what a proposal proposes.",
)
_WAITING = when(
    "alone", text(8192, least=1), "what one person does alone waits for nobody", waits=FALSE
)

_BODIES: dict[str, tuple[str, Check]] = {
    "decision": ("", _DECISION),
    "proposal": (
        "A decision that counts once somebody else countersigns it; one that came as a file stays "
        "in the version in which it was made.",
        record(decision=either(DECISION, _DECISION), origin=maybe(ORIGIN)),
    ),
    "list_edit": (
        "A value that is put on a list, or taken off.",
        record(
            action=choice("add", "remove"), family=text(64, least=1), value=ID,
            role=choice(*ROLES), reason=NOTE, until=maybe(TIME),
        ),
    ),
    "export": (
        "A result that left the case as a file.",
        record(
            what=SHORT, format=SHORT, path=text(1024), rows=COUNT, columns=list_of(SHORT, 128),
            sha256=HEX64_OR_NONE, evidence=maybe(_EVIDENCE),
        ),
    ),
    "policy": (
        "The policy from here on, or once a second person agrees (`waits`); `text` is its file "
        "line by line, `sha256` that of its bytes, `alone` why one person set it alone.",
        record(
            _WAITING,
            sha256=HEX64, text=SET, signed=BOOLEAN, reason=NOTE, alone=NOTE, waits=BOOLEAN,
        ),
    ),
    "key": (
        "A public key that may sign (from `after`, before `before`), or may no more; at once, or "
        "once a second person agrees (`waits`).",
        record(
            _WAITING,
            action=choice("add", "revoke"), principal=text(256, least=1), fingerprint=SHORT,
            key=text(4096), after=maybe(TIME), before=maybe(TIME), reason=NOTE, alone=NOTE,
            waits=BOOLEAN,
        ),
    ),
    "merge": (
        "Records brought from another ledger of the case; accounts on which the two disagree, and "
        "records to which they gave opposite answers.",
        record(
            case=text(64, least=1), size=COUNT, root=HEX64, lines=SET, conflicts=maybe(SET),
            disputes=maybe(SET), reason=NOTE,
        ),
    ),
    "resolve": (
        "Ends the dispute on a record to which two ledgers gave opposite answers: it stands "
        "(agree), or does not (refuse).",
        record(record=HEX32, answer=choice("agree", "refuse"), note=NOTE),
    ),
    "hit": (
        "A value of a list that returned: put there by `record`, seen again on `accounts`.",
        record(
            record=HEX32, family=text(64, least=1), value=ID, role=choice(*ROLES), accounts=SET,
            generation=_NUMBER, analysis=_NUMBER, evidence=maybe(_EVIDENCE), note=NOTE,
        ),
    ),
    "pin": (
        "A result, or cells of one row by row, kept in the notebook of the case.",
        record(
            subject=choice("account", "cluster", "campaign", "entity", "query", "case"), id=NAME,
            title=text(256, least=1), text=NOTE, columns=list_of(SHORT, 128), cells=maybe(SET),
            evidence=maybe(_EVIDENCE), replaces=maybe(HEX32),
        ),
    ),
}  # fmt: skip
BODIES_2: dict[str, Check] = {
    **BODIES_1,
    **{
        kind: named(f"{kind}-2" if kind in BODIES_1 else kind, body, meaning) if meaning else body
        for kind, (meaning, body) in _BODIES.items()
    },
}
