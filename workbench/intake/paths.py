"""Sources of a mapping: dotted paths into records, and which keys they stand for in a given file.

`a.b` is the key "a.b", or "b" inside "a", whichever a record holds; `a."b.c"` settles it, `a[0].b`
leads into a list. A text that holds JSON is looked into like the object it stands for, and a list
of one stands for its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Step = str | int
_TOKEN = re.compile(r'"([^"]*)"|\[(\d{1,6}|\*)\]|([^.\["]+)|(\.)')
_MAX_VARIANTS = 4
_MAX_LOOKED_AT = 60
NOWHERE = object()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a source; a quoted one stands for itself alone."""

    name: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Concrete:
    """Where a source leads in a file: `parts` are the steps in the record, then in each text."""

    parts: tuple[tuple[Step, ...], ...]
    listed: bool = False  # ends at a list of one, which stands for its value

    @property
    def first(self) -> tuple[Step, ...]:
        """The steps within the record."""
        return self.parts[0]


def tokens(source: str) -> tuple[Key | int, ...]:
    """The keys and list places of a source."""
    found: list[Key | int] = []
    for quoted, place, name, _ in _TOKEN.findall(source):
        if place:
            found.append(0 if place == "*" else int(place))
        elif name:
            found.append(Key(name))
        elif not _ or quoted:
            found.append(Key(quoted, quoted=True))
    return tuple(found)


def resolve(source: str, sample: Sequence[Mapping[str, object]]) -> tuple[Concrete, ...]:
    """Where a source leads in the records of a sample, most frequent first; empty if nowhere."""
    counts: dict[Concrete, int] = {}
    given = tokens(source)
    for record in sample[:_MAX_LOOKED_AT]:
        if source in record:
            one: Concrete | None = Concrete(((source,),), _is_one(record[source]))
        else:
            one = next((found for found, _ in _walk(record, given)), None)
        if one is not None:
            counts[one] = counts.get(one, 0) + 1
    ranked = sorted(counts, key=lambda one: -counts[one])
    return tuple(ranked[:_MAX_VARIANTS])


def value_at(record: Mapping[str, object], source: str, nowhere: object = None) -> object:
    """The value of a source in a record; a list of one is its value."""
    if source in record:
        return single(record[source])
    found = next((value for _, value in _walk(record, tokens(source))), NOWHERE)
    return nowhere if found is NOWHERE else single(found)


def single(value: object) -> object:
    """The value of a list of one scalar, else the value itself."""
    return value[0] if _is_one(value) and isinstance(value, list) else value


def _is_one(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list | dict)


def _walk(
    value: object, left: tuple[Key | int, ...], steps: tuple[tuple[Step, ...], ...] = ((),)
) -> Iterator[tuple[Concrete, object]]:
    if not left:
        yield Concrete(steps, _is_one(value)), value
        return
    if isinstance(value, str):
        inner = json_in(value)
        if inner is not None:
            yield from _walk(inner, left, (*steps, ()))
        return
    if isinstance(value, list):
        at = left[0]
        if isinstance(at, int):
            if at < len(value):
                yield from _walk(value[at], left[1:], _stepped(steps, at))
        elif len(value) == 1:
            yield from _walk(value[0], left, _stepped(steps, 0))
        return
    if isinstance(value, dict):
        for name, count in _names(left):
            key = name if name in value else _other_case(value, name)
            if key is not None:
                yield from _walk(value[key], left[count:], _stepped(steps, key))


def _stepped(steps: tuple[tuple[Step, ...], ...], step: Step) -> tuple[tuple[Step, ...], ...]:
    return (*steps[:-1], (*steps[-1], step))


def _names(left: tuple[Key | int, ...]) -> Iterator[tuple[str, int]]:
    """The keys that may come next: of several with dots between them the longest first."""
    first = left[0]
    if not isinstance(first, Key):
        return
    if first.quoted:
        yield first.name, 1
        return
    run: list[str] = []
    for key in left:
        if not isinstance(key, Key) or key.quoted:
            break
        run.append(key.name)
    for count in range(len(run), 0, -1):
        yield ".".join(run[:count]), count


def _other_case(value: Mapping[str, object], name: str) -> str | None:
    # Names of headers alone are written in any case: User-Agent, user-agent.
    if "-" not in name or len(value) > 200:
        return None
    lower = name.lower()
    return next((key for key in value if isinstance(key, str) and key.lower() == lower), None)


def json_in(text: str) -> object | None:
    """The object or list that a text holds; None where it holds none."""
    begun = text.lstrip()
    if not begun.startswith(("{", "[")):
        return None
    try:
        found = json.loads(begun)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def json_path(steps: Iterable[Step]) -> str:
    """The engine's path of keys and places."""
    return "$" + "".join(f"[{s}]" if isinstance(s, int) else f".{_quoted(s)}" for s in steps)


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def default_paths(source: str) -> tuple[Concrete, ...]:
    """Where a source may lead that no record of the sample holds: one key, or nested keys."""
    given = tokens(source)
    nested: tuple[Step, ...] = tuple(k.name if isinstance(k, Key) else k for k in given)
    whole = Concrete(((source,),))
    return (whole,) if len(nested) < 2 else (whole, Concrete((nested,)))
