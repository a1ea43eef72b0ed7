"""From the rows of all extracts to the sorted canonical tables of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from workbench.intake.derived import ACCOUNT_PROFILE, RANKED
from workbench.intake.schema import (
    ACCOUNTS,
    EXCHANGE_TEXT,
    EXCHANGES,
    EXTRACTS,
    TEXT_COLUMNS,
    Column,
    Table,
    extract_columns,
)
from workbench.intake.session import LoadSession, Meter, engine_refusal
from workbench.intake.sqltext import identifier, statement

_PROFILE_CHUNK_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """The good rows for one table: SELECTs with the columns of an extract and their place.

    `previous` names the table of the generation before, whose rows are kept (`--append`).
    """

    table: Table
    relations: tuple[str, ...]
    rows: int
    has_text: bool = False
    previous: str | None = None


def _definition(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} {column.type}" for column in columns)


def _union(incoming: Incoming) -> str:
    parts = list(incoming.relations)
    if incoming.previous is not None:
        parts.insert(0, _previous_rows(incoming.table, incoming.previous))
    if parts:
        return " UNION ALL ".join(f"({part})" for part in parts)
    nulls = ", ".join(
        f"CAST(NULL AS {column.type}) AS {identifier(column.name)}"
        for column in extract_columns(incoming.table)
    )
    return (
        f"SELECT {nulls}, CAST(NULL AS INTEGER) AS source_id, CAST(NULL AS BIGINT) AS source_row "
        "WHERE false"
    )


def _previous_rows(table: Table, previous: str) -> str:
    own = set(table.names)
    listed = [
        identifier(column.name)
        if column.name in own
        else f"CAST(NULL AS {column.type}) AS {identifier(column.name)}"
        for column in extract_columns(table)
    ]
    # Rows of earlier loads come before those of this one wherever the order leaves a tie.
    place = "source_id, source_row" if table is EXCHANGES else "0 AS source_id, rowid AS source_row"
    return f"SELECT {', '.join(listed)}, {place} FROM {previous}"


def build_table(session: LoadSession, incoming: Incoming) -> None:
    """Create one canonical table, sorted; for exchanges also exchange_text."""
    table = incoming.table
    try:
        if table is EXCHANGES:
            _build_exchanges(session, incoming)
            return
        listed = ", ".join(_computed(column) for column in table.columns)
        order = ", ".join(f"{identifier(name)} NULLS LAST" for name in table.order)
        session.run(f"CREATE TABLE {table.name} ({_definition(table.columns)})")
        session.run(
            f"INSERT INTO {table.name} WITH incoming AS ({_union(incoming)}) SELECT {listed} "
            f"FROM incoming ORDER BY {order}, source_id, source_row",
            f"sorting {table.name}",
            incoming.rows,
        )
    except duckdb.Error as error:
        raise engine_refusal(f"Building the table {table.name} failed", error) from error


def _computed(column: Column) -> str:
    if column is ACCOUNTS.column("email_domain"):
        return "coalesce(domain_of(email), lower(email_domain))"
    return identifier(column.name)


def _build_exchanges(session: LoadSession, incoming: Incoming) -> None:
    union = _union(incoming)
    session.run(
        f"CREATE TABLE exchanges AS {statement('exchanges').replace('incoming', f'({union})')}",
        "sorting exchanges",
        incoming.rows,
    )
    session.run(f"CREATE TABLE exchange_text ({_definition(EXCHANGE_TEXT.columns)})")
    parts = list(incoming.relations) if incoming.has_text else []
    if incoming.previous is not None:
        parts.insert(
            0,
            f"SELECT account_id, ts, exchange_id, {', '.join(TEXT_COLUMNS)}, 0 AS source_id, "
            "rowid AS source_row FROM previous.exchange_text",
        )
    if not parts:
        return
    listed = f"account_id, ts, exchange_id, {', '.join(TEXT_COLUMNS)}, source_id, source_row"
    texts = " UNION ALL ".join(f"(SELECT {listed} FROM ({part}))" for part in parts)
    session.run(
        "INSERT INTO exchange_text SELECT account_id, ts, "
        "coalesce(nullif(exchange_id, ''), source_id || ':' || source_row), "
        f"{', '.join(TEXT_COLUMNS)} FROM ({texts}) "
        "WHERE coalesce(system_prompt, prompt, response) IS NOT NULL "
        "ORDER BY account_id, ts, source_id, source_row",
        "sorting texts",
        incoming.rows,
    )


def build_missing_tables(session: LoadSession) -> None:
    """Create the canonical tables that no extract had, empty."""
    have = {row[0] for row in session.rows("SELECT table_name FROM duckdb_tables()")}
    for table in (*EXTRACTS.values(), EXCHANGE_TEXT):
        if table.name not in have:
            session.run(f"CREATE TABLE {table.name} ({_definition(table.columns)})")


def build_profiles(session: LoadSession) -> None:
    """Create account_profile in ranges of accounts, so that memory stays bounded."""
    columns = [column for column in ACCOUNT_PROFILE.columns if not column.name.startswith("pct_")]
    session.run(f"CREATE TEMP TABLE profile_parts ({_definition(columns)})")
    rows = int(session.value("SELECT count(*) FROM exchanges"))
    meter = Meter(session.report, "profiling accounts", rows)
    bounds = _bounds(session, rows)
    for number, low in enumerate(bounds):
        high = bounds[number + 1] if number + 1 < len(bounds) else None
        session.connection.execute(statement("account_profile"), {"low": low, "high": high})
        meter.at(rows * (number + 1) // len(bounds))
    # An inactive account has no place in the ranking of the active ones.
    ranks = ", ".join(
        f"CASE WHEN exchanges > 0 AND {name} IS NOT NULL THEN percent_rank() OVER "
        f"(PARTITION BY exchanges > 0 AND {name} IS NOT NULL ORDER BY {name}) END AS pct_{name}"
        for name, _ in RANKED
    )
    session.run(
        f"CREATE TABLE account_profile AS SELECT *, {ranks} FROM profile_parts ORDER BY account_id"
    )
    session.run("DROP TABLE profile_parts")


def _bounds(session: LoadSession, rows: int) -> list[str]:
    """Account ids that cut the sorted exchanges into ranges; the first is below every id."""
    offsets = range(_PROFILE_CHUNK_ROWS, rows, _PROFILE_CHUNK_ROWS)
    if not offsets:
        return [""]
    found = session.rows(
        "SELECT DISTINCT account_id FROM exchanges WHERE rowid IN (SELECT unnest($offsets)) "
        "ORDER BY 1",
        {"offsets": list(offsets)},
    )
    return ["", *(row[0] for row in found)]
