"""Scores of clusters whose figures are set by hand."""

from __future__ import annotations

from workbench.detection.features.cluster_features import Figures
from workbench.detection.scoring.ownership import ties, trust
from workbench.detection.scoring.scorecard import score_cluster

USUAL: dict[str, float | None] = {
    "rate_spread": 1.4, "output_spread": 1.4, "input_spread": 1.4, "one_turn": 0.5,
    "aim_share": 0.05, "release_share": 0.1, "made_together": 0.2, "own_domain": 0.1,
    "verified": 0.4, "public_share": 0.1, "org_share": 0.2, "domain_share": 1.0,
    "tool_share": 0.1, "code_share": 0.1, "maths_share": 0.1, "long_share": 0.1,
}  # fmt: skip


def group(accounts: int, among: int, **sources: float) -> Figures:
    """A group that is no different from the case but for what its members share."""
    values: dict[str, float | None] = dict(USUAL)
    values |= {"active": accounts, "verifiable": accounts, "domains": accounts, "paying": 0.0,
               "sampled_prompts": 20.0 * accounts}  # fmt: skip
    covered = dict.fromkeys(sources, 1.0)
    return Figures(
        0, accounts, 20 * accounts, 0, 0, None, None, values,
        sources=sources, covered=covered, among=among,
    )  # fmt: skip


def test_two_sources_must_overcome_the_odds_of_the_group_s_size() -> None:
    def coordination(accounts: int, among: int) -> float:
        return score_cluster(group(accounts, among, content=5.6, signup=3.4), USUAL).coordination

    assert coordination(20, 4_000) > 0.5
    assert coordination(6, 4_000) < 0.5
    assert coordination(20, 1_000_000) < 0.5 < coordination(5_000, 1_000_000)
    rising = [coordination(n, 40_000) for n in (6, 12, 25, 50, 100)]
    assert rising == sorted(rising)


def test_one_source_alone_holds_no_group_together_however_large() -> None:
    for accounts in (6, 60, 600, 4_000):
        assert score_cluster(group(accounts, 4_000, network=7.0), USUAL).coordination < 0.5
    assert score_cluster(group(1, 1, network=7.0), USUAL).coordination < 0.5


def test_three_unverified_holders_of_four_are_no_reason_to_distrust_a_name() -> None:
    few, many = group(4, 4_000), group(400, 4_000)
    few.values["verified"] = many.values["verified"] = 0.1
    assert trust(few, USUAL) > 0.5 > 0.3 > trust(many, USUAL)


def test_a_domain_each_speaks_for_firms_where_their_holders_were_verified() -> None:
    """A campaign can buy domains; it cannot show who stands behind them."""
    firms, bought = group(40, 4_000, content=7.0), group(40, 4_000, content=7.0)
    firms.values["own_domain"] = bought.values["own_domain"] = 1.0
    bought.values["verified"] = 0.05
    assert score_cluster(firms, USUAL).benign > 0.5 > score_cluster(bought, USUAL).benign


def test_people_who_do_one_task_and_share_nothing_else_are_no_campaign() -> None:
    """Annotators of one region: a template, a carrier, a mail provider, and lives of their own."""

    def extraction(**more: float) -> float:
        figure = group(60, 4_000, content=6.7, network=5.8, mail=3.2, **more)
        figure.own_content = 0.96
        figure.values["rate_spread"] = 0.4
        return score_cluster(figure, USUAL).extraction

    assert extraction() < 0.5 < extraction(machine=3.5)
    figure = group(60, 4_000, content=6.7, network=5.8)
    queued = group(60, 4_000, content=6.7, network=5.8)
    queued.rhythm = 9.0
    assert ties(queued) > 3.0 > ties(figure)


def test_little_common_wording_is_no_defence_unless_strangers_use_it_too() -> None:
    """Cut or missing prompts hide most of a phrase book; what is left of it may be theirs alone."""

    def extraction(content: float, own: float | None) -> float:
        figure = group(200, 4_000, content=content, private=5.5)
        figure.own_content = own
        return score_cluster(figure, USUAL).extraction

    assert extraction(2.3, 0.9) > 2 * extraction(2.3, 0.5)
    assert extraction(2.3, None) == extraction(2.3, 0.5)
    assert extraction(6.5, 0.9) == extraction(6.5, 0.5) > extraction(2.3, 0.9)
