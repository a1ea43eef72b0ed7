"""Parquet extracts: typed columns, read in place; a record's number is its row in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from workbench.intake.casts import (
    LEFT_OUT,
    Cast,
    extract_casts,
    failed_parts,
    failing_cell,
    kept,
    spanned,
)
from workbench.intake.detect import Extract
from workbench.intake.extraction import Extraction
from workbench.intake.load_session import LoadSession, engine_refusal
from workbench.intake.plan import PlannedExtract
from workbench.intake.probe import TEXTS, Probe
from workbench.intake.rejects import Reject
from workbench.sql.quoting import identifier, literal

_SCALARS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT",
            "UINT", "UBIGINT", "USMALLINT", "UTINYINT", "UHUGEINT", "BOOLEAN")  # fmt: skip
_NESTED = ("STRUCT", "MAP")
_UUID = "UUID_BLOB"  # a column of keys of 16 bytes, by no other name in the file
_SAMPLE_ROWS = 100
_OBJECT = 1 << 16
_UUID_BYTES = 16


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
    taken: Extraction
    kept: str = ""

    def rows(self, session: LoadSession) -> str:
        """The rows of all files, with every text that is looked into."""
        return f"({self.taken.over(f'SELECT *, file_index FROM {self.call(session)}')})"

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
        key = (
            item.table.name, tuple(item.probe.columns.items()), repr(rules), repr(item.paths),
            item.where,
        )  # fmt: skip
        groups.setdefault(key, []).append(item)
    return [_group(session, items, telling=telling) for items in groups.values()]


def _group(session: LoadSession, items: Sequence[PlannedExtract], *, telling: bool) -> ParquetGroup:
    """How each canonical column is made from the files' columns."""
    planned = items[0]
    taken, cells = _cells(session, planned)
    call = f"({taken.over(f'SELECT * FROM {file_call(session, planned.extract.path)}')})"
    types: dict[str, str] = {}
    if cells:
        listed = ", ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
        types = session.types_of(f"SELECT {listed} FROM {call}")
    typed = {source: (cell, types[source]) for source, cell in cells.items()}
    casts = extract_casts(planned.columns, planned.rules, typed, telling=telling)
    tests = (kept(planned.where, typed), spanned(casts, planned.span))
    return ParquetGroup(tuple(items), casts, taken, " AND ".join(test for test in tests if test))


def _cells(session: LoadSession, planned: PlannedExtract) -> tuple[Extraction, dict[str, str]]:
    """SQL of every source; the fields of a struct are read as what they are, not as JSON."""
    probe = planned.probe
    columns = {name: _text(name, kind) for name, kind in probe.columns.items()}
    cells: dict[str, str] = {}
    for source, ways in planned.paths.items():
        only = ways[0] if len(ways) == 1 else None
        if source in probe.columns and (only is None or not only.listed):
            cells[source] = (
                columns[source] if probe.columns[source] == _UUID else identifier(source)
            )
        elif field := _field(session, planned, source):
            cells[source] = field
    rest = {source: ways for source, ways in planned.paths.items() if source not in cells}
    taken = Extraction({source: ways for source, ways in rest.items() if ways}, columns)
    return taken, cells | taken.cells


def _field(session: LoadSession, planned: PlannedExtract, source: str) -> str:
    """SQL of a field of a struct; empty where the source leads elsewhere."""
    ways = planned.paths[source]
    steps = ways[0].first if ways else tuple(source.split("."))
    head = planned.probe.columns.get(str(steps[0]), "")
    plain = not ways or (len(ways) == 1 and len(ways[0].parts) == 1 and not ways[0].listed)
    if not head.startswith("STRUCT") or not plain or not all(isinstance(s, str) for s in steps):
        return ""
    cell = ".".join(identifier(str(step)) for step in steps)
    try:
        session.types_of(f"SELECT {cell} FROM {file_call(session, planned.extract.path)}")
    except duckdb.Error:
        return ""
    return cell


def _text(name: str, kind: str) -> str:
    """SQL of a column as text: JSON where it is nested."""
    if kind == _UUID:
        return f"uuid_text({identifier(name)})"
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"CAST(to_json({identifier(name)}) AS VARCHAR)"
    return f"CAST({identifier(name)} AS VARCHAR)"


def probe_parquet(session: LoadSession, extract: Extract) -> Probe:
    """Columns and a few records; raises WorkbenchError for a file the engine cannot read."""
    call = file_call(session, extract.path)
    try:
        types = session.types_of(f"SELECT * EXCLUDE (file_row_number) FROM {call}")
        shown = {name: _sampled(name, kind) for name, kind in types.items()}
        listed = ", ".join(shown.values())
        rows = session.rows(f"SELECT {listed} FROM {call} LIMIT {_SAMPLE_ROWS}") if shown else []
    except duckdb.Error as error:
        raise engine_refusal(f"{extract.shown} cannot be read as Parquet", error) from error
    found = [dict(zip(shown, row, strict=True)) for row in rows]
    for name, kind in types.items():
        if kind.startswith(_NESTED) or kind.endswith("]"):
            for record in found:
                record[name] = _value(record[name])
        elif kind == "BLOB":
            cells = [record[name] for record in found if record[name] is not None]
            if cells and all(len(cell) == _UUID_BYTES for cell in cells):
                types[name] = _UUID
            for record in found:
                cell = record[name]
                record[name] = None if cell is None else cell.decode("utf-8", "replace")
    return Probe(types, tuple(found))


def _sampled(name: str, kind: str) -> str:
    """SQL of a cell for the sample: nested ones as JSON, of texts and bytes the beginning."""
    column = identifier(name)
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"left(CAST(to_json({column}) AS VARCHAR), {_OBJECT << 4})"
    if kind in TEXTS:
        cell = f"CAST({column} AS VARCHAR)"
        is_json = f"starts_with({cell}, '{{') OR starts_with({cell}, '[')"
        return f"left({cell}, CASE WHEN {is_json} THEN {_OBJECT} ELSE 400 END)"
    if kind.startswith(_SCALARS) or kind == "BLOB":
        return column
    return f"CAST({column} AS VARCHAR)"


def _value(text: str | None) -> object:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def row_counts(session: LoadSession, group: ParquetGroup) -> dict[int, int]:
    """Rows of each file of the group, by source."""
    rows = session.rows(f"SELECT {group.source_id}, count(*) FROM {group.call(session)} GROUP BY 1")
    return {int(source): int(count) for source, count in rows}


def not_json(session: LoadSession, group: ParquetGroup) -> dict[int, dict[str, int]]:
    """Cells that should hold a JSON object and do not, by source and source column."""
    types = group.items[0].probe.columns
    nodes = [node for node in group.taken.nodes if types.get(node.column, "VARCHAR") in TEXTS]
    if not nodes:
        return {}
    counts = ", ".join(f"count(*) FILTER (WHERE {node.odd})" for node in nodes)
    rows = session.rows(f"SELECT {group.source_id}, {counts} FROM {group.rows(session)} GROUP BY 1")
    names = [node.column for node in nodes]
    return {int(row[0]): dict(zip(names, row[1:], strict=True)) for row in rows}


def find_bad_rows(session: LoadSession, group: ParquetGroup) -> int:
    """Note the rows with a cell that fails in a temporary table; returns how many there are.

    Only columns that can fail are read.
    """
    failing = failing_cell(group.casts) or "CAST(NULL AS VARCHAR)"
    if group.kept:
        failing = f"CASE WHEN NOT ({group.kept}) THEN {literal(LEFT_OUT)} ELSE {failing} END"
    try:
        session.run(
            f"CREATE OR REPLACE TEMP TABLE {group.bad_table} AS SELECT * FROM (SELECT "
            f"{group.source_id} AS source_id, file_row_number AS row, {failing} AS failed "
            f"FROM {group.rows(session)}) WHERE failed IS NOT NULL"
        )
    except duckdb.Error as error:
        raise engine_refusal(f"{_shown(group)} cannot be read", error) from error
    return int(session.value(f"SELECT count(*) FROM {group.bad_table}"))


def left_out(session: LoadSession, group: ParquetGroup) -> dict[int, int]:
    """Rows that the mapping keeps out of the table, by source."""
    rows = session.rows(
        f"SELECT source_id, count(*) FROM {group.bad_table} WHERE failed = {literal(LEFT_OUT)} "
        "GROUP BY 1"
    )
    return {int(source): int(count) for source, count in rows}


def _shown(group: ParquetGroup) -> str:
    more = f" (or one of {len(group.items) - 1} like it)" if len(group.items) > 1 else ""
    return f"{group.items[0].extract.shown}{more}"


def bad_kinds(session: LoadSession, group: ParquetGroup) -> list[tuple[Reject, int]]:
    """The first bad row of each kind, without its content, and how many there are."""
    rows = session.rows(
        f"SELECT min(row) + 1, arg_min(failed, row), count(*) FROM {group.bad_table} "
        f"WHERE failed <> {literal(LEFT_OUT)} "
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
            "ON b.row = f.file_row_number WHERE b.source_id = $source "
            f"AND b.failed <> {literal(LEFT_OUT)} ORDER BY 1",
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
        f"CAST(file_row_number + 1 AS BIGINT) AS source_row FROM {group.rows(session)}{keep}"
    )
