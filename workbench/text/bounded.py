"""TOML and JSON from outside, within bounds: length, depth and digits are checked before parsing.

A parser meets deep nesting with a RecursionError and a long number with minutes of work or an error
at the first place that prints it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 32
MAX_DIGITS = 64
_START = re.compile(
    r"""(?P<quote>"{3}|'{3}|"|')|(?P<comment>#[^\n]*)|(?P<bare>[A-Za-z0-9_+-]+)"""
    r"""|(?P<mark>[\[\]{}.,=\n])"""
)
_JSON_START = re.compile(r'(?P<quote>")|(?P<bare>[0-9]+)|(?P<mark>[\[\]{}])')
# What ends a text, and what in it does not: a text on one line ends with the line at the latest.
_ENDS = {
    '"""': re.compile(r'\\.|"{3,5}', re.DOTALL),
    "'''": re.compile(r"'{3,5}"),
    '"': re.compile(r'\\[^\n]|"|\n'),
    "'": re.compile(r"'|\n"),
}
_JSON_ENDS = {'"': re.compile(r'\\.|"', re.DOTALL)}


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises ValueError saying what is wrong, for any text at all."""
    _check_bounds(text, toml=True)
    try:
        return tomllib.loads(text)
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deep or too large") from error


def read_json(text: str) -> Any:
    """The value of a JSON text; raises ValueError saying what is wrong, for any text at all."""
    _check_bounds(text, toml=False)
    try:
        return json.loads(text)
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deep or too large") from error


def _tokens(text: str, *, toml: bool) -> Iterator[re.Match[str]]:
    """Bare words and marks outside texts and comments, in one pass.

    A text that is never closed is taken to its end: trying again from within would be quadratic.
    """
    start, ends = (_START, _ENDS) if toml else (_JSON_START, _JSON_ENDS)
    at = 0
    while (token := start.search(text, at)) is not None:
        at = token.end()
        if quote := token["quote"]:
            closing = (end for end in ends[quote].finditer(text, at) if end[0][0] != "\\")
            closed = next(closing, None)
            at = closed.end() if closed is not None else len(text)
        else:
            yield token


def _check_bounds(text: str, *, toml: bool) -> None:
    depth = dots = 0
    for token in _tokens(text, toml=toml):
        if bare := token["bare"]:
            if len(bare) > MAX_DIGITS and bare[:2].lstrip("+-")[:1].isdigit():
                raise ValueError(f"a number of {len(bare):,} digits stands in it")
            continue
        mark = token["mark"]
        if not mark:
            continue
        if mark in "[{":
            depth, dots = depth + 1, 0
        elif mark in "]}":
            depth, dots = depth - 1, 0
        else:
            dots = dots + 1 if mark == "." else 0
        if depth > MAX_DEPTH or dots > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
