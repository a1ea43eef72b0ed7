"""Who else uses a cluster's wording: strangers, other clusters, and how far those are suspected.

A text that one other account sends too is not public; one that many parties use is. Members of
another cluster are one party, and no party at all as far as that cluster is a campaign itself.
So clusters are judged jointly: whoever asks gives the probability of every cluster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.detection.graph.links import Floats, Ints, Links

WORDING, PROMPTS = "wording", "prompts"
_FAMILIES = {WORDING: ("head", "tail", "phrase", "near"), PROMPTS: ("prompt",)}


@dataclass(frozen=True)
class Shared:
    """Uses of shared texts by cluster: pair i is value `v[i]` and cluster `c[i]`.

    `members` have it there, `weight` is what it counts among the cluster's texts (0: not shared by
    two members); `alone[v]` accounts in no cluster have it.
    """

    v: Ints
    c: Ints
    members: Floats
    weight: Floats
    alone: Floats
    clusters: int

    def public(self, suspicion: Floats) -> Floats:
        """For each cluster how public its shared texts are, 0..1; nan where it shares none.

        `suspicion`: for each cluster the probability that it is a campaign. It falls where others
        are suspected more, in proportion.
        """
        if not len(self.v):
            return np.full(self.clusters, np.nan)
        parties = np.bincount(self.v, minlength=len(self.alone)) + self.alone
        doubted = np.bincount(self.v, weights=suspicion[self.c], minlength=len(self.alone))
        # The cluster's own party is left out; its members stand against all others.
        others = parties[self.v] - 1.0
        strangers = others - (doubted[self.v] - suspicion[self.c])
        share = np.clip(strangers, 0.0, None) / (self.members + others)
        total = np.bincount(self.c, weights=self.weight, minlength=self.clusters)
        public = np.bincount(self.c, weights=self.weight * share, minlength=self.clusters)
        return np.asarray(np.where(total > 0, public / np.where(total > 0, total, 1.0), np.nan))


def shared_texts(links: Links, label: Ints) -> dict[str, Shared]:
    """The shared texts of all clusters: wording, and prompts word for word."""
    clusters = int(label.max(initial=-1)) + 1
    return {name: _shared(links, label, clusters, families) for name, families in _FAMILIES.items()}


def _shared(links: Links, label: Ints, clusters: int, families: Iterable[str]) -> Shared:
    wanted = np.array([f.name in set(families) for f in links.families], dtype=bool)
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    if not clusters or not len(links.v) or not wanted.any():
        return Shared(none, none, nothing, nothing, nothing, clusters)
    here = wanted[links.family[links.v]]
    v, c = links.v[here], label[links.a[here]]
    used = np.unique(v[c >= 0])
    if not len(used):
        return Shared(none, none, nothing, nothing, nothing, clusters)
    place = np.minimum(np.searchsorted(used, v), len(used) - 1)
    place = np.where(used[place] == v, place, -1)
    alone = np.bincount(place[(place >= 0) & (c < 0)], minlength=len(used)).astype(np.float64)
    inside = c >= 0
    key, members = np.unique(place[inside] * clusters + c[inside], return_counts=True)
    value, cluster = key // clusters, key % clusters
    size = np.bincount(label[label >= 0], minlength=clusters).astype(np.float64)
    held = links.held[used][value].astype(np.float64)
    m = members.astype(np.float64)
    lift = np.log((m / size[cluster]) / ((held - m + 0.5) / links.accounts))
    weight = np.where(m >= 2, m * np.clip(lift, 0.0, None), 0.0)
    return Shared(value, cluster, m, weight, alone, clusters)
