"""The one writer of TOML: case.toml, saved queries' heads, settings and mappings go through it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomli_w

_NOT_PLAIN = re.compile(r"[^\n\x20-\x7e]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def toml_text(values: Mapping[str, Any]) -> str:
    """Tables and values as TOML in printable ASCII, so that the file can be shown on any terminal.

    A byte of a file name that is no UTF-8 (a lone surrogate of Python's) becomes the text `\\xNN`,
    another lone surrogate U+FFFD: TOML has neither.
    """
    return _NOT_PLAIN.sub(_escaped, tomli_w.dumps(_writable(values)))


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub(_stand_in, value)
    if isinstance(value, Mapping):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return value


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else "\N{REPLACEMENT CHARACTER}"


def _escaped(found: re.Match[str]) -> str:
    # The library writes such characters in quoted texts and quoted keys alone, which take escapes.
    code = ord(found[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
