"""From links to clusters: communities, then rounds of leave-one-out refinement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.analysis.links import Ints, Links
from workbench.analysis.refine import (
    Pairs,
    Terms,
    assign,
    compact,
    count_values,
    family_terms,
    merge,
    pair_totals,
    split,
)
from workbench.analysis.rhythm import Activity, rhythm_ratios
from workbench.analysis.seeds import communities

_ROUNDS = 3
_SETTLED = 0.001  # share of accounts whose cluster still changes


@dataclass(frozen=True)
class Found:
    """The clusters: a number for each account (-1: none), their terms, rhythm terms and totals.

    `rhythm` terms carry the source number one past the last of `Links.source_names`.
    """

    label: Ints
    terms: Terms
    rhythm: Terms
    pairs: Pairs

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
        terms, rhythm, pairs = _evaluate(links, activity, label)
        before, label = label, compact(merge(pairs, assign(pairs, label, links.accounts)))
        label = split(links, label, count_values(links, label))
        if np.count_nonzero((before >= 0) != (label >= 0)) <= _SETTLED * links.accounts:
            break
    terms, rhythm, pairs = _evaluate(links, activity, label)
    label = compact(assign(pairs, label, links.accounts, anchored=True))
    terms, rhythm, pairs = _evaluate(links, activity, label)
    return Found(label, terms, rhythm, pairs)


def _evaluate(links: Links, activity: Activity, label: Ints) -> tuple[Terms, Terms, Pairs]:
    terms = family_terms(links, label, count_values(links, label))
    pairs = pair_totals(links, terms, label)
    ratios = np.zeros(len(pairs.a))
    sizes = np.maximum(
        np.bincount(label[label >= 0], minlength=int(pairs.c.max(initial=-1)) + 1), 1
    )
    # Accounts far from belonging are not worth the look at their rhythm.
    own = label[pairs.a] == pairs.c
    close = own | (pairs.shared + np.log(sizes[pairs.c] / max(len(label), 1)) > -7.0)
    order = np.argsort(pairs.c, kind="stable")
    edges = np.searchsorted(pairs.c[order], np.arange(int(label.max(initial=-1)) + 2))
    for cluster in range(len(edges) - 1):
        place = order[edges[cluster] : edges[cluster + 1]]
        near = place[close[place]]
        members = np.flatnonzero(label == cluster)
        ratios[near] = rhythm_ratios(activity, members, pairs.a[near])
    extra = Terms(pairs.a, pairs.c, np.full(len(pairs.a), len(links.source_names)), ratios)
    return terms, extra, pair_totals(links, terms, label, extra)
