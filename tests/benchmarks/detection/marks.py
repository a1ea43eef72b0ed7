"""What left-out scores are worth: precision, recall by level, ranking, reliability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tests.benchmarks.detection.fit import Floats
from workbench.detection.scoring.scorecard import SMALLEST_CAMPAIGN


@dataclass(frozen=True)
class Left:
    """Marks of one maker's worlds by weights that never saw one of them."""

    worlds: int
    precision: float
    recall: dict[int, float]
    benign: int
    ranking: float
    brier: float
    error: float  # expected calibration error, ten bins

    @property
    def careless(self) -> float:
        """The least recall of levels 0 to 3."""
        return min((r for level, r in self.recall.items() if level < 4), default=1.0)


def marks(frame: pl.DataFrame, p: Floats, cut: float) -> Left:
    """Of clusters with probability `p`, those from the cut on called."""
    size, fake = frame["accounts"].to_numpy(), frame["fake"].to_numpy()
    ring = frame["ring"].to_numpy()
    called = (p >= cut) & (size >= SMALLEST_CAMPAIGN)
    counted = called & (ring < 0.5)
    total = float(size[counted].sum())
    recall = {}
    totals = frame.group_by("world").agg(pl.col("^F[0-4]$").first())
    for level in range(5):
        wanted = int(totals[f"F{level}"].sum())
        if wanted:
            recall[level] = float(frame[f"L{level}"].to_numpy()[called].sum()) / wanted
    rest = ring < 0.5
    return Left(
        len(totals),
        float((size * fake)[counted].sum()) / total if total else 1.0,
        recall,
        int((counted & (fake < 0.5)).sum()),
        _ranking(frame.filter(pl.Series(rest)), p[rest]),
        float(np.mean((p[rest] - (fake[rest] >= 0.5)) ** 2)),
        reliability(p[rest], fake[rest] >= 0.5)[0],
    )


def reliability(p: Floats, y: Any) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error and, for each tenth, mean foretold, share found, number."""
    bins = np.minimum((p * 10).astype(int), 9)
    curve, error = [], 0.0
    for one in range(10):
        here = bins == one
        if here.any():
            mean, share = float(p[here].mean()), float(y[here].mean())
            curve.append((mean, share, int(here.sum())))
            error += abs(mean - share) * here.sum() / len(p)
    return error, curve


def _ranking(frame: pl.DataFrame, p: Floats) -> float:
    """Mean over worlds of the average precision of clusters."""
    found = []
    frame = frame.with_columns(p=pl.Series(p))
    for _, world in frame.group_by("world", maintain_order=True):
        ordered = world.sort("p", "cluster", descending=[True, False])["fake"].to_numpy() >= 0.5
        if ordered.any():
            hits = np.cumsum(ordered)
            found.append(float((hits / np.arange(1, len(hits) + 1))[ordered].mean()))
    return float(np.mean(found)) if found else 1.0
