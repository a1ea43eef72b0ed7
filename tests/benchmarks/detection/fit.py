"""Fits the weights of scores on feature tables: logistic, signs fixed by meaning, few parameters.

Every maker of worlds counts the same, however many worlds it gave. Weights are kept small (ridge)
and never turn a line round. Makers are left out in turn; what is then foretold of the one left out
sets how much to trust the sums (slope and intercept) and where the cut lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.detection.scoring.components import (
    COORDINATION,
    GROUPS,
    LINES,
    ONE_HAND,
    Line,
)
from workbench.detection.scoring.weights import Model

Floats = NDArray[np.float64]
# No line may weigh more; a habit of those who make worlds counts for little.
LARGEST = 4.0
HABITS = {"made together": 0.6, "one turn": 0.6, "one rhythm": 1.5, "long answers": 1.0,
          "numbered addresses": 1.0, "working days": 1.0}  # fmt: skip
# A group of data is only told to be missing where that was seen; its part is kept small.
RIDGE, MISSING_RIDGE = 1.0, 4.0
_SIZE = 1500.0  # what all clusters together count as
_STEPS = 4000
_JOINT = 6  # rounds in which suspicion and weights follow each other
PUBLIC = {"wording": "public wording", "prompts": "public texts"}
TIED = tuple(line for line in COORDINATION if line.name != "hidden ties")


@dataclass
class Data:
    """All clusters of some makers: strengths by line, missing groups, truth, and joint texts."""

    frame: pl.DataFrame
    pairs: pl.DataFrame
    levels: dict[str, Floats]
    missing: Floats
    fake: Floats
    hand: Floats
    weight: Floats

    @property
    def maker(self) -> NDArray[Any]:
        """Of each cluster."""
        return self.frame["maker"].to_numpy()

    def only(self, keep: NDArray[np.bool_]) -> Data:
        """Some of the clusters, all of a world or none."""
        frame = self.frame.filter(pl.Series(keep))
        pairs = self.pairs.join(frame.select("world").unique(), on="world", how="semi")
        return data_of(frame, pairs)


def data_of(frame: pl.DataFrame, pairs: pl.DataFrame) -> Data:
    """The strengths of all lines and what else a fit needs."""
    levels = {}
    for line in (*LINES, *ONE_HAND):
        levels[f"{line.axis} {line.name}"] = _levels(line, frame)
    missing = frame.select([f"no {group}" for group in GROUPS]).to_numpy().astype(np.float64)
    size = np.sqrt(np.minimum(frame["accounts"].to_numpy(), 100).astype(np.float64))
    weight = np.where(frame["ring"].to_numpy() >= 0.5, 0.0, size)
    for maker in frame["maker"].unique().sort():
        here = (frame["maker"] == maker).to_numpy()
        weight[here] /= weight[here].sum()
    weight *= _SIZE / weight.sum()
    return Data(frame, pairs, levels, missing, frame["fake"].to_numpy(), frame["hand"].to_numpy(),
                weight)  # fmt: skip


def _levels(line: Line, frame: pl.DataFrame) -> Floats:
    reading = [frame[f"{part} {line.name}"].to_list() for part in "vug"]
    return np.array([line.level(v, u, g) or 0.0 for v, u, g in zip(*reading, strict=True)])


def doubted(data: Data, suspicion: Floats) -> dict[str, Floats]:
    """Strengths of the public texts where other clusters are suspected so much."""
    at = {
        key: place
        for place, key in enumerate(zip(data.frame["world"], data.frame["cluster"], strict=True))
    }
    out = dict(data.levels)
    lost = {name: np.zeros(len(data.frame)) for name in PUBLIC}
    for world, texts, cluster, other, less in data.pairs.iter_rows():
        place, by = at.get((world, cluster)), at.get((world, other))
        if place is not None and by is not None:
            lost[texts][place] += suspicion[by] * less
    for texts, name in PUBLIC.items():
        (line,) = [line for line in LINES if line.name == name]
        values = data.frame[f"v {name}"].to_list()
        out[f"{line.axis} {name}"] = np.array(
            [0.0 if v is None else (line.level(max(v - less, 0.0), 0.0, 1.0) or 0.0)
             for v, less in zip(values, lost[texts], strict=True)]
        )  # fmt: skip
    return out


def matrix(levels: Mapping[str, Floats], lines: Sequence[Line]) -> Floats:
    """Strengths with the sign of each line."""
    return np.column_stack([line.sign * levels[f"{line.axis} {line.name}"] for line in lines])


def logistic_fit(
    x: Floats, missing: Floats, y: Floats, weight: Floats, caps: Floats, ridge: float = RIDGE
) -> tuple[float, Floats, Floats]:
    """Intercept, what missing groups add, and weights between 0 and their caps.

    Accelerated projected gradient from zero; the same figures give the same weights.
    """
    design = np.column_stack([np.ones(len(x)), missing, x])
    groups = missing.shape[1]
    low = np.r_[-np.inf, np.full(groups, -3.0), np.zeros(x.shape[1])]
    high = np.r_[np.inf, np.full(groups, 3.0), caps]
    penalty = np.r_[0.01, np.full(groups, MISSING_RIDGE), np.full(x.shape[1], ridge)]
    step = 1.0 / (
        0.25 * float(np.linalg.eigvalsh(design.T @ (design * weight[:, None]))[-1]) + penalty.max()
    )
    at = np.zeros(design.shape[1])
    ahead, pace = at.copy(), 1.0
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ ahead, -30, 30)))
        after = np.clip(ahead - step * (design.T @ (weight * (p - y)) + penalty * ahead), low, high)
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = after + (pace - 1) / faster * (after - at)
        at, pace = after, faster
    return float(at[0]), at[1 : 1 + groups], at[1 + groups :]


def caps_of(lines: Sequence[Line]) -> Floats:
    """The largest weight of each line."""
    return np.array([HABITS.get(line.name, LARGEST) for line in lines])


def fit_campaign(data: Data, ridge: float = RIDGE) -> Model:
    """Weights of the score, and the suspicion that agrees with them, fitted in turn."""
    suspicion = np.zeros(len(data.frame))
    model = Model(0.0, {}, {})
    for _ in range(_JOINT):
        x = matrix(doubted(data, suspicion), LINES)
        found = logistic_fit(x, data.missing, (data.fake >= 0.5).astype(np.float64), data.weight,
                             caps_of(LINES), ridge)  # fmt: skip
        model = _model(found, LINES)
        suspicion = chance(foretold(data, model))
    return model


def _model(found: tuple[float, Floats, Floats], lines: Sequence[Line]) -> Model:
    intercept, missing, weights = found
    return Model(intercept, dict(zip(GROUPS, map(float, missing), strict=True)),
                 {line.name: float(w) for line, w in zip(lines, weights, strict=True)})  # fmt: skip


def fit_simple(data: Data, lines: Sequence[Line], truth: Floats, weight: Floats) -> Model:
    """Weights of the coordination or of the work alone."""
    x = matrix(data.levels, lines)
    return _model(
        logistic_fit(x, data.missing, (truth >= 0.5).astype(np.float64), weight, caps_of(lines)),
        lines,
    )


def sums(data: Data, levels: Mapping[str, Floats], lines: Sequence[Line], model: Model) -> Floats:
    """Log odds of all clusters."""
    weights = np.array([model.weights.get(line.name, 0.0) for line in lines])
    missing = np.array([model.missing.get(group, 0.0) for group in GROUPS])
    return np.asarray(model.intercept + data.missing @ missing + matrix(levels, lines) @ weights)


def foretold(data: Data, model: Model) -> Floats:
    """Log odds of campaigns, clusters judged jointly as the product does."""
    suspicion = np.zeros(len(data.frame))
    odds = suspicion
    for _ in range(50):
        odds = sums(data, doubted(data, suspicion), LINES, model)
        after = chance(odds)
        if float(np.abs(after - suspicion).max(initial=0.0)) < 1e-5:
            break
        suspicion = after
    return odds


def chance(odds: Floats) -> Floats:
    """Log odds as probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


def calibrated(odds: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Slope and intercept by which foretold sums become probabilities; a slope never above 1."""
    best = (np.inf, 1.0, 0.0)
    for slope in np.arange(0.3, 1.001, 0.025):
        for shift in np.arange(-1.5, 1.501, 0.05):
            p = np.clip(chance(slope * odds + shift), 1e-6, 1 - 1e-6)
            loss = -float((weight * (y * np.log(p) + (1 - y) * np.log(1 - p))).sum())
            best = min(best, (loss, float(slope), float(shift)))
    return best[1], best[2]


def scaled(model: Model, slope: float, shift: float) -> Model:
    """The model whose sums are those of this one, calibrated."""
    return Model(
        slope * model.intercept + shift,
        {name: slope * one for name, one in model.missing.items()},
        {name: slope * one for name, one in model.weights.items()},
    )
