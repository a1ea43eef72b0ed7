"""`decide` and `propose`: one decision, on accounts, a cluster or a campaign, into the ledger."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from workbench.audit.log.transfer import export_record
from workbench.audit.records.schema import CONFIDENCES, NO_COUNTER, VERDICTS
from workbench.cli import output
from workbench.cli.account_arguments import ACCOUNTS, SOURCE, accounts_of, known_accounts
from workbench.cli.session import CASE, GIVEN, CaseSession, given_values, open_case
from workbench.decisions.preview import Preview, check_card
from workbench.decisions.sample_review import result_for
from workbench.decisions.service import Draft, Evidence
from workbench.errors import UsageError
from workbench.playbooks.binding import bind
from workbench.workers.messages import Digest

_GROUPS = ("cluster", "campaign")
_EVIDENCE = {
    "account": ("account-card", "account"),
    "accounts": ("", ""),
    "cluster": ("cluster-card", "cluster"),
    "campaign": ("campaign-card", "campaign"),
}


_OPTIONS = (
    CASE,
    click.option("--verdict", type=click.Choice(VERDICTS), required=True),
    click.option("--reason", required=True, help="a reason code of the case's policy"),
    ACCOUNTS,
    click.option("--cluster", metavar="ID"),
    click.option("--campaign", metavar="ID"),
    SOURCE,
    click.option("--counter", default="",
                 help=f"what speaks against a flag; {NO_COUNTER} is allowed"),
    click.option("--confidence", type=click.Choice(CONFIDENCES), default="medium"),
    click.option("--note", default=""),
    click.option("--changes-my-mind", default="", help="what would change it"),
    click.option("--evidence", "query", help="saved query that it rests on"),
    GIVEN,
    click.option("--expires", default="", help="date to look again"),
    click.option("--sample", "sample_id", metavar="RECORD_ID",
                 help="a reviewed sample of the same accounts, which it also rests on"),
    click.option("--dry-run", is_flag=True, help="show whom it would hit; record nothing"),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The options of a decision or proposal."""

    case: Path
    verdict: str
    reason: str
    accounts: tuple[str, ...]
    cluster: str | None
    campaign: str | None
    source: Path | None
    counter: str
    confidence: str
    note: str
    changes_my_mind: str
    query: str | None
    given: tuple[str, ...]
    expires: str
    sample_id: str | None
    dry_run: bool


def decision_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options of a decision; the command gets them as one `Asked`."""

    @functools.wraps(function)
    def wrapped(**given: Any) -> int:
        own = {item.name: given.pop(item.name) for item in dataclasses.fields(Asked)}
        return function(Asked(**own), **given)

    command: Callable[..., int] = wrapped
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@decision_options
def decide(asked: Asked) -> int:
    """Record a decision on accounts, a cluster or a campaign of CASE."""
    with _drafted(asked) as (session, draft):
        if asked.dry_run:
            return 0
        record = session.service.record(draft)
    output.write(f"{record}\n")
    output.Talk().say(
        f"Recorded: {draft.verdict} {draft.reason} on {len(draft.accounts):,} accounts."
    )
    return 0


@click.command()
@decision_options
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path),
    help="write it as a file too, for an analyst with another copy of the case",
)  # fmt: skip
def propose(asked: Asked, target: Path | None) -> int:
    """Record a decision that counts once another analyst countersigns it."""
    if target is not None and target.exists():
        raise UsageError(f"{target} exists; nothing was recorded.", hint="Give another file.")
    with _drafted(asked) as (session, draft):
        if asked.dry_run:
            return 0
        record = session.service.record(draft, propose=True)
        output.write(f"{record}\n")
        if target is not None:
            session.service.read(lambda ledger: export_record(ledger, record, target))
    output.Talk().say(
        f"Proposed: {draft.verdict} {draft.reason} on {len(draft.accounts):,} accounts. Another "
        f"analyst answers with: workbench countersign {asked.case} {target or record} --answer …"
    )
    return 0


@contextmanager
def _drafted(asked: Asked) -> Iterator[tuple[CaseSession, Draft]]:
    """The case and the decision as it was asked for, its evidence run; nothing is recorded yet."""
    if sum(map(bool, (asked.accounts, asked.cluster, asked.campaign, asked.source))) != 1:
        raise UsageError(
            "Give one subject: --account ID, --cluster ID, --campaign ID or --from FILE."
        )
    if asked.verdict == "flag" and not asked.counter.strip():
        raise UsageError(
            "A flag says what speaks against it.", hint=f"Give --counter TEXT, or {NO_COUNTER}."
        )
    with open_case(asked.case) as session:
        kind, subject, chosen = _subject(session, asked)
        preview = _show_impact(session, chosen)
        sample = result_for(session.service, asked.sample_id, chosen) if asked.sample_id else None
        evidence: tuple[dict[str, Any], ...] = ()
        if not asked.dry_run:
            session.case.verify_store()
            evidence = _evidence(session, kind, subject, asked.query, given_values(asked.given))
        yield session, Draft(
            kind, subject, chosen, asked.verdict, asked.reason, asked.confidence, asked.note,
            asked.counter, asked.changes_my_mind, asked.expires, evidence, sample, preview,
            accounts_of(session, kind, subject) if kind in _GROUPS else None,
        )  # fmt: skip


def _subject(session: CaseSession, asked: Asked) -> tuple[str, str, tuple[str, ...]]:
    for kind, name in zip(_GROUPS, (asked.cluster, asked.campaign), strict=True):
        if name:
            members = accounts_of(session, kind, name)
            card = session.rows(f"{kind}-card", **{kind: name})
            check_card(kind, name, members, card[0] if card else {})
            return kind, name, members
    chosen = known_accounts(session, asked.accounts, asked.source)
    return "account" if len(chosen) == 1 else "accounts", chosen[0], chosen


def _show_impact(session: CaseSession, accounts: tuple[str, ...]) -> Preview:
    row = session.rows("impact-preview", accounts=list(accounts))[0]
    preview = Preview.of(accounts, row)
    words = ", ".join(f"{name} {output.cell_text(value)}" for name, value in row.items())
    output.Talk().say(f"It hits: {words}.")
    return preview


def _evidence(
    session: CaseSession, kind: str, subject: str, query_id: str | None, given: dict[str, object]
) -> tuple[dict[str, Any], ...]:
    default, parameter = _EVIDENCE[kind]
    name = query_id or default
    if not name:
        return ()
    query = session.library.query(name)
    if not query_id:
        given = {parameter: subject}
    parameters = bind(query, given, session.span)
    found = session.client.request(Digest(query.sql, parameters))
    evidence = Evidence(
        query, parameters, found.rows, found.sha256, session.client.mask.hidden_in(query.sql)
    )
    return (session.service.evidence_field(evidence),)
