"""`workbench generations`: the states of a case's data that it keeps, and bringing one back."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.case.generations import restore
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.text.format import counted

_COLUMNS = ["generation", "in_force", "loaded_at", "files", "records", "analyses", "bytes", "tool"]


@click.group()
def generations() -> None:
    """The states of a case's data: what is kept, and bringing one back."""


@generations.command("list")
@CASE
@choices
def list_command(case: Path, chosen: Choices) -> int:
    """The generations that CASE keeps, the newest last."""
    manifest = Case.open(case).manifest
    rows = [
        [
            one.number,
            one.number == manifest.generation,
            one.committed_at,
            len(one.sources),
            sum(manifest.part(name).rows for name in one.parts),
            len(one.analyses),
            sum(manifest.part(name).bytes for name in one.all_files),
            one.tool,
        ]
        for one in manifest.generations
    ]
    put_records(chosen, _COLUMNS, rows)
    return 0


@generations.command("restore")
@CASE
@click.argument("number", type=click.IntRange(min=1))
@click.option("--quiet", is_flag=True, help="no talk on stderr but errors")
def restore_command(case: Path, number: int, quiet: bool) -> int:
    """Make generation NUMBER the one in force again; nothing is removed, nothing is loaded."""
    before = Case.open(case).manifest.generation
    restored = restore(Case.open(case), number)
    current = restored.manifest.current
    talk = output.Talk(quiet=quiet)
    files = counted(len(current.sources), "file")
    talk.say(
        f"Generation {number} is in force ({files}, loaded {current.committed_at}); "
        f"generation {before} stays and can be brought back in the same way."
    )
    return 0
