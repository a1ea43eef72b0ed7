"""Operators: each keeps or loses every trace by chance, the careful ones fewer."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.detection.market.seats import DAY, HOUR, Seat, Stock, around, own_hours, queue
from tests.benchmarks.detection.market.writing import (
    AIMS,
    Writer,
    aim_frames,
    dealt,
    drawn,
    loosened,
    template,
)

# The chance that a careless operator, and one of each level above, leaves a trace of a kind.
_LEFT = (0.6, 0.42, 0.28, 0.16, 0.03)
_TRACES = ("card", "issuer", "network", "rented", "device", "client", "numbered", "domain",
           "phone", "system", "tools", "code", "wave", "key")  # fmt: skip
_PER = (40, 10, 5, 3, 2)  # accounts that share one thing


def operator(stock: Stock, size: int, level: int, name: str) -> list[Seat]:
    """All accounts of one operator."""
    r = stock.rng
    left = {trace for trace in _TRACES if r.random() < _LEFT[level]}
    if level == 4:
        left -= {"device", "card", "domain", "numbered", "phone", "client"}
    elif len(left) < 2:
        left |= set(r.choice(_TRACES, 3, replace=False))
    begun = float(r.uniform(-10 * DAY, 0.5 * stock.span))
    volume, spread = r.lognormal(3.9, 0.5), float(r.uniform(0.05, 0.4 + 0.2 * level))
    queued = r.random() < (0.8 if level == 4 else 0.5)
    bursts, length = int(r.integers(40, 300)), float(r.uniform(200, 3000))
    clock = queue(r, begun, stock.span, bursts, length) if queued else (
        around if r.random() < 0.5 else None)  # fmt: skip
    write = _desk(stock, level, size)
    answer = (float(r.choice([1.3, 4.8, 6.2, 7.0])), float(r.uniform(0.3, 0.9)))
    pivot = float(r.exponential(12 * HOUR)) if r.random() < 0.5 else np.inf
    cover = float(r.uniform(0, (0.05, 0.1, 0.3, 0.45, 0.55)[level]))
    turns = 1.0 if r.random() < 0.6 else float(r.uniform(1.5, 7))
    span = float(r.choice([0.2, 1.0, 3.0, 10.0, 25.0])) * DAY
    bought = 0.5 * r.random() if level >= 2 else 0.0
    firm, paid = r.random() < 0.3, r.random() < 0.6
    checked = float(r.choice([0.0, 0.5, 1.0])) * stock.verified
    stockpile = _Stockpile(stock, size, level)
    seats = []
    for place in range(size):
        seat = stock.person()
        seat.kind, seat.group, seat.level = "campaign", name, level
        made = begun + (place % 4) * DAY + r.uniform(0, 3 * HOUR) if "wave" in left else (
            begun + r.uniform(0, span))  # fmt: skip
        made = -r.uniform(20, 400) * DAY if r.random() < bought else made
        seat.created = float(min(made, 0.9 * stock.span))
        seat.first = min(
            max(0.0, seat.created, begun) + r.exponential(6 * HOUR), stock.span - 3 * HOUR
        )
        seat.last = stock.span
        seat.volume = int(np.clip(volume * np.exp(r.normal(0, spread)), 5, 2000))
        if r.random() < 0.05:
            seat.volume = min(seat.volume * 6, 2500)
        seat.clock, seat.writer = clock or own_hours(r), write(place)
        seat.answer, seat.pivot, seat.cover, seat.turns = answer, pivot, cover, turns
        seat.verified = bool(r.random() < checked)
        seat.card, seat.plan = seat.card or stock.card(), "payg"
        stockpile.dress(seat, left, place)
        if firm:
            seat.email = f"{stock.hex(3)}@{stockpile.domain}"
            seat.card = stockpile.cards[0] if paid else seat.card
        seats.append(seat)
    _ban(stock, seats)
    return seats


def _desk(stock: Stock, level: int, size: int) -> _Giver:
    """Where the accounts get their prompts: own templates, a public set, or a divided list."""
    r, library = stock.rng, stock.library
    aim = str(r.choice([*AIMS, "plain"]))
    variants = (2, 4, 8, 14, 30)[level]
    frames = aim_frames(library, r, aim, variants)
    kind = str(r.choice(["template", "public", "divided"], p=[0.4, 0.4, 0.2]))
    tail = str(r.choice(["", "", " Explain fully.", " Show each step."]))
    items = library.sets[int(r.integers(0, len(library.sets)))]

    def give(place: int) -> Writer:
        if kind == "public":
            base = drawn(items, "{p}" + tail)
        elif kind == "divided":
            base = dealt(items, place, size, "{p}" + tail)
        else:
            own = [frames[int(k)] for k in r.integers(0, variants, min(variants, 3 + level))]
            base = template(library, own, 24)
        return loosened(base, 0.06 * level) if level >= 3 and kind == "template" else base

    return _Giver(give)


class _Giver:
    """Gives each account its writer."""

    def __init__(self, give: object) -> None:
        self._give = give

    def __call__(self, place: int) -> Writer:
        return self._give(place)  # type: ignore[operator, no-any-return]


class _Stockpile:
    """What an operator has bought."""

    def __init__(self, stock: Stock, size: int, level: int) -> None:
        self.stock, self.per = stock, _PER[level]
        count = max(1, -(-size // self.per))
        r = stock.rng
        self.cards = [stock.card() for _ in range(count)]
        self.issuer = str(r.choice(stock.bins))
        self.lines = [stock.address() for _ in range(max(2, count // 2))]
        self.rented = [str(one) for one in r.choice(stock.rented, min(len(stock.rented), 2 * size))]
        self.devices = [stock.hex() for _ in range(count)]
        self.client = (f"{r.choice(['httpx', 'aiohttp', 'resty'])}/{r.integers(0, 9)}.{r.integers(0, 90)}",  # noqa: E501
                       f"t13d{stock.hex(5)}_{stock.hex(6)}")  # fmt: skip
        self.word, self.domain = stock.hex(2), stock.domain()
        self.phones = [stock.hex(6) for _ in range(count)]
        self.system, self.tools, self.code = stock.hex(), stock.hex(), f"R{stock.hex(2)}"
        self.amount = int(r.choice([500, 1000, 2000]))

    def dress(self, seat: Seat, left: set[str], place: int) -> None:
        """Give an account what the operator failed to keep apart."""
        r, k = self.stock.rng, place // self.per
        seat.ips = [self.stock.address() for _ in range(3)]
        if "rented" in left or r.random() < 0.3:
            seat.ips += [str(one) for one in r.choice(self.rented, 4)]
        if "network" in left:
            seat.ips += [str(one) for one in r.choice(self.lines, 2)]
        if "issuer" in left:
            seat.card, seat.amount = self.stock.card(self.issuer), self.amount
        if "card" in left:
            seat.card = self.cards[k % len(self.cards)]
        if "device" in left:
            seat.device = self.devices[k % len(self.devices)]
        seat.clients = [self.client] if "client" in left else [self.stock.client()]
        if "numbered" in left:
            seat.email = (
                f"{self.word}{r.integers(10, 9999)}@{r.choice(['gmail.com', 'outlook.com'])}"
            )
        if "domain" in left:
            seat.email = f"{self.stock.hex(3)}@{self.domain}"
        if "phone" in left:
            seat.phone = self.phones[k % len(self.phones)]
        seat.system = self.system if "system" in left else seat.system
        seat.tools = self.tools if "tools" in left else seat.tools
        seat.referral = self.code if "code" in left else seat.referral


def _ban(stock: Stock, seats: list[Seat]) -> None:
    """Some are banned, and others step in."""
    r = stock.rng
    if r.random() < 0.6:
        return
    few = len(seats) // 10
    for victim, heir in zip(seats[:few], seats[len(seats) - few :], strict=True):
        victim.banned = victim.last = float(r.uniform(victim.first + HOUR, stock.span - HOUR))
        heir.created = min(victim.banned + r.uniform(1, 40) * HOUR, stock.span - HOUR)
        heir.first = min(max(heir.created + 600, 0.0), stock.span - 600)
