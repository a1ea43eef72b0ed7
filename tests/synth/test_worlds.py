from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.synth.conftest import read
from workbench.errors import UsageError
from workbench.resources import sample_dir
from workbench.synth.generate import generate
from workbench.synth.worlds import WORLDS, exam, world

_LIMIT = 6_000_000  # bytes


def test_regenerating_the_sample_gives_the_same_content(tmp_path: Path) -> None:
    generate(tmp_path / "again", replace(world("sample"), zstd=1))
    shipped = sorted(path.relative_to(sample_dir()) for path in sample_dir().rglob("*.parquet"))
    made = sorted(path.relative_to(tmp_path / "again") for path in tmp_path.rglob("*.parquet"))
    assert shipped == made
    for path in shipped:
        again = pl.read_parquet(tmp_path / "again" / path)
        assert again.equals(pl.read_parquet(sample_dir() / path)), path


def test_the_sample_is_small_and_holds_three_campaigns() -> None:
    assert sum(path.stat().st_size for path in sample_dir().rglob("*")) <= _LIMIT
    truth = pl.read_parquet(sample_dir() / "truth" / "accounts.parquet")
    campaigns = truth.filter("is_campaign")
    assert len(truth) == 3_000
    assert len(read(sample_dir(), "exchanges")) == 150_000
    assert campaigns["group_id"].n_unique() == 3
    assert campaigns["level"].n_unique() == 3


def test_the_readme_of_the_sample_names_every_file() -> None:
    readme = (sample_dir() / "README.md").read_text("utf-8")
    for path in sample_dir().rglob("*.parquet"):
        assert path.name in readme


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_named_worlds_can_be_made(name: str) -> None:
    config = world(name)
    config.check()
    assert sum(campaign.size for campaign in config.campaigns) < 0.45 * config.accounts


def test_the_reference_world_has_the_scale_of_the_public_case() -> None:
    config = world("reference")
    assert config.exchanges == 28_800_000
    assert config.accounts == 100_000
    assert sum(campaign.size for campaign in config.campaigns) == 25_000


@pytest.mark.parametrize("accounts", [2_000, 10_000, 100_000])
def test_exam_worlds_hold_every_level_and_differ(accounts: int) -> None:
    worlds = [exam(seed, accounts) for seed in range(12)]
    for config in worlds:
        config.check()
        assert {campaign.level for campaign in config.campaigns} == {0, 1, 2, 3, 4}
    assert len({config.campaigns for config in worlds}) == len(worlds)
    assert len({config.days for config in worlds}) > 1


def test_exam_worlds_can_be_named_by_seed() -> None:
    assert world("exam:9") == exam(9)
    assert world("exam") == exam(1)


@pytest.mark.parametrize("name", ["atlantis", "exam:x", "exam:-1", "sample:3"])
def test_an_unknown_world_is_refused_with_the_known_names(name: str) -> None:
    with pytest.raises(UsageError) as failure:
        world(name)
    assert "sample" in failure.value.hint
