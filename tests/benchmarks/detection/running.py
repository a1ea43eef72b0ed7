"""Runs the analysis of a store in a process of its own, so that its peak memory can be told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from workbench.detection.pipeline import build
from workbench.resources import queries_dir


def analyse(store: Path, spill: Path) -> tuple[float, int]:
    """Seconds and peak memory (MiB) of the analysis of a store; raises where it fails.

    The analysis is `analysis.duckdb` of the folder `spill`.
    """
    (spill / "analysis.duckdb").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.detection.running", str(store), str(spill)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    seconds, mib = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), int(mib)


if __name__ == "__main__":
    start = time.monotonic()
    store, spill = map(Path, sys.argv[1:])
    build(spill / "analysis.duckdb", data=(store,), spill=spill, queries=queries_dir())
    took = time.monotonic() - start
    # Not from getrusage: its peak starts at that of the process that this one was forked from.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = [int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")]
    print(json.dumps([took, peak]))
