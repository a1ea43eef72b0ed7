"""Turns what an analyst typed into bound values: checked types, defaults relative to the extract.

A default such as `-30d` counts back from the extract's last event, never from the wall clock, so
that the same query on the same case gives the same answer next year.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.errors import UsageError
from workbench.playbooks.format import Parameter, SavedQuery

Bound = dict[str, Any]
_RELATIVE = re.compile(r"([+-])\s*(\d+)\s*(min|h|d|w)")
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - times of a case are naive UTC
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class ExtractSpan:
    """First and last event of the extract; None where it has no times."""

    first: datetime.datetime | None = None
    last: datetime.datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> ExtractSpan:
        """The span that the query `overview-span` tells."""
        times = (row.get(name) for name in ("first_ts", "last_ts"))
        return cls(*(moment(time, cls()) if time else None for time in times))


def bind(query: SavedQuery, given: Mapping[str, object], span: ExtractSpan) -> Bound:
    """Values for every parameter of `query`.

    Raises UsageError for an unknown name, a missing value or one that is out of type or range.
    """
    known = {parameter.name for parameter in query.params}
    for name in given:
        if name not in known:
            listed = ", ".join(sorted(known)) or "it has none"
            raise UsageError(
                f"{query.id} has no parameter “{name}”.", hint=f"Parameters: {listed}."
            )
    return {
        parameter.name: bind_one(parameter, given.get(parameter.name), span)
        for parameter in query.params
    }


def bind_one(parameter: Parameter, given: object, span: ExtractSpan) -> Any:
    """The value of one parameter; an empty text means “not given”."""
    value = parameter.default if given is None or given == "" else given
    if value is None:
        if parameter.optional:
            return None
        raise UsageError(
            f"The parameter “{parameter.name}” needs a value ({parameter.type}).",
            hint=parameter.help,
        )
    bound = _CONVERT[parameter.type](parameter, value, span)
    _check_range(parameter, bound)
    return bound


def _wrong(parameter: Parameter, value: object, wanted: str) -> UsageError:
    return UsageError(
        f"“{value}” is not {wanted}, which the parameter “{parameter.name}” takes.",
        hint=parameter.help,
    )


def _int(parameter: Parameter, value: object, _span: ExtractSpan) -> int:
    try:
        return int(str(value).replace(",", "").replace("_", ""))
    except ValueError:
        raise _wrong(parameter, value, "a whole number") from None


def _float(parameter: Parameter, value: object, _span: ExtractSpan) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise _wrong(parameter, value, "a number") from None


def _bool(parameter: Parameter, value: object, _span: ExtractSpan) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise _wrong(parameter, value, "yes or no") from None


def _text(_parameter: Parameter, value: object, _span: ExtractSpan) -> str:
    return str(value)


def _enum(parameter: Parameter, value: object, _span: ExtractSpan) -> str:
    if parameter.choices and str(value) not in parameter.choices:
        raise _wrong(parameter, value, "one of " + ", ".join(parameter.choices))
    return str(value)


def _list(_parameter: Parameter, value: object, _span: ExtractSpan) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if isinstance(value, str) and value.startswith("["):  # as the bench keeps a list
        with contextlib.suppress(ValueError, RecursionError):
            listed = json.loads(value)
            if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
                return listed
    return [item.strip() for item in str(value).split(",") if item.strip()]


def moment(value: object, span: ExtractSpan) -> datetime.datetime | None:
    """A time as given: ISO text, a TOML date or time, or relative to the extract's last event;
    None for another text, and for a time that no calendar has."""
    try:
        return _moment(value, span)
    except (ValueError, OverflowError):
        return None


def _moment(value: object, span: ExtractSpan) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return _utc(value)
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    text = str(value).strip()
    if match := _RELATIVE.fullmatch(text):
        sign, count, unit = match.groups()
        base = span.last or _EPOCH
        step = datetime.timedelta(**{_UNITS[unit]: int(count)})
        return base - step if sign == "-" else base + step
    return _utc(datetime.datetime.fromisoformat(text))


def _utc(given: datetime.datetime) -> datetime.datetime:
    """Without an offset it is UTC already."""
    if given.tzinfo is None:
        return given
    return given.astimezone(datetime.UTC).replace(tzinfo=None)


def _timestamp(parameter: Parameter, value: object, span: ExtractSpan) -> dict[str, str]:
    found = moment(value, span)
    if found is None:
        raise _wrong(parameter, value, "a time such as 2026-05-01, 2026-05-01 13:00 or -30d")
    return {"timestamp": found.isoformat(sep=" ")}


def _date(parameter: Parameter, value: object, span: ExtractSpan) -> dict[str, str]:
    return {"date": _timestamp(parameter, value, span)["timestamp"]}


_CONVERT = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "text": _text,
    "enum": _enum,
    "interval": _text,
    "timestamp": _timestamp,
    "date": _date,
    "account": _text,
    "cluster": _text,
    "entity": _text,
    "account_list": _list,
}


def _check_range(parameter: Parameter, value: Any) -> None:
    if parameter.type not in ("int", "float"):
        return
    low, high = parameter.min, parameter.max
    if (low is not None and value < low) or (high is not None and value > high):
        raise UsageError(
            f"{parameter.name} = {value} is outside {low if low is not None else '…'}"
            f" to {high if high is not None else '…'}.",
            hint=parameter.help,
        )
