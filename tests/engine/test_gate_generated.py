"""Whatever statement the gate passes reads nothing but what it may: tried by running it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.generated_sql import MARKER, PERMITTED, STATEMENTS
from workbench.engine.gate import Gate
from workbench.errors import QueryRefused


class World:
    """Two tables that may be read, and a mark in what may not: a table, a setting, a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gate = Gate()
        (folder / "other.txt").write_text(MARKER)
        self.connection = duckdb.connect(str(folder / "store.duckdb"))
        for name in PERMITTED:
            self.connection.execute(f"CREATE TABLE {name} AS SELECT 'x' AS c")
        self.connection.execute(f"CREATE TABLE hidden AS SELECT '{MARKER}' AS c")
        self.connection.execute("CREATE SEQUENCE seq")
        self.connection.execute(f"SET temp_directory = '{folder}/{MARKER}'")
        self.passed = self.ran = 0

    def seen(self, sql: str) -> str:
        """What a statement shows, or says why it fails."""
        try:
            rows = self.connection.execute(sql).fetchmany(500)
        except (duckdb.Error, RuntimeError, ValueError) as error:
            return str(error).replace(sql, "")
        self.ran += 1
        return repr(rows)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("generated"))
    yield made
    made.connection.close()
    assert made.ran > 30  # else nothing was tried


def _quoted_only(sql: str, seen: str) -> bool:
    """Whether the mark is in sight because the statement itself says it."""
    return MARKER in sql and seen.count(MARKER) <= sql.count(MARKER)


@settings(
    max_examples=1200, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(STATEMENTS)
def test_what_passes_reads_only_what_it_may(world: World, text: str) -> None:
    sql = text.replace("{folder}", str(world.folder))
    try:
        found = world.gate.inspect(sql, PERMITTED)
    except QueryRefused:
        return
    world.passed += 1
    assert found.tables <= set(PERMITTED)
    seen = world.seen(sql)
    assert MARKER not in seen or _quoted_only(sql, seen), seen
    assert world.connection.execute("SELECT last_value FROM duckdb_sequences()").fetchall() == [
        (None,)
    ]


SHADOWED = [
    "WITH a AS (WITH hidden AS (SELECT 'x' AS c) FROM hidden) FROM hidden",
    "FROM (WITH hidden AS (SELECT 'x' AS c) FROM hidden), hidden AS h",
    "WITH a AS (FROM hidden), hidden AS (SELECT 'x' AS c) FROM a",
    "WITH hidden AS (FROM hidden) FROM hidden",
    "WITH RECURSIVE hidden AS (FROM hidden UNION FROM hidden) FROM hidden",
    "WITH hidden AS (SELECT 'x' AS c) FROM main.hidden",
    "(WITH hidden AS (SELECT 'x' AS c) FROM hidden) UNION ALL FROM hidden",
    "FROM accounts, LATERAL (WITH hidden AS (SELECT 1) SELECT 1), LATERAL (FROM hidden)",
    "SELECT (WITH hidden AS (SELECT 'x' AS c) FROM hidden), (FROM hidden)",
    "WITH duc\u212adb_settings AS (SELECT 'x' AS c) FROM duckdb_settings",
]


@pytest.mark.parametrize("sql", SHADOWED)
def test_a_cte_excuses_a_table_in_its_own_scope_alone(world: World, sql: str) -> None:
    with pytest.raises(QueryRefused, match="There is no table"):
        world.gate.inspect(sql, PERMITTED)


IN_SCOPE = [
    "WITH hidden AS (SELECT 'x' AS c) FROM hidden",
    "WITH HIDDEN AS (SELECT 'x' AS c), b AS (FROM hidden) FROM b WHERE c IN (FROM Hidden)",
    "WITH RECURSIVE hidden AS (SELECT 'x' AS c UNION FROM hidden) FROM hidden",
    "WITH hidden AS (SELECT 'x' AS c) FROM hidden UNION ALL FROM hidden ORDER BY (FROM hidden)",
    "WITH hidden AS (SELECT 'x' AS c) FROM accounts, LATERAL (FROM hidden) AS l",
    "WITH accounts AS (FROM accounts) FROM accounts",
]


@pytest.mark.parametrize("sql", IN_SCOPE)
def test_a_cte_is_known_where_the_engine_knows_it(world: World, sql: str) -> None:
    world.gate.inspect(sql, PERMITTED)
    assert MARKER not in world.seen(sql)
