"""The format wb-audit/1: what one record, one list and one checkpoint note are.

verify.py and proof.py read it; the three files travel together and need nothing but Python. They
are written apart from the program that writes ledgers, from the format alone.
"""

import base64
import functools
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Any

MAX = 2**53
PATTERNS = {
    "x": "[0-9a-f]{64}", "x?": "([0-9a-f]{64})?", "y": "[0-9a-f]{32}", "format": "wb-audit/1",
    "code": "[A-Z][A-Z0-9-]{0,31}", "ratio": r"0(\.[0-9]{1,9})?|1(\.0{1,9})?",
    "decimal": r"-?[0-9]{1,15}(\.[0-9]{1,9})?", "note": r"[0-9a-z-]{1,80}\.note",
    "sig": "[A-Za-z0-9+/=]{0,8192}", "pname": "[A-Za-z0-9_.-]{1,64}",
}  # fmt: skip
ALIAS = {"i": f"i{MAX}", "c": f"i{10**12}", "s": "t256", "n": "t8192", "l": "t2048",
         "value": f"?b/i-{MAX}-{MAX}/t1024/@set"}  # fmt: skip
# One object a line. Tokens: tL-H text of so many characters, iL-H number, b boolean, a
# pattern or alias above, w=a|b words, @X object X, ?X null or X, *N,X list of at most N, X/Y
# either, %X object of at most 64 names to X, ! anything.
SCHEMA = """
set set:x count:c
who name:t1-256 uid:i4294967296 host:s key:s
subject kind:w=account|set|cluster|campaign id:l set:x? count:c
evidence query:t1-256 rev:i1000000000 sha256:x params:%value generation:i1000000000 \
 sources:*64,x/@set result_sha256:x rows:c ledger_head:x
found n:c N:c found:c low:ratio high:ratio
origin case:s id:y who:@who ts:i line:@set
range what:w=torn|unreadable|chain|duplicate|seen|file|span off:i len:i sha256:x
stratum name:s total:c drawn:c
seen size:i root:x
record v:i1-1 seq:i prev:x h:x id:y ts:i type:t32 mono:i boot:y who:@who tool:s seen:@seen body:! \
 sig:sig
OPEN case:t1-64 format:format
DECISION verdict:w=flag|clear|watch|escalate scope:w=account|set|cluster|campaign \
 subject:@subject reason:code confidence:w=low|medium|high note:n counter:n changes_my_mind:n \
 expires:?i evidence:*32,@evidence sample:?@found
PROPOSAL decision:@DECISION origin:?@origin
COUNTERSIGN record:y body_sha256:x answer:w=agree|refuse note:n origin:?@origin
REVERSAL record:y reason:code note:n
NOTE kind:w=comment|claim|release|step id:l text:n \
 subject:w=account|cluster|campaign|entity|query|case
LIST_EDIT action:w=add|remove family:t1-64 value:t1-2048 role:w=hub|allow|known_bad reason:n \
 until:?i
CAMPAIGN_EDIT action:w=merge|split|name|exclude|include|create campaign:t1-2048 \
 others:*64,t1-2048 name:s members:?@set reason:n
SAMPLE subject:@subject seed:s drawn:@set level:decimal result:?@found \
 method:w=wilson|clopper-pearson strata:*256,@stratum
EXPORT what:s format:s path:t1024 rows:c columns:*128,s sha256:x? evidence:?@evidence
CLIPBOARD what:s entity:s rows:c chars:c sha256:x
REVEAL field:s entity:s id:l rows:c reason:n
REPORT what:s id:l path:t1024 files:c sha256:x?
POLICY sha256:x text:@set signed:b reason:n
KEY action:w=add|revoke principal:t1-256 fingerprint:s key:t4096 after:?i before:?i
CHECKPOINT size:i1-9007199254740992 root:x note:note note_sha256:x sig_sha256:x?
MERGE case:t1-64 size:c root:x lines:@set conflicts:?@set reason:n
RECOVERY kind:w=torn|adopted|forced reason:n ranges:*256,@range
"""
SHAPES = {line.split()[0]: dict(word.split(":", 1) for word in line.split()[1:])
          for line in SCHEMA.strip().splitlines()}  # fmt: skip


def demand(condition: object, what: str) -> None:
    """Raise ValueError unless the condition holds."""
    if not condition:
        raise ValueError(what)


@functools.cache
def rule(token: str) -> Callable[[Any], bool]:
    """What a token allows, as a test of a value."""
    token = ALIAS.get(token, token)
    kind, rest = token[0], token[1:]
    if token in PATTERNS:
        match = re.compile(PATTERNS[token]).fullmatch
        return lambda value: type(value) is str and match(value) is not None
    if kind == "?":
        inner = rule(rest)
        return lambda value: value is None or inner(value)
    if "/" in token:
        ways = [rule(one) for one in token.split("/")]
        return lambda value: any(way(value) for way in ways)
    if kind == "*":
        count, _, of = rest.partition(",")
        limit, each = int(count), rule(of)
        return lambda value: type(value) is list and len(value) <= limit and all(map(each, value))
    if kind == "%":
        name, member = rule("pname"), rule(rest)
        return lambda value: (
            type(value) is dict and len(value) <= 64
            and all(map(name, value)) and all(map(member, value.values()))
        )  # fmt: skip
    if kind == "@":
        tests = {key: rule(inner) for key, inner in SHAPES[rest].items()}
        return lambda value: (
            type(value) is dict and value.keys() == tests.keys()
            and all(test(value[key]) for key, test in tests.items())
        )  # fmt: skip
    if kind == "w":
        words = rest[1:].split("|")
        return lambda value: type(value) is str and value in words
    if kind in "it":
        low, _, high = rest.rpartition("-")
        least, most = int(low or 0), int(high)
        if kind == "i":
            return lambda value: type(value) is int and least <= value <= most
        return lambda value: type(value) is str and least <= len(value) <= most
    return {"b": lambda value: type(value) is bool, "!": lambda value: True}[token]


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
    demand(rule("@record")(record), "not wb-audit/1")
    kind, body = record["type"], record["body"]
    known = kind.islower() and kind.upper() in SHAPES
    demand(known and rule("@" + kind.upper())(body), f"not a {kind} of wb-audit/1")
    decision = {"decision": body, "proposal": body.get("decision")}.get(kind)
    if decision or kind == "sample":
        subject = (decision or body)["subject"]
        single = subject["id"] and not subject["set"] and subject["count"] == 1
        demand(single if subject["kind"] == "account" else subject["set"], "a subject amiss")
    if decision:
        demand(decision["scope"] == subject["kind"], "a scope that is not the subject's")
        demand(decision["verdict"] != "flag" or decision["counter"].strip(), "a flag uncountered")
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


def read_note(data: bytes) -> tuple[str, int, str]:
    """Origin, size and root (hex) of a checkpoint note; raises ValueError."""
    origin, number, root = data[:4096].decode("utf-8").split("\n")[:3]
    size, raw = int(number), base64.b64decode(root, validate=True)
    body = f"{origin}\n{size}\n{base64.b64encode(raw).decode()}\n"
    demand(len(raw) == 32 and 0 < size < MAX and data.startswith(body.encode()), "not a note")
    return origin, size, raw.hex()
