"""A store in which every column and family that can hold a masked value holds a known one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from workbench.catalog.columns import Column, Table
from workbench.catalog.entities import hides, known_families
from workbench.catalog.stored import EXCHANGE_ROWS, exchange_row_columns, view_statements
from workbench.catalog.tables import TABLES
from workbench.decisions.masking import MASKABLE

RAW = "sec7e1"  # every masked value bears it; `visible` stands in what is not masked
NUMBER = 7_171_717_171
FAMILY_OF_ONES_OWN = "own_family"
_OVERLAID = ("decisions", "campaign_members", "seen_patterns")


def _value(column: Column, mark: str) -> str:
    if column.type == "BIGINT" and hides(column.name, MASKABLE):
        return str(NUMBER)
    if column.type == "VARCHAR":
        return f"'{mark}{column.name}'"
    return f"CAST(NULL AS {column.type})"


def _tables() -> Iterator[tuple[str, tuple[Column, ...]]]:
    for table in TABLES.values():
        if table.name not in (*_OVERLAID, *view_statements()):
            yield table.name, table.columns
    yield EXCHANGE_ROWS, exchange_row_columns()


def build(path: Path) -> None:
    """Every table of the catalogue, two accounts a table; in those of families, a row a family."""
    with duckdb.connect(str(path)) as connection:
        for name, columns in _tables():
            declared = ", ".join(f'"{column.name}" {column.type}' for column in columns)
            connection.execute(f"CREATE TABLE {name} ({declared})")
            for row in _rows(columns):
                connection.execute(f"INSERT INTO {name} VALUES ({row})")
        for view in view_statements().values():
            connection.execute(view)


def _rows(columns: tuple[Column, ...]) -> Iterator[str]:
    names = [column.name for column in columns]
    keyed = "value" if "family" in names else "example" if "example" in names else ""
    families = [*sorted(known_families()), FAMILY_OF_ONES_OWN] if keyed == "value" else [""]
    if keyed == "example":
        families = [*MASKABLE, "prompt_hash", "model"]
    for number in (1, 2):
        for family in families:
            yield ", ".join(_cell(column, keyed, family, number) for column in columns)


def _cell(column: Column, keyed: str, family: str, number: int) -> str:
    if column.name == "account_id":
        return f"'acct-{number}'"
    if column.name in ("family", "column_name") and keyed:
        return f"'{family}'"
    if column.name == keyed:
        return f"'{NUMBER}'" if family in ("prompt", "prompt_hash") else f"'{RAW}{family}'"
    return _value(column, RAW if hides(column.name, MASKABLE) else "visible-")


def tables_with_secrets() -> list[Table]:
    """The tables of the catalogue in which something may have to be hidden."""
    return [
        table
        for table in TABLES.values()
        if table.name not in _OVERLAID
        and any(
            hides(column.name, MASKABLE)
            or (column.name == "value" and table.column("family") is not None)
            or column.name == "example"
            for column in table.columns
        )
    ]
