"""What it takes to belong: each rule of membership on the smallest table that shows it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.test_activity_sync import activity, anyhow, following, queue
from tests.detection.test_membership import still, table, two_rings
from workbench.detection.clustering.find import find_clusters
from workbench.detection.graph.links import Ints, Links
from workbench.detection.likelihood.membership import (
    SUPPORT,
    Pairs,
    Table,
    Terms,
    assign,
    compact,
    family_terms,
    lacking_source,
    likeness,
    pair_table,
    pair_totals,
    split,
    weigh,
)
from workbench.detection.likelihood.value_ratios import count_values

Key = tuple[int, int, int]


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def one_pair(total: float, support: int, *, anchored: bool = True, cluster: int = 0) -> Pairs:
    """Account 0 and one cluster."""
    odds = np.array([total])
    return Pairs(ints(0), ints(cluster), odds, ints(support), odds, np.array([anchored]))


# Ten members of cluster 0 among a hundred accounts: the prior is one in ten, 2.30 nats.
TEN = np.where(np.arange(100) < 11, 0, -1)
TEN[0] = -1
PRIOR = math.log(10)


@pytest.mark.parametrize(("support", "belongs"), [(0, False), (1, False), (2, True), (3, True)])
def test_one_source_never_makes_a_member_however_strong(support: int, belongs: bool) -> None:
    found = assign(one_pair(13.0, support), TEN, np.zeros(100))
    assert found[0] == (0 if belongs else -1)
    assert (found[1:] == -1).all()


@pytest.mark.parametrize(("total", "belongs"), [(PRIOR + 0.01, True), (PRIOR - 0.01, False)])
def test_the_odds_must_beat_how_rare_members_are(total: float, belongs: bool) -> None:
    assert assign(one_pair(total, 2), TEN, np.zeros(100))[0] == (0 if belongs else -1)


def test_an_empty_cluster_is_as_rare_as_one_of_one() -> None:
    label = np.where(np.arange(100) < 3, 0, -1)
    label[50:60] = 2  # cluster 1 has lost its members
    for total, found in ((math.log(100) + 0.01, 1), (math.log(100) - 0.01, -1)):
        assert assign(one_pair(total, 2, cluster=1), label, np.zeros(100))[0] == found


def test_who_has_nothing_that_holds_the_cluster_together_leaves_at_the_end_only() -> None:
    companion = one_pair(13.0, 3, anchored=False)
    assert assign(companion, TEN, np.zeros(100))[0] == 0
    assert assign(companion, TEN, np.zeros(100), anchored=True)[0] == -1
    assert assign(one_pair(13.0, 3), TEN, np.zeros(100), anchored=True)[0] == 0


def test_what_one_cluster_alone_was_asked_for_drives_nobody_out() -> None:
    label = TEN.copy()
    label[0] = 0
    assert assign(one_pair(5.0, 2), label, np.full(100, 9.0))[0] == 0


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ([0, 0, 0, 1, 1, 2, 2, 2, -1], [0, 0, 0, -1, -1, 1, 1, 1, -1]),
        ([1, 1, 1, -1], [0, 0, 0, -1]),
        ([0, 0, -1], [-1, -1, -1]),
        ([-1, -1], [-1, -1]),
        ([], []),
    ],
)
def test_clusters_of_two_are_dissolved_and_numbers_have_no_gaps(
    label: list[int], found: list[int]
) -> None:
    assert compact(ints(*label)).tolist() == found


def test_how_small_a_cluster_may_be_can_be_said() -> None:
    assert compact(ints(0, 1, 1), 2).tolist() == [-1, 0, 0]


def plain_weigh(terms: list[tuple[int, int, int, float]], label: list[int]) -> dict[Key, float]:
    """The same by the words of the method; each family a source of its own."""
    ratio = {(a, c, family): llr for a, c, family, llr in terms}
    found = {}
    for (a, c, family), strength in ratio.items():
        step = min(int(strength / 0.25), 28)
        inside = outside = 0
        for (other, cluster, same), value in ratio.items():
            if (cluster, same) != (c, family) or min(int(value / 0.25), 28) < step:
                continue
            besides = sum(
                one >= SUPPORT for (b, d, f), one in ratio.items()
                if (b, d) == (other, cluster) and f != family
            )  # fmt: skip
            if label[other] == cluster:
                inside += 1
            elif besides < 2:
                outside += 1
        size = label.count(c)
        members, others = (inside + 0.5) / (size + 1), (outside + 0.5) / (len(label) - size + 1)
        found[a, c, family] = min(max(math.log(members / others), 0.0), strength)
    return found


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 11), st.integers(0, 2), st.integers(0, 3)),
        st.integers(1, 28).map(lambda n: n / 4), max_size=40,
    ),
    st.lists(st.integers(-1, 2), min_size=12, max_size=12),
    st.integers(0, 60),
)  # fmt: skip
def test_a_strength_counts_as_much_as_it_is_commoner_among_members(
    given_terms: dict[Key, float], members: list[int], strangers: int
) -> None:
    links = table([(0, 1, 0), (1, 1, 0), (2, 1, 0), (3, 1, 0)], 12 + strangers)
    label = [*members, *[-1] * strangers]
    rows = [(*key, llr) for key, llr in sorted(given_terms.items())]
    columns = list(zip(*rows, strict=True)) or [()] * 4
    a, c, family = (ints(*column) for column in columns[:3])
    llr = np.array(columns[3], dtype=float)
    told, found = weigh(links, Terms(a, c, family, llr), ints(*label))
    expected = plain_weigh(rows, label)
    assert np.allclose(told.llr, [expected[key] for key in sorted(given_terms)])
    for place, (account, cluster) in enumerate(zip(found.a, found.c, strict=True)):
        for number in range(4):
            value = expected.get((int(account), int(cluster), number), 0.0)
            assert found.ratios[place, links.source[number]] == pytest.approx(value)


def test_within_a_source_only_the_strongest_family_counts() -> None:
    links = table([(0, 1, 0), (1, 1, 0), (2, 1, 0), (3, 1, 0)], 10)
    families = tuple(
        family.__class__(name, 1.0, 1000, ())
        for family, name in zip(links.families, ("instrument", "name", "ip", "phrase"), strict=True)
    )
    links = Links(10, families, links.v, links.a, links.family, links.held)
    terms = Terms(
        ints(3, 3, 3, 3, 4), ints(0, 0, 0, 1, 0), ints(0, 1, 2, 0, 3),
        np.array([2.0, 5.0, 1.0, 3.0, 4.0]),
    )  # fmt: skip
    found = pair_table(links, terms)
    place = {name: n for n, name in enumerate(links.source_names)}
    expected = np.zeros((3, 4))
    expected[0, place["money"]], expected[0, place["network"]] = 5.0, 1.0
    expected[1, place["money"]], expected[2, place["content"]] = 3.0, 4.0
    assert (found.a.tolist(), found.c.tolist()) == ([3, 3, 4], [0, 1, 0])
    assert (found.ratios == expected).all()


def test_no_terms_are_no_pairs() -> None:
    links = table([(0, 1, 0)], 10)
    nobody = np.full(10, -1)
    terms = family_terms(links, nobody, count_values(links, nobody))
    weighed, found = weigh(links, terms, nobody)
    assert len(weighed.a) == len(found.a) == 0
    assert found.ratios.shape == (0, len(links.source_names) + 1)
    pairs = pair_totals(found, nobody)
    assert [len(part) for part in vars(pairs).values()] == [0] * 6
    assert (assign(pairs, nobody, np.zeros(10)) == -1).all()


def plain_lacking(
    value: list[float], c: list[int], own: list[bool], size: list[int]
) -> tuple[list[float], list[bool]]:
    """The same by the words of the method, one pair at a time."""
    typical = []
    for cluster, members in enumerate(size):
        mine = [v for v, k, o in zip(value, c, own, strict=True) if o and k == cluster]
        half = 0.5 * sum(mine) / members
        typical.append(half >= 1 and sum(v >= half for v in mine) >= 0.6 * members)
    against = []
    for v, cluster in zip(value, c, strict=True):
        mine = [w for w, k, o in zip(value, c, own, strict=True) if o and k == cluster]
        mine += [0.0] * (size[cluster] - len(mine))
        share = 2 * (sum(w <= v for w in mine) + 0.5) / (size[cluster] + 1)
        against.append(max(math.log(min(share, 1.0)), -3.5) if typical[cluster] else 0.0)
    return against, typical


@given(
    st.lists(
        st.tuples(st.integers(-8, 28).map(lambda n: n / 4), st.integers(0, 2), st.booleans()),
        min_size=1, max_size=30,
    ),
    st.integers(0, 3),
)  # fmt: skip
def test_what_most_members_have_counts_against_who_lacks_it(
    rows: list[tuple[float, int, bool]], without_a_row: int
) -> None:
    value, c, own = (list(part) for part in zip(*rows, strict=True))
    members = [sum(o and k == cluster for _, k, o in rows) for cluster in range(3)]
    size = [max(n + without_a_row, 1) for n in members]
    against, typical = lacking_source(np.array(value), ints(*c), np.array(own), ints(*size))
    expected, usual = plain_lacking(value, c, own, size)
    assert typical.tolist() == usual
    assert np.allclose(against, expected)


def ratios_of(*rows: tuple[float, ...]) -> Table:
    """Accounts 0, 1, … and cluster 0."""
    return Table(
        np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64), np.array(rows, dtype=float)
    )


def test_a_member_that_lacks_what_the_others_share_is_held_to_it() -> None:
    label = np.where(np.arange(50) < 10, 0, -1)
    found = pair_totals(ratios_of(*[(4.0, 3.0, 6.0)] * 9, (0.0, 3.0, 6.0), (0.0, 5.0, 0.0)), label)
    assert found.shared.tolist() == [13.0] * 9 + [9.0, 5.0]
    # One of ten has as little as account 9; a rhythm that is another is not counted twice.
    lacks = math.log(2 * 1.5 / 11)
    assert np.allclose(found.total, [13.0] * 9 + [9.0 + lacks, 5.0 + lacks])
    assert found.support.tolist() == [3] * 9 + [2, 1]
    assert found.anchored.all()


def test_who_is_anchored() -> None:
    label = np.where(np.arange(50) < 10, 0, -1)
    found = pair_totals(ratios_of(*[(4.0, 0.0)] * 9, (0.0, 0.0), (SUPPORT, 0), (1.5, 9)), label)
    assert found.anchored.tolist() == [True] * 9 + [False, True, False]
    # Where nothing is typical of the cluster, nobody lacks it.
    odd = pair_totals(ratios_of(*[(4.0, 0.0)] * 5, *[(0.0, 4.0)] * 5), label)
    assert odd.anchored.all()


def test_a_strength_that_strangers_reach_as_often_tells_nothing() -> None:
    """Ten members and ten strangers each have as strong a first source; the second is theirs."""
    links = table([(0, 1, 0), (1, 1, 0), (2, 1, 0), (3, 1, 0)], 100)
    a = np.repeat(np.arange(20), 2)
    terms = Terms(
        a[:30], np.zeros(30, dtype=np.int64), np.r_[np.tile([0, 1], 10), np.zeros(10, dtype=int)],
        np.full(30, 5.0),
    )  # fmt: skip
    terms = Terms(
        np.r_[np.repeat(np.arange(10), 2), np.arange(10, 20)], terms.c, terms.family, terms.llr
    )
    label = np.where(np.arange(100) < 10, 0, -1)
    told, found = weigh(links, terms, label)
    place = {name: n for n, name in enumerate(links.source_names)}
    theirs = math.log((10.5 / 11) / (10.5 / 91))
    alone = math.log((10.5 / 11) / (0.5 / 91))
    assert np.allclose(found.ratios[:, place["money"]], theirs)
    assert np.allclose(found.ratios[:10, place["network"]], min(alone, 5.0))
    assert np.allclose(told.llr[:20:2], theirs)
    assert np.allclose(told.llr[20:], theirs)
    assert (found.ratios[10:, place["network"]] == 0).all()


def test_odds_become_a_share() -> None:
    assert np.allclose(likeness(np.array([0.0, math.log(3), -math.log(3)])), [0.5, 0.75, 0.25])
    assert 0 < likeness(np.array([-1e9]))[0] < 1e-12
    assert likeness(np.array([1e9]))[0] == pytest.approx(1)


def test_the_strongest_value_of_a_family_counts_and_no_more_than_the_cap() -> None:
    # Two values of one family: one that all of twenty share, one that a stranger has too.
    rows = [(0, 1, a) for a in range(20)] + [(0, 2, a) for a in range(21)]
    rows += [(1, 3, a) for a in range(20)]
    links = table(rows, 1_000_000)
    label = np.where(np.arange(1_000_000) < 20, 0, -1)
    terms = family_terms(links, label, count_values(links, label))
    assert terms.a.tolist() == [*np.repeat(np.arange(20), 2), 20]
    assert terms.family.tolist() == [0, 1] * 20 + [0]
    assert (terms.c == 0).all()
    assert terms.llr.max() == 7.0
    assert terms.llr.min() > 6.0


def test_small_parts_hang_together_by_two_members_and_large_ones_by_three() -> None:
    # Two trios that one pair of members joins: one cluster of six stays, one of eight is parted.
    def joined(size: int) -> Ints:
        half = size // 2
        rows = [(0, 1, a) for a in range(half)] + [(0, 2, a) for a in range(half, size)]
        rows += [(1, 3, half - 1), (1, 3, half)]
        links = table(rows, 5_000)
        label = np.where(np.arange(5_000) < size, 0, -1)
        return split(links, label, count_values(links, label))[:size]

    assert joined(6).tolist() == [0] * 6
    assert joined(8).tolist() == [0] * 4 + [1] * 4


def test_finding_tells_its_steps_and_gives_the_members_their_ratios() -> None:
    links, told = two_rings(), []
    found = find_clusters(links, still(200), lambda *step: told.append(step))
    assert found.clusters == 2
    first, second = found.label[0], found.label[10]
    assert found.label.tolist() == [first] * 10 + [second] * 10 + [-1] * 180
    assert sorted([first, second]) == [0, 1]
    assert told[0] == ("communities", 0, 0)
    assert [step for step in told if step[0] == "refining clusters"] == [
        ("refining clusters", turn, 3) for turn in range(3)
    ]
    own = found.own
    assert sorted(own.a.tolist()) == list(range(20))
    assert (own.c == found.label[own.a]).all()
    assert ((own.ratios >= SUPPORT).sum(axis=1) == 2).all()


def test_nobody_linked_is_nobody_found() -> None:
    links = table([(0, 1, 0), (1, 1, 1)], 50)
    found = find_clusters(links, still(50), lambda *_: None)
    assert found.clusters == 0
    assert (found.label == -1).all()
    assert len(found.own.a) == 0


def queued_ring(followers: int) -> tuple[Links, int]:
    """0-29 share a payer; of them 0-19 a phrase too. The rest have met two strangers' address."""
    rows = [(0, 1, a) for a in range(30)] + [(2, 1, a) for a in range(followers)]
    rows += [(1, 5, a) for a in range(40, 50)]
    return table(rows, 1_000), 30


def test_a_common_queue_is_a_source_of_its_own() -> None:
    """Ten that share only the payer stay out; with the same work queue they belong."""
    rng = np.random.default_rng(11)
    windows = queue(rng)
    links, size = queued_ring(20)
    quiet = [anyhow(rng) for _ in range(1_000)]
    served = [following(rng, windows) for _ in range(size)] + quiet[size:]
    without = find_clusters(links, activity(quiet), lambda *_: None)
    with_it = find_clusters(links, activity(served), lambda *_: None)
    assert (without.label[:20] == 0).all()
    assert (without.label[20:] == -1).all()
    assert (with_it.label[:30] == 0).all()
    assert (with_it.label[30:] == -1).all()
    assert (with_it.own.ratios[:, -1] >= SUPPORT).sum() >= 29
    assert len(with_it.rhythm.a) == len(with_it.pairs.a)
    assert set(with_it.rhythm.family.tolist()) == {len(links.source_names)}
