"""The list of functions against the engine's own catalogue, and what it refuses."""

from __future__ import annotations

import duckdb
import pytest

from workbench.engine.functions import function_list
from workbench.engine.gate import Gate
from workbench.errors import QueryRefused

# What the parser writes as an operator of its own.
NO_CALLS = {"is distinct from", "is not distinct from"}


def test_every_function_of_the_engine_is_judged() -> None:
    """Fails where a new version of the engine brings one: read what it does, then list it."""
    found = duckdb.execute(
        "SELECT DISTINCT lower(function_name), starts_with(function_type, 'table') "
        "FROM duckdb_functions() WHERE function_type <> 'pragma'"
    ).fetchall()
    listed = function_list()
    unread = [
        name
        for name, table in found
        if listed.why_refused(name, table=table) == "" and name not in NO_CALLS
    ]
    assert unread == []
    assert len(found) > 1000


def test_nothing_is_both_allowed_and_refused() -> None:
    listed = function_list()
    assert listed.allowed.isdisjoint(listed.refused)
    assert listed.allowed_tables.isdisjoint(listed.refused_tables)


REFUSED = [
    ("SELECT pg_sleep(9)", "it waits"),
    ("SELECT setval('s', 9)", "later statements"),
    ("SELECT nextval('s')", "later statements"),
    ("SELECT stats(c) FROM accounts", "how values are kept"),
    ("SELECT getvariable('k')", "the session and its settings"),
    ("SELECT current_setting('temp_directory')", "the session and its settings"),
    ("SELECT x.current_setting() FROM accounts AS x", "the session and its settings"),
    ("SELECT main.md5('x')", "named by its schema"),
    ("SELECT system.main.md5('x')", "named by its schema"),
    ("FROM main.range(3)", "named by its schema"),
    ("FROM query_table('accounts')", "a text, which nobody has read"),
    ("FROM histogram_values(accounts, c)", "a text, which nobody has read"),
    ("FROM pragma_table_info('accounts')", "a text, which nobody has read"),
    ("FROM duckdb_views()", "the engine and its settings"),
    ("FROM summary(accounts)", "over a statement alone"),
    ("SELECT list_aggregate([c], 'stats') FROM accounts", "must name its aggregate"),
    ("SELECT list_aggregate([c], c) FROM accounts", "must name its aggregate"),
    ("SELECT sum(1) EXPORT_STATE", "EXPORT_STATE"),
    ("SELECT of_tomorrow(c) FROM accounts", "this version does not know it"),
    ("SELECT icu_collate_de('x')", "write COLLATE"),
    ("SELECT CAST(c AS other.kind) FROM accounts", "named by its schema"),
    ("FROM information_schema.views", "tells of the engine"),
    ("SHOW DATABASES", "Only SHOW TABLES"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "why"), REFUSED)
def test_what_is_refused_says_why(sql: str, why: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        Gate().inspect(sql, {"accounts"})
    assert why in refused.value.message


def test_functions_of_columns_and_named_aggregates_may_be_called() -> None:
    gate = Gate()
    for sql in (
        "SELECT c.lower().md5() FROM accounts",
        "SELECT list_aggregate([1], 'SUM')",
        "SELECT list_sum([1]), array_append([1], 2), wavg(1, 2)",
        "SELECT histogram(c) FROM accounts",
        "SELECT c COLLATE nocase FROM accounts",
        "FROM summary((FROM accounts))",
        "SELECT ts AT TIME ZONE 'UTC' FROM accounts",
        "FROM information_schema.columns",
    ):
        gate.inspect(sql, {"accounts"})
