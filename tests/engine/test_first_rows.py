"""A statement asked again is bound once: its rows and columns are those of the first time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.case.store_parts import StoreParts
from workbench.engine.contract import Parameters, ResultColumn
from workbench.engine.session import Session, SessionLimits


@pytest.fixture
def session(store: Path, tmp_path: Path) -> Iterator[Session]:
    made = Session(StoreParts.of(store), tmp_path, SessionLimits(512, 2, 1024))
    yield made
    made.close()


def _ask(
    session: Session, sql: str, parameters: Parameters | None = None, count: int = 5
) -> tuple[tuple[ResultColumn, ...], list[tuple[object, ...]]]:
    inspection = session.inspect(sql)
    with session.cursor(inspection.tables) as cursor:
        columns, rows = session.first_rows(cursor, inspection, parameters or {}, count)
    return columns, [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT n, n AS n, n::DECIMAL(9, 2) AS d, [n] AS l FROM exchanges ORDER BY n DESC", {}),
        ("SELECT n FROM exchanges WHERE n > $least ORDER BY n; -- a comment", {"least": 7}),
        ("SELECT n, 'a;b' AS t FROM exchanges ORDER BY n -- a comment", {}),
        ("WITH x AS (SELECT max(n) AS m FROM exchanges) SELECT m FROM x;", {}),
        ("SELECT $t AS t, typeof($t) AS k", {"t": {"timestamp": "2026-05-01 10:00:00"}}),
        ("SELECT count(*) FROM exchanges WHERE list_contains($many, n)", {"many": [1, 2, 3]}),
    ],
)
def test_the_second_time_is_like_the_first(
    session: Session, sql: str, parameters: Parameters
) -> None:
    first = _ask(session, sql, parameters)
    assert first[1]
    for _ in range(2):
        assert _ask(session, sql, parameters) == first


def test_the_size_of_a_number_decides_the_type_of_its_column(session: Session) -> None:
    sql = "SELECT $n AS n"
    kinds = [_ask(session, sql, {"n": number})[0][0].type for number in (1, 1 << 40, 1, 1 << 40)]
    assert kinds[0] != kinds[1]
    assert kinds[2:] == kinds[:2]


def test_what_is_laid_over_anew_is_bound_anew(session: Session, tmp_path: Path) -> None:
    kinds = []
    for number, cell in enumerate(("1", "'one'")):
        parquet = tmp_path / f"over-{number}.parquet"
        duckdb.execute(f"COPY (SELECT {cell} AS c) TO '{parquet}'")
        session.lay_over("decisions", parquet)
        for _ in range(2):
            kinds.append(_ask(session, "SELECT * FROM decisions")[0][0].type)
    assert kinds == ["INTEGER", "INTEGER", "VARCHAR", "VARCHAR"]


@pytest.mark.parametrize("sql", ["EXPLAIN SELECT n FROM exchanges", "EXPLAIN ANALYZE SELECT 1"])
def test_a_plan_can_be_asked_for_again(session: Session, sql: str) -> None:
    columns = [_ask(session, sql)[0] for _ in range(3)]
    assert columns[0] == columns[1] == columns[2]


def test_odd_names_of_what_is_laid_over_are_names(session: Session, tmp_path: Path) -> None:
    parquet = tmp_path / "over.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS c) TO '{parquet}'")
    session.lay_over('an "odd" name', parquet)
    assert [column.name for column in session.catalogue['an "odd" name']] == ["c"]
