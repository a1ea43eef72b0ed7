"""The fitted weights, as `weights.toml` holds them; the file is written by the fit alone."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Model:
    """Log odds: an intercept, what missing groups of data add to it, and a weight for each line."""

    intercept: float
    missing: Mapping[str, float]
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Weights:
    """`cut`: a cluster scored above it is proposed as a campaign; from `ask` on a person looks.

    `together`: from this coordination on accounts are called coordinated.
    """

    cut: float
    ask: float
    together: float
    campaign: Model
    coordination: Model
    extraction: Model


@cache
def fitted() -> Weights:
    """The weights that ship."""
    text = resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return read_weights(text)


def read_weights(text: str) -> Weights:
    """Read the form in which the fit writes weights; raises KeyError where something lacks."""
    given = tomllib.loads(text)
    cuts = given["cuts"]
    return Weights(
        float(cuts["campaign"]),
        float(cuts["ask"]),
        float(cuts["coordinated"]),
        *(_model(given, name) for name in ("campaign", "coordination", "extraction")),
    )


def _model(given: Mapping[str, object], name: str) -> Model:
    table = given[name]
    assert isinstance(table, dict)
    weights = {line["name"]: float(line[name]) for line in given["line"] if name in line}  # type: ignore[attr-defined]
    return Model(float(table["intercept"]), dict(table.get("missing", {})), weights)


def logistic(odds: float) -> float:
    """Log odds as a probability."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
