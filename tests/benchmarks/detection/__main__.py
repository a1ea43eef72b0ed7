"""`python -m tests.benchmarks.detection FOLDER [--accounts N] [--seeds 1,2,3]`: prints marks.

Worlds are generated and loaded below FOLDER and used again by the next run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import time
from pathlib import Path

import duckdb
import polars as pl

from tests.benchmarks.detection.baselines import co_action, components
from tests.benchmarks.detection.measure import Marks, mark
from tests.benchmarks.detection.worlds import make, plan
from workbench.analysis.build import build
from workbench.resources import queries_dir

_ANSWER = "SELECT account_id, cluster_id, cluster_score, member_score, campaign_like FROM "


def show(world: str, method: str, marks: Marks, seconds: float) -> None:
    """One line of the table."""
    print(
        f"{world:24} {method:11} {marks.precision:6.3f} {marks.recall:6.3f} {marks.recall_4:6.3f}"
        f" {marks.benign:6d} {marks.ranking:7.3f} {marks.whole:6.3f} {seconds:7.1f}",
        flush=True,
    )


def main() -> None:
    """Examine every world of the plan, with both baselines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--seeds", default="101,202,303")
    given = parser.parse_args()
    heads = ("precis", "recall", "lvl 4", "benign", "ranking", "whole", "seconds")
    print(f"{'world':24} {'method':11} " + " ".join(heads))
    for name, config in plan(given.accounts, [int(seed) for seed in given.seeds.split(",")]):
        world = make(given.folder, name, config)
        copy = given.folder / "examined.duckdb"
        shutil.copy(world.store, copy)
        start = time.monotonic()
        build(copy, spill=given.folder, queries=[queries_dir()])
        seconds = time.monotonic() - start
        with duckdb.connect(str(copy), read_only=True) as case:
            answer = pl.DataFrame(case.sql(f"{_ANSWER} cluster_members"))
        show(name, "workbench", mark(answer, world.truth), seconds)
        for method, run in (("components", components), ("co-action", co_action)):
            start = time.monotonic()
            show(name, method, mark(run(copy), world.truth), time.monotonic() - start)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
