"""`workbench load`: extracts into a case."""

from __future__ import annotations

import codecs
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import click

from workbench.cli import output
from workbench.cli.load_progress import build, stop_unclustered
from workbench.cli.mappings import profile_text
from workbench.cli.session import CASE
from workbench.cli.summaries import load_words, removed_words
from workbench.errors import UsageError
from workbench.settings import Settings, load_settings
from workbench.text.sanitize import safe_text
from workbench.workers.host.load import (
    Loaded,
    LoadOptions,
    MappingProposed,
    fields_of_files,
    preview_case,
)
from workbench.workers.protocol import Message

_TOO_MANY_REJECTED = 0.01


@click.command()
@CASE
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "table", default="", help="canonical table of the files")
@click.option("--map", "mapping", default="", help="mapping profile: a TOML file or a shipped one")
@click.option("--append", is_flag=True, help="add to what the case holds")
@click.option(
    "--replace", "replacing", is_flag=True, help="load in the place of what the case holds"
)
@click.option("--include", multiple=True, help="only files of such names in folders and archives")
@click.option("--exclude", multiple=True, help="no files of such names")
@click.option("--since", default="", help="records from this time on (UTC)")
@click.option("--until", default="", help="records before this time (UTC)")
@click.option("--encoding", default="", help="encoding of the texts, as latin-1; UTF is found")
@click.option("--zone", default="", help="zone of times that tell none, as Europe/London")
@click.option("--fields", is_flag=True, help="list all fields and print the mapping proposed")
@click.option("--yes", is_flag=True, help="take the mapping proposed, where it is sure enough")
@click.option("--group", default="", help="a team's group: folder 2770, files 0660")
@click.option("--dry-run", is_flag=True, help="show the first rows as they would load")
@click.option("--strict", is_flag=True, help="exit 4 if more than 1 % was rejected")
@click.option("--quiet", is_flag=True, help="no talk on stderr but errors")
@click.option("--no-progress", is_flag=True, help="no progress line")
def load(case: Path, files: tuple[Path, ...], **given: Any) -> int:
    """Load extract FILES (or folders and archives of parts) into CASE, made where it is missing.

    Parquet, CSV, JSON, access logs, SQLite and Arrow files, plain or packed. What an export's
    fields mean is known by their names, by a shipped profile, or proposed. Bad records go to
    CASE/rejects, once each.
    """
    talk = output.Talk(quiet=given["quiet"], no_progress=given["no_progress"])
    settings = load_settings()
    options = _options(given)
    if given["fields"]:
        _show_fields(fields_of_files(files, options, settings.load))
        return 0
    try:
        if given["dry_run"]:
            _show_preview(preview_case(files, options, settings.load))
            return 0
        loaded = build(case, files, options, settings, talk)
    except MappingProposed as proposed:
        answer = _asked(proposed, case, files, options, settings, talk)
        if answer is None:
            raise
        loaded = answer
    for line in (*load_words(loaded.case, loaded.summary), *removed_words(loaded.removed)):
        talk.say(line)
    stop_unclustered(loaded)
    return _exit_code(loaded.summary, strict=given["strict"])


def _options(given: dict[str, Any]) -> LoadOptions:
    if given["append"] and given["replacing"]:
        raise UsageError(
            "--append adds to what the case holds, --replace puts the files in its place.",
            hint="Give one of them.",
        )
    mapping, zone, encoding = given["mapping"], given["zone"], given["encoding"]
    if zone and zone not in available_timezones():
        raise UsageError(
            f"There is no time zone “{safe_text(zone, 60)}”.", hint="As in Europe/London."
        )
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as error:
        raise UsageError(
            f"There is no encoding “{safe_text(encoding, 60)}”.", hint="As in latin-1 or cp1252."
        ) from error
    return LoadOptions(
        table=given["table"],
        mapping=profile_text(mapping) if mapping else "",
        append=given["append"],
        replace=given["replacing"],
        group=given["group"],
        include=given["include"],
        exclude=given["exclude"],
        encoding=encoding,
        zone=zone,
        since=_moment(given["since"]),
        until=_moment(given["until"]),
        accept=given["yes"],
    )


def _moment(text: str) -> str:
    """A time as the engine reads it, in UTC; empty where none was given."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"“{safe_text(text, 40)}” is no time.", hint="As in 2026-07-01 or 2026-07-01T08:00."
        ) from error
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(" ")


def _asked(
    proposed: MappingProposed, case: Path, files: tuple[Path, ...], options: LoadOptions,
    settings: Settings, talk: output.Talk,
) -> Loaded | None:  # fmt: skip
    """Show a proposed mapping and, on a terminal, load with it where the analyst says so."""
    output.write_shown(proposed.toml)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and proposed.sure):
        return None
    if not click.confirm("Load with this mapping?", default=False):
        return None
    return build(case, files, replace(options, accept=True), settings, talk)


def _exit_code(summary: Message, *, strict: bool) -> int:
    rejected = int(summary["rejected"])
    read = sum(int(source["rows"]) for source in summary["fresh"])
    if not read and not any(int(rows) for rows in summary["tables"].values()):
        return 1
    return 4 if strict and rejected > _TOO_MANY_REJECTED * (read + rejected) else 0


def _show_fields(answer: Message) -> None:
    for file in answer["files"]:
        records = f", records in {output.cell_text(file['records'])}" if file["records"] else ""
        output.write(f"{output.cell_text(file['path'])} ({file['format']}{records})\n")
        rows = [
            [path, kind, f"{100 * fill:.0f}%", distinct, ", ".join(examples)]
            for path, kind, fill, distinct, examples in file["fields"]
        ]
        output.write(output.table_text(["field", "looks like", "filled", "distinct", "as"], rows))
        if file["profile"]:
            output.write(f"# The shipped profile “{file['profile']}” fits: --map it.\n")
        output.write_shown(file["toml"] or "# No mapping can be proposed.")
        output.write("\n")


def _show_preview(answer: dict[str, object]) -> None:
    tables = answer["tables"]
    assert isinstance(tables, list)
    for table in tables:
        output.write(f"{output.cell_text(table['path'])} → {table['table']}\n")
        names = [name for name, _, _ in table["columns"]]
        output.write(output.table_text(names, table["rows"]))
        sources = [
            [name, source, f"{100 * share:.1f}%"] for name, source, share in table["columns"]
        ]
        output.write(output.table_text(["column", "from", "missing"], sources))
        for words, count in table["rejected"]:
            output.write(f"rejected: {count:,} × {output.cell_text(words)}\n")
        if table["unknown"]:
            kept_out = ", ".join(output.cell_text(name) for name in table["unknown"])
            output.write(f"kept out: {kept_out}\n")
        for note in table["notes"]:
            output.write(f"{output.cell_text(note)}\n")
        output.write("\n")
