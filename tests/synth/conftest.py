"""One small world with a campaign of every level, generated once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from workbench.synth.config import CampaignSpec, SynthConfig
from workbench.synth.frozen import Frozen, freeze
from workbench.synth.generate import generate
from workbench.synth.population import Population, plan

SMALL = SynthConfig(
    accounts=2_400,
    exchanges=60_000,
    seed=5,
    campaigns=tuple(CampaignSpec(size, level) for level, size in enumerate((40, 60, 80, 90, 120))),
    paragraph_chars=60,
    zstd=1,
)


def read(directory: Path, table: str) -> pl.DataFrame:
    """A table of an extract, whether one file or a folder of parts."""
    single = directory / f"{table}.parquet"
    return pl.read_parquet(single if single.exists() else directory / table / "*.parquet")


@dataclass(frozen=True)
class Made:
    """A generated extract on disk."""

    directory: Path

    def table(self, name: str) -> pl.DataFrame:
        """One of its tables."""
        return read(self.directory, name)

    def truth(self) -> pl.DataFrame:
        """Who is what."""
        return pl.read_parquet(self.directory / "truth" / "accounts.parquet")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    directory = tmp_path_factory.mktemp("synth") / "small"
    generate(directory, SMALL)
    return Made(directory)


@pytest.fixture(scope="session")
def planned() -> tuple[Population, Frozen]:
    world, people = plan(SMALL)
    return people, freeze(world, people)
