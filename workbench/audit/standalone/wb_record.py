"""The format wb-audit/1: what one record, one list and one checkpoint note are.

verify.py and proof.py read it; the three files travel together and need nothing but Python. They
are written apart from the program that writes ledgers, from the format alone.
"""

import base64
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Any

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
    """A decision: about what its scope says, and a flag with what speaks against it."""
    return (
        DECISION(value)
        and value["scope"] == value["subject"]["kind"]
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
EVIDENCE = fields(
    query=text(256, 1), rev=number(0, 10**9), sha256=SHA256, params=free_names(PARAMETER),
    generation=number(0, 10**9), sources=any_of(list_of(SHA256, 64), LIST),
    result_sha256=SHA256, rows=COUNT, ledger_head=SHA256,
)  # fmt: skip
FOUND = fields(n=COUNT, N=COUNT, found=COUNT, low=SHARE, high=SHARE)
DECISION = fields(
    verdict=word("flag", "clear", "watch", "escalate"),
    scope=word("account", "set", "cluster", "campaign"), subject=subject, reason=CODE,
    confidence=word("low", "medium", "high"), note=LONG, counter=LONG, changes_my_mind=LONG,
    expires=MAYBE_TIME, evidence=list_of(EVIDENCE, 32), sample=any_of(null, FOUND),
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
RECORD = fields(
    v=number(1, 1), seq=TIME, prev=SHA256, h=SHA256, id=ID, type=word(*BODIES), ts=TIME, mono=TIME,
    boot=ID, who=WHO, tool=SHORT, seen=fields(size=TIME, root=SHA256), body=lambda value: True,
    sig=spelled("[A-Za-z0-9+/=]{0,8192}"),
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
    kind = record["type"]
    demand(BODIES[kind](record["body"]), f"not a {kind} of wb-audit/1")
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


def read_file(path: str, flags: int = 0) -> bytes:
    """The bytes of an ordinary file: a pipe or a device would keep us waiting for ever."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags), "rb") as file:
        demand(stat.S_ISREG(os.fstat(file.fileno()).st_mode), "no ordinary file")
        return file.read()


def references(value: Any) -> Iterator[tuple[str, int]]:
    """Every list that a body names: (digest, count)."""
    if isinstance(value, dict):
        if isinstance(value.get("set"), str) and value["set"] and "count" in value:
            yield value["set"], value["count"]
        for key, inner in value.items():
            yield from references(list(inner.values()) if key == "params" else inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def read_list(data: bytes) -> list[str]:
    """The values of a list: one text a line, in the one spelling; raises ValueError."""
    try:
        values: list[str] = [json.loads(line) for line in data.decode("ascii").split("\n")[:-1]]
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    texts = all(type(value) is str for value in values)
    demand(texts and b"".join(spell(value) + b"\n" for value in values) == data, "no list")
    return values


def read_note(data: bytes) -> tuple[str, int, str]:
    """Origin, size and root (hex) of a checkpoint note; raises ValueError."""
    origin, number, root = data[:4096].decode("utf-8").split("\n")[:3]
    size, raw = int(number), base64.b64decode(root, validate=True)
    body = f"{origin}\n{size}\n{base64.b64encode(raw).decode()}\n"
    demand(len(raw) == 32 and 0 < size < MAX and data.startswith(body.encode()), "not a note")
    return origin, size, raw.hex()
