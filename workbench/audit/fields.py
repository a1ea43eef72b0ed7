"""The kinds of value a record may hold; each check raises MalformedError naming the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from workbench.audit.errors import MalformedError

Check = Callable[[Any, str], None]
MOST = 2**53
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def _refuse(name: str, wanted: str) -> MalformedError:
    return MalformedError(f"{name} must be {wanted}")


def text(most: int, *, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, name: str) -> None:
        if type(value) is not str or not least <= len(value) <= most:
            raise _refuse(name, f"text of {least} to {most} characters")

    return check


def pattern(expression: str, wanted: str) -> Check:
    """A string that the expression matches whole."""
    match = re.compile(expression).fullmatch

    def check(value: Any, name: str) -> None:
        if type(value) is not str or match(value) is None:
            raise _refuse(name, wanted)

    return check


def choice(*allowed: str) -> Check:
    """One of the given words."""
    words = frozenset(allowed)

    def check(value: Any, name: str) -> None:
        if type(value) is not str or value not in words:
            raise _refuse(name, "one of " + ", ".join(allowed))

    return check


def integer(least: int = 0, most: int = MOST) -> Check:
    """An integer within bounds; a boolean is none."""

    def check(value: Any, name: str) -> None:
        if type(value) is not int or not least <= value <= most:
            raise _refuse(name, f"a whole number from {least} to {most}")

    return check


def boolean(value: Any, name: str) -> None:
    """true or false."""
    if type(value) is not bool:
        raise _refuse(name, "true or false")


def maybe(inner: Check) -> Check:
    """null, or what `inner` allows."""

    def check(value: Any, name: str) -> None:
        if value is not None:
            inner(value, name)

    return check


def listing(inner: Check, most: int) -> Check:
    """A list of at most `most` values."""

    def check(value: Any, name: str) -> None:
        if type(value) is not list or len(value) > most:
            raise _refuse(name, f"a list of at most {most}")
        for index, item in enumerate(value):
            inner(item, f"{name}[{index}]")

    return check


def record(**members: Check) -> Check:
    """An object with exactly these fields."""
    keys = frozenset(members)
    checks = tuple(members.items())

    def check(value: Any, name: str) -> None:
        if type(value) is not dict:
            raise _refuse(name, "an object")
        if value.keys() != keys:
            raise _refuse(name, "an object with the fields " + ", ".join(sorted(keys)))
        for key, inner in checks:
            inner(value[key], key)

    return check


def either(*alternatives: Check) -> Check:
    """What the first fitting alternative allows."""

    def check(value: Any, name: str) -> None:
        for inner in alternatives[:-1]:
            try:
                inner(value, name)
            except MalformedError:
                continue
            return
        alternatives[-1](value, name)

    return check


def mapping(inner: Check, most: int) -> Check:
    """An object with free names (letters, digits, `_ . -`, at most 64 characters)."""

    def check(value: Any, name: str) -> None:
        if type(value) is not dict or len(value) > most:
            raise _refuse(name, f"an object of at most {most} fields")
        for key, item in value.items():
            if _NAME.fullmatch(key) is None:
                raise MalformedError(f"{name} holds a field whose name is not plain")
            inner(item, name)

    return check


def scalar(value: Any, name: str) -> None:
    """null, a boolean, an integer within ±2^53 or a string of at most 1,024 characters."""
    kind = type(value)
    if value is None or kind is bool:
        return
    if kind is int and -MOST <= value <= MOST:
        return
    if kind is str and len(value) <= 1024:
        return
    raise _refuse(name, "a short text, a whole number, true, false or null")


HEX64 = pattern("[0-9a-f]{64}", "64 hex digits")
HEX32 = pattern("[0-9a-f]{32}", "32 hex digits")
HEX64_OR_NONE = pattern("(?:[0-9a-f]{64})?", "64 hex digits or empty")
RATIO = pattern("0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?", "a decimal text from 0 to 1")
DECIMAL = pattern("-?[0-9]{1,15}(?:\\.[0-9]{1,9})?", "a decimal text")
CODE = pattern("[A-Z][A-Z0-9-]{0,31}", "a reason code such as R-MULTI")
