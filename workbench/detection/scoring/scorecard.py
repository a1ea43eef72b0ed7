"""The scores of clusters: probabilities from fitted weights, and the lines that they are made of.

`score` is the probability that a cluster is a campaign: accounts that pose as strangers, one
operator behind them, run to harvest answers. `coordination` is the probability of one hand behind
the accounts, whatever for. Both are sums of points in log odds; every line is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.detection.features.cluster_features import Figures
from workbench.detection.features.strangers import PROMPTS, WORDING, Shared
from workbench.detection.graph.links import Floats
from workbench.detection.scoring.components import (
    COORDINATION,
    EXTRACTION,
    LINES,
    ONE_HAND,
    Line,
    Reading,
    Usual,
    unknown_groups,
)
from workbench.detection.scoring.weights import Model, Weights, fitted, logistic

SMALLEST_CAMPAIGN = 6
# Judged jointly in so many rounds at most, and until nothing moves by more than this.
_ROUNDS, _STILL = 50, 1e-7
CAMPAIGN, PERSON, UNSEEN, INNOCENT = (
    "campaign", "for a person", "coordinated, work unseen", "innocent",
)  # fmt: skip
CALLS = (CAMPAIGN, PERSON, UNSEEN, INNOCENT)
# The axis of lines that make the coordination, and of what a sum begins with.
HAND, START = "one hand", "start"


@dataclass(frozen=True)
class Component:
    """One line of a score: the figure, what is usual, its strength, weight and points (log odds).

    Points are strength times weight, with the sign of the line's direction.
    """

    axis: str
    name: str
    value: float | None
    usual: float | None
    level: float | None
    weight: float
    points: float
    meaning: str
    query: str

    @property
    def finding(self) -> str:
        """In a word."""
        if self.level is None:
            return "not tested"
        return "supports" if self.points > 0.25 else "against" if self.points < -0.25 else "neutral"


@dataclass
class ClusterScore:
    """The scores of one cluster, each a probability, what to do with it, and the lines."""

    coordination: float = 0.0
    extraction: float = 0.0
    score: float = 0.0
    call: str = INNOCENT
    components: list[Component] = field(default_factory=list)

    @property
    def campaign_like(self) -> bool:
        """Whether it is proposed as a campaign."""
        return self.call == CAMPAIGN


def score_clusters(
    figures: Sequence[Figures],
    usual: Usual,
    shared: Mapping[str, Shared],
    weights: Weights | None = None,
) -> list[ClusterScore]:
    """The scores of all clusters of a case, judged jointly, in the order of `figures`.

    How public a text is depends on which other clusters are suspected, and that on how public
    theirs are. Suspicion is taken to be nobody's at first and can only rise from round to round,
    so that the order of clusters is of no account and the most innocent reading that agrees with
    itself is found.
    """
    chosen = weights or fitted()
    suspicion = np.zeros(max((figure.number for figure in figures), default=-1) + 1)
    for _ in range(_ROUNDS):
        set_strangers(figures, shared, suspicion)
        after = suspicion.copy()
        for figure in figures:
            after[figure.number] = logistic(log_odds(figure, usual, LINES, chosen.campaign))
        moved = float(np.abs(after - suspicion).max(initial=0.0))
        suspicion = after
        if moved < _STILL:
            break
    return [score_cluster(figure, usual, chosen) for figure in figures]


def set_strangers(
    figures: Sequence[Figures], shared: Mapping[str, Shared], suspicion: Floats
) -> None:
    """Write into the figures how public their texts are, the suspicion of others given."""
    wording, prompts = shared[WORDING].public(suspicion), shared[PROMPTS].public(suspicion)
    for figure in figures:
        said, sent = float(wording[figure.number]), float(prompts[figure.number])
        figure.public_wording = None if np.isnan(said) or not figure.wording else said
        figure.public_prompts = None if np.isnan(sent) else sent


def score_cluster(figure: Figures, usual: Usual, weights: Weights | None = None) -> ClusterScore:
    """Score one cluster whose figures are complete."""
    chosen = weights or fitted()
    components = [
        *start_lines(figure, usual, chosen.campaign, START),
        *(component(line, figure, usual, chosen.campaign) for line in LINES),
        *start_lines(figure, usual, chosen.coordination, HAND),
        *(component(line, figure, usual, chosen.coordination, HAND)
          for line in COORDINATION + ONE_HAND if line.name in chosen.coordination.weights),
    ]  # fmt: skip
    found = ClusterScore(components=components)
    found.score = logistic(sum(one.points for one in components if one.axis != HAND))
    found.coordination = logistic(sum(one.points for one in components if one.axis == HAND))
    found.extraction = logistic(log_odds(figure, usual, EXTRACTION, chosen.extraction))
    found.call = call(figure, usual, found, chosen)
    return found


def call(figure: Figures, usual: Usual, found: ClusterScore, weights: Weights) -> str:
    """What the scores come to."""
    large = figure.accounts >= SMALLEST_CAMPAIGN
    if found.score >= weights.cut and large:
        return CAMPAIGN
    unknown = unknown_groups(figure, usual)
    if found.coordination >= weights.together and large and "prompts" in unknown:
        return UNSEEN
    return PERSON if found.score >= weights.ask else INNOCENT


def log_odds(figure: Figures, usual: Usual, lines: Sequence[Line], model: Model) -> float:
    """The sum of all points."""
    total = model.intercept + sum(
        model.missing.get(one, 0.0) for one in unknown_groups(figure, usual)
    )
    for line in lines:
        weight = model.weights.get(line.name, 0.0)
        if weight:
            total += line.sign * weight * (_level(line, line.read(figure, usual)) or 0.0)
    return total


def _level(line: Line, reading: Reading) -> float | None:
    return line.level(reading.value, reading.usual, reading.given)


def start_lines(figure: Figures, usual: Usual, model: Model, axis: str) -> list[Component]:
    """What a sum begins with: the intercept, and what missing groups of data add."""
    query = "cluster-components"
    lines = [
        Component(axis, "to begin with", 1.0, 0.0, 1.0, model.intercept, round(model.intercept, 6),
                  "clusters of which nothing speaks either way; fitted", query)
    ]  # fmt: skip
    for group in unknown_groups(figure, usual):
        added = model.missing.get(group, 0.0)
        lines.append(
            Component(axis, f"no {group}", 1.0, 0.0, 1.0, added, round(added, 6),
                      f"the extracts hold no {group}; what other cases of the kind came to, fitted",
                      query)
        )  # fmt: skip
    return lines


def component(line: Line, figure: Figures, usual: Usual, model: Model, axis: str = "") -> Component:
    """One line evaluated."""
    reading = line.read(figure, usual)
    value, ordinary = reading.value, reading.usual
    level, weight = _level(line, reading), model.weights.get(line.name, 0.0)
    return Component(
        axis or line.axis,
        line.name,
        None if value is None else round(float(value), 6),
        None if ordinary is None else round(float(ordinary), 6),
        None if level is None else round(level, 6),
        weight,
        round(line.sign * weight * (level or 0.0), 6),
        line.meaning,
        line.query,
    )
