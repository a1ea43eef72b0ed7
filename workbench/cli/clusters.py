"""`workbench clusters`: the ranked clusters, their members, or who else comes close."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.explain import explained
from workbench.cli.load_progress import rebuild
from workbench.cli.output import write
from workbench.cli.session import (
    CASE,
    CaseSession,
    Choices,
    choices,
    open_case,
    put_query,
    put_text,
)
from workbench.cli.summaries import removed_words
from workbench.errors import UsageError
from workbench.settings import load_settings


@click.command()
@CASE
@click.option("--members", is_flag=True, help="one row a member instead of one a cluster")
@click.option("--near", is_flag=True, help="accounts in no cluster, close to a likely campaign")
@click.option("--explain", metavar="ID", help="why one cluster has its score, and why not")
@click.option("--min-score", type=float, default=0.0, help="only clusters with at least this score")
@click.option("--rebuild", "again", is_flag=True, help="cluster the data anew, as a new analysis")
@choices
def clusters(
    case: Path, members: bool, near: bool, explain: str | None, min_score: float, again: bool,
    chosen: Choices,
) -> int:  # fmt: skip
    """The clusters of CASE, most suspicious first."""
    if members and near:
        raise UsageError("--members and --near are two lists.", hint="Give one of them.")
    if explain is not None and (members or near):
        raise UsageError("--explain is about one cluster, not a list.", hint="Leave out the list.")
    shown = "clusters-members" if members else "clusters-near" if near else "clusters-table"
    settings = load_settings()
    if again:
        rebuilt, removed = rebuild(case, settings, chosen.talk)
        manifest = rebuilt.manifest
        words = f"generation {manifest.generation}, analysis {manifest.analysis}"
        for line in (f"Clustered anew: {words}.", *removed_words(removed)):
            chosen.talk.say(line)
    with open_case(case, settings) as session:
        if explain is not None:
            put_explained(session, explain, chosen)
            return 0
        query = session.library.shipped(shown)
        put_query(session, query, {"min_score": min_score}, chosen)
        for warning in session.rows("overview-warnings"):
            if warning["code"] == "none":
                chosen.talk.say(warning["message"])
    return 0


def put_explained(session: CaseSession, cluster: str, chosen: Choices) -> None:
    """The explanation as text; in another form the lines that it is made of."""
    text = explained(session, cluster)
    if chosen.format != "table":
        query = session.library.shipped("cluster-components")
        put_query(session, query, {"cluster": cluster}, chosen)
    elif chosen.target is not None:
        put_text(text, chosen.target)
    else:
        write(text)
