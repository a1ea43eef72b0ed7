"""`workbench clusters`: the ranked clusters, their members, or who else comes close."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.load_progress import rebuild
from workbench.cli.session import CASE, Choices, choices, open_case, put_query
from workbench.cli.summaries import removed_words
from workbench.errors import UsageError
from workbench.settings import load_settings


@click.command()
@CASE
@click.option("--members", is_flag=True, help="one row a member instead of one a cluster")
@click.option("--near", is_flag=True, help="accounts in no cluster, close to a likely campaign")
@click.option("--min-score", type=float, default=0.0, help="only clusters with at least this score")
@click.option("--rebuild", "again", is_flag=True, help="cluster the data anew, as a new analysis")
@choices
def clusters(
    case: Path, members: bool, near: bool, min_score: float, again: bool, chosen: Choices
) -> int:
    """The clusters of CASE, most suspicious first."""
    if members and near:
        raise UsageError("--members and --near are two lists.", hint="Give one of them.")
    shown = "clusters-members" if members else "clusters-near" if near else "clusters-table"
    settings = load_settings()
    if again:
        rebuilt, removed = rebuild(case, settings, chosen.talk)
        manifest = rebuilt.manifest
        words = f"generation {manifest.generation}, analysis {manifest.analysis}"
        for line in (f"Clustered anew: {words}.", *removed_words(removed)):
            chosen.talk.say(line)
    with open_case(case, settings) as session:
        query = session.library.shipped(shown)
        put_query(session, query, {"min_score": min_score}, chosen)
        for warning in session.rows("overview-warnings"):
            if warning["code"] == "none":
                chosen.talk.say(warning["message"])
    return 0
