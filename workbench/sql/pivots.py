"""PIVOTs that leave their columns to the data: where they stand, and what reads the values.

The engine runs such a statement as several, one of which makes a type; here it becomes one SELECT
with the values spelled out. What is written is judged like any other statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.sql.quoting import literal
from workbench.sql.tokens import tokens

_CLAUSES = frozenset({"USING", "GROUP", "ORDER", "LIMIT", "OFFSET", "UNION", "EXCEPT", "INTERSECT"})
_BODIES = frozenset({"SELECT", "FROM", "PIVOT", "UNPIVOT", "VALUES", "TABLE"})
_OPENS, _CLOSES = "([{", ")]}"


@dataclass(frozen=True)
class OpenPivot:
    """An expression behind ON without its values: as written, where it stands, what reads them."""

    expression: str
    start: int
    end: int
    reads: str  # a statement of one column of texts, distinct and in order


class _Part(NamedTuple):
    text: str  # upper case; empty for what is neither word nor punctuation
    start: int
    end: int
    depth: int


def open_pivots(sql: str, most: int) -> list[OpenPivot]:
    """Every expression to spell out, those of the innermost PIVOT first; `most` values are read."""
    parts = list(_parts(sql))
    found: list[tuple[int, list[OpenPivot]]] = []
    for at, part in enumerate(parts):
        if part.text == "PIVOT" and _begins(parts, at):
            found.append((part.depth, list(_open(sql, parts, at, most))))
    found.sort(key=lambda one: -one[0])
    return [one for _, each in found for one in each]


def spelled_out(sql: str, pivot: OpenPivot, values: Sequence[str]) -> str:
    """The statement with the values of one expression written behind it."""
    written = ", ".join(map(literal, values))
    expression = sql[pivot.start : pivot.end]
    simple = next(iter(tokens(expression)), None)
    if simple is None or (simple.start, simple.end) != (0, len(expression)):
        expression = f"({expression})"
    return f"{sql[: pivot.start]}{expression} IN ({written}){sql[pivot.end :]}"


def any_values(sql: str) -> str:
    """The statement as it would be with other values: it reads the same tables and parameters."""
    while "pivot" in sql.lower() and (found := open_pivots(sql, 1)):
        sql = spelled_out(sql, found[0], ["any"])
    return sql


def _parts(sql: str) -> Iterator[_Part]:
    """Words, other tokens and punctuation, each with how many brackets are open around it."""
    at = depth = 0
    for token in (*tokens(sql), None):
        for place in range(at, token.start if token else len(sql)):
            mark = sql[place]
            depth -= mark in _CLOSES
            if mark in _OPENS or mark in _CLOSES or mark == ",":
                yield _Part(mark, place, place + 1, depth)
            elif not mark.isspace():
                yield _Part("", place, place + 1, depth)
            depth += mark in _OPENS
        if token is not None:
            at = token.end
            if token.kind != "comment":
                word = sql[token.start : token.end].upper() if token.kind == "word" else ""
                yield _Part(word, token.start, token.end, depth)


def _group(parts: Sequence[_Part], at: int) -> int:
    """The first part of the brackets that a part stands in."""
    depth = parts[at].depth
    while at and parts[at - 1].depth >= depth:
        at -= 1
    return at


def _begins(parts: Sequence[_Part], at: int) -> bool:
    """Whether the statement form stands here, not `table PIVOT (…)`."""
    first = _group(parts, at)
    before = [part.text for part in parts[first:at] if part.depth == parts[at].depth]
    return not before or (before[0] == "WITH" and _BODIES.isdisjoint(before))


def _open(sql: str, parts: Sequence[_Part], at: int, most: int) -> Iterator[OpenPivot]:
    depth = parts[at].depth
    inside: list[_Part] = []
    for part in parts[at + 1 :]:
        if part.depth < depth:
            break
        inside.append(part)
    flat = [part.text if part.depth == depth else "" for part in inside]
    if "ON" not in flat or "JOIN" in flat[: flat.index("ON")]:
        return
    on = flat.index("ON")
    end = next((n for n in range(on, len(flat)) if flat[n] in _CLAUSES), len(flat))
    source = sql[inside[0].start : inside[on - 1].end] if on else ""
    for element in _elements(inside[on + 1 : end], depth):
        if any(part.text == "IN" and part.depth == depth for part in element):
            continue
        start, stop = element[0].start, element[-1].end
        expression = sql[start:stop]
        body = (
            f"SELECT DISTINCT CAST((\n{expression}\n) AS VARCHAR) AS pivoted FROM {source}\n"
            f"WHERE (\n{expression}\n) IS NOT NULL ORDER BY pivoted LIMIT {int(most)}"
        )
        yield OpenPivot(expression, start, stop, _with_names(sql, parts, at, body))


def _elements(parts: Sequence[_Part], depth: int) -> Iterator[list[_Part]]:
    element: list[_Part] = []
    for part in parts:
        if part.text == "," and part.depth == depth:
            if element:
                yield element
            element = []
        else:
            element.append(part)
    if element:
        yield element


def _with_names(sql: str, parts: Sequence[_Part], at: int, body: str) -> str:
    """The statement behind what WITH names in the PIVOT's own brackets and in the outermost."""
    first = _group(parts, at)
    own = sql[parts[first].start : parts[at].start] if parts[first].text == "WITH" else ""
    inner = f"{own}{body}"
    if parts[at].depth == 0 or parts[0].text != "WITH":
        return inner
    flat = [(n, part) for n, part in enumerate(parts) if part.depth == 0]
    main = next((n for n, part in flat if part.text in _BODIES), len(parts) - 1)
    if at > main:
        outer = sql[: parts[main].start]
    else:  # within a name of WITH: those before it are in sight
        commas = [n for n, part in flat if part.text == "," and n < at]
        outer = sql[: parts[commas[-1]].start] if commas else ""
    return f"{outer}\nSELECT * FROM (\n{inner}\n)" if outer else inner
