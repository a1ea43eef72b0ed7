"""Values as typed, bound: types, ranges, and times that count from the extract."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.playbooks.binding import ExtractSpan, bind_one
from workbench.playbooks.format import PARAMETER_TYPES, Parameter

LAST = datetime.datetime(2026, 6, 5, 12, 0)  # noqa: DTZ001 - times of a case are naive UTC
SPAN = ExtractSpan(None, LAST)


def value(kind: str, given: object, **more: object) -> object:
    return bind_one(Parameter("p", kind, **more), given, SPAN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "given", "bound"),
    [
        ("int", "1,000", 1000),
        ("float", "0.5", 0.5),
        ("bool", "yes", True),
        ("account_list", "a, b,,c", ["a", "b", "c"]),
        ("timestamp", "-2d", {"timestamp": "2026-06-03 12:00:00"}),
        ("timestamp", "+90min", {"timestamp": "2026-06-05 13:30:00"}),
        ("timestamp", "2026-05-01T00:00:00+02:00", {"timestamp": "2026-04-30 22:00:00"}),
        (
            "timestamp",
            datetime.datetime.fromisoformat("2026-05-01T00:00:00+02:00"),  # as TOML has it
            {"timestamp": "2026-04-30 22:00:00"},
        ),
        ("date", "2026-05-01", {"date": "2026-05-01 00:00:00"}),
        ("text", "'; DROP TABLE x", "'; DROP TABLE x"),
    ],
)
def test_binds(kind: str, given: object, bound: object) -> None:
    assert value(kind, given) == bound


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("int", "many"),
        ("int", "1.5"),
        ("bool", "perhaps"),
        ("timestamp", "soon"),
        ("timestamp", "-99999999999d"),
        ("date", "+9999999d"),
        ("timestamp", "0001-01-01T00:00+09:00"),
    ],
)
def test_refuses_with_the_parameter_named(kind: str, given: str) -> None:
    with pytest.raises(UsageError, match="“p”"):
        value(kind, given)


def test_range_and_choices() -> None:
    with pytest.raises(UsageError, match="outside 2 to 9"):
        value("int", "10", min=2, max=9)
    with pytest.raises(UsageError, match="one of a, b"):
        value("enum", "c", choices=("a", "b"))


def test_missing_values() -> None:
    assert value("text", "", optional=True) is None
    assert value("int", None, default=7) == 7
    with pytest.raises(UsageError, match="needs a value"):
        value("text", "")


@given(st.sampled_from(PARAMETER_TYPES), st.text(max_size=30))
def test_any_text_is_bound_or_refused(kind: str, text: str) -> None:
    try:
        value(kind, text, optional=True)
    except UsageError:
        return
