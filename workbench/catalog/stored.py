"""What a load writes into a store besides the tables themselves: the rows of exchanges, two views.

The rows of `exchanges` and `exchange_text` are stored as one table, whose two sides are views.
"""

from __future__ import annotations

from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import EXCHANGE_TEXT, EXCHANGES

EXCHANGE_ROWS = "exchange_rows"
_TEXTS = ("system_prompt", "prompt", "response", "truncated")


def exchange_row_columns() -> tuple[Column, ...]:
    """The columns of the physical table behind exchanges and exchange_text, in order."""
    texts = tuple(column for column in EXCHANGE_TEXT.columns if column.name in _TEXTS)
    return EXCHANGES.columns + texts


def view_statements() -> dict[str, str]:
    """The statement that makes each view of a store, by its name."""
    own, texts = _listed(EXCHANGES), _listed(EXCHANGE_TEXT)
    return {
        EXCHANGES.name: f"CREATE VIEW exchanges AS SELECT {own} FROM {EXCHANGE_ROWS}",
        EXCHANGE_TEXT.name: (
            f"CREATE VIEW exchange_text AS SELECT {texts} FROM {EXCHANGE_ROWS} "
            "WHERE prompt IS NOT NULL OR response IS NOT NULL OR system_prompt IS NOT NULL"
        ),
    }


def index_statement(table: str) -> str:
    """The statement that makes the index of a table by account."""
    return f"CREATE INDEX {table}_account ON {table} (account_id)"


def _listed(table: Table) -> str:
    """The columns of a view; an exchange without an id is named by its place in the extracts."""
    given = "coalesce(exchange_id, source_id || ':' || source_row) AS exchange_id"
    return ", ".join(given if name == "exchange_id" else name for name in table.names)
