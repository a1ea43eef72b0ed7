"""From links to clusters: communities, then rounds of leave-one-out refinement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.detection.clustering.shared_queue import (
    add_queued,
    join_queues,
    leave_crowd,
    part_queue,
)
from workbench.detection.clustering.subgroups import split_subgroups
from workbench.detection.features.activity_sync import Activity, rhythm_ratios
from workbench.detection.graph.communities import communities
from workbench.detection.graph.links import Floats, Ints, Links
from workbench.detection.likelihood.membership import (
    SUPPORT,
    Pairs,
    Table,
    Terms,
    assign,
    compact,
    family_terms,
    merge,
    pair_totals,
    split,
    weigh,
)
from workbench.detection.likelihood.value_ratios import count_values

_ROUNDS = 3
_ADOPTIONS = 5
# A cluster has something of a queue if at least so many members, and such a part, follow it.
_MIN_FOLLOWERS = 3
_MIN_SHARE_FOLLOWING = 0.1


@dataclass(frozen=True)
class Found:
    """The clusters: a number for each account (-1: none), their terms, rhythm terms and totals.

    `rhythm` terms, one for each of `pairs`, carry the source number one past the last of
    `Links.source_names`; so does the last column of `own`, the ratios of the members with their
    own cluster.
    """

    label: Ints
    terms: Terms
    rhythm: Terms
    pairs: Pairs
    own: Table

    @property
    def clusters(self) -> int:
        """How many."""
        return int(self.label.max(initial=-1)) + 1


def find_clusters(links: Links, activity: Activity, tell: Callable[[str, int, int], None]) -> Found:
    """Cluster all accounts; the same links and activity give the same clusters."""
    tell("communities", 0, 0)
    label = communities(links)
    for turn in range(_ROUNDS):
        tell("refining clusters", turn, _ROUNDS)
        _, table, unsure = _evaluate(links, activity, label)
        before = label
        pairs = pair_totals(table, label)
        last = turn == _ROUNDS - 1
        label = assign(pairs, label, unsure, anchored=last)
        label = compact(label if last else merge(pairs, label))
        label = split(links, label, count_values(links, label))
        if not last:
            label = part_queue(activity, table, label, before, links.holding)
    label, terms, table = _adopt(links, activity, label)
    source = np.full(len(table.a), len(links.source_names))
    rhythm = Terms(table.a, table.c, source, table.ratios[:, -1].copy())
    mine = label[table.a] == table.c
    own = Table(table.a[mine], table.c[mine], table.ratios[mine])
    return Found(label, terms, rhythm, pair_totals(table, label), own)


def _adopt(links: Links, activity: Activity, label: Ints) -> tuple[Ints, Terms, Table]:
    """Clusters that one queue serves are one; it also finds members that little else gives away.

    Parties part first. The labels come with their terms and table.
    """
    if (label >= 0).any():
        label = split_subgroups(links, activity, label)
    found = _evaluate(links, activity, label)
    if not (label >= 0).any():
        return label, *found[:2]
    table = add_queued(activity, label, found[1])
    joined = compact(join_queues(table, label, merge(pair_totals(table, label), label)))
    for turn in range(_ADOPTIONS):
        if turn or (joined != label).any():
            label = joined
            del found, table  # not kept beside the next ones: at scale they are large
            found = _evaluate(links, activity, label)
            table = add_queued(activity, label, found[1])
        pairs = pair_totals(table, label)
        before, label = label, assign(pairs, label, found[2], anchored=True)
        label = compact(leave_crowd(table, label, links.ties))
        joined = part_queue(activity, table, label, before, links.holding)
        if (joined == before).all():
            return joined, *found[:2]
        del pairs
    del found, table
    return joined, *_evaluate(links, activity, joined)[:2]


def _evaluate(links: Links, activity: Activity, label: Ints) -> tuple[Terms, Table, Floats]:
    """Terms, table, and of each account's ratio with its cluster what rests on no queue.

    That is its rhythm with a few fellows, of which others were not asked.
    """
    terms, table = weigh(links, family_terms(links, label, count_values(links, label)), label)
    sizes = np.maximum(
        np.bincount(label[label >= 0], minlength=int(table.c.max(initial=-1)) + 1), 1
    )
    # Accounts far from belonging are not worth the look at their rhythm.
    hope = table.ratios.sum(axis=1) + np.log(sizes[table.c] / max(len(label), 1))
    close = np.flatnonzero((label[table.a] == table.c) | (hope > -7.0))
    ratios = table.ratios[:, -1]
    order = close[np.argsort(table.c[close], kind="stable")]
    edges = np.searchsorted(table.c[order], np.arange(int(label.max(initial=-1)) + 2))
    by_label = np.argsort(label, kind="stable")
    places = np.searchsorted(label[by_label], np.arange(len(edges)))
    unsure = np.zeros(len(label))
    for cluster in range(len(edges) - 1):
        near = order[edges[cluster] : edges[cluster + 1]]
        members = by_label[places[cluster] : places[cluster + 1]]
        mine = label[table.a[near]] == cluster
        found = rhythm_ratios(activity, members, table.a[near[mine]])
        # Where most members follow no queue, to follow none speaks against nobody; where hardly
        # any does, there is none to follow.
        served = len(found) and np.median(found) >= SUPPORT
        some = (found >= SUPPORT).sum() >= max(_MIN_FOLLOWERS, _MIN_SHARE_FOLLOWING * len(found))
        ratios[near[mine]] = found if served else np.maximum(found, 0.0)
        if some:
            found = rhythm_ratios(activity, members, table.a[near[~mine]])
            ratios[near[~mine]] = found if served else np.maximum(found, 0.0)
        else:
            unsure[table.a[near[mine]]] = np.maximum(found, 0.0)
    return terms, table, unsure
