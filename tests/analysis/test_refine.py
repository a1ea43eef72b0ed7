"""Small made-up link tables: refinement, names, rhythm."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.links import Links
from workbench.analysis.naming import lineage, name_clusters
from workbench.analysis.refine import (
    Table,
    assign,
    compact,
    components,
    count_values,
    family_terms,
    pair_table,
    pair_totals,
    part_queue,
    split,
)
from workbench.analysis.rhythm import Activity, rhythm_ratios
from workbench.analysis.seeds import communities
from workbench.analysis.traits import Family


def table(rows: list[tuple[int, int, int]], accounts: int) -> Links:
    """Links of (family number, value, account)."""
    names = ("instrument", "ip", "phrase")
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
    found = compact(assign(pairs, label, links.accounts))
    assert len(set(found[:10])) == len(set(found[10:20])) == 1
    assert found[0] != found[10]
    assert (found[20:] == -1).all()
    assert (communities(links) == label).all()


def test_two_groups_that_share_nothing_are_split_again() -> None:
    links = two_rings()
    thrown_together = np.where(np.arange(200) < 20, 0, -1)
    found = split(links, thrown_together, count_values(links, thrown_together))
    assert len(set(found[:10])) == len(set(found[10:20])) == 1
    assert found[0] != found[10]


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


def activity(rows: list[np.ndarray[tuple[int], np.dtype[np.int64]]]) -> Activity:
    start = np.r_[0, np.cumsum([len(row) for row in rows])]
    return Activity(start, np.concatenate(rows), 45 * 144)


def test_a_queue_shows_and_office_hours_do_not() -> None:
    rng = np.random.default_rng(1)
    windows = np.flatnonzero(rng.random(45 * 144) < 0.1)
    queued = [np.unique(rng.choice(windows, 60)) for _ in range(30)]
    hours = (np.arange(45 * 144) % 144 > 54) & (np.arange(45 * 144) % 144 < 102)
    office = [np.unique(rng.choice(np.flatnonzero(hours), 60)) for _ in range(30)]
    seen = activity(queued + office)
    ring, staff = np.arange(30), np.arange(30, 60)
    assert rhythm_ratios(seen, ring, ring).min() > 2
    assert rhythm_ratios(seen, staff, staff).max() < 1.5
    assert rhythm_ratios(seen, ring, staff).max() < rhythm_ratios(seen, ring, ring).min()


def test_what_happens_to_everybody_is_no_queue() -> None:
    rng = np.random.default_rng(2)
    # Retries after incidents: all accounts come in the same few of the ten-minute bins.
    incidents = rng.choice(45 * 144, 60, replace=False)

    def some(share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        own = rng.choice(45 * 144, 60)
        return np.unique(np.where(rng.random(60) < share, rng.choice(incidents, 60), own))

    alone = activity([some(0.5) for _ in range(30)] + [some(0.0) for _ in range(900)])
    everybody = activity([some(0.5) for _ in range(930)])
    ring = np.arange(30)
    assert np.median(rhythm_ratios(alone, ring, ring)) > 3
    assert np.median(rhythm_ratios(everybody, ring, ring)) < 1.5


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


def test_a_round_that_dissolves_every_cluster_parts_none() -> None:
    before, gone = np.zeros(9, dtype=np.int64), np.full(9, -1)
    pairs = Table(np.arange(9), before, np.zeros((9, 2)))
    assert part_queue(pairs, gone, before).tolist() == gone.tolist()
