"""`find`, `account`, `entity`: the go-to box and the pages, headless."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.catalog.columns import ENTITY_FAMILIES
from workbench.cli import output
from workbench.cli.session import (
    CASE,
    CaseSession,
    Choices,
    choices,
    open_case,
    put_query,
    say_masked,
    write_facts,
)
from workbench.errors import WorkbenchError

_MAX_PROMPTS = 100_000


@click.command()
@CASE
@click.argument("text")
@click.option("--prompts", is_flag=True, help="look inside prompts only")
@click.option("--regex", is_flag=True, help="TEXT is a regular expression, inside prompts only")
@choices
def find(case: Path, text: str, prompts: bool, regex: bool, chosen: Choices) -> int:
    """Find accounts, e-mails, IPs, cards, devices, domains and clusters that match TEXT.

    Where nothing matches, or with --prompts, TEXT is looked for inside prompts.
    """
    with open_case(case) as session:
        query, given = session.library.shipped("find-entity"), {"text": text}
        inside = prompts or regex
        if inside or (chosen.format == "table" and not session.rows(query.id, text=text)):
            most = _MAX_PROMPTS if chosen.limit is None else max(1, chosen.limit)
            query = session.library.shipped("find-prompt")
            given |= {"pattern": str(regex).lower(), "most": str(most)}
        put_query(session, query, given, chosen)
    return 0


@click.command()
@CASE
@click.argument("account_id")
@choices
def account(case: Path, account_id: str, chosen: Choices) -> int:
    """The page of one account: profile, cluster, what it shares, decisions, newest exchanges."""
    with open_case(case) as session:
        rows = session.rows("account-card", account=account_id)
        if not rows:
            raise WorkbenchError(
                f"No extract names the account “{account_id}”.",
                hint=f"Look for it: workbench find {case} TEXT",
            )
        if chosen.format != "table":
            put_query(
                session, session.library.shipped("account-card"), {"account": account_id}, chosen
            )
            return 0
        say_masked(session, session.library.shipped("account-card").sql, chosen)
        write_facts(rows[0])
        for query, title in (
            ("account-linked", "shares with others"),
            ("account-why", "why it is in its cluster"),
            ("account-exchanges", "newest exchanges"),
        ):
            _section(session, query, title, account_id)
        history = session.service.history(account_id)
        output.write("decisions\n" if history else "no decision on this account\n")
        for row, status in history:
            output.write(
                f"  {row['decided_at']} {row['verdict']} {row['reason']} by "
                f"{output.cell_text(row['analyst'])}: {status}\n"
            )
    return 0


def _section(session: CaseSession, query: str, title: str, account_id: str) -> None:
    records = session.rows(query, account=account_id)
    shown = records[:20]
    if shown:
        more = f" (20 of {len(records):,})" if len(records) > len(shown) else ""
        rows = [list(record.values()) for record in shown]
        output.write(f"{title}{more}\n{output.table_text(list(shown[0]), rows)}\n")


@click.command()
@CASE
@click.argument("family", type=click.Choice(sorted(ENTITY_FAMILIES)), metavar="FAMILY")
@click.argument("value")
@choices
def entity(case: Path, family: str, value: str, chosen: Choices) -> int:
    """The accounts that share VALUE of FAMILY (ip, instrument, device, domain, …)."""
    with open_case(case) as session:
        given = {"family": family, "value": value}
        if chosen.format == "table":
            for card in session.rows("entity-card", **given):
                hub = ", a hub" if card["hub"] else ""
                output.write(
                    f"{card['accounts']:,} of {card['accounts_in_case']:,} accounts have it"
                    f"{hub}\n\n"
                )
        put_query(session, session.library.shipped("entity-accounts"), given, chosen)
    return 0
