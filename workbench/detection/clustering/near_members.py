"""Who else might belong: accounts in no cluster that come close to one that looks like a campaign.

Some of a campaign's accounts were hardly used, or share one thing only with the others. They are
not called, but they are the first to look at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from workbench.detection.clustering.find import Found
from workbench.detection.graph.links import Floats, Ints, Links
from workbench.detection.likelihood.membership import SUPPORT, likeness

# Odds of 300 to one against: below, nearly all are chance companions.
_LEAST = 0.003


def near(found: Found, links: Links, called: Sequence[bool]) -> pl.DataFrame:
    """The accounts, each beside the cluster it is likest to.

    `called` tells of each cluster whether it looks like a campaign. Columns: `a` and `c` (numbers
    of account and cluster), `likeness` (0..1, on the scale of a member's score), `shares` (sources
    that speak for it, strongest first), `speaks_for` and `speaks_against` (nats).
    """
    pairs, label = found.pairs, found.label
    sizes = np.maximum(np.bincount(label[label >= 0], minlength=found.clusters), 1)
    # Who has nothing of what holds a cluster together shares odds and ends, be they many.
    open_ = (label[pairs.a] < 0) & pairs.anchored
    among = np.flatnonzero(open_ & np.asarray(called, dtype=bool)[pairs.c])
    unsure = beyond_chance(found) - np.maximum(found.rhythm.llr, 0.0)
    odds = (pairs.total + unsure)[among] + np.log(sizes[pairs.c[among]] / len(label))
    likely = likeness(odds)
    listed = likely >= _LEAST
    rows = among[listed]
    frame = pl.DataFrame(
        {
            "a": pairs.a[rows],
            "c": pairs.c[rows],
            "likeness": np.round(likely[listed], 6),
            "speaks_for": np.round((pairs.shared + unsure)[rows], 6),
            "speaks_against": np.round(pairs.total[rows] - pairs.shared[rows], 6),
        }
    )
    frame = frame.sort("likeness", "c", descending=[True, False]).unique(
        "a", keep="first", maintain_order=True
    )
    shared = _shares(found, links, frame["a"].to_numpy(), frame["c"].to_numpy())
    return frame.join(shared, on=["a", "c"], how="left", maintain_order="left")


def beyond_chance(found: Found) -> Floats:
    """The rhythm's ratio above zero of each pair, counted as `refine.weigh` counts other sources.

    Of many busy accounts some are active when a queue is: a ratio tells no more than by how much
    it is commoner among the members than among all others.
    """
    pairs, label = found.pairs, found.label
    sizes = np.bincount(label[label >= 0], minlength=found.clusters)
    llr = np.maximum(found.rhythm.llr, 0.0)
    out = np.zeros(len(llr))
    rows = np.flatnonzero(llr)
    rows = rows[np.argsort(pairs.c[rows], kind="stable")]
    edges = np.searchsorted(pairs.c[rows], np.arange(found.clusters + 1))
    for cluster in range(found.clusters):
        here = rows[edges[cluster] : edges[cluster + 1]]
        own = label[pairs.a[here]] == cluster
        inside, outside = (_as_strong(llr[here[side]], llr[here]) for side in (own, ~own))
        members = (inside + 0.5) / (sizes[cluster] + 1.0)
        others = (outside + 0.5) / (len(label) - sizes[cluster] + 1.0)
        out[here] = np.clip(np.log(members / others), 0.0, llr[here])
    return out


def _as_strong(ratios: Floats, asked: Floats) -> Ints:
    """How many of the ratios are at least as large as each that is asked for."""
    return len(ratios) - np.searchsorted(np.sort(ratios), asked, side="left")


def _shares(found: Found, links: Links, a: Ints, c: Ints) -> pl.DataFrame:
    """`shares` of these pairs of account and cluster: names of sources, strongest first."""
    wanted = a * found.clusters + c
    names = np.array([*links.source_names, "rhythm"])
    parts = []
    for terms, source in (
        (found.terms, links.source[found.terms.family]), (found.rhythm, found.rhythm.family),
    ):  # fmt: skip
        strong = np.flatnonzero(terms.llr >= SUPPORT)
        strong = strong[np.isin(terms.a[strong] * found.clusters + terms.c[strong], wanted)]
        parts.append(
            pl.DataFrame(
                {
                    "a": terms.a[strong],
                    "c": terms.c[strong],
                    "source": names[source[strong]],
                    "llr": terms.llr[strong],
                },
                schema_overrides={"source": pl.String},
            )
        )
    strongest = pl.concat(parts).group_by("a", "c", "source").agg(pl.col("llr").max())
    return (
        strongest.sort("llr", "source", descending=[True, False])
        .group_by("a", "c", maintain_order=True)
        .agg(shares=pl.col("source").str.join(" "))
    )
