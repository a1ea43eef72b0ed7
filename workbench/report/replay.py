"""Runs the evidence of recorded decisions again and says what no longer comes out the same.

A query that reads the decisions themselves is run against those of the ledger's head that its
evidence names: what was decided since changes nothing.
"""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from workbench.audit.errors import DamagedError, LedgerError, MalformedError
from workbench.audit.log.append import Ledger
from workbench.audit.records.canonical_json import ZERO, Fields
from workbench.audit.records.entries import read_record
from workbench.audit.state import reducer
from workbench.audit.state.policy import read_policy
from workbench.audit.state.state import LedgerState
from workbench.decisions.masking import is_stand_in
from workbench.decisions.service import CaseService
from workbench.decisions.tables import TABLES, ledger_tables
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library
from workbench.playbooks.retired import retired_queries
from workbench.resources import queries_dir
from workbench.text.sanitize import safe_text
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import Digest, Digested, Inspect

MATCHES, DIFFERS, CHANGED, GONE, OTHER, ELSEWHERE, MASKED, NOT_RUN = (
    "matches", "differs", "query changed", "query gone", "other generation", "other ledger",
    "other stand-ins", "not run",
)  # fmt: skip
_OTHER_STAND_INS = (
    "it rests on masked cells, which each analyst has stand-ins of his own for: who recorded it "
    "can run it again"
)
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

    def judged(
        self, status: str, why: str = "", found_now: tuple[int, str] | None = None
    ) -> Replayed:
        evidence = self.evidence
        rows, digest = found_now or (None, "")
        return Replayed(
            self.record, self.seq, evidence["query"], status, evidence["rows"], rows,
            evidence["result_sha256"], digest, why,
        )  # fmt: skip


def replay(
    service: CaseService,
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
    return service.read(lambda ledger: _replay(ledger, service, client, library, span, progress))


def _replay(
    ledger: Ledger,
    service: CaseService,
    client: QueryClient,
    library: Library,
    span: ExtractSpan,
    progress: Callable[[int], None],
) -> list[Replayed]:
    run = _Run(service, client, library, span, ledger, progress, masks=_masks_of(ledger))
    judged: dict[int, Replayed] = {}
    later: dict[str, list[_Entry]] = defaultdict(list)
    for entry in _entries(ledger):
        if run.reads_the_ledger(entry):
            later[entry.evidence["ledger_head"]].append(entry)
        else:
            judged[entry.place] = run.check(entry)
    for tables, entries in _as_they_stood(ledger, later):
        client.lay_all_over(tables)
        run.digests.clear()
        judged |= {entry.place: run.check(entry) for entry in entries}
    client.lay_all_over(service.ledger_tables())
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
        reducer.apply(state, record.fields, record.offset)
        if record.h in later:
            yield ledger_tables(state), later.pop(record.h)


@dataclass
class _Run:
    """Runs evidence against the open generation; equal runs are asked for once."""

    service: CaseService
    client: QueryClient
    library: Library
    span: ExtractSpan
    ledger: Ledger
    progress: Callable[[int], None]
    done: int = 0
    digests: dict[str, Digested] = field(default_factory=dict)
    tables: dict[str, frozenset[str]] = field(default_factory=dict)
    masks: list[list[str]] = field(default_factory=list)
    retired: dict[str, SavedQuery] = field(default_factory=lambda: retired_queries(queries_dir()))

    def query(self, evidence: Fields) -> SavedQuery | None:
        """The query as it was recorded: the one in use, or a retired text of the pack."""
        wanted = evidence["query"], evidence["rev"], evidence["sha256"]
        candidates = (
            self.library.queries.get(evidence["query"]), self.retired.get(evidence["sha256"]),
        )  # fmt: skip
        for query in candidates:
            if query is None or (query.id, query.rev, query.sha256) != wanted:
                continue
            if query.trust == evidence.get("trust", query.trust):
                return query
        return None

    def reads_the_ledger(self, entry: _Entry) -> bool:
        """Whether the recorded query is at hand and reads a table of the ledger's."""
        query = self.query(entry.evidence)
        if query is None or not self.library.runs(query):
            return False
        if query.sha256 not in self.tables:
            try:
                found = self.client.request(Inspect(query.sql)).tables
            except WorkbenchError:
                found = []  # running it says what is wrong
            self.tables[query.sha256] = frozenset(found)
        return not _OVERLAYS.isdisjoint(self.tables[query.sha256])

    def check(self, entry: _Entry) -> Replayed:
        """Run one piece of evidence and compare."""
        self.done += 1
        self.progress(self.done)
        evidence = entry.evidence
        query = self.query(evidence)
        if query is None:
            return self._without_query(entry)
        if not self.library.runs(query):
            return entry.judged(NOT_RUN, self._not_trusted(query))
        moved = self._moved(evidence)
        try:
            given = {
                name: self._given(query, name, value) for name, value in evidence["params"].items()
            }
            answer = self._ask(query, bind(query, given, self.span), evidence["result_sha256"])
        except DamagedError as error:
            return entry.judged(NOT_RUN, error.message)
        except WorkbenchError as error:
            return entry.judged(NOT_RUN, "; ".join(filter(None, (moved, error.message))))
        same = answer.same and answer.rows == evidence["rows"]
        found_now = answer.rows, evidence["result_sha256"] if same else answer.sha256
        if same:
            why = "; ".join(filter(None, (moved, self._since(query))))
            return entry.judged(MATCHES, why, found_now)
        asked_for_one = any(is_stand_in(str(value)) for value in given.values())
        if not moved and answer.masked and (asked_for_one or answer.rows == evidence["rows"]):
            return entry.judged(MASKED, _OTHER_STAND_INS, found_now)
        return entry.judged(
            OTHER if moved else DIFFERS, moved or _difference(evidence, found_now), found_now
        )

    def _not_trusted(self, query: SavedQuery) -> str:
        case = shlex.quote(safe_text(self.service.case_path))
        return f"{query.id} is a query of the case, which is not trusted: workbench trust {case}"

    def _since(self, query: SavedQuery) -> str:
        """Says of a retired text that it is one."""
        now = self.library.queries.get(query.id)
        if query.sha256 not in self.retired or now is query:
            return ""
        return f"as revision {query.rev} was; " + (f"it is {now.rev} now" if now else "it is gone")

    def _without_query(self, entry: _Entry) -> Replayed:
        evidence = entry.evidence
        query = self.library.queries.get(evidence["query"])
        if query is None:
            return entry.judged(GONE, f"no saved query {evidence['query']}")
        if query.trust != evidence.get("trust", query.trust):
            why = f"a query of trust “{evidence['trust']}” then, “{query.trust}” now"
            return entry.judged(CHANGED, why)
        if query.rev != evidence["rev"]:
            return entry.judged(CHANGED, f"revision {evidence['rev']} then, {query.rev} now")
        return entry.judged(CHANGED, f"another text under the same revision {query.rev}")

    def _moved(self, evidence: Fields) -> str:
        manifest = self.service.case.manifest
        then = evidence["sources"]
        if isinstance(then, dict):
            then = _lines_of(self.ledger, then["set"])
        now = sorted(source.sha256 for source in manifest.sources)
        if then != now:
            return f"{len(then):,} sources then, {len(now):,} now; they are not the same"
        if evidence["generation"] != manifest.generation:
            then_now = f"generation {evidence['generation']} then, {manifest.generation} now"
            return f"{then_now}, of the same sources"
        # Records of version 1 do not tell the analysis.
        if evidence.get("analysis", 0) not in (0, manifest.analysis):
            return f"analysis {evidence['analysis']} then, {manifest.analysis} now"
        return ""

    def _given(self, query: SavedQuery, name: str, value: Any) -> Any:
        """A parameter as it was typed: a stored list is read back, a long text unwrapped."""
        if not isinstance(value, dict):
            return value
        values = self.ledger.sets.get(value["set"])
        listed = any(one.name == name and one.type == "account_list" for one in query.params)
        return values if listed else values[0]

    def _ask(self, query: SavedQuery, parameters: dict[str, Any], then: str) -> Digested:
        key = query.sha256 + then + json.dumps(parameters, sort_keys=True)
        if key not in self.digests:
            asked = Digest(query.sql, parameters, then, self.masks)
            self.digests[key] = self.client.request(asked)
        return self.digests[key]


def _masks_of(ledger: Ledger) -> list[list[str]]:
    """What each policy of this ledger has masked: evidence rests on what was seen then."""
    masked: set[frozenset[str]] = set()
    for policy in ledger.state.policies:
        with suppress(LedgerError):
            masked.add(read_policy("\n".join(_lines_of(ledger, policy["set"]))).masked)
    return sorted(sorted(columns) for columns in masked if columns)


def _difference(evidence: Fields, found_now: tuple[int, str]) -> str:
    rows, digest = found_now
    if rows != evidence["rows"]:
        return f"{evidence['rows']:,} rows then, {rows:,} now, from the same generation"
    return f"the same {rows:,} rows with other values: {digest[:12]}… now"
