"""Who else might belong: accounts in no cluster that come close to one that looks like a campaign.

Some of a campaign's accounts were hardly used, or share one thing only with the others. They are
not called, but they are the first to look at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from workbench.analysis.finding import Found
from workbench.analysis.links import Ints, Links
from workbench.analysis.refine import SUPPORT

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
    among = np.flatnonzero((label[pairs.a] < 0) & np.asarray(called, dtype=bool)[pairs.c])
    odds = pairs.total[among] + np.log(sizes[pairs.c[among]] / len(label))
    likeness = 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))
    listed = likeness >= _LEAST
    rows = among[listed]
    frame = pl.DataFrame(
        {
            "a": pairs.a[rows],
            "c": pairs.c[rows],
            "likeness": np.round(likeness[listed], 6),
            "speaks_for": np.round(pairs.shared[rows], 6),
            "speaks_against": np.round(pairs.total[rows] - pairs.shared[rows], 6),
        }
    )
    frame = frame.sort("likeness", "c", descending=[True, False]).unique(
        "a", keep="first", maintain_order=True
    )
    shared = _shares(found, links, frame["a"].to_numpy(), frame["c"].to_numpy())
    return frame.join(shared, on=["a", "c"], how="left", maintain_order="left")


def _shares(found: Found, links: Links, a: Ints, c: Ints) -> pl.DataFrame:
    """`shares` of these pairs of account and cluster: names of sources, strongest first."""
    wanted = np.sort(a * found.clusters + c)
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
