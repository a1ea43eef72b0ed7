"""The format wb-audit/1: what one record, of version 1 or 2, and one checkpoint note are.

verify.py and proof.py read it; the four files travel together and need nothing but Python. They
are written apart from the program that writes ledgers, from the format alone.
"""

import base64
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from typing import Any, BinaryIO

MAX = 2**53
TRILLION = 10**12
# What a text may not consist of alone where something must be said.
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
Test = Callable[[Any], bool]


def text(most: int, least: int = 0) -> Test:
    """A string of so many characters."""
    return lambda value: type(value) is str and least <= len(value) <= most


def spelled(pattern: str) -> Test:
    """A string that the pattern matches from its first character to its last."""
    match = re.compile(pattern).fullmatch
    return lambda value: type(value) is str and match(value) is not None


def word(*words: str) -> Test:
    """One of the words."""
    return lambda value: type(value) is str and value in words


def number(least: int, most: int) -> Test:
    """An integer within bounds; true, 1.0 and 1e0 are none."""
    return lambda value: type(value) is int and least <= value <= most


def boolean(value: Any) -> bool:
    """true or false."""
    return type(value) is bool


def null(value: Any) -> bool:
    """null."""
    return value is None


def any_of(*tests: Test) -> Test:
    """What one of the tests allows."""
    return lambda value: any(test(value) for test in tests)


def list_of(test: Test, most: int) -> Test:
    """A list of at most so many values."""
    return lambda value: type(value) is list and len(value) <= most and all(map(test, value))


def fields(**tests: Test) -> Test:
    """An object with exactly these fields."""
    return lambda value: (
        type(value) is dict
        and value.keys() == tests.keys()
        and all(test(value[name]) for name, test in tests.items())
    )


def free_names(test: Test) -> Test:
    """An object of at most 64 fields with plain names."""
    plain = spelled("[A-Za-z0-9_.-]{1,64}")
    return lambda value: (
        type(value) is dict
        and len(value) <= 64
        and all(map(plain, value))
        and all(map(test, value.values()))
    )


def subject(value: Any) -> bool:
    """Whom a record is about: one account by its id, or a list of accounts."""
    if not SUBJECT(value):
        return False
    if value["kind"] == "account":
        return bool(value["id"]) and not value["set"] and value["count"] == 1
    return bool(value["set"])


def decision(value: Any) -> bool:
    """A decision of version 1."""
    return DECISION(value) and fits_together(value)


def decision_2(value: Any) -> bool:
    """A decision of version 2."""
    return DECISION_2(value) and fits_together(value)


def evidence_2(value: Any) -> bool:
    """Evidence of version 2: a snapshot is of a remote engine."""
    return EVIDENCE_2(value) and (value["engine"] is not None or value["snapshot"] is None)


def policy_2(value: Any) -> bool:
    """A policy of version 2: what one person does alone waits for nobody."""
    return POLICY_2(value) and not (value["alone"] and value["waits"])


def key_2(value: Any) -> bool:
    """A key of version 2: as a policy."""
    return KEY_2(value) and not (value["alone"] and value["waits"])


def fits_together(value: Any) -> bool:
    """A decision: about what its scope says, and a flag with what speaks against it."""
    return bool(
        value["scope"] == value["subject"]["kind"]
        and (value["verdict"] != "flag" or value["counter"].strip(WHITE_SPACE) != "")
    )


SHA256, SHA256_OR_NONE = spelled("[0-9a-f]{64}"), spelled("([0-9a-f]{64})?")
ID = spelled("[0-9a-f]{32}")
CODE = spelled("[A-Z][A-Z0-9-]{0,31}")
DECIMAL = spelled(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
SHARE = spelled(r"0(\.[0-9]{1,9})?|1(\.0{1,9})?")
SHORT, LONG, NAME, SOME_NAME = text(256), text(8192), text(2048), text(2048, 1)
TIME, COUNT = number(0, MAX), number(0, TRILLION)
LIST = fields(set=SHA256, count=COUNT)
MAYBE_LIST, MAYBE_TIME = any_of(null, LIST), any_of(null, TIME)
WHO = fields(name=text(256, 1), uid=number(0, 2**32), host=SHORT, key=SHORT)
SUBJECT = fields(
    kind=word("account", "set", "cluster", "campaign"), id=NAME, set=SHA256_OR_NONE, count=COUNT
)
PARAMETER = any_of(null, boolean, number(-MAX, MAX), text(1024), LIST)
EVIDENCE_FIELDS: dict[str, Test] = {
    "query": text(256, 1), "rev": number(0, 10**9), "sha256": SHA256,
    "params": free_names(PARAMETER),
    "generation": number(0, 10**9), "sources": any_of(list_of(SHA256, 64), LIST),
    "result_sha256": SHA256, "rows": COUNT, "ledger_head": SHA256,
}  # fmt: skip
EVIDENCE = fields(**EVIDENCE_FIELDS)
NUMBER = number(0, 10**9)
EVIDENCE_2 = fields(
    **EVIDENCE_FIELDS, trust=word("shipped", "own", "case", "typed"), analysis=NUMBER,
    engine=any_of(null, text(64, 1)), snapshot=any_of(null, text(256, 1)),
    masked=list_of(text(64, 1), 64),
)  # fmt: skip
MAYBE_EVIDENCE_2 = any_of(null, evidence_2)
FOUND = fields(n=COUNT, N=COUNT, found=COUNT, low=SHARE, high=SHARE)
DECISION_FIELDS: dict[str, Test] = {
    "verdict": word("flag", "clear", "watch", "escalate"),
    "scope": word("account", "set", "cluster", "campaign"), "subject": subject, "reason": CODE,
    "confidence": word("low", "medium", "high"), "note": LONG, "counter": LONG,
    "changes_my_mind": LONG,
    "expires": MAYBE_TIME, "sample": any_of(null, FOUND),
}  # fmt: skip
DECISION = fields(**DECISION_FIELDS, evidence=list_of(EVIDENCE, 32))
DECISION_2 = fields(
    **DECISION_FIELDS, evidence=list_of(evidence_2, 32),
    preview=any_of(null, fields(accounts=COUNT, flagged=COUNT, cleared=COUNT, members=SHA256)),
    stored=any_of(
        null, fields(accounts=COUNT, members=SHA256, generation=NUMBER, analysis=NUMBER)
    ),
)  # fmt: skip
ORIGIN = any_of(null, fields(case=SHORT, id=ID, who=WHO, ts=TIME, line=LIST))
STRATUM = fields(name=SHORT, total=COUNT, drawn=COUNT)
RANGE = fields(
    what=word("torn", "unreadable", "chain", "duplicate", "seen", "file", "span"),
    off=TIME, len=TIME, sha256=SHA256,
)  # fmt: skip
BODIES: dict[str, Test] = {
    "open": fields(case=text(64, 1), format=word("wb-audit/1")),
    "decision": decision,
    "proposal": fields(decision=decision, origin=ORIGIN),
    "countersign": fields(
        record=ID, body_sha256=SHA256, answer=word("agree", "refuse"), note=LONG, origin=ORIGIN
    ),
    "reversal": fields(record=ID, reason=CODE, note=LONG),
    "note": fields(
        kind=word("comment", "claim", "release", "step"), id=NAME, text=LONG,
        subject=word("account", "cluster", "campaign", "entity", "query", "case"),
    ),
    "list_edit": fields(
        action=word("add", "remove"), family=text(64, 1), value=SOME_NAME,
        role=word("hub", "allow", "known_bad"), reason=LONG, until=MAYBE_TIME,
    ),
    "campaign_edit": fields(
        action=word("merge", "split", "name", "exclude", "include", "create"),
        campaign=SOME_NAME, others=list_of(SOME_NAME, 64), name=SHORT, members=MAYBE_LIST,
        reason=LONG,
    ),
    "sample": fields(
        subject=subject, seed=SHORT, drawn=LIST, level=DECIMAL,
        method=word("wilson", "clopper-pearson"), strata=list_of(STRATUM, 256),
        result=any_of(null, FOUND),
    ),
    "export": fields(
        what=SHORT, format=SHORT, path=text(1024), rows=COUNT, columns=list_of(SHORT, 128),
        sha256=SHA256_OR_NONE, evidence=any_of(null, EVIDENCE),
    ),
    "clipboard": fields(what=SHORT, entity=SHORT, rows=COUNT, chars=COUNT, sha256=SHA256),
    "reveal": fields(field=SHORT, entity=SHORT, id=NAME, rows=COUNT, reason=LONG),
    "report": fields(what=SHORT, id=NAME, path=text(1024), files=COUNT, sha256=SHA256_OR_NONE),
    "policy": fields(sha256=SHA256, text=LIST, signed=boolean, reason=LONG),
    "key": fields(
        action=word("add", "revoke"), principal=text(256, 1), fingerprint=SHORT, key=text(4096),
        after=MAYBE_TIME, before=MAYBE_TIME,
    ),
    "checkpoint": fields(
        size=number(1, MAX), root=SHA256, note=spelled(r"[0-9a-z-]{1,80}\.note"),
        note_sha256=SHA256, sig_sha256=SHA256_OR_NONE,
    ),
    "merge": fields(
        case=text(64, 1), size=COUNT, root=SHA256, lines=LIST, conflicts=MAYBE_LIST, reason=LONG
    ),
    "recovery": fields(
        kind=word("torn", "adopted", "forced"), reason=LONG, ranges=list_of(RANGE, 256)
    ),
}  # fmt: skip
POLICY_2 = fields(sha256=SHA256, text=LIST, signed=boolean, reason=LONG, alone=LONG, waits=boolean)
KEY_2 = fields(
    action=word("add", "revoke"), principal=text(256, 1), fingerprint=SHORT, key=text(4096),
    after=MAYBE_TIME, before=MAYBE_TIME, reason=LONG, alone=LONG, waits=boolean,
)  # fmt: skip
ROLE_2 = word("hub", "allow", "known_bad", "watch")
BODIES_2: dict[str, Test] = {
    **BODIES,
    "decision": decision_2,
    "proposal": fields(decision=any_of(decision, decision_2), origin=ORIGIN),
    "list_edit": fields(
        action=word("add", "remove"), family=text(64, 1), value=SOME_NAME, role=ROLE_2,
        reason=LONG, until=MAYBE_TIME,
    ),
    "export": fields(
        what=SHORT, format=SHORT, path=text(1024), rows=COUNT, columns=list_of(SHORT, 128),
        sha256=SHA256_OR_NONE, evidence=MAYBE_EVIDENCE_2,
    ),
    "policy": policy_2,
    "key": key_2,
    "merge": fields(
        case=text(64, 1), size=COUNT, root=SHA256, lines=LIST, conflicts=MAYBE_LIST,
        disputes=MAYBE_LIST, reason=LONG,
    ),
    "resolve": fields(record=ID, answer=word("agree", "refuse"), note=LONG),
    "hit": fields(
        record=ID, family=text(64, 1), value=SOME_NAME, role=ROLE_2, accounts=LIST,
        generation=NUMBER, analysis=NUMBER, evidence=MAYBE_EVIDENCE_2, note=LONG,
    ),
    "pin": fields(
        subject=word("account", "cluster", "campaign", "entity", "query", "case"), id=NAME,
        title=text(256, 1), text=LONG, columns=list_of(SHORT, 128), cells=MAYBE_LIST,
        evidence=MAYBE_EVIDENCE_2, replaces=any_of(null, ID),
    ),
}  # fmt: skip
BODIES_OF = {1: BODIES, 2: BODIES_2}
RECORD = fields(
    v=number(1, 2), seq=TIME, prev=SHA256, h=SHA256, id=ID, type=word(*BODIES_2), ts=TIME,
    mono=TIME, boot=ID, who=WHO, tool=SHORT, seen=fields(size=TIME, root=SHA256),
    body=lambda value: True, sig=spelled("[A-Za-z0-9+/=]{0,8192}"),
)  # fmt: skip


def demand(condition: object, what: str) -> None:
    """Raise ValueError unless the condition holds."""
    if not condition:
        raise ValueError(what)


def sha(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def spell(value: Any) -> bytes:
    """The canonical bytes of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_record(line: bytes) -> Any:
    """The record on a line; raises ValueError."""
    demand(len(line) < 65536, "longer than a record may be")
    try:
        record = json.loads(line.decode("ascii"))
        demand(spell(record) == line, "not in canonical form")
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    demand(RECORD(record), "not wb-audit/1")
    kind, version = record["type"], record["v"]
    fits = BODIES_OF[version].get(kind)
    demand(fits and fits(record["body"]), f"not a {kind} of wb-audit/1, version {version}")
    demand(not record["sig"] or record["who"]["key"], "signed by no named key")
    before, _, after = line.rpartition(b',"h":"')
    demand(sha(before + after[65:]) == record["h"], "its hash does not match its content")
    return record


def fingerprint(blob: bytes) -> str:
    """The name of an SSH public key."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def signing_key(sig: str) -> str:
    """The fingerprint of the key inside an SSH signature, or the empty string."""
    try:
        blob = base64.b64decode(sig, validate=True)
    except ValueError:
        return ""
    end = 14 + int.from_bytes(blob[10:14], "big")
    whole = blob[:10] == b"SSHSIG\0\0\0\1" and len(blob) >= end
    return fingerprint(blob[14:end]) if whole else ""


def open_file(path: str, flags: int = 0) -> BinaryIO:
    """An ordinary file: a pipe or a device would keep us waiting for ever."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags)
    file = open(handle, "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError("no ordinary file")
    return file


def read_file(path: str, most: int) -> bytes:
    """The first bytes of an ordinary file, at most so many."""
    with open_file(path) as file:
        return file.read(most)


def read_note(data: bytes) -> tuple[str, int, str]:
    """Origin, size and root (hex) of a checkpoint note; raises ValueError."""
    origin, number, root = data[:4096].decode("utf-8").split("\n")[:3]
    size, raw = int(number), base64.b64decode(root, validate=True)
    body = f"{origin}\n{size}\n{base64.b64encode(raw).decode()}\n"
    demand(len(raw) == 32 and 0 < size < MAX and data.startswith(body.encode()), "not a note")
    return origin, size, raw.hex()
