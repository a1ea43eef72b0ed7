"""A store that holds more than a load makes is refused before anything in it is used."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.case.store_parts import StoreParts
from workbench.engine.session import Session, SessionLimits
from workbench.engine.store_check import refuse_foreign_store
from workbench.errors import IntegrityError

FOREIGN = [
    ("CREATE MACRO md5(x) AS x", "macro “md5”"),
    ("CREATE MACRO list_sum(x) AS 42", "macro “list_sum”"),
    ('CREATE MACRO "||"(a, b) AS a', "macro “||”"),
    ("CREATE MACRO count_star() AS 42", "macro “count_star”"),
    ("CREATE MACRO duckdb_functions() AS TABLE SELECT 'x' AS function_name, true AS internal",
     "macro “duckdb_functions”"),
    ("CREATE VIEW loud AS SELECT 1 AS x", "table “loud”"),
    ("CREATE OR REPLACE VIEW exchange_text AS SELECT account_id FROM exchange_rows",
     "view “exchange_text”"),
    ("CREATE TYPE mood AS ENUM ('a')", "type “mood”"),
    ("CREATE SEQUENCE counted", "sequence “counted”"),
    ("CREATE SCHEMA other", "schema “other”"),
    ("CREATE SCHEMA other; CREATE TABLE other.accounts (account_id VARCHAR)", "schema “other”"),
    ("CREATE TABLE loud (x INTEGER)", "table “loud”"),
    ("ALTER TABLE accounts ADD COLUMN loud VARCHAR", "column “accounts.loud”"),
    ("ALTER TABLE clusters ADD COLUMN account_id VARCHAR", "column “clusters.account_id”"),
    ("ALTER TABLE api_keys ALTER account_id TYPE BLOB", "column “api_keys.account_id”"),
    ("ALTER TABLE api_keys ALTER account_id SET DEFAULT 'x'", "“api_keys”"),
    ("ALTER TABLE api_keys ALTER account_id SET NOT NULL", "“api_keys”"),
    ("CREATE INDEX loud ON accounts (email)", "index “loud”"),
    ("CREATE INDEX api_keys_account ON api_keys (lower(account_id))", "index “api_keys_account”"),
    ("DROP TABLE api_keys; CREATE TABLE api_keys (account_id VARCHAR, "
     "api_key_id VARCHAR AS (upper(account_id)))", "“api_keys”"),
    ("DROP TABLE api_keys; CREATE TABLE api_keys (account_id VARCHAR CHECK (account_id <> 'x'))",
     "“api_keys”"),
    ("DROP TABLE api_keys; CREATE TABLE api_keys (account_id VARCHAR COLLATE nocase)",
     "“api_keys”"),
]  # fmt: skip


@pytest.fixture(scope="module")
def own(built_case: Path) -> Path:
    return next(built_case.glob("store-*.duckdb"))


def changed(own: Path, folder: Path, sql: str) -> Path:
    """A copy of the store, or of its analysis where the statement changes that."""
    store = folder / "store-1.duckdb"
    store.unlink(missing_ok=True)
    part = next(own.parent.glob("analysis-*.duckdb")) if " clusters " in sql else own
    shutil.copyfile(part, store)
    store.chmod(0o600)
    with duckdb.connect(str(store)) as connection:
        connection.execute(sql)
    return store


def test_a_store_that_a_load_made_passes(own: Path) -> None:
    refuse_foreign_store(own)


@pytest.mark.parametrize("store", sorted(Path("tests/fixtures/versions").glob("*/case/*.duckdb")))
def test_a_store_of_an_earlier_version_passes(store: Path) -> None:
    refuse_foreign_store(store)


@pytest.mark.parametrize(("sql", "what"), FOREIGN)
def test_what_no_load_makes_is_named(own: Path, tmp_path: Path, sql: str, what: str) -> None:
    with pytest.raises(IntegrityError) as refused:
        refuse_foreign_store(changed(own, tmp_path, sql))
    assert what in refused.value.message
    assert "workbench load" in refused.value.hint


_FUNCTIONS = sorted(
    name
    for (name,) in duckdb.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type <> 'pragma'"
    ).fetchall()
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(_FUNCTIONS),
    st.sampled_from(("(x) AS x", "() AS 1", "(a, b) AS TABLE SELECT 1 AS x")),
)
def test_no_function_of_the_engine_is_replaced(tmp_path: Path, name: str, body: str) -> None:
    store = tmp_path / "store-1.duckdb"
    store.unlink(missing_ok=True)
    with duckdb.connect(str(store)) as connection:
        quoted = name.replace('"', '""')
        connection.execute(f'CREATE MACRO "{quoted}"{body}')
    with pytest.raises(IntegrityError, match="holds a macro"):
        refuse_foreign_store(store)


def test_a_session_reads_nothing_of_such_a_store(own: Path, tmp_path: Path) -> None:
    store = changed(own, tmp_path, "CREATE MACRO md5(x) AS x")
    with pytest.raises(IntegrityError, match="md5"):
        Session(StoreParts.of(store), tmp_path, SessionLimits(), examine=True)
