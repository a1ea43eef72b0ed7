"""`workbench campaigns`: campaigns above clusters, and the edits analysts make of them."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import output
from workbench.cli.account_arguments import ACCOUNTS, SOURCE, accounts_of, known_accounts
from workbench.cli.session import (
    CASE,
    CaseSession,
    Choices,
    Decorator,
    choices,
    open_case,
    put_query,
    put_records,
    write_facts,
)
from workbench.decisions import campaigns as edits
from workbench.decisions.tables import time_text
from workbench.errors import UsageError, WorkbenchError

CAMPAIGN: Decorator = click.argument("campaign")
REASON: Decorator = click.option("--reason", required=True, help="why, in words; it is recorded")


@click.group()
def campaigns() -> None:
    """Campaigns: list, show, what they drew, and merge, split, name, exclude, include."""


@campaigns.command("list")
@CASE
@choices
def list_campaigns(case: Path, chosen: Choices) -> int:
    """The campaigns of CASE, most suspicious first."""
    with open_case(case) as session:
        put_query(session, session.library.shipped("campaigns-list"), {}, chosen)
    return 0


@campaigns.command()
@CASE
@CAMPAIGN
@choices
def show(case: Path, campaign: str, chosen: Choices) -> int:
    """One CAMPAIGN: its figures, clusters and edits; with --format its members."""
    with open_case(case) as session:
        accounts_of(session, "campaign", campaign)
        given = {"campaign": campaign}
        if chosen.format != "table":
            put_query(session, session.library.shipped("campaign-members"), given, chosen)
            return 0
        write_facts(session.rows("campaign-card", **given)[0])
        put_query(session, session.library.shipped("campaign-clusters"), given, chosen)
        for act in edits.edits_of(session.service, campaign):
            count = act["members"]["count"] if act["members"] else 0
            words = " ".join(filter(None, (act["campaign"], *act["others"], act["name"])))
            output.write(
                f"{time_text(act['ts'])}  {act['action']} {output.cell_text(words)}: "
                f"{count:,} accounts, by {output.cell_text(act['author'])}"
                f"{', ' if act['reason'] else ''}{output.cell_text(act['reason'])}  "
                f"({act['record']})\n"
            )
    return 0


@campaigns.command("edits")
@CASE
@CAMPAIGN
@choices
def list_edits(case: Path, campaign: str, chosen: Choices) -> int:
    """The edits analysts made of CAMPAIGN, newest first."""
    with open_case(case) as session:
        acts = edits.edits_of(session.service, campaign)
    put_records(chosen, edits.EDITS, [edits.edit_row(act) for act in reversed(acts)], case)
    return 0


@campaigns.command()
@CASE
@click.argument("campaign", required=False)
@choices
def volume(case: Path, campaign: str | None, chosen: Choices) -> int:
    """What each campaign drew, at least and at most; it adds up to the extract's totals."""
    with open_case(case) as session:
        if campaign:
            accounts_of(session, "campaign", campaign)
        query = session.library.shipped("campaign-volume")
        put_query(session, query, {"campaign": campaign} if campaign else {}, chosen)
    chosen.talk.say(query.howto)
    return 0


@campaigns.command()
@CASE
@choices
def proposals(case: Path, chosen: Choices) -> int:
    """Campaigns and clusters that share more rare values than chance explains."""
    with open_case(case) as session:
        put_query(session, session.library.shipped("campaigns-to-merge"), {}, chosen)
    return 0


@campaigns.command()
@CASE
@CAMPAIGN
@click.argument("others", nargs=-1, required=True)
@REASON
def merge(case: Path, campaign: str, others: tuple[str, ...], reason: str) -> int:
    """Make OTHERS (campaigns or clusters) part of CAMPAIGN."""
    with open_case(case) as session:
        accounts: list[str] = []
        for one in (campaign, *others):
            accounts += _campaign_or_cluster(session, one)
        _recorded(edits.merge(session.service, campaign, others, accounts, reason))
    return 0


@campaigns.command()
@CASE
@CAMPAIGN
@ACCOUNTS
@SOURCE
@click.option("--cluster", help="all accounts of this cluster")
@click.option("--name", default="", help="what to call the new campaign")
@REASON
def split(
    case: Path, campaign: str, accounts: tuple[str, ...], source: Path | None,
    cluster: str | None, name: str, reason: str,
) -> int:  # fmt: skip
    """Make some accounts of CAMPAIGN a campaign of their own."""
    with open_case(case) as session:
        if cluster:
            chosen = accounts_of(session, "cluster", cluster)
        else:
            chosen = known_accounts(session, accounts, source)
        _demand_inside(session, campaign, chosen)
        record, fresh = edits.split(session.service, campaign, chosen, reason, name)
        _recorded(record, f"The new campaign is {fresh}.")
    return 0


@campaigns.command("name")
@CASE
@CAMPAIGN
@click.argument("name")
def name_campaign(case: Path, campaign: str, name: str) -> int:
    """Give CAMPAIGN a NAME; a cluster that is none becomes a campaign."""
    with open_case(case) as session:
        accounts = _campaign_or_cluster(session, campaign)
        _recorded(edits.rename(session.service, campaign, accounts, name))
    return 0


@campaigns.command()
@CASE
@CAMPAIGN
@ACCOUNTS
@SOURCE
@REASON
def exclude(
    case: Path, campaign: str, accounts: tuple[str, ...], source: Path | None, reason: str
) -> int:
    """Leave accounts out of CAMPAIGN."""
    with open_case(case) as session:
        chosen = known_accounts(session, accounts, source)
        _demand_inside(session, campaign, chosen)
        _recorded(edits.exclude(session.service, campaign, chosen, reason))
    return 0


@campaigns.command()
@CASE
@CAMPAIGN
@ACCOUNTS
@SOURCE
@REASON
def include(
    case: Path, campaign: str, accounts: tuple[str, ...], source: Path | None, reason: str
) -> int:
    """Take accounts into CAMPAIGN, wherever they were."""
    with open_case(case) as session:
        accounts_of(session, "campaign", campaign)
        chosen = known_accounts(session, accounts, source)
        _recorded(edits.include(session.service, campaign, chosen, reason))
    return 0


def _campaign_or_cluster(session: CaseSession, name: str) -> tuple[str, ...]:
    """The accounts of a campaign, or else of a cluster that is in none."""
    if rows := session.rows("campaign-account-ids", campaign=name):
        return tuple(str(row["account_id"]) for row in rows)
    return accounts_of(session, "cluster", name)


def _demand_inside(session: CaseSession, campaign: str, chosen: tuple[str, ...]) -> None:
    inside = set(accounts_of(session, "campaign", campaign))
    outside = [account for account in chosen if account not in inside]
    if outside:
        raise WorkbenchError(
            f"{len(outside):,} of {len(chosen):,} accounts are not in the campaign: "
            f"{', '.join(output.cell_text(one) for one in outside[:5])}.",
            hint=f"See: workbench campaigns show {session.case.root} {campaign} --format csv",
        )
    if len(chosen) == len(inside):
        raise UsageError(
            "That is the whole campaign; nothing would be left of it.",
            hint="Give it another name instead, or clear its accounts: workbench decide.",
        )


def _recorded(record: str, more: str = "") -> None:
    output.write(f"{record}\n")
    output.Talk().say(f"Recorded. {more} Undo: workbench reverse CASE {record}".replace("  ", " "))
