"""Loads extract files into a store in the making: plan, check, read, sort, derive, report."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from workbench.case.atomic import file_digest
from workbench.case.manifest import Source
from workbench.catalog.columns import Table
from workbench.catalog.extracts import EXCHANGE_TEXT, EXCHANGES, EXTRACTS
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.build_tables import Incoming, build_profiles, build_table, stored_name
from workbench.intake.containers import Unpacker, left_out_words
from workbench.intake.detect import Extract, sniff
from workbench.intake.fields_answer import fields_answer
from workbench.intake.load_session import LoadSession, Report
from workbench.intake.mapping import Mapping as Profile
from workbench.intake.mapping import parse_mapping
from workbench.intake.plan import Note, PlannedExtract, plan_extract
from workbench.intake.preview import preview_extracts
from workbench.intake.probe import Probe
from workbench.intake.quality import (
    body_notes,
    empty_notes,
    file_notes,
    not_json_notes,
    loud_words,
    masked_notes,
    note_presence,
    note_sources,
    note_warnings,
    previous_findings,
    reject_notes,
)
from workbench.intake.readers import parquet
from workbench.intake.readers.byte_stream import ByteStream
from workbench.intake.readers.csv_dialect import named
from workbench.intake.readers.text_staging import TextStaging, probe_text, shaped
from workbench.intake.recognise import ProposalNeeded, choose, together
from workbench.intake.rejects import RejectFile
from workbench.text.sanitize import safe_text


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What to load and where: paths of the staging folder, extracts, and limits.

    `previous_store` and `previous_sources` are the case's current ones under `--append`.
    """

    store: Path
    rejects: Path
    spill: Path
    generation: int
    files: tuple[Path, ...]
    table: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    encoding: str = ""
    zone: str = ""
    since: str = ""
    until: str = ""
    accept: bool = False
    mapping: Profile = field(default_factory=Profile)
    previous_store: Path | None = None
    previous_sources: tuple[Source, ...] = ()
    memory_mib: int = 4096
    threads: int = 1
    largest_bytes: int = 512 << 30


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


def request_from(message: Mapping[str, Any]) -> LoadRequest:
    """The request that a message to the load worker carries."""

    def path(key: str) -> Path | None:
        return Path(message[key]) if message[key] else None

    return LoadRequest(
        store=Path(message["store"]),
        rejects=Path(message["rejects"]),
        spill=Path(message["spill"]),
        generation=int(message["generation"]),
        files=tuple(Path(name) for name in message["files"]),
        table=str(message["table"]),
        mapping=parse_mapping(str(message["mapping"])),
        include=tuple(message["include"]),
        exclude=tuple(message["exclude"]),
        encoding=str(message["encoding"]),
        zone=str(message["zone"]),
        since=str(message["since"]),
        until=str(message["until"]),
        accept=bool(message["accept"]),
        previous_store=path("previous_store"),
        previous_sources=tuple(Source(**source) for source in message["previous_sources"]),
        memory_mib=int(message["memory_mib"]),
        threads=int(message["threads"]),
        largest_bytes=int(message["largest_bytes"]),
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that will be loaded, and those that will not, each with the reason."""

    items: list[PlannedExtract]
    left_out: tuple[tuple[str, str], ...] = ()


def plan(session: LoadSession, request: LoadRequest) -> Plan:
    """Look at every file and decide what it becomes; raises before anything is loaded."""
    first = max((source.source_id for source in request.previous_sources), default=0) + 1
    unpacker = Unpacker(request.spill, request.largest_bytes, request.include, request.exclude)
    listing = unpacker.walk(request.files)
    planned: list[PlannedExtract] = []
    stopped: WorkbenchError | None = None
    headers = _Headers()
    proposals: dict[str, ProposalNeeded] = {}
    for found in listing.files:
        try:
            extract = replace(sniff(found.path, request.encoding), origin=found.origin)
            extract = shaped(extract, records_of(extract, request.mapping, request.table))
            probe = headers.named(extract, _probe(session, extract))
            planned.append(_planned(first + len(planned), extract, probe, request))
        except ProposalNeeded as needed:
            proposals.setdefault(needed.table, needed)
        except WorkbenchError as error:
            if found.named or isinstance(error, UsageError):
                raise
            stopped = stopped or error
            listing.leave(found.label, error.message.removesuffix("."))
    if proposals:
        raise together(list(proposals.values()))
    if not planned:
        _nothing(listing.left_out, stopped)
    _refuse_twice(planned, request.previous_sources)
    return Plan(planned, tuple(listing.left_out))


def _planned(number: int, extract: Extract, probe: Probe, request: LoadRequest) -> PlannedExtract:
    mapping, table, said = request.mapping, request.table, None
    if not mapping.tables:
        mapping, table, said = choose(extract, probe, table, accept=request.accept)
    item = plan_extract(number, extract, probe, mapping, table)
    notes = item.notes
    if said is not None:
        # What a profile maps and this export lacks is no fault of the mapping.
        notes = tuple(note for note in notes if note.code != "unseen_source")
        notes += (Note(item.table.name, "", said[0], 0, "", said[1]),)
    rules = item.rules
    if request.zone:
        times = {column.name for column in item.columns if column.type == "TIMESTAMP"}
        rules = {
            name: replace(rule, zone=request.zone)
            if name in times and not (rule.zone or rule.unit or rule.constant) else rule
            for name, rule in rules.items()
        }  # fmt: skip
    return replace(
        item, notes=notes, rules=rules, span=(request.since, request.until), mapping=mapping.text
    )


def fields(request: LoadRequest) -> list[dict[str, Any]]:
    """Every field of every file, and the mapping that is proposed for it; writes no store."""
    session = LoadSession(Path(":memory:"), request.spill, request.memory_mib, request.threads)
    unpacker = Unpacker(request.spill, request.largest_bytes, request.include, request.exclude)
    found = []
    with contextlib.closing(session):
        for file in unpacker.walk(request.files).files:
            extract = replace(sniff(file.path, request.encoding), origin=file.origin)
            extract = shaped(extract, records_of(extract, request.mapping, request.table))
            found.append(fields_answer(extract, _probe(session, extract), request.table))
    return found


class _Headers:
    """The headers of parts, for those parts beside them that have none."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[str, ...]] = {}

    def named(self, extract: Extract, probe: Probe) -> Probe:
        """The look at a part with the names of its columns, where a part beside it has them."""
        key = (str(Path(extract.label).parent), len(probe.header))
        if extract.form != "csv" or probe.dialect.headed:
            self._known.setdefault(key, probe.header)
            return probe
        return named(probe, self._known[key]) if key in self._known else probe


def _nothing(left_out: Sequence[tuple[str, str]], stopped: WorkbenchError | None) -> NoReturn:
    if stopped is not None:
        raise stopped
    raise WorkbenchError(
        "There is nothing to load. " + " ".join(left_out_words(left_out)),
        hint="Give one or more extract files or folders: Parquet, CSV, JSON, SQLite or Arrow "
        "files, plain, packed (.gz, .zst, .bz2, .xz) or in .zip and .tar archives.",
    )


def records_of(extract: Extract, mapping: Profile, table: str) -> str:
    """Where the mapping says that the records of a file are; empty where it does not say it."""
    for name, mapped in mapping.tables.items():
        if mapped.records and (not table or table == name):
            if not mapped.files or mapped.claims(Path(extract.name)):
                return mapped.records
    return ""


def _refuse_twice(planned: Sequence[PlannedExtract], loaded: Sequence[Source]) -> None:
    """Raise WorkbenchError for a file whose bytes are those of another of its table.

    Every record would count twice. Only files of one size are read for it; parts without a record
    are often the same.
    """
    of_size: dict[tuple[str, int], list[PlannedExtract]] = {}
    for item in planned:
        size = item.extract.path.stat().st_size
        of_size.setdefault((item.table.name, size), []).append(item)
    known = {(old.table, old.bytes) for old in loaded}
    seen = {(old.table, old.sha256): f"{old.path} in the case" for old in loaded if old.rows}
    for key, items in of_size.items():
        if key not in known and len(items) < 2:
            continue
        for item in items:
            mark = (key[0], file_digest(item.extract.path))
            if mark in seen and item.holds_records:
                raise WorkbenchError(
                    f"{item.extract.shown} is byte for byte the same as {safe_text(seen[mark])}: "
                    "every record would count twice.",
                    hint="Leave one of them out; --append adds only what the case does not hold.",
                )
            seen[mark] = item.extract.label


def _probe(session: LoadSession, extract: Extract) -> Probe:
    return (
        parquet.probe_parquet(session, extract)
        if extract.form == "parquet"
        else probe_text(extract)
    )


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
