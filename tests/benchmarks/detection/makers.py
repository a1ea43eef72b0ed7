"""The makers of labelled worlds that weights are fitted on, each with its seeds and omissions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl

from tests.benchmarks.detection.foreign.world import foreign, varied
from tests.benchmarks.detection.leaving_out import OMITTED, leave_out
from tests.benchmarks.detection.market.world import market
from tests.benchmarks.detection.worlds import Plan
from workbench.synth.generate import generate
from workbench.synth.worlds import exam

# What its own makers leave out by itself, in their words.
_OWN = {"hashes": "only_hashes", "tls": "tls", "ips": "ips", "prompts": "prompts",
        "payments": "payments", "accounts": "accounts"}  # fmt: skip
_FOREIGN = ("payments", "hashes", "prompts", "ips", "tls", "accounts", "orgs", "clients")


def _write_own(folder: Path, seed: int, accounts: int, omit: str) -> None:
    left = (_OWN[omit],) if omit in _OWN else ()
    generate(folder, config=exam(seed, accounts, left))
    if omit and omit not in _OWN:
        leave_out(folder, omit)


def _write_foreign(
    folder: Path, seed: int, accounts: int, omit: str, write: Callable[..., None]
) -> None:
    write(folder, seed=seed, accounts=accounts, omit=omit if omit in _FOREIGN else "")
    if omit == "exchanges":
        for path in folder.glob("exchanges_*.parquet"):
            path.unlink()


def _write_outside(folder: Path, seed: int, scale: float, omit: str, program: Path) -> None:
    """A world of the program from outside; its truth in the form of the other makers."""
    given = ("--seed", str(seed), "--scale", str(scale))
    subprocess.run([sys.executable, str(program), str(folder), *given], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    told = pl.read_parquet(folder / "truth" / "truth.parquet")
    told.select(
        "account_id", pl.col("campaign").alias("group_id"), "kind", "level",
        (pl.col("kind") == "fake").alias("is_campaign"),
    ).write_parquet(folder / "truth" / "accounts.parquet")  # fmt: skip
    (folder / "truth" / "truth.parquet").unlink()
    if omit:
        leave_out(folder, omit)


def _write_market(folder: Path, seed: int, accounts: int, omit: str) -> None:
    market(folder, seed, accounts)
    if omit:
        leave_out(folder, omit)


def plans(
    maker: str, seeds: list[int], outside: Path | None, omissions: int = 1, scale: float = 0.25
) -> list[Plan]:
    """A full world of every seed, and with each also `omissions` that lack something."""
    found = []
    for place, seed in enumerate(seeds):
        lacking = [OMITTED[(place * omissions + k) % len(OMITTED)] for k in range(omissions)]
        for omit in ("", *lacking):
            write: Callable[[Path], object]
            if maker == "own":
                write = partial(_write_own, seed=seed, accounts=3000, omit=omit)
            elif maker == "market":
                write = partial(_write_market, seed=seed, accounts=3500, omit=omit)
            elif maker == "outside":
                if outside is None:
                    continue
                write = partial(_write_outside, seed=seed, scale=0.25 if omit else scale, omit=omit,
                                program=outside)  # fmt: skip
            else:
                chosen = {"foreign": foreign, "varied": varied}[maker]
                write = partial(_write_foreign, seed=seed, accounts=3000, omit=omit, write=chosen)
            found.append(Plan(f"{maker} {seed}{' no ' if omit else ''}{omit}", write))
    return found


MAKERS = ("own", "foreign", "varied", "outside", "market")
# Kinds of honest groups that one hand runs, whatever for.
ONE_HAND = frozenset(
    (
        "company", "fleet", "family", "harness", "agency", "batch_team", "office", "household",
        "lab", "service_fleet", "ring", "reseller", "labelling", "moderation", "startup",
        "quota_team", "test_rig", "saas_keys", "grading_team", "relay",
    )
)  # fmt: skip
