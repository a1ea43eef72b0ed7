"""Values that a JSON Schema allows, drawn from the schema alone, and values spoilt in one place.

It knows the words that the schema of ledger records uses, and says so of any other.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from hypothesis import strategies as st

Schema = Mapping[str, Any]
Path = tuple[Any, ...]
_KNOWN = frozenset((
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "description", "enum", "if", "items",
    "maxItems", "maxLength", "maxProperties", "maximum", "minLength", "minimum", "pattern",
    "properties", "propertyNames", "required", "then", "type",
))  # fmt: skip
_CHARACTERS = st.characters(exclude_categories=())  # lone surrogates too
_NUMBERS = (
    *(0, 1, 2, -1, 10**9, 10**9 + 1, 10**12, 10**12 + 1, 2**32, 2**32 + 1, 2**53, 2**53 + 1),
    *(-(2**53), -(2**53) - 1),
)
_TEXTS = (
    *("x" * length for length in (0, 1, 64, 65, 256, 257, 1024, 1025, 2048, 2049)),
    *("x" * length for length in (4096, 4097, 8192, 8193)),
    *("account", "\x85\u3000", "\ufeff", " \t\x1f"),
)
_HEX64 = (
    "0123456789abcdef" * 4,
    "a" * 63,
    "a" * 65,
    "A" * 64,
    "g" * 64,
    "a" * 63 + "/",
    "a" * 63 + ":",
)
_FIELD_NAME = "^(?:[A-Za-z0-9_.-]{1,64})$"
# Texts on both sides of what each pattern of the format allows.
EDGES: Mapping[str, tuple[str, ...]] = {
    "^(?:[0-9a-f]{64})$": _HEX64,
    "^(?:(?:[0-9a-f]{64})?)$": ("", *_HEX64),
    "^(?:[0-9a-f]{32})$": ("09af" * 8, "a" * 31, "a" * 33, "A" * 32, "g" * 32),
    "^(?:0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?)$": (
        *("0", "1", "0.0", "0.9", "1.0", "0.123456789", "1.000000000", "0.90", "00", "01"),
        *("0.", "1.", "0.1234567890", "1.0000000000", "1.1", "2", "-0", ".5", "0x5", "1x0", "0.:"),
    ),
    "^(?:-?[0-9]{1,15}(?:\\.[0-9]{1,9})?)$": (
        *("0", "-0", "9", "000", "1" * 15, "-" + "9" * 15, "0.1", "0.95", "9.123456789", "-1.0"),
        *("", "-", "--1", "+1", "1" * 16, "1.", ".1", "1.1234567890", "1x5", "1.:", "/"),
    ),
    "^(?:[A-Z][A-Z0-9-]{0,31})$": (
        *("A", "Z", "R-MULTI", "A0", "Z9-", "R" * 31, "R" * 32),
        *("", "a", "0", "-", "R" * 33, "R_X", "R-MULTi", "R:", "R/", "@", "["),
    ),
    "^(?:[0-9a-z-]{1,80}\\.note)$": (
        *("0.note", "z.note", "9-a.note", "-.note", "a" * 79 + ".note", "a" * 80 + ".note"),
        *(
            ".note",
            "a" * 81 + ".note",
            "a.notes",
            "a/b.note",
            "A.note",
            "a_.note",
            "axnote",
            "a:.note",
        ),
    ),
    "^(?:[A-Za-z0-9+/=]{0,8192})$": (
        *(
            "",
            "AZaz09+/=",
            "=" * 8191,
            "A" * 8192,
            "A" * 8193,
            "A-",
            "A.",
            "A_",
            "A:",
            "A\n",
            "@",
            "`",
        ),
    ),
    _FIELD_NAME: (
        *(
            "A",
            "z",
            "0",
            "_",
            ".",
            "-",
            "x" * 63,
            "x" * 64,
            "",
            "x" * 65,
            "a b",
            "a/",
            "a:",
            "@",
            "`",
        ),
    ),
}
_LISTS: tuple[list[Any], ...] = ([], [None], [""], ["ab" * 32])
_OBJECTS: tuple[dict[str, Any], ...] = ({}, {"set": "ab" * 32, "count": 1})
_OTHERS = (None, True, False, 0.5, 1.0)
_ODD: tuple[Any, ...] = (*_NUMBERS, *_TEXTS, *_LISTS, *_OBJECTS, *_OTHERS)
# What a value of one kind may be mistaken for; any other kind is as good as these.
_ALIKE: dict[type, tuple[Any, ...]] = {
    str: (*_TEXTS, 1, None, []),
    int: (*_NUMBERS, *_OTHERS, "1"),
    bool: (*_OTHERS, 0, "true"),
    list: (*_LISTS, *_OBJECTS, None, ""),
    dict: (*_OBJECTS, [], None, ""),
    type(None): (*_OBJECTS, *_OTHERS, 0, 2**53, 2**53 + 1, ""),
}
_LENGTHS_OF_LISTS = (32, 33, 64, 65, 128, 129, 256, 257)


def validator(schema: Schema) -> Any:
    """A validator that reads `integer` and `$` as ledger-format.md says they are meant."""

    def pattern(_: Any, wanted: str, value: Any, __: Any) -> Iterator[Any]:
        if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", wanted), value):
            yield jsonschema.ValidationError("another pattern")

    whole = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: type(value) is int
    )
    kind = jsonschema.validators.extend(
        jsonschema.Draft202012Validator, {"pattern": pattern}, type_checker=whole
    )
    kind.check_schema(schema)
    return kind(schema)


class Drawer:
    """Draws values of the schemas that one document defines."""

    def __init__(self, document: Schema) -> None:
        self._definitions: Schema = document["$defs"]

    def record(self, draw: st.DrawFn, definition: str, fixed: Schema) -> Any:
        """A record with some fields as given, and the others drawn to fit them."""
        schema = self._definitions[definition]
        given = {name: {"const": value} for name, value in fixed.items()}
        return self.value(draw, {**schema, "properties": {**schema["properties"], **given}})

    def value(self, draw: st.DrawFn, schema: Schema) -> Any:
        """Any value that the schema allows."""
        unknown = schema.keys() - _KNOWN
        assert not unknown, f"the schema says {unknown}, which is not read here"
        if "$ref" in schema:
            return self.value(draw, self._definitions[schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema:
            return self.value(draw, draw(st.sampled_from(schema["anyOf"])))
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return draw(st.sampled_from(schema["enum"]))
        kinds: dict[str, Callable[[st.DrawFn, Schema], Any]] = {
            "object": self._object, "array": self._array, "string": self._string,
            "integer": self._integer, "boolean": lambda draw, _: draw(st.booleans()),
            "null": lambda draw, _: None,
        }  # fmt: skip
        return kinds[schema["type"]](draw, schema) if "type" in schema else None

    def _integer(self, draw: st.DrawFn, schema: Schema) -> int:
        least, most = schema["minimum"], schema["maximum"]
        return draw(st.sampled_from((least, most)) | st.integers(least, most))

    def _string(self, draw: st.DrawFn, schema: Schema) -> str:
        if "pattern" in schema and "maxLength" not in schema:
            expression: re.Pattern[str] = re.compile(
                schema["pattern"].removeprefix("^").removesuffix("$")
            )
            return draw(st.from_regex(expression, fullmatch=True))
        least, most = schema.get("minLength", 0), schema["maxLength"]
        short = st.text(_CHARACTERS, min_size=least, max_size=min(most, least + 12))
        if "pattern" in schema:
            short = short.filter(lambda text: re.search(schema["pattern"], text))
        return draw(short | st.sampled_from(("x" * max(least, 1), "x" * most)))

    def _array(self, draw: st.DrawFn, schema: Schema) -> list[Any]:
        number = draw(st.integers(0, 2) | st.just(schema["maxItems"]))
        some = [self.value(draw, schema["items"]) for _ in range(min(number, 2))]
        return (some * number)[:number]

    def _object(self, draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
        if "propertyNames" in schema:
            name = st.from_regex(r"[A-Za-z0-9_.-]{1,64}", fullmatch=True)
            names = draw(st.lists(name, max_size=3, unique=True))
            return {name: self.value(draw, schema["additionalProperties"]) for name in names}
        drawn = {name: self.value(draw, inner) for name, inner in schema["properties"].items()}
        self._fit(draw, schema, drawn)
        return drawn

    def _fit(self, draw: st.DrawFn, schema: Schema, drawn: dict[str, Any]) -> None:
        """Draw again what the rules of an object want otherwise."""
        for rule in schema.get("allOf", ()):
            if "allOf" in rule:
                self._fit(draw, rule, drawn)
            elif self._holds(rule["if"], drawn):
                self._become(draw, rule["then"], drawn)

    def _become(self, draw: st.DrawFn, wanted: Schema, drawn: dict[str, Any]) -> None:
        for name, inner in wanted["properties"].items():
            if "properties" in inner and "type" not in inner:
                self._become(draw, inner, drawn[name])
                if name == "subject":
                    self._fit(draw, self._definitions[name], drawn[name])
            else:
                drawn[name] = self.value(draw, inner)

    def _holds(self, condition: Schema, drawn: Any) -> bool:
        return all(_meets(inner, drawn[name]) for name, inner in condition["properties"].items())


def _meets(schema: Schema, word: Any) -> bool:
    """Whether a word is the one, or one of those, or as long as a condition asks for."""
    if "const" in schema:
        return bool(word == schema["const"])
    if schema.get("type") == "null":
        return word is None
    return word in schema["enum"] if "enum" in schema else len(word) >= schema["minLength"]


def paths(value: Any, before: Path = ()) -> Iterator[Path]:
    """The way to every value inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in inside:
        yield (*before, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*before, key))


def said(schema: Any, name: str) -> list[Any]:
    """Every value that a word of JSON Schema has anywhere in a schema."""
    if isinstance(schema, list):
        return [found for inner in schema for found in said(inner, name)]
    if not isinstance(schema, dict):
        return []
    here = [schema[name]] if name in schema and not isinstance(schema[name], dict) else []
    return here + [found for inner in schema.values() for found in said(inner, name)]


def neighbours(whole: dict[str, Any], words: list[list[str]], within: Path = ()) -> Iterator[Any]:
    """The record with one value below `within` changed, dropped or joined, in every way there is.

    Values lie on both sides of every bound that the format has; one of several `words` becomes
    each of the others.
    """
    for path in paths(whole):
        if path[: len(within)] != within:
            continue
        copied, holder, last = _reached(whole, path)
        before = holder[last]
        others = [*_ALIKE[type(before)]]
        if isinstance(before, str):
            others += [before + "\n", before.upper(), before[:-1]]
            others += [word for several in words if before in several for word in several]
            others += [
                text
                for pattern, edges in EDGES.items()
                if pattern != _FIELD_NAME and re.match(pattern, before)
                for text in edges
            ]
        elif isinstance(before, list) and before:
            others += [before[:1] * number for number in _LENGTHS_OF_LISTS]
        elif isinstance(before, dict):
            others += [{**before, name: 1} for name in ("stranger", *EDGES[_FIELD_NAME])]
            others += [{str(number): 1 for number in range(many)} for many in (64, 65)]
            others += [{k: v for k, v in before.items() if k != name} for name in before]
        for other in others:
            holder[last] = other
            yield copied
        holder[last] = before


def _reached(whole: Any, path: Path) -> tuple[Any, Any, Any]:
    """A copy of a value, what in it holds the place a path leads to, and the last step there."""
    copied = copy.deepcopy(whole)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    return copied, holder, path[-1]


def spoil(draw: st.DrawFn, whole: Any) -> Any:
    """A copy of a record with one value changed, dropped, doubled or joined by another."""
    spoilt, holder, last = _reached(whole, draw(st.sampled_from(sorted(paths(whole), key=repr))))
    before = holder[last]
    act = draw(st.sampled_from(("odd", "odd", "odd", "drop", "join", "grow", "swap")))
    if act == "drop":
        del holder[last]
    elif act == "join" and isinstance(holder, dict):
        holder[draw(st.sampled_from(("", "stranger", "a b", "x" * 65)))] = before
    elif act == "grow" and isinstance(before, list):
        holder[last] = before * 129
    elif act == "grow" and isinstance(before, str):
        holder[last] = before + draw(st.sampled_from(("\n", " ", "0", "A")))
    elif act == "grow" and type(before) is int:
        holder[last] = before + draw(st.sampled_from((-1, 1, 0.5, 2**53)))
    elif act == "swap" and isinstance(holder, dict):
        other = draw(st.sampled_from(sorted(holder)))
        holder[last], holder[other] = holder[other], before
    else:
        holder[last] = draw(st.sampled_from(_ODD))
    return spoilt
