"""What the values of a sample tell about how they are written: units, forms of times, decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import extract_columns
from workbench.intake.mapping import Rule
from workbench.intake.sampled_units import first_value
from workbench.text.sanitize import safe_text

_EPOCHS = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (float("inf"), "ns"))
_UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_ISO = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}([T ]|\s*$)")
# Forms of times that are tried in this order; pairs that differ in the order of day and month only
# are told apart by a value beyond 12.
_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y", "%m-%d-%Y",
         "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
         "%b %d, %Y", "%b %d %Y", "%B %d, %Y", "%d %B %Y", "%d/%b/%Y")  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", ", %H:%M", ", %H:%M:%S", " %I:%M %p",
           " %I:%M:%S %p", ", %I:%M %p", ", %I:%M:%S %p", "T%H:%M:%S", "T%H:%M:%S.%f",
           ":%H:%M:%S", "T%H%M%S", " %I:%M:%S.%f %p")  # fmt: skip
_ZONES = ("", " %z", "%z", "Z", " UTC", " GMT")
_WHOLE_FORMS = ("%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y",
                "%a %b %d %Y %H:%M:%S GMT%z", "%a %b %d %H:%M:%S UTC %Y",
                "%a %b %d %H:%M:%S %z %Y")  # fmt: skip
_SWAPPED = {"%m/%d/%Y": "%d/%m/%Y", "%m/%d/%y": "%d/%m/%y", "%m-%d-%Y": "%d-%m-%Y"}
_MARKED = re.compile(r"\s*[-+]?\d{1,3}([.,' \xa0\u202f]\d{3})*([.,]\d+)?\s*|\s*[-+]?\d+[.,]\d+\s*")
_LOOKED_AT = 400
Sample = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Guess:
    """A rule as the values suggest it, with the warning to give (code, example, words)."""

    rule: Rule
    code: str = ""
    example: str = ""
    words: str = ""


def guessed(table: Table, rules: Mapping[str, Rule], sample: Sample) -> dict[str, Guess]:
    """What the values say of the columns whose rules leave something open."""
    found: dict[str, Guess] = {}
    for column in extract_columns(table):
        rule = rules.get(column.name)
        if rule is None or rule.constant is not None or rule.take:
            continue
        values = [first_value(record, rule.sources) for record in sample[:_LOOKED_AT]]
        there = [value for value in values if value not in (None, "", *rule.empty)]
        guess = None
        if column.type == "TIMESTAMP" and not rule.unit and not rule.format:
            guess = _time(rule, there)
        elif column.type in ("BIGINT", "INTEGER", "DOUBLE") and not rule.decimal:
            guess = _decimal(column, rule, there)
        if guess is not None:
            found[column.name] = guess
    return found


def _time(rule: Rule, values: Sequence[object]) -> Guess | None:
    if unit := epoch_unit(values):
        return Guess(
            replace(rule, unit=unit), "epoch_unit_guessed", str(values[0]),
            f"numbers read as {_UNIT_WORDS[unit]} since 1970; a mapping with a unit settles it.",
        )  # fmt: skip
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts or sum(bool(_ISO.match(text)) for text in texts) * 2 > len(texts):
        return None
    forms = time_forms(texts)
    if len(forms) == 1:
        return Guess(
            replace(rule, format=forms[0]), "time_format_guessed", texts[0],
            f"times read as {forms[0]}; a mapping with a format settles it.",
        )  # fmt: skip
    if forms:
        ways = " or ".join(f'format = "{form}"' for form in forms)
        return Guess(
            rule, "time_format_unclear", texts[0],
            f"times such as “{safe_text(texts[0], 40)}” may be day or month first, and no value "
            f"tells which; a mapping must say it: {ways}.",
        )  # fmt: skip
    return None


def time_forms(texts: Sequence[str]) -> list[str]:
    """The forms that every text has: none, one, or two that no value tells apart."""
    first = texts[0]
    for day in (*_DAYS, ""):
        candidates = (
            [day + clock + zone for clock in _CLOCKS for zone in _ZONES] if day else _WHOLE_FORMS
        )
        for form in candidates:
            if not _reads(first, form):
                continue
            swapped = day and _SWAPPED.get(day)
            ways = [form, form.replace(day, swapped)] if swapped else [form]
            if fitting := [way for way in ways if all(_reads(text, way) for text in texts)]:
                return fitting
    return []


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def _decimal(column: Column, rule: Rule, values: Sequence[object]) -> Guess | None:
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    marked = [text for text in texts if ("," in text or text.count(".") > 1 or "'" in text)]
    if not marked or not all(_MARKED.fullmatch(text) for text in texts):
        return None
    mark = decimal_mark(texts, whole=column.type != "DOUBLE" and column.unit != "ms")
    if not mark:
        return None
    return Guess(
        replace(rule, decimal=mark), "decimal_guessed", marked[0],
        f"numbers such as “{safe_text(marked[0], 20)}” read with “{mark}” as their decimal mark; "
        f'a mapping settles it: decimal = "{mark}".',
    )  # fmt: skip


def decimal_mark(texts: Sequence[str], *, whole: bool) -> str:
    """The decimal mark of numbers that hold points or commas; empty where they do not tell."""
    votes: set[str] = set()
    for text in texts:
        points, commas = text.count("."), text.count(",")
        if points and commas:
            votes.add("." if text.rfind(".") > text.rfind(",") else ",")
        elif commas > 1 or points > 1:
            votes.add("." if commas else ",")
        elif commas or points:
            mark = "," if commas else "."
            if len(text.strip().rpartition(mark)[2]) != 3:
                votes.add(mark)
    if len(votes) == 1:
        return votes.pop()
    if not votes and whole and any("," in text for text in texts):
        return "."  # a count has no fraction: the comma parts its thousands
    return ""


def epoch_unit(values: Sequence[object]) -> str:
    """The unit of numbers since 1970 when most of the sample are such numbers, else empty."""
    there = [value for value in values if value not in (None, "")]
    numbers: list[float] = []
    for value in there:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number or re.fullmatch(r"\s*\d{9,19}(\.\d+)?(E\+?\d+)?\s*", str(value)):
            numbers.append(float(str(value)))
    if not numbers or len(numbers) * 2 <= len(there):
        return ""
    middle = sorted(numbers)[len(numbers) // 2]
    return next(unit for limit, unit in _EPOCHS if middle < limit)
