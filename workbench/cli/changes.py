"""`workbench changes`: what is new since an earlier generation of a case."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE, CaseSession, Choices, choices, open_case, put_query
from workbench.decisions.tables import KNOWN_BAD, WATCH, listed_rows, table_line
from workbench.errors import WorkbenchError
from workbench.playbooks.format import SavedQuery
from workbench.settings import load_settings
from workbench.text.sanitize import safe_text
from workbench.workers.host.opening import opening_of
from workbench.workers.host.sync_client import QueryClient

# What is told, the saved query that tells it, and the heading.
_PARTS = {
    "totals": "In all",
    "clusters": "Clusters that appeared, grew, shrank, split, merged or went",
    "members": "Undecided accounts that joined clusters with flagged ones",
    "watch": "Values of the lists known_bad and watch that were seen again",
}
_SOME = 500_000  # accounts that one answer may hold


@click.command()
@CASE
@click.option("--since", type=click.IntRange(min=1), default=None, metavar="GENERATION",
              help="compare with this generation (default: the one before)")  # fmt: skip
@click.option("--what", type=click.Choice(list(_PARTS)), default=None,
              help="one part alone (in another format than a table: clusters)")  # fmt: skip
@choices
def changes(case: Path, since: int | None, what: str | None, chosen: Choices) -> int:
    """What is new in CASE since an earlier generation: accounts, clusters, watched values."""
    earlier = _earlier(Case.open(case), since)
    with open_case(case) as session:
        before = _accounts_of(earlier, session.library.shipped("generation-accounts"))
        session.client.lay_over("accounts_before", before)
        listed = session.service.read(lambda ledger: listed_rows(ledger.state, KNOWN_BAD, WATCH))
        session.client.lay_over("seen_patterns", [table_line(row) for row in listed])
        now = session.case.manifest
        chosen.talk.say(
            f"Generation {now.generation} of {now.committed_at} compared with generation "
            f"{earlier.manifest.generation} of {earlier.manifest.committed_at}."
        )
        if what is None and chosen.format == "table" and chosen.target is None:
            for part, heading in _PARTS.items():
                output.write(f"{heading}\n")
                _put(session, part, chosen)
                output.write("\n")
        else:
            _put(session, what or "clusters", chosen)
    return 0


def _put(session: CaseSession, part: str, chosen: Choices) -> None:
    put_query(session, session.library.shipped(f"changes-{part}"), {}, chosen)


def _earlier(case: Case, since: int | None) -> Case:
    """The case as an earlier generation has it; raises WorkbenchError where there is none."""
    manifest = case.manifest
    others = [one.number for one in manifest.generations if one.number != manifest.generation]
    number = since if since is not None else max((n for n in others if n < manifest.generation),
                                                 default=0)  # fmt: skip
    if number not in others:
        kept = ", ".join(map(str, others)) or "none"
        raise WorkbenchError(
            f"The case has no generation {number} to compare with." if since is not None
            else "The case has no earlier generation to compare with.",
            hint=f"Kept beside the one in force: {kept} (workbench generations list CASE)",
        )  # fmt: skip
    return Case(case.root, replace(manifest, generation=number))


def _accounts_of(case: Case, query: SavedQuery) -> list[str]:
    """The accounts of a generation with their clusters, as lines of `accounts_before`."""
    number = case.manifest.generation
    lines: list[str] = []
    after = ""
    engine = load_settings().engine
    with case.hold_generation() as hold:
        if case.manifest.generation != number:
            raise WorkbenchError(
                f"Generation {number} was removed meanwhile.",
                hint=f"See: workbench generations list {safe_text(case.root)}",
            )
        client = QueryClient(hold.parts, case.work_dir(), engine, opening=opening_of(case))
        with closing(client):
            while some := client.records(query.sql, {"after": after, "most": _SOME}):
                lines += [table_line(_plain(row)) for row in some]
                after = str(some[-1]["account_id"])
    return lines


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"last_ts": None if row["last_ts"] is None else str(row["last_ts"])}
