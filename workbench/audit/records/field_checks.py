"""The kinds of value a record may hold, each declared once and told in three ways.

`allows` judges a value that was read. `schema` says the same in JSON Schema (draft 2020-12), for
others to check against. `form` is a regular expression that matches only canonical spellings of
allowed values (plain printable text without escapes): what matches needs no parsing to be known
good, what does not is parsed and judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.audit.errors import MalformedError

MAX_INTEGER = 2**53
MAX_SCALAR_TEXT = 1024
NEVER = "(?!)"
# What a text may not consist of alone where something has to be said. Written out, so that no
# version of Unicode moves it.
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_PLAIN = r"[ !#-\[\]-~]"
_NAME = "[A-Za-z0-9_.-]{1,64}"

JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """What one kind of value may be; `refusal(value, name)` says why one it does not allow is off.

    `definitions` are the schemas that `schema` refers to by name.
    """

    allows: Callable[[Any], bool]
    refusal: Callable[[Any, str], str]
    schema: JsonSchema
    form: str = NEVER
    definitions: JsonSchema = field(default_factory=dict)

    def run(self, value: Any, name: str) -> None:
        """Raise MalformedError, naming the field, for a value that is not allowed."""
        if not self.allows(value):
            raise MalformedError(self.refusal(value, name))


@dataclass(frozen=True, slots=True)
class Rule:
    """What the fields of an object must be together; `refusal` says why they are not."""

    allows: Callable[[Mapping[str, Any]], bool]
    refusal: Callable[[Mapping[str, Any]], str]
    schema: JsonSchema
    definitions: JsonSchema


def _must_be(wanted: str) -> Callable[[Any, str], str]:
    return lambda value, name: f"{name} must be {wanted}"


def _definitions(*checks: Check) -> JsonSchema:
    return {name: schema for check in checks for name, schema in check.definitions.items()}


def named(name: str, check: Check, meaning: str) -> Check:
    """The same kind of value under a name, by which schemas refer to it."""
    schema = {"description": meaning, **check.schema}
    definitions = {**check.definitions, name: schema}
    return replace(check, schema={"$ref": f"#/$defs/{name}"}, definitions=definitions)


def text(most: int, *, least: int = 0) -> Check:
    """A string of `least` to `most` characters (Unicode code points)."""
    schema: dict[str, Any] = {"type": "string", "maxLength": most}
    if least:
        schema["minLength"] = least
    return Check(
        lambda value: type(value) is str and least <= len(value) <= most,
        _must_be(f"text of {least} to {most} characters"),
        schema,
        f'"{_PLAIN}{{{least},{most}}}"',
    )


def spoken(most: int) -> Check:
    """A string of at most `most` characters, not all of them white space."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in WHITE_SPACE)
    return Check(
        lambda value: type(value) is str and len(value) <= most and bool(value.strip(WHITE_SPACE)),
        _must_be(f"text of at most {most} characters that says something"),
        {"type": "string", "maxLength": most, "pattern": f"[^{escaped}]"},
    )


def pattern(expression: str, wanted: str) -> Check:
    """A string that the expression (of plain characters) matches whole."""
    match = re.compile(expression).fullmatch
    return Check(
        lambda value: type(value) is str and match(value) is not None,
        _must_be(wanted),
        {"type": "string", "pattern": f"^(?:{expression})$"},
        f'"(?:{expression})"',
    )


def choice(*allowed: str) -> Check:
    """One of the given words."""
    words = frozenset(allowed)
    return Check(
        lambda value: type(value) is str and value in words,
        _must_be("one of " + ", ".join(allowed)),
        {"enum": list(allowed)} if len(allowed) > 1 else {"const": allowed[0]},
        '"(?:' + "|".join(map(re.escape, allowed)) + ')"',
    )


def _whole_form(least: int, most: int) -> str:
    """The form of the whole numbers from `least` to a little under `most`."""
    if least == most:
        return str(least)
    if least > 1 or most < 10:
        return NEVER
    positive = f"[1-9][0-9]{{0,{len(str(most)) - 2}}}"
    if most == MAX_INTEGER:
        positive = f"[1-8][0-9]{{15}}|{positive}"
    sign = "-?" if least == -most else ""
    return f"(?:{positive})" if least == 1 else f"(?:0|{sign}(?:{positive}))"


def integer(least: int = 0, most: int = MAX_INTEGER) -> Check:
    """An integer within bounds; a boolean is none, nor is a number with a point or an exponent."""
    bounds = {"minimum": least, "maximum": most}
    return Check(
        lambda value: type(value) is int and least <= value <= most,
        _must_be(f"a whole number from {least} to {most}"),
        {"type": "integer", **bounds} if least < most else {"type": "integer", "const": least},
        _whole_form(least, most),
    )


def maybe(inner: Check) -> Check:
    """null, or what `inner` allows."""
    allows = inner.allows
    return Check(
        lambda value: value is None or allows(value),
        inner.refusal,
        {"anyOf": [{"type": "null"}, inner.schema]},
        f"(?:null|{inner.form})",
        inner.definitions,
    )


def list_of(inner: Check, most: int) -> Check:
    """A list of at most `most` values."""

    def refusal(value: Any, name: str) -> str:
        if type(value) is not list or len(value) > most:
            return f"{name} must be a list of at most {most}"
        at, item = next((at, item) for at, item in enumerate(value) if not inner.allows(item))
        return inner.refusal(item, f"{name}[{at}]")

    return Check(
        lambda value: type(value) is list and len(value) <= most and all(map(inner.allows, value)),
        refusal,
        {"type": "array", "maxItems": most, "items": inner.schema},
        rf"\[(?:{inner.form}(?:,{inner.form}){{0,{most - 1}}})?\]",
        inner.definitions,
    )


def having(**members: Check) -> Check:
    """An object in which these fields are as said, whatever else it has."""
    return Check(
        lambda value: all(check.allows(value[key]) for key, check in members.items()),
        _must_be("an object whose " + ", ".join(members) + " is another"),
        {"properties": {name: check.schema for name, check in members.items()}},
    )


def when(name: str, holds: Check, because: str, **then: Check) -> Rule:
    """Where a field is what `holds` allows, others of the same object must be as `then` says."""
    return Rule(
        lambda value: (
            not holds.allows(value[name])
            or all(check.allows(value[key]) for key, check in then.items())
        ),
        lambda value: because,
        {
            "if": {"properties": {name: holds.schema}},
            "then": {"properties": {key: check.schema for key, check in then.items()}},
        },
        _definitions(holds, *then.values()),
    )


def depending_on(name: str, other: str, kinds: Mapping[str, Check]) -> Rule:
    """What a field (one of the words that `kinds` has) says, the other one must be."""

    def refusal(value: Mapping[str, Any]) -> str:
        return kinds[value[name]].refusal(value[other], other)

    cases = [
        {
            "if": {"properties": {name: {"const": word}}},
            "then": {"properties": {other: check.schema}},
        }
        for word, check in kinds.items()
    ]
    definitions = _definitions(*kinds.values())
    return Rule(
        lambda value: kinds[value[name]].allows(value[other]),
        refusal,
        {"allOf": cases},
        definitions,
    )


def record(*rules: Rule, **members: Check) -> Check:
    """An object with exactly these fields, which fit together as the rules say.

    One with rules has no form: that they hold no regular expression can say.
    """
    keys = frozenset(members)
    checks = tuple((name, check.allows) for name, check in members.items())

    def allows(value: Any) -> bool:
        return (
            type(value) is dict
            and value.keys() == keys
            and all(check(value[key]) for key, check in checks)
            and all(rule.allows(value) for rule in rules)
        )

    def refusal(value: Any, name: str) -> str:
        if type(value) is not dict:
            return f"{name} must be an object"
        if value.keys() != keys:
            return f"{name} must be an object with the fields " + ", ".join(sorted(keys))
        for key, check in members.items():
            if not check.allows(value[key]):
                return check.refusal(value[key], key)
        return next(rule.refusal(value) for rule in rules if not rule.allows(value))

    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: check.schema for name, check in members.items()},
        "required": list(members),
        "additionalProperties": False,
    }
    if rules:
        schema["allOf"] = [rule.schema for rule in rules]
    inside = ",".join(f'"{name}":{members[name].form}' for name in sorted(members))
    definitions = {
        **_definitions(*members.values()),
        **{name: inner for rule in rules for name, inner in rule.definitions.items()},
    }
    return Check(allows, refusal, schema, NEVER if rules else rf"\{{{inside}\}}", definitions)


def either(*alternatives: Check) -> Check:
    """What any of the alternatives allows; refused in the words of the last."""
    tests = tuple(check.allows for check in alternatives)
    return Check(
        lambda value: any(allows(value) for allows in tests),
        alternatives[-1].refusal,
        {"anyOf": [check.schema for check in alternatives]},
        "(?:" + "|".join(check.form for check in alternatives) + ")",
        _definitions(*alternatives),
    )


def mapping(inner: Check, most: int) -> Check:
    """An object with free names (letters, digits, `_ . -`, at most 64 characters).

    Its form cannot tell whether the names are in order: what matches must be looked at again.
    """
    plain = re.compile(_NAME).fullmatch

    def refusal(value: Any, name: str) -> str:
        if type(value) is not dict or len(value) > most:
            return f"{name} must be an object of at most {most} fields"
        if not all(map(plain, value)):
            return f"{name} holds a field whose name is not plain"
        return inner.refusal(next(one for one in value.values() if not inner.allows(one)), name)

    one = f'"{_NAME}":{inner.form}'
    return Check(
        lambda value: (
            type(value) is dict
            and len(value) <= most
            and all(map(plain, value))
            and all(map(inner.allows, value.values()))
        ),
        refusal,
        {
            "type": "object",
            "maxProperties": most,
            "propertyNames": {"pattern": f"^(?:{_NAME})$"},
            "additionalProperties": inner.schema,
        },
        rf"\{{(?:{one}(?:,{one}){{0,{most - 1}}})?\}}",
        inner.definitions,
    )


ANYTHING = Check(lambda value: True, _must_be("anything"), {})
BOOLEAN = Check(
    lambda value: type(value) is bool, _must_be("true or false"), {"type": "boolean"},
    "(?:true|false)",
)  # fmt: skip
FALSE = Check(lambda value: value is False, _must_be("false"), {"const": False}, "false")
NULL = Check(lambda value: value is None, _must_be("null"), {"type": "null"}, "null")
SCALAR = replace(
    either(NULL, BOOLEAN, integer(-MAX_INTEGER), text(MAX_SCALAR_TEXT)),
    refusal=_must_be("a short text, a whole number, true, false or null"),
)
HEX64 = pattern("[0-9a-f]{64}", "64 hex digits")
HEX32 = pattern("[0-9a-f]{32}", "32 hex digits")
HEX64_OR_NONE = pattern("(?:[0-9a-f]{64})?", "64 hex digits or empty")
RATIO = pattern("0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?", "a decimal text from 0 to 1")
DECIMAL = pattern("-?[0-9]{1,15}(?:\\.[0-9]{1,9})?", "a decimal text")
CODE = pattern("[A-Z][A-Z0-9-]{0,31}", "a reason code such as R-MULTI")
EMPTY = pattern("", "empty")
