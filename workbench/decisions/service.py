"""One case, its ledger and who works on it; bench and command line share it."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from workbench import __version__
from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.records.account_sets import SetRef
from workbench.audit.records.identity import Who
from workbench.audit.records.ssh_signatures import key_fingerprint, sign_record
from workbench.audit.state import builders
from workbench.audit.state.policy import Policy
from workbench.case.folder import Case
from workbench.case.manifest import Manifest
from workbench.decisions.preview import Preview, check_members
from workbench.decisions.tables import EPOCH, decision_rows, ledger_tables, time_text
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.format import SavedQuery
from workbench.settings import Settings

_MAX_PARAMETER_CHARACTERS = 1024
_MAX_SOURCES_INLINE = 64
Answer = TypeVar("Answer")
Rest = ParamSpec("Rest")

_SCOPES = {"account": "account", "accounts": "set", "cluster": "cluster", "campaign": "campaign"}


@dataclass(frozen=True)
class Draft:
    """A decision as the analyst wrote it; nothing counts before it is in the ledger."""

    kind: str
    subject_id: str
    accounts: tuple[str, ...]
    verdict: str
    reason: str
    confidence: str = "medium"
    note: str = ""
    counter: str = ""
    changes_my_mind: str = ""
    expires: str = ""
    evidence: tuple[dict[str, Any], ...] = field(default=())
    sample: dict[str, Any] | None = None
    preview: Preview | None = None  # what was shown before
    stored: tuple[str, ...] | None = None  # what the store gives for the cluster or campaign


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on: a query with its values, and the digest of its result.

    `masked` are the columns that were hidden in it.
    """

    query: SavedQuery
    parameters: dict[str, Any]
    rows: int
    sha256: str
    masked: tuple[str, ...] = ()


def as_workbench_error(error: LedgerError) -> WorkbenchError:
    """A ledger's error in the form that bench and command line show."""
    return WorkbenchError(
        error.message, hint=error.hint, title=error.title, exit_code=error.exit_code
    )


class CaseService:
    """Opens the ledger once, answers from its state, and writes decisions into it."""

    def __init__(self, case: Case, settings: Settings) -> None:
        self.case = case
        self.settings = settings
        self.state_dir: Path = case.state_dir()
        self._ledger: Ledger | None = None
        self._read_at = ""
        self.written: set[str] = set()  # ids of the records that this process appended
        self._one_at_a_time = threading.RLock()

    @property
    def case_path(self) -> Path:
        """The case folder."""
        return self.case.root

    @property
    def case_name(self) -> str:
        """The case's name."""
        return self.case.manifest.name

    @property
    def generation(self) -> int:
        """The generation of the store that is open."""
        return self.case.manifest.generation

    @property
    def analysis(self) -> int:
        """The number of its analysis; 0 where it was not clustered."""
        return self.case.manifest.analysis

    @property
    def analyst(self) -> str:
        """Who works here."""
        return Who.here(self.settings.analyst.name).name

    def read(self, reading: Callable[[Ledger], Answer]) -> Answer:
        """What `reading` makes of the ledger, opened, refreshed and verified.

        Other threads append and refresh meanwhile, so this is the only way to the ledger: nothing
        that is live may be in the answer. Raises WorkbenchError where the ledger is unfit, and for
        what it refuses.
        """
        with self._one_at_a_time:
            try:
                return reading(self._refreshed())
            except LedgerError as error:
                raise as_workbench_error(error) from error

    def _refreshed(self) -> Ledger:
        if self._ledger is None:
            self._ledger = self._open()
        else:
            self._ledger.refresh()
        return self._ledger

    def _open(self) -> Ledger:
        analyst = self.settings.analyst
        key = Path(analyst.ssh_key).expanduser() if analyst.ssh_key else None
        return Ledger.open(
            self.case.ledger_path,
            state_dir=self.state_dir,
            case_id=self.case.manifest.case_id,
            who=Who.here(analyst.name, key_fingerprint(key) if key else ""),
            tool=f"workbench {__version__}",
            sign=partial(sign_record, key=key) if key else None,
        )

    def policy(self) -> Policy:
        """Reason codes and what needs two people."""
        return self.read(lambda ledger: ledger.state.policy)

    def decision_rows(self) -> list[dict[str, Any]]:
        """The `decisions` table as records with times as text."""
        return self.read(lambda ledger: decision_rows(ledger.state))

    def ledger_tables(self) -> dict[str, list[str]]:
        """The tables of the ledger's state as ASCII JSON lines, for the query worker.

        Evidence names the head they were read at: a query that reads them can be run again.
        """

        def reading(ledger: Ledger) -> dict[str, list[str]]:
            self._read_at = ledger.head.h
            return ledger_tables(ledger.state)

        return self.read(reading)

    def head_words(self) -> str:
        """The ledger's size and head for the status line."""
        return self.read(_head_words)

    def position(self) -> tuple[Policy, int]:
        """The policy in force, and the number of records that it was read at."""
        return self.read(lambda ledger: (ledger.state.policy, ledger.head.size))

    def verdict_of(self, account: str) -> str:
        """The decision in force on an account, in words."""
        row = self.read(lambda ledger: ledger.state.current(account))
        if row is None:
            return "undecided"
        when = str(time_text(row.decided_at))[:10]
        return f"{row.verdict}: {row.reason}, {row.confidence}, by {row.analyst} on {when}"

    def history(self, account: str) -> list[tuple[dict[str, Any], str]]:
        """Every decision on an account, oldest first, each with what became of it."""
        found = self.read(lambda ledger: list(ledger.state.history(account)))
        return [
            (row._asdict() | {"decided_at": time_text(row.decided_at)}, status)
            for row, status in found
        ]

    def evidence_field(self, evidence: Evidence) -> dict[str, Any]:
        """Evidence in the form that a record holds; long values become sets."""
        manifest = self.case.manifest

        def reading(ledger: Ledger) -> dict[str, Any]:
            given = evidence.parameters.items()
            return builders.evidence(
                query=evidence.query.id,
                rev=evidence.query.rev,
                sha256=evidence.query.sha256,
                params={name: _parameter_field(ledger, value) for name, value in given},
                generation=manifest.generation,
                analysis=manifest.analysis,
                sources=_sources_field(ledger, sorted({one.sha256 for one in manifest.sources})),
                result_sha256=evidence.sha256,
                rows=evidence.rows,
                ledger_head=self._read_at or ledger.head.h,
                trust=evidence.query.trust,
                masked=evidence.masked,
            )

        return self.read(reading)

    def record(self, draft: Draft, *, propose: bool = False) -> str:
        """Append the decision, or propose it; returns its record id once it is on disk.

        Raises WorkbenchError for members that are not those of the preview, for what the policy
        refuses (a second analyst is needed), for a ledger that is damaged, and for a disk that is
        full; the draft is the caller's to keep.
        """

        if draft.preview is not None:
            check_members(draft.preview.accounts, draft.accounts)
        if draft.stored is not None:
            check_members(draft.accounts, draft.stored)

        def appending(ledger: Ledger) -> str:
            body = _decision_body(ledger, draft, self.case.manifest)
            if propose:
                return ledger.append("proposal", builders.proposal(body)).id
            return ledger.append("decision", body).id

        return self._wrote(self.read(appending))

    def _wrote(self, record_id: str) -> str:
        self.written.add(record_id)
        return record_id

    def append(self, kind: str, body: dict[str, Any]) -> str:
        """Append another record; returns its id. Raises WorkbenchError where it is refused."""
        return self._wrote(self.read(lambda ledger: ledger.append(kind, body).id))

    def put_set(self, accounts: Iterable[str]) -> SetRef:
        """Make a set of accounts durable, for a record to name; returns its digest and count."""
        return self.read(lambda ledger: ledger.put_set(accounts))

    def close(self) -> None:
        """Let the ledger go."""
        with self._one_at_a_time:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None


def reads_ledger(
    reading: Callable[Concatenate[Ledger, Rest], Answer],
) -> Callable[Concatenate[CaseService, Rest], Answer]:
    """Let a function of a ledger be called with the service of a case; see `CaseService.read`."""

    @wraps(reading)
    def of_service(service: CaseService, /, *given: Rest.args, **named: Rest.kwargs) -> Answer:
        return service.read(lambda ledger: reading(ledger, *given, **named))

    return of_service


def _head_words(ledger: Ledger) -> str:
    if ledger.problems:
        return f"audit: {len(ledger.problems)} problems, see audit verify"
    head = ledger.head
    said = len(ledger.state.statements())
    more = f" · {said} stated: audit policy" if said else ""
    return f"audit {head.size:,} {head.root[:8]}{more}" if head.size else "audit empty"


def _decision_body(ledger: Ledger, draft: Draft, manifest: Manifest) -> dict[str, Any]:
    """The body of a decision record; the accounts of a set are made durable here."""
    if not draft.accounts:
        raise UsageError("The decision names no account.")
    scope = _SCOPES[draft.kind]
    if scope == "account":
        subject = builders.account_subject(draft.accounts[0])
    else:
        name = "" if scope == "set" else draft.subject_id
        subject = builders.set_subject(scope, ledger.put_set(draft.accounts), name)
    return builders.decision(
        verdict=draft.verdict,
        subject=subject,
        reason=draft.reason,
        confidence=draft.confidence,
        note=draft.note,
        counter=draft.counter,
        changes_my_mind=draft.changes_my_mind,
        expires=expiry(draft.expires),
        evidence=draft.evidence,
        sample=draft.sample,
        preview=_preview_field(draft.preview),
        stored=_stored_field(draft.stored, manifest),
    )


def _preview_field(shown: Preview | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    return builders.preview(shown.accounts, flagged=shown.flagged, cleared=shown.cleared)


def _stored_field(accounts: tuple[str, ...] | None, manifest: Manifest) -> dict[str, Any] | None:
    if accounts is None:
        return None
    return builders.stored(accounts, generation=manifest.generation, analysis=manifest.analysis)


def _sources_field(ledger: Ledger, digests: list[str]) -> list[str] | SetRef:
    return digests if len(digests) <= _MAX_SOURCES_INLINE else ledger.put_list(digests)


def _parameter_field(ledger: Ledger, value: Any) -> Any:
    if isinstance(value, dict):
        return str(next(iter(value.values())))
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return ledger.put_list([str(item) for item in value])
    if isinstance(value, str) and len(value) > _MAX_PARAMETER_CHARACTERS:
        return ledger.put_list([value])
    return value


def expiry(text: str) -> int | None:
    """A date or time as UTC microseconds; raises UsageError for another text."""
    if not text.strip():
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"“{text}” is not a date such as 2027-03-31.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return int((moment - EPOCH) / datetime.timedelta(microseconds=1))


def lapsed(until: int | None) -> bool:
    """Whether a time in UTC microseconds is past."""
    return until is not None and until <= time.time_ns() // 1000


def distinct(accounts: Sequence[str]) -> tuple[str, ...]:
    """Accounts once each, in a fixed order."""
    return tuple(sorted(set(accounts)))
