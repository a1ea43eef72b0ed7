"""`workbench audit`: verify the ledger, show it, take checkpoints."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import click

from workbench.audit.log.append import Ledger, Record
from workbench.audit.log.checkpoint import Checkpoint, read_checkpoint, read_words
from workbench.audit.log.tail import newest
from workbench.audit.log.verify import ledger_file
from workbench.audit.records.schema import BODIES
from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.keys import key
from workbench.cli.policy import policy_command
from workbench.cli.replay import replay_command
from workbench.cli.session import CASE
from workbench.decisions.describe import COLUMNS, row, whole
from workbench.decisions.record_ids import whole_id
from workbench.decisions.service import CaseService
from workbench.decisions.verify import in_force, verify_case
from workbench.errors import IntegrityError, UsageError
from workbench.settings import load_settings
from workbench.text.sanitize import safe_text

_MAX_NAMED = 50


@click.group()
def audit() -> None:
    """The ledger: verify, show, checkpoint, replay, keys, policy, recover."""


audit.add_command(replay_command)
audit.add_command(policy_command)
audit.add_command(key)


@audit.command("verify")
@CASE
@click.option("--checkpoint", type=click.Path(path_type=Path), help="a note kept elsewhere")
@click.option("--words", default="", help="the 24 words noted on paper; needs --size")
@click.option("--size", type=click.IntRange(min=1), help="the number of records noted with them")
@click.option(
    "--signers", type=click.Path(path_type=Path),
    help="allowed signers (ssh-keygen's form); by default those of the settings",
)  # fmt: skip
@click.option("--revoked", type=click.Path(path_type=Path, exists=True),
              help="keys (or a KRL) whose signatures never hold")  # fmt: skip
def verify_command(
    case: Path, checkpoint: Path | None, words: str, size: int | None, signers: Path | None,
    revoked: Path | None,
) -> int:  # fmt: skip
    """Check every record, the chain and the root of CASE (a case folder or a ledger file)."""
    known = _known(checkpoint, words, size)
    talk = output.Talk()
    report = verify_case(
        case, load_settings(), checkpoint=known, signers=signers, revoked=revoked,
        progress=lambda done, total: talk.progress(f"Verified: {done:,} of {total:,} bytes"),
    )  # fmt: skip
    talk.end_progress()
    _write_named("recovered", report.recovered)
    _write_named("warning", report.warnings)
    _write_named("stated", report.stated)
    _write_named("in force", in_force(report))
    if report.problems:
        _write_named("problem", report.problems)
        raise IntegrityError(
            f"{ledger_file(case)} is not intact; problems: {len(report.problems):,}.",
            hint="Keep a copy as evidence; compare with a checkpoint kept elsewhere.",
        )
    if not report.begun:
        output.write("empty: nothing is recorded yet\n")
        return 0
    output.write(f"intact: {report.size:,} records\nhead {report.head}\nroot {report.root}\n")
    if report.signed:
        output.write(f"signed: {report.signed:,} records, {report.signatures}\n")
    if known is None:
        output.write(
            "a cut tail or a whole rewrite shows only against a checkpoint kept elsewhere\n"
        )
    return 0


def _known(checkpoint: Path | None, words: str, size: int | None) -> Checkpoint | None:
    if bool(words) != (size is not None) or (words and checkpoint):
        raise UsageError("Give --checkpoint FILE, or --words and --size together.")
    if size is not None:
        return read_words(words, size)
    return read_checkpoint(checkpoint) if checkpoint else None


def _write_named(name: str, found: Sequence[str]) -> None:
    for one in found[:_MAX_NAMED]:
        output.write(f"{name}: {output.cell_text(one)}\n")
    if len(found) > _MAX_NAMED:
        output.write(f"{name}: {len(found) - _MAX_NAMED:,} more\n")


@audit.command("show")
@CASE
@click.option("--id", "record_id", metavar="RECORD_ID", help="one record whole, with its lists")
@click.option("--type", "kind", type=click.Choice(sorted(BODIES)), help="only this type")
@click.option("--limit", type=click.IntRange(min=1), default=50, help="newest so many")
@click.option("--format", "form", type=click.Choice(("jsonl", "table", "csv")), default="jsonl",
              help="jsonl: every field (default); table, csv: a line each")  # fmt: skip
def show(case: Path, record_id: str | None, kind: str | None, limit: int, form: str) -> int:
    """The newest records of CASE, oldest first, or one of them whole."""
    service = CaseService(Case.open(case), load_settings())
    try:
        if record_id is not None:
            return _show_one(service, whole_id(service, record_id))
        records = service.read(lambda ledger: _newest(ledger, kind, limit))
    finally:
        service.close()
    if form == "jsonl":
        for record in records:
            output.write(json.dumps(record.fields, sort_keys=True) + "\n")
    else:
        output.write(output.records_text(form, COLUMNS, [row(record) for record in records]))
    return 0


def _newest(ledger: Ledger, kind: str | None, limit: int) -> list[Record]:
    if not ledger.head.size:
        return []
    if kind is None:
        return newest(ledger.path, limit)[::-1]
    found = (record for record in ledger.records() if record.fields["type"] == kind)
    return list(deque(found, limit))


def _show_one(service: CaseService, record_id: str) -> int:

    def reading(ledger: Ledger) -> str | None:
        record = ledger.record(record_id)
        return whole(ledger, record) if record is not None else None

    text = service.read(reading)
    if text is None:
        raise UsageError(
            f"There is no record {record_id} in this case.",
            hint=f"See: workbench audit show {service.case_path} --format table",
        )
    for line in text.split("\n"):
        output.write(safe_text(line, len(line)) + "\n")
    return 0


@audit.command("checkpoint")
@CASE
@click.option("--key", type=click.Path(path_type=Path), help="SSH key that signs the note")
def checkpoint(case: Path, key: Path | None) -> int:
    """Write a checkpoint of CASE and print it, with words to note on paper: keep it elsewhere."""
    from workbench.audit.log.checkpoint_append import make_checkpoint

    service = CaseService(Case.open(case), load_settings())
    try:
        made, path = service.read(lambda ledger: make_checkpoint(ledger, key=key))
    finally:
        service.close()
    output.write(made.note().decode("ascii"))
    output.write(f"records {made.size}: {' '.join(made.words())}\n")
    output.Talk().say(f"Kept as {path}; copy it to another place, or write the words down.")
    return 0


@audit.command("export")
@CASE
@click.argument("record_id")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), required=True)
def export(case: Path, record_id: str, target: Path) -> int:
    """Write a self-contained proof of one record, checkable with a bare Python."""
    from workbench.audit.log.inclusion_proof import write_proof

    service = CaseService(Case.open(case), load_settings())
    try:
        service.read(lambda ledger: write_proof(ledger, record_id, target))
    finally:
        service.close()
    output.Talk().say(f"Written to {target}.")
    return 0


@audit.command("recover")
@CASE
@click.option("--reason", required=True, help="what happened; it is recorded")
def recover(case: Path, reason: str) -> int:
    """Account for damaged bytes by a record, so that work can go on; nothing is deleted."""
    service = CaseService(Case.open(case), load_settings())
    try:
        record = service.read(lambda ledger: ledger.recover(reason))
    finally:
        service.close()
    output.Talk().say(f"Recorded as {record.id}; audit verify goes on listing what was damaged.")
    return 0
