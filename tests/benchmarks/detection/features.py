"""Feature tables: what is measured of every cluster of labelled worlds, in numbers alone.

A row a cluster: `v <line>`, `u <line>` and `g <line>` are a line's reading, `no <group>` says
that no extract held that data. A second table holds, for each cluster and each other, how much
less public its texts are if the other is a campaign.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.benchmarks.detection.makers import ONE_HAND
from tests.benchmarks.detection.worlds import Plan
from workbench.detection.features.strangers import PROMPTS, WORDING
from workbench.detection.pipeline import Measured, Search, find, measure
from workbench.detection.scoring.components import GROUPS, LINES, unknown_groups
from workbench.detection.scoring.components import ONE_HAND as HAND_LINES
from workbench.detection.scoring.scorecard import set_strangers
from workbench.intake.load_session import LoadSession
from workbench.playbooks.library import read_library
from workbench.resources import queries_dir
from workbench.settings import load_settings
from workbench.workers.host.load import LoadOptions, load_case

ALL_LINES = (*LINES, *HAND_LINES)


@dataclass(frozen=True)
class Tables:
    """Rows of clusters, and pairs of clusters that share texts."""

    clusters: pl.DataFrame
    pairs: pl.DataFrame


def world_tables(folder: Path, plan: Plan) -> Tables:
    """Make, load and measure one world; what was measured is kept and used again."""
    home = folder / plan.name.replace(" ", "-")
    kept = home / "clusters.parquet", home / "pairs.parquet"
    if not kept[1].exists():
        shutil.rmtree(home, ignore_errors=True)
        truth = _loaded(home, plan)
        with _searched(home) as (search, measured):
            _clusters(plan, search, measured, truth).write_parquet(kept[0])
            _pairs(plan, measured).write_parquet(kept[1])
        for name in ("extract", "case", "work"):
            shutil.rmtree(home / name, ignore_errors=True)
    return Tables(*(pl.read_parquet(path) for path in kept))


def _loaded(home: Path, plan: Plan) -> pl.DataFrame:
    extract = home / "extract"
    plan.write(extract)
    files = sorted(path for path in extract.iterdir() if path.is_file())
    load_case(home / "case", files, LoadOptions(), load_settings().load)
    return pl.read_parquet(extract / "truth" / "accounts.parquet")


@contextmanager
def _searched(home: Path) -> Iterator[tuple[Search, Measured]]:
    (store,) = (home / "case").glob("store-*.duckdb")
    work = home / "work"
    work.mkdir()
    shutil.copy(store, work / "store.duckdb")
    (work / "store.duckdb").chmod(0o600)
    session = LoadSession(work / "store.duckdb", work, 2048, 1)
    try:
        traits = read_library(queries_dir()).traits()
        search = find(session, traits, (), lambda phase, done, total: None)
        yield search, measure(session, search)
    finally:
        session.close()


def _clusters(plan: Plan, search: Search, measured: Measured, truth: pl.DataFrame) -> pl.DataFrame:
    maker, seed, *rest = plan.name.split(" ")
    told = {row["account_id"]: row for row in truth.iter_rows(named=True)}
    kinds: dict[int, list[dict[str, Any]]] = {}
    for a in np.flatnonzero(search.found.label >= 0):
        kinds.setdefault(int(search.found.label[a]), []).append(told[search.ids[int(a)]])
    fakes = {
        f"F{level}": sum(r["is_campaign"] and r["level"] == level for r in told.values())
        for level in range(5)
    }
    set_strangers(measured.figures, measured.shared, np.zeros(search.found.clusters))
    rows = []
    for figure in measured.figures:
        row: dict[str, Any] = {"maker": maker, "world": plan.name, "seed": int(seed),
                               "omit": " ".join(rest[1:]), "cluster": figure.number,
                               "accounts": figure.accounts}  # fmt: skip
        row |= _truth(kinds[figure.number]) | fakes
        row |= {f"no {group}": group in unknown_groups(figure, measured.usual) for group in GROUPS}
        for line in ALL_LINES:
            reading = line.read(figure, measured.usual)
            row[f"v {line.name}"], row[f"u {line.name}"] = reading.value, reading.usual
            row[f"g {line.name}"] = reading.given
        rows.append(row)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.col("^[guv] .*$").cast(pl.Float32))


def _truth(members: list[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[str, int] = {}
    for row in members:
        key = row["group_id"] or (row["account_id"] if row["kind"] not in ("ring",) else "ring")
        groups[key] = groups.get(key, 0) + 1
    fake = [row for row in members if row["is_campaign"]]
    levels = [row["level"] for row in fake]
    hand = [row for row in members if row["is_campaign"] or row["kind"] in ONE_HAND]
    kinds = sorted(row["kind"] for row in members)
    return {
        "fake": len(fake) / len(members),
        "ring": sum(row["kind"] == "ring" for row in members) / len(members),
        "hand": len(hand) / len(members),
        "level": max(set(levels), key=levels.count) if levels else None,
        "kind": max(sorted(set(kinds)), key=kinds.count),
        "largest": max(groups.values()) / len(members),
        **{f"L{level}": sum(one == level for one in levels) for level in range(5)},
    }


def _pairs(plan: Plan, measured: Measured) -> pl.DataFrame:
    """How much public a cluster's texts lose by full suspicion of each other one."""
    rows = []
    for name in (WORDING, PROMPTS):
        shared = measured.shared[name]
        none = shared.public(np.zeros(shared.clusters))
        for other in range(shared.clusters):
            one = np.zeros(shared.clusters)
            one[other] = 1.0
            lost = none - shared.public(one)
            rows += [(plan.name, name, int(c), other, float(lost[c]))
                     for c in np.flatnonzero(lost > 1e-6)]  # fmt: skip
    return pl.DataFrame(rows, schema={"world": pl.String, "texts": pl.String, "cluster": pl.Int64,
                                      "other": pl.Int64, "lost": pl.Float64},
                        orient="row")  # fmt: skip
