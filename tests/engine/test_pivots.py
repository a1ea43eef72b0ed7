"""A PIVOT that leaves its columns to the data gives what the engine alone gives for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.case.store_parts import StoreParts
from workbench.engine import pivoting
from workbench.engine.disk import DiskBudget
from workbench.engine.pivoting import with_pivots
from workbench.engine.results import Result
from workbench.engine.session import Session, SessionLimits
from workbench.errors import QueryFailed, QueryRefused
from workbench.sql.pivots import any_values, open_pivots

ROWS = """
CREATE TABLE t AS SELECT * FROM (VALUES
  (1, 'x', 'p', DATE '2026-05-01', 1.5, true), (2, 'y', 'q', DATE '2026-05-02', NULL, false),
  (3, NULL, 'q''z', DATE '2026-05-01', 2.5, true), (4, 'x', 'A b', NULL, -1.0, NULL),
  (5, 'x', 'p', DATE '2026-05-02', 0.1, true)) v(a, b, m, d, f, k);
CREATE TABLE accounts AS SELECT 'a-1' AS account_id, 'x@y.example' AS email
"""
SAME = [
    "PIVOT t ON m USING count(*) GROUP BY b",
    "PIVOT t ON m",
    "PIVOT t ON m, k USING sum(a) GROUP BY b",
    "PIVOT t ON d USING sum(a), max(f) GROUP BY b ORDER BY b LIMIT 2",
    "PIVOT t ON a USING max(f) GROUP BY k",
    "PIVOT t ON f USING count(*) GROUP BY k",
    "PIVOT t ON k USING count(*) GROUP BY b",
    "PIVOT t ON lower(m) USING count(*) GROUP BY b",
    "PIVOT (SELECT * FROM t WHERE a > 1) ON m USING count(*) GROUP BY b",
    "WITH w AS (SELECT * FROM t WHERE a < 4) PIVOT w ON m USING count(*) GROUP BY b",
    "FROM (PIVOT t ON m USING count(*) GROUP BY b)",
    "SELECT * FROM (PIVOT t ON m USING count(*) GROUP BY b) AS p JOIN t USING (b)",
    "WITH w AS (SELECT b, m FROM t), p AS (PIVOT w ON m USING count(*) GROUP BY b) FROM p",
    "WITH w AS (SELECT b, m FROM t) SELECT * FROM (PIVOT w ON m USING count(*) GROUP BY b)",
    "PIVOT t -- of what\nON m -- by what\nUSING count(*) GROUP BY b -- PIVOT q ON z",
    "PIVOT (PIVOT t ON m USING count(*) GROUP BY b) ON b",
    "PIVOT t ON m IN ('p'), k USING count(*) GROUP BY b",
    'PIVOT t ON "m" USING count(*) GROUP BY b;',
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pivots") / "store-1.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(ROWS)
    return path


@pytest.fixture(scope="module")
def session(place: Path) -> Iterator[Session]:
    opened = Session(StoreParts.of(place), place.parent, SessionLimits())
    yield opened
    opened.close()


def page(session: Session, tmp_path: Path, sql: str, **given: object) -> Result:
    result = Result(session, tmp_path / "result", sql, given, DiskBudget(tmp_path, 1 << 20))  # type: ignore[arg-type]
    result.page(100)
    return result


@pytest.mark.parametrize("sql", SAME)
def test_it_gives_what_the_engine_gives(session: Session, tmp_path: Path, sql: str) -> None:
    with duckdb.connect() as bare:
        bare.execute(ROWS)
        wanted = bare.sql(sql)
        names, rows = list(wanted.columns), wanted.fetchall()
    result = page(session, tmp_path, sql)
    assert [column.name for column in result.columns] == names
    found, _ = result.window(0, 100, 100) if result.rows else ([], [])
    written = [tuple(None if cell is None else str(cell) for cell in row) for row in found]
    assert sorted(written, key=str) == sorted(
        (tuple(None if cell is None else _text(cell) for cell in row) for row in rows), key=str
    )


def _text(cell: object) -> str:
    return str(float(cell)) if type(cell).__name__ == "Decimal" else str(cell)  # type: ignore[arg-type]


def test_values_are_bound_beneath_it(session: Session, tmp_path: Path) -> None:
    sql = "PIVOT (SELECT * FROM t WHERE b = $b) ON m USING count(*) GROUP BY b"
    result = page(session, tmp_path, sql, b="x")
    assert [column.name for column in result.columns] == ["b", "A b", "p"]
    with pytest.raises(QueryRefused, match=r"needs a value for \$b"):
        page(session, tmp_path, sql)


@pytest.mark.parametrize(
    "sql",
    ["PIVOT t ON read_text('/etc/passwd') USING count(*)", "PIVOT 'x.csv' ON m USING count(*)",
     "PIVOT duckdb_settings() ON name", "PIVOT t ON CAST(m AS INTEGER)",
     "PIVOT t ON getenv('HOME')", "PIVOT t ON nothing",
     "PIVOT t ON m IN (SELECT m FROM t) USING count(*)", "PIVOT t ON m; DROP TABLE t",
     "WITH d AS (DELETE FROM t RETURNING *) PIVOT d ON m", "PIVOT t JOIN t u ON t.a = u.a ON m"],
)  # fmt: skip
def test_what_may_not_run_may_not_run_beneath_it(
    session: Session, tmp_path: Path, sql: str
) -> None:
    with pytest.raises((QueryRefused, QueryFailed)) as refused:
        page(session, tmp_path, sql)
    assert refused.value.message


def test_too_many_columns_are_refused(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pivoting, "_MAX_PIVOTED", 2)
    with pytest.raises(QueryRefused, match="more than 2 columns"):
        page(session, tmp_path, "PIVOT t ON m")
    page(session, tmp_path, "PIVOT t ON d")


def test_nothing_to_pivot_is_said(session: Session, tmp_path: Path) -> None:
    with pytest.raises(QueryRefused, match="No row has a value of “m”"):
        page(session, tmp_path, "PIVOT (SELECT * FROM t WHERE a > 99) ON m")


def test_what_is_hidden_is_hidden_in_its_columns(session: Session) -> None:
    sql = "PIVOT accounts ON email USING count(*)"
    assert "'x@y.example'" in with_pivots(session, sql, {}, lambda _cursor: None)
    assert "x@y" not in with_pivots(session, sql, {}, lambda _cursor: None, ["email"])


@pytest.mark.parametrize("sql", [one for one in SAME if "pivot" in one.lower()])
def test_what_it_reads_is_known_without_a_run(session: Session, sql: str) -> None:
    assert open_pivots(sql, 1)
    assert "t" in session.inspect(any_values(sql)).tables


@pytest.mark.parametrize(
    "sql",
    ["SELECT pivot FROM t", "SELECT * FROM t PIVOT (count(*) FOR m IN ('p')) JOIN t u ON true",
     "PIVOT t ON m IN ('p')", "SELECT 'PIVOT t ON m'", "-- PIVOT t ON m", 'SELECT "PIVOT" FROM t',
     "SELECT f(pivot) FROM t"],
)  # fmt: skip
def test_what_is_no_open_pivot_is_left_alone(sql: str) -> None:
    assert open_pivots(sql, 1) == []
    assert any_values(sql) == sql
