"""Questions about a result: each passes the gate and counts right, whatever the columns hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from workbench.engine.fixture import FixtureStore
from workbench.sql import transforms

BASE = "SELECT * FROM t WHERE n >= $least; -- a note; of whoever wrote it"
ODD = 'a "b" $c'


@pytest.fixture
def store() -> Iterator[FixtureStore]:
    made = FixtureStore({"t": [("n", "BIGINT"), (ODD, "VARCHAR"),
                               ("at", "TIMESTAMP"), ("x", "DOUBLE")]})  # fmt: skip
    for n in range(100):
        moment = datetime.datetime(2026, 5, 1) + datetime.timedelta(hours=n)  # noqa: DTZ001
        made._connection.execute(
            "INSERT INTO t VALUES (?, ?, ?, ?)",
            [n, None if n == 7 else "abc"[n % 3], moment, float("nan") if n == 9 else n / 2],
        )
    yield made
    made.close()


def rows(store: FixtureStore, sql: str, **given: Any) -> list[tuple[Any, ...]]:
    return store.rows(sql, {"least": 0, **given})[1]


def test_values_of_any_column_of_any_table_are_read() -> None:
    table = "t 'x' \"y\" ; --"
    store = FixtureStore({table: [(ODD, "VARCHAR")]})
    store.put(table, [{ODD: value} for value in ("a", "b", "a", None)])
    sql = transforms.common_values(transforms.first_cells(table, ODD, 100), ODD, 2)
    assert [value for (value,) in store.rows(sql, {})[1]] == ["a", "b"]
    store.clear()
    assert store.rows(sql, {})[1] == []
    store.close()


def test_sort_and_filters(store: FixtureStore) -> None:
    assert rows(store, transforms.sorted_by(BASE, "n", True))[0][0] == 99
    only = transforms.equal_to(BASE, ODD, "VARCHAR", "cell_1")
    assert len(rows(store, only, cell_1="a")) == 34
    assert [row[0] for row in rows(store, only, cell_1=None)] == [7]
    assert len(rows(store, transforms.holding(BASE, "n BETWEEN 3 AND 5 -- mine"))) == 3


def test_frequency_adds_up(store: FixtureStore) -> None:
    counted = rows(store, transforms.frequency(BASE, ODD))
    assert [(value, n) for value, n, *_ in counted] == [
        ("a", 34), ("c", 33), ("b", 32), (None, 1),
    ]  # fmt: skip
    assert sum(row[2] for row in counted) == pytest.approx(100)
    assert len(counted[0][3].strip()) == 24


def test_describe_knows_every_column(store: FixtureStore) -> None:
    described = {row[0]: row for row in rows(store, transforms.described(BASE))}
    assert described["n"][2:4] == (100, 0)
    assert described[ODD][3] == 1
    assert set(described) == {"n", ODD, "at", "x"}


def test_describe_takes_dates_that_mean_never(store: FixtureStore) -> None:
    sql = "SELECT DATE '9999-12-31' AS \"un'til\", DATE '2026-05-01' AS begun, 1 AS n"
    asked = transforms.described(sql, {"un'til": "DATE", "begun": "DATE"})
    described = {row[0]: row for row in rows(store, asked)}
    assert described["un'til"][1] == described["begun"][1] == "DATE"
    assert described["un'til"][5].startswith("9999-12-31")
    assert described["n"][1] == "INTEGER"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("170141183460469231731687303715884105727::HUGEINT", "HUGEINT"),
        (f"{'9' * 38}::DECIMAL(38, 0)", "DECIMAL(38,0)"),
        ("1.5::DECIMAL(18, 3)", "DECIMAL(18,3)"),
        ("DATE '0044-03-15 (BC)'", "DATE"),
        ("TIMESTAMP_S '294247-01-10 00:00:00'", "TIMESTAMP_S"),
        ("TIMESTAMP_MS '294247-01-10 00:00:00'", "TIMESTAMP_MS"),
        ("TIMESTAMP 'infinity'", "TIMESTAMP"),
        ("'nan'::DOUBLE", "DOUBLE"),
        ("INTERVAL '178956970 years'", "INTERVAL"),
        ("'\\x00\\xFF'::BLOB", "BLOB"),
        ("{'a': [1.5]}", "STRUCT(a DECIMAL(2,1)[])"),
        ("MAP {'k': 2}", "MAP(VARCHAR, INTEGER)"),
        ("union_value(n := 5)", "UNION(n INTEGER)"),
        ("NULL", '"NULL"'),
    ],
)
def test_describe_takes_values_that_no_sum_holds(
    store: FixtureStore, value: str, kind: str
) -> None:
    sql = f"SELECT {value} AS v, 1 AS n FROM range(3)"
    described = {row[0]: row for row in rows(store, transforms.described(sql, {"v": kind}))}
    assert described["v"][1:4] == (kind, 3, 100 if value == "NULL" else 0)
    assert described["n"][1] == "INTEGER"


def test_histograms_count_every_finite_value(store: FixtureStore) -> None:
    bins = rows(store, transforms.histogram(BASE, "x", moments=False))
    assert len(bins) == 20
    assert sum(row[2] for row in bins) == 99
    moments = rows(store, transforms.histogram(BASE, "at", moments=True))
    assert moments[0][0] == datetime.datetime(2026, 5, 1)  # noqa: DTZ001
    assert sum(row[2] for row in moments) == 100
    one = rows(store, transforms.histogram("SELECT 5 AS v FROM t WHERE n >= $least", "v", False))
    assert [row[2] for row in one] == [100]
    assert (
        rows(store, transforms.histogram("SELECT NULL AS v FROM t WHERE n >= $least", "v", False))
        == []
    )


def test_pivot_counts_by_the_common_values(store: FixtureStore) -> None:
    values = [row[0] for row in rows(store, transforms.common_values(BASE, ODD, 3))]
    assert values == ["a", "c", "b"]
    sql = transforms.pivot(
        f"SELECT *, n % 2 AS odd FROM ({BASE.split(';')[0]})", "odd", ODD, values
    )
    given = {f"across_{at}": value for at, value in enumerate(values)}
    counted = rows(store, sql, **given)
    assert sum(sum(row[2:]) for row in counted) == 99
    assert sum(row[1] for row in counted) == 100


def test_time_shapes(store: FixtureStore) -> None:
    assert sum(row[1] for row in rows(store, transforms.by_day(BASE, "at"))) == 100
    hours = rows(store, transforms.by_hour(BASE, "at"))
    assert sum(row[2] for row in hours) == 100
    assert {row[0] for row in hours} <= set(range(1, 8))
