"""Makes and loads the worlds of the examination: sizes, seeds, mixes, and what they leave out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from tests.benchmarks.detection.foreign.world import foreign, varied
from workbench.settings import load_settings
from workbench.synth.config import CampaignSpec
from workbench.synth.generate import generate
from workbench.synth.worlds import exam
from workbench.workers.host.load import LoadOptions, load_case

OMITTED = ("payments", "only_hashes", "prompts", "ips", "tls", "accounts")
# (accounts, level) of the campaigns of a large case that has small ones only.
SMALL = (
    *((8, 0), (9, 1), (12, 2), (15, 1), (20, 3), (30, 3)),
    *((40, 2), (60, 4), (120, 4), (250, 3), (25, 0)),
)
FOREIGN_OMITTED = ("payments", "hashes", "prompts", "ips", "tls", "accounts", "orgs", "clients")


@dataclass(frozen=True)
class World:
    """One examination: a loaded store and the truth (account_id, group_id, level, is_campaign)."""

    name: str
    store: Path
    truth: pl.DataFrame


@dataclass(frozen=True)
class Plan:
    """A world that can be made: its name and what writes its extract into a folder."""

    name: str
    write: Callable[[Path], object]


def own(accounts: int, seeds: list[int]) -> list[Plan]:
    """Full worlds of every seed; with the first seed also worlds that lack something."""
    omits = [(seed, "") for seed in seeds] + [(seeds[0], omit) for omit in OMITTED]
    return [
        Plan(
            f"own {seed}{' no ' if omit else ''}{omit}",
            partial(generate, config=exam(seed, accounts, (omit,) if omit else ())),
        )
        for seed, omit in omits
    ]


def others(accounts: int, seeds: list[int]) -> list[Plan]:
    """The same of the other maker of worlds."""
    omits = [(seed, "") for seed in seeds] + [(seeds[0], omit) for omit in FOREIGN_OMITTED]
    return [
        Plan(
            f"foreign {seed}{' no ' if omit else ''}{omit}",
            partial(foreign, seed=seed, accounts=accounts, omit=omit),
        )
        for seed, omit in omits
    ]


def variations(accounts: int, seeds: list[int], texts: str) -> list[Plan]:
    """Worlds whose every outer figure is drawn; every second one lacks a table or columns."""
    plans = []
    for place, seed in enumerate(seeds):
        omit = FOREIGN_OMITTED[seed % len(FOREIGN_OMITTED)] if place % 2 else ""
        name = f"varied {seed}{' no ' if omit else ''}{omit}{' real' if texts else ''}"
        write = partial(varied, seed=seed, accounts=accounts, omit=omit, texts=texts)
        plans.append(Plan(name, write))
    return plans


def small(accounts: int, seeds: list[int]) -> list[Plan]:
    """Worlds of small campaigns among many honest groups: 589 accounts, 30 exchanges for each."""
    campaigns = tuple(CampaignSpec(size, level) for size, level in SMALL)
    plans = []
    for seed in seeds:
        config = replace(exam(seed, accounts), exchanges=30 * accounts, campaigns=campaigns)
        plans.append(Plan(f"small {seed}", partial(generate, config=config)))
    return plans


def make(folder: Path, plan: Plan, accounts: int) -> World:
    """Generate and load one world below a folder; worlds that are there already are used again."""
    home = folder / f"{plan.name.replace(' ', '-')}-{accounts}"
    if not (home / "done").exists():
        shutil.rmtree(home, ignore_errors=True)
        plan.write(home / "extract")
        extract = home / "extract"
        files = sorted(path for path in extract.iterdir() if path.name != "truth")
        load_case(home / "case", files, LoadOptions(), load_settings().load)
        (home / "done").touch()
    truth = pl.read_parquet(home / "extract" / "truth" / "accounts.parquet")
    (store,) = (home / "case").glob("store-*.duckdb")
    return World(plan.name, store, truth)
