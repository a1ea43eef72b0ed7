"""The kinds of value a record may hold; each check raises MalformedError naming the field.

Beside its check every kind has a *form*: a regular expression that matches only canonical spellings
of allowed values (plain printable text without escapes). What matches needs no parsing to be known
good; what does not is checked in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from workbench.audit.errors import MalformedError

MOST = 2**53
NEVER = "(?!)"
_PLAIN = r"[ !#-\[\]-~]"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SCALAR_TEXT = 1024


class Check(NamedTuple):
    """`run(value, name)` raises MalformedError; `form` matches canonical spellings it allows."""

    run: Callable[[Any, str], None]
    form: str = NEVER


def _refuse(name: str, wanted: str) -> MalformedError:
    return MalformedError(f"{name} must be {wanted}")


def text(most: int, *, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def run(value: Any, name: str) -> None:
        if type(value) is not str or not least <= len(value) <= most:
            raise _refuse(name, f"text of {least} to {most} characters")

    return Check(run, f'"{_PLAIN}{{{least},{most}}}"')


def pattern(expression: str, wanted: str) -> Check:
    """A string that the expression (of plain characters) matches whole."""
    match = re.compile(expression).fullmatch

    def run(value: Any, name: str) -> None:
        if type(value) is not str or match(value) is None:
            raise _refuse(name, wanted)

    return Check(run, f'"(?:{expression})"')


def choice(*allowed: str) -> Check:
    """One of the given words."""
    words = frozenset(allowed)

    def run(value: Any, name: str) -> None:
        if type(value) is not str or value not in words:
            raise _refuse(name, "one of " + ", ".join(allowed))

    return Check(run, '"(?:' + "|".join(map(re.escape, allowed)) + ')"')


def _whole(least: int, most: int) -> str:
    """The form of the whole numbers from `least` to a little under `most`."""
    if least == most:
        return str(least)
    if least > 1 or most < 10:
        return NEVER
    positive = f"[1-9][0-9]{{0,{len(str(most)) - 2}}}"
    if most == MOST:
        positive = f"[1-8][0-9]{{15}}|{positive}"
    return f"(?:{positive})" if least else f"(?:0|{positive})"


def integer(least: int = 0, most: int = MOST) -> Check:
    """An integer within bounds; a boolean is none."""

    def run(value: Any, name: str) -> None:
        if type(value) is not int or not least <= value <= most:
            raise _refuse(name, f"a whole number from {least} to {most}")

    return Check(run, _whole(least, most))


def _boolean(value: Any, name: str) -> None:
    if type(value) is not bool:
        raise _refuse(name, "true or false")


def maybe(inner: Check) -> Check:
    """null, or what `inner` allows."""
    check = inner.run

    def run(value: Any, name: str) -> None:
        if value is not None:
            check(value, name)

    return Check(run, f"(?:null|{inner.form})")


def listing(inner: Check, most: int) -> Check:
    """A list of at most `most` values."""
    check = inner.run

    def run(value: Any, name: str) -> None:
        if type(value) is not list or len(value) > most:
            raise _refuse(name, f"a list of at most {most}")
        for index, item in enumerate(value):
            check(item, f"{name}[{index}]")

    return Check(run, rf"\[(?:{inner.form}(?:,{inner.form}){{0,{most - 1}}})?\]")


def record(**members: Check) -> Check:
    """An object with exactly these fields."""
    keys = frozenset(members)
    checks = tuple((name, check.run) for name, check in members.items())

    def run(value: Any, name: str) -> None:
        if type(value) is not dict:
            raise _refuse(name, "an object")
        if value.keys() != keys:
            raise _refuse(name, "an object with the fields " + ", ".join(sorted(keys)))
        for key, check in checks:
            check(value[key], key)

    inside = ",".join(f'"{name}":{members[name].form}' for name in sorted(members))
    return Check(run, rf"\{{{inside}\}}")


def either(*alternatives: Check) -> Check:
    """What the first fitting alternative allows."""

    def run(value: Any, name: str) -> None:
        for inner in alternatives[:-1]:
            try:
                inner.run(value, name)
            except MalformedError:
                continue
            return
        alternatives[-1].run(value, name)

    return Check(run, "(?:" + "|".join(inner.form for inner in alternatives) + ")")


def mapping(inner: Check, most: int) -> Check:
    """An object with free names (letters, digits, `_ . -`, at most 64 characters).

    Its form cannot tell whether the names are in order: what matches must be looked at again.
    """
    check = inner.run

    def run(value: Any, name: str) -> None:
        if type(value) is not dict or len(value) > most:
            raise _refuse(name, f"an object of at most {most} fields")
        for key, item in value.items():
            if _NAME.fullmatch(key) is None:
                raise MalformedError(f"{name} holds a field whose name is not plain")
            check(item, name)

    one = f'"{_NAME.pattern}":{inner.form}'
    return Check(run, rf"\{{(?:{one}(?:,{one}){{0,{most - 1}}})?\}}")


def _scalar(value: Any, name: str) -> None:
    kind = type(value)
    if value is None or kind is bool:
        return
    if kind is int and -MOST <= value <= MOST:
        return
    if kind is str and len(value) <= _SCALAR_TEXT:
        return
    raise _refuse(name, "a short text, a whole number, true, false or null")


BOOLEAN = Check(_boolean, "(?:true|false)")
SCALAR = Check(
    _scalar, f'(?:null|true|false|0|-?[1-9][0-9]{{0,14}}|"{_PLAIN}{{0,{_SCALAR_TEXT}}}")'
)
HEX64 = pattern("[0-9a-f]{64}", "64 hex digits")
HEX32 = pattern("[0-9a-f]{32}", "32 hex digits")
HEX64_OR_NONE = pattern("(?:[0-9a-f]{64})?", "64 hex digits or empty")
RATIO = pattern("0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?", "a decimal text from 0 to 1")
DECIMAL = pattern("-?[0-9]{1,15}(?:\\.[0-9]{1,9})?", "a decimal text")
CODE = pattern("[A-Z][A-Z0-9-]{0,31}", "a reason code such as R-MULTI")
EMPTY = pattern("", "empty")
