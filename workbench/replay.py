"""Runs the evidence of recorded decisions again and says what no longer comes out the same.

A query that reads the decisions themselves is run against those of the ledger's head that its
evidence names: what was decided since changes nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.audit import fold
from workbench.audit.canonical import ZERO, Fields
from workbench.audit.errors import DamagedError, MalformedError
from workbench.audit.ledger import Ledger
from workbench.audit.lines import read_record
from workbench.audit.state import LedgerState
from workbench.desk import Desk
from workbench.errors import WorkbenchError
from workbench.ledger_tables import TABLES, ledger_tables
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library
from workbench.workers.client import QueryClient

MATCHES, DIFFERS, CHANGED, GONE, OTHER, ELSEWHERE, NOT_RUN = (
    "matches", "differs", "query changed", "query gone", "other generation", "other ledger",
    "not run",
)  # fmt: skip
_OVERLAYS = frozenset(TABLES)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One piece of evidence, run again; `rows_now` is None where it was not run."""

    record: str
    seq: int
    query: str
    status: str
    rows_then: int
    rows_now: int | None = None
    sha256_then: str = ""
    sha256_now: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    place: int
    record: str
    seq: int
    evidence: Fields
    ours: bool

    def judged(self, status: str, why: str = "", told: tuple[int, str] | None = None) -> Replayed:
        evidence = self.evidence
        rows, digest = told or (None, "")
        return Replayed(
            self.record, self.seq, evidence["query"], status, evidence["rows"], rows,
            evidence["result_sha256"], digest, why,
        )  # fmt: skip


def replay(
    desk: Desk,
    client: QueryClient,
    library: Library,
    span: ExtractSpan,
    *,
    progress: Callable[[int], None] = lambda number: None,
) -> list[Replayed]:
    """Run every decision's evidence again, in the order of the records.

    `progress(number)` is called before each run. Raises WorkbenchError where the ledger cannot be
    opened; a query that fails is a row of its own.
    """
    ledger = desk.ledger()
    run = _Run(desk, client, library, span, ledger, progress)
    judged: dict[int, Replayed] = {}
    later: dict[str, list[_Entry]] = defaultdict(list)
    for entry in _entries(ledger):
        if run.reads_the_ledger(entry):
            later[entry.evidence["ledger_head"]].append(entry)
        else:
            judged[entry.place] = run.judge(entry)
    for tables, entries in _as_they_stood(ledger, later):
        client.lay_all_over(tables)
        run.told.clear()
        judged |= {entry.place: run.judge(entry) for entry in entries}
    client.lay_all_over(desk.ledger_tables())
    for entry in (entry for entries in later.values() for entry in entries):
        judged[entry.place] = entry.judged(
            NOT_RUN if entry.ours else ELSEWHERE,
            "it reads decisions as a ledger had them that is not this one",
        )
    return [judged[place] for place in sorted(judged)]


def _entries(ledger: Ledger) -> Iterator[_Entry]:
    place = 0
    for record in ledger.records():
        for fields, ours in _with_merged(ledger, record.fields):
            body = fields["body"]
            if fields["type"] not in ("decision", "proposal"):
                continue
            decision = body.get("decision", body)
            ours = ours and body.get("origin") is None
            for evidence in decision["evidence"]:
                yield _Entry(place, fields["id"], record.seq, evidence, ours)
                place += 1


def _with_merged(ledger: Ledger, fields: Fields) -> Iterator[tuple[Fields, bool]]:
    yield fields, True
    if fields["type"] == "merge":
        for line in _lines_of(ledger, fields["body"]["lines"]["set"]):
            try:
                yield read_record(line.encode("ascii", "replace")), False
            except MalformedError:
                continue  # the reducer keeps it among the ignored


def _lines_of(ledger: Ledger, digest: str) -> list[str]:
    try:
        return ledger.sets.get(digest)
    except DamagedError:
        return []  # reported by `audit verify`


def _as_they_stood(
    ledger: Ledger, later: dict[str, list[_Entry]]
) -> Iterator[tuple[dict[str, list[str]], list[_Entry]]]:
    """The ledger's tables at each wanted head; entries whose head is met leave `later`."""
    state = LedgerState(lambda digest: _lines_of(ledger, digest))
    if ZERO in later:
        yield ledger_tables(state), later.pop(ZERO)
    for record in ledger.records():
        if not later:
            return
        fold.apply(state, record.fields, record.offset)
        if record.h in later:
            yield ledger_tables(state), later.pop(record.h)


@dataclass
class _Run:
    """Runs evidence against the open generation; equal runs are asked for once."""

    desk: Desk
    client: QueryClient
    library: Library
    span: ExtractSpan
    ledger: Ledger
    progress: Callable[[int], None]
    done: int = 0
    told: dict[str, tuple[int, str]] = field(default_factory=dict)
    tables: dict[str, frozenset[str]] = field(default_factory=dict)

    def reads_the_ledger(self, entry: _Entry) -> bool:
        """Whether the query as it is now is the recorded one and reads a table of the ledger's."""
        query = self.library.queries.get(entry.evidence["query"])
        if query is None or query.sha256 != entry.evidence["sha256"]:
            return False
        if query.sha256 not in self.tables:
            try:
                found = self.client.request("inspect", sql=query.sql)["tables"]
            except WorkbenchError:
                found = []  # running it says what is wrong
            self.tables[query.sha256] = frozenset(found)
        return not _OVERLAYS.isdisjoint(self.tables[query.sha256])

    def judge(self, entry: _Entry) -> Replayed:
        """Run one piece of evidence and compare."""
        self.done += 1
        self.progress(self.done)
        evidence = entry.evidence
        query = self.library.queries.get(evidence["query"])
        if query is None:
            return entry.judged(GONE, f"no saved query {evidence['query']}")
        if query.rev != evidence["rev"]:
            return entry.judged(CHANGED, f"revision {evidence['rev']} then, {query.rev} now")
        if query.sha256 != evidence["sha256"]:
            return entry.judged(CHANGED, f"another text under the same revision {query.rev}")
        moved = self._moved(evidence)
        try:
            given = {
                name: self._given(query, name, value) for name, value in evidence["params"].items()
            }
            told = self._ask(query, bind(query, given, self.span))
        except DamagedError as error:
            return entry.judged(NOT_RUN, error.message)
        except WorkbenchError as error:
            return entry.judged(NOT_RUN, "; ".join(filter(None, (moved, error.message))))
        if told == (evidence["rows"], evidence["result_sha256"]):
            return entry.judged(MATCHES, moved, told)
        return entry.judged(OTHER if moved else DIFFERS, moved or _difference(evidence, told), told)

    def _moved(self, evidence: Fields) -> str:
        manifest = self.desk.case.manifest
        then = evidence["sources"]
        if isinstance(then, dict):
            then = _lines_of(self.ledger, then["set"])
        now = sorted(source.sha256 for source in manifest.sources)
        if then != now:
            return f"{len(then):,} sources then, {len(now):,} now; they are not the same"
        if evidence["generation"] != manifest.generation:
            then_now = f"generation {evidence['generation']} then, {manifest.generation} now"
            return f"{then_now}, of the same sources"
        return ""

    def _given(self, query: SavedQuery, name: str, value: Any) -> Any:
        """A parameter as it was typed: a stored list is read back, a long text unwrapped."""
        if not isinstance(value, dict):
            return value
        values = self.ledger.sets.get(value["set"])
        listed = any(one.name == name and one.type == "account_list" for one in query.params)
        return values if listed else values[0]

    def _ask(self, query: SavedQuery, parameters: dict[str, Any]) -> tuple[int, str]:
        key = query.sha256 + json.dumps(parameters, sort_keys=True)
        if key not in self.told:
            answer = self.client.request("digest", sql=query.sql, parameters=parameters)
            self.told[key] = (int(answer["rows"]), str(answer["sha256"]))
        return self.told[key]


def _difference(evidence: Fields, told: tuple[int, str]) -> str:
    rows, digest = told
    if rows != evidence["rows"]:
        return f"{evidence['rows']:,} rows then, {rows:,} now, from the same generation"
    return f"the same {rows:,} rows with other values: {digest[:12]}… now"
