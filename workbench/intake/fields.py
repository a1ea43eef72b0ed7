"""All fields of a file: paths to every leaf, with types, fill, distinct values and examples."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.intake.paths import json_in
from workbench.intake.plan_names import canonical_name

_DEPTH = 7
_MAX_FIELDS = 600
_MAX_DISTINCT = 500
_EXAMPLES = 3
_LOOKED_AT = 300
_TIME = re.compile(r"\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}.*)?$"
                   r"|\s*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
                   r"(,? \d{1,2}:\d{2}.*)?$|\w{3},? \d{1,2}.*\d{4}.*\d:\d\d")  # fmt: skip
_TLS = re.compile(r"[0-9a-f]{32}|[tqd]\d\d[di]\d{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}", re.I)
_AGENT = re.compile(r"^[A-Za-z][\w .+-]*/[\w.()+-]+|Mozilla", re.S)
_BODY = re.compile(
    r'\s*[\[{].{0,300}?"(role|messages|content|contents|choices|parts|candidates|inputText|prompt)"',
    re.S,
)
_LARGE = 8 << 10


@dataclass(slots=True)
class Field:
    """One leaf of the records: how often it is filled and with what."""

    path: str
    records: int
    filled: int = 0
    values: list[Any] = field(default_factory=list)
    distinct: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The path without regard to how its words are written."""
        return ".".join(canonical_name(part) for part in self.path.split("."))

    @property
    def fill(self) -> float:
        """The share of records that have a value."""
        return self.filled / max(self.records, 1)

    def share(self, test: re.Pattern[str]) -> float:
        """The share of values that a pattern fits as a whole."""
        texts = [str(value).strip() for value in self.values]
        return sum(bool(test.fullmatch(text)) for text in texts) / max(len(texts), 1)

    @property
    def kind(self) -> str:
        """What the values look like."""
        return kind_of(self.values)


def kind_of(values: Sequence[Any]) -> str:
    """What most values look like: time, address, e-mail, number, body, text and so on."""
    there = [value for value in values if value not in (None, "")]
    if not there:
        return "empty"
    for kind, test in _TESTS:
        if sum(map(test, there)) >= 0.8 * len(there):
            return kind
    return "text"


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in ("true", "false")


def _is_number(value: Any) -> bool:
    if isinstance(value, int | float):
        return not isinstance(value, bool)
    return bool(re.fullmatch(r"\s*[-+]?[\d.,]*\d([eE][-+]?\d+)?\s*", str(value)))


def _is_epoch(value: Any) -> bool:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return any(1.2e9 * scale < number < 2.2e9 * scale for scale in (1, 1e3, 1e6, 1e9))


def _is_address(value: Any) -> bool:
    text = str(value).strip().partition(",")[0].partition("%")[0].strip("[] ")
    text = re.sub(r"^(\d+\.\d+\.\d+\.\d+):\d+$", r"\1", text)
    text = re.sub(r"\.(\*+|x+)$", ".0", text)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "." in text or ":" in text


_TESTS = (
    ("flag", _is_flag),
    ("list", lambda value: isinstance(value, list | dict)),
    ("epoch", _is_epoch),
    ("address", _is_address),
    ("number", _is_number),
    ("time", lambda value: bool(_TIME.match(str(value)))),
    ("email", lambda value: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", str(value)))),
    ("tls", lambda value: bool(_TLS.fullmatch(str(value)))),
    ("body", lambda value: bool(_BODY.match(str(value)))),
    ("agent", lambda value: bool(_AGENT.match(str(value)))),
)


def fields_of(sample: Sequence[Mapping[str, Any]]) -> list[Field]:
    """Every field of a sample, in the order of the records."""
    found: dict[str, Field] = {}
    looked = sample[:_LOOKED_AT]
    for record in looked:
        for path, value in _leaves(record, "", 0):
            if path not in found:
                if len(found) >= _MAX_FIELDS:
                    continue
                found[path] = Field(path, len(looked))
            one = found[path]
            if value in (None, "", [], {}):
                continue
            one.filled += 1
            one.values.append(value)
            if len(one.distinct) < _MAX_DISTINCT:
                one.distinct.add(str(value)[:200])
    return list(found.values())


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    inner = json_in(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
    if isinstance(inner, list) and len(inner) == 1 and not isinstance(inner[0], dict | list):
        inner = inner[0]
    if isinstance(inner, dict) and depth < _DEPTH:
        if path:
            yield path, value if isinstance(value, str) else json.dumps(value, default=str)[:_LARGE]
        for key, one in inner.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(inner, list):
        yield path, json.dumps(inner, default=str)[:_LARGE] if inner else None
        if inner and isinstance(inner[0], dict) and depth < 4 and len(inner) <= 3:
            for key, one in inner[0].items():
                yield from _leaves(one, f"{path}[0].{key}", depth + 2)
    else:
        yield path, inner
