"""`workbench audit key`: whose SSH keys may sign the records of a case."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.audit.errors import LedgerError
from workbench.audit.records.identity import alike
from workbench.audit.records.ssh_signatures import fingerprint
from workbench.audit.state import builders
from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.decisions.service import CaseService, as_workbench_error, expiry
from workbench.decisions.tables import time_text
from workbench.errors import UsageError
from workbench.settings import load_settings

_COLUMNS = ["at", "action", "principal", "fingerprint", "valid_after", "valid_before", "by",
            "may_sign", "record_id"]  # fmt: skip
_LONGEST = 4096


@click.group("key")
def key() -> None:
    """Whose SSH keys may sign: enrol one, revoke one, list them."""


@key.command("add")
@CASE
@click.option("--key", "path", type=click.Path(path_type=Path),
              help="the public key file; by default your own, of the settings")  # fmt: skip
@click.option("--name", default="", help="whose it is: the analyst's name in the ledger")
@click.option("--after", default="", metavar="TIME", help="it may sign from then on")
@click.option("--before", default="", metavar="TIME", help="it may sign until then")
@click.option("--alone", default="", metavar="REASON",
              help="why nobody else enrols it; stated wherever the case is shown")  # fmt: skip
def add(case: Path, path: Path | None, name: str, after: str, before: str, alone: str) -> int:
    """Enrol an analyst's public key in CASE; from the first on, others do not count as signed.

    The first key, and your own, wait until somebody else countersigns them.
    """
    settings = load_settings()
    service = CaseService(Case.open(case), settings)
    try:
        line = _public_line(path, settings.analyst.ssh_key)
        principal = name or service.analyst
        begun = service.read(lambda ledger: ledger.state.ring().begun)
        needs_two = not begun or alike(principal, service.analyst)
        alone = alone.strip() if needs_two else ""
        body = builders.key(
            "add", principal, line, _fingerprint(line), after=expiry(after), before=expiry(before),
            alone=alone, waits=needs_two and not alone,
        )  # fmt: skip
        return _record(service, body)
    finally:
        service.close()


@key.command("revoke")
@CASE
@click.argument("fingerprint", metavar="FINGERPRINT")
@click.option("--reason", default="", help="why; it is recorded")
def revoke(case: Path, fingerprint: str, reason: str) -> int:
    """Revoke the key with this FINGERPRINT (SHA256:…): what it signed before still counts.

    That of somebody else may sign until a second person countersigns its revocation.
    """
    service = CaseService(Case.open(case), load_settings())
    try:
        enrolled = service.read(lambda ledger: ledger.state.ring().keys.get(fingerprint))
        owner = enrolled["principal"] if enrolled else "unknown"
        theirs = enrolled is not None and owner != service.analyst
        body = builders.key("revoke", owner, "", fingerprint, reason=reason, waits=theirs)
        return _record(service, body)
    finally:
        service.close()


@key.command("list")
@CASE
@choices
def listed(case: Path, chosen: Choices) -> int:
    """Every key that was enrolled or revoked in CASE, by whom, and whether it may sign now."""
    service = CaseService(Case.open(case), load_settings())
    try:
        acts, now = service.read(
            lambda ledger: (list(ledger.state.keys), set(ledger.state.ring().keys))
        )
    finally:
        service.close()
    rows = [
        [time_text(one["ts"]), one["action"], one["principal"], one["fingerprint"],
         time_text(one["after"]), time_text(one["before"]), one["author"],
         one["fingerprint"] in now, one["record"]]
        for one in acts
    ]  # fmt: skip
    put_records(chosen, _COLUMNS, rows, case)
    return 0


def _record(service: CaseService, body: dict[str, object]) -> int:
    record = service.append("key", body)
    output.write(f"{record}\n")
    output.Talk().say(f"Recorded: {body['action']} {body['principal']} {body['fingerprint']}.")
    if body["waits"]:
        output.Talk().say(
            f"It waits until somebody else agrees: workbench countersign {service.case_path} "
            f"{record} --answer agree."
        )
    if not service.policy().signed:
        output.Talk().say("The policy demands no signatures yet: see audit policy.")
    return 0


def _public_line(given: Path | None, own: str) -> str:
    """The one line of a public key file; a private key's file is never read."""
    if given is None and not own:
        raise UsageError("No key is named.", hint="Give --key FILE.pub, or set analyst.ssh_key.")
    path = (given or Path(own)).expanduser()
    public = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    try:
        with public.open("rb") as file:
            text = file.read(_LONGEST + 1).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise UsageError(
            f"The public key {public} cannot be read: {why}.", hint="Give --key FILE.pub."
        ) from error
    if len(text) > _LONGEST or "\n" in text:
        raise UsageError(f"{public} does not hold one public key line.")
    return text


def _fingerprint(line: str) -> str:
    try:
        return fingerprint(line)
    except LedgerError as error:
        raise as_workbench_error(error) from error
