"""The words of a SQL text: enough to colour, complete and cut it; the engine alone judges it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from workbench.sql.tokens import Token, tokens

KEYWORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "OFFSET", "JOIN",
    "LEFT JOIN", "INNER JOIN", "CROSS JOIN", "USING", "ON", "AS", "WITH", "UNION ALL", "EXCEPT",
    "INTERSECT", "QUALIFY", "FILTER", "DISTINCT", "BETWEEN", "INTERVAL", "NULLS LAST", "DESC",
    "ASC",
    "AND", "OR", "NOT", "IN", "IS NULL", "IS NOT NULL", "LIKE", "ILIKE", "CASE", "WHEN", "THEN",
    "ELSE", "END", "OVER", "PARTITION BY", "EXISTS", "CAST", "EXCLUDE", "VALUES", "EXPLAIN",
    "ANALYZE", "SUMMARIZE", "DESCRIBE", "TRUE", "FALSE", "NULL", "LATERAL", "WINDOW", "ROWS",
    "RANGE", "UNBOUNDED", "PRECEDING", "FOLLOWING", "CURRENT ROW", "PIVOT", "UNNEST",
)  # fmt: skip
_KEYWORD = frozenset(word for phrase in KEYWORDS for word in phrase.split())
_BEFORE_A_TABLE = frozenset(("FROM", "JOIN", "PIVOT", "UNPIVOT", "SUMMARIZE", "DESCRIBE"))
_LINE_MARK = re.compile(r"^LINE (\d+): ", re.MULTILINE)


class Position(NamedTuple):
    """A place in the text, as the editor counts: both from 0."""

    row: int
    column: int


def colours(text: str) -> Iterator[Token]:
    """Tokens by what they are coloured as: comment, string, parameter, number, keyword, function
    and table."""
    after_from = False
    for token in tokens(text):
        kind = token.kind
        if kind == "word":
            word = text[token.start : token.end].upper()
            if word in _KEYWORD:
                kind = "keyword"
            elif text[token.end : token.end + 1] == "(":
                kind = "function"
            elif after_from:
                kind = "table"
            after_from = word in ("FROM", "JOIN")
        if kind not in ("word", "quoted", "end"):
            yield Token("parameter" if kind == "place" else kind, token.start, token.end)


def statements(text: str) -> list[tuple[int, int]]:
    """Start and end of every statement that is not empty, without the semicolon."""
    found: list[tuple[int, int]] = []
    start, holds = 0, False
    for token in tokens(text):
        if token.kind == "end":
            if holds:
                found.append((start, token.start))
            start, holds = token.end, False
        elif token.kind != "comment":
            holds = True
    if holds:
        found.append((start, len(text)))
    return found


def statement_at(text: str, offset: int) -> tuple[int, int]:
    """The statement that an offset lies in, or else the last one before it."""
    found = statements(text)
    for start, end in reversed(found):
        if start <= offset or (start, end) == found[0]:
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            return start + lead, end
    return 0, len(text)


def parameters(text: str) -> list[str]:
    """Names of the `$name` parameters, in order, each once."""
    names = (text[one.start + 1 : one.end] for one in tokens(text) if one.kind == "parameter")
    return list(dict.fromkeys(names))


def closing(text: str) -> str:
    """The quote that a text leaves open at its end, or an empty text."""
    last = next((one for one in reversed(list(tokens(text))) if one.end == len(text)), None)
    if last is None or last.kind not in ("string", "quoted"):
        return ""
    quote, body = text[last.start], text[last.start + 1 : last.end]
    if quote in "eE":  # E'…' takes escapes
        quote, body = body[0], body[1:]
    return quote if quote in "'\"" and body.count(quote) % 2 == 0 else ""


def tables_of(text: str) -> dict[str, str]:
    """Names that stand for tables here: each table that is read, and its alias."""
    words = [text[one.start : one.end] for one in tokens(text) if one.kind in ("word", "quoted")]
    found: dict[str, str] = {}
    for at, word in enumerate(words[:-1]):
        if word.upper() not in _BEFORE_A_TABLE or words[at + 1].upper() in _KEYWORD:
            continue
        table = words[at + 1].strip('"').lower()
        found[table] = table
        rest = [other for other in words[at + 2 : at + 4] if other.upper() != "AS"]
        if rest and rest[0].upper() not in _KEYWORD:
            found[rest[0].strip('"').lower()] = table
    return found


def error_place(message: str, sql: str) -> Position | None:
    """Where the engine's message points: its `LINE n:` with the caret below."""
    marks = list(_LINE_MARK.finditer(message))
    if not marks:
        return None
    row = int(marks[-1].group(1)) - 1
    shown, _, below = message[marks[-1].start() :].partition("\n")
    lead = len(marks[-1].group())
    caret = below.split("\n")[0].find("^") - lead
    lines = sql.split("\n")
    if row >= len(lines) or caret < 0:
        return Position(row, 0) if row < len(lines) else None
    shown = shown[lead:]
    if shown.startswith("..."):
        # The engine shows a part of a long line; the part is found again in the line.
        part = shown.removeprefix("...").removesuffix("...")
        at = lines[row].find(part)
        return Position(row, max(0, at) + caret - 3)
    return Position(row, caret)
