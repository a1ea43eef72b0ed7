"""TOML and JSON from outside, within bounds: length, depth and digits are judged before parsing.

A parser meets deep nesting with a RecursionError and a long number with minutes of work or an error
at the first place that prints it.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

MAX_DEPTH = 32
MAX_DIGITS = 64
_TOKENS = re.compile(
    # A text that is never closed is taken to its end: trying again from within would be quadratic.
    r'"""(?>[^"\\]+|\\.|"(?!""))*+(?:"{3,5}|\Z)|\'\'\'(?>[^\']+|\'(?!\'\'))*+(?:\'{3,5}|\Z)'
    r'|"(?>[^"\\\n]+|\\[^\n])*+"?|\'[^\'\n]*+\'?'
    r"|(?P<comment>#[^\n]*)|(?P<bare>[A-Za-z0-9_+-]+)|(?P<mark>[\[\]{}.,=\n])",
    re.DOTALL,
)
_JSON_TOKENS = re.compile(r'"(?>[^"\\]+|\\.)*+"?|(?P<bare>[0-9]+)|(?P<mark>[\[\]{}])', re.DOTALL)


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises ValueError saying what is wrong, for any text at all."""
    _judge(_TOKENS, text)
    try:
        return tomllib.loads(text)
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deep or too large") from error


def read_json(text: str) -> Any:
    """The value of a JSON text; raises ValueError saying what is wrong, for any text at all."""
    _judge(_JSON_TOKENS, text)
    try:
        return json.loads(text)
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deep or too large") from error


def _judge(tokens: re.Pattern[str], text: str) -> None:
    depth = dots = 0
    for token in tokens.finditer(text):
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
