"""`countersign` and `merge`: the second analyst's answer, and two ledgers joined."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from workbench.audit.log.append import Ledger
from workbench.audit.log.merge import Merge, other_ledger
from workbench.audit.log.merge import merge as merge_ledgers
from workbench.audit.log.reader import LedgerReader
from workbench.audit.log.transfer import answer as answer_proposal
from workbench.audit.log.transfer import export_record, import_record
from workbench.audit.log.verify import ledger_file
from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.decisions.describe import headline
from workbench.decisions.record_ids import whole_id
from workbench.decisions.service import CaseService
from workbench.errors import UsageError
from workbench.settings import load_settings
from workbench.text.format import counted

_RECORD_ID = re.compile("[0-9a-f]{32}")
_SIDE = ("verdict", "reason", "analyst", "record_id")


@click.command()
@CASE
@click.argument("proposal", metavar="RECORD_ID|FILE")
@click.option("--answer", type=click.Choice(("agree", "refuse")), help="needed for a RECORD_ID")
@click.option("--note", default="", help="why, in words")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path),
    help="write the answer as a file too, for the analyst who proposed",
)  # fmt: skip
def countersign(
    case: Path, proposal: str, answer: str | None, note: str, target: Path | None
) -> int:
    """Agree to another analyst's proposal in CASE, or refuse it.

    A FILE, a proposal or an answer that travelled, is taken into the ledger first.
    """
    if answer is None and (target is not None or _RECORD_ID.fullmatch(proposal)):
        raise UsageError("Give --answer agree or --answer refuse.")
    if target is not None and target.exists():
        raise UsageError(f"{target} exists; nothing was recorded.", hint="Give another file.")
    service = CaseService(Case.open(case), load_settings())
    try:
        named = proposal if Path(proposal).is_file() else whole_id(service, proposal)
        record_id, words, answered = service.read(
            lambda ledger: _countersign(ledger, named, answer, note, target)
        )
    finally:
        service.close()
    output.write(f"{record_id}\n")
    said = "Agreed" if answer == "agree" else "Refused"
    output.Talk().say(f"{said if answered else f'Taken over as {record_id}'}: {words}.")
    return 0


def _countersign(
    ledger: Ledger, proposal: str, answer: str | None, note: str, target: Path | None
) -> tuple[str, str, bool]:
    """The record's id, what it is about in words, and whether it is an answer given here."""
    record_id = ledger.state.aliases.get(proposal, proposal)
    if not _RECORD_ID.fullmatch(proposal):
        brought = import_record(ledger, Path(proposal))
        record_id = brought.id
        if answer is None or brought.fields["type"] == "countersign":
            return record_id, _summary(ledger, record_id), False
    words = _summary(ledger, record_id)
    made = answer_proposal(ledger, record_id, agree=answer == "agree", note=note)
    if target is not None:
        export_record(ledger, made.id, target)
    return made.id, words, True


def _summary(ledger: Ledger, record_id: str) -> str:
    """What a proposal says, or what an answer says to it, in words."""
    record = ledger.record(record_id)
    if record is None:
        return record_id
    body = record.fields["body"]
    who = (body.get("origin") or record.fields)["who"]["name"]
    if record.fields["type"] == "countersign":
        word = "agrees to" if body["answer"] == "agree" else "refuses"
        return f"{who} {word} {body['record']}"
    if record.fields["type"] in ("policy", "key"):
        return f"{record.fields['type']} {headline(record.fields)}, by {who}"
    decision: dict[str, Any] = body.get("decision", body)
    count = decision["subject"]["count"]
    return f"{decision['verdict']} {decision['reason']} on {count:,} accounts, proposed by {who}"


@click.command()
@CASE
@click.argument("other", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="why the two are joined; it is recorded")
@choices
def merge(case: Path, other: Path, reason: str, chosen: Choices) -> int:
    """Bring the records of OTHER (a ledger or copy of the case) into CASE; list the conflicts.

    Where the two decide differently on an account, ours stays in force until it is decided anew.
    """
    file = ledger_file(other)
    if not file.is_file():
        raise UsageError(f"There is no ledger at {other}.")
    service = CaseService(Case.open(case), load_settings())
    try:
        done, rows = service.read(lambda ledger: _merge(ledger, file, service.state_dir, reason))
    finally:
        service.close()
    if done.record is None:
        chosen.talk.say("Nothing is new there; nothing was recorded.")
        return 0
    names = ["account_id", *(f"our_{name}" for name in _SIDE), *(f"their_{name}" for name in _SIDE)]
    put_records(chosen, names, rows, case)
    chosen.talk.say(
        f"Recorded as {done.record.id}: {counted(done.records, 'record')} came, "
        f"{counted(len(rows), 'account')} decided differently."
    )
    for record in done.disputes:
        chosen.talk.say(
            f"In dispute: the proposal {record} was agreed to in one and refused in the other. It "
            f"does not count until somebody resolves it: workbench countersign {case} {record} "
            "--answer agree|refuse"
        )
    return 0


def _merge(
    ledger: Ledger, file: Path, state_dir: Path, reason: str
) -> tuple[Merge, list[list[Any]]]:
    theirs = other_ledger(file, ledger.case_id, state_dir)
    try:
        done = merge_ledgers(ledger, theirs, reason)
        return done, [_conflict(ledger, theirs, account) for account in done.conflicts]
    finally:
        theirs.close()


def _conflict(ledger: Ledger, theirs: LedgerReader, account: str) -> list[Any]:
    sides = (ledger.state.current(account), theirs.state.current(account))
    return [account, *(getattr(side, name, None) for side in sides for name in _SIDE)]
