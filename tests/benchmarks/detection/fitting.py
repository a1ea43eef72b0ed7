"""`python -m tests.benchmarks.detection features` and `fit`: feature tables, and weights of them.

    features --worlds FOLDER [--makers own,market] [--seeds 1-8] [--outside PROGRAM]
    fit [--report]

`features` makes worlds below FOLDER and writes `tables/<maker>.parquet` beside this file; `fit`
reads those tables alone and writes `scoring/weights.toml`, the same to the byte.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks.detection.features import world_tables
from tests.benchmarks.detection.fit import (
    LARGEST,
    TIED,
    Data,
    Floats,
    calibrated,
    chance,
    data_of,
    fit_campaign,
    fit_simple,
    foretold,
    scaled,
    sums,
)
from tests.benchmarks.detection.makers import MAKERS, plans
from tests.benchmarks.detection.marks import Left, marks, reliability
from workbench.detection.scoring import weights as shipped
from workbench.detection.scoring.components import EXTRACTION, LINES, ONE_HAND, Line
from workbench.detection.scoring.weights import Model

TABLES = Path(__file__).parent / "tables"
WEIGHTS = Path(shipped.__file__).with_name("weights.toml")
# The cut is one step above the least of these at which so few innocent clusters a world are called,
# makers left out: in the mean over makers, and for the worst.
CUTS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
WRONG, WORST = 0.1, 0.5
ASK = 0.15
TOGETHER = 0.9


def features(given: argparse.Namespace) -> None:
    """Make worlds and write one feature table, and one of pairs, for each maker."""
    first, _, last = given.seeds.partition("-")
    seeds = list(range(int(first), int(last or first) + 1))
    TABLES.mkdir(exist_ok=True)
    for maker in given.makers.split(","):
        made = []
        for plan in plans(maker, seeds, given.outside):
            made.append(world_tables(given.worlds, plan))
            print(plan.name, len(made[-1].clusters), flush=True)
        write_tables(maker, [one.clusters for one in made], [one.pairs for one in made])


def write_tables(maker: str, clusters: list[pl.DataFrame], pairs: list[pl.DataFrame]) -> None:
    """One maker's tables, rounded so that they stay small."""
    frame = pl.concat(clusters, how="vertical_relaxed").sort("world", "cluster")
    frame = frame.with_columns(
        pl.col("^[guv] .*$").round(5), pl.col("fake", "ring", "hand").round(4)
    )
    frame.drop("largest").write_parquet(TABLES / f"{maker}.parquet", compression_level=19)
    joined = (
        pl.concat(pairs).filter(pl.col("lost") >= 0.002).sort("world", "texts", "cluster", "other")
    )
    joined.with_columns(pl.col("lost").round(4).cast(pl.Float32)).write_parquet(
        TABLES / f"{maker}-pairs.parquet", compression_level=19
    )


def read_tables() -> Data:
    """The tables of all makers."""
    makers = [name for name in MAKERS if (TABLES / f"{name}.parquet").exists()]
    frames = [pl.read_parquet(TABLES / f"{name}.parquet") for name in makers]
    pairs = [pl.read_parquet(TABLES / f"{name}-pairs.parquet") for name in makers]
    return data_of(pl.concat(frames, how="vertical_relaxed"), pl.concat(pairs))


def left_out(data: Data) -> tuple[Floats, Floats]:
    """Log odds of campaign and of one hand for every cluster, its maker left out of the fit."""
    campaign, hand = np.zeros(len(data.frame)), np.zeros(len(data.frame))
    for maker in sorted(set(data.maker)):
        here = data.maker == maker
        seen, unseen = data.only(~here), data.only(here)
        campaign[here] = foretold(unseen, fit_campaign(seen))
        model = fit_simple(seen, TIED + ONE_HAND, seen.hand, seen.weight)
        hand[here] = sums(unseen, unseen.levels, TIED + ONE_HAND, model)
    return campaign, hand


def fit(given: argparse.Namespace) -> None:
    """Fit, tell what left-out makers came to, and write the weights."""
    data = read_tables()
    campaign, hand = left_out(data)
    slope = calibrated(campaign, (data.fake >= 0.5).astype(np.float64), data.weight)
    slope_hand = calibrated(hand, (data.hand >= 0.5).astype(np.float64), data.weight)
    p = chance(slope[0] * campaign + slope[1])
    by_maker = {maker: _marks(data, p, maker) for maker in sorted(set(data.maker))}
    cut = _cut(by_maker)
    models = {
        "campaign": scaled(fit_campaign(data), *slope),
        "coordination": scaled(fit_simple(data, TIED + ONE_HAND, data.hand, data.weight), *slope_hand),  # noqa: E501
        "extraction": fit_simple(data, EXTRACTION, data.fake, data.weight),
    }  # fmt: skip
    _report(data, p, chance(slope_hand[0] * hand + slope_hand[1]), by_maker, cut)
    WEIGHTS.write_text(_text(models, cut, slope, slope_hand), encoding="utf-8")


def _marks(data: Data, p: Floats, maker: str) -> dict[float, Left]:
    here = data.maker == maker
    return {cut: marks(data.frame.filter(pl.Series(here)), p[here], cut) for cut in CUTS}


def _cut(by_maker: dict[str, dict[float, Left]]) -> float:
    """Conservative: one step above the least cut at which hardly any innocent cluster is called."""
    for place, cut in enumerate(CUTS):
        wrong = [one[cut].benign / one[cut].worlds for one in by_maker.values()]
        if sum(wrong) <= WRONG * len(wrong) and max(wrong) <= WORST:
            return CUTS[min(place + 1, len(CUTS) - 1)]
    return CUTS[-1]


def _report(
    data: Data, p: Floats, hand: Floats, by_maker: dict[str, dict[float, Left]], cut: float
) -> None:
    print(f"cut {cut}; each maker by weights that never saw one of its worlds")
    for maker, found in by_maker.items():
        one = found[cut]
        recall = " ".join(f"L{level} {share:.3f}" for level, share in one.recall.items())
        print(f"{maker:8} {one.worlds:3} worlds  precision {one.precision:.3f}  wrong {one.benign}  "  # noqa: E501
              f"ranking {one.ranking:.3f}  Brier {one.brier:.4f}  ECE {one.error:.3f}  {recall}")  # fmt: skip  # noqa: E501
        for omit in sorted(set(data.frame["omit"])):
            here = (data.maker == maker) & (data.frame["omit"] == omit).to_numpy()
            if here.any():
                one = marks(data.frame.filter(pl.Series(here)), p[here], cut)
                recall = " ".join(f"L{level} {share:.2f}" for level, share in one.recall.items())
                print(f"    {('without ' + omit) if omit else 'all tables':20} {one.worlds:2} precision "  # noqa: E501
                      f"{one.precision:.3f} wrong {one.benign} ranking {one.ranking:.3f} {recall}")  # fmt: skip  # noqa: E501
    for name, chances, truth in (("campaign", p, data.fake), ("one hand", hand, data.hand)):
        counted = data.weight > 0
        error, curve = reliability(chances[counted], truth[counted] >= 0.5)
        print(f"{name}: ECE {error:.3f}, Brier "
              f"{float(np.mean((chances[counted] - (truth[counted] >= 0.5)) ** 2)):.4f}")  # fmt: skip  # noqa: E501
        for mean, share, number in curve:
            print(f"    foretold {mean:.3f}  found {share:.3f}  of {number}")
        for maker in sorted(set(data.maker)):
            here = counted & (data.maker == maker)
            print(f"    {maker}: ECE {reliability(chances[here], truth[here] >= 0.5)[0]:.3f}")


def _text(
    models: dict[str, Model], cut: float, slope: tuple[float, float], hand: tuple[float, float]
) -> str:
    lines = [
        "# Written by `python -m tests.benchmarks.detection fit` from the feature tables named below.",  # noqa: E501
        "# Not to be edited: a test fits the weights again and compares.",
        "",
        "[source]",
        'command = "python -m tests.benchmarks.detection fit"',
        f"largest = {LARGEST}",
        f"calibration = [{slope[0]:.3f}, {slope[1]:.3f}]",
        f"calibration_coordination = [{hand[0]:.3f}, {hand[1]:.3f}]",
    ]
    for path in sorted(TABLES.glob("*.parquet")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines += ["", "[[table]]", f'name = "{path.stem}"', f'sha256 = "{digest}"']
        frame = pl.read_parquet(path)
        if "seed" in frame.columns:
            seeds = sorted(set(frame["seed"].to_list()))
            lines += [f"worlds = {frame['world'].n_unique()}", f"clusters = {len(frame)}",
                      f"seeds = {seeds}"]  # fmt: skip
    lines += ["", "[cuts]", f"campaign = {cut}", f"ask = {ASK}", f"coordinated = {TOGETHER}"]
    for name, model in models.items():
        lines += [
            "",
            f"[{name}]",
            f"intercept = {_number(model.intercept)}",
            "",
            f"[{name}.missing]",
        ]
        lines += [f'"{group}" = {_number(one)}' for group, one in model.missing.items()]
    for line in (*LINES, *ONE_HAND):
        lines += _line_text(line, models)
    return "\n".join(lines) + "\n"


def _line_text(line: Line, models: dict[str, Model]) -> list[str]:
    known = {"campaign": line in LINES, "coordination": line in TIED + ONE_HAND,
             "extraction": line in EXTRACTION}  # fmt: skip
    head = ["", "[[line]]", f'axis = "{line.axis}"', f'name = "{line.name}"',
            f"sign = {line.sign}", f'measures = "{line.meaning}"']  # fmt: skip
    return head + [
        f"{name} = {_number(models[name].weights[line.name])}"
        for name, here in known.items()
        if here
    ]


def _number(value: float) -> str:
    return f"{value + 0.0:.3f}".replace("-0.000", "0.000")


def main(words: list[str]) -> None:
    """Run what the first word names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.detection")
    parts = parser.add_subparsers(required=True)
    making = parts.add_parser("features")
    making.add_argument("--worlds", type=Path, required=True)
    making.add_argument("--makers", default=",".join(MAKERS))
    making.add_argument("--seeds", default="1-8")
    making.add_argument("--outside", type=Path, help="the program that makes worlds from outside")
    making.set_defaults(run=features)
    fitting = parts.add_parser("fit")
    fitting.set_defaults(run=fit)
    given = parser.parse_args(words)
    given.run(given)
