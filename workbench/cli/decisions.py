"""`decisions` and `reverse`: what is in force, what is pending, and taking one back."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.case import Case
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.desk import Desk
from workbench.settings import load_settings

_NAMES = ["account_id", "verdict", "reason", "confidence", "analyst", "decided_at", "expires_at",
          "record_id", "pending"]  # fmt: skip


@click.command()
@CASE
@click.option("--state", "which", flag_value="state", default="state", help="in force (default)")
@click.option("--history", "which", flag_value="history", help="all, oldest first")
@click.option("--mine", "which", flag_value="mine", help="those I made")
@click.option("--pending", "which", flag_value="pending", help="those that await a second analyst")
@choices
def decisions(case: Path, which: str, chosen: Choices) -> int:
    """The decisions of CASE."""
    desk = Desk(Case.open(case), load_settings())
    try:
        records = desk.decision_rows()
        if which == "history":
            accounts = sorted({record["account_id"] for record in records})
            rows = [
                [*(row[name] for name in _NAMES), status]
                for account in accounts
                for row, status in desk.history(account)
            ]
            put_records(chosen, [*_NAMES, "status"], rows[: chosen.limit])
            return 0
        if which == "mine":
            records = [record for record in records if record["analyst"] == desk.analyst]
        if which == "pending":
            records = [record for record in records if record["pending"]]
        rows = [[record[name] for name in _NAMES] for record in records]
        cut = rows[: chosen.limit]
        put_records(chosen, _NAMES, cut, more=len(cut) < len(rows))
    finally:
        desk.close()
    return 0


@click.command()
@CASE
@click.argument("record_id")
@click.option("--reason", required=True, help="a reason code")
@click.option("--note", default="", help="why, in words")
def reverse(case: Path, record_id: str, reason: str, note: str) -> int:
    """Take back the decision RECORD_ID by a new record; nothing is deleted."""
    desk = Desk(Case.open(case), load_settings())
    try:
        new = desk.append("reversal", {"record": record_id, "reason": reason, "note": note})
    finally:
        desk.close()
    output.write(f"{new}\n")
    output.Talk().say(f"Taken back by record {new}.")
    return 0
