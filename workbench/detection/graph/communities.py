"""First guesses: communities of the account-value graph (Leiden), split until they hold together.

Traag, Waltman, van Eck: From Louvain to Leiden, 2019. No pair of accounts is ever enumerated.
"""

from __future__ import annotations

import random

import igraph
import numpy as np

from workbench.detection.graph.links import Floats, Ints, Links

_SEED = 20_260_422
_SMALLEST = 3
_PER_FAMILY = 10
_FINER = 3.0


def link_weights(links: Links) -> Floats:
    """How much each link counts: rarity times family weight, damped where an account has many."""
    families = max(len(links.families), 1)
    weight = np.array([family.weight for family in links.families], dtype=np.float64)
    family = links.family[links.v]
    have = np.bincount(links.a * families + family, minlength=links.accounts * families)
    rarity = np.log(max(links.accounts, 2) / links.held[links.v]) + 0.1
    return np.asarray(weight[family] * rarity / np.sqrt(have[links.a * families + family]))


def communities(links: Links) -> Ints:
    """A community number for each account, -1 where it is linked to nobody."""
    label = np.full(links.accounts, -1, dtype=np.int64)
    if not len(links.v):
        return label
    few = _sample(links)
    a, v, weights = links.a[few], links.v[few], link_weights(links)[few]
    label = _leiden(a, v, weights, links.accounts)
    # Modularity cannot see small groups in a large graph: look once inside each.
    groups = int(label.max(initial=-1)) + 1
    if groups == 0:
        return label
    # A value becomes one node per community, so that communities are components.
    inner = np.unique(v * (groups + 1) + label[a] + 1, return_inverse=True)[1]
    # At total over own weight a community is judged by itself; beyond that it would be shredded.
    own = np.bincount(label[a] + 1, weights=weights)
    finer = min(_FINER, float(own.sum() / own.max()))
    return _leiden(a, inner, weights, links.accounts, label, finer)


def _sample(links: Links) -> Ints:
    """Links for the first guess: of each account and family a few, the same values everywhere.

    Values are taken in the order of a fixed scramble of their number, so accounts that share
    many values keep many shared ones (as with MinHash). Values of two accounts start no group.
    """
    keep = np.flatnonzero(links.held[links.v] >= _SMALLEST)
    families = max(len(links.families), 1)
    key = links.a[keep] * families + links.family[links.v[keep]]
    scramble = (links.v[keep] * 2_654_435_761) % 4_294_967_291
    order = np.lexsort((scramble, key))
    key = key[order]
    place = np.arange(len(key)) - np.searchsorted(key, key, side="left")
    return np.sort(keep[order[place < _PER_FAMILY]])


def _leiden(
    a: Ints,
    v: Ints,
    weights: Floats,
    accounts: int,
    start: Ints | None = None,
    resolution: float = 1.0,
) -> Ints:
    if not len(v):
        return np.full(accounts, -1, dtype=np.int64)
    values = int(v.max()) + 1
    graph = igraph.Graph(n=accounts + values, edges=np.column_stack((a, accounts + v)))
    random.seed(_SEED)
    igraph.set_random_number_generator(random)
    found = graph.community_leiden(
        objective_function="modularity",
        weights=weights,
        resolution=resolution,
        n_iterations=2,
    )
    label = np.asarray(found.membership, dtype=np.int64)[:accounts]
    if start is not None:
        label = np.unique(start * (int(label.max()) + 1) + label, return_inverse=True)[1]
    linked = np.zeros(accounts, dtype=bool)
    linked[a] = True
    sizes = np.bincount(label[linked], minlength=int(label.max()) + 1)
    keep = sizes >= _SMALLEST
    renumbered = np.where(keep, np.cumsum(keep) - 1, -1)
    return np.asarray(np.where(linked, renumbered[label], -1))
