"""First guesses: communities of the account-value graph (Leiden), split until they hold together.

Traag, Waltman, van Eck: From Louvain to Leiden, 2019. No pair of accounts is ever enumerated.
"""

from __future__ import annotations

import random

import igraph
import numpy as np

from workbench.analysis.links import Floats, Ints, Links

_SEED = 20_260_422
_SMALLEST = 3


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
    weights = link_weights(links)
    label = _leiden(links.a, links.v, weights, links.accounts)
    for _ in range(2):  # modularity cannot see small groups in a large graph: look inside again
        inner = _leiden_inside(links, weights, label)
        if inner.max(initial=-1) == label.max(initial=-1):
            break
        label = inner
    return label


def _leiden_inside(links: Links, weights: Floats, label: Ints) -> Ints:
    """Communities of the graph whose links stay inside one community: each splits by itself."""
    groups = int(label.max(initial=-1)) + 1
    own = label[links.a]
    # A value becomes one node per community, so that communities are components.
    inner = np.unique(links.v * groups + own, return_inverse=True)[1]
    return _leiden(links.a, inner, weights, links.accounts, label)


def _leiden(a: Ints, v: Ints, weights: Floats, accounts: int, start: Ints | None = None) -> Ints:
    values = int(v.max()) + 1
    graph = igraph.Graph(n=accounts + values, edges=np.column_stack((a, accounts + v)))
    random.seed(_SEED)
    igraph.set_random_number_generator(random)
    found = graph.community_leiden(
        objective_function="modularity",
        weights=weights,
        resolution=1.0 if start is None else 3.0,
        n_iterations=3,
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
