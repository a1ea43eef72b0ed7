"""`decide` and `propose`: one decision, on an account, a set or a cluster, into the ledger."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from workbench.audit.schema import CONFIDENCES, NO_COUNTER, VERDICTS
from workbench.audit.travel import export_record
from workbench.cli import output
from workbench.cli.session import CASE, GIVEN, CaseSession, given_values, open_case
from workbench.desk import Draft, Evidence, distinct
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.binding import bind
from workbench.review import result_for

_EVIDENCE = {
    "account": ("account-card", "account"),
    "accounts": ("", ""),
    "cluster": ("cluster-card", "cluster"),
}


_OPTIONS = (
    CASE,
    click.option("--verdict", type=click.Choice(VERDICTS), required=True),
    click.option("--reason", required=True, help="a reason code of the case's policy"),
    click.option("--account", "accounts", multiple=True, metavar="ID"),
    click.option("--cluster", metavar="ID"),
    click.option("--from", "source", type=click.Path(path_type=Path, exists=True),
                 help="Parquet or JSONL with account_id, or plain ids one a line"),
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
    """Record a decision on accounts or a cluster of CASE."""
    with _drafted(asked) as (session, draft):
        if asked.dry_run:
            return 0
        record = session.desk.record(draft)
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
        record = session.desk.record(draft, propose=True)
        output.write(f"{record}\n")
        if target is not None:
            export_record(session.desk.ledger(), record, target)
    output.Talk().say(
        f"Proposed: {draft.verdict} {draft.reason} on {len(draft.accounts):,} accounts. Another "
        f"analyst answers with: workbench countersign {asked.case} {target or record} --answer …"
    )
    return 0


@contextmanager
def _drafted(asked: Asked) -> Iterator[tuple[CaseSession, Draft]]:
    """The case and the decision as it was asked for, its evidence run; nothing is recorded yet."""
    if sum(map(bool, (asked.accounts, asked.cluster, asked.source))) != 1:
        raise UsageError("Give one subject: --account ID, --cluster ID or --from FILE.")
    if asked.verdict == "flag" and not asked.counter.strip():
        raise UsageError(
            "A flag says what speaks against it.", hint=f"Give --counter TEXT, or {NO_COUNTER}."
        )
    with open_case(asked.case) as session:
        kind, subject, chosen = _subject(session, asked.accounts, asked.cluster, asked.source)
        _show_impact(session, chosen)
        sample = result_for(session.desk, asked.sample_id, chosen) if asked.sample_id else None
        evidence: tuple[dict[str, Any], ...] = ()
        if not asked.dry_run:
            session.case.verify_store()
            evidence = _evidence(session, kind, subject, asked.query, given_values(asked.given))
        yield session, Draft(
            kind, subject, chosen, asked.verdict, asked.reason, asked.confidence, asked.note,
            asked.counter, asked.changes_my_mind, asked.expires, evidence, sample,
        )  # fmt: skip


def _subject(
    session: CaseSession, accounts: tuple[str, ...], cluster: str | None, source: Path | None
) -> tuple[str, str, tuple[str, ...]]:
    if cluster:
        rows = session.rows("cluster-account-ids", cluster=cluster)
        if not rows:
            raise WorkbenchError(
                f"There is no cluster “{cluster}” in this case.",
                hint=f"See: workbench clusters {session.case.root}",
            )
        return "cluster", cluster, tuple(str(row["account_id"]) for row in rows)
    given = accounts if source is None else _ids_of(session, source)
    chosen = distinct(given)
    known = {
        str(row["account_id"]) for row in session.rows("known-accounts", accounts=list(chosen))
    }
    unknown = [one for one in chosen if one not in known]
    if unknown:
        shown = ", ".join(output.cell_text(one) for one in unknown[:5])
        raise WorkbenchError(
            f"{len(unknown):,} of {len(chosen):,} ids are in no extract of this case: {shown}.",
            hint="Nothing was recorded. Correct the list and run again.",
        )
    if not chosen:
        raise UsageError("The list names no account.")
    kind = "account" if len(chosen) == 1 else "accounts"
    return kind, chosen[0], chosen


def _ids_of(session: CaseSession, source: Path) -> list[str]:
    with source.open("rb") as data:
        if data.read(4) == b"PAR1":
            return _parquet_ids(session, source)
    ids: list[str] = []
    text = source.read_text(encoding="utf-8", errors="surrogateescape")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        ids.append(_id_of(line.removesuffix("\r"), source, number))
    return ids


def _id_of(line: str, source: Path, number: int) -> str:
    if not line.startswith("{"):
        return line
    try:
        record: dict[str, Any] = json.loads(line)
        return str(record["account_id"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{source}, line {number}: no JSON object with account_id.") from None


def _parquet_ids(session: CaseSession, source: Path) -> list[str]:
    """The worker reads the file from its own folder: the command line opens no Parquet."""
    copy = session.client.spill / "ids.parquet"
    output.move_beside(source, copy)
    answer = session.client.request("account_ids", file=copy.name)
    return [str(one) for one in answer["ids"]]


def _show_impact(session: CaseSession, accounts: tuple[str, ...]) -> None:
    row = session.rows("impact-preview", accounts=list(accounts))[0]
    words = ", ".join(f"{name} {output.cell_text(value)}" for name, value in row.items())
    output.Talk().say(f"It hits: {words}.")


def _evidence(
    session: CaseSession, kind: str, subject: str, query_id: str | None, given: dict[str, str]
) -> tuple[dict[str, Any], ...]:
    default, parameter = _EVIDENCE[kind]
    name = query_id or default
    if not name:
        return ()
    query = session.library.query(name)
    if not query_id:
        given = {parameter: subject}
    parameters = bind(query, given, session.span)
    told = session.client.request("digest", sql=query.sql, parameters=parameters)
    evidence = Evidence(query, parameters, int(told["rows"]), str(told["sha256"]))
    return (session.desk.evidence_field(evidence),)
