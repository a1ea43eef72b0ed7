"""What one queue says about membership: the part of a slow campaign that shares nothing else."""

from __future__ import annotations

import numpy as np

from workbench.detection.features.activity_sync import SHORTEST, Activity, rhythm_ratios
from workbench.detection.graph.links import Bools, Floats, Ints
from workbench.detection.likelihood.membership import (
    SMALLEST,
    SUPPORT,
    Table,
    compact,
    lacking_source,
)

_SMALLEST = 8
_GLANCE = 40  # bins
# Where one queue serves most members, so large a part that neither follows it nor is tied to them
# is a crowd around them.
_SERVED = 0.5
_CROWD = 0.25
_MIN_SHARE_FOLLOWING = 0.6  # this share of a cluster's members follows its queue, or it has none
# An account whose bursts would show so much of a queue, and that shows so little, is not in it.
_SHOWN = 6.0
_LITTLE = 0.25


def add_queued(activity: Activity, label: Ints, table: Table) -> Table:
    """Add to a table the pairs of accounts and queues that nothing else had brought together."""
    rows = [_strangers(activity, label, table, cluster) for cluster in queued(table, label)]
    if not rows:
        return table
    a = np.concatenate([one for one, _, _ in rows])
    c = np.concatenate([np.full(len(one), cluster) for one, cluster, _ in rows])
    ratios = np.zeros((len(a), table.ratios.shape[1]))
    ratios[:, -1] = np.concatenate([found for _, _, found in rows])
    order = np.lexsort((np.r_[table.c, c], np.r_[table.a, a]))
    return Table(
        np.r_[table.a, a][order],
        np.r_[table.c, c][order],
        np.concatenate((table.ratios, ratios))[order],
    )


def queued(table: Table, label: Ints) -> Ints:
    """Clusters of which most members follow one queue."""
    return np.flatnonzero(_served(table, label, _MIN_SHARE_FOLLOWING))


def _served(table: Table, label: Ints, share: float) -> Bools:
    """Whether so large a share of the members of each cluster follow its queue."""
    groups = int(label.max(initial=-1)) + 1
    follow = (label[table.a] == table.c) & (table.ratios[:, -1] >= SUPPORT)
    following = np.bincount(table.c[follow], minlength=groups)
    size = np.bincount(label[label >= 0], minlength=groups)
    return np.asarray((following >= _SMALLEST) & (following >= share * size))


def _strangers(
    activity: Activity, label: Ints, table: Table, cluster: int
) -> tuple[Ints, int, Floats]:
    known = np.diff(activity.start) < SHORTEST
    known[table.a[table.c == cluster]] = True
    others, members = np.flatnonzero(~known), np.flatnonzero(label == cluster)
    # A short look first: hardly anybody follows.
    others = others[rhythm_ratios(activity, members, others, _GLANCE) >= 0.5 * SUPPORT]
    found = rhythm_ratios(activity, members, others)
    near = found >= SUPPORT
    return others[near], cluster, found[near]


def join_queues(table: Table, label: Ints, merged: Ints) -> Ints:
    """Join clusters to a larger one whose queue most of their members follow too.

    `label` is what the table was made for, `merged` the same with some clusters joined already.
    """
    groups = int(label.max()) + 1
    size = np.bincount(label[label >= 0], minlength=groups)
    own = label[table.a]
    follow = (own >= 0) & (own != table.c) & (table.ratios[:, -1] >= SUPPORT)
    key, number = np.unique(own[follow] * groups + table.c[follow], return_counts=True)
    small, large = key // groups, key % groups
    bigger = (size[small] < size[large]) | ((size[small] == size[large]) & (small > large))
    good = np.flatnonzero(bigger & (number >= _MIN_SHARE_FOLLOWING * size[small]))
    target = np.arange(groups)
    # The largest take in first; one that was taken in passes its own on.
    for place in good[np.lexsort((small[good], -number[good], -size[large[good]]))]:
        if target[small[place]] == small[place]:
            target[small[place]] = target[large[place]]
    return np.where(merged >= 0, target[np.maximum(merged, 0)], -1)


def part_queue(activity: Activity, table: Table, label: Ints, members: Ints, holding: Ints) -> Ints:
    """The part of a cluster that follows one queue, and little else, becomes a cluster.

    A slow campaign shares little but public wording with benchmarkers and the like, and its
    queue. Followers that two of the sources `holding` hold in the cluster stay in it. `members`
    are the labels that the table was made for, `label` the ones to change.
    """
    own = members[table.a] == table.c
    a, c, ratios = table.a[own], table.c[own], table.ratios[own]
    groups = int(label.max(initial=-1)) + 1
    if not len(a) or not groups:
        return label
    shows = ratios[:, -1]
    follows = shows >= SUPPORT
    expected = activity.bursts[a] * _effect(activity, a[follows], c[follows], shows[follows], c)
    apart = ~follows & (expected >= _SHOWN) & (shows < _LITTLE * expected)
    state = np.full(len(label), -1)
    state[a[follows & (_typical(ratios[:, holding], c) <= 1)]] = 1
    state[a[apart]] = 0
    known = label >= 0
    with_it = np.bincount(label[known & (state == 1)], minlength=groups)
    without = np.bincount(label[known & (state == 0)], minlength=groups)
    parted = (with_it >= _SMALLEST) & (without >= SMALLEST)
    moves = known & (state == 1) & parted[np.maximum(label, 0)]
    return compact(np.where(moves, label + groups, label))


def leave_crowd(table: Table, label: Ints, ties: Ints) -> Ints:
    """The crowd around a queue leaves: accounts of the same region that share wording only.

    A slow campaign among the speakers of one language shares carrier, mail provider and turns of
    phrase with all of them. `ties` are the sources by which accounts are one another's.
    """
    own = label[table.a] == table.c
    a, c, ratios = table.a[own], table.c[own], table.ratios[own]
    loose = (ratios[:, -1] < SUPPORT) & ~(ratios[:, ties] >= SUPPORT).any(axis=1)
    served = _served(table, label, _SERVED)
    size = np.bincount(label[label >= 0], minlength=len(served))
    crowded = served & (np.bincount(c[loose], minlength=len(served)) >= _CROWD * size)
    out = label.copy()
    out[a[loose & crowded[c]]] = -1
    return out


def _typical(ratios: Floats, c: Ints) -> Ints:
    """How many of the sources that most members share each member has."""
    size = np.maximum(np.bincount(c), 1)
    everyone = np.ones(len(c), dtype=bool)
    has = np.zeros(len(c), dtype=np.int64)
    for source in range(ratios.shape[1]):
        _, typical = lacking_source(ratios[:, source], c, everyone, size)
        has += typical[c] & (ratios[:, source] >= SUPPORT)
    return has


def _effect(activity: Activity, a: Ints, c: Ints, shows: Floats, of: Ints) -> Floats:
    """What one burst of a follower shows of the queue, for the clusters `of`."""
    size = int(of.max(initial=-1)) + 1
    shown = np.bincount(c, weights=shows, minlength=size)
    return np.asarray(
        (shown / np.maximum(np.bincount(c, weights=activity.bursts[a], minlength=size), 1.0))[of]
    )
