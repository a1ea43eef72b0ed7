"""Parties inside clusters: groups whose members vouch for each other with values of their own.

A first guess may put an office into a large campaign, or a corner of one campaign into another:
each of its members is then backed by its colleagues. So each part of a cluster is asked whether the
rest of the cluster backs it as well, and whether it would be joined to another one by itself.
"""

from __future__ import annotations

import random

import igraph
import numpy as np

from workbench.detection.features.activity_sync import Activity, rhythm_ratios
from workbench.detection.graph.communities import link_weights
from workbench.detection.graph.links import Bools, Floats, Ints, Links
from workbench.detection.likelihood.membership import (
    JOINING,
    JOINS,
    SUPPORT,
    Table,
    compact,
    family_terms,
    weigh,
)
from workbench.detection.likelihood.value_ratios import count_values, links_of, value_ratios

_SEED = 20_260_422
_SMALLEST_CLUSTER = 6
_MIN_SHARE_BACKED = 0.5  # of a party's members the rest must back so many, or it leaves


def split_subgroups(links: Links, activity: Activity, label: Ints) -> Ints:
    """Parties that the rest of their cluster does not back become clusters of their own.

    Those that another cluster would take in, were they one, move to it: of them the members who
    fit it better than the rest.
    """
    party = _subgroups(links, label)
    if party.max(initial=-1) < 0:
        return label
    label = _part_largest(links, activity, label, party)
    size = np.bincount(party[party >= 0])
    asked = (party >= 0) & ~_largest(party, label, size)[party]
    rest = np.bincount(label[label >= 0])[label] - np.where(party >= 0, size[party], 0)
    table = _without_party(links, label, party)
    odds, backed = _backing(table, label, rest)
    home = _better(table, label, odds)
    strays = asked & (home >= 0)
    strays &= (np.bincount(party[strays], minlength=len(size)) >= JOINS * size)[party]
    short = np.bincount(party[asked], ~backed[asked], len(size)) > (1 - _MIN_SHARE_BACKED) * size
    held = np.zeros(len(size), dtype=bool)
    for one in np.flatnonzero(short | (np.bincount(party[strays], minlength=len(size)) > 0)):
        members = np.flatnonzero(party == one)
        rest_of_it = np.flatnonzero((label == label[members[0]]) & (party != one))
        held[one] = _one_queue(activity, rest_of_it, members)
    leaves = asked & (short & ~held)[party] & ~backed
    out = np.where(leaves, party + int(label.max()) + 1, label)
    return compact(np.where(strays & ~held[party], home, out))


def _part_largest(links: Links, activity: Activity, label: Ints, party: Ints) -> Ints:
    """The largest party becomes a cluster where neither it nor the rest backs the other.

    The rest is then held together by itself, as an office and a campaign that share a few words.
    """
    groups = int(label.max()) + 1
    largest = (party >= 0) & _largest(party, label, np.bincount(party[party >= 0]))[party]
    parted = np.bincount(label[largest], minlength=groups) > 0
    asked = (label >= 0) & parted[label]
    side = np.where(asked, 2 * label + ~largest, -1)
    size = np.bincount(side[asked], minlength=2 * groups)
    backed = _backing(_without_party(links, label, side), label, size[side ^ 1])[1]
    short = np.bincount(side[asked], ~backed[asked], 2 * groups) > (1 - _MIN_SHARE_BACKED) * size
    apart = short[::2] & short[1::2]
    for one in np.flatnonzero(apart):
        halves = [np.flatnonzero(side == 2 * one + half) for half in (1, 0)]
        apart[one] = not _one_queue(activity, *halves)
    return compact(np.where(largest & apart[label], label + groups, label))


def _without_party(links: Links, label: Ints, party: Ints) -> Table:
    """Ratios of accounts with clusters; those of a party do not vouch for each other."""
    return weigh(links, family_terms(links, label, count_values(links, label), party), label)[1]


def _backing(table: Table, label: Ints, rest: Ints) -> tuple[Floats, Bools]:
    """The odds that each account belongs to the `rest` of its cluster; whether that backs it."""
    own = label[table.a] == table.c
    a, ratios = table.a[own], table.ratios[own]
    odds = np.log(np.maximum(rest, 1) / len(label))
    odds[a] += ratios.sum(axis=1)
    backed = np.zeros(len(label), dtype=bool)
    backed[a] = (odds[a] > 0) & ((ratios >= SUPPORT).sum(axis=1) >= 2)
    return odds, backed


def _better(table: Table, label: Ints, odds: Floats) -> Ints:
    """The other cluster with which each account shares what joins clusters, and fits best, or -1.

    Two sources are too few: of many crowds some fit another better by chance.
    """
    sizes = np.bincount(label[label >= 0])
    there = table.ratios.sum(axis=1) + np.log(sizes[table.c] / len(label))
    enough = (table.ratios >= SUPPORT).sum(axis=1) >= JOINING
    better = (label[table.a] != table.c) & (there > np.maximum(odds[table.a], 0.0))
    fits = np.flatnonzero(enough & better)
    out = np.full(len(label), -1)
    order = fits[np.argsort(there[fits], kind="stable")]  # the best is written last
    out[table.a[order]] = table.c[order]
    return out


def _one_queue(activity: Activity, others: Ints, members: Ints) -> bool:
    return bool(np.mean(rhythm_ratios(activity, others, members) >= SUPPORT) > _MIN_SHARE_BACKED)


def _largest(party: Ints, label: Ints, size: Ints) -> Bools:
    """Whether each party is the largest of its cluster."""
    cluster = np.zeros(len(size), dtype=np.int64)
    known = party >= 0
    cluster[party[known]] = label[known]
    order = np.lexsort((np.arange(len(size)), -size, cluster))
    out = np.zeros(len(size), dtype=bool)
    out[order] = np.r_[True, cluster[order][1:] != cluster[order][:-1]]
    return out


def _subgroups(links: Links, label: Ints) -> Ints:
    """Communities of each cluster by itself, over the values that tell of it."""
    found, real = value_ratios(links, label, count_values(links, label), least=SUPPORT)
    link, pair = links_of(links, found.v)
    inside = (label[links.a[link]] == found.c[pair]) & (real[pair] > 0.5)
    link, cluster = link[inside], found.c[pair][inside]
    weight = link_weights(links)[link]
    order = np.argsort(cluster, kind="stable")
    link, weight = link[order], weight[order]
    edges = np.searchsorted(cluster[order], np.arange(int(label.max(initial=-1)) + 2))
    size = np.bincount(label[label >= 0], minlength=len(edges))
    party = np.full(len(label), -1)
    count = 0
    for one in np.flatnonzero(size[:-1] >= _SMALLEST_CLUSTER) if len(edges) > 1 else ():
        some = slice(edges[one], edges[one + 1])
        if edges[one] == edges[one + 1]:
            continue
        accounts, part = _communities(links.a[link[some]], links.v[link[some]], weight[some])
        party[accounts] = part + count
        count += int(part.max()) + 1
    return party


def _communities(a: Ints, v: Ints, weight: Floats) -> tuple[Ints, Ints]:
    accounts, place = np.unique(a, return_inverse=True)
    _, value = np.unique(v, return_inverse=True)
    graph = igraph.Graph(
        n=len(accounts) + int(value.max()) + 1,
        edges=np.column_stack((place, value + len(accounts))),
    )
    random.seed(_SEED)
    igraph.set_random_number_generator(random)
    found = graph.community_leiden(objective_function="modularity", weights=weight, n_iterations=2)
    part = np.asarray(found.membership, dtype=np.int64)[: len(accounts)]
    return accounts, np.unique(part, return_inverse=True)[1]
