"""An account of a market, the stock that accounts are dressed from, and their clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.detection.market.writing import Library, Rng, Writer, people

HOUR, DAY = 3600.0, 86400.0
Seconds = NDArray[np.float64]
# Times of n requests between two times.
Clock = Callable[[Rng, int, float, float], Seconds]
_MAILS = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "qq.com", "mail.ru", "gmx.de",
          "privaterelay.appleid.com", "proton.me")  # fmt: skip


@dataclass
class Seat:
    """One account with all that it will be seen with; times are seconds after the begin."""

    id: str
    kind: str
    created: float
    first: float
    last: float
    email: str
    volume: int
    clock: Clock
    writer: Writer
    group: str | None = None
    level: int | None = None
    org: str | None = None
    plan: str = "payg"
    verified: bool | None = None
    phone: str | None = None
    referral: str | None = None
    banned: float | None = None
    ips: list[str] = field(default_factory=list)
    clients: list[tuple[str, str]] = field(default_factory=list)
    device: str | None = None
    card: tuple[str, str] | None = None
    amount: int = 2000
    system: str | None = None
    tools: str | None = None
    answer: tuple[float, float] = (5.3, 1.0)
    turns: float = 2.5
    pivot: float = np.inf
    cover: float = 0.0


class Stock:
    """What one world has of addresses, cards, clients; drawn from its seed."""

    def __init__(self, rng: Rng, days: int) -> None:
        self.rng, self.span = rng, days * DAY
        self.library = Library(rng)
        self.release = rng.uniform(0.2, 0.8) * self.span
        names = ("openai-python", "anthropic-sdk-python", "axios", "node-fetch", "okhttp", "litellm",  # noqa: E501
                 "langchain", "Go-http-client", "curl", "python-requests", "httpx", "java-sdk")  # fmt: skip  # noqa: E501
        count = int(rng.integers(20, 120))
        prints = [f"t13d{self.hex(5)}_{self.hex(6)}" for _ in range(18)]
        self.clients = [
            (f"{rng.choice(names)}/{rng.integers(0, 3)}.{rng.integers(0, 40)}.{rng.integers(0, 6)}",
             prints[int(18 * rng.random() ** 2)])
            for _ in range(count)
        ]  # fmt: skip
        self.browsers = [
            (f"Mozilla/5.0 ({os}) Chrome/{v}.0", prints[int(6 * rng.random())])
            for os in ("Windows NT 10.0", "Macintosh", "X11; Linux", "iPhone", "Android 14")
            for v in range(120, 128)
        ]
        self.bins = [f"{rng.integers(400000, 560000)}" for _ in range(int(rng.integers(60, 400)))]
        self.carrier = [self.address() for _ in range(40)]
        self.exits = [self.address() for _ in range(30)]
        self.rented = [self.address() for _ in range(int(rng.integers(400, 4000)))]
        self.cloud = [self.address().rsplit(".", 1)[0] for _ in range(20)]
        self.kits = [(self.hex(8), self.hex(8)) for _ in range(5)]
        self.verified = rng.uniform(0.05, 0.6)
        self.number = 0

    def hex(self, size: int = 8) -> str:
        """So many bytes."""
        return self.rng.bytes(size).hex()

    def address(self) -> str:
        """A public address."""
        r = self.rng
        return (
            f"{r.integers(11, 220)}.{r.integers(0, 256)}.{r.integers(0, 256)}.{r.integers(1, 255)}"
        )

    def card(self, issuer: str | None = None) -> tuple[str, str]:
        """A new instrument and its issuer range."""
        return f"pm_{self.hex()}", issuer or str(self.rng.choice(self.bins))

    def client(self) -> tuple[str, str]:
        """A program, the popular ones oftener."""
        return self.clients[int(len(self.clients) * self.rng.random() ** 2.2)]

    def domain(self) -> str:
        """Of a firm."""
        return f"{self.hex(4)}.{self.rng.choice(['com', 'io', 'de', 'ai', 'net', 'co'])}"

    def person(self) -> Seat:
        """Somebody: a chatter, a developer, a batch job; most are older than the window."""
        r = self.rng
        self.number += 1
        created = float(r.uniform(-400 * DAY, 0.95 * self.span))
        if r.random() < 0.25:
            created = float(self.span * r.random() ** 0.5 * 0.95)  # a service that grows
        first = min(max(0.0, created) + r.exponential(DAY), self.span - HOUR)
        last = self.span if r.random() < 0.7 else r.uniform(first, self.span)
        homes = [self.address()] if r.random() < 0.6 else list(r.choice(self.carrier, 2))
        if r.random() < 0.12:
            homes += list(r.choice(self.exits, 2))
        if r.random() < 0.05:
            homes += list(r.choice(self.rented, 2))
        program = r.random() < 0.35
        volume = int(
            np.clip(r.lognormal(2.8, 1.3) if r.random() < 0.7 else 4 * r.pareto(0.8) + 2, 1, 2500)
        )
        return Seat(
            id=f"a{self.number:06d}{self.hex(3)}", kind="person", created=created, first=first,
            last=max(last, first + 600), email=f"{self.hex(4)}@{r.choice(_MAILS)}", volume=volume,
            clock=own_hours(r) if not program or r.random() < 0.5 else
            (around if r.random() < 0.6 else on_the_hour),
            writer=people(self.library, float(r.choice([0.0, 0.05, 0.25]))),
            plan=str(r.choice(["free", "payg", "pro"])), verified=bool(r.random() < self.verified),
            phone=self.hex(6) if r.random() < 0.5 else None, ips=[str(one) for one in homes],
            clients=[self.client() if program else
                     self.browsers[int(r.integers(0, len(self.browsers)))]],
            device=self.hex(8) if r.random() < 0.7 else None,
            card=self.card() if r.random() < 0.65 else None,
            amount=int(r.choice([500, 1000, 2000, 5000])),
            answer=(float(r.normal(5.2, 0.9)), float(r.uniform(0.5, 1.2))),
            turns=1.0 if program else float(r.uniform(1.3, 6)),
            pivot=float(r.exponential(10 * DAY)) if r.random() < 0.6 else np.inf,
        )  # fmt: skip


def own_hours(rng: Rng, zone: float | None = None, weekend: float | None = None) -> Clock:
    """Days of one's own, hours around a peak, a few requests together."""
    peak, width = float(rng.uniform(8, 22)), float(rng.uniform(1.5, 4.5))
    shift = float(rng.uniform(-11, 12)) if zone is None else zone
    rest = float(rng.uniform(0.3, 1.3)) if weekend is None else weekend

    def clock(own: Rng, n: int, first: float, last: float) -> Seconds:
        days = np.arange(int(first // DAY), int(last // DAY) + 1)
        busy = own.lognormal(0, 1.0, len(days)) * np.where(days % 7 >= 5, rest, 1.0) + 1e-9
        sessions = max(1, n // 4)
        day = own.choice(days, sessions, p=busy / busy.sum())
        start = day * DAY + ((own.normal(peak, width, sessions) - shift) % 24) * HOUR
        of = own.integers(0, sessions, n)
        return np.sort(np.clip(start[of] + own.exponential(300, n), first, last))

    return clock


def around(rng: Rng, n: int, first: float, last: float) -> Seconds:
    """Around the clock."""
    return np.sort(rng.uniform(first, last, n))


def on_the_hour(rng: Rng, n: int, first: float, last: float) -> Seconds:
    """A job at the full hour, as everybody's."""
    hours = rng.integers(int(first // HOUR), int(last // HOUR) + 1, n)
    return np.sort(np.clip(hours * HOUR + rng.exponential(60, n), first, last))


def queue(rng: Rng, first: float, last: float, bursts: int, length: float) -> Clock:
    """Work comes in bursts to all who work off one queue."""
    starts = np.sort(rng.uniform(max(first, 0.0), last, bursts))
    size = rng.lognormal(0, 0.7, bursts)

    def clock(own: Rng, n: int, begin: float, end: float) -> Seconds:
        here = np.flatnonzero((starts >= begin - length) & (starts < end))
        if not len(here):
            return around(own, n, begin, end)
        chosen = own.choice(here, n, p=size[here] / size[here].sum())
        return np.sort(np.clip(starts[chosen] + own.exponential(length, n), begin, end))

    return clock
