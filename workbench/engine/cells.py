"""How the engine's values become cells: exact text where a plain number or string will not do."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from workbench.engine.contract import ResultColumn, Row, Scalar, unique_names

# These cross unchanged; every other type crosses as the engine's own text for it, which keeps
# decimals, huge integers, intervals, infinite times and nested values exact.
_PLAIN = frozenset(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "FLOAT", "DOUBLE", "VARCHAR"}
)  # fmt: skip


def result_columns(relation: duckdb.DuckDBPyRelation) -> tuple[ResultColumn, ...]:
    """Names and types; each name once, so that whoever asks for a column gets that one."""
    names = unique_names(relation.columns)
    return tuple(
        ResultColumn(name, str(kind)) for name, kind in zip(names, relation.types, strict=True)
    )


def as_cells(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The relation with every column in a form that crosses exactly.

    Columns are named by position: a statement may give several of one name.
    """
    return relation.project(cell_terms(result_columns(relation)))


def cell_terms(columns: Sequence[ResultColumn]) -> str:
    """What a SELECT says to have these columns, by their places, as cells."""
    return ", ".join(
        f"#{position} AS c{position}"
        if column.type in _PLAIN
        else f"CAST(#{position} AS VARCHAR) AS c{position}"
        for position, column in enumerate(columns, 1)
    )


Cut = tuple[int, int, int]


def cut_rows(rows: Sequence[tuple[Scalar, ...]], limit: int) -> tuple[list[Row], list[Cut]]:
    """Rows for the screen, and (row, column, full length) of each text that was cut to `limit`."""
    cuts: list[Cut] = []
    shown: list[Row] = []
    for number, row in enumerate(rows):
        cells: Row = list(row)
        for position, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > limit:
                cuts.append((number, position, len(cell)))
                cells[position] = cell[:limit]
        shown.append(cells)
    return shown, cuts
