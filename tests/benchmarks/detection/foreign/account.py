"""An account of a foreign world, and the town it lives in: addresses, cards, clients, clocks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.benchmarks.detection.foreign.real import RealText
from tests.benchmarks.detection.foreign.texts import Vocabulary, Words, Writer, word

HOUR, DAY = 3600.0, 86400.0
# (payment fingerprint, issuer range, funding, holder hash)
Card = tuple[str, str, str, str]
# Seconds since the world began of n requests between two times.
Clock = Callable[[Random, int, float, float], list[float]]


@dataclass
class Account:
    """One account with all that it will be seen with."""

    id: str
    created: float
    email: str
    signup_ip: str
    first: float
    last: float
    requests: int
    clock: Clock
    writer: Writer
    kind: str = "single"
    group: str | None = None
    level: int | None = None
    org: str | None = None
    plan: str = "payg"
    channel: str = "web"
    phone: str | None = None
    referral: str | None = None
    banned_at: float | None = None
    verified: bool | None = None
    ips: list[str] = field(default_factory=list)
    clients: list[tuple[str, str]] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    amount: int = 2000
    systems: list[str | None] = field(default_factory=lambda: [None])
    tools: list[str | None] = field(default_factory=lambda: [None])
    keys: int = 1
    turns: float = 1.0  # mean exchanges of a session
    out: tuple[float, float] = (5.2, 1.0)
    models: tuple[float, ...] = (0.5, 0.3, 0.2)
    pivot: float | None = None  # hours after the release until it uses the new model
    cover: tuple[float, Writer, Clock] | None = None


_MAIL = (
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "hotmail.com",
    "qq.com",
    "163.com",
    "proton.me",
    "mail.ru",
    "web.de",
    "gmx.net",
    "naver.com",
)


class Town:
    """The stock of one world, drawn from its seed."""

    def __init__(self, rng: Random, days: int, texts: RealText | None = None) -> None:
        self.rng, self.span, self.texts = rng, days * DAY, texts
        self.vocabulary: Words = texts or Vocabulary(rng)
        self.language = rng.choice([("en",), ("en", "en", "zh"), ("en", "ru", "ja", "zh")])
        if texts:
            known = texts.languages
            self.language = ("en", *rng.choices(known, k=rng.randint(2, len(known))))
        self.form = rng.choice(["uuid", "number", "short"])
        # Popular software: a few combinations that thousands have, and a long tail.
        versions = [
            f"{rng.randint(0, 2)}.{rng.randint(0, 90)}.{rng.randint(0, 9)}" for _ in range(40)
        ]
        names = (
            "openai-python",
            "anthropic-sdk-python",
            "axios",
            "okhttp",
            "python-requests",
            "node-fetch",
            "LangChain",
            "litellm",
            "aiohttp",
            "Go-http-client",
        )
        prints = [
            f"t13d{rng.randint(10, 19)}{rng.randint(10, 14)}h2_{rng.getrandbits(48):012x}"
            for _ in range(25)
        ]
        self.clients = [
            (f"{rng.choice(names)}/{rng.choice(versions)}", prints[int(25 * rng.random() ** 2)])
            for _ in range(220)
        ]
        self.browsers = [
            (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{rng.randint(118, 131)}.0.0.0", p)
            for p in prints[:6]
            for _ in range(4)
        ]
        self.bins = [f"{rng.choice('45')}{rng.randrange(10**5):05d}" for _ in range(160)]
        self.exits = [self.address() for _ in range(24)]  # VPN exits
        self.carrier = [self.address() for _ in range(30)]  # carrier NAT
        self.cloud = [self.address().rsplit(".", 1)[0] for _ in range(30)]
        self.frameworks = [f"sys-{rng.getrandbits(64):x}" for _ in range(5)]
        self.toolkits = [f"tool-{rng.getrandbits(64):x}" for _ in range(6)]
        self.release = rng.uniform(0.3, 0.7) * self.span
        self.weekdays = [rng.uniform(0.5, 1.2) for _ in range(7)]

    def address(self) -> str:
        """A public address, now and then of the sixth version."""
        r = self.rng
        if r.random() < 0.12:
            return f"2a0{r.randint(0, 9)}:{r.randrange(65536):x}:{r.randrange(65536):x}:{r.randrange(65536):x}::{r.randrange(65536):x}"  # noqa: E501
        return f"{r.choice([23, 45, 51, 77, 81, 90, 101, 113, 151, 176, 188, 203])}.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}"  # noqa: E501

    def fresh_id(self) -> str:
        """In the style of this world's system."""
        if self.form == "uuid":
            return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        if self.form == "number":
            return str(self.rng.randrange(10**11, 10**12))
        return f"usr_{self.rng.getrandbits(60):015x}"

    def card(self, bin_: str | None = None, funding: str | None = None) -> Card:
        """A new card."""
        r = self.rng
        return (
            f"fp_{r.getrandbits(64):016x}",
            bin_ or r.choice(self.bins),
            funding or r.choices(["credit", "debit", "prepaid"], [55, 38, 7])[0],
            f"{r.getrandbits(64):016x}",
        )

    def mail(self) -> str:
        """A private person's address."""
        r = self.rng
        first, second = word(r), word(r)
        local = r.choice(
            [
                f"{first}{r.choice(['', '.', '_'])}{second}",
                f"{first}{r.randint(1, 9999)}",
                f"{first[:1]}{second}{r.randint(70, 99)}",
            ]
        )
        return f"{local}@{r.choices(_MAIL, [9, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1])[0]}"

    def device(self) -> str:
        """A new device."""
        return f"{self.rng.getrandbits(96):024x}"


def human(zone: float, peak: float, width: float, weekends: float = 1.0) -> Clock:
    """Days of one's own, hours around a peak, requests in bursts."""

    def clock(rng: Random, n: int, first: float, last: float) -> list[float]:
        days = max(1, int((last - first) / DAY))
        busy = [
            rng.lognormvariate(0, 1.0) * (weekends if (int(first / DAY) + d) % 7 >= 5 else 1.0)
            for d in range(days)
        ]
        out: list[float] = []
        while len(out) < n:
            day = rng.choices(range(days), busy)[0]
            at = first - first % DAY + day * DAY + ((rng.gauss(peak, width) - zone) % 24) * HOUR
            for _ in range(min(n - len(out), 1 + int(rng.expovariate(0.4)))):
                out.append(at)
                at += rng.expovariate(1 / 90.0)
        return sorted(min(max(t, first), last) for t in out)

    return clock


def flat(rng: Random, n: int, first: float, last: float) -> list[float]:
    """Around the clock."""
    return sorted(rng.uniform(first, last) for _ in range(n))


def cron(step: float) -> Clock:
    """A job that starts on the full hour, as everybody's does."""

    def clock(rng: Random, n: int, first: float, last: float) -> list[float]:
        slots = max(1, int((last - first) / step))
        base = first - first % step
        return sorted(
            min(max(base + rng.randrange(slots) * step + rng.expovariate(1 / 40.0), first), last)
            for _ in range(n)
        )

    return clock


def queue(rng: Random, share: float, mean: float, first: float, last: float) -> Clock:
    """One dispatcher: it is on in stretches of about `mean` seconds, a `share` of the time."""
    stretches, at = [], first
    while at < last:
        on = rng.expovariate(1 / mean) + 60
        stretches.append((at, min(at + on, last)))
        at += on + rng.expovariate(share / (mean * (1 - share) + 1e-9)) if share < 1 else on
    lengths = [b - a for a, b in stretches]

    def clock(own: Random, n: int, start: float, stop: float) -> list[float]:
        out: list[float] = []
        tries = 0
        while len(out) < n and tries < 40 * n + 400:
            tries += 1
            a, b = own.choices(stretches, lengths)[0]
            t = own.uniform(a, b)
            if start <= t <= stop:
                out.append(t)
        return sorted(out)

    return clock
