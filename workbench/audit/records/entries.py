"""One line of a ledger: the record on it, or why it is none.

Nearly all lines are decisions on one account without an escape in them. Those are known by their
form alone, which the schema derives, so that verifying them needs no parsing.
"""

from __future__ import annotations

import hashlib
import json
import re

from workbench.audit.errors import MalformedError
from workbench.audit.records.canonical_json import MAX_LINE_BYTES, Fields, claimed_hash, parse
from workbench.audit.records.schema import (
    BODIES_OF,
    check_record,
    params_form,
    plain_form,
)

# An append writes three records at the most: one that opens, one that recovers, its own.
MAX_TORN_BYTES = 4 * MAX_LINE_BYTES
_OPENS = b'{"body":{"case":"'
_decoder = json.JSONDecoder()
_wholes = {
    str(version).encode(): re.compile(plain_form(version).encode("ascii")).fullmatch
    for version in BODIES_OF
}
_V_FIELD = b',"v":'
_params = re.compile(params_form().encode("ascii")).finditer
_COUNTER, _VERDICT, _H = 2, 6, 8
_names = re.compile(rb'"([^"]*)":').findall


def plain_match(line: bytes) -> re.Match[bytes] | None:
    """The match of a line that is a well-formed decision on one account, known without parsing."""
    at = line.rfind(_V_FIELD) + len(_V_FIELD)
    whole = _wholes.get(line[at : at + 1])
    match = whole(line) if whole is not None else None
    if match is None or (match[_VERDICT] == b"flag" and not match[_COUNTER].strip()):
        return None
    for params in _params(line):
        # No text in it holds a quotation mark, so what a colon follows is a name.
        names = _names(params[1])
        if len(names) > 1 and names != sorted(set(names)):
            return None
    return match


def read_record(line: bytes) -> Fields:
    """The record on a line without its LF; raises MalformedError saying what is off."""
    if len(line) >= MAX_LINE_BYTES:
        raise MalformedError("longer than a record may be")
    if plain_match(line) is not None:
        fields: Fields = json.loads(line)
    else:
        fields = parse(line)
        check_record(fields)
    if claimed_hash(line) != fields["h"]:
        raise MalformedError("its hash does not match its content")
    return fields


def brief(line: bytes, *, for_state: bool) -> Fields | None:
    """What the chain needs of a plain line whose hash fits; None for any other line.

    With `for_state` also what the state needs: all but the author's login, the note, the evidence.
    """
    match = plain_match(line) if len(line) < MAX_LINE_BYTES else None
    if match is None:
        return None
    at = match.start(_H) - 6
    digest = hashlib.sha256(line[:at])
    digest.update(line[match.end(_H) + 1 :])
    if digest.hexdigest().encode("ascii") != match[_H]:
        return None
    text = line.decode("ascii")
    (confidence, _, expires, reason, account, verdict, boot, h, record_id, mono, prev, root, size,
     seq, ts, name) = [text[start:stop] for start, stop in match.regs[1:]]  # fmt: skip
    fields: Fields = {
        "type": "decision",
        "boot": boot,
        "h": h,
        "id": record_id,
        "mono": int(mono),
        "prev": prev,
        "seen": {"root": root, "size": int(size)},
        "seq": int(seq),
        "ts": int(ts),
        "sig": "",
    }
    if for_state:
        fields["who"] = {"name": name}
        fields["body"] = {
            "verdict": verdict,
            "reason": reason,
            "confidence": confidence,
            "expires": None if expires == "null" else int(expires),
            "subject": {"kind": "account", "id": account, "set": "", "count": 1},
            "evidence": [],
        }
    return fields


def is_brief(fields: Fields) -> bool:
    """Whether these are what `brief` made of a line, not the whole record."""
    return "v" not in fields


def is_torn(fragment: bytes, *, first: bool = False) -> bool:
    """Whether bytes after the last LF can be an append that was cut short.

    More than one append can write is none. Neither is a whole JSON value followed by something
    else: there a line feed was overwritten. With `first` no line stands before them, so they must
    begin as every ledger does.
    """
    if len(fragment) > MAX_TORN_BYTES:
        return False
    if first and not _OPENS.startswith(fragment.rstrip(b"\0")[: len(_OPENS)]):
        return False
    text = fragment.rstrip(b"\0").decode("latin-1")
    try:
        _, stop = _decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return True
    return stop == len(text)
