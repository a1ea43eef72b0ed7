"""`workbench audit policy`: what needs two people and which reasons there are, shown or set."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.audit.log.append import Ledger
from workbench.audit.state import builders
from workbench.audit.state.policy import read_policy, spell_policy, weakened
from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.input_files import text_of
from workbench.cli.session import CASE
from workbench.decisions.describe import in_pieces, policy_words
from workbench.decisions.masking import refuse_unmaskable
from workbench.decisions.service import CaseService
from workbench.errors import UsageError
from workbench.settings import load_settings
from workbench.text.sanitize import safe_text


@click.command("policy")
@CASE
@click.option("--set", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="the policy.toml that counts from here on")  # fmt: skip
@click.option("--reason", default="", help="why it is set; it is recorded")
@click.option(
    "--alone", default="", metavar="REASON",
    help="why you weaken it without a second person; stated wherever the case is shown",
)  # fmt: skip
def policy_command(case: Path, source: Path | None, reason: str, alone: str) -> int:
    """Show the policy of CASE as policy.toml, or set another; each one that counted is a record.

    One that weakens four eyes, signatures or masks waits until somebody else countersigns it.
    """
    if source is not None and not reason.strip():
        raise UsageError("A policy is set for a reason.", hint="Give --reason TEXT.")
    service = CaseService(Case.open(case), load_settings())
    try:
        if source is not None:
            return _set(service, source, reason, alone.strip())
        policy, text = service.policy(), _text(service)
        policies, pieces = service.read(
            lambda ledger: (
                list(ledger.state.policies),
                [*ledger.state.statements(), *in_pieces(ledger.state)],
            )
        )
    finally:
        service.close()
    output.write(text)
    origin = (
        f"set {len(policies):,} times, last by {policies[-1]['who']['name']}" if policies else ""
    )
    output.Talk().say(
        f"The policy that counts ({origin or 'the shipped one'}): {policy_words(policy)}."
    )
    for one in pieces:
        output.Talk().say(f"{safe_text(one)}.")
    return 0


def _set(service: CaseService, source: Path, reason: str, alone: str) -> int:
    text = text_of(source)
    before, policy = service.policy(), read_policy(text)
    refuse_unmaskable(policy.masked)
    lines = service.read(lambda ledger: ledger.put_list(text.split("\n")))
    less = weakened(before, policy)
    body = builders.policy(
        policy.digest, lines, signed=policy.signed, reason=reason,
        alone=alone if less else "", waits=bool(less) and not alone,
    )  # fmt: skip
    record = service.append("policy", body)
    output.write(f"{record}\n")
    if body["waits"]:
        output.Talk().say(
            f"Recorded, and waits: it weakens the policy ({'; '.join(less)}). It counts once "
            f"somebody else agrees: workbench countersign {service.case_path} {record} --answer "
            "agree. Alone you can give --alone REASON, which is stated until somebody does."
        )
        return 0
    output.Talk().say(
        f"Recorded. Before: {policy_words(before)}. From here on: {policy_words(policy)}."
    )
    return 0


def _text(service: CaseService) -> str:
    """The file as it was given, where that is the policy that counts; else the policy spelled."""
    return service.read(_policy_text)


def _policy_text(ledger: Ledger) -> str:
    policy = ledger.state.policy
    for entry in ledger.state.policies:
        if policy.digest and entry["sha256"] == policy.digest:
            return "\n".join(ledger.sets.get(entry["set"]))
    return spell_policy(policy)
