"""Damages ledgers in every way we know and counts what goes unnoticed or is lost.

    python -m tests.batteries.ledger_battery [--short] [NAME...]

Each battery returns its figures; a failure is an AssertionError that names the damage. The suite
runs the same functions with small counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.batteries.ledger_building import (
    CASE,
    SECOND,
    STANDALONE,
    comment,
    fill,
    head_of,
    judge,
    open_ledger,
    policy_body,
    refuses,
    who,
)
from tests.batteries.ledger_damage import any_bytes, bit_flips, edits, torn_tails
from tests.batteries.ledger_faults import crowd, disk_full, file_size_limit, kills, replaced
from tests.batteries.ledger_refusals import refusals
from tests.batteries.ledger_signatures import signatures

__all__ = [
    "CASE",
    "SECOND",
    "STANDALONE",
    "comment",
    "file_size_limit",
    "fill",
    "head_of",
    "judge",
    "open_ledger",
    "policy_body",
    "refuses",
    "who",
]

BATTERIES: dict[str, tuple[Callable[[Path], str], Callable[[Path], str]]] = {
    "flips": (lambda f: bit_flips(f, 8, 11), lambda f: bit_flips(f, 200, 1, 100)),
    "edits": (lambda f: edits(f, 12), lambda f: edits(f, 200)),
    "torn": (lambda f: torn_tails(f, 6, 13), lambda f: torn_tails(f, 200, 1, 100)),
    "kills": (lambda f: kills(f, 4), lambda f: kills(f, 1000)),
    "crowd": (lambda f: crowd(f, 3, 60), lambda f: crowd(f, 3, 10_000)),
    "full": (lambda f: disk_full(f, 61), lambda f: disk_full(f, 1)),
    "bytes": (lambda f: any_bytes(f, 150), lambda f: any_bytes(f, 5000)),
    "replaced": (replaced, replaced),
    "refusals": (refusals, refusals),
    "signatures": (signatures, signatures),
}


def main(words: list[str]) -> int:
    """Run the batteries named, or all; prints one line of figures each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BATTERIES))
    chosen = parser.parse_args(words)
    if not chosen.short:
        os.environ["LEDGER_BATTERY_APART"] = "1"
    for name in chosen.names or BATTERIES:
        with tempfile.TemporaryDirectory(prefix="ledger-battery-") as folder:
            began = time.monotonic()
            figures = BATTERIES[name][0 if chosen.short else 1](Path(folder))
            print(f"{name}: {figures} [{time.monotonic() - began:.1f} s]", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
