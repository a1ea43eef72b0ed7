"""Which of the columns that a query needs no extract of the case had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from workbench.catalog.extracts import EXTRACTS
from workbench.errors import WorkbenchError
from workbench.playbooks.format import SavedQuery


def absent_columns(presence: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """`table.column` of every column that no extract had, from rows of `column_presence`."""
    rows = [row for row in presence if not row["present"]]
    absent = {f"{row['table_name']}.{row['column_name']}" for row in rows}
    # The texts are columns of an exchanges extract and live in a table of their own.
    texts = {
        f"exchanges.{row['column_name']}" for row in rows if row["table_name"] == "exchange_text"
    }
    return frozenset(absent | texts)


def missing(query: SavedQuery, absent: Collection[str]) -> list[str]:
    """The needed columns, and tables without any column, that the case lacks."""
    lacking = [column for column in query.needs_columns if column in absent]
    for table in query.needs_tables:
        columns = EXTRACTS[table].names if table in EXTRACTS else ()
        if columns and all(f"{table}.{name}" in absent for name in columns):
            lacking.append(table)
    return lacking


def require(query: SavedQuery, absent: Collection[str]) -> None:
    """Raise WorkbenchError where an empty result would only mean missing data."""
    if lacking := missing(query, absent):
        raise WorkbenchError(
            f"{query.title}: not available in this extract, which has no {', '.join(lacking)}.",
            title="Not available",
            hint="Load an extract that has it with --append, or ask another query.",
        )
