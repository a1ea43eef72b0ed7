"""Makes and loads the worlds of the examination: sizes, seeds, mixes, and what they leave out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workbench.settings import load_settings
from workbench.synth.config import SynthConfig
from workbench.synth.generate import generate
from workbench.synth.worlds import exam
from workbench.workers.loading import LoadOptions, load_case


@dataclass(frozen=True)
class World:
    """One examination: a loaded store and the truth (account_id, group_id, level, is_campaign)."""

    name: str
    store: Path
    truth: pl.DataFrame


def plan(accounts: int, seeds: list[int]) -> list[tuple[str, SynthConfig]]:
    """Full worlds of every seed; with the first seed also worlds that lack something."""
    worlds = [(f"seed {seed}", exam(seed, accounts)) for seed in seeds]
    for omit in ("payments", "only_hashes", "prompts", "ips", "tls", "accounts"):
        worlds.append((f"seed {seeds[0]} no {omit}", exam(seeds[0], accounts, (omit,))))
    return worlds


def make(folder: Path, name: str, config: SynthConfig) -> World:
    """Generate and load one world below a folder; worlds that are there already are used again."""
    home = folder / f"{name.replace(' ', '-')}-{config.accounts}"
    if not (home / "done").exists():
        shutil.rmtree(home, ignore_errors=True)
        generate(home / "extract", config)
        extract = home / "extract"
        files = sorted(path for path in extract.iterdir() if path.name != "truth")
        load_case(home / "case", files, LoadOptions(), load_settings().load)
        (home / "done").touch()
    truth = pl.read_parquet(home / "extract" / "truth" / "accounts.parquet")
    (store,) = (home / "case").glob("store-*.duckdb")
    return World(name, store, truth)
