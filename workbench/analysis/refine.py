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
_ROUNDS = 4
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
    """Candidate (account, cluster) pairs: total ratio in nats, independent sources in support."""

    a: Ints
    c: Ints
    total: Floats
    support: Ints


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


def link_terms(links: Links, label: Ints, counts: Counts) -> tuple[Ints, Ints, Floats]:
    """For each link and cluster in which its value is over-represented: (link, cluster, ratio)."""
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    # Links are sorted by value, so the links of a value are one stretch.
    first = np.searchsorted(links.v, counts.v, side="left")
    length = np.searchsorted(links.v, counts.v, side="right") - first
    pair = np.repeat(np.arange(len(counts.v)), length)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(length) - length, length)
    link = first[pair] + offset
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
    link, cluster, llr = link_terms(links, label, counts)
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


def pair_totals(links: Links, terms: Terms, extra: Terms | None = None) -> Pairs:
    """Ratios summed over independent sources; within a source only the strongest family counts."""
    source = links.source[terms.family]
    a, c, llr = terms.a, terms.c, terms.llr
    if extra is not None:
        a, c = np.r_[a, extra.a], np.r_[c, extra.c]
        source, llr = np.r_[source, extra.family], np.r_[llr, extra.llr]
    if not len(a):
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0), none)
    groups, sources = int(c.max()) + 1, int(source.max()) + 1
    key = (a * groups + c) * sources + source
    order = np.lexsort((-llr, key))
    key, llr = key[order], llr[order]
    first = np.r_[True, key[1:] != key[:-1]]
    key, llr = key[first], llr[first]
    pair = key // sources
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    total = np.add.reduceat(llr, starts)
    support = np.add.reduceat((llr >= SUPPORT).astype(np.int64), starts)
    pair = pair[starts]
    return Pairs(pair // groups, pair % groups, total, support)


def assign(pairs: Pairs, label: Ints, accounts: int) -> Ints:
    """Each account's best cluster, where the odds and at least two sources speak for it."""
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    prior = np.log(np.maximum(sizes[pairs.c], 1) / accounts)
    odds = pairs.total + prior
    belongs = (odds > 0) & (pairs.support >= 2)
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
