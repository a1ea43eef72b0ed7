"""Which accounts of a set to review, and what the finds say about the rest."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from workbench.audit.errors import LedgerError

_MAX_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the set: its name, how many accounts it has, those drawn for review."""

    name: str
    total: int
    drawn: tuple[str, ...]


def plan(strata: Mapping[str, Sequence[str]], n: int, seed: str) -> list[Stratum]:
    """Draw `n` accounts, shared out by the strata's sizes (largest remainder, one at least).

    The draw depends on the ids and the seed alone: who repeats it draws the same accounts. Where
    there are more strata than `n`, the largest ones get one each.
    """
    total = sum(len(members) for members in strata.values())
    if not 0 < n <= total:
        raise LedgerError(
            f"A sample of {n:,} cannot be drawn from {total:,} accounts.", title="No sample"
        )
    names = sorted(strata, key=lambda name: (-len(strata[name]), name))
    names = [name for name in names if strata[name]]
    exact = {name: n * len(strata[name]) / total for name in names}
    share = {name: int(exact[name]) for name in names}
    for name in names:
        if not share[name] and sum(share.values()) < n:
            share[name] = 1
    by_remainder = sorted(names, key=lambda name: (share[name] - exact[name], name))
    while sum(share.values()) < n:
        for name in by_remainder:
            if sum(share.values()) < n and share[name] < len(strata[name]):
                share[name] += 1
    return [
        Stratum(name, len(strata[name]), tuple(sorted(_draw(strata[name], share[name], seed))))
        for name in sorted(names)
    ]


def _draw(accounts: Sequence[str], n: int, seed: str) -> list[str]:
    def rank(account: str) -> bytes:
        return hashlib.sha256(f"{seed}\n{account}".encode("utf-8", "surrogatepass")).digest()

    return sorted(accounts, key=rank)[:n]


def wilson(found: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927); ValueError unless 0 ≤ found ≤ n."""
    _check(found, n, level)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, square = found / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    low = 0.0 if found == 0 else max(0.0, middle - half)
    high = 1.0 if found == n else min(1.0, middle + half)
    return low, high


def clopper_pearson(found: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval of a share (Clopper and Pearson 1934)."""
    _check(found, n, level)
    tail = (1 - level) / 2
    low = 0.0 if found == 0 else _solve(lambda p: 1 - _binomial_cdf(found - 1, n, p), tail)
    high = 1.0 if found == n else _solve(lambda p: -_binomial_cdf(found, n, p), -tail)
    return low, high


def _check(found: int, n: int, level: float) -> None:
    if n < 1 or not 0 <= found <= n or not 0 < level < 1:
        raise ValueError("needs 0 ≤ found ≤ n, n ≥ 1 and a level between 0 and 1")


def _binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X ~ Binomial(n, p), 0 < p < 1; summed in logarithms, so that n may be large."""
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
        + i * math.log(p) + (n - i) * math.log1p(-p)
        for i in range(k + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def _solve(rising: Callable[[float], float], target: float) -> float:
    """Where a rising function of p reaches the target, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_MAX_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rising(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
