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
from workbench.audit.log.verify import verify
from workbench.audit.state import builders

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
        "decision", audit_bench.flag(builders.set_subject("cluster", book.put_set(names), "k"))
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
    phases, peaks = _phases(extract, folder)
    figures = [Figure("bare CREATE TABLE AS … ORDER BY account_id, ts", bare, "s")]
    for name, began, ended in phases:
        figures.append(Figure(name, ended - began, "s", 2.0 * bare))
        figures.append(Figure(f"{name}, peak resident", peaks[name] / 1e6, "MB", 8192))
    figures.append(Figure("load with clustering", phases[-1][2] - phases[0][1], "s", 4.0 * bare))
    return figures


def _phases(extract: Path, folder: Path) -> tuple[list[tuple[str, float, float]], dict[str, int]]:
    """(what, begin, end) of the load and of the analysis behind it, and the most memory of each.

    Both have a worker process of their own: the analysis begins when its worker does.
    """
    loading, analysing = "load, clustering not counted", "traits, clusters, evidence"
    peaks = {loading: 0, analysing: 0}
    command = [sys.executable, "-m", "workbench", "load", str(folder / "loaded"), str(extract)]
    began = switched = time.perf_counter()
    process = psutil.Popen(command, env=os.environ, stdout=-3, stderr=-3)
    phase = loading
    while process.poll() is None:
        tree = [process, *process.children(recursive=True)]
        if phase == loading and any("analysis" in _module(one) for one in tree):
            phase, switched = analysing, time.perf_counter()
        peaks[phase] = max(peaks[phase], sum(_resident(one) for one in tree))
        time.sleep(0.05)
    assert process.returncode == 0, "the load failed"
    return [(loading, began, switched), (analysing, switched, time.perf_counter())], peaks


def _module(process: psutil.Process) -> str:
    """The module that a Python process runs, or nothing."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return ""
    return words[words.index("-m") + 1] if "-m" in words[:-1] else ""


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
