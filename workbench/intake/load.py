"""Loads extract files into a store in the making: plan, check, read, sort, derive, report."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.case.atomic import file_digest
from workbench.case.manifest import Source
from workbench.catalog.columns import Table
from workbench.catalog.extracts import EXCHANGE_TEXT, EXCHANGES, EXTRACTS
from workbench.errors import WorkbenchError
from workbench.intake.build_tables import Incoming, build_profiles, build_table, stored_name
from workbench.intake.load_session import LoadSession, Report
from workbench.intake.plan import Note, PlannedExtract
from workbench.intake.planning import LoadRequest, Plan, plan
from workbench.intake.preview import preview_extracts
from workbench.intake.quality import (
    body_notes,
    empty_notes,
    file_notes,
    loud_words,
    masked_notes,
    not_json_notes,
    note_presence,
    note_sources,
    note_warnings,
    previous_findings,
    reject_notes,
)
from workbench.intake.readers import parquet
from workbench.intake.readers.byte_stream import ByteStream
from workbench.intake.readers.text_staging import TextStaging
from workbench.intake.rejects import RejectFile
from workbench.text.sanitize import safe_text


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What came of it: the sources for the manifest and the counts to report."""

    sources: tuple[Source, ...]
    tables: dict[str, int]
    rejected: int
    warnings: int
    unknown_columns: dict[str, tuple[str, ...]]
    rejects: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    loud: tuple[str, ...] = ()
    fresh: tuple[dict[str, int], ...] = ()

    def as_message(self) -> dict[str, Any]:
        """The form in which the load worker sends it."""
        return asdict(self)


def load(request: LoadRequest, report: Report | None = None) -> LoadSummary:
    """Write the store at `request.store`; nothing else of the case is touched.

    Raises WorkbenchError before any work where a file, its table or a required column is wrong.
    """
    with contextlib.ExitStack() as stack:
        session = LoadSession(
            request.store, request.spill, request.memory_mib, request.threads, report
        )
        stack.callback(session.close)
        made = plan(session, request)
        planned = made.items
        pool = ThreadPoolExecutor(1, thread_name_prefix="digest")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        digests = {
            item.source_id: pool.submit(file_digest, item.extract.path)
            for item in planned
            if item.extract.form == "parquet"
        }
        rejects = stack.enter_context(RejectFile(request.rejects / "rejects.jsonl"))
        return _Load(session, request, made, rejects, digests).run()


def preview(request: LoadRequest) -> list[dict[str, Any]]:
    """What `load` would do, from the first records of every file; writes no store."""
    session = LoadSession(Path(":memory:"), request.spill, request.memory_mib, request.threads)
    with contextlib.closing(session):
        return [asdict(item) for item in preview_extracts(session, plan(session, request).items)]


class _Load:
    """One load: what was planned, and what each step adds for the next."""

    def __init__(
        self,
        session: LoadSession,
        request: LoadRequest,
        made: Plan,
        rejects: RejectFile,
        digests: dict[int, Future[str]],
    ) -> None:
        self.session = session
        self.request = request
        self.planned = made.items
        self.left_out = made.left_out
        self.rejects = rejects
        self.digests = digests
        self.relations: dict[str, list[str]] = {}
        self.rows: dict[int, int] = {}
        self.present: dict[str, set[str]] = {}
        self.texts: dict[int, str] = {}
        self.notes: list[Note] = []

    def run(self) -> LoadSummary:
        """Every step, in order."""
        self.session.attach(self.request.spill / "staging.duckdb", "staging", read_only=False)
        if self.request.previous_store is not None:
            self.session.attach(self.request.previous_store, "previous", read_only=True)
            self.present, self.notes = previous_findings(self.session)
        self._read()
        told = [note for item in self.planned for note in self._rejected(item)]
        self.notes += told
        self.notes += [
            Note("", "", "left_out_file", 0, label, f"{safe_text(label)} was not loaded: {why}.")
            for label, why in self.left_out
        ]
        for table in EXTRACTS.values():
            self._build(table)
        build_profiles(self.session)
        note_presence(self.session, self._present())
        self.notes += body_notes(self.session.not_understood)
        self.notes += masked_notes(self.session.not_understood)
        self.notes += empty_notes(self.session, self.planned)
        warnings = note_warnings(self.session, self.notes, ids_supplied=self._ids_supplied())
        self.session.run("DETACH staging")
        sources = self._sources()
        note_sources(self.session, sources)
        return LoadSummary(
            sources=sources,
            tables={
                name: int(self.session.value(f"SELECT count(*) FROM {name}")) for name in EXTRACTS
            },
            rejected=sum(self.rejects.counts.values()),
            warnings=warnings,
            unknown_columns={i.extract.label: i.unknown for i in self.planned if i.unknown},
            rejects=tuple((note.message, note.rows) for note in told),
            left_out=self.left_out,
            loud=loud_words(self.session),
            fresh=tuple({"rows": self.rows[i.source_id]} for i in self.planned),
        )

    def _rejected(self, item: PlannedExtract) -> list[Note]:
        kinds = self.rejects.kinds(item.source_id)
        return reject_notes(item.table.name, item.extract.name, kinds)

    def _read(self) -> None:
        """Find the bad records of every file and note how its good ones are read."""
        self.notes += file_notes(self.planned)
        for item in self.planned:
            if item.extract.form != "parquet":
                self.relations.setdefault(item.table.name, []).append(self._read_text(item))
        parts = [item for item in self.planned if item.extract.form == "parquet"]
        for group in parquet.group_extracts(self.session, parts):
            relation = self._read_parquet(group)
            self.relations.setdefault(group.items[0].table.name, []).append(relation)

    def _read_parquet(self, group: parquet.ParquetGroup) -> str:
        counts = parquet.row_counts(self.session, group)
        bad = parquet.find_bad_rows(self.session, group)
        if bad:
            paths = {item.source_id: item.extract.label for item in group.items}
            for source_id, reject in parquet.bad_rows(self.session, group):
                self.rejects.write(source_id, paths[source_id], reject)
        odd = parquet.not_json(self.session, group)
        out = parquet.left_out(self.session, group) if group.kept else {}
        for item in group.items:
            number = item.source_id
            self._note_not_json(item, odd.get(number, {}))
            self._note_left_out(item, out.get(number, 0))
            self.rows[number] = (
                counts.get(number, 0) - self.rejects.counts.get(number, 0) - out.get(number, 0)
            )
        return parquet.parquet_relation(self.session, group, filtered=bad > 0)

    def _read_text(self, item: PlannedExtract) -> str:
        stream = ByteStream(item.extract, self.request.largest_bytes)
        staging = TextStaging(self.session, item, stream)
        before = self.rejects.counts.get(item.source_id, 0)
        staging.read_into_table(self.rejects)
        failed = self.rejects.counts.get(item.source_id, 0) - before
        self.rows[item.source_id] = staging.records - staging.failed - staging.left_out
        self._note_left_out(item, staging.left_out)
        self.texts[item.source_id] = stream.sha256
        self._note_not_json(item, staging.not_json())
        if staging.mended:
            self.notes.append(
                Note(
                    item.table.name, "", "lone_surrogate", staging.mended, item.extract.name,
                    f"{item.extract.name}: texts cut inside a letter, whose half became U+FFFD.",
                )
            )  # fmt: skip
        if stream.truncated:
            self.notes.append(
                Note(
                    item.table.name, "", "truncated_file", failed, item.extract.name,
                    f"The file {stream.damage}; what could be unpacked was loaded.",
                )
            )  # fmt: skip
        return staging.relation

    def _note_left_out(self, item: PlannedExtract, records: int) -> None:
        if not records:
            return
        file = item.extract.name
        fields = ", ".join(safe_text(condition.source, 60) for condition in item.where)
        words = f"{file}: records of another kind, left out by the mapping's where ({fields})."
        self.notes.append(Note(item.table.name, "", "left_out", records, "", words))

    def _note_not_json(self, item: PlannedExtract, cells: Mapping[str, int]) -> None:
        self.notes += not_json_notes(item.table.name, item.extract.name, cells)

    def _build(self, table: Table) -> None:
        relations = self.relations.get(table.name, [])
        mine = [item for item in self.planned if item.table is table]
        rows = sum(self.rows[item.source_id] for item in mine)
        appended = self.request.previous_store is not None
        if appended:
            rows += int(self.session.value(f"SELECT count(*) FROM previous.{table.name}"))
        build_table(self.session, Incoming(table, tuple(relations), rows, appended))
        self._check_rows(mine, table, rows)

    def _check_rows(self, items: Sequence[PlannedExtract], table: Table, rows: int) -> None:
        """Raise WorkbenchError where a table has not the rows that were read and not rejected."""
        built = int(self.session.value(f"SELECT count(*) FROM {stored_name(table)}"))
        if built == rows:
            return
        files = ", ".join(item.extract.shown for item in items[:3])
        more = f" and {len(items) - 3:,} more" if len(items) > 3 else ""
        raise WorkbenchError(
            f"{files or 'The case'}{more}: {abs(rows - built):,} rows are "
            f"{'in no table and no reject' if built < rows else 'in a table and no extract'} "
            f"({rows:,} should be in {table.name}, {built:,} are).",
            hint="Nothing was committed. If the files are not being written to, this is an error "
            "of the workbench.",
        )

    def _ids_supplied(self) -> bool:
        """Whether an extract may have given ids of exchanges; otherwise all are the load's own."""
        return self.request.previous_store is not None or any(
            item.probe.open_ended or "exchange_id" in item.rules
            for item in self.planned
            if item.table is EXCHANGES
        )

    def _present(self) -> dict[str, set[str]]:
        present = self.present
        for item in self.planned:
            if not item.probe.open_ended:
                present.setdefault(item.table.name, set()).update(item.present)
        present["exchange_text"] = present.get("exchanges", set()) & set(EXCHANGE_TEXT.names)
        return present

    def _sources(self) -> tuple[Source, ...]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fresh = tuple(
            Source(
                source_id=item.source_id,
                path=item.extract.label,
                format=item.extract.format,
                sha256=self.texts.get(item.source_id) or self.digests[item.source_id].result(),
                bytes=item.extract.path.stat().st_size,
                rows=self.rows[item.source_id],
                rejected=self.rejects.counts.get(item.source_id, 0),
                table=item.table.name,
                generation=self.request.generation,
                loaded_at=now,
                mapping=item.mapping,
            )
            for item in self.planned
        )
        return self.request.previous_sources + fresh
