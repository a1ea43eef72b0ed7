"""`run`, `sql`, `queries`: saved queries and SQL by hand, through the same worker as the bench."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.input_files import stdin_text
from workbench.cli.session import (
    CASE,
    GIVEN,
    Choices,
    choices,
    given_values,
    open_case,
    put_query,
    put_records,
    put_sql,
)
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.case_files import read_case_files
from workbench.playbooks.format import SHIPPED
from workbench.playbooks.library import library_in_sight, origin_words
from workbench.playbooks.saving import query_id_of, save_query
from workbench.playbooks.trust import is_trusted
from workbench.sql.editor_tokens import parameters
from workbench.sql.tokens import numbered
from workbench.workers.messages import Inspect


class StatementLast(click.Command):
    """A command whose last argument is SQL, which may begin with a comment: `-- note`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such a statement behind `--`, where it is taken for no option."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        names = {name for one in options for name in one.opts}
        with_value = {name for one in options if not one.is_flag for name in one.opts}
        for at, arg in enumerate(args if "--" not in args else []):
            if _begins_with_comment(arg, names) and (not at or args[at - 1] not in with_value):
                args = [*args[:at], *args[at + 1 :], "--", arg]
                break
        return super().parse_args(ctx, args)


def _begins_with_comment(arg: str, options: Collection[str]) -> bool:
    """Whether it is no option, known or mistyped: names of options hold no space."""
    name = arg.partition("=")[0]
    spaced = any(character.isspace() for character in name) or "\n" in arg
    return arg.startswith("--") and spaced and name not in options


@click.command("run")
@CASE
@click.argument("query")
@GIVEN
@choices
def run_query(case: Path, query: str, given: tuple[str, ...], chosen: Choices) -> int:
    """Run the saved QUERY on CASE."""
    with open_case(case) as session:
        found = session.library.query(query)
        if found.trust != SHIPPED:
            chosen.talk.say(origin_words(found))
        put_query(session, found, given_values(given), chosen)
    return 0


@click.command(cls=StatementLast)
@CASE
@click.argument("statement")
@GIVEN
@choices
def sql(case: Path, statement: str, given: tuple[str, ...], chosen: Choices) -> int:
    """Run one SELECT over the tables of CASE; `-` reads it from stdin."""
    text = numbered(stdin_text() if statement == "-" else statement)
    values, names = given_values(given), parameters(text)
    if strange := [name for name in values if name not in names]:
        takes = "It takes " + ", ".join(f"${name}" for name in names) if names else "It takes none"
        raise UsageError(f"The statement has no parameter ${strange[0]}.", hint=f"{takes}.")
    with open_case(case) as session:
        put_sql(session, text, values, chosen)
    return 0


@click.group()
def queries() -> None:
    """Saved queries: list, show, check, save."""


@queries.command("list")
@click.argument("case", required=False, type=click.Path(path_type=Path))
@click.option("--playbooks", is_flag=True, help="playbooks too")
@click.option("--match", "words", default="", help="only those with all these words")
@choices
def list_queries(case: Path | None, playbooks: bool, words: str, chosen: Choices) -> int:
    """All queries in sight, with those of CASE."""
    library = library_in_sight(Case.open(case) if case else None)
    names = ["pack", "id", "title", "parameters", "level", "status", "trust"]
    books = library.playbooks.values() if playbooks else ()
    rows = [
        ["playbook", book.id, book.title, ", ".join(item.name for item in book.params),
         "", "", library.trust_words(book)]
        for book in books if book.matches(words)
    ]  # fmt: skip
    rows += [
        [query.pack, query.id, query.title, ", ".join(item.name for item in query.params),
         query.level, query.status, library.trust_words(query)]
        for query in library.listed() if query.matches(words)
    ]  # fmt: skip
    put_records(chosen, names, [list(row) for row in rows])
    for _, error in library.not_used():
        chosen.talk.say(f"not used: {error.message} {error.hint}")
    return 0


@queries.command("show")
@click.argument("query")
@click.argument("case", required=False, type=click.Path(path_type=Path))
def show_query(query: str, case: Path | None) -> int:
    """The file of one query, whole; it may be one that does not run."""
    library = library_in_sight(Case.open(case) if case else None)
    output.write_shown(library.seen_query(query).text)
    return 0


@queries.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@choices
def check_queries(files: tuple[Path, ...], chosen: Choices) -> int:
    """Check saved queries: form, statement, parameters, columns, and their tests on fixtures."""
    from workbench.workers.host.check import check_library

    findings, tested = check_library(files)
    put_records(chosen, ["query", "file", "what"], findings)
    if findings:
        raise WorkbenchError(f"{len(findings):,} findings.", title="The queries are not in order")
    words = "" if tested else " Their tests need the fixtures of a checkout and were not run."
    chosen.talk.say(f"Every saved query is in order.{words}")
    return 0


@queries.command("save", cls=StatementLast)
@CASE
@click.argument("title")
@click.argument("statement")
@click.option("--question", default="", help="the question it answers")
def save(case: Path, title: str, statement: str, question: str) -> int:
    """Save STATEMENT as a query of CASE; its $names become parameters."""
    query_id = query_id_of(title)
    with open_case(case) as session:
        names = session.client.request(Inspect(statement)).parameters
        path = save_query(session.case, query_id, title, question, statement, names)
        if not is_trusted(read_case_files(session.case)):
            output.Talk().say(
                "The case brings queries of its own that you have not trusted: none of them runs, "
                f"this one neither, until you have run: workbench trust {case}"
            )
    output.Talk().say(f"Saved as {query_id}: {path}")
    return 0
