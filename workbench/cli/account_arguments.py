"""Accounts as an analyst gives them: ids, a file of ids, or everybody in a cluster or campaign."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from workbench.cli import output
from workbench.cli.input_files import bytes_of, text_of
from workbench.cli.session import CaseSession, Decorator
from workbench.decisions.service import distinct
from workbench.errors import UsageError, WorkbenchError
from workbench.workers.messages import ReadAccountIds

ACCOUNTS: Decorator = click.option("--account", "accounts", multiple=True, metavar="ID")
SOURCE: Decorator = click.option(
    "--from", "source", type=click.Path(path_type=Path, exists=True),
    help="Parquet or JSONL with account_id, or plain ids one a line",
)  # fmt: skip
_LIST = {"cluster": "clusters", "campaign": "campaigns list"}


def known_accounts(
    session: CaseSession, accounts: Sequence[str], source: Path | None
) -> tuple[str, ...]:
    """The ids given, or those of a file; raises WorkbenchError where one is in no extract."""
    chosen = distinct(accounts if source is None else _ids_of(session, source))
    # A word of the command line that is no UTF-8 cannot be bound, and no extract has it.
    whole = [one for one in chosen if one.encode("utf-8", "ignore").decode("utf-8") == one]
    known = {str(row["account_id"]) for row in session.rows("known-accounts", accounts=whole)}
    unknown = [one for one in chosen if one not in known]
    if unknown:
        shown = ", ".join(output.cell_text(one) for one in unknown[:5])
        raise WorkbenchError(
            f"{len(unknown):,} of {len(chosen):,} ids are in no extract of this case: {shown}.",
            hint="Nothing was recorded. Correct the list and run again.",
        )
    if not chosen:
        raise UsageError("The list names no account.")
    return chosen


def accounts_of(session: CaseSession, kind: str, name: str) -> tuple[str, ...]:
    """The accounts of a cluster or campaign; raises WorkbenchError where there is none."""
    rows = session.rows(f"{kind}-account-ids", **{kind: name})
    if not rows:
        raise WorkbenchError(
            f"There is no {kind} “{name}” in this case.",
            hint=f"See: workbench {_LIST[kind]} {session.case.root}",
        )
    return tuple(str(row["account_id"]) for row in rows)


def _ids_of(session: CaseSession, source: Path) -> list[str]:
    data = bytes_of(source)
    if data[:4] == b"PAR1":
        return _parquet_ids(session, data)
    ids: list[str] = []
    for number, line in enumerate(text_of(source, data).split("\n"), 1):
        if not line.strip():
            continue
        ids.append(_id_of(line.removesuffix("\r"), source, number))
    return ids


def _id_of(line: str, source: Path, number: int) -> str:
    if not line.startswith("{"):
        return line
    try:
        return str(json.loads(line)["account_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{source}, line {number}: no JSON object with account_id.") from None


def _parquet_ids(session: CaseSession, data: bytes) -> list[str]:
    """The worker reads the file from its own folder: the command line opens no Parquet."""
    copy = session.client.spill / "ids.parquet"
    copy.write_bytes(data)
    return session.client.request(ReadAccountIds(copy.name)).ids
