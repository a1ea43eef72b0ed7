"""Who belongs: leave-one-out likelihood ratios of accounts against each cluster and everybody else.

For a value v and cluster c with n members, m of them with v, the ratio of an account that has v is
P(v | c) over P(v | others), both estimated without the account itself. Of each family the strongest
ratio counts, capped, of each independent source the strongest family; sources add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.detection.graph.links import Bools, Floats, Ints, Links
from workbench.detection.likelihood.value_ratios import Counts, link_terms, links_of, value_ratios

# A source of evidence counts as support from this ratio on (in nats: odds of about 5 to 1).
SUPPORT = 1.6
_CAP = 7.0
SMALLEST = 3
# A group joins another where this share of its members has so many sources in common with it.
JOINS, JOINING = 0.6, 3
# Ratios are compared by such steps.
_STEP = 0.25
_STEPS = round(_CAP / _STEP) + 1


@dataclass(frozen=True)
class Terms:
    """Ratios above zero for candidate pairs, sorted by (account, cluster, family)."""

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


def family_terms(links: Links, label: Ints, counts: Counts, party: Ints | None = None) -> Terms:
    """The strongest ratio per account, cluster and family, capped; `party` as in `link_terms`."""
    link, cluster, llr = link_terms(links, label, *value_ratios(links, label, counts), party)
    families = max(len(links.families), 1)
    groups = max(int(label.max(initial=-1)) + 1, 1)
    key = (links.a[link] * groups + cluster) * families + links.family[links.v[link]]
    order = np.argsort(key, kind="stable")
    key, llr = key[order], llr[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else key
    if not len(key):
        none = np.zeros(0, dtype=np.int64)
        return Terms(none, none, none, np.zeros(0))
    strongest = np.minimum(np.maximum.reduceat(llr, starts), _CAP)
    key = key[starts]
    pair = key // families
    return Terms(pair // groups, pair % groups, key % families, strongest)


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


def weigh(links: Links, terms: Terms, label: Ints) -> tuple[Terms, Table]:
    """The terms, and ratios by independent source, none above what the strength of a source tells.

    An account's strongest value is the best of many, held against a cluster of many values: the
    more accounts are tried, the more find one by chance. So a strength counts as much as it is
    commoner among members than among others.
    """
    table = pair_table(links, terms)
    if not len(terms.a):
        return terms, table
    width = table.ratios.shape[1]
    place = np.flatnonzero(table.ratios)
    strength = table.ratios.flat[place]
    row, source = np.divmod(place, width)
    own = label[table.a[row]] == table.c[row]
    # Who shares two other sources may be a member that is yet to be found.
    besides = (table.ratios >= SUPPORT).sum(axis=1)[row] - (strength >= SUPPORT)
    groups = max(int(table.c.max()), int(label.max(initial=-1))) + 1
    key = table.c[row] * width + source
    inside, outside = (
        _as_strong(key, strength, side, groups * width) for side in (own, ~own & (besides < 2))
    )
    size = np.bincount(label[label >= 0], minlength=groups)[table.c[row]]
    members = (inside + 0.5) / (size + 1.0)
    others = (outside + 0.5) / (len(label) - size + 1.0)
    table.ratios.flat[place] = np.clip(np.log(members / others), 0.0, strength)
    row = np.searchsorted(table.a * groups + table.c, terms.a * groups + terms.c)
    llr = np.minimum(terms.llr, table.ratios[row, links.source[terms.family]])
    return Terms(terms.a, terms.c, terms.family, llr), table


def _as_strong(key: Ints, strength: Floats, counted: Bools, keys: int) -> Ints:
    """For each entry how many of the counted ones of its key are as strong, by steps."""
    place = key * _STEPS + np.minimum((strength / _STEP).astype(np.int64), _STEPS - 1)
    number = np.bincount(place[counted], minlength=keys * _STEPS).reshape(keys, _STEPS)
    return np.asarray(number[:, ::-1].cumsum(axis=1)[:, ::-1].reshape(-1)[place])


def likeness(odds: Floats) -> Floats:
    """Odds in nats that accounts belong, the prior included, as a share 0..1."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


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
        if source < table.shape[1] - 1:  # a rhythm that is another speaks against by itself
            out += against
        held |= (value >= SUPPORT) & typical[c]
        exists |= typical
    return out, held | ~exists[c]


def lacking_source(value: Floats, c: Ints, own: Bools, size: Ints) -> tuple[Floats, Bools]:
    """Log odds against each pair that has little of one source; in which clusters most have it.

    They are those of the share of the members who have no more of it, from half of them down.
    """
    half = 0.5 * np.bincount(c[own], weights=value[own], minlength=len(size)) / size
    have = np.bincount(c[own & (value >= half[c])], minlength=len(size)) / size
    typical = (half >= 1.0) & (have >= 0.6)
    against = np.zeros(len(c))
    asked = np.flatnonzero(typical[c])
    if not len(asked):
        return against, typical
    mine = own & typical[c]
    members = np.bincount(c[mine], minlength=len(size))
    first = np.cumsum(members) - members
    step = 2.0 * float(np.abs(value).max()) + 1.0
    ranked = np.sort(c[mine] * step + value[mine])
    c, value = c[asked], value[asked]
    # Members without a row share nothing at all.
    fewer = np.searchsorted(ranked, c * step + value, side="right") - first[c]
    fewer = fewer + np.where(value >= 0, size[c] - members[c], 0)
    odds = np.log(np.minimum(2.0 * (fewer + 0.5) / (size[c] + 1.0), 1.0))
    against[asked] = np.maximum(odds, -_CAP / 2)
    return against, typical


def assign(pairs: Pairs, label: Ints, unsure: Floats, *, anchored: bool = False) -> Ints:
    """Each account's best cluster, where the odds and at least two sources speak for it.

    `unsure`: nats of each account's ratio with its own cluster that no other cluster was asked
    for. They keep it from being left out, and from no better place.

    `anchored`: only accounts that have something of what holds the cluster together. Chance
    companions that share odds and ends with some of the members leave; asked for too early, it
    would drive out the smaller half of a first guess.
    """
    sizes = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    prior = np.log(np.maximum(sizes[pairs.c], 1) / len(label))
    odds = pairs.total + prior
    belongs = (odds > 0) & (pairs.support >= 2) & (pairs.anchored | (not anchored))
    odds -= np.where(label[pairs.a] == pairs.c, unsure[pairs.a], 0.0)
    out = np.full(len(label), -1, dtype=np.int64)
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
    found, real = value_ratios(links, label, counts, least=SUPPORT)
    glue = (found.members >= np.where(size[found.c] < 8, 2, 3)) & (real > 0.5)
    link, pair = links_of(links, found.v[glue])
    inside = label[links.a[link]] == found.c[glue][pair]
    part = components(links.a[link[inside]], pair[inside], links.accounts)
    return compact(np.where(label >= 0, np.unique(part, return_inverse=True)[1], -1))


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


def merge(pairs: Pairs, label: Ints) -> Ints:
    """Join a cluster to a larger one that most of its members share three sources with."""
    groups = max(int(label.max(initial=-1)), int(pairs.c.max(initial=-1))) + 1
    if groups < 2:
        return label
    sizes = np.bincount(label[label >= 0], minlength=groups)
    own = label[pairs.a]
    prior = np.log(np.maximum(sizes[pairs.c], 1) / len(label))
    fits = (own >= 0) & (own != pairs.c) & (pairs.support >= JOINING) & (pairs.shared + prior > 0)
    key, number = np.unique(own[fits] * groups + pairs.c[fits], return_counts=True)
    small, large = key // groups, key % groups
    good = (number >= JOINS * sizes[small]) & (sizes[small] <= sizes[large])
    target = np.arange(groups)
    for place in np.lexsort((large, small, -number))[: len(number)]:
        c, d = int(small[place]), int(large[place])
        if good[place] and target[c] == c and target[d] != c:
            target[c] = target[d]
    for _ in range(4):
        target = target[target]
    return np.where(label >= 0, target[np.maximum(label, 0)], -1)
