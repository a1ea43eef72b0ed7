"""`decisions` and `reverse`: what is in force, what is pending, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.decisions.queries import (
    CONFLICTS,
    OWN,
    WAITING,
    conflicts,
    decided_ever,
    own,
    take_back,
    undoing,
    waiting,
)
from workbench.decisions.record_ids import whole_id
from workbench.decisions.service import CaseService
from workbench.errors import UsageError
from workbench.settings import load_settings

_NAMES = ["account_id", "verdict", "reason", "confidence", "analyst", "decided_at", "expires_at",
          "record_id", "pending"]  # fmt: skip


@click.command()
@CASE
@click.option("--state", "which", flag_value="state", default="state", help="in force (default)")
@click.option("--history", "which", flag_value="history", help="all, oldest first")
@click.option("--mine", "which", flag_value="mine", help="those I made, newest first")
@click.option("--pending", "which", flag_value="pending", help="what awaits a second analyst")
@click.option("--waiting", "which", flag_value="waiting", help="the same, a row a proposal")
@click.option("--conflicts", "which", flag_value="conflicts",
              help="accounts on which a merge brought another verdict")  # fmt: skip
@click.option("--account", metavar="ID", help="only this account")
@choices
def decisions(case: Path, which: str, account: str | None, chosen: Choices) -> int:
    """The decisions of CASE."""
    service = CaseService(Case.open(case), load_settings())
    try:
        names, rows = _LISTS[which](service)
    finally:
        service.close()
    if account is not None:
        if "account_id" not in names:
            raise UsageError("--account goes with --state, --history, --pending or --conflicts.")
        at = names.index("account_id")
        rows = [row for row in rows if row[at] == account]
    put_records(chosen, names, rows, case)
    return 0


Listed = tuple[list[str], list[list[Any]]]


def _state(service: CaseService) -> Listed:
    return _NAMES, _rows(service, pending=False)


def _pending(service: CaseService) -> Listed:
    return _NAMES, [*_rows(service, pending=True), *undoing(service)]


def _rows(service: CaseService, *, pending: bool) -> list[list[Any]]:
    records = (row for row in service.decision_rows() if row["pending"] is pending)
    return [[row[name] for name in _NAMES] for row in records]


def _history(service: CaseService) -> Listed:
    accounts = sorted(
        {row["account_id"] for row in service.decision_rows()} | decided_ever(service)
    )
    return [*_NAMES, "status"], [
        [*(row[name] for name in _NAMES), status]
        for account in accounts
        for row, status in service.history(account)
    ]


_LISTS: dict[str, Callable[[CaseService], Listed]] = {
    "state": _state,
    "history": _history,
    "mine": lambda service: (OWN, own(service)),
    "pending": _pending,
    "waiting": lambda service: (WAITING, waiting(service)),
    "conflicts": lambda service: (CONFLICTS, conflicts(service)),
}


@click.command()
@CASE
@click.argument("record_id")
@click.option("--reason", required=True, help="a reason code")
@click.option("--note", default="", help="why, in words")
def reverse(case: Path, record_id: str, reason: str, note: str) -> int:
    """Take back the decision RECORD_ID, or what begins so, by a new record; nothing is deleted.

    One that needs two people by policy stays in force until a second one takes it back too.
    """
    service = CaseService(Case.open(case), load_settings())
    try:
        new, said = take_back(service, whole_id(service, record_id), reason, note)
    finally:
        service.close()
    output.write(f"{new}\n")
    output.Talk().say(said)
    return 0
