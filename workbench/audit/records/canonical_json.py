"""The one spelling of a record: ASCII JSON with sorted keys, no spaces, DEL escaped too.

Keys are ASCII and numbers integers within ±2^53, so this equals RFC 8785 on what the schema allows.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from workbench.audit.errors import MalformedError

MAX_LINE_BYTES = 65_536
ZERO = "0" * 64
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
).encode
_H_FIELD = b',"h":"'
_H_SPAN = len(_H_FIELD) + 64 + 1

Fields = dict[str, Any]


def canonical(value: object) -> bytes:
    """The canonical bytes of a JSON value; raises MalformedError for what JSON cannot hold."""
    try:
        return _encode(value).encode("ascii")
    except (ValueError, TypeError, RecursionError) as error:
        raise MalformedError(f"cannot be written as JSON: {error}") from error


def sha256(data: bytes) -> str:
    """The SHA-256 of the bytes, as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def parse(line: bytes) -> Fields:
    """The object on a line without its LF; demands that writing it again gives the same bytes."""
    try:
        fields = json.loads(line.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise MalformedError("not ASCII JSON") from error
    if type(fields) is not dict or canonical(fields) != line:
        raise MalformedError("not in canonical form")
    return fields


def seal(fields: Fields) -> bytes:
    """The line, LF included, of a record that has every field but `h`."""
    line = canonical({**fields, "h": sha256(canonical(fields))}) + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise MalformedError(
            f"the record is {len(line):,} bytes long; the limit is {MAX_LINE_BYTES:,}"
        )
    return line


def claimed_hash(line: bytes) -> str:
    """The hash that a canonical line should carry: that of the line without its `h`.

    In a record that fits the schema the last key called `h` is its own, so cutting it out of the
    bytes is the same as writing the object again without it, at a third of the cost.
    """
    at = line.rfind(_H_FIELD)
    digest = hashlib.sha256(line[:at])
    digest.update(line[at + _H_SPAN :])
    return digest.hexdigest()
