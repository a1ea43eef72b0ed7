"""When work happens: a catalogue of rhythms, each one row of numbers for the vectorised clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import numpy as np

from workbench.synth.dice import Floats, Ints

HUMAN, FLAT, CRON, QUEUE = 0, 1, 2, 3
DAY = 86_400.0

_SHAPES = {
    "office": [0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 12, 10, 6, 10, 12, 11, 9, 6, 3, 2, 1, 1, 0, 0],
    "evening": [2, 1, 0, 0, 0, 0, 1, 2, 3, 3, 3, 4, 5, 4, 4, 4, 5, 7, 9, 11, 12, 11, 8, 4],
    "allday": [2, 1, 1, 0, 0, 0, 2, 4, 6, 8, 8, 8, 7, 8, 8, 8, 7, 6, 6, 7, 7, 6, 5, 3],
    "night": [12, 11, 9, 7, 4, 2, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 5, 6, 7, 9, 10, 12],
    "campus": [2, 1, 0, 0, 0, 0, 0, 1, 5, 9, 9, 7, 5, 8, 8, 6, 5, 5, 6, 8, 9, 8, 6, 4],
    "day": [4, 4, 3, 3, 3, 3, 4, 5, 6, 7, 7, 7, 7, 7, 7, 7, 6, 6, 5, 5, 5, 5, 4, 4],
    "flat": [1] * 24,
}
SHAPES = tuple(_SHAPES)


def queue_windows(
    rng: Random,
    busy: float,
    mean: float,
    limits: tuple[float, float],
    shift: tuple[float, float] | None = None,
) -> list[tuple[float, float]]:
    """Windows (start, length) in which a queue hands out work, `mean` seconds long on average.

    They fill a share `busy` of the time between the limits; a shift (first hour, hours) keeps
    those that begin in it.
    """
    at, end = limits
    out: list[tuple[float, float]] = []
    while at < end:
        length = min(mean * rng.uniform(0.5, 1.6), end - at)
        if shift is None or (at / 3600 - shift[0]) % 24 < shift[1]:
            out.append((at, max(length, 60.0)))
        at += length + rng.expovariate(1.0) * mean * (1 - busy) / busy
    return out or [(limits[0], min(DAY, end - limits[0]))]


@dataclass
class Rhythms:
    """Rows of the catalogue; `windows` holds the queue windows of all queue rhythms."""

    kind: list[int] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)
    zone: list[float] = field(default_factory=list)
    weekend: list[float] = field(default_factory=list)  # penalty of a weekend day, 0..3
    burst: list[float] = field(default_factory=list)  # how much single days stand out, 0..2
    period: list[float] = field(default_factory=list)  # seconds between runs of a cron rhythm
    jitter: list[float] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    window_start: list[int] = field(default_factory=list)
    window_count: list[int] = field(default_factory=list)
    windows: list[tuple[float, float]] = field(default_factory=list)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def human(self, shape: str, zone: float, weekend: float = 1.0, burst: float = 1.2) -> int:
        """People: hours by shape in their zone, weekends avoided, bursts of busy days."""
        return self._add(HUMAN, shape, zone, weekend, burst)

    def flat(self, shape: str = "flat", zone: float = 0.0, weekend: float = 0.0) -> int:
        """A server: around the clock, perhaps with the echo of its users' day."""
        return self._add(FLAT, shape, zone, weekend, 0.15)

    def cron(self, period: float, jitter: float, offset: float = 0.0) -> int:
        """Runs every `period` seconds, `offset` after the hour, each within `jitter` seconds."""
        return self._add(CRON, "flat", 0.0, 0.0, 0.3, period, jitter, offset)

    def queue(self, windows: list[tuple[float, float]]) -> int:
        """Work handed out by one queue: only inside these windows (start, length in seconds)."""
        start = len(self.windows)
        self.windows.extend(windows)
        index = len(self.kind)
        self._row(QUEUE, "flat", 0.0, 0.0, 0.0)
        self.window_start[index], self.window_count[index] = start, len(windows)
        return index

    def cumulative_hours(self) -> Floats:
        """Cumulative hour-of-day distribution per shape, float (shapes, 24)."""
        weights = np.array([_SHAPES[name] for name in SHAPES], dtype=np.float64) + 0.04
        return np.asarray(np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True))

    def column(self, name: str) -> Floats:
        """One numeric column as float64."""
        return np.array(getattr(self, name), dtype=np.float64)

    def whole(self, name: str) -> Ints:
        """One numeric column as int64."""
        return np.array(getattr(self, name), dtype=np.int64)

    def _add(
        self, kind: int, shape: str, zone: float, weekend: float, burst: float,
        period: float = 0.0, jitter: float = 0.0, offset: float = 0.0,
    ) -> int:  # fmt: skip
        key = (kind, shape, zone, round(weekend, 2), round(burst, 2), period, jitter, offset)
        index = self._known.get(key)
        if index is None:
            index = self._known[key] = len(self.kind)
            self._row(kind, shape, zone, weekend, burst, period, jitter, offset)
        return index

    def _row(
        self, kind: int, shape: str, zone: float, weekend: float, burst: float,
        period: float = 0.0, jitter: float = 0.0, offset: float = 0.0,
    ) -> None:  # fmt: skip
        self.kind.append(kind)
        self.shape.append(SHAPES.index(shape))
        self.zone.append(zone)
        self.weekend.append(weekend)
        self.burst.append(burst)
        self.period.append(period)
        self.jitter.append(jitter)
        self.offset.append(offset)
        self.window_start.append(0)
        self.window_count.append(0)
