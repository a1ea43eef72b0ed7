"""`workbench synth`: labelled synthetic extracts of any size."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import output


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--world", "name", default="reference", help="sample, reference, exam or exam:SEED")
@click.option("--accounts", type=click.IntRange(min=1), help="accounts")
@click.option("--exchanges", type=click.IntRange(min=0), help="exchanges")
@click.option("--seed", type=int, help="another world of the same kind")
@click.option("--form", "forms", multiple=True, type=click.Choice(("parquet", "csv", "jsonl.gz")),
              help="file form; may be given more than once")  # fmt: skip
@click.option("--no-progress", is_flag=True, help="no progress line")
def synth(
    directory: Path, name: str, accounts: int | None, exchanges: int | None, seed: int | None,
    forms: tuple[str, ...], no_progress: bool,
) -> int:  # fmt: skip
    """Write a labelled synthetic extract into DIRECTORY; the truth lies apart in truth/."""
    from workbench.workers.host.generate import generate_extract

    talk = output.Talk(no_progress=no_progress)

    def progress(step: str, done: int, total: int) -> None:
        talk.progress(f"{step}  {done:,} of {total:,}")

    summary = generate_extract(directory, name, accounts, exchanges, seed, forms, progress)
    talk.end_progress()
    for table, rows in summary.items():
        talk.say(f"{table}: {rows:,} rows")
    talk.say(f"Load it: workbench load CASE {directory}")
    return 0
