"""Damages ledgers in every way we know and counts what goes unnoticed or is lost.

    python -m tests.batteries.ledger_battery [--short] [--workers N] [NAME...]

Each battery returns its figures; a failure is an AssertionError that names the damage. All are run
by an ordinary user. The suite runs the same functions with small counts. In full all take about
two hours on one processor, and `benches`, where every decision is made by keys, two more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.batteries.bare_python import STANDALONE, plain_run
from tests.batteries.ledger_benches import benches
from tests.batteries.ledger_building import (
    CASE,
    comment,
    fill,
    flag,
    head_of,
    judge,
    open_ledger,
    policy_body,
    refuses,
    rests_on,
    who,
)
from tests.batteries.ledger_damage import any_bytes, bit_flips, edits, torn_tails
from tests.batteries.ledger_faults import crowd, disk_full, file_size_limit, kills, replaced
from tests.batteries.ledger_forgeries import forgeries
from tests.batteries.ledger_refusals import refusals
from tests.batteries.ledger_signatures import signatures
from tests.batteries.ordinary_user import hand_over, reachable, run_as

__all__ = [
    "CASE",
    "STANDALONE",
    "comment",
    "file_size_limit",
    "fill",
    "flag",
    "head_of",
    "judge",
    "open_ledger",
    "plain_run",
    "policy_body",
    "refuses",
    "rests_on",
    "who",
]


class Battery(NamedTuple):
    """What to call for the short form, and for the full one with so many processes."""

    short: Callable[[Path], str]
    full: Callable[[Path, int], str]


def _alike(act: Callable[[Path], str]) -> Battery:
    return Battery(act, lambda folder, _: act(folder))


BATTERIES = {
    "flips": Battery(lambda f: bit_flips(f, 8, 29), lambda f, n: bit_flips(f, 200, workers=n)),
    "edits": Battery(lambda f: edits(f, 12), lambda f, _: edits(f, 200)),
    "torn": Battery(lambda f: torn_tails(f, 6, 13), lambda f, n: torn_tails(f, 200, workers=n)),
    "kills": Battery(lambda f: kills(f, 4), lambda f, _: kills(f, 1000, least=1000)),
    "crowd": Battery(lambda f: crowd(f, 3, 60), lambda f, _: crowd(f, 3, 10_000)),
    "benches": Battery(lambda f: benches(f, 20, 20), lambda f, _: benches(f, 10_000, 10_000)),
    "full": Battery(lambda f: disk_full(f, 61), lambda f, _: disk_full(f, 1)),
    "bytes": Battery(lambda f: any_bytes(f, 150), lambda f, _: any_bytes(f, 5000)),
    "forgeries": Battery(lambda f: forgeries(f, 120), lambda f, _: forgeries(f, 10_000)),
    "replaced": _alike(replaced),
    "refusals": _alike(refusals),
    "signatures": _alike(signatures),
}
# One mounts; the other starts the program, which an ordinary user may not be able to reach.
_AS_WE_ARE = ("refusals", "benches")


def run(name: str, *, short: bool, workers: int = 1) -> str:
    """The figures of one battery, run by an ordinary user in a folder of its own below /tmp."""
    battery = BATTERIES[name]
    with tempfile.TemporaryDirectory(prefix="ledger-battery-") as made:
        folder = Path(made)
        act = partial(battery.short, folder) if short else partial(battery.full, folder, workers)
        if os.getuid() or name in _AS_WE_ARE:
            reachable(folder)
            return act()
        hand_over(folder)
        return run_as(act)


def main(words: list[str]) -> int:
    """Run the batteries named, or all; prints one line of figures each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BATTERIES))
    chosen = parser.parse_args(words)
    for name in chosen.names or BATTERIES:
        began = time.monotonic()
        figures = run(name, short=chosen.short, workers=chosen.workers)
        print(f"{name}: {figures} [{time.monotonic() - began:.1f} s]", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
