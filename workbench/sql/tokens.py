"""The tokens of a SQL text, cut as the engine cuts them; whether it may run the gate alone decides.

It stands below every layer since both sides of the pipe cut statements: the gate before it parses,
the bench before it writes one statement around another, and the bench imports no engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n\r]*|/\*)
    |(?P<string>[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|'(?:[^']|'')*(?:'|\Z)
        |\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
    |(?P<quoted>"(?:[^"]|"")*(?:"|\Z))
    |(?P<parameter>\$(?:[A-Za-z_]\w*|\d+))
    |(?P<place>\?)
    |(?P<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<end>;)""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """One word of the text, by offsets."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=4)  # an editor asks of one text what to colour, to run and to complete
def tokens(text: str) -> Sequence[Token]:
    """Comments, strings, quoted names, parameters, places (`?`), numbers, words, statement ends."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while match := _TOKEN.search(text, at):
        kind = match.lastgroup or ""
        at = match.end() if match.group() != "/*" else _comment_end(text, match.start())
        yield Token("string" if kind == "tag" else kind, match.start(), at)


def _comment_end(text: str, start: int) -> int:
    """Where a `/*` ends, comments within it counted; the end of the text where it is left open."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def numbered(sql: str) -> str:
    """A statement whose `?` are written `$1`, `$2` …, as values are bound by name."""
    if "?" not in sql:
        return sql
    parts, at = [], 0
    places = (token for token in tokens(sql) if token.kind == "place")
    for number, place in enumerate(places, 1):
        parts += [sql[at : place.start], f"${number}"]
        at = place.end
    return "".join([*parts, sql[at:]])


def without_end(sql: str) -> str:
    """A statement without its semicolon and the comments behind: others are put around it."""
    if ";" not in sql:
        return sql
    cut, at = None, 0
    for token in tokens(sql):
        if sql[at : token.start].strip() or token.kind not in ("end", "comment"):
            cut = None
        if token.kind == "end" and cut is None:
            cut = token.start
        at = token.end
    return sql if cut is None or sql[at:].strip() else sql[:cut]
