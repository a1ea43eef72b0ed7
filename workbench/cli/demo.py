"""`workbench demo`: a case from the sample extract, opened; without a terminal, its digest."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workbench.case.folder import MANIFEST, Case
from workbench.cli import output
from workbench.cli.load_progress import build, stop_unclustered
from workbench.cli.open import open_bench
from workbench.cli.session import open_case
from workbench.cli.summaries import campaign_lines
from workbench.resources import sample_dir
from workbench.settings import load_settings
from workbench.workers.host.load import LoadOptions


@click.command()
@click.option(
    "--case", "path", type=click.Path(path_type=Path), default=Path("demo-case"),
    help="where the case is made (default: demo-case)",
)  # fmt: skip
def demo(path: Path) -> int:
    """Make a case from the sample extract and open it; with no terminal, print its digest."""
    settings, talk = load_settings(), output.Talk()
    fresh = (path / MANIFEST).exists() and Case.open(path).manifest.generation > 0
    if not fresh:
        talk.say(f"Loading the sample extract into {path} …")
        files = sorted(sample_dir().glob("*.parquet"))
        stop_unclustered(build(path, files, LoadOptions(name="demo"), settings, talk))
    if sys.stdin.isatty() and sys.stdout.isatty():
        return open_bench(path, settings)
    output.write(_digest(path))
    return 0


def _digest(path: Path) -> str:
    with open_case(path) as session:
        totals = session.rows("overview-totals")[0]
        lines = [
            f"case {output.cell_text(path)} generation {session.service.generation}",
            f"accounts {totals['accounts']} exchanges {totals['exchanges']} "
            f"from {str(totals['first_ts'])[:10]} to {str(totals['last_ts'])[:10]}",
            *campaign_lines(session.rows("clusters-list")),
            f"ledger {session.service.head_words()}",
        ]
    return "".join(f"{line}\n" for line in lines)
