"""One measured figure beside its budget."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, in which unit, and what it must reach (None: only told)."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> str:
        """yes, NO, or nothing where there is no budget."""
        if self.most is None and self.least is None:
            return ""
        high = self.most is None or self.value <= self.most
        low = self.least is None or self.value >= self.least
        return "yes" if high and low else "NO"


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def show(part: str, figures: Sequence[Figure]) -> None:
    """Print one part of the table."""
    print(f"\n{part}  (load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)")
    for one in figures:
        budget = f"≤ {one.most:,.0f}" if one.most is not None else ""
        budget = f"≥ {one.least:,.0f}" if one.least is not None else budget
        print(f"  {one.what:<64} {one.value:>12,.1f} {one.unit:<10} {budget:>10} {one.met}",
              flush=True)  # fmt: skip
