"""Parquet extracts: typed columns, read in place; a record's number is its row in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from workbench.intake.casts import Cast, extract_casts, failed_parts, failing_cell
from workbench.intake.detect import Extract
from workbench.intake.load_session import LoadSession, engine_refusal
from workbench.intake.nested_json import TEXTS, JsonText
from workbench.intake.plan import PlannedExtract, Probe
from workbench.intake.rejects import Reject
from workbench.sql.quoting import identifier, literal

_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL")
_SAMPLE_ROWS = 100
_OBJECT = 1 << 16


def file_call(session: LoadSession, *paths: Path) -> str:
    """The table function call that reads files of one shape, with their row numbers."""
    names = ", ".join(literal(session.readable_name(path)) for path in paths)
    return f"read_parquet([{names}], file_row_number = true)"


@dataclass(frozen=True, slots=True)
class ParquetGroup:
    """Files of one table, shape and mapping: one scan reads them all.

    A scan of its own for each of a hundred parts would give each its own sort buffers.
    """

    items: tuple[PlannedExtract, ...]
    casts: tuple[Cast, ...]

    def call(self, session: LoadSession) -> str:
        """Reads all files of the group."""
        return file_call(session, *(item.extract.path for item in self.items))

    @property
    def source_id(self) -> str:
        """SQL for the number of the file that a row is in."""
        numbers = ", ".join(str(item.source_id) for item in self.items)
        return f"CAST([{numbers}][CAST(file_index AS BIGINT) + 1] AS INTEGER)"

    @property
    def bad_table(self) -> str:
        """The temporary table that holds the places of bad rows."""
        return f"bad_{self.items[0].source_id}"


def group_extracts(
    session: LoadSession, planned: Sequence[PlannedExtract], *, telling: bool = False
) -> list[ParquetGroup]:
    """Put files together that one scan can read."""
    groups: dict[tuple[object, ...], list[PlannedExtract]] = {}
    for item in planned:
        rules = tuple(sorted((name, rule) for name, rule in item.rules.items()))
        key = (item.table.name, tuple(item.probe.columns.items()), repr(rules), item.texts)
        groups.setdefault(key, []).append(item)
    return [
        ParquetGroup(tuple(items), parquet_casts(session, items[0], telling=telling))
        for items in groups.values()
    ]


def probe_parquet(session: LoadSession, extract: Extract) -> Probe:
    """Columns and a few records; raises WorkbenchError for a file the engine cannot read."""
    call = file_call(session, extract.path)
    try:
        types = session.types_of(f"SELECT * EXCLUDE (file_row_number) FROM {call}")
        small = [name for name, kind in types.items() if kind.startswith(_NUMBERS)]
        texts = [name for name, kind in types.items() if kind in TEXTS]
        shown = [identifier(name) for name in small]
        shown += [_beginning(identifier(name)) for name in texts]
        if not shown:
            return Probe(types)
        rows = session.rows(f"SELECT {', '.join(shown)} FROM {call} LIMIT {_SAMPLE_ROWS}")
    except duckdb.Error as error:
        raise engine_refusal(f"{extract.shown} cannot be read as Parquet", error) from error
    return Probe(types, tuple(dict(zip(small + texts, row, strict=True)) for row in rows))


def _beginning(text: str) -> str:
    """What a text begins with; of an object as much as is needed to look into it."""
    cell = f"CAST({text} AS VARCHAR)"
    return f"left({cell}, CASE WHEN starts_with({cell}, '{{') THEN {_OBJECT} ELSE 40 END)"


def row_counts(session: LoadSession, group: ParquetGroup) -> dict[int, int]:
    """Rows of each file of the group, by source."""
    rows = session.rows(f"SELECT {group.source_id}, count(*) FROM {group.call(session)} GROUP BY 1")
    return {int(source): int(count) for source, count in rows}


def _cell(source: str, probe: Probe) -> str:
    if source in probe.columns:
        return identifier(source)
    return ".".join(identifier(part) for part in source.split("."))


def parquet_casts(
    session: LoadSession, planned: PlannedExtract, *, telling: bool = False
) -> tuple[Cast, ...]:
    """How each canonical column is made from the file's columns."""
    cells = {
        source: _cell(source, planned.probe)
        for rule in planned.rules.values()
        for source in rule.sources
    }
    for text in planned.texts:
        cells |= text.cells(text.extracted(_text(text)))
    call = file_call(session, planned.extract.path)
    types: dict[str, str] = {}
    if cells:
        listed = ", ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
        types = session.types_of(f"SELECT {listed} FROM {call}")
    typed = {source: (cell, types[source]) for source, cell in cells.items()}
    return extract_casts(planned.columns, planned.rules, typed, telling=telling)


def _text(text: JsonText) -> str:
    return f"CAST({identifier(text.column)} AS VARCHAR)"


def not_json(session: LoadSession, group: ParquetGroup) -> dict[int, dict[str, int]]:
    """Cells that should hold a JSON object and do not, by source and source column."""
    texts = group.items[0].texts
    if not texts:
        return {}
    counts = ", ".join(
        f"count(*) FILTER (WHERE {text.odd(_text(text), text.extracted(_text(text)))})"
        for text in texts
    )
    rows = session.rows(f"SELECT {group.source_id}, {counts} FROM {group.call(session)} GROUP BY 1")
    names = [text.column for text in texts]
    return {int(row[0]): dict(zip(names, row[1:], strict=True)) for row in rows}


def find_bad_rows(session: LoadSession, group: ParquetGroup) -> int:
    """Note the rows with a cell that fails in a temporary table; returns how many there are.

    Only columns that can fail are read.
    """
    failing = failing_cell(group.casts) or "CAST(NULL AS VARCHAR)"
    try:
        session.run(
            f"CREATE OR REPLACE TEMP TABLE {group.bad_table} AS SELECT * FROM (SELECT "
            f"{group.source_id} AS source_id, file_row_number AS row, {failing} AS failed "
            f"FROM {group.call(session)}) WHERE failed IS NOT NULL"
        )
    except duckdb.Error as error:
        raise engine_refusal(f"{_shown(group)} cannot be read", error) from error
    return int(session.value(f"SELECT count(*) FROM {group.bad_table}"))


def _shown(group: ParquetGroup) -> str:
    more = f" (or one of {len(group.items) - 1} like it)" if len(group.items) > 1 else ""
    return f"{group.items[0].extract.shown}{more}"


def bad_kinds(session: LoadSession, group: ParquetGroup) -> list[tuple[Reject, int]]:
    """The first bad row of each kind, without its content, and how many there are."""
    rows = session.rows(
        f"SELECT min(row) + 1, arg_min(failed, row), count(*) FROM {group.bad_table} "
        "GROUP BY split_part(failed, '|', 1), split_part(failed, '|', 2)"
    )
    found = []
    for row, failed, records in rows:
        reason, column, cell = failed_parts(failed)
        found.append((Reject(row, row, reason, column, b"", cell), records))
    return found


def bad_rows(session: LoadSession, group: ParquetGroup) -> Iterator[tuple[int, Reject]]:
    """The bad rows and their sources; Parquet has no raw line, so a row is given as JSON."""
    for item in group.items:
        cursor = session.connection.execute(
            "SELECT b.row + 1, b.failed, CAST(to_json(f) AS VARCHAR) FROM (SELECT * FROM "
            f"{file_call(session, item.extract.path)}) f JOIN {group.bad_table} b "
            "ON b.row = f.file_row_number WHERE b.source_id = $source ORDER BY 1",
            {"source": item.source_id},
        )
        while batch := cursor.fetchmany(1000):
            for row, failed, raw in batch:
                reason, column, cell = failed_parts(failed)
                content = (raw or "").encode("utf-8", "surrogateescape")
                yield item.source_id, Reject(row, row, reason, column, content, cell)


def parquet_relation(session: LoadSession, group: ParquetGroup, *, filtered: bool) -> str:
    """A SELECT of the canonical columns, `source_id` and `source_row` of the good rows."""
    listed = ", ".join(f"{cast.value} AS {identifier(cast.column.name)}" for cast in group.casts)
    keep = ""
    if filtered:
        keep = (
            f" WHERE ({group.source_id}, file_row_number) NOT IN "
            f"(SELECT (source_id, row) FROM {group.bad_table})"
        )
    return (
        f"SELECT {listed}, {group.source_id} AS source_id, "
        f"CAST(file_row_number + 1 AS BIGINT) AS source_row FROM {group.call(session)}{keep}"
    )
