"""Parquet extracts: typed columns, read in place; a record's number is its row in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from workbench.intake.casts import Cast, cast_cell, constant_cell, failing_cell, missing_cell
from workbench.intake.extracts import Extract
from workbench.intake.plan import PlannedExtract, Probe
from workbench.intake.rejects import Reject
from workbench.intake.session import LoadSession, engine_refusal
from workbench.intake.sqltext import identifier, literal

_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL")
_SAMPLE_ROWS = 100


def file_call(session: LoadSession, path: Path) -> str:
    """The table function call that reads one file, with its row numbers."""
    return f"read_parquet({literal(session.readable_name(path))}, file_row_number = true)"


def probe_parquet(session: LoadSession, extract: Extract) -> Probe:
    """Columns and a few records; raises WorkbenchError for a file the engine cannot read."""
    call = file_call(session, extract.path)
    try:
        types = session.types_of(f"SELECT * EXCLUDE (file_row_number) FROM {call}")
        small = [name for name, kind in types.items() if kind.startswith(_NUMBERS)]
        texts = [name for name, kind in types.items() if kind == "VARCHAR"]
        shown = [identifier(name) for name in small]
        shown += [f"left({identifier(name)}, 40)" for name in texts]
        if not shown:
            return Probe(types)
        rows = session.rows(f"SELECT {', '.join(shown)} FROM {call} LIMIT {_SAMPLE_ROWS}")
    except duckdb.Error as error:
        raise engine_refusal(f"{extract.shown} cannot be read as Parquet", error) from error
    return Probe(types, tuple(dict(zip(small + texts, row, strict=True)) for row in rows))


def row_count(session: LoadSession, extract: Extract) -> int:
    """Rows according to the file's footer."""
    return int(session.value(f"SELECT count(*) FROM {file_call(session, extract.path)}"))


def _cell(source: str, probe: Probe) -> str:
    if source in probe.columns:
        return identifier(source)
    return ".".join(identifier(part) for part in source.split("."))


def parquet_casts(session: LoadSession, planned: PlannedExtract) -> tuple[Cast, ...]:
    """How each canonical column is made from the file's columns."""
    cells = {
        name: _cell(rule.source, planned.probe)
        for name, rule in planned.rules.items()
        if rule.constant is None
    }
    call = file_call(session, planned.extract.path)
    types: dict[str, str] = {}
    if cells:
        listed = ", ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
        types = session.types_of(f"SELECT {listed} FROM {call}")
    casts = []
    for column in planned.columns:
        rule = planned.rules.get(column.name)
        if rule is None:
            casts.append(missing_cell(column))
        elif rule.constant is not None:
            casts.append(constant_cell(rule.constant, column, rule))
        else:
            casts.append(cast_cell(cells[column.name], types[column.name], column, rule))
    return tuple(casts)


def bad_rows_table(planned: PlannedExtract) -> str:
    """Name of the temporary table that holds the numbers of a file's bad rows."""
    return f"bad_{planned.source_id}"


def find_bad_rows(session: LoadSession, planned: PlannedExtract, casts: tuple[Cast, ...]) -> int:
    """Note the rows with a cell that fails in a temporary table; returns how many there are.

    Only columns that can fail are read.
    """
    failing = failing_cell(casts) or "CAST(NULL AS VARCHAR)"
    name = bad_rows_table(planned)
    try:
        session.run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM (SELECT file_row_number AS row, "
            f"{failing} AS failed FROM {file_call(session, planned.extract.path)}) "
            "WHERE failed IS NOT NULL"
        )
    except duckdb.Error as error:
        raise engine_refusal(f"{planned.extract.shown} cannot be read", error) from error
    return int(session.value(f"SELECT count(*) FROM {name}"))


def bad_rows(session: LoadSession, planned: PlannedExtract) -> Iterator[Reject]:
    """The bad rows of a file; Parquet has no raw line, so a row is given as JSON."""
    cursor = session.connection.execute(
        "SELECT b.row + 1, b.failed, CAST(to_json(f) AS VARCHAR) FROM (SELECT * FROM "
        f"{file_call(session, planned.extract.path)}) f JOIN {bad_rows_table(planned)} b "
        "ON b.row = f.file_row_number ORDER BY 1"
    )
    while batch := cursor.fetchmany(1000):
        for row, failed, raw in batch:
            reason, _, column = failed.partition("|")
            yield Reject(row, row, reason, column, (raw or "").encode("utf-8", "surrogateescape"))


def parquet_relation(
    session: LoadSession, planned: PlannedExtract, casts: tuple[Cast, ...], *, filtered: bool
) -> str:
    """A SELECT of the canonical columns, `source_id` and `source_row` of the good rows."""
    listed = ", ".join(f"{cast.value} AS {identifier(cast.column.name)}" for cast in casts)
    keep = ""
    if filtered:
        keep = f" WHERE file_row_number NOT IN (SELECT row FROM {bad_rows_table(planned)})"
    return (
        f"SELECT {listed}, CAST({planned.source_id} AS INTEGER) AS source_id, "
        f"CAST(file_row_number + 1 AS BIGINT) AS source_row "
        f"FROM {file_call(session, planned.extract.path)}{keep}"
    )
