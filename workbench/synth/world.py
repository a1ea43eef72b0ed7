"""A world being planned: the registries everybody draws from and the parameters of its seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from workbench.synth.account import Account, Instrument
from workbench.synth.clients import Clients
from workbench.synth.config import SynthConfig
from workbench.synth.dice import rng_for
from workbench.synth.network import COUNTRIES, Network
from workbench.synth.phrasebook import LANGUAGES, phrases, word
from workbench.synth.rhythms import DAY, Rhythms
from workbench.synth.works import Works

_FIRST: list[str] = phrases("names")["first"]
_LAST: list[str] = phrases("names")["last"]
_MAIL = {
    "gmail.com": 46,
    "outlook.com": 9,
    "hotmail.com": 6,
    "yahoo.com": 6,
    "icloud.com": 5,
    "qq.com": 5,
    "163.com": 3,
    "proton.me": 3,
    "gmx.de": 2,
    "naver.com": 2,
    "mail.ru": 2,
    "privaterelay.appleid.com": 4,
    "mozmail.com": 1,
}
_TONGUE = {
    "ES": "es",
    "MX": "es",
    "DE": "de",
    "FR": "fr",
    "JP": "ja",
    "KR": "ko",
    "HK": "zh",
    "TW": "zh",
    "SG": "zh",
    "BR": "pt",
    "EG": "ar",
    "AE": "ar",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model on offer; prices in USD per million tokens, release in seconds after the start."""

    name: str
    released: float
    price_in: float
    price_out: float


@dataclass(slots=True)
class Group:
    """A group of accounts with one explanation."""

    group_id: str
    kind: str
    level: int | None = None
    style: str | None = None
    size: int = 0


@dataclass(slots=True)
class Temper:
    """Parameters of the distributions, drawn from the seed so that no constant can be learnt."""

    spread: float  # log-normal spread of honest volumes
    server: float  # share of API customers that are servers
    old: float  # share of accounts older than the window
    churn: float
    bursts: list[tuple[float, str]] = field(default_factory=list)  # sign-up bursts: time, code
    holidays: list[int] = field(default_factory=list)  # days on which people rest
    outages: list[float] = field(default_factory=list)


class World:
    """Registries and accounts of one world."""

    def __init__(self, config: SynthConfig) -> None:
        self.config = config
        self.seed = config.seed
        self.span = config.days * DAY
        self.network = Network(config.seed, config.accounts)
        self.clients = Clients(config.seed)
        self.clients.grow_tail(20 + config.accounts // 30)
        # A larger world has more to talk about; strangers must not begin alike by lack of words.
        names = min(max(config.exchanges // 100, 1_500), 20_000)
        self.works = Works(config.seed, config.paragraph_chars, names)
        self.rhythms = Rhythms()
        self.accounts: list[Account] = []
        self.groups: list[Group] = []
        rng = self.rng("world")
        fresh = rng.uniform(0.3, 0.7) * self.span
        self.models = (
            Model("aster-2", -300 * DAY, 3.0, 15.0),
            Model("aster-2-mini", -290 * DAY, 0.6, 2.4),
            Model("aster-2.5", -120 * DAY, 3.0, 15.0),
            Model("aster-3", fresh, 4.0, 20.0),
            Model(
                "aster-3-mini", min(fresh + rng.uniform(4, 12) * DAY, self.span * 0.93), 0.8, 3.2
            ),
        )
        self.temper = Temper(
            spread=rng.uniform(1.35, 1.85),
            server=rng.uniform(0.36, 0.46),
            old=rng.uniform(0.5, 0.7),
            churn=rng.uniform(0.25, 0.45),
            bursts=[
                (
                    rng.uniform(-20 * DAY, self.span * 0.9),
                    word(rng, 3).upper() + str(rng.randint(10, 50)),
                )
                for _ in range(rng.randint(2, 5))
            ],
            holidays=sorted(rng.sample(range(config.days), min(3, config.days))),
            outages=[rng.uniform(0, self.span) for _ in range(rng.randint(1, 3))],
        )
        # Small mail providers: from a handful of customers to hundreds.
        self.providers = [
            f"{word(rng, 2)}mail.{rng.choice(['com', 'net', 'org', 'eu'])}" for _ in range(60)
        ]
        self._popular_works: dict[str, int] = {}
        # Agents from public repositories: each brings its prompt, its tools and its client along.
        self.kits = [self._kit(number) for number in range(3 + config.accounts // 250)]

    def _kit(self, number: int) -> tuple[int, int, int]:
        rng = self.rng("kit", number)
        name = f"{word(rng, 2)}{rng.choice(['kit', 'flow', 'agent', 'chain', 'crew'])}"
        prompt = self.works.system(
            f"You are {name.title()}, an open-source {rng.choice(self.works.book.raw('skill'))} "
            f"agent. Follow the {word(rng, 2)} protocol and use tools when needed."
        )
        client = self.clients.intern(
            f"{name}/0.{rng.randint(1, 20)}.{rng.randint(0, 9)}", self.clients.fingerprint(rng)
        )
        return prompt, self.works.tool_schema(f"kit {name}"), client

    def rng(self, *names: object) -> Random:
        """A generator for one named decision of this world."""
        return rng_for(self.seed, *names)

    def group(
        self, kind: str, size: int, level: int | None = None, style: str | None = None
    ) -> int:
        """The index of a new group."""
        number = len(self.groups) + 1
        self.groups.append(Group(f"g{number:04d}", kind, level, style, size))
        return number - 1

    def language(self, rng: Random, country: str) -> str:
        """What people of a country write in; the mix of the configuration bends it."""
        wanted = self.config.languages
        if wanted and rng.random() < 0.7:
            return rng.choices(list(wanted), list(wanted.values()))[0]
        if rng.random() < 0.75 and country in _TONGUE:
            return _TONGUE[country]
        return "en" if rng.random() < 0.93 else rng.choice(LANGUAGES)

    def zone(self, country: str, rng: Random) -> float:
        """A time zone of a country; wide countries have several."""
        middle = COUNTRIES[country][1]
        return middle + (
            rng.choice([-2.0, -1.0, 0.0, 1.0]) if country in ("US", "CA", "BR", "AU") else 0.0
        )

    def card(self, rng: Random, country: str, kind: str | None = None) -> Instrument:
        """An ordinary person's means of payment; issuers have a few BINs per country."""
        form = kind or rng.choices(["card", "wallet", "gift_card", "bank"], [74, 16, 5, 5])[0]
        issuer = rng_for("bins", country, int(rng.expovariate(0.25)))
        number = f"{rng.choice([4, 5, 5])}{issuer.randrange(10**5):05d}"
        return Instrument(
            fingerprint="pi_" + hexes(rng, 16),
            kind=form,
            bin=None if form == "bank" else "604599" if form == "gift_card" else number,
            funding="prepaid"
            if form == "gift_card"
            else rng.choices(["credit", "debit", "prepaid"], [48, 46, 6])[0],
            issuer_country=country,
            name_hash="nh_" + hexes(rng, 12),
            postcode=f"{rng.randrange(10**5):05d}",
            currency="EUR" if country in ("DE", "FR", "ES", "NL") else "USD",
        )

    def email(self, rng: Random, domain: str | None = None) -> str:
        """An address as people choose them: many shapes, no rule."""
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        shape = rng.randrange(9)
        local = (
            f"{first}.{last}",
            f"{first}{last}",
            f"{first}{rng.randint(1, 9999)}",
            f"{first[0]}{last}{rng.randint(1, 99)}",
            f"{word(rng, 2)}{rng.randint(1, 999)}",
            f"{last}.{first}{rng.randint(70, 99)}",
            f"{word(rng, 3)}",
            f"{first}_{word(rng, 1)}",
            f"{first}.{last}+{rng.choice(['ai', 'api', 'dev', 'test'])}",
        )[shape]
        if domain is None:
            domain = self._domain(rng)
        if domain in ("privaterelay.appleid.com", "mozmail.com"):
            local = hexes(rng, 10)
        elif domain in ("qq.com",) and rng.random() < 0.7:
            local = str(rng.randint(10**8, 10**10))
        return f"{local}@{domain}"

    def _domain(self, rng: Random) -> str:
        kind = rng.random()
        if kind < 0.13:
            return f"{word(rng, 3)}.{rng.choice(['com', 'io', 'dev', 'net', 'org'])}"
        if kind < 0.2:
            return self.providers[int(len(self.providers) * rng.random() ** 2.2)]
        return rng.choices(list(_MAIL), list(_MAIL.values()))[0]

    def signup(self, rng: Random) -> tuple[float, str | None]:
        """When an ordinary account was made, and the code of a marketing burst if it was one."""
        if rng.random() < 0.1:
            at, code = rng.choice(self.temper.bursts)
            return min(
                at + rng.expovariate(1 / (9 * 3600)), self.span * 0.97
            ), code if rng.random() < 0.6 else None
        if rng.random() < self.temper.old:
            return -rng.expovariate(1 / (140 * DAY)), None
        return rng.random() * self.span * 0.97, None

    def shared_work(self, name: str, language: str = "en") -> int:
        """One of a handful of works per public text, so that strangers send the same words."""
        key = f"{name} {language} {self.rng(name, len(self.accounts)).randrange(5)}"
        if key not in self._popular_works:
            rng = self.rng("public", key)
            make = (
                self.works.shared_chat(rng, language)
                if name == "chat"
                else self.works.public(rng, name)
            )
            self._popular_works[key] = make
        return self._popular_works[key]


def hexes(rng: Random, digits: int) -> str:
    """Random hexadecimal digits."""
    return f"{rng.getrandbits(digits * 4):0{digits}x}"
