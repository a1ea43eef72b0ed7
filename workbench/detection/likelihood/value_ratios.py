"""Which values tell that an account belongs to a cluster, and how much.

A cluster of many accounts with many values has some in common by chance alone. Their number is
estimated for each family from how many of all links are the cluster's, and the ratio of a value is
weakened by the share of such chance values among all that are as improbable as it is (the local
false discovery rate; Efron: Large-Scale Inference, 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.detection.graph.links import Floats, Ints, Links

_SMOOTH = 1.5
# A value may speak for this many clusters, each with at least this log ratio.
_CLUSTERS_PER_VALUE = 4
_LEAST = 0.5


@dataclass(frozen=True)
class Counts:
    """For (value, cluster) pairs with at least two members: how many members have it."""

    v: Ints
    c: Ints
    members: Ints


def count_values(links: Links, label: Ints) -> Counts:
    """How many members of each cluster have each value."""
    groups = max(int(label.max(initial=-1)) + 1, 1)
    own = label[links.a]
    inside = own >= 0
    key, members = np.unique(links.v[inside] * groups + own[inside], return_counts=True)
    several = members >= 2
    key, members = key[several], members[several]
    return Counts(key // groups, key % groups, members)


def value_ratios(
    links: Links, label: Ints, counts: Counts, least: float = _LEAST
) -> tuple[Counts, Floats]:
    """For each value the few clusters that it speaks for most, and its part that is no chance.

    The other clusters would add next to nothing; without this a value that thousands hold, spread
    over hundreds of clusters, costs their product.
    """
    size = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)[counts.c]
    members = counts.members.astype(np.float64)
    outside = np.maximum(links.held[counts.v] - members, 0.0)
    ratio = np.log((members / size) / ((outside + 0.5) / np.maximum(links.accounts - size, 1.0)))
    enough = members >= links.least_share[links.family[counts.v]] * size
    keep = np.flatnonzero((ratio >= least) & enough)
    counts = Counts(counts.v[keep], counts.c[keep], counts.members[keep])
    real = _beyond_chance(links, label, counts)
    gain = counts.members * ratio[keep] * real
    order = np.lexsort((counts.c, -gain, counts.v))
    v = counts.v[order]
    first = np.searchsorted(v, v, side="left")
    order = np.sort(order[np.arange(len(order)) - first < _CLUSTERS_PER_VALUE])
    return Counts(counts.v[order], counts.c[order], counts.members[order]), real[order]


def _beyond_chance(links: Links, label: Ints, counts: Counts) -> Floats:
    """For each pair the probability that its members do not share the value by chance."""
    if not len(counts.v):
        return np.zeros(0)
    groups, families = int(label.max()) + 1, len(links.families)
    family = links.family[counts.v]
    pair = family * groups + counts.c
    # The chance that some holder is a member: the cluster's part of the family's links, those of
    # the values in question left out and one for each account put in.
    of, own = links.family[links.v], label[links.a]
    inside = np.bincount(of[own >= 0] * groups + own[own >= 0], minlength=families * groups)
    inside = inside - np.bincount(pair, counts.members, families * groups)
    every = np.bincount(of, minlength=families)[family]
    every = every - np.bincount(pair, links.held[counts.v], families * groups)[pair]
    size = np.bincount(label[label >= 0], minlength=groups)
    part = (inside[pair] + size[counts.c]) / (every + links.accounts)
    odds = _log_tail(counts.members.astype(np.float64), links.held[counts.v], part)
    # Values as improbable as this one, by powers of e: how many there are, how many chance makes.
    step = np.minimum(np.floor(-odds), 99).astype(np.int64)
    key = pair * 100 + step
    _, place, alike = np.unique(key, return_inverse=True, return_counts=True)
    chance = np.bincount(links.family, minlength=families)[family] * np.exp(odds)
    return np.asarray(1.0 - np.minimum(chance / alike[place], 1.0))


def _log_tail(members: Floats, held: Ints, part: Floats) -> Floats:
    """Chernoff's bound of the log probability that so many or more of the holders are members."""
    share = members / held
    part = np.clip(part, 1e-12, 1 - 1e-12)
    rest = np.where(share < 1, (1 - share) * np.log(np.maximum(1 - share, 1e-300) / (1 - part)), 0)
    return np.asarray(np.where(share > part, -held * (share * np.log(share / part) + rest), 0.0))


def link_terms(
    links: Links, label: Ints, counts: Counts, real: Floats, party: Ints | None = None
) -> tuple[Ints, Ints, Floats]:
    """For each link and cluster in which its value is over-represented: (link, cluster, ratio).

    `party`: parts of clusters whose members do not vouch for each other; without it only an
    account does not vouch for itself.
    """
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    size, members = sizes[counts.c].astype(np.float64), counts.members.astype(np.float64)
    outside = np.maximum(links.held[counts.v] - members, 0.0)
    q = np.minimum((outside + 0.5) / np.maximum(links.accounts - size, 1.0), 1.0)

    def ratio(pair: Ints | slice, having: Ints | int, all_of_them: Ints | int) -> Floats:
        """The ratio when so many members are left out, of whom so many have the value."""
        usual = q[pair]
        p = (members[pair] - having + _SMOOTH * usual) / (size[pair] - all_of_them + _SMOOTH)
        return np.asarray(np.log(1.0 + real[pair] * (np.maximum(p, 1e-12) / usual - 1.0)))

    link, pair = links_of(links, counts.v)
    a = links.a[link]
    # Links are many times as many as pairs, and their ratios differ by pair and membership alone.
    llr = ratio(slice(None), 0, 0)[pair]
    own = np.flatnonzero(label[a] == counts.c[pair])
    if party is None:
        llr[own] = ratio(slice(None), 1, 1)[pair[own]]
    else:
        several = np.bincount(party[party >= 0])
        having = _having(party, links.v[link], a)[own]
        llr[own] = ratio(pair[own], having, several[np.maximum(party[a[own]], 0)])
    good = np.flatnonzero(llr > 0)
    return link[good], counts.c[pair[good]], llr[good]


def _having(party: Ints, v: Ints, a: Ints) -> Ints:
    """How many of each account's party have its value, once for each cluster it speaks for.

    What speaks for several clusters holds a party to none of them.
    """
    key = v * (int(party.max(initial=-1)) + 2) + party[a] + 1
    _, place, number = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray(number[place])


def links_of(links: Links, v: Ints) -> tuple[Ints, Ints]:
    """The links of each of these values: (link, place of the value in `v`)."""
    # Links are sorted by value, so the links of a value are one stretch.
    first = np.searchsorted(links.v, v, side="left")
    length = np.searchsorted(links.v, v, side="right") - first
    pair = np.repeat(np.arange(len(v)), length)
    return first[pair] + np.arange(len(pair)) - np.repeat(np.cumsum(length) - length, length), pair
