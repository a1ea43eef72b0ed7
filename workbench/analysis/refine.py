"""Who belongs: leave-one-out likelihood ratios of accounts against each cluster and everybody else.

For a value v and cluster c with n members, m of them with v, the ratio of an account that has v is
P(v | c) over P(v | others), both estimated without the account itself. Ratios add up over
families, damped within a family by the root of their number and capped per independent source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.analysis.links import Bools, Floats, Ints, Links

# A source of evidence counts as support from this ratio on (in nats: odds of about 5 to 1).
SUPPORT = 1.6
_CAP = 7.0
_SMOOTH = 1.5
# A value may speak for this many clusters, each with at least this log ratio.
_CLUSTERS_PER_VALUE = 4
_LEAST = 0.5
SMALLEST = 3


@dataclass(frozen=True)
class Terms:
    """Ratios above zero for candidate pairs, sorted by (account, cluster, family).

    `link` holds for each term the place of its strongest link in `Links`.
    """

    a: Ints
    c: Ints
    family: Ints
    llr: Floats


@dataclass(frozen=True)
class Pairs:
    """Candidate (account, cluster) pairs: total ratio in nats, independent sources in support.

    `shared` is the total before what an account lacks is held against it. `anchored`: the account
    has one of the sources that most of the cluster's members have, or there is no such source.
    """

    a: Ints
    c: Ints
    total: Floats
    support: Ints
    shared: Floats
    anchored: Bools


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


def telling(links: Links, label: Ints, counts: Counts, least: float = _LEAST) -> Counts:
    """For each value the few clusters that it speaks for most: the rest would add next to nothing.

    Without this a value that thousands hold, spread over hundreds of clusters, costs their product.
    """
    size = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)[counts.c]
    members = counts.members.astype(np.float64)
    outside = np.maximum(links.held[counts.v] - members, 0.0)
    ratio = np.log((members / size) / ((outside + 0.5) / np.maximum(links.accounts - size, 1.0)))
    enough = members >= links.least_share[links.family[counts.v]] * size
    keep = np.flatnonzero((ratio >= least) & enough)
    gain = members[keep] * ratio[keep]
    order = keep[np.lexsort((counts.c[keep], -gain, counts.v[keep]))]
    v = counts.v[order]
    first = np.searchsorted(v, v, side="left")
    order = np.sort(order[np.arange(len(order)) - first < _CLUSTERS_PER_VALUE])
    return Counts(counts.v[order], counts.c[order], counts.members[order])


def link_terms(links: Links, label: Ints, counts: Counts) -> tuple[Ints, Ints, Floats]:
    """For each link and cluster in which its value is over-represented: (link, cluster, ratio)."""
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    link, pair = _links_of(links, counts.v)
    cluster, members = counts.c[pair], counts.members[pair].astype(np.float64)
    self_in = (label[links.a[link]] == cluster).astype(np.float64)
    held, size = links.held[links.v[link]].astype(np.float64), sizes[cluster].astype(np.float64)
    outside = np.maximum(held - members, 0.0)
    q = (outside + 0.5) / np.maximum(links.accounts - size, 1.0)
    q = np.minimum(q, 1.0)
    p = (members - self_in + _SMOOTH * q) / (size - self_in + _SMOOTH)
    llr = np.log(np.maximum(p, 1e-12) / q)
    good = llr > 0
    return link[good], cluster[good], llr[good]


def family_terms(links: Links, label: Ints, counts: Counts) -> Terms:
    """The ratios summed per account, cluster and family: root-damped, capped."""
    link, cluster, llr = link_terms(links, label, telling(links, label, counts))
    families = max(len(links.families), 1)
    groups = max(int(label.max(initial=-1)) + 1, 1)
    key = (links.a[link] * groups + cluster) * families + links.family[links.v[link]]
    order = np.argsort(key, kind="stable")
    key, llr = key[order], llr[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else key
    if not len(key):
        none = np.zeros(0, dtype=np.int64)
        return Terms(none, none, none, np.zeros(0))
    total = np.add.reduceat(llr, starts)
    number = np.diff(np.r_[starts, len(key)])
    key = key[starts]
    damped = np.minimum(total / np.sqrt(number), _CAP)
    pair = key // families
    return Terms(pair // groups, pair % groups, key % families, damped)


@dataclass
class Table:
    """Candidate (account, cluster) pairs and, per independent source, their strongest ratio.

    The last column is left for a source that is worked out for some of the pairs only.
    """

    a: Ints
    c: Ints
    ratios: Floats


def pair_table(links: Links, terms: Terms) -> Table:
    """Ratios by independent source; within a source only the strongest family counts."""
    sources = len(links.source_names)
    if not len(terms.a):
        none = np.zeros(0, dtype=np.int64)
        return Table(none, none, np.zeros((0, sources + 1)))
    # Terms are sorted by account and cluster.
    fresh = np.r_[True, (terms.a[1:] != terms.a[:-1]) | (terms.c[1:] != terms.c[:-1])]
    row = np.cumsum(fresh) - 1
    ratios = np.zeros((int(row[-1]) + 1, sources + 1))
    np.maximum.at(ratios, (row, links.source[terms.family]), terms.llr)
    return Table(terms.a[fresh], terms.c[fresh], ratios)


def pair_totals(table: Table, label: Ints) -> Pairs:
    """Ratios summed over sources.

    What nearly all members of a cluster show and an account lacks counts against the account.
    """
    if not len(table.a):
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0), none, np.zeros(0), np.zeros(0, dtype=bool))
    shared = table.ratios.sum(axis=1)
    against, anchored = _lacking(table.ratios, table.a, table.c, label)
    support = (table.ratios >= SUPPORT).sum(axis=1)
    return Pairs(table.a, table.c, shared + against, support, shared, anchored)


def _lacking(table: Floats, a: Ints, c: Ints, label: Ints) -> tuple[Floats, Bools]:
    """Log odds against pairs that lack a source which most members have; who has any of those."""
    groups = max(int(c.max()), int(label.max(initial=-1))) + 1
    size = np.maximum(np.bincount(label[label >= 0], minlength=groups), 1)
    own = label[a] == c
    out = np.zeros(len(a))
    held, exists = np.zeros(len(a), dtype=bool), np.zeros(groups, dtype=bool)
    for source in range(table.shape[1]):
        value = table[:, source]
        against, typical = lacking_source(value, c, own, size)
        out += against
        held |= (value >= SUPPORT) & typical[c]
        exists |= typical
    return out, held | ~exists[c]


def lacking_source(value: Floats, c: Ints, own: Bools, size: Ints) -> tuple[Floats, Bools]:
    """Log odds against each pair that has little of one source; in which clusters most have it."""
    half = 0.5 * np.bincount(c[own], weights=value[own], minlength=len(size)) / size
    enough = value >= half[c]
    have = np.bincount(c[own & enough], minlength=len(size)) / size
    against = np.maximum(np.log(np.maximum(1.0 - have, 0.0) + 1.0 / (size + 2.0)), -_CAP / 2)
    typical = (half >= 1.0) & (have >= 0.6)
    return np.where(~enough & typical[c], against[c], 0.0), typical


def assign(pairs: Pairs, label: Ints, accounts: int, *, anchored: bool = False) -> Ints:
    """Each account's best cluster, where the odds and at least two sources speak for it.

    `anchored`: only accounts that have something of what holds the cluster together. Chance
    companions that share odds and ends with some of the members leave; asked for too early, it
    would drive out the smaller half of a first guess.
    """
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    prior = np.log(np.maximum(sizes[pairs.c], 1) / accounts)
    odds = pairs.total + prior
    belongs = (odds > 0) & (pairs.support >= 2) & (pairs.anchored | (not anchored))
    out = np.full(accounts, -1, dtype=np.int64)
    order = np.argsort(odds[belongs], kind="stable")  # the best is written last
    out[pairs.a[belongs][order]] = pairs.c[belongs][order]
    return out


def compact(label: Ints, smallest: int = SMALLEST) -> Ints:
    """Cluster numbers without gaps; clusters that are too small are dissolved."""
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    keep: Bools = sizes >= smallest
    number = np.where(keep, np.cumsum(keep) - 1, -1)
    return np.where(label >= 0, number[np.maximum(label, 0)], -1) if len(sizes) else label


def split(links: Links, label: Ints, counts: Counts) -> Ints:
    """Parts of a cluster that no telling value of three members joins become clusters.

    Without this two groups that a first guess threw together would vouch for each other, each
    with values of its own.
    """
    size = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    found = telling(links, label, counts, least=SUPPORT)
    glue = found.members >= np.where(size[found.c] < 8, 2, 3)
    link, pair = _links_of(links, found.v[glue])
    inside = label[links.a[link]] == found.c[glue][pair]
    part = components(links.a[link[inside]], pair[inside], links.accounts)
    return compact(np.where(label >= 0, np.unique(part, return_inverse=True)[1], -1))


def part_queue(table: Table, label: Ints, members: Ints) -> Ints:
    """A part of a cluster that follows one queue, unlike the others, becomes a cluster.

    A slow campaign shares little but public wording with benchmarkers and the like, and its
    queue. Members that two other sources hold in the cluster stay in it. `members` are the labels
    that the table was made for, `label` the ones to change.
    """
    own = members[table.a] == table.c
    a, c, ratios = table.a[own], table.c[own], table.ratios[own]
    groups = int(label.max(initial=-1)) + 1
    if not len(a) or not groups:
        return label
    size = np.maximum(np.bincount(c), 1)
    everyone = np.ones(len(a), dtype=bool)
    has = np.zeros(len(a), dtype=np.int64)  # of what most members share, rhythm apart
    for source in range(ratios.shape[1] - 1):
        _, typical = lacking_source(ratios[:, source], c, everyone, size)
        has += typical[c] & (ratios[:, source] >= SUPPORT)
    loose = has <= 1
    queued = np.full(len(label), -1)  # 1 follows the queue, 0 does not
    queued[a] = (loose & (ratios[:, -1] >= SUPPORT)).astype(np.int64)
    known = (label >= 0) & (queued >= 0)
    with_it = np.bincount(label[known & (queued == 1)], minlength=groups)
    without = np.bincount(label[known & (queued == 0)], minlength=groups)
    parted = (with_it >= 8) & (without >= 0.2 * (with_it + without))
    moves = known & (queued == 1) & parted[np.maximum(label, 0)]
    return compact(np.where(moves, label + groups, label))


def components(a: Ints, value: Ints, accounts: int) -> Ints:
    """The smallest account of each account's connected component; links sorted by value."""
    part = np.arange(accounts)
    if not len(a):
        return part
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]])
    sizes = np.diff(np.r_[starts, len(value)])
    order = np.argsort(a, kind="stable")
    ends = np.flatnonzero(np.r_[True, a[order][1:] != a[order][:-1]])
    linked = a[order][ends]
    while True:
        smallest = np.repeat(np.minimum.reduceat(part[a], starts), sizes)
        after = part.copy()
        after[linked] = np.minimum.reduceat(smallest[order], ends)
        np.minimum.at(after, part, after.copy())
        after = after[after]
        if (after == part).all():
            return part
        part = after


def _links_of(links: Links, v: Ints) -> tuple[Ints, Ints]:
    """The links of each of these values: (link, place of the value in `v`)."""
    # Links are sorted by value, so the links of a value are one stretch.
    first = np.searchsorted(links.v, v, side="left")
    length = np.searchsorted(links.v, v, side="right") - first
    pair = np.repeat(np.arange(len(v)), length)
    return first[pair] + np.arange(len(pair)) - np.repeat(np.cumsum(length) - length, length), pair


def merge(pairs: Pairs, label: Ints) -> Ints:
    """Join a cluster to a larger one that most of its members share three sources with."""
    groups = max(int(label.max(initial=-1)), int(pairs.c.max(initial=-1))) + 1
    if groups < 2:
        return label
    sizes = np.bincount(label[label >= 0], minlength=groups)
    own = label[pairs.a]
    prior = np.log(np.maximum(sizes[pairs.c], 1) / len(label))
    fits = (own >= 0) & (own != pairs.c) & (pairs.support >= 3) & (pairs.shared + prior > 3.0)
    key, number = np.unique(own[fits] * groups + pairs.c[fits], return_counts=True)
    small, large = key // groups, key % groups
    good = (number >= 0.6 * sizes[small]) & (sizes[small] <= sizes[large])
    target = np.arange(groups)
    for place in np.lexsort((large, small, -number))[: len(number)]:
        c, d = int(small[place]), int(large[place])
        if good[place] and target[c] == c and target[d] != c:
            target[c] = target[d]
    for _ in range(4):
        target = target[target]
    return np.where(label >= 0, target[np.maximum(label, 0)], -1)
