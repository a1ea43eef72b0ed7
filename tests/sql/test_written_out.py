"""A statement with its values written out gives what it gives with them bound."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.session import typed_parameter
from workbench.sql.written_out import written_out

_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False), _TEXTS,
    st.lists(_TEXTS, max_size=4),
    st.datetimes().map(lambda one: {"timestamp": one.isoformat(" ")}),
    st.dates().map(lambda one: {"date": one.isoformat()}),
)  # fmt: skip


@given(_VALUES)
@settings(max_examples=150)
def test_a_value_is_the_same_written_out(value: Any) -> None:
    sql = "SELECT $v AS v, '$v' AS t -- $v"
    bound = duckdb.execute(sql, {"v": typed_parameter(value)}).fetchall()
    assert duckdb.execute(written_out(sql, {"v": value})).fetchall() == bound


def test_what_has_no_value_stays() -> None:
    assert written_out("SELECT $a, $b, $a", {"a": 1}) == "SELECT 1, $b, 1"


@pytest.mark.parametrize("value", [-1, -1.5])
def test_a_negative_number_stands_anywhere(value: float) -> None:
    assert duckdb.execute(written_out("SELECT 3-$v", {"v": value})).fetchone() == (3 - value,)
