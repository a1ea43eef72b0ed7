"""`workbench load`: extracts into a case."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import output
from workbench.cli.load_progress import build, stop_unclustered
from workbench.cli.mappings import profile_text
from workbench.cli.session import CASE
from workbench.cli.summaries import load_words, removed_words
from workbench.errors import UsageError
from workbench.settings import load_settings
from workbench.workers.host.load import LoadOptions, preview_case


@click.command()
@CASE
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "table", default="", help="canonical table of the files")
@click.option("--map", "mapping", default="", help="mapping profile: a TOML file or a shipped one")
@click.option("--append", is_flag=True, help="add to what the case holds")
@click.option(
    "--replace", "replacing", is_flag=True, help="load in the place of what the case holds"
)
@click.option("--group", default="", help="a team's group: folder 2770, files 0660")
@click.option("--dry-run", is_flag=True, help="show the first rows as they would load")
@click.option("--quiet", is_flag=True, help="no talk on stderr but errors")
@click.option("--no-progress", is_flag=True, help="no progress line")
def load(
    case: Path, files: tuple[Path, ...], table: str, mapping: str, append: bool,
    replacing: bool, group: str, dry_run: bool, quiet: bool, no_progress: bool,
) -> int:  # fmt: skip
    """Load extract FILES (or folders of parts) into CASE, made where it is missing.

    Parquet, CSV and JSON lines, plain, .gz or .zst. Bad records go to CASE/rejects, once each.
    """
    talk = output.Talk(quiet=quiet, no_progress=no_progress)
    if append and replacing:
        raise UsageError(
            "--append adds to what the case holds, --replace puts the files in its place.",
            hint="Give one of them.",
        )
    settings = load_settings()
    profile = profile_text(mapping) if mapping else ""
    options = LoadOptions(
        table=table, mapping=profile, append=append, replace=replacing, group=group
    )
    if dry_run:
        _show_preview(preview_case(files, options, settings.load))
        return 0
    loaded = build(case, files, options, settings, talk)
    for line in (*load_words(loaded.case, loaded.summary), *removed_words(loaded.removed)):
        talk.say(line)
    stop_unclustered(loaded)
    return 0


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
