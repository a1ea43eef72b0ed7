"""CSV and JSON lines: cut exactly in Python, cast by the engine, staged until the final sort."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from workbench.errors import WorkbenchError
from workbench.intake.casts import (
    LEFT_OUT,
    extract_casts,
    failed_parts,
    failing_cell,
    kept,
    spanned,
)
from workbench.intake.detect import Extract
from workbench.intake.extraction import Extraction
from workbench.intake.load_session import LoadSession, Meter, engine_refusal
from workbench.intake.plan import PlannedExtract
from workbench.intake.probe import Probe
from workbench.intake.readers.byte_stream import Stream
from workbench.intake.readers.csv_dialect import probe_csv
from workbench.intake.readers.csv_splitter import CsvSplitter
from workbench.intake.readers.json_splitter import JsonSplitter
from workbench.intake.readers.record_splitter import (
    MARK,
    NO_QUOTE,
    Batch,
    LineSplitter,
    LogSplitter,
    Splitter,
    is_json,
    mend_halves,
    split,
)
from workbench.intake.record_shapes import Shape, shape_from, within
from workbench.intake.rejects import Reject, RejectSink
from workbench.sql.quoting import identifier, literal

Pairs = Callable[[list[tuple[str, Any]]], Any]
_PIECE = 128 << 20
_SAMPLE_RECORDS = 200
# What the engine's reader lets pass and strict JSON does not; such records are looked at again.
_LENIENT = r",\s*[\]}]|[:\[,]\s*[-+]?(?i:nan|inf)"
_SUSPECT = "?"


def probe_text(extract: Extract) -> Probe:
    """Columns and some records of a file of text, from its first bytes.

    Raises WorkbenchError where a CSV header repeats a name or holds no name at all.
    """
    if extract.form == "csv":
        whole = extract.head[: extract.head.rfind(b"\n") + 1] or extract.head
        return probe_csv(extract, whole.decode("utf-8", "surrogateescape"))
    sample = sample_records(extract)
    names = {name: "JSON" for record in sample for name in record}
    return Probe(names, tuple(sample), open_ended=True)


def sample_records(extract: Extract, pairs: Pairs | None = None) -> list[dict[str, Any]]:
    """The first records of a file of JSON or of a log."""
    splitter = splitter_of(extract)
    records = splitter.feed(extract.head).records
    records += splitter.finish(truncated=extract.cut).records
    sample: list[dict[str, Any]] = []
    for line in records[:_SAMPLE_RECORDS]:
        try:
            record = json.loads(line, object_pairs_hook=pairs)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            sample.append(record)
    return sample


def shaped(extract: Extract, records: str = "") -> Extract:
    """The extract with where its records are: as a mapping says, or as its beginning shows."""
    if extract.form not in ("json", "jsonl"):
        return extract
    shape = shape_from(records) if records else extract.shape or Shape()
    looked = replace(extract, form="json", shape=shape)
    twice = _Twice()
    sample = sample_records(looked, twice)
    if not (records and shape.around):
        shape = within(shape, sample)
    shape = replace(shape, twice=twice.found)
    is_plain = extract.form == "jsonl" and not records and not shape.changes
    return extract if is_plain else replace(extract, form="json", shape=shape)


class _Twice:
    """Takes the pairs of objects, and notes whether a key comes twice."""

    found = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        self.found = self.found or len(value) < len(pairs)
        return value


def splitter_of(extract: Extract) -> Splitter:
    """What cuts a file of JSON or of a log into records."""
    if extract.form == "json":
        return JsonSplitter(extract.shape or Shape())
    return LogSplitter(extract.log) if extract.form == "log" else LineSplitter()


class TextStaging:
    """Reads one text extract into `staging.t<n>`: typed columns, `source_row`, `failed`."""

    def __init__(
        self,
        session: LoadSession,
        planned: PlannedExtract,
        stream: Stream,
        *,
        telling: bool = False,
    ) -> None:
        self._session = session
        self._planned = planned
        self._table = f"staging.t{planned.source_id}"
        columns = None
        if planned.extract.form == "csv":
            columns = {name: f"c{index}" for index, name in enumerate(planned.probe.header)}
        self._taken = Extraction(planned.paths, columns)
        cells = {source: (cell, "VARCHAR") for source, cell in self._taken.cells.items()}
        self._casts = extract_casts(planned.columns, planned.rules, cells, telling=telling)
        tests = (kept(planned.where, cells), spanned(self._casts, planned.span))
        self._kept = " AND ".join(test for test in tests if test)
        self._pieces = 0
        self.records = 0
        self.failed = 0
        self.left_out = 0
        self.mended = 0
        self.stream = stream

    @property
    def relation(self) -> str:
        """A SELECT of the canonical columns, `source_id` and `source_row` of the good records."""
        number = self._planned.source_id
        names = ", ".join(identifier(cast.column.name) for cast in self._casts)
        return (
            f"SELECT {names}, CAST({number} AS INTEGER) AS source_id, source_row "
            f"FROM {self._table} WHERE failed IS NULL OR (failed = {literal(_SUSPECT)} "
            f"AND source_row NOT IN (SELECT line FROM bad_{number}))"
        )

    def read_into_table(self, rejects: RejectSink) -> None:
        """Read the file once, or twice where cells failed: for the bytes of their records."""
        extract = self._planned.extract
        columns = ", ".join(
            f"{identifier(cast.column.name)} {cast.column.type}" for cast in self._casts
        )
        odd = "".join(f", odd_{node.name} BOOLEAN" for node in self._taken.nodes)
        self._session.run(
            f"CREATE TABLE {self._table} ({columns}, source_row BIGINT, failed VARCHAR{odd})"
        )
        self._session.run(f"CREATE TEMP TABLE bad_{self._planned.source_id} (line BIGINT)")
        size = extract.path.stat().st_size
        meter = Meter(self._session.report, f"reading {extract.name}", size)
        with ThreadPoolExecutor(1, thread_name_prefix="stage") as pool:
            self._read(pool, rejects, meter)
        staged = int(self._session.value(f"SELECT count(*) FROM {self._table}"))
        if staged != self.records:
            raise WorkbenchError(
                f"{extract.shown}: {self.records:,} records were cut and {staged:,} arrived.",
                hint="This is an error of the workbench; nothing was committed.",
            )
        if self._kept:
            self.left_out = int(
                self._session.value(
                    f"SELECT count(*) FROM {self._table} WHERE failed = {literal(LEFT_OUT)}"
                )
            )
        self._reject_failed(rejects)

    def not_json(self) -> dict[str, int]:
        """Cells of the good records that should hold a JSON object and do not, by source column."""
        return {
            node.column: int(
                self._session.value(
                    f"SELECT count(*) FROM {self._table} WHERE odd_{node.name} AND failed IS NULL"
                )
            )
            for node in self._taken.nodes
        }

    def _read(self, pool: ThreadPoolExecutor, rejects: RejectSink, meter: Meter) -> None:
        piece: list[Batch] = []
        size = 0
        is_csv = self._planned.extract.form == "csv"
        running: Future[None] | None = None
        for batch in split(self._splitter(), self.stream, self._planned.extract.shown):
            for reject in batch.rejects:
                rejects.write(self._planned.source_id, self._planned.extract.label, reject)
            meter.at(self.stream.read_bytes)
            if not is_csv:
                mend_halves(batch)
                self.mended += batch.mended
            if not batch.records:
                continue
            piece.append(batch)
            size += sum(map(len, batch.records))
            if size >= _PIECE:
                path, longest = self._write_piece(piece)
                piece, size = [], 0
                if running is not None:
                    running.result()
                running = pool.submit(self._insert, path, longest)
        if running is not None:
            running.result()
        if piece:
            self._insert(*self._write_piece(piece))

    def _splitter(self) -> Splitter:
        probe = self._planned.probe
        if self._planned.extract.form != "csv":
            return splitter_of(self._planned.extract)
        types = {
            source: column.type
            for column in self._planned.columns
            if (rule := self._planned.rules.get(column.name)) is not None
            for source in rule.sources
        }
        typed = [
            index
            for index, name in enumerate(probe.header)
            if types.get(name, "VARCHAR") != "VARCHAR"
        ]
        delimiter = probe.delimiter.encode()
        return CsvSplitter(len(probe.header), delimiter, typed, dialect=probe.dialect)

    def _write_piece(self, piece: list[Batch]) -> tuple[Path, int]:
        mark = MARK
        splitter = self._splitter()
        if isinstance(splitter, CsvSplitter):
            mark = self._planned.probe.delimiter.encode()
            for batch in piece:
                batch.records = [
                    splitter.requoted(record) if b"\r" in record else record
                    for record in batch.records
                ]
        self._pieces += 1
        path = self._session.spill / f"piece-{self._planned.source_id}-{self._pieces}"
        longest = 0
        with path.open("wb") as file:
            for batch in piece:
                self.records += len(batch.records)
                longest = max(longest, max(map(len, batch.records)))
                pairs = zip(batch.lines, batch.records, strict=True)
                file.write(b"".join([b"%d%b%b\n" % (line, mark, text) for line, text in pairs]))
        return path, longest + 32

    def _insert(self, path: Path, longest: int) -> None:
        try:
            self._session.run(self._insertion(path, longest))
        except duckdb.Error as error:
            raise engine_refusal(f"{self._planned.extract.shown} cannot be read", error) from error
        path.unlink()

    def _insertion(self, path: Path, longest: int) -> str:
        probe = self._planned.probe
        is_csv = self._planned.extract.form == "csv"
        options = {
            "header": "false",
            "new_line": "'\\n'",
            "auto_detect": "false",
            "nullstr": "''",
            "allow_quoted_nulls": "false",
            "max_line_size": str(max(longest, 1 << 21)),
            "buffer_size": str(max(4 * longest, 32 << 20)),
            # Line ends inside quotes and parallel reading do not go together.
            "parallel": "false" if is_csv else "true",
            "delim": literal(probe.delimiter if is_csv else MARK.decode()),
            "quote": literal('"' if is_csv else NO_QUOTE.decode()),
            "escape": literal('"' if is_csv else NO_QUOTE.decode()),
        }
        cells = [f"c{index}" for index in range(len(probe.header))] if is_csv else ["r"]
        columns = ", ".join([f"'{name}': 'VARCHAR'" for name in cells])
        listed = ", ".join(f"{name} = {value}" for name, value in options.items())
        rows = (
            f"SELECT * FROM read_csv({literal(str(path))}, {listed}, "
            f"columns = {{'line': 'BIGINT', {columns}}})"
        )
        if not is_csv:
            rows = f"SELECT line, r, {self._taken.record.sql} AS v FROM ({rows})"
        rows = self._taken.over(rows)
        values = [cast.value for cast in self._casts] + ["line", self._failed()]
        values += [node.odd for node in self._taken.nodes]
        return f"INSERT INTO {self._table} SELECT {', '.join(values)} FROM ({rows})"

    def _failed(self) -> str:
        failing = failing_cell(self._casts) or "NULL"
        if self._kept:
            failing = f"CASE WHEN NOT ({self._kept}) THEN {literal(LEFT_OUT)} ELSE {failing} END"
        if self._planned.extract.form == "csv":
            return failing
        return (
            "CASE WHEN v IS NULL THEN 'broken_json|' "
            "WHEN NOT starts_with(ltrim(r, ' \t\r\n'), '{') THEN 'not_an_object|' "
            f"ELSE coalesce({failing}, CASE WHEN regexp_matches(r, {literal(_LENIENT)}) "
            f"THEN {literal(_SUSPECT)} END) END"
        )

    def _reject_failed(self, rejects: RejectSink) -> None:
        """Find the bytes of the records whose cells failed, by their lines, and write them."""
        cursor = self._session.connection.cursor().execute(
            f"SELECT source_row, failed FROM {self._table} WHERE failed IS NOT NULL "
            f"AND failed <> {literal(LEFT_OUT)} ORDER BY source_row"
        )
        failed = _rows(cursor)
        wanted = next(failed, None)
        if wanted is None:
            return
        broken: list[tuple[int]] = []
        again = self.stream.again()
        for batch in split(self._splitter(), again, self._planned.extract.shown):
            for line, record in zip(batch.lines, batch.records, strict=True):
                if wanted is None or line != wanted[0]:
                    continue
                reason, column, cell = failed_parts(wanted[1])
                wanted = next(failed, None)
                if reason == _SUSPECT:
                    if is_json(record) or is_json(_mended(record)):
                        continue
                    reason = "broken_json"
                    broken.append((line,))
                self.failed += 1
                end = line + record.count(b"\n")
                rejects.write(
                    self._planned.source_id,
                    self._planned.extract.label,
                    Reject(line, end, reason, column, record, cell),
                )
        if broken:
            self._session.connection.executemany(
                f"INSERT INTO bad_{self._planned.source_id} VALUES (?)", broken
            )


def _mended(record: bytes) -> bytes:
    batch = Batch(records=[record])
    mend_halves(batch)
    return batch.records[0]


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, str]]:
    while batch := cursor.fetchmany(10_000):
        yield from batch
