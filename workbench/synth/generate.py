"""Generates one labelled extract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from workbench.errors import WorkbenchError
from workbench.synth import exchanges, tables
from workbench.synth.config import SynthConfig, SynthSummary
from workbench.synth.frozen import Frozen, freeze
from workbench.synth.payments import payments
from workbench.synth.population import plan
from workbench.synth.writers import Extract

Progress = Callable[[str, int, int], None]


def generate(
    directory: Path, config: SynthConfig, progress: Progress | None = None
) -> SynthSummary:
    """Write the tables of an extract and its truth into an empty or new directory.

    `progress(step, done, total)` is called after each part, `done` and `total` in exchanges.
    Raises UsageError for a configuration that cannot be met, WorkbenchError where the directory
    already holds files.
    """
    config.check()
    if directory.exists() and any(directory.iterdir()):
        raise WorkbenchError(
            f"The directory “{directory}” is not empty.", hint="Name a new directory."
        )
    tell = progress or _silent
    tell("planning", 0, config.exchanges)
    world, people = plan(config)
    frozen = freeze(world, people)
    out = Extract(directory, config)
    out.put("accounts", tables.accounts(frozen, people))
    out.put("payments", payments(frozen, people))
    out.put("api_keys", tables.api_keys(frozen, people))
    out.put("model_releases", tables.model_releases(frozen))
    sightings = [tables.signups(frozen, people), *_exchanges(frozen, out, tell)]
    out.put("sightings", pl.concat(sightings).sort("account_id", "ts", "kind", maintain_order=True))
    out.truth(*tables.truth(world, people))
    found = tuple((g.group_id, g.level or 0, g.size) for g in world.groups if g.kind == "campaign")
    return SynthSummary(dict(out.rows), tuple(out.files), found)


def _exchanges(frozen: Frozen, out: Extract, tell: Progress) -> list[pl.DataFrame]:
    """Write the exchanges chunk by chunk; only their sightings stay in memory."""
    seen: list[pl.DataFrame] = []
    total, done = int(frozen.counts.sum()), 0
    runs = list(exchanges.chunks(frozen))
    for part, (low, high) in enumerate(runs):
        frame, sightings = exchanges.table(frozen, low, high)
        out.put("exchanges", frame, part if len(runs) > 1 else None)
        seen.append(sightings)
        done += len(frame)
        tell("exchanges", done, total)
    return seen


def _silent(step: str, done: int, total: int) -> None:
    """Nobody asked for progress."""
