"""Small made-up link tables: refinement, names, rhythm."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.links import Links
from workbench.analysis.naming import name_clusters
from workbench.analysis.refine import assign, compact, count_values, family_terms, pair_totals
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
    pairs = pair_totals(links, family_terms(links, label, count_values(links, label)), label)
    found = compact(assign(pairs, label, links.accounts))
    assert len(set(found[:10])) == len(set(found[10:20])) == 1
    assert found[0] != found[10]
    assert (found[20:] == -1).all()
    assert (communities(links) == label).all()


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


def test_names_stay_when_a_cluster_grows_and_one_half_keeps_them_when_it_splits() -> None:
    first = name_clusters([["a", "b", "c"], ["x", "y", "z"]], {})
    before = dict.fromkeys("abc", first[0][0]) | dict.fromkeys("xyz", first[1][0])
    grown = name_clusters([["a", "b", "c", "d"], ["x", "y"], ["z", "w", "q"]], before)
    assert grown[0] == (first[0][0], first[0][0])
    assert grown[1] == (first[1][0], first[1][0])
    assert grown[2][0] not in (first[0][0], first[1][0])


@given(st.lists(st.sets(st.text(min_size=1), min_size=1), max_size=8))
def test_names_are_distinct(groups: list[set[str]]) -> None:
    names = [name for name, _ in name_clusters([sorted(group) for group in groups], {})]
    assert len(set(names)) == len(names)
