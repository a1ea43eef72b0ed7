"""What is written: the ledger, and the load of an extract beside a bare CREATE TABLE."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import duckdb
import psutil

from tests.benchmarks import audit_bench
from tests.benchmarks.figures import Figure
from workbench.audit import bodies
from workbench.audit.verify import verify

RECORDS = 100_000


def ledger(folder: Path) -> list[Figure]:
    """A bulk decision on 25,000 accounts, and verify. `audit_bench` has the other figures."""
    bulk, long = folder / "bulk", folder / "long"
    bulk.mkdir()
    long.mkdir()
    book = audit_bench.opened(bulk)
    began = time.perf_counter()
    names = (f"acct-{number:07d}" for number in range(audit_bench.BULK))
    book.append(
        "decision", audit_bench.flag(bodies.set_subject("cluster", book.put_set(names), "k"))
    )
    decided = time.perf_counter() - began
    book.close()
    audit_bench.write_ledger(long / "audit.jsonl", RECORDS)
    began = time.perf_counter()
    assert verify(long).ok
    rate = RECORDS / (time.perf_counter() - began)
    return [
        Figure("bulk decision on 25,000 accounts", decided * 1e3, "ms", 1000),
        Figure("audit verify", rate, "records/s", None, 60_000),
    ]


def load(extract: Path | None, folder: Path) -> list[Figure]:
    """`load` and bare DuckDB's sorted copy of the same files, one after the other."""
    if extract is None:
        return []
    files = str(extract / "exchanges" / "*.parquet")
    if not (extract / "exchanges").exists():
        files = str(extract / "exchanges.parquet")
    connection = duckdb.connect(str(folder / "bare.duckdb"))
    connection.execute(f"SET memory_limit = '6GiB'; SET temp_directory = '{folder}/spill'")
    began = time.perf_counter()
    connection.execute(
        f"CREATE TABLE e AS SELECT * FROM read_parquet('{files}') ORDER BY account_id, ts"
    )
    bare = time.perf_counter() - began
    connection.close()
    (folder / "bare.duckdb").unlink()
    began, peak = time.perf_counter(), 0
    command = [sys.executable, "-m", "workbench", "load", str(folder / "loaded"), str(extract)]
    process = psutil.Popen(command, env=os.environ, stdout=-3, stderr=-3)
    while process.poll() is None:
        tree = [process, *process.children(recursive=True)]
        peak = max(peak, sum(_resident(one) for one in tree))
        time.sleep(0.2)
    took = time.perf_counter() - began
    return [
        Figure("bare CREATE TABLE AS … ORDER BY account_id, ts", bare, "s"),
        Figure("load with clustering", took, "s", 4.0 * bare),
        Figure("load with clustering, peak resident", peak / 1e6, "MB", 8192),
    ]


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
