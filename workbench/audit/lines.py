"""One line of a ledger: the record on it, or why it is none.

Nearly all lines are decisions on one account without an escape in them. Those are known by their
form alone, which the schema derives, so that verifying them needs no parsing.
"""

from __future__ import annotations

import hashlib
import json
import re

from workbench.audit.canonical import LINE_LIMIT, Fields, claimed_hash, parse
from workbench.audit.errors import MalformedError
from workbench.audit.schema import check_record, params_form, plain_form

_OPENS = b'{"body":{"case":"'
_decoder = json.JSONDecoder()
_whole = re.compile(plain_form().encode("ascii")).fullmatch
_params = re.compile(params_form().encode("ascii")).finditer
_names = re.compile(rb'"([^"]*)":').findall


def plain_match(line: bytes) -> re.Match[bytes] | None:
    """The match of a line that is a well-formed decision on one account, known without parsing."""
    match = _whole(line)
    if match is not None:
        for params in _params(line):
            # No text in it holds a quotation mark, so what a colon follows is a name.
            names = _names(params[1])
            if len(names) > 1 and names != sorted(set(names)):
                return None
    return match


def read_record(line: bytes) -> Fields:
    """The record on a line without its LF; raises MalformedError saying what is off."""
    if len(line) >= LINE_LIMIT:
        raise MalformedError("longer than a record may be")
    if plain_match(line) is not None:
        fields: Fields = json.loads(line)
    else:
        fields = parse(line)
        check_record(fields)
    if claimed_hash(line) != fields["h"]:
        raise MalformedError("its hash does not match its content")
    return fields


def brief(line: bytes) -> Fields | None:
    """The envelope of a plain line whose hash fits, without its body; None for any other line."""
    match = plain_match(line) if len(line) < LINE_LIMIT else None
    if match is None:
        return None
    boot, h, record_id, mono, prev, root, size, seq, ts = match.groups()
    at = match.start(2) - 6
    digest = hashlib.sha256(line[:at])
    digest.update(line[match.end(2) + 1 :])
    if digest.hexdigest().encode("ascii") != h:
        return None
    return {
        "boot": boot.decode("ascii"),
        "h": h.decode("ascii"),
        "id": record_id.decode("ascii"),
        "mono": int(mono),
        "prev": prev.decode("ascii"),
        "seen": {"root": root.decode("ascii"), "size": int(size)},
        "seq": int(seq),
        "ts": int(ts),
    }


def is_torn(fragment: bytes, *, first: bool = False) -> bool:
    """Whether bytes after the last LF can be an append that was cut short.

    A whole JSON value followed by something else is none: there a line feed was overwritten. With
    `first` no line stands before them, so they must begin as every ledger does.
    """
    if first and not _OPENS.startswith(fragment.rstrip(b"\0")[: len(_OPENS)]):
        return False
    text = fragment.rstrip(b"\0").decode("latin-1")
    try:
        _, stop = _decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return True
    return stop == len(text)
