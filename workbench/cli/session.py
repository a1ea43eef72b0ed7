"""What every command needs: settings, the case, the worker, and how results leave."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from workbench.case.atomic import move_beside
from workbench.case.folder import Case
from workbench.cli import output
from workbench.decisions.masking import MASKABLE, NOTHING_MASKED, Mask, mask_of
from workbench.decisions.policy_hooks import note_export, note_reveal
from workbench.decisions.service import CaseService
from workbench.errors import LimitReached, UsageError
from workbench.playbooks.availability import absent_columns, require
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.given import given_value
from workbench.playbooks.library import Library, library_in_sight
from workbench.settings import Settings, load_settings
from workbench.sql.transforms import LOCAL, beside_local
from workbench.text.zones import DisplayZone, display_zone
from workbench.workers.host.opening import opening_of
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import Export, Open

_TERMINAL_ROWS = 200
_REVEAL = "workbench.reveal"
# Parameters that say how a result is written, not what is asked.
_PLAIN = frozenset(("case", "form", "target", "limit", "reveal", "strict", "quiet", "no_progress"))

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
CASE: Decorator = click.argument("case", type=click.Path(path_type=Path))
GIVEN: Decorator = click.option(
    "-p",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="a parameter; NAME=@FILE: a list, one a line",
)


@dataclass(frozen=True)
class Choices:
    """The common options of one call."""

    format: str
    target: Path | None
    limit: int | None
    strict: bool
    talk: output.Talk
    expanded: bool | None = None  # None: where a row does not fit the terminal
    zone: DisplayZone | None = None  # times in it beside UTC

    @property
    def to_person(self) -> bool:
        """Whether a person at a terminal reads the result."""
        return self.target is None and output.stdout_is_terminal()


def revealing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --reveal: `open_case` then hides nothing, and records the reason first."""

    @click.option("--reveal", metavar="REASON", default="",
                  help="show what the policy masks; the reason is recorded")  # fmt: skip
    @functools.wraps(function)
    def wrapped(*args: Any, reveal: str, **kwargs: Any) -> Any:
        click.get_current_context().meta[_REVEAL] = reveal.strip()
        return function(*args, **kwargs)

    return wrapped


def choices(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --format -o --limit --strict --quiet --no-progress; the command gets `chosen`."""

    @click.option(
        "--format", "form", type=click.Choice(output.FORMATS), default=None,
        help="table (default), csv, jsonl or parquet",
    )  # fmt: skip
    @click.option("-o", "--output", "target", type=click.Path(path_type=Path), default=None,
                  help="write to this file instead of stdout")  # fmt: skip
    @click.option(
        "--expanded/--no-expanded",
        "expanded",
        default=None,
        help="one column a line (default: where a row is wider than the terminal)",
    )
    @click.option("--zone", "zone", default=None, metavar="ZONE",
                  help="times in this zone too, such as Europe/Berlin: NAME_local")  # fmt: skip
    @click.option("--limit", type=click.IntRange(min=0), default=None, help="at most so many rows")
    @revealing
    @click.option("--strict", is_flag=True, help="exit 4 if the limit cut the result")
    @click.option("--quiet", is_flag=True, help="no talk on stderr but errors")
    @click.option("--no-progress", is_flag=True, help="no progress line")
    @functools.wraps(function)
    def wrapped(
        *args: Any, form: str | None, target: Path | None, limit: int | None, strict: bool,
        quiet: bool, no_progress: bool, expanded: bool | None, zone: str | None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        talk = output.Talk(quiet=quiet, no_progress=no_progress)
        chosen = Choices(form or _by_suffix(target), target, limit, strict, talk, expanded)
        if zone is None and chosen.format == "table" and chosen.to_person:
            zone = load_settings().display.zone
        chosen = replace(chosen, zone=display_zone(zone or ""))
        return function(*args, chosen=chosen, **kwargs)

    return wrapped


def _by_suffix(target: Path | None) -> str:
    suffix = target.suffix.removeprefix(".") if target else ""
    return suffix if suffix in output.FORMATS else "table"


@dataclass
class CaseSession:
    """An open case with a query worker and its saved queries."""

    case: Case
    service: CaseService
    client: QueryClient
    library: Library
    span: ExtractSpan

    def rows(self, query_id: str, **given: object) -> list[dict[str, Any]]:
        """All rows of a small shipped query as records."""
        query = self.library.shipped(query_id)
        return self.client.records(query.sql, bind(query, given, self.span))


@contextmanager
def open_case(path: Path, settings: Settings | None = None) -> Iterator[CaseSession]:
    """Open a case, its worker and the ledger's state; everything is let go at the end.

    The worker starts while the queries and the ledger are read, and hides all it may until then.
    """
    settings = settings or load_settings()
    case = Case.open(path)
    if case.is_read_only:
        output.Talk().say("The case lies on read-only media: nothing that is done is recorded.")
    with case.hold_generation():
        service = CaseService(case, settings)
        client = None
        try:
            client = QueryClient(
                case.parts,
                case.work_dir(),
                settings.engine,
                Mask(MASKABLE),
                opening_of(case),
            )
            library, mask, tables = library_in_sight(case), _mask(service), service.ledger_tables()
            client.hide(mask)
            client.lay_all_over(tables)
            session = CaseSession(case, service, client, library, ExtractSpan())
            session.span = ExtractSpan.of(session.rows("overview-span")[0])
            yield session
        finally:
            if client is not None:
                client.close()
            service.close()


def _mask(service: CaseService) -> Mask:
    """What the policy hides from this command; with --reveal nothing, which is recorded first."""
    mask, context = mask_of(service.policy()), click.get_current_context(silent=True)
    reason = context.meta.get(_REVEAL, "") if context is not None else ""
    if context is None or not reason or not mask.columns:
        return mask
    given = [str(value) for name, value in context.params.items() if value and name not in _PLAIN]
    what = " ".join([context.command_path, *given])
    note_reveal(service, mask.columns, "command", what, reason)
    return NOTHING_MASKED


def given_values(pairs: tuple[str, ...]) -> dict[str, object]:
    """`-p NAME=VALUE` and `-p NAME=@FILE` options; raises UsageError for another form."""
    given: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"“{pair}” is not NAME=VALUE.", hint="For example: -p min_accounts=8")
        given[name] = given_value(value)
    return given


def put_query(
    session: CaseSession, query: SavedQuery, given: Mapping[str, object], chosen: Choices
) -> None:
    """Run a saved query and write its result; raises WorkbenchError where its data is missing."""
    if query.needs_tables or query.needs_columns:
        require(query, absent_columns(session.rows("overview-columns")))
    rows = put_sql(session, query.sql, bind(query, given, session.span), chosen, what=query.id)
    if not rows and query.nothing:
        chosen.talk.say(query.nothing)


def put_sql(
    session: CaseSession, sql: str, parameters: dict[str, Any], chosen: Choices, what: str = ""
) -> int:
    """Run a statement and write its result in the chosen form; returns how many rows it had.

    A result that becomes a file is noted in the ledger first, where the policy wants it.
    """
    what = what or _by_hand(sql)
    sql = _beside_local(session, sql, parameters, chosen)
    say_masked(session, sql, chosen)
    if chosen.format == "table":
        return _put_table(session, sql, parameters, chosen, what)
    if chosen.format == "parquet" and chosen.target is None and output.stdout_is_terminal():
        raise UsageError("Parquet does not go to a terminal.", hint="Give a file with -o FILE.")
    written = session.client.request(Export(sql, parameters, chosen.format, chosen.limit))
    source = session.client.spill / written.file
    if to_file := _goes_to(chosen):
        note_export(
            session.service, what, chosen.format, to_file, rows=written.rows,
            columns=written.columns, sha256=written.sha256,
        )  # fmt: skip
    if chosen.target is None:
        output.write_file(source)
    else:
        move_beside(source, chosen.target)
    return _tell_cut(chosen, written.rows, written.more)


def _beside_local(
    session: CaseSession, sql: str, parameters: dict[str, Any], chosen: Choices
) -> str:
    """The statement with a column of local time behind each of UTC, where a zone is asked for."""
    if chosen.zone is None:
        return sql
    opened = session.client.request(Open(sql, parameters, 0, cell=64))
    session.client.close_result(opened.result)
    columns = [(name, kind) for name, kind in opened.columns]
    return beside_local(sql, columns, chosen.zone.name)


def _heads(names: list[str], chosen: Choices) -> list[str]:
    """The heads of a table, the zone beside each time."""
    if chosen.zone is None:
        return names
    heads = {name: f"{name.removesuffix(LOCAL)} {chosen.zone.name}" for name in names
             if name.endswith(LOCAL) and name.removesuffix(LOCAL) in names}  # fmt: skip
    utc = {name.removesuffix(LOCAL): f"{name.removesuffix(LOCAL)} UTC" for name in heads}
    return [heads.get(name) or utc.get(name) or name for name in names]


def _records_beside_local(
    names: list[str], rows: list[list[Any]], zone: DisplayZone
) -> tuple[list[str], list[list[Any]]]:
    """Rows of our own with a column of local time behind each whose cells are times."""
    times = {
        at for at in range(len(names))
        if any(row[at] is not None for row in rows)
        and all(row[at] is None or zone.local(row[at]) is not None for row in rows)
    }  # fmt: skip
    wide = [one for at, name in enumerate(names)
            for one in ([name, f"{name}{LOCAL}"] if at in times else [name])]  # fmt: skip
    made = [
        [cell for at, one in enumerate(row)
         for cell in ([one, zone.local(one)] if at in times else [one])]
        for row in rows
    ]  # fmt: skip
    return wide, made


def say_masked(session: CaseSession, sql: str, chosen: Choices) -> None:
    """Say that cells of a result are masked, where they may be."""
    mask = session.client.mask
    if mask.touches(sql):
        chosen.talk.say(f"The policy masks {mask.words()}; --reveal REASON shows them.")


def _by_hand(sql: str) -> str:
    return f"SQL {hashlib.sha256(sql.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _goes_to(chosen: Choices) -> str:
    """The file that a result goes to, as far as it is known; empty for a terminal or a pipe."""
    if chosen.target is not None:
        return str(chosen.target.absolute())
    return "stdout" if output.stdout_is_file() else ""


def _put_table(
    session: CaseSession, sql: str, parameters: dict[str, Any], chosen: Choices, what: str
) -> int:
    limit = chosen.limit
    if limit is None:
        limit = _TERMINAL_ROWS if chosen.to_person else 10_000_000
    opened = session.client.request(Open(sql, parameters, limit, cell=4096))
    names = [column[0] for column in opened.columns]
    text = output.table_text(
        _heads(names, chosen), opened.rows, expanded=chosen.expanded, to_person=chosen.to_person
    )
    if to_file := _goes_to(chosen):
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        note_export(
            session.service, what, "table", to_file, rows=len(opened.rows), columns=names,
            sha256=digest,
        )  # fmt: skip
    if chosen.target is None:
        output.write(text)
    else:
        put_text(text, chosen.target)
    return _tell_cut(chosen, len(opened.rows), opened.more)


def write_facts(card: Mapping[str, Any]) -> None:
    """Name and value, one pair a line; what is not known is named at the end."""
    width = max(map(len, card))
    for name, value in card.items():
        if value is not None:
            output.write(f"{name:<{width}}  {output.cell_text(value)}\n")
    if absent := [name for name, value in card.items() if value is None]:
        output.write(f"{'not known':<{width}}  {', '.join(absent)}\n")
    output.write("\n")


def put_text(text: str, target: Path) -> None:
    """Write a text result to a file, whole or not at all."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "result"
        source.write_text(text, encoding="utf-8", errors="surrogateescape")
        move_beside(source, target)


def put_records(
    chosen: Choices, names: list[str], rows: list[list[Any]], case: Path | None = None
) -> None:
    """Write rows of our own (lists, not the engine's) in the chosen form, cut to the limit.

    Rows of a `case` that become a file are noted in its ledger first, where the policy wants it.
    """
    cut = rows[: chosen.limit]
    if chosen.zone is not None:
        names, cut = _records_beside_local(names, cut, chosen.zone)
    heads = _heads(names, chosen) if chosen.format == "table" else names
    text = output.records_text(
        chosen.format, heads, cut, expanded=chosen.expanded, to_person=chosen.to_person
    )
    if case is not None and (to_file := _goes_to(chosen)):
        _note_list(case, chosen.format, to_file, names, len(cut), text)
    if chosen.target is None:
        output.write(text)
    else:
        put_text(text, chosen.target)
    _tell_cut(chosen, len(cut), len(cut) < len(rows))


def _note_list(case: Path, form: str, to_file: str, names: list[str], rows: int, text: str) -> None:
    service = CaseService(Case.open(case), load_settings())
    what = click.get_current_context().command_path
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    try:
        note_export(service, what, form, to_file, rows=rows, columns=names, sha256=digest)
    finally:
        service.close()


def _tell_cut(chosen: Choices, rows: int, more: bool) -> int:
    if more and chosen.strict:
        raise LimitReached(
            f"The result was cut after {rows:,} rows.", hint="Raise --limit, or leave it out."
        )
    if more:
        chosen.talk.say(f"{rows:,} of more rows; --limit sets how many are shown.")
    return rows
