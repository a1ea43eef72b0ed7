"""When clusters join: most of one share three sources with a larger one; chains are followed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.detection.test_belonging import PRIOR, ints
from workbench.detection.graph.links import Ints
from workbench.detection.likelihood.membership import Pairs, merge


def sharing(sharers: int, sources: int = 3, shared: float = 9.0) -> tuple[Pairs, Ints]:
    """Cluster 0 of five, of whom so many share so many sources with cluster 1 of ten."""
    a = np.arange(sharers)
    totals = np.full(sharers, -20.0)  # what they lack does not matter
    pairs = Pairs(
        a, np.ones(sharers, dtype=np.int64), totals, np.full(sharers, sources),
        np.full(sharers, shared), np.zeros(sharers, dtype=bool),
    )  # fmt: skip
    label = np.full(100, -1)
    label[:5], label[5:15] = 0, 1
    return pairs, label


@pytest.mark.parametrize(
    ("sharers", "sources", "shared", "joins"),
    [
        (3, 3, 9.0, True), (5, 4, 9.0, True), (2, 3, 9.0, False), (5, 2, 9.0, False),
        (5, 3, PRIOR + 0.01, True), (5, 3, PRIOR - 0.01, False),
    ],
)  # fmt: skip
def test_a_group_joins_where_three_of_five_share_three_sources(
    sharers: int, sources: int, shared: float, joins: bool
) -> None:
    pairs, label = sharing(sharers, sources, shared)
    found = merge(pairs, label)
    assert (found[:5] == (1 if joins else 0)).all()
    assert (found[5:15] == 1).all()
    assert (found[15:] == -1).all()


def test_a_larger_group_does_not_join_a_smaller_one_and_equals_do() -> None:
    pairs, label = sharing(5)
    larger = label.copy()
    larger[20:30] = 0
    assert (merge(pairs, larger) == larger).all()
    equal = np.where(np.arange(100) < 10, label, -1)
    assert len(set(merge(pairs, equal)[:10].tolist())) == 1


def test_two_equal_groups_that_share_with_each_other_become_one() -> None:
    label = ints(0, 0, 0, 1, 1, 1, *[-1] * 94)
    a = np.arange(6)
    pairs = Pairs(
        a, 1 - label[:6], np.full(6, 9.0), np.full(6, 3), np.full(6, 9.0), np.ones(6, dtype=bool)
    )
    found = merge(pairs, label)
    assert len(set(found[:6].tolist())) == 1
    assert found[0] in (0, 1)


def test_a_chain_of_groups_ends_in_the_last() -> None:
    label = np.full(200, -1)
    sizes = [4, 5, 6, 7, 8]
    edges = np.r_[0, np.cumsum(sizes)]
    for number, (first, last) in enumerate(pairwise(edges)):
        label[first:last] = number
    a = np.arange(edges[-2])
    many = len(a)
    pairs = Pairs(
        a, label[a] + 1, np.full(many, 9.0), np.full(many, 3), np.full(many, 9.0),
        np.ones(many, dtype=bool),
    )  # fmt: skip
    found = merge(pairs, label)
    assert set(found[: edges[-1]].tolist()) == {4}
    assert (found[edges[-1] :] == -1).all()


def test_a_long_chain_of_equal_groups_becomes_one() -> None:
    """Each joins the next before the next has joined its own: 16 steps are followed."""
    label = np.full(500, -1)
    label[: 17 * 5] = np.repeat(np.arange(17), 5)
    a = np.arange(16 * 5)
    many = len(a)
    pairs = Pairs(
        a, label[a] + 1, np.full(many, 9.0), np.full(many, 3), np.full(many, 9.0),
        np.ones(many, dtype=bool),
    )  # fmt: skip
    assert set(merge(pairs, label)[: 17 * 5].tolist()) == {16}
