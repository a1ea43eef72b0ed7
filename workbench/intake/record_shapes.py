"""Where the records are in a file of JSON: lists, wrappers, texts within, spans of telemetry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.intake.paths import json_in

EACH = "*"
# Keys under which exports put their lists of records, the more particular first.
_WRAPPERS: tuple[tuple[str, ...], ...] = (
    ("resourceSpans", EACH, "scopeSpans", EACH, "spans", EACH),
    ("resourceSpans", EACH, "instrumentationLibrarySpans", EACH, "spans", EACH),
    ("resourceLogs", EACH, "scopeLogs", EACH, "logRecords", EACH),
    ("hits", "hits", EACH),
    ("data", EACH, "results", EACH), ("data", "items", EACH), ("data", "records", EACH),
    ("data", "logs", EACH),
    ("data", "list", EACH), ("data", "results", EACH), ("result", "data", EACH),
    ("data", "rows", EACH), ("result", "items", EACH), ("response", "data", EACH),
    ("data", EACH), ("Records", EACH), ("records", EACH), ("result", EACH), ("results", EACH),
    ("items", EACH), ("events", EACH), ("logEvents", EACH), ("logs", EACH), ("value", EACH),
    ("rows", EACH), ("entries", EACH), ("spans", EACH), ("objects", EACH), ("list", EACH),
    ("observations", EACH), ("traces", EACH), ("requests", EACH), ("users", EACH),
    ("charges", EACH), ("payments", EACH), ("Users", EACH), ("hits", EACH), ("documents", EACH),
)  # fmt: skip
# Objects around each record: what they hold is the record, beside what stands around it.
_AROUND = ("_source", "result", "jsonPayload")
# Texts that hold the record once more as JSON.
_TEXTS = ("message", "log", "@message", "_raw", "line", "event", "textPayload")
_ATTRIBUTES = ("attributes", "Attributes", "UserAttributes", "tags")
_STRUCTURE = re.compile(r'[{}\[\],]|"(?:[^"\\]|\\.){0,65536}"', re.S)


@dataclass(frozen=True, slots=True)
class Shape:
    """`path` leads to each record; `around` is the key that the record is under; `spans` tells that
    attributes are lists of keys and values."""

    path: tuple[str, ...] = ()
    around: str = ""
    spans: bool = False
    twice: bool = False  # keys repeat within an object, of which the last counts

    @property
    def captures(self) -> tuple[tuple[str, ...], ...]:
        """What holds for all records of a part: the resource that spans or logs come from."""
        if self.path[:1] in (("resourceSpans",), ("resourceLogs",)):
            return ((self.path[0], EACH, "resource"), (*self.path[:4], "scope"))
        return ()

    @property
    def outer(self) -> tuple[str, ...]:
        """The path of the object whose own fields hold for every record of a list within it."""
        inner = self.path.count(EACH) > 1 and not self.captures
        return self.path[: len(self.path) - 2] if inner else ()

    @property
    def changes(self) -> bool:
        """Whether a record is not the bytes as they stand in the file."""
        return bool(self.around or self.spans or self.twice or self.outer)

    @property
    def shown(self) -> str:
        """As a mapping writes it: `data[*]`."""
        return ".".join(self.path).replace(".*", "[*]").replace("*", "[*]", 1) or "each object"


def shape_from(records: str) -> Shape:
    """The shape that a mapping gives: `data[*]`, `hits.hits[*]._source`, `[*]`."""
    path: list[str] = []
    for part in re.findall(r"\[[*\d]*\]|[^.\[\]]+", records):
        path.append(EACH if part.startswith("[") else part)
    around = ""
    if EACH in path and path[-1] != EACH:
        around = path.pop()
    return Shape(tuple(path), around)


def find_shape(head: str) -> Shape | None:
    """The shape of a file of JSON from its beginning; None where it is plain JSON lines."""
    text = head.lstrip("\ufeff\x1e \t\r\n")
    if text.startswith("["):
        return Shape((EACH,)) if re.match(r"\[\s*(\{|\])", text) else None
    if not text.startswith("{"):
        return None
    path = _wrapper(text)
    if path is not None:
        return Shape(path)
    lines = [line for line in head.split("\n") if line.strip()]
    whole = _is_object(lines[0])
    return None if whole and "\x1e" not in head else Shape(())


def _wrapper(text: str) -> tuple[str, ...] | None:
    """The path of the first list of objects that an object wraps, by name."""
    first = text.split("\n", 1)[0]
    value: Any = None
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        try:
            value, _ = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            value = _closed(text)
    if not isinstance(value, dict):
        return None
    for path in _WRAPPERS:
        if _leads(value, path) and _is_wrapper(value, path):
            return path
    return None


def _is_wrapper(value: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether an object is no record itself: one of a few fields beside its list."""
    is_record = "account_id" in value or bool(value.get("messages"))
    return len(path) > 2 or (len(value) <= 12 and not is_record)


def _leads(value: Any, path: tuple[str, ...]) -> bool:
    if path == ("data", EACH, "results", EACH):
        # The first buckets of usage may be empty.
        listed = value.get("data") if isinstance(value, dict) else None
        found = [one for one in listed if _leads(one, path[2:])] if isinstance(listed, list) else []
        return bool(found) and all(isinstance(one, dict) for one in listed or ())
    for step in path:
        if step == EACH:
            if not isinstance(value, list) or not value:
                return False
            value = value[0]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return isinstance(value, dict)


def _closed(text: str) -> Any:
    """The value of a text that is cut, up to the last item that is whole; None where none is."""
    closers: list[str] = []
    safe, ends = 0, ""
    at = 0
    while found := _STRUCTURE.search(text, at):
        at = found.end()
        mark = found[0][0]
        if mark in "{[":
            closers.append("}" if mark == "{" else "]")
        elif mark in "}]" and closers:
            closers.pop()
        if mark in "{[":
            safe, ends = at, "".join(reversed(closers))
        elif mark == ",":
            safe, ends = at - 1, "".join(reversed(closers))
    try:
        return json.loads(text[:safe] + ends)
    except (ValueError, RecursionError):
        return None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line.rstrip("\r")), dict)
    except (ValueError, RecursionError):
        return False


def within(shape: Shape, sample: Sequence[Mapping[str, Any]]) -> Shape:
    """The shape with what stands around each record of the sample, and whether they are spans."""
    if not sample:
        return shape
    around = shape.around or _around(sample)
    inner = [opened(record, around) for record in sample]
    spans = bool(shape.captures) or any(
        _is_listed(record.get(key)) for record in inner for key in _ATTRIBUTES
    )
    return Shape(shape.path, around, spans, shape.twice)


def _around(sample: Sequence[Mapping[str, Any]]) -> str:
    for key in _AROUND:
        if all(isinstance(record.get(key), dict) for record in sample) and len(sample[0]) <= 12:
            return key
    for key in _TEXTS:
        texts = [record.get(key) for record in sample]
        if len(sample[0]) <= 12 and all(
            isinstance(text, str) and isinstance(json_in(text), dict) for text in texts
        ):
            return key
    return ""


def opened(record: Mapping[str, Any], around: str) -> dict[str, Any]:
    """The record with what it holds under a key put in the key's place."""
    if not around or around not in record:
        return dict(record)
    value = record[around]
    inner = json_in(value) if isinstance(value, str) else value
    if not isinstance(inner, dict):
        return dict(record)
    if around == "log":
        # What a container's runtime writes around a line is about the line, not the record.
        return inner
    outer = {key: one for key, one in record.items() if key != around}
    return {**outer, **inner}


def _is_listed(attributes: Any) -> bool:
    """Whether they are a list of keys and values, as telemetry is written as JSON."""
    return (
        isinstance(attributes, list)
        and bool(attributes)
        and all(
            isinstance(one, dict)
            and ({"key", "value"} <= set(one) or {"Name", "Value"} <= set(one))
            for one in attributes
        )
    )


def flat_span(record: Mapping[str, Any], contexts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A span or log record with its attributes, and those of its resource, as fields."""
    fields: dict[str, Any] = {}
    for context in contexts:
        if _is_listed(context.get("attributes")):
            fields |= _attributes(context["attributes"])
    for event in record.get("events") or []:
        if isinstance(event, dict) and _is_listed(event.get("attributes")):
            fields |= _attributes(event["attributes"])
    body = record.get("body")
    if isinstance(body, dict) and set(body) <= {"stringValue", "kvlistValue", "arrayValue"}:
        inner = any_value(body)
        fields |= inner if isinstance(inner, dict) else {"body": inner}
    listed = [key for key in _ATTRIBUTES if _is_listed(record.get(key))]
    fields |= {key: one for key, one in record.items() if key not in (*listed, "body")}
    for key in listed:
        fields |= _attributes(record[key])
    return fields


def _attributes(listed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        str(one.get("key", one.get("Name"))): any_value(one.get("value", one.get("Value")))
        for one in listed
    }


def any_value(value: Any) -> Any:
    """What a value of telemetry is, without the name of its type."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    kind, inner = next(iter(value.items()))
    if kind == "intValue" and isinstance(inner, str) and re.fullmatch(r"-?\d{1,19}", inner):
        return int(inner)
    if kind == "arrayValue":
        listed = inner.get("values", []) if isinstance(inner, dict) else []
        return [any_value(one) for one in listed]
    if kind == "kvlistValue":
        listed = inner.get("values", []) if isinstance(inner, dict) else []
        return _attributes(listed) if _is_listed(listed) else {}
    known = ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")
    return inner if kind in known else value
