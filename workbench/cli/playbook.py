"""`workbench playbook`: list, show and run ordered steps of saved queries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from workbench.audit.state import builders
from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import (
    CASE,
    GIVEN,
    CaseSession,
    Choices,
    choices,
    given_values,
    open_case,
    put_records,
)
from workbench.playbooks.binding import Bound
from workbench.playbooks.case_files import PLAYBOOK_SUFFIX
from workbench.playbooks.format import SHIPPED, SavedQuery
from workbench.playbooks.library import library_in_sight, origin_words
from workbench.playbooks.running import StepResult, run_playbook, step_note
from workbench.workers.messages import Digest, Open

_SHOWN = 12
_READ = 100_000


@click.group()
def playbook() -> None:
    """Playbooks: list, show, run."""


@playbook.command("list")
@click.argument("case", required=False, type=click.Path(path_type=Path))
@choices
def list_playbooks(case: Path | None, chosen: Choices) -> int:
    """All playbooks in sight, with those of CASE."""
    library = library_in_sight(Case.open(case) if case else None)
    rows: list[list[Any]] = [
        [book.id, book.title, len(book.steps), ", ".join(one.name for one in book.params),
         library.trust_words(book)]
        for book in library.playbooks.values()
    ]  # fmt: skip
    put_records(chosen, ["id", "title", "steps", "parameters", "trust"], rows)
    for path, error in library.not_used():
        if path.suffix == PLAYBOOK_SUFFIX:
            chosen.talk.say(f"not used: {error.message} {error.hint}")
    return 0


@playbook.command("show")
@click.argument("name")
@click.argument("case", required=False, type=click.Path(path_type=Path))
def show_playbook(name: str, case: Path | None) -> int:
    """The steps of one playbook."""
    library = library_in_sight(Case.open(case) if case else None)
    book = library.seen_playbook(name)
    output.write(f"{output.cell_text(book.title)}\n{output.cell_text(book.question)}\n")
    output.write(f"{library.trust_words(book)}\n\n")
    for number, step in enumerate(book.steps, 1):
        stop = f"  (ends if {output.cell_text(step.stop_if)})" if step.stop_if else ""
        output.write(f"{number}. {output.cell_text(step.query)}{stop}\n")
        output.write(f"   {output.cell_text(step.say)}\n")
    return 0


@playbook.command("run")
@CASE
@click.argument("name")
@GIVEN
@click.option("--record", is_flag=True, help="write one record a step to the ledger")
@choices
def run_command(
    case: Path, name: str, given: tuple[str, ...], record: bool, chosen: Choices
) -> int:
    """Run the playbook NAME on CASE: what each step asks, found, and collected."""
    with open_case(case) as session:
        book = session.library.playbook(name)
        if book.trust != SHIPPED:
            chosen.talk.say(origin_words(book))

        def ask(query: SavedQuery, values: Bound) -> tuple[list[str], list[list[Any]], bool]:
            opened = session.client.request(Open(query.sql, values, _READ, cell=4096))
            return [column[0] for column in opened.columns], opened.rows, opened.more

        for result in run_playbook(book, session.library, given_values(given), session.span, ask):
            digested = session.client.request(Digest(result.query.sql, result.parameters))
            _write(result, digested.sha256, chosen)
            if record:
                _record(session, book.id, result, digested.sha256)
    return 0


def _write(result: StepResult, digest: str, chosen: Choices) -> None:
    if chosen.format == "jsonl":
        marked = {name: len(values) for name, values in result.marked.items()}
        fields = {
            "step": result.number, "query": result.query.id, "rev": result.query.rev,
            "query_sha256": result.query.sha256, "trust": result.query.trust,
            "rows": len(result.rows), "more": result.more,
            "result_sha256": digest, "marked": marked, "stops": result.stops,
        }  # fmt: skip
        output.write(json.dumps(fields) + "\n")
        return
    sign = "≥ " if result.more else ""
    limit = _SHOWN if chosen.limit is None else chosen.limit
    output.write(f"{result.number}. {output.cell_text(result.query.title)}{_origin(result)}\n")
    output.write(f"   {output.cell_text(result.step.say)}\n\n")
    if result.rows:
        output.write(output.table_text(result.names, result.rows[:limit]))
    shown = f", the first {limit:,} shown" if len(result.rows) > limit else ""
    output.write(f"{sign}{len(result.rows):,} rows{shown} · {digest[:16]}…\n")
    if result.stops:
        output.write(f"The playbook ends here: {output.cell_text(result.step.stop_if)}.\n")
    output.write("\n")


def _origin(result: StepResult) -> str:
    return "" if result.query.trust == SHIPPED else f"  ({result.query.trust})"


def _record(session: CaseSession, book: str, result: StepResult, digest: str) -> None:
    text = step_note(book, result.number, result.query, len(result.rows), digest)
    session.service.append("note", builders.note("step", "query", result.query.id, text))
