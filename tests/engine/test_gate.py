"""What may run and what may not, judged by the engine's own parser."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.gate import Gate
from workbench.errors import QueryRefused

TABLES = {"exchanges", "accounts"}

REFUSED = [
    "INSERT INTO accounts VALUES ('x')", "UPDATE accounts SET account_id = 'x'",
    "DELETE FROM accounts", "DROP TABLE accounts", "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP VIEW v AS SELECT 1", "TRUNCATE accounts", "ALTER TABLE accounts ADD COLUMN z INT",
    "COPY accounts TO '/tmp/x.csv'", "COPY (SELECT 1) TO 'store-1.duckdb.wal'",
    "ATTACH 'x.duckdb'", "DETACH memory", "INSTALL httpfs", "LOAD httpfs", "SET threads = 1",
    "RESET threads", "PRAGMA database_list", "CALL checkpoint()", "CHECKPOINT", "VACUUM",
    "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'", "BEGIN", "COMMIT", "PREPARE p AS SELECT 1",
    "EXECUTE p", "USE memory", "UPDATE EXTENSIONS",
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_csv('x.csv')",
    "SELECT * FROM read_parquet('x.parquet')", "SELECT * FROM glob('*')",
    "FROM sniff_csv('x.csv')", "FROM '/etc/passwd'", "FROM 'x.csv'", "SELECT * FROM \"x.parquet\"",
    "FROM query('SELECT 1')", "FROM query_table('accounts')", "SELECT getenv('HOME')",
    "WITH a AS (DELETE FROM accounts RETURNING *) SELECT * FROM a",
    "WITH a AS (INSERT INTO accounts VALUES ('x') RETURNING *) SELECT * FROM a",
    "WITH a AS (UPDATE accounts SET account_id = 'x' RETURNING *) SELECT * FROM a",
    "EXPLAIN ANALYZE DELETE FROM accounts", "EXPLAIN DROP TABLE accounts",
    "MERGE INTO accounts USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "SELECT * FROM duckdb_settings()", "SELECT current_setting('temp_directory')",
    "SELECT * FROM arrow_scan(1::UBIGINT, 2::UBIGINT, 3::UBIGINT)", "SELECT 1; SELECT 2",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "CREATE SECRET s (TYPE http)", "SELECT * FROM duckdb_secrets()", "", "-- nothing", "SELECT \0",
]  # fmt: skip

ACCEPTED = [
    "SELECT 1", "FROM exchanges", "SELECT count(*) FROM exchanges JOIN accounts USING (account_id)",
    "WITH a AS (SELECT 1 AS x) SELECT * FROM a", "SELECT * FROM (SELECT 1) UNION ALL SELECT 2",
    "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 9) SELECT * FROM r",
    "SELECT * FROM range(10)", "SELECT unnest([1, 2])", "EXPLAIN SELECT * FROM exchanges",
    "SELECT n, row_number() OVER (ORDER BY ts) AS r FROM exchanges QUALIFY r < 3",
    "SELECT * FROM exchanges WHERE account_id = $account", "SELECT list_sum(range(3))",
    "SELECT lpad('x', 10, 'y')", "SELECT * FROM exchanges ORDER BY ts DESC LIMIT 5",
    "SELECT {'a': 1, 'b': [1, 2]}", "VALUES (1), (2)", "SUMMARIZE exchanges", "DESCRIBE exchanges",
    "SELECT * FROM exchanges PIVOT (count(*) FOR account_id IN ('acct-1'))",
    "SELECT table_name FROM information_schema.tables", "SELECT * EXCLUDE (prompt) FROM exchanges",
]  # fmt: skip


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.mark.parametrize("sql", REFUSED)
def test_refuses_with_a_sentence(gate: Gate, sql: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        gate.inspect(sql, TABLES)
    assert refused.value.message
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("sql", ACCEPTED)
def test_accepts_reading(gate: Gate, sql: str) -> None:
    gate.inspect(sql, TABLES)


def test_names_the_near_miss(gate: Gate) -> None:
    with pytest.raises(QueryRefused) as refused:
        gate.inspect("SELECT * FROM exchange", TABLES)
    assert "exchanges" in refused.value.hint


def test_lists_parameters(gate: Gate) -> None:
    found = gate.inspect("SELECT $a, $b FROM accounts WHERE account_id = $a", TABLES)
    assert found.parameters == {"a", "b"}
    assert found.tables == {"accounts"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.sampled_from(REFUSED + ACCEPTED).flatmap(
    lambda sql: st.integers(0, len(sql)).map(lambda at: sql[:at] + " " + sql[at:][::-1])
))  # fmt: skip
def test_any_text_is_judged(sql: str) -> None:
    try:
        found = _GATE.inspect(sql, TABLES)
    except QueryRefused:
        return
    assert found.tables <= TABLES


_GATE = Gate()


@pytest.mark.parametrize("end", [";", " ;; ", "; -- ; é", "\n; /* ; */ ;\n-- c", " -- c", ""])
def test_a_statement_is_kept_without_its_end(end: str) -> None:
    body = "SELECT 'é; -- ' AS t, $$;$$ AS d /* ; */ FROM accounts"
    query = Gate().inspect(body + end, TABLES).statement.query
    assert query.startswith(body)
    assert ";" not in query[len(body) :]
