"""What a cluster would be without one source of its evidence, and what its members lack."""

from __future__ import annotations

import numpy as np

from workbench.detection.clustering.find import Found
from workbench.detection.graph.links import Floats, Ints
from workbench.detection.likelihood.membership import SUPPORT, Table, lacking_source, pair_totals

# A cluster falls apart where fewer of its members than this would still belong.
BREAKS = 0.5


def remaining(found: Found) -> Ints:
    """Members that would still belong without each source: (clusters, sources).

    The source is taken out of every member's ratios and its membership decided again by the same
    rule. The last column is the rhythm.
    """
    own, label = found.own, found.label
    out = np.zeros((found.clusters, own.ratios.shape[1]), dtype=np.int64)
    sizes = np.bincount(label[label >= 0], minlength=found.clusters)
    prior = np.log(np.maximum(sizes[own.c], 1) / len(label))
    for source in range(own.ratios.shape[1]):
        ratios = own.ratios.copy()
        ratios[:, source] = 0.0
        pairs = pair_totals(Table(own.a, own.c, ratios), label)
        stays = (pairs.total + prior > 0) & (pairs.support >= 2) & pairs.anchored
        out[:, source] = np.bincount(own.c[stays], minlength=found.clusters)
    return out


def lacking(found: Found) -> tuple[Ints, Ints, Floats]:
    """What speaks against members: (place in `found.own`, source, log odds below zero).

    The rhythm's own ratio tells where it speaks against.
    """
    own, label = found.own, found.label
    size = np.maximum(np.bincount(label[label >= 0], minlength=max(found.clusters, 1)), 1)
    everyone = np.ones(len(own.a), dtype=bool)
    none = np.zeros(0, dtype=np.int64)
    places, sources, odds = [none], [none], [np.zeros(0)]
    for source in range(own.ratios.shape[1] - 1):
        against, _ = lacking_source(own.ratios[:, source], own.c, everyone, size)
        place = np.flatnonzero(against < 0)
        places.append(place)
        sources.append(np.full(len(place), source))
        odds.append(against[place])
    return np.concatenate(places), np.concatenate(sources), np.concatenate(odds)


def support(found: Found) -> Ints:
    """Members that each source speaks for: (clusters, sources)."""
    own = found.own
    out = np.zeros((found.clusters, own.ratios.shape[1]), dtype=np.int64)
    for source in range(own.ratios.shape[1]):
        enough = own.ratios[:, source] >= SUPPORT
        out[:, source] = np.bincount(own.c[enough], minlength=found.clusters)
    return out
