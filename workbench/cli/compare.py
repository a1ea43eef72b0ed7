"""`workbench compare`: two clusters side by side, what they share and where their scores part."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.account_arguments import accounts_of
from workbench.cli.session import CASE, Choices, choices, open_case, put_query
from workbench.errors import UsageError


@click.command()
@CASE
@click.argument("cluster", metavar="ID")
@click.argument("other", metavar="ID")
@choices
def compare(case: Path, cluster: str, other: str, chosen: Choices) -> int:
    """Two clusters of CASE: rare values in both, in one, and the lines of both scores."""
    if cluster == other:
        raise UsageError("Both are the same cluster.", hint="Name two.")
    with open_case(case) as session:
        for one in (cluster, other):
            accounts_of(session, "cluster", one)
        query = session.library.shipped("clusters-compared")
        put_query(session, query, {"cluster": cluster, "other": other}, chosen)
    return 0
