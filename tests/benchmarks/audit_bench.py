"""Figures of the ledger: append, bulk decision, verify, opening a million decisions.

python tests/benchmarks/audit_bench.py [RECORDS]
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.merkle import Tree, leaf_hash
from workbench.audit.log.verify import verify
from workbench.audit.records.canonical_json import Fields, claimed_hash, seal
from workbench.audit.state import builders

CASE = "c0ffee00c0ffee00"
WHO = Who("ana", 1001, "bench-1")
BULK, BULKS = 25_000, 40


def evidence() -> Fields:
    """The evidence of an ordinary decision."""
    return builders.evidence(
        query="money/shared-card",
        rev=3,
        sha256="ab" * 32,
        params={"account_id": "acct-000001", "min_accounts": 5},
        generation=3,
        sources=["cd" * 32],
        result_sha256="ef" * 32,
        rows=12,
        ledger_head="01" * 32,
        trust="shipped",
    )


def flag(subject: Fields) -> Fields:
    """An ordinary flag."""
    return builders.decision(
        verdict="flag",
        subject=subject,
        reason="R-MULTI",
        confidence="high",
        note="Shares a card and four templates with a cluster of closed accounts.",
        counter="none-found",
        evidence=[evidence()],
    )


def write_ledger(path: Path, records: int) -> int:
    """A ledger of decisions on single accounts, written without syncs; returns its bytes."""
    tree, prev, size = Tree(), "0" * 64, 0
    with path.open("wb") as file:
        for seq in range(records):
            subject = builders.account_subject(f"acct-{seq:07d}")
            fields: dict[str, Any] = {
                "v": 1, "seq": seq, "prev": prev, "id": secrets.token_hex(16), "tool": "bench",
                "type": "decision" if seq else "open", "ts": 1_790 * 10**12 + seq, "mono": seq,
                "boot": "0" * 32, "who": WHO.as_field(), "sig": "",
                "seen": {"size": seq, "root": tree.root().hex()},
                "body": flag(subject) if seq else {"case": CASE, "format": "wb-audit/1"},
            }  # fmt: skip
            line = seal(fields)
            prev = claimed_hash(line[:-1])
            tree.append(leaf_hash(line[:-1]))
            size += file.write(line)
    return size


def opened(folder: Path) -> Ledger:
    """The ledger of a folder."""
    return Ledger.open(
        folder / "audit.jsonl", state_dir=folder / "state", case_id=CASE, who=WHO, tool="bench"
    )


def timed(label: str, began: float) -> float:
    """Print and return the seconds since `began`."""
    seconds = time.perf_counter() - began
    print(f"{label}: {seconds:.2f} s", flush=True)
    return seconds


def appends(folder: Path) -> None:
    """Single appends, then one bulk decision."""
    ledger, times = opened(folder), []
    for number in range(1000):
        began = time.perf_counter()
        ledger.append("decision", flag(builders.account_subject(f"acct-{number}")))
        times.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(times, n=100)
    print(f"append: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, durable")
    began = time.perf_counter()
    accounts = ledger.put_set(f"acct-{number:07d}" for number in range(BULK))
    ledger.append("decision", flag(builders.set_subject("cluster", accounts, "k-1")))
    timed(f"bulk decision on {BULK:,} accounts, durable", began)
    ledger.close()


def bulks(folder: Path) -> None:
    """A million decisions as bulk records: open without and with a kept state."""
    ledger = opened(folder)
    for number in range(BULKS):
        names = (f"acct-{number}-{i:06d}" for i in range(BULK))
        subject = builders.set_subject("cluster", ledger.put_set(names), f"k-{number}")
        ledger.append("decision", flag(subject))
    ledger.close()
    began = time.perf_counter()
    again = opened(folder)
    timed(f"open {len(again.state.decisions.slots):,} decisions of {BULKS} bulk records", began)
    again.close()


def many(folder: Path, records: int) -> None:
    """A large ledger of single decisions: verify, open cold, open with the kept state."""
    size = write_ledger(folder / "audit.jsonl", records)
    for _ in range(2):
        began = time.perf_counter()
        report = verify(folder)
        seconds = timed(f"verify {records:,} records of {size / records:.0f} bytes", began)
        assert report.ok, report.problems[:3]
        print(f"  {records / seconds:,.0f} records/s on {len(os.sched_getaffinity(0))} cores")
    for label in ("cold", "with the kept state", "with the kept state"):
        began = time.perf_counter()
        ledger = opened(folder)
        timed(f"open {len(ledger.state.decisions.slots):,} single decisions, {label}", began)
        ledger.close()


def main(words: list[str]) -> int:
    """Print the figures; RECORDS is the size of the large ledger (default 1,000,000)."""
    records = int(words[0]) if words else 1_000_000
    print(f"load average {os.getloadavg()[0]:.1f}")
    for part in (appends, bulks, lambda folder: many(folder, records)):
        with tempfile.TemporaryDirectory(prefix="audit-bench-") as folder:
            part(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
