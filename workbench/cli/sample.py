"""`workbench sample`: draw members of a cluster for review, and record what the review found."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.cli.account_arguments import accounts_of
from workbench.cli.session import CASE, Choices, choices, open_case, put_query, put_records
from workbench.decisions.record_ids import whole_id
from workbench.decisions.sample_review import METHODS, by_score, draw, record_found, sample_of
from workbench.decisions.sample_review import accounts_of as drawn_accounts
from workbench.decisions.service import CaseService
from workbench.errors import UsageError
from workbench.settings import load_settings


@click.command()
@CASE
@click.option("--cluster", metavar="ID", help="draw from its members, the typical and the less so")
@click.option("-n", "size", type=click.IntRange(min=1), help="how many to draw")
@click.option("--seed", default="", help="draws the same accounts again; by default random")
@click.option("--method", type=click.Choice(sorted(METHODS)), default="wilson",
              help="interval of the rate: Wilson's score, or the exact one")  # fmt: skip
@click.option("--record", "record_id", metavar="RECORD_ID", help="a sample that was reviewed")
@click.option("--show", "shown", metavar="RECORD_ID", help="the accounts that a sample drew")
@click.option("--found", type=click.IntRange(min=0), help="how many of it should not be flagged")
@choices
def sample(
    case: Path, cluster: str | None, size: int | None, seed: str, method: str,
    record_id: str | None, shown: str | None, found: int | None, chosen: Choices,
) -> int:  # fmt: skip
    """Draw a sample of a cluster of CASE, or record what its review found.

    The result, with the interval of the false-flag rate, goes into a decision by --sample.
    """
    if shown is not None:
        if any(one is not None for one in (cluster, size, record_id, found)):
            raise UsageError("--show goes alone: it draws and records nothing.")
        return _show(case, shown, chosen)
    if cluster is not None and size is not None and record_id is None and found is None:
        return _draw(case, cluster, size, (seed, method), chosen)
    if record_id is not None and found is not None and cluster is None and size is None:
        return _record(case, record_id, found, chosen)
    raise UsageError(
        "Give --cluster ID and -n N, or --record RECORD_ID and --found K, or --show RECORD_ID."
    )


def _show(case: Path, record_id: str, chosen: Choices) -> int:
    with open_case(case) as session:
        drawn = sample_of(session.service, whole_id(session.service, record_id))["drawn"]["set"]
        accounts = drawn_accounts(session.service, drawn)
        query = session.library.shipped("sample-accounts")
        put_query(session, query, {"accounts": accounts}, chosen)
    return 0


def _draw(case: Path, cluster: str, size: int, how: tuple[str, str], chosen: Choices) -> int:
    with open_case(case) as session:
        members = list(accounts_of(session, "cluster", cluster))
        scores = {
            str(row["account_id"]): row["typicality"]
            for row in session.rows("member-scores", accounts=members)
        }
        seed, method = how
        record, strata = draw(
            session.service, "cluster", cluster, by_score(scores), size, seed=seed, method=method
        )
    rows = [
        [record, stratum.name, stratum.total, account]
        for stratum in strata
        for account in stratum.drawn
    ]
    put_records(chosen, ["record_id", "stratum", "of", "account_id"], rows, case)
    chosen.talk.say(
        f"Drawn: {size:,} of {len(scores):,}. Once they are reviewed: "
        f"workbench sample {case} --record {record} --found K"
    )
    return 0


def _record(case: Path, record_id: str, found: int, chosen: Choices) -> int:
    service = CaseService(Case.open(case), load_settings())
    try:
        record, result = record_found(service, whole_id(service, record_id), found)
    finally:
        service.close()
    put_records(chosen, ["record_id", *result], [[record, *result.values()]], case)
    chosen.talk.say(
        f"{found:,} of {result['n']:,} should not be flagged: between "
        f"{float(result['low']):.1%} and {float(result['high']):.1%} of all {result['N']:,} "
        f"(95 %, by the method of the draw)."
    )
    return 0
