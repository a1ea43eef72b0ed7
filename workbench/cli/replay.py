"""`workbench audit replay`: the evidence of every decision, run again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from workbench.cli.session import CASE, Choices, choices, open_case, put_records
from workbench.errors import IntegrityError
from workbench.report.replay import DIFFERS, MATCHES, NOT_RUN, replay

_NAMES = ["record_id", "seq", "query", "status", "rows_then", "rows_now", "sha256_then",
          "sha256_now", "why"]  # fmt: skip


@click.command("replay")
@CASE
@click.option("--all", "everything", is_flag=True, help="list what matches too")
@choices
def replay_command(case: Path, everything: bool, chosen: Choices) -> int:
    """Run the evidence of every decision of CASE again; list what no longer comes out the same.

    Exit code 3 where the same query on the same generation gives another result.
    """
    with open_case(case) as session:
        found = replay(
            session.service, session.client, session.library, session.span,
            progress=lambda number: chosen.talk.progress(f"Evidence run again: {number:,}"),
        )  # fmt: skip
        chosen.talk.end_progress()
        rows = [
            [one.record, one.seq, one.query, one.status, one.rows_then, one.rows_now,
             one.sha256_then, one.sha256_now, one.why]
            for one in found if everything or one.status != MATCHES
        ]  # fmt: skip
        put_records(chosen, _NAMES, rows, case)
        counts = Counter(one.status for one in found)
        words = ", ".join(f"{status} {number:,}" for status, number in sorted(counts.items()))
        chosen.talk.say(f"Evidence run again: {words or 'there is none'}.")
        if problems := session.service.read(lambda ledger: list(ledger.problems)):
            raise IntegrityError(
                f"Only readable records were run again; the ledger is damaged: {problems[0]}.",
                hint=f"See: workbench audit verify {case}",
            )
        session.case.verify_store()
    if counts[DIFFERS]:
        raise IntegrityError(
            f"{counts[DIFFERS]:,} results are not those that were recorded, from the same query "
            "on the same generation.",
            hint="The store or the ledger was changed: run workbench audit verify, and compare "
            "the store with a backup.",
        )
    return 1 if counts[NOT_RUN] else 0
