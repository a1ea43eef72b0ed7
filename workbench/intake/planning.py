"""What is to be loaded, and what each file of it will become; nothing is read as a whole here."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from workbench.case.atomic import file_digest
from workbench.case.manifest import Source
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.containers import Unpacker, left_out_words
from workbench.intake.detect import Extract, sniff
from workbench.intake.fields_answer import fields_answer
from workbench.intake.load_session import LoadSession
from workbench.intake.mapping import Mapping as Profile
from workbench.intake.mapping import parse_mapping
from workbench.intake.plan import Note, PlannedExtract, plan_extract
from workbench.intake.probe import Probe
from workbench.intake.readers import parquet
from workbench.intake.readers.csv_dialect import named
from workbench.intake.readers.text_staging import probe_text, shaped
from workbench.intake.recognise import ProposalNeeded, choose, together
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
        fits = (not table or table == name) and (
            not mapped.files or mapped.claims(Path(extract.name))
        )
        if mapped.records and fits:
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
