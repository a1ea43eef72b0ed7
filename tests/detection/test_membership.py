"""Small made-up link tables: refinement, parties, names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.detection.clustering.lineage import lineage, name_clusters
from workbench.detection.clustering.shared_queue import leave_crowd
from workbench.detection.clustering.subgroups import split_subgroups
from workbench.detection.features.activity_sync import Activity
from workbench.detection.graph.communities import communities
from workbench.detection.graph.links import Links
from workbench.detection.graph.traits import Family
from workbench.detection.likelihood.membership import (
    SUPPORT,
    Pairs,
    Table,
    assign,
    compact,
    components,
    family_terms,
    pair_table,
    pair_totals,
    split,
    weigh,
)
from workbench.detection.likelihood.value_ratios import count_values, value_ratios


def table(rows: list[tuple[int, int, int]], accounts: int) -> Links:
    """Links of (family number, value, account)."""
    names = ("instrument", "ip", "phrase", "habits")
    rows = sorted(rows)
    keys = sorted({row[:2] for row in rows})
    v = np.array([keys.index(row[:2]) for row in rows])
    a = np.array([row[2] for row in rows])
    family = np.array([key[0] for key in keys])
    families = tuple(Family(name, 1.0, 1000, ()) for name in names)
    return Links(accounts, families, v, a, family, np.bincount(v))


def two_rings() -> Links:
    """Accounts 0-9 and 10-19 share two sources each; 20 shares one with the first ring."""
    rows = [(0, 1, a) for a in range(10)] + [(2, 1, a) for a in range(10)]
    rows += [(1, 2, a) for a in range(10, 20)] + [(2, 2, a) for a in range(10, 20)]
    rows += [(2, 1, 20)]
    return table(rows, 200)


def test_rings_are_found_and_a_stranger_with_one_link_stays_out() -> None:
    links = two_rings()
    label = communities(links)
    terms = family_terms(links, label, count_values(links, label))
    pairs = pair_totals(pair_table(links, terms), label)
    found = compact(assign(pairs, label, np.zeros(links.accounts)))
    assert len(set(found[:10])) == len(set(found[10:20])) == 1
    assert found[0] != found[10]
    assert (found[20:] == -1).all()
    assert (communities(links) == label).all()


def test_what_one_cluster_alone_was_asked_for_keeps_a_member_but_from_no_better_place() -> None:
    """Account 0 shares 11 nats with its own cluster, six of them its rhythm, and 7 with another."""
    label = np.array([0, 0, 0, 1, 1, 1])
    pairs = Pairs(
        np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([11.0, 7.0, 4.0]),
        np.array([3, 2, 2]), np.array([11.0, 7.0, 4.0]), np.ones(3, dtype=bool),
    )  # fmt: skip
    assert list(assign(pairs, label, np.zeros(6))[:2]) == [0, 0]
    assert list(assign(pairs, label, np.array([6.0, 6, 0, 0, 0, 0]))[:2]) == [1, 0]


def test_two_groups_that_share_nothing_are_split_again() -> None:
    links = two_rings()
    thrown_together = np.where(np.arange(200) < 20, 0, -1)
    found = split(links, thrown_together, count_values(links, thrown_together))
    assert len(set(found[:10])) == len(set(found[10:20])) == 1
    assert found[0] != found[10]


def still(accounts: int) -> Activity:
    """Nobody is ever active."""
    none = np.zeros(0, dtype=np.int64)
    return Activity(np.zeros(accounts + 1, dtype=np.int64), none, 0)


def test_the_best_of_many_values_is_worth_what_others_find_too() -> None:
    rng = np.random.default_rng(8)
    # 0-99 rotate through 1,500 addresses in fives and share two sentences. Of 20,000 others, each
    # with three addresses, a third have met one of theirs, and 300 know one of the sentences.
    crew = [rng.choice(100, 5, replace=False) for _ in range(1500)]
    rows = [(1, v, int(a)) for v, some in enumerate(crew) for a in some]
    rows += [(1, int(v), a) for a in range(100, 20_100) for v in rng.choice(10_000, 3)]
    rows += [(2, a % 2, a) for a in range(100)] + [(2, int(a) % 2, int(a)) for a in range(100, 400)]
    links = table(sorted(set(rows)), 20_100)
    label = np.where(np.arange(20_100) < 100, 0, -1)
    terms = family_terms(links, label, count_values(links, label))
    raw, (told, fair) = pair_table(links, terms), weigh(links, terms, label)
    assert np.allclose(pair_table(links, told).ratios, fair.ratios)
    address = links.source_names.index("network")
    others = (raw.a >= 100) & (raw.ratios[:, address] >= SUPPORT)
    assert others.sum() > 5_000
    assert np.median(fair.ratios[others, address]) < SUPPORT
    nothing = np.zeros(links.accounts)
    taken, kept = (assign(pair_totals(one, label), label, nothing) for one in (raw, fair))
    assert (taken[100:] == 0).sum() > 50
    assert (kept[100:] == 0).sum() < 5
    assert (kept[:100] == 0).all()


def test_a_campaign_in_two_halves_is_no_chance_to_either() -> None:
    # 100 of 190 accounts are found so far; the others have less of the same three sources.
    rows = [(f, (a + n) % 30, a) for f in (0, 1, 2) for n in (0, 10, 20) for a in range(100)]
    rows += [(f, a % 30, a) for f in (0, 1, 2) for a in range(100, 190)]
    links = table(sorted(rows), 2_000)
    label = np.where(np.arange(2_000) < 100, 0, -1)
    terms = family_terms(links, label, count_values(links, label))
    raw, (_, fair) = pair_table(links, terms), weigh(links, terms, label)
    assert np.allclose(fair.ratios, raw.ratios)
    found = assign(pair_totals(fair, label), label, np.zeros(links.accounts))
    assert (found[:190] == 0).all()


def test_a_party_that_only_vouches_for_itself_leaves_and_a_crew_of_the_cluster_stays() -> None:
    # 0-29 share a phrase and an instrument; 20-29 have an address of their own besides. 30-35
    # share an instrument and an address with each other, and one sentence with three others.
    rows = [(0, 1, a) for a in range(30)] + [(2, 1, a) for a in range(30)]
    rows += [(1, 1, a) for a in range(20, 30)]
    rows += [(0, 2, a) for a in range(30, 36)] + [(1, 2, a) for a in range(30, 36)]
    rows += [(2, 2, a) for a in (0, 1, 2, 30, 31, 32)]
    links = table(rows, 500)
    thrown_together = np.where(np.arange(500) < 36, 0, -1)
    found = split_subgroups(links, still(500), thrown_together)
    assert len(set(found[:30])) == 1
    assert len(set(found[30:36])) == 1
    assert found[0] != found[30]


def crowd(first: int, accounts: int) -> list[tuple[int, int, int]]:
    """Links of others: in each family values that three or so of them share by chance."""
    rng = np.random.default_rng(5)
    others = range(first, accounts)
    return [(f, 100 + int(rng.integers(accounts // 3)), a) for f in range(4) for a in others]


def test_an_office_that_is_the_largest_party_of_a_campaign_is_parted_from_it() -> None:
    # 0-12 have one payer and one address. 13-30 share a phrase, an address in sixes and a payer in
    # threes; three of the office know the phrase.
    rows = [(f, 1, a) for f in (0, 1) for a in range(13)]
    rows += [(2, 1, a) for a in (0, 1, 2, *range(13, 31))]
    rows += [(1, 2 + (a - 13) // 6, a) for a in range(13, 31)]
    rows += [(0, 2 + (a - 13) % 6, a) for a in range(13, 31)]
    links = table(rows + crowd(31, 2_000), 2_000)
    label = np.where(np.arange(2_000) < 31, 0, -1)
    found = split_subgroups(links, still(2_000), label)
    assert len(set(found[:13])) == len(set(found[13:31])) == 1
    assert found[0] != found[13]


@pytest.mark.parametrize(("shared", "moves"), [((0, 2, 3), True), ((0, 2), False)])
def test_a_corner_moves_to_the_campaign_it_shares_three_sources_with(
    shared: tuple[int, ...], moves: bool
) -> None:
    # 6-25 share payer, phrase and habit. The corner 0-5 has an address of its own, knows the phrase
    # and habit of 26-55, which strangers know too, and shares those sources with 6-25.
    rows = [(f, 1, a) for f in (0, 2, 3) for a in range(6, 26)]
    rows += [(f, 1, a) for f in shared for a in range(6)] + [(1, 1, a) for a in range(6)]
    rows += [(f, 2, a) for f in (2, 3) for a in (*range(6), *range(26, 116))]
    rows += [(1, 2, a) for a in range(26, 56)]
    links = table(rows + crowd(116, 6_000), 6_000)
    label = np.where(np.arange(6_000) < 56, 1, -1)
    label[6:26] = 0
    found = split_subgroups(links, still(6_000), label)
    assert len(set(found[:6])) == len(set(found[6:26])) == len(set(found[26:56])) == 1
    assert found[0] == (found[6] if moves else found[26])
    assert found[6] != found[26]


def test_what_a_busy_cluster_shares_by_chance_tells_nothing() -> None:
    rng = np.random.default_rng(3)
    # 2,000 sentences, each with three of 400 accounts, and one that 20 of the cluster's 40 share.
    rows = [(2, v, int(a)) for v in range(2000) for a in rng.choice(400, 3, replace=False)]
    rows += [(2, 5000, a) for a in range(20)]
    links = table(sorted(set(rows)), 400)
    label = np.where(np.arange(400) < 40, 0, -1)
    found, real = value_ratios(links, label, count_values(links, label))
    own = found.v == len(links.held) - 1
    assert real[own].min() > 0.9
    assert len(real[~own]) > 20
    assert np.median(real[~own]) < 0.5


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_components_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    edges = sorted(set(edges), key=lambda edge: (edge[1], edge[0]))
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    found = components(pairs[:, 0], pairs[:, 1], 31)
    part = list(range(31))
    for _ in range(31):
        for value in range(31):
            holders = [a for a, v in edges if v == value]
            for a in holders:
                part[a] = min(part[b] for b in holders)
    assert found.tolist() == part


def test_nothing_shared_is_no_cluster() -> None:
    none = np.zeros(0, dtype=np.int64)
    label = communities(Links(1_000_000, (), none, none, none, none))
    assert (label == -1).all()


def test_names_stay_when_a_cluster_grows_and_one_half_keeps_them_when_it_splits() -> None:
    first = name_clusters([["a", "b", "c"], ["x", "y", "z"]], {})
    before = dict.fromkeys("abc", first[0][0]) | dict.fromkeys("xyz", first[1][0])
    grown = name_clusters([["a", "b", "c", "d"], ["x", "y"], ["z", "w", "q"]], before)
    assert grown[0] == (first[0][0], first[0][0])
    assert grown[1] == (first[1][0], first[1][0])
    assert grown[2][0] not in (first[0][0], first[1][0])


def test_lineage_tells_splits_and_mergers() -> None:
    before = dict.fromkeys("abcd", "C-1") | dict.fromkeys("xyz", "C-2")
    members = {"C-1": ["a", "b", "x", "y", "z"], "C-9": ["c", "d"]}
    assert lineage(members, {"C-1": "C-1", "C-9": None}, before) == [
        ("C-1", "C-1", "continues", 2),
        ("C-1", "C-2", "merged", 3),
        ("C-9", "C-1", "split", 2),
    ]


@given(st.lists(st.sets(st.text(min_size=1), min_size=1), max_size=8))
def test_names_are_distinct(groups: list[set[str]]) -> None:
    names = [name for name, _ in name_clusters([sorted(group) for group in groups], {})]
    assert len(set(names)) == len(names)


def test_the_crowd_around_a_queue_leaves_and_who_is_tied_stays() -> None:
    """0-59 follow one queue; 60-89 share wording and a carrier only, 90-94 a payer besides."""
    links = table([(0, 1, 0), (1, 1, 0), (2, 1, 0), (3, 1, 0)], 300)
    names = links.source_names
    ratios = np.zeros((95, len(names) + 1))
    ratios[:, names.index("content")] = ratios[:, names.index("network")] = 4.0
    ratios[:60, -1] = 9.0
    ratios[90:, names.index("money")] = 4.0
    found = Table(np.arange(95), np.zeros(95, dtype=np.int64), ratios)
    label = np.where(np.arange(300) < 95, 0, -1)
    stays = leave_crowd(found, label, links.ties) == 0
    assert list(np.flatnonzero(stays)) == [*range(60), *range(90, 95)]
    few = np.where(np.arange(300) < 75, 0, -1)
    assert (leave_crowd(found, few, links.ties) == few).all()
    ratios[:60, -1] = 0.0
    assert (leave_crowd(found, label, links.ties) == label).all()
