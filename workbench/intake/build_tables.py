"""From the rows of all extracts to the sorted canonical tables of the store."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb

from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import ACCOUNTS, EXCHANGES, extract_columns
from workbench.catalog.profiles import ACCOUNT_PROFILE, RANKED
from workbench.catalog.stored import EXCHANGE_ROWS, view_statements
from workbench.intake.load_session import LoadSession, Meter, engine_refusal
from workbench.resources import statement
from workbench.sql.quoting import identifier

_PROFILE_CHUNK_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """The good rows for one table: SELECTs with the columns of an extract and their place.

    With `appended` the rows of the generation before are kept (attached as `previous`).
    """

    table: Table
    relations: tuple[str, ...]
    rows: int
    appended: bool = False


def stored_name(table: Table) -> str:
    """The physical table that holds the rows of a canonical one."""
    return EXCHANGE_ROWS if table is EXCHANGES else table.name


def _definition(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} {column.type}" for column in columns)


def _union(incoming: Incoming) -> str:
    parts = list(incoming.relations)
    if incoming.appended:
        parts.insert(0, _previous_rows(incoming.table))
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


def _previous_rows(table: Table) -> str:
    listed = ", ".join(identifier(column.name) for column in extract_columns(table))
    # Rows of earlier loads come before those of this one wherever the order leaves a tie.
    if table is EXCHANGES:
        return f"SELECT {listed}, source_id, source_row FROM previous.{stored_name(table)}"
    return f"SELECT {listed}, 0 AS source_id, rowid AS source_row FROM previous.{table.name}"


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
        if table is ACCOUNTS:
            session.index_accounts(table.name)
    except duckdb.Error as error:
        raise engine_refusal(f"Building the table {table.name} failed", error) from error


def _computed(column: Column) -> str:
    if column is ACCOUNTS.column("email_domain"):
        return "coalesce(domain_of(email), lower(email_domain))"
    return identifier(column.name)


def _build_exchanges(session: LoadSession, incoming: Incoming) -> None:
    """One sort of whole rows; `exchanges` and `exchange_text` are its two sides.

    Columns are stored apart, so that a reader of one side never touches the other; two tables
    would cost a second sort of 28.8 million rows.
    """
    session.run(f"CREATE TEMP VIEW incoming AS {_union(incoming)}")
    sql = statement("intake", "exchanges")
    session.run(f"CREATE TABLE {EXCHANGE_ROWS} AS {sql}", "sorting exchanges", incoming.rows)
    session.run("DROP VIEW incoming")
    for view in view_statements().values():
        session.run(view)


def build_profiles(session: LoadSession) -> None:
    """Create account_profile in ranges of accounts, so that memory stays bounded."""
    columns = [column for column in ACCOUNT_PROFILE.columns if not column.name.startswith("pct_")]
    # Cursors see no temporary tables of each other.
    session.run(f"CREATE TABLE staging.profile_parts ({_definition(columns)})")
    rows = int(session.value("SELECT count(*) FROM exchanges"))
    meter = Meter(session.report, "profiling accounts", rows)
    lows = _bounds(session, rows)
    highs = [*lows[1:], None]
    sql = statement("intake", "account_profile")

    def profile(low: str, high: str | None) -> None:
        with session.connection.cursor() as cursor:
            cursor.execute(sql, {"low": low, "high": high})

    # The look back from row to row runs on one thread; a second range keeps the others busy.
    with ThreadPoolExecutor(2, thread_name_prefix="profile") as pool:
        for number, _ in enumerate(pool.map(profile, lows, highs), 1):
            meter.at(rows * number // len(lows))
    # An inactive account has no place in the ranking of the active ones.
    ranks = ", ".join(
        f"CASE WHEN exchanges > 0 AND {name} IS NOT NULL THEN percent_rank() OVER "
        f"(PARTITION BY exchanges > 0 AND {name} IS NOT NULL ORDER BY {name}) END AS pct_{name}"
        for name, _ in RANKED
    )
    session.run(
        f"CREATE TABLE account_profile AS SELECT *, {ranks} FROM staging.profile_parts "
        "ORDER BY account_id"
    )
    session.run("DROP TABLE staging.profile_parts")
    session.index_accounts("account_profile")


def _bounds(session: LoadSession, rows: int) -> list[str]:
    """Account ids that cut the sorted exchanges into ranges; the first is below every id."""
    offsets = range(_PROFILE_CHUNK_ROWS, rows, _PROFILE_CHUNK_ROWS)
    if not offsets:
        return [""]
    found = session.rows(
        f"SELECT DISTINCT account_id FROM {EXCHANGE_ROWS} WHERE rowid IN (SELECT unnest($offsets)) "
        "ORDER BY 1",
        {"offsets": list(offsets)},
    )
    return ["", *(row[0] for row in found)]
