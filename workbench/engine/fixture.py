"""An empty case in memory: what saved queries are bound against, and run on a few rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from workbench.engine.contract import Parameters
from workbench.engine.gate import Gate, Inspection
from workbench.engine.session import engine_errors, typed_parameter
from workbench.sql.quoting import identifier


class FixtureStore:
    """Tables by name with (column, type) pairs; rows can be put in and statements run."""

    def __init__(self, tables: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._connection = duckdb.connect()
        self._tables = dict(tables)
        self._gate = Gate()
        for table, columns in tables.items():
            declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns)
            self._connection.execute(f"CREATE TABLE {identifier(table)} ({declared})")

    def put(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows; what a row does not name is NULL. Raises KeyError for an unknown column."""
        kinds = dict(self._tables[table])
        for row in rows:
            names = ", ".join(map(identifier, row))
            values = ", ".join(f"CAST(? AS {kinds[name]})" for name in row)
            self._connection.execute(
                f"INSERT INTO {identifier(table)} ({names}) VALUES ({values})", list(row.values())
            )

    def clear(self) -> None:
        """Empty every table."""
        for table in self._tables:
            self._connection.execute(f"DELETE FROM {identifier(table)}")

    def inspect(self, sql: str) -> Inspection:
        """Judge a statement as the query worker would; raises QueryRefused."""
        return self._gate.inspect(sql, self._tables)

    def rows(self, sql: str, parameters: Parameters) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a statement; raises QueryRefused or QueryFailed."""
        inspection = self.inspect(sql)
        used = {name: typed_parameter(parameters.get(name)) for name in inspection.parameters}
        with engine_errors():
            relation = self._connection.sql(inspection.statement, params=used or None)
            return list(relation.columns), relation.fetchall()

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
