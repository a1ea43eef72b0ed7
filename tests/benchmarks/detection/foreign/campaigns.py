"""Campaigns of a foreign world: each operator hides some kinds of evidence and slips in others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.benchmarks.detection.foreign.account import DAY, HOUR, Account, Town, flat, human, queue
from tests.benchmarks.detection.foreign.crowds import single
from tests.benchmarks.detection.foreign.paraphrase import aims, languages, reworded, wording
from tests.benchmarks.detection.foreign.real import RealText
from tests.benchmarks.detection.foreign.texts import (
    AIMS,
    Writer,
    operator_frames,
    people,
    template,
    word,
)

# What an operator leaves behind besides its work.
_SLIPS = (
    "card",
    "bin",
    "holder",
    "ip",
    "net",
    "device",
    "client",
    "mail",
    "domain",
    "phone",
    "system",
    "tools",
    "referral",
    "wave",
    "queue",
)
_OUT = {"trace": 7.0, "reward": 1.2, "agent": 6.6, "code": 6.9}


def slips(rng: Random, level: int) -> set[str]:
    """Careless operators leave many traces, careful ones two, the most careful none."""
    if level == 4:
        return {"queue", "drip"}
    number = {
        0: rng.randint(7, 10),
        1: rng.randint(5, 7),
        2: rng.randint(3, 5),
        3: rng.randint(2, 3),
    }
    return set(rng.sample(_SLIPS, number[level]))


def campaign(town: Town, rng: Random, size: int, level: int, name: str) -> list[Account]:
    """All accounts of one operator."""
    left = slips(rng, level)
    aim = rng.choice(sorted(AIMS))
    spoken = rng.choice([["en"], ["en"], ["zh"], ["en", "zh"], ["en", "ru"], ["ja", "en"]])
    variants = (1, 2, 4, 8, 12)[level] * rng.randint(1, 2)
    frames, tongues = operator_frames(rng, aim, spoken, variants, level >= 2)
    service = _desk(town.texts, rng, aim, level, variants) if town.texts else None
    start = rng.uniform(-3 * DAY, 0.3 * town.span)
    hours = rng.uniform(0.5, 2) * HOUR if level == 4 else rng.uniform(1, 12) * HOUR
    dispatcher = (
        queue(
            rng,
            rng.uniform(0.05, 0.15) if level == 4 else rng.uniform(0.2, 0.7),
            hours / (4 if level == 4 else 1),
            max(0.0, start),
            town.span,
        )
        if "queue" in left
        else flat
    )
    stock = _Stock(town, rng, size, level)
    volume, spread = rng.lognormvariate(3.6, 0.4), rng.uniform(0.08, 0.4)
    mixed = rng.uniform(0.0, (0.05, 0.1, 0.3, 0.4, 0.4)[level])
    out = []
    for place in range(size):
        a = single(town, rng)
        a = replace(
            a,
            kind="campaign",
            group=name,
            level=level,
            plan="payg",
            channel="api",
            verified=rng.random() < 0.1,
            clock=dispatcher,
            turns=1.0,
            banned_at=None,
            referral=None,
            out=(_OUT[aim] + rng.gauss(0, 0.1), 0.5),
            systems=[None],
            tools=[None],
            pivot=rng.expovariate(1 / 8.0) if rng.random() < 0.7 else None,
            requests=max(5, round(volume * max(0.3, rng.gauss(1, spread)))),
        )
        a.cards = a.cards or [town.card()]
        a.created = _signup(rng, left, start, place, size, town)
        if level in (2, 3) and rng.random() < 0.2:
            a.created = -rng.uniform(30, 500) * DAY  # bought, aged
        a.first = min(
            max(0.0, a.created, start) + rng.expovariate(1 / (8 * HOUR)), town.span - 2 * HOUR
        )
        a.last = town.span
        mine = rng.sample(range(variants), min(variants, rng.randint(1, 4)))
        a.writer = service(rng) if service else _template(town, frames, tongues, mine)
        stock.dress(a, left, place)
        if mixed > 0.02:
            a.cover = (mixed, people(town.vocabulary, "en", 0.1), human(rng.uniform(-9, 9), 14, 4))
        out.append(a)
    _ban(town, rng, out, level)
    return out


def _template(town: Town, frames: list[str], tongues: list[str], mine: list[int]) -> Writer:
    return template(town.vocabulary, [frames[i] for i in mine], [tongues[i] for i in mine], 45)


def _desk(
    texts: RealText, rng: Random, aim: str, level: int, variants: int
) -> Callable[[Random], Writer]:
    """Where accounts get their wording: one list, at level 3 one each, at level 4 always new."""
    aim = aim if aim in aims() else rng.choice(aims())
    tongues = rng.sample(languages(aim), rng.randint(1, 3))
    listed = [(wording(rng, aim, t), t) for t in rng.choices(tongues, k=variants)]
    words = rng.choice([20, 45, 90])

    def writer(own: Random) -> Writer:
        if level == 4:
            return reworded(texts, aim, tongues, None, words)
        number = own.randint(1, 4)
        mine = own.sample(listed, min(variants, number))
        if level == 3:
            mine = [(wording(own, aim, t), t) for t in own.choices(tongues, k=number)]
        return reworded(texts, aim, [t for _, t in mine], [frame for frame, _ in mine], words)

    return writer


def _signup(rng: Random, left: set[str], start: float, place: int, size: int, town: Town) -> float:
    if "wave" in left:
        return start + (place % 3) * DAY + rng.uniform(0, 3 * HOUR)
    if "drip" in left:
        step = min(0.4 * town.span / size, 5 * HOUR)
        return start + step * (place + rng.uniform(-0.1, 0.1))
    return rng.uniform(start - 20 * DAY, start + 0.4 * town.span)


class _Stock:
    """What an operator has bought: cards, lines, devices; how many accounts share one."""

    def __init__(self, town: Town, rng: Random, size: int, level: int) -> None:
        self.rng, self.per = rng, (30, 8, 4, 3, 1)[level]
        count = max(1, -(-size // self.per))
        self.cards = [town.card() for _ in range(count)]
        self.bin = rng.choice(town.bins)
        self.virtual = [town.card(self.bin, "prepaid") for _ in range(size)]
        self.holders = [f"{rng.getrandbits(64):016x}" for _ in range(count)]
        self.lines = [town.address() for _ in range(max(2, count))]
        self.nets = [
            f"{rng.randrange(20, 200)}.{rng.randrange(256)}.{rng.randrange(256)}"
            for _ in range(max(1, count // 2))
        ]
        self.devices = [town.device() for _ in range(count)]
        self.client = (
            f"{rng.choice(['python-httpx', 'aiohttp', 'okhttp'])}/{rng.randint(0, 5)}.{rng.randint(0, 99)}.{rng.randint(0, 30)}",  # noqa: E501
            f"t13d{rng.getrandbits(44):x}",
        )
        self.prefix, self.domain = (
            word(rng),
            f"{word(rng)}{word(rng)}.{rng.choice(['top', 'xyz', 'com'])}",
        )
        self.phones = [f"{rng.getrandbits(48):012x}" for _ in range(count)]
        self.system, self.tools = f"prv-{rng.getrandbits(40):x}", f"prv-{rng.getrandbits(40):x}"
        self.code, self.amount = f"REF{rng.randint(1000, 9999)}", rng.choice([500, 1000, 2000])
        self.town = town

    def dress(self, a: Account, left: set[str], place: int) -> None:
        """Give an account what the operator failed to separate."""
        rng, k = self.rng, place // self.per
        if "bin" in left:
            a.cards, a.amount = [self.virtual[place]], self.amount
        if "card" in left:
            a.cards = [self.cards[k % len(self.cards)]]
        if "holder" in left:
            card = a.cards[0]
            a.cards = [(card[0], card[1], card[2], self.holders[k % len(self.holders)])]
        a.ips, a.signup_ip = [self.town.address() for _ in range(2)], self.town.address()
        if "ip" in left:
            a.ips += rng.sample(self.lines, min(2, len(self.lines)))
        if "net" in left:
            a.ips = [f"{rng.choice(self.nets)}.{rng.randrange(1, 255)}" for _ in range(3)]
        if rng.random() < 0.15:
            a.ips.append(rng.choice(self.town.exits))
        if "device" in left:
            a.devices = [self.devices[k % len(self.devices)]]
        if "client" in left:
            a.clients = [self.client]
        elif rng.random() < 0.9:
            a.clients = [self.town.clients[int(len(self.town.clients) * rng.random() ** 2.5)]]
        if "mail" in left:
            a.email = (
                f"{self.prefix}{rng.randint(100, 99999)}@{rng.choice(['gmail.com', 'outlook.com'])}"
            )
        if "domain" in left:
            a.email = f"{word(rng)}{rng.randint(1, 99)}@{self.domain}"
        if "phone" in left:
            a.phone = self.phones[k % len(self.phones)]
        if "system" in left and rng.random() < 0.9:
            a.systems = [self.system]
        if "tools" in left and rng.random() < 0.9:
            a.tools = [self.tools]
        if "referral" in left:
            a.referral = self.code


def _ban(town: Town, rng: Random, out: list[Account], level: int) -> None:
    """Some are banned; the last of the list step in within a day."""
    if level == 4 or rng.random() < 0.5:
        return
    for victim, heir in zip(out[: len(out) // 12], out[len(out) - len(out) // 12 :], strict=True):
        victim.banned_at = victim.last = rng.uniform(victim.first + HOUR, town.span - HOUR / 2)
        heir.created = min(victim.banned_at + rng.uniform(1, 20) * HOUR, town.span - HOUR)
        heir.first = min(heir.created + HOUR / 2, town.span - HOUR / 4)
        for a in (victim, heir):
            a.requests = max(3, round(a.requests * (a.last - a.first) / town.span))
