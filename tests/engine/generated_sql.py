"""Statements of the engine's grammar, made by chance: names that hide one another, at any depth."""

from __future__ import annotations

import duckdb
from hypothesis import strategies as st

MARKER = "mark-5e1f"
PERMITTED = ("accounts", "exchanges")
FORBIDDEN = ("hidden", "duckdb_settings", "sqlite_master", "duckdb_views")
NAMES = st.sampled_from((*PERMITTED, *FORBIDDEN, "a", "b", "HIDDEN", "duc\u212adb_settings"))
FUNCTIONS = sorted(
    name
    for (name,) in duckdb.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE "
        "regexp_matches(function_name, '^[a-zA-Z]\\w*$') AND function_name NOT IN "
        "('pg_sleep', 'sleep_ms', 'checkpoint', 'force_checkpoint')"
    ).fetchall()
)
_ARGUMENTS = st.sampled_from(
    ("c", "'hidden'", "hidden", "'FROM hidden'", "'{folder}/other.txt'", "1", "[c]", "'%'",
     "(FROM hidden)", "TABLE hidden", "'sum'", "lambda x: x", "duckdb_settings", "'main.hidden'",
     "'seq'")
)  # fmt: skip


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


_CALLS = st.builds(_call, st.sampled_from(FUNCTIONS), st.lists(_ARGUMENTS, max_size=3))


def _with(recursive: bool, ctes: list[tuple[str, str]], body: str) -> str:
    if not ctes:
        return body
    listed = ", ".join(f"{name} AS ({query})" for name, query in ctes)
    return f"WITH {'RECURSIVE ' if recursive else ''}{listed} {body}"


def _recursive(name: str, first: str, other: str) -> tuple[str, str]:
    return name, f"{first} UNION FROM {other}"


def _larger(query: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    nested = query.map(lambda one: f"({one})")
    source = st.one_of(
        NAMES,
        NAMES.map(lambda name: f"main.{name}"),
        NAMES.map(lambda name: f"information_schema.{name}"),
        nested.map(lambda one: f"{one} AS s"),
        nested.map(lambda one: f"LATERAL {one} AS l"),
        st.tuples(NAMES, NAMES).map(lambda two: f"{two[0]} AS x POSITIONAL JOIN {two[1]} AS y"),
        st.tuples(NAMES, NAMES).map(lambda two: f"{two[0]} AS x JOIN {two[1]} AS y ON true"),
        NAMES.map(lambda name: f"(SUMMARIZE {name}) AS z"),
        NAMES.map(lambda name: f"summary((FROM {name}))"),
        NAMES.map(lambda name: f"{name} PIVOT (list(c) FOR c IN ('{MARKER}'))"),
        _CALLS,
    )
    body = st.one_of(
        source.map(lambda one: f"FROM {one}"),
        source.map(lambda one: f"SELECT list(c) AS c FROM {one}"),
        NAMES.map(lambda name: f"TABLE {name}"),
        NAMES.map(lambda name: f"SELECT to_json(t) AS c FROM {name} AS t"),
        nested.map(lambda one: f"SELECT {one} AS c"),
        nested.map(lambda one: f"SELECT c FROM accounts WHERE c IN {one} OR EXISTS {one}"),
        st.tuples(query, query).map(lambda two: f"({two[0]}) UNION ALL ({two[1]})"),
        st.tuples(query, query).map(lambda two: f"({two[0]}) ORDER BY ({two[1]})"),
        _CALLS.map(lambda call: f"SELECT CAST({call} AS VARCHAR) AS c FROM accounts"),
    )
    cte = st.one_of(
        st.tuples(NAMES, query),
        st.builds(_recursive, NAMES, query, NAMES),
    )
    return st.builds(_with, st.booleans(), st.lists(cte, max_size=2), body)


STATEMENTS = st.recursive(
    st.sampled_from(("SELECT 'x' AS c", "FROM accounts", "VALUES ('v')", "FROM hidden", "FROM a")),
    _larger,
    max_leaves=6,
)
