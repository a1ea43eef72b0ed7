"""Mapping profiles: which source field becomes which canonical column, in what unit and zone.

[exchanges]
files = ["spend*.csv"]                      # optional: which files are this table
empty = ["-", "NULL"]                       # optional: cells that stand for nothing
decimal = ","                               # optional: how its numbers are written: 1.234,5
account_id = ["user", "meta.end_user"]      # a source field, or a dotted path into JSON; of
                                            # several the first in each record that is not empty
ts = { from = "startTime", unit = "ms" }    # numbers since 1970: s, ms, us or ns
latency_ms = { from = "latency", unit = "s" }           # or { from = "start", until = "end" }
model = { constant = "gateway" }
prompt = { from = "body", take = "user" }   # out of a request or an answer: user, system, answer;
                                            # of any cell its hash, the count of a list, the address
status = { from = "state", values = { Paid = "succeeded" } }    # words of theirs and of ours
ip = 'headers."x.client.ip"'                # a key with dots inside; items[0].id leads into a list
where = { type = "GENERATION" }             # which records are of the table; a list is any of them
records = "data[*]"                         # where the records are in a file of one JSON value
only = true                                 # no further fields by their canonical names: so it is
                                            # where all required columns are named; false: take them
status = []                                 # left out, though a field bears the name
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import EXTRACTS, extract_columns
from workbench.errors import UsageError
from workbench.text.bounded import read_toml
from workbench.text.sanitize import safe_text

TIME_UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0}
_DURATION_UNITS = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
_MONEY_UNITS = {"minor": 1.0, "major": 100.0}
# What the engine's strptime knows.
_DIRECTIVE = re.compile(r"%(?:%|-?[dHIjmMSy]|[aAbBcfgGnpuUVwWxXYzZ])")
# What may be taken out of a cell, and what it is taken as.
TAKES = {
    "user": "VARCHAR", "system": "VARCHAR", "answer": "VARCHAR", "hash": "VARCHAR",
    "address": "VARCHAR", "count": "INTEGER",
}  # fmt: skip
_CONDITION = re.compile(r"(?P<source>[^=!]+?)\s*(?P<sign>==?|!=)\s*(?P<value>.+)", re.S)
_KEYS = ("from", "unit", "zone", "format", "take", "constant", "values", "until")


@dataclass(frozen=True, slots=True)
class Rule:
    """How one canonical column is filled."""

    sources: tuple[str, ...] = ()
    unit: str = ""
    zone: str = ""
    format: str = ""
    take: str = ""
    constant: str | None = None
    empty: tuple[str, ...] = ()
    decimal: str = ""
    values: tuple[tuple[str, str], ...] = ()
    until: tuple[str, ...] = ()  # the time at which what began at the source ended

    @property
    def left_out(self) -> bool:
        """Whether the mapping says that the column is not to be filled."""
        return not self.sources and self.constant is None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a record must hold to be of the table: one of `values` at `source`, or none of them."""

    source: str
    values: tuple[str, ...]
    not_these: bool = False


@dataclass(frozen=True, slots=True)
class TableMapping:
    """The rules of one table, by canonical column; `files` are name patterns.

    `empty` are cells that stand for nothing; `decimal` is the mark in its numbers, point or comma.
    `only` keeps fields that the rules do not name out, whatever their names; where it is not said,
    a mapping that names all required columns does, and one that does not is completed by names.
    `marks` are fields by which an export is known; of alternatives parted by a bar one is enough.
    """

    files: tuple[str, ...] = ()
    rules: dict[str, Rule] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    decimal: str = ""
    where: tuple[Condition, ...] = ()
    records: str = ""
    only: bool | None = None
    marks: tuple[str, ...] = ()

    def claims(self, path: Path) -> bool:
        """Whether the mapping says that this file is of its table."""
        return any(fnmatchcase(path.name, pattern) for pattern in self.files)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping profile; `text` is the file as read, kept in the manifest."""

    tables: dict[str, TableMapping] = field(default_factory=dict)
    text: str = ""

    def of(self, table: str) -> TableMapping:
        """The mapping of a table; an empty one where the profile has none."""
        return self.tables.get(table, TableMapping())


def factor(column: Column, unit: str) -> float | None:
    """What a number in `unit` is multiplied by for this column; None where the unit is no fit."""
    if not unit:
        return 1.0
    if column.unit == "ms":
        return _DURATION_UNITS.get(unit)
    if column.name == "amount_minor":
        return _MONEY_UNITS.get(unit)
    return None


def shipped_profiles() -> dict[str, str]:
    """Profiles for the logs of well-known gateways, by name."""
    folder = files(__package__).joinpath("profiles")
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in found}


def parse_mapping(text: str, where: str = "mapping") -> Mapping:
    """Check the text of a profile; raises UsageError that names the entry and the near miss."""
    try:
        values = read_toml(text)
    except ValueError as error:
        raise UsageError(f"{where} is no TOML: {safe_text(error)}.") from error
    tables: dict[str, TableMapping] = {}
    for name, entries in values.items():
        if name not in EXTRACTS or not isinstance(entries, dict):
            raise UsageError(
                f"{where}: [{safe_text(name, 60)}] is no table of an extract.",
                hint=_near(name, list(EXTRACTS)),
            )
        tables[name] = _table(EXTRACTS[name], entries, where)
    return Mapping(tables, text)


def _table(table: Table, entries: dict[str, Any], where: str) -> TableMapping:
    files = _texts(entries.pop("files", []), f"{where}: [{table.name}] files", "name patterns")
    empty = _texts(entries.pop("empty", []), f"{where}: [{table.name}] empty", "cells")
    marks = _texts(entries.pop("marks", []), f"{where}: [{table.name}] marks", "fields")
    decimal = entries.pop("decimal", "")
    if decimal not in ("", ".", ","):
        raise UsageError(f'{where}: [{table.name}] decimal must be "," or ".".')
    only, records = entries.pop("only", None), entries.pop("records", "")
    if not isinstance(only, bool | None):
        raise UsageError(f"{where}: [{table.name}] only must be true or false.")
    if not isinstance(records, str):
        raise UsageError(f"{where}: [{table.name}] records must be a path such as data[*].")
    conditions = where_conditions(entries.pop("where", {}), f"{where}: [{table.name}] where")
    known = {column.name: column for column in extract_columns(table)}
    rules: dict[str, Rule] = {}
    for name, entry in entries.items():
        if name not in known:
            raise UsageError(
                f"{where}: [{table.name}] has no column “{safe_text(name, 60)}”.",
                hint=_near(name, list(known)),
            )
        rules[name] = _rule(known[name], entry, f"{where}: {table.name}.{name}")
    return TableMapping(files, rules, empty, decimal, conditions, records, only, marks)


def where_conditions(given: object, where: str) -> tuple[Condition, ...]:
    """`{ field = value }`, a list of values, `"!value"` for all others; or `"field = value"`."""
    if isinstance(given, str):
        found = _CONDITION.fullmatch(given)
        if found is None:
            raise UsageError(f'{where} must be a table such as {{ type = "GENERATION" }}.')
        value = found["value"].strip("'\"")
        return (Condition(found["source"].strip(), (value,), found["sign"] == "!="),)
    if not isinstance(given, dict):
        raise UsageError(f'{where} must be a table such as {{ type = "GENERATION" }}.')
    conditions = []
    for source, wanted in given.items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not all(isinstance(one, str | int | float) for one in listed):
            raise UsageError(f"{where}: {safe_text(source, 60)} must be a value or a list of them.")
        texts = tuple(_constant_text(one) for one in listed)
        negated = all(text.startswith("!") for text in texts)
        values = tuple(text.removeprefix("!") if negated else text for text in texts)
        conditions.append(Condition(source, values, negated))
    return tuple(conditions)


def _texts(given: object, where: str, what: str) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise UsageError(f"{where} must be a list of {what}.")
    return tuple(listed)


def _rule(column: Column, entry: Any, where: str) -> Rule:
    if isinstance(entry, str | list):
        entry = {"from": entry}
    if not isinstance(entry, dict):
        raise UsageError(
            f"{where} must be a source field, a list of them or a table of {', '.join(_KEYS)}."
        )
    for key in entry:
        if key not in _KEYS:
            shown = safe_text(key, 60)
            raise UsageError(f"{where}: unknown key “{shown}”.", hint=_near(key, _KEYS))
    if ("from" in entry) == ("constant" in entry):
        raise UsageError(f"{where} needs either from or constant.")
    constant = entry.get("constant")
    sources = entry.get("from", [])
    sources = sources if isinstance(sources, list) else [sources]
    if not sources and constant is None and column.required:
        raise UsageError(f"{where} is required and cannot be left out.")
    words = {key: entry.get(key, "") for key in ("unit", "zone", "format", "take")}
    for source in sources:
        if not isinstance(source, str) or not source or "\0" in source:
            raise UsageError(f"{where}: from must be a source field, or a list of them.")
    for key, value in words.items():
        if not isinstance(value, str) or '"' in value or "\0" in value:
            raise UsageError(f"{where}: {key} must be text without quotes.")
    values = entry.get("values", {})
    if not isinstance(values, dict) or not all(
        isinstance(one, str | int | float) for one in values.values()
    ):
        raise UsageError(f'{where}: values must be a table such as {{ Paid = "succeeded" }}.')
    rule = Rule(
        tuple(dict.fromkeys(sources)),
        **words,
        constant=None if constant is None else _constant_text(constant),
        until=_texts(entry.get("until", []), f"{where}: until", "source fields"),
        values=tuple((str(name), _constant_text(one)) for name, one in values.items()),
    )
    _check_rule(column, rule, where)
    return rule


def _constant_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_rule(column: Column, rule: Rule, where: str) -> None:
    is_time = column.type == "TIMESTAMP"
    if rule.unit and is_time and rule.unit not in TIME_UNITS:
        raise UsageError(f"{where}: unit must be one of {', '.join(TIME_UNITS)}.")
    if rule.unit and not is_time and factor(column, rule.unit) is None:
        raise UsageError(f"{where}: the unit “{safe_text(rule.unit, 20)}” does not fit the column.")
    if rule.until and column.unit != "ms":
        raise UsageError(f"{where}: until is for durations, which are taken from two times.")
    if rule.take and TAKES.get(rule.take) != column.type:
        fitting = ", ".join(name for name, kind in TAKES.items() if kind == column.type)
        raise UsageError(
            f"{where}: “{safe_text(rule.take, 20)}” cannot be taken for this column.",
            hint=f"Known for it: {fitting or 'none'}.",
        )
    if (rule.zone or rule.format) and not is_time:
        raise UsageError(f"{where}: zone and format are for times.")
    odd = re.search(r"%.?", _DIRECTIVE.sub("", rule.format))
    if odd:
        raise UsageError(
            f"{where}: the format holds “{safe_text(odd.group(), 20)}”, which is no directive.",
            hint="Known are those of strptime: %Y %m %d %H %M %S %f %z %b %y %j %I %p; %% is a %.",
        )
    if rule.zone and rule.zone not in available_timezones():
        raise UsageError(
            f"{where}: unknown time zone “{safe_text(rule.zone, 60)}”.",
            hint=_near(rule.zone, sorted(available_timezones())),
        )


def _near(name: str, known: list[str] | tuple[str, ...]) -> str:
    match = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean “{match[0]}”?" if match else "Known: " + ", ".join(known[:40])
