"""Records that came as files: is the line they came from what they say it is?"""

from __future__ import annotations

from workbench.audit.errors import MalformedError
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.entries import read_record


def origin_record(lines: list[str]) -> Fields | None:
    """The record on the one stored line, or None where it is none."""
    if len(lines) != 1:
        return None
    try:
        return read_record(lines[0].encode("ascii"))
    except (MalformedError, UnicodeEncodeError):
        return None


def origin_mismatch(kind: str, body: Fields, lines: list[str]) -> str:
    """Why an imported record does not match the line it came from, or the empty string."""
    origin, first = body["origin"], origin_record(lines)
    if first is None or first["type"] != kind:
        return f"the line that this {kind} came from is no {kind}"
    if any(first[name] != origin[name] for name in ("id", "who", "ts")):
        return f"this {kind} came from another line than it says"
    if {**first["body"], "origin": None} != {**body, "origin": None}:
        return f"the text of this {kind} is not that of the line it came from"
    return ""
