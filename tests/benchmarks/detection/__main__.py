"""`python -m tests.benchmarks.detection FOLDER`: prints the marks of the examination.

`--accounts N`, `--seeds 1,2,3` and `--which own|foreign|varied|small|all` choose the worlds, which
are made and loaded below FOLDER and used again by the next run; `--texts` names a folder of real
text for `varied` ones. `--details` tells what went wrong.
`--which small --accounts 100000 --seeds 717`: campaigns of 8 to 250 in a large case (not in `all`).
`--toolkit ENV`: an environment that holds coordination-network-toolkit, for a third peer.

`features` and `fit` as first word: feature tables and the weights fitted on them, see `fitting`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl

from tests.benchmarks.detection import fitting
from tests.benchmarks.detection.baselines import co_action, components
from tests.benchmarks.detection.measure import Marks, faults, mark
from tests.benchmarks.detection.running import analyse
from tests.benchmarks.detection.toolkit import co_link
from tests.benchmarks.detection.worlds import Plan, make, others, own, small, variations
from workbench.case.store_parts import StoreParts
from workbench.engine.parts import open_parts

_ANSWER = "SELECT account_id, cluster_id, cluster_score, member_score, campaign_like FROM "


def show(world: str, method: str, marks: Marks, seconds: float, mib: int = 0) -> None:
    """One line of the table."""
    print(
        f"{world:24} {method:11} {marks.precision:6.3f} {marks.recall:6.3f} {marks.recall_4:6.3f}"
        f" {marks.benign:6d} {marks.ranking:7.3f} {marks.whole:6.3f} {marks.least_whole:6.3f}"
        f" {seconds:7.1f} {mib or '':>6}",
        flush=True,
    )


def examine(folder: Path, plan: Plan, given: argparse.Namespace) -> None:
    """Examine one world, with both baselines."""
    world = make(folder, plan, given.accounts)
    copy = folder / f"examined-{given.which}.duckdb"
    shutil.copy(world.store, copy)
    seconds, mib = analyse(copy, folder)
    with open_parts(StoreParts((copy,), folder / "analysis.duckdb")) as case:
        answer = pl.DataFrame(case.sql(f"{_ANSWER} cluster_members"))
        near = pl.DataFrame(case.sql("SELECT * FROM cluster_near"))
        kinds = pl.DataFrame(case.sql("SELECT cluster_id, kind, score, families FROM clusters"))
    show(plan.name, "workbench", mark(answer, world.truth, near), seconds, mib)
    if given.details:
        print("\n".join(faults(answer, world.truth, kinds)))
    for method, run in _peers(given, folder).items():
        start = time.monotonic()
        show(plan.name, method, mark(run(copy), world.truth), time.monotonic() - start)


def _peers(given: argparse.Namespace, folder: Path) -> dict[str, Callable[[Path], pl.DataFrame]]:
    if given.alone:
        return {}
    peers: dict[str, Callable[[Path], pl.DataFrame]] = {
        "components": components, "co-action": co_action
    }  # fmt: skip
    if given.toolkit:
        peers["toolkit"] = partial(co_link, environment=given.toolkit, folder=folder)
    return peers


def main() -> None:
    """Examine every world of the plan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--seeds", default="101,202,303")
    parser.add_argument(
        "--which", choices=("own", "foreign", "varied", "small", "all"), default="all"
    )
    parser.add_argument("--texts", default="", help="folder of real text, one subfolder a language")
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--toolkit", type=Path, metavar="ENV")
    parser.add_argument("--alone", action="store_true", help="without the baselines")
    given = parser.parse_args()
    heads = ("precis", "recall", "lvl 4", "benign", "ranking", "whole", "least", "seconds", "MiB")
    print(f"{'world':24} {'method':11} " + " ".join(heads))
    seeds = [int(seed) for seed in given.seeds.split(",")]
    plans = own(given.accounts, seeds) if given.which in ("own", "all") else []
    plans += others(given.accounts, seeds) if given.which in ("foreign", "all") else []
    plans += variations(given.accounts, seeds, given.texts) if given.which == "varied" else []
    plans += small(given.accounts, seeds) if given.which == "small" else []
    given.folder.mkdir(parents=True, exist_ok=True)
    for plan in plans:
        examine(given.folder, plan, given)


if __name__ == "__main__":
    if sys.argv[1:2] in (["features"], ["fit"]):
        fitting.main(sys.argv[1:])
    else:
        main()
