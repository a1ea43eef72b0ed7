"""The weights that ship are those of the feature tables, and hold on them."""

from __future__ import annotations

import hashlib
import tomllib

import pytest

from tests.benchmarks.detection.fit import (
    Data,
    chance,
    fit_campaign,
    foretold,
    scaled,
)
from tests.benchmarks.detection.fitting import TABLES, WEIGHTS, read_tables
from tests.benchmarks.detection.marks import marks
from workbench.detection.scoring.weights import fitted


@pytest.fixture(scope="module")
def tables() -> Data:
    """All feature tables."""
    return read_tables()


def test_the_weights_name_the_tables_by_their_digests() -> None:
    named = {one["name"]: one["sha256"] for one in tomllib.loads(WEIGHTS.read_text())["table"]}
    assert named == {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in TABLES.glob("*.parquet")
    }


def test_a_fit_on_the_tables_gives_the_weights_again(tables: Data) -> None:
    slope, shift = tomllib.loads(WEIGHTS.read_text())["source"]["calibration"]
    model = scaled(fit_campaign(tables), slope, shift)
    assert model.intercept == pytest.approx(fitted().campaign.intercept, abs=0.002)
    assert model.weights == pytest.approx(fitted().campaign.weights, abs=0.002)
    assert model.missing == pytest.approx(fitted().campaign.missing, abs=0.002)


def test_the_scores_of_every_maker_stay_where_they_were(tables: Data) -> None:
    """With all makers in the fit; what is told of makers left out stands in docs/scoring.md."""
    p = chance(foretold(tables, fitted().campaign))
    whole = (tables.frame["omit"] == "").to_numpy()
    for maker in sorted(set(tables.maker)):
        here = (tables.maker == maker) & whole
        found = marks(tables.frame.filter(here), p[here], fitted().cut)
        hard = maker == "market"
        assert found.precision >= (0.97 if hard else 0.995), maker
        assert found.careless >= (0.6 if hard else 0.97), maker
        assert found.ranking >= (0.97 if hard else 0.99), maker
        assert found.benign <= (3 if hard else 0), maker
        assert found.error <= 0.05, maker
