"""Whether a store holds what a load makes and nothing else: tables, two views, four indexes.

A macro of the store's own comes before the engine's function of that name, on pages, in analyses
and in what hides masked cells; a view, a default or a type can hide one. So a store that somebody
else may have made is compared with the catalogue before anything in it is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from workbench.catalog.columns import Column
from workbench.catalog.stored import EXCHANGE_ROWS, exchange_row_columns, view_statements
from workbench.catalog.tables import TABLES
from workbench.errors import IntegrityError
from workbench.text.sanitize import safe_text

# Named in full: a macro of the store may be called like the engine's own list.
_LISTED = {
    "schema": "SELECT schema_name FROM system.main.duckdb_schemas() WHERE NOT internal",
    "macro": "SELECT function_name FROM system.main.duckdb_functions() WHERE NOT internal",
    "type": "SELECT type_name FROM system.main.duckdb_types() WHERE NOT internal",
    "sequence": "SELECT sequence_name FROM system.main.duckdb_sequences()",
    "trigger": "SELECT trigger_name FROM system.main.duckdb_triggers()",
}
_TABLES = "SELECT table_name, sql FROM system.main.duckdb_tables() WHERE NOT internal"
_VIEWS = "SELECT view_name, sql FROM system.main.duckdb_views() WHERE NOT internal"
_INDEXES = "SELECT index_name, table_name, sql FROM system.main.duckdb_indexes()"
_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM system.main.duckdb_columns() "
    "WHERE NOT internal ORDER BY table_oid, column_index"
)


def refuse_foreign_store(store: Path) -> None:
    """Open a store for reading and refuse it where it holds what no load makes."""
    with duckdb.connect(str(store), read_only=True) as connection:
        refuse_foreign_parts(connection)


def refuse_foreign_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise IntegrityError naming the first thing in the store that no load makes.

    `connection` is fresh: nothing was made on it, no statement of the case's was run.
    """
    for kind, name in _foreign_parts(connection):
        raise IntegrityError(
            f"The store of this case holds a {kind} “{safe_text(name, 80)}” that no load makes.",
            hint="Nothing of it was used: it could change what pages show. Ask who made the case, "
            "or load its extracts into a case of your own: workbench load CASE FILE...",
        )


def _foreign_parts(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    for kind, sql in _LISTED.items():
        for (name,) in _rows(connection, sql):
            yield kind, str(name)
    known = _known_columns()
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in _rows(connection, _COLUMNS):
        columns.setdefault(str(table), []).append((str(column), str(data_type)))
        if table not in known:
            yield "table", str(table)
        elif known[table].get(column) != data_type:
            yield "column", f"{table}.{column}"
    for table, sql in _rows(connection, _TABLES):
        # The engine quotes names that are words of its own; no name of the catalogue has a quote.
        if sql.replace('"', "") != _table_text(table, columns[table]):
            yield "table with rules of its own,", str(table)
    for name, table, sql in _rows(connection, _INDEXES):
        if table not in known or sql != f"CREATE INDEX {table}_account ON {table}(account_id);":
            yield "index", str(name)
    for name, sql in _rows(connection, _VIEWS):
        if not _same_view(connection, str(name), str(sql)):
            yield "view", str(name)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(sql).fetchall()
    except duckdb.CatalogException:
        if "duckdb_triggers" in sql:  # an older version of the engine has none
            return []
        raise


def _known_columns() -> dict[str, dict[str, str]]:
    tables: dict[str, tuple[Column, ...]] = {name: one.columns for name, one in TABLES.items()}
    tables[EXCHANGE_ROWS] = exchange_row_columns()
    return {name: {one.name: one.type for one in columns} for name, columns in tables.items()}


def _table_text(name: str, columns: list[tuple[str, str]]) -> str:
    """A table as the engine writes it: no default, no constraint, nothing generated."""
    return f"CREATE TABLE {name}({', '.join(f'{column} {kind}' for column, kind in columns)});"


def _same_view(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> bool:
    """Whether a view says what a load makes it say, however the engine writes it."""
    made = view_statements().get(name, "")
    begin = f"CREATE VIEW {name} AS "
    if not made.startswith(begin) or not sql.startswith(begin):
        return False
    ours, theirs = (_meaning(connection, one.removeprefix(begin)) for one in (made, sql))
    return ours == theirs


def _meaning(connection: duckdb.DuckDBPyConnection, body: str) -> object:
    serialized = "SELECT system.main.json_serialize_sql($1::VARCHAR)"
    ((text,),) = connection.execute(serialized, [body.removesuffix(";")]).fetchall()
    return _without_places(json.loads(text))


def _without_places(tree: object) -> object:
    if isinstance(tree, dict):
        return {
            name: _without_places(part)
            for name, part in tree.items()
            if not name.startswith("query_location")
        }
    return [_without_places(part) for part in tree] if isinstance(tree, list) else tree
