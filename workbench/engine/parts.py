"""Shows the parts of a store as one: a view for each table, over the parts that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from workbench.case.store_parts import StoreParts
from workbench.catalog.tables import ANALYSIS_TABLES
from workbench.sql.quoting import identifier, literal

DATABASE = "memory"  # where the views are, of a connection that was opened without a file
_ANALYSIS = "analysis"
_HELD = (
    "SELECT database_name, table_name, column_name FROM system.main.duckdb_columns() "
    "WHERE NOT internal AND schema_name = 'main' ORDER BY table_name, column_index"
)

Held = dict[str, dict[str, list[str]]]


def open_parts(parts: StoreParts) -> duckdb.DuckDBPyConnection:
    """A connection on which each table of the parts stands under its own name, read-only.

    Tables of an analysis come from the analysis; where there is none, from the data if an older
    load put them there, and are empty otherwise. A column that a part made by an earlier version
    lacks is NULL.
    """
    connection = duckdb.connect(":memory:")
    names = attach_parts(connection, parts.data)
    if parts.analysis is not None:
        if parts.analysis in parts.data:
            analysis = names[parts.data.index(parts.analysis)]
        else:
            attach(connection, parts.analysis, _ANALYSIS)
            analysis = _ANALYSIS
    else:
        analysis = ""
    held = _held(connection)
    for table in sorted({*held, *ANALYSIS_TABLES}):
        connection.execute(_shown(table, held.get(table, {}), names, analysis))
    return connection


def attach_parts(connection: duckdb.DuckDBPyConnection, data: Sequence[Path]) -> list[str]:
    """Attach parts of the data for reading; returns the names they stand under, in order."""
    names = [part_name(place) for place in range(len(data))]
    for name, path in zip(names, data, strict=True):
        attach(connection, path, name)
    return names


def part_name(place: int) -> str:
    """The name under which a part of the data is attached."""
    return f"part_{place}"


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach one part for reading."""
    connection.execute(f"ATTACH {literal(str(path))} AS {identifier(name)} (READ_ONLY)")


def show_data(connection: duckdb.DuckDBPyConnection, data: Sequence[Path]) -> None:
    """Let a connection that writes an analysis see the tables of the data under their own names."""
    names = attach_parts(connection, data)
    for table, where in _held(connection).items():
        if table not in ANALYSIS_TABLES and any(name in where for name in names):
            connection.execute(
                f"CREATE TEMP VIEW {identifier(table)} AS {_over(table, where, names)}"
            )


def _held(connection: duckdb.DuckDBPyConnection) -> Held:
    """Which attached database has which table, with the table's columns."""
    found: Held = {}
    for database, table, column in connection.execute(_HELD).fetchall():
        found.setdefault(str(table), {}).setdefault(str(database), []).append(str(column))
    return found


def _shown(table: str, where: dict[str, list[str]], names: Sequence[str], analysis: str) -> str:
    made = ANALYSIS_TABLES.get(table)
    if made is None:
        return f"CREATE VIEW {identifier(table)} AS {_over(table, where, names)}"
    source = [analysis] if analysis else [name for name in names if name in where]
    source = [name for name in source if name in where]
    if not source:
        columns = ", ".join(f"{identifier(one.name)} {one.type}" for one in made.columns)
        return f"CREATE TABLE {identifier(table)} ({columns})"
    lacking = "".join(
        f", CAST(NULL AS {one.type}) AS {identifier(one.name)}"
        for one in made.columns
        if one.name not in where[source[-1]]
    )
    place = f"{identifier(source[-1])}.main.{identifier(table)}"
    return f"CREATE VIEW {identifier(table)} AS SELECT *{lacking} FROM {place}"


def _over(table: str, where: dict[str, list[str]], names: Sequence[str]) -> str:
    return " UNION ALL BY NAME ".join(
        f"SELECT * FROM {identifier(name)}.main.{identifier(table)}"
        for name in names
        if name in where
    )
