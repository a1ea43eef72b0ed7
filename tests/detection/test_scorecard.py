"""Scores of clusters whose figures are set by hand: lines, directions, joint judging, calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.detection.features.cluster_features import Figures, Holder
from workbench.detection.features.strangers import PROMPTS, WORDING, Shared
from workbench.detection.scoring.components import GROUPS, LINES, ONE_HAND, unknown_groups
from workbench.detection.scoring.ownership import ties, trust
from workbench.detection.scoring.scorecard import (
    CAMPAIGN,
    INNOCENT,
    UNSEEN,
    score_cluster,
    score_clusters,
)
from workbench.detection.scoring.weights import fitted, logistic

USUAL: dict[str, float | None] = {
    "rate_spread": 1.4, "output_spread": 1.4, "input_spread": 1.4, "one_turn": 0.5,
    "aim_share": 0.05, "release_share": 0.1, "made_together": 0.2, "own_domain": 0.1,
    "verified": 0.4, "public_share": 0.1, "org_share": 0.2, "domain_share": 1.0,
    "tool_share": 0.1, "code_share": 0.1, "maths_share": 0.1, "long_share": 0.1,
    "rate_tail": 2.0, "log_output": 5.0, "weekend_share": 0.25, "lived_before": 0.6,
    "dated": 4000, "verifiable": 4000, "paying": 0.6, "sampled_prompts": 9000, "active": 3000,
}  # fmt: skip
EVERYTHING = dict.fromkeys(
    ("money", "network", "machine", "client", "signup", "content", "private", "mail"), 0.0
)


def group(accounts: int = 40, among: int = 4_000, **sources: float) -> Figures:
    """A group that is no different from the case but for what its members share."""
    values: dict[str, float | None] = dict(USUAL)
    values |= {"active": accounts, "verifiable": accounts, "domains": accounts, "dated": accounts,
               "paying": 0.0, "sampled_prompts": 20.0 * accounts}  # fmt: skip
    shared = EVERYTHING | sources
    return Figures(
        0, accounts, 20 * accounts, 0, 0, None, None, values,
        sources=shared, covered=dict.fromkeys(shared, 1.0), among=among,
    )  # fmt: skip


def farm(number: int = 0) -> Figures:
    """Accounts of strangers that share much and work alike for what a harvest is for."""
    found = group(money=6.0, client=6.0, content=6.8, signup=5.0, machine=5.0)
    found.number, found.rhythm = number, 6.0
    found.values |= {"rate_spread": 0.2, "output_spread": 0.15, "input_spread": 0.3,
                     "aim_share": 0.9, "made_together": 1.0, "one_turn": 1.0, "log_output": 7.0,
                     "lived_before": 0.0, "verified": 0.1, "rate_tail": 0.2}  # fmt: skip
    return found


def nobody() -> dict[str, Shared]:
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return dict.fromkeys((WORDING, PROMPTS), Shared(none, none, nothing, nothing, nothing, 9))


def test_a_farm_is_called_and_an_ordinary_group_is_not() -> None:
    called, left = score_clusters([farm(0), replace(group(), number=1)], USUAL, nobody())
    assert called.call == CAMPAIGN
    assert called.campaign_like
    assert called.coordination > 0.5
    assert left.call == INNOCENT
    assert left.score < 0.1


def test_the_points_of_the_lines_are_strength_times_weight_and_sum_to_the_scores() -> None:
    found = score_cluster(farm(), USUAL)
    for one in found.components:
        sign = -1 if one.axis == "benign" else 1
        assert one.points == pytest.approx(sign * one.weight * (one.level or 0.0), abs=1e-5)
    own = sum(one.points for one in found.components if one.axis != "one hand")
    hand = sum(one.points for one in found.components if one.axis == "one hand")
    assert (found.score, found.coordination) == pytest.approx((logistic(own), logistic(hand)))


def test_every_weight_is_of_a_line_and_none_turns_it_round() -> None:
    names = {line.name for line in (*LINES, *ONE_HAND)}
    for model in (fitted().campaign, fitted().coordination, fitted().extraction):
        assert model.weights.keys() <= names
        assert set(model.missing) <= set(GROUPS)
        assert min(model.weights.values()) >= 0.0
    assert 0.5 <= fitted().cut < 1.0
    assert fitted().ask < fitted().cut


@given(st.sampled_from(LINES), st.floats(0, 8), st.floats(0, 8), st.floats(0.01, 5),
       st.floats(0.05, 1))  # fmt: skip
@settings(max_examples=200)
def test_a_line_never_turns(line, low, high, usual, given_) -> None:  # type: ignore[no-untyped-def]
    low, high = sorted((low, high))
    found = [line.level(value, usual, given_) for value in (low, high)]
    falls = line.name in ("even volumes", "even answers", "even requests", "working days")
    assert found == sorted(found, reverse=falls)
    assert all(0.0 <= one <= 1.0 for one in found)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.axis}-{line.name}")
def test_what_is_not_known_speaks_neither_way(line) -> None:  # type: ignore[no-untyped-def]
    assert line.level(None, 0.5, 1.0) is None
    assert line.level(0.5, None, 1.0) is None


def test_absence_of_a_sign_is_no_innocence() -> None:
    """Varied wording, uneven work and no ties lower no score below that of knowing nothing."""
    bare, varied = group(), group()
    varied.values |= {"rate_spread": 9.0, "output_spread": 9.0, "one_turn": 0.0, "aim_share": 0.0}
    assert score_cluster(varied, USUAL).score == pytest.approx(score_cluster(bare, USUAL).score)


def test_two_campaigns_that_share_a_public_set_do_not_excuse_each_other() -> None:
    """Nor does the order in which clusters are numbered matter."""
    v, c = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    members = np.full(4, 12.0)
    shared = Shared(v, c, members, members, np.array([1.0, 0.0]), 2)
    both = {WORDING: shared, PROMPTS: shared}
    alone = shared.public(np.zeros(2))
    found = score_clusters([farm(0), farm(1)], USUAL, both)
    again = score_clusters([farm(1), farm(0)], USUAL, both)
    assert all(one.call == CAMPAIGN for one in found)
    assert sorted(one.score for one in found) == pytest.approx(sorted(one.score for one in again))
    (line,) = [one for one in found[0].components if one.name == "public wording"]
    assert line.value is not None
    assert line.value < alone[0]


def test_one_stranger_makes_no_text_public() -> None:
    v, c = np.array([0]), np.array([0])
    few = Shared(v, c, np.array([30.0]), np.array([30.0]), np.array([1.0]), 1)
    many = replace(few, alone=np.array([300.0]))
    assert few.public(np.zeros(1))[0] < 0.05 < 0.9 < many.public(np.zeros(1))[0]


def test_a_hundred_members_of_another_cluster_are_one_party() -> None:
    v, c = np.array([0, 0]), np.array([0, 1])
    shared = Shared(v, c, np.array([20.0, 100.0]), np.ones(2), np.array([0.0]), 2)
    assert shared.public(np.zeros(2))[0] == pytest.approx(1 / 21)
    assert shared.public(np.array([0.0, 1.0]))[0] == pytest.approx(0.0)


def test_without_any_work_to_see_coordinated_accounts_are_a_finding() -> None:
    unseen: dict[str, float | None] = dict(USUAL)
    unseen |= {"active": 0, "sampled_prompts": 0}
    held = group(money=7.0, network=7.0, machine=7.0, signup=7.0, mail=7.0, client=7.0)
    held.wording, held.telephones = False, 1.0
    held.values |= dict.fromkeys(("rate_spread", "output_spread", "aim_share"))
    held.holders["instrument"] = Holder("card", 40, 40, 40)
    found = score_cluster(held, unseen)
    assert "exchanges" in unknown_groups(held, unseen)
    assert found.call in (UNSEEN, CAMPAIGN)
    assert found.coordination >= fitted().together


def test_a_declared_name_is_bounded_by_what_else_there_is() -> None:
    """A name excuses, and a life before the extract excuses more."""
    named, old = farm(), farm()
    named.holders["org"] = old.holders["org"] = Holder("org", 40, 40, 40)
    old.values |= {"lived_before": 1.0, "verified": 1.0, "rate_tail": 3.0}
    plain, one, two = (score_cluster(f, USUAL).score for f in (farm(), named, old))
    assert plain > one > two


def test_three_unverified_holders_of_four_are_no_reason_to_distrust_a_name() -> None:
    few, many = group(4, 4_000), group(400, 4_000)
    few.values["verified"] = many.values["verified"] = 0.1
    assert trust(few, USUAL) > 0.5 > 0.3 > trust(many, USUAL)


def test_one_queue_is_a_tie() -> None:
    figure, queued = group(content=6.7, network=5.8), group(content=6.7, network=5.8)
    queued.rhythm = 9.0
    assert ties(queued) > 3.0 > ties(figure)
