"""Honest crowds: each shares something by chance, by contract or by habit."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.benchmarks.detection.foreign.account import DAY, HOUR, Account, Town, cron, flat, human
from tests.benchmarks.detection.foreign.texts import (
    CUSTOMER,
    DEFAULT_SYSTEMS,
    FEWSHOT,
    JUDGE,
    bank,
    people,
    questions,
    template,
    word,
)

Crowd = Callable[[Town, Random, int], list[Account]]


def single(town: Town, rng: Random) -> Account:
    """Somebody: a chatter, a developer, a batch job, a buyer with a prepaid card."""
    created = rng.uniform(-500 * DAY, town.span * 0.92)
    home = [town.address()] if rng.random() < 0.55 else rng.sample(town.carrier, 2)
    if rng.random() < 0.12:
        home += rng.sample(town.exits, rng.randint(1, 3))
    first = max(0.0, created) + rng.expovariate(1 / DAY)
    last = town.span if rng.random() < 0.7 else rng.uniform(first, town.span)
    language = rng.choice(town.language)
    account = Account(
        town.fresh_id(),
        created,
        town.mail(),
        home[0],
        min(first, town.span - HOUR),
        max(last, min(first, town.span - HOUR) + 600),
        max(
            1,
            min(
                3000,
                round(4 * rng.paretovariate(0.75))
                if rng.random() < 0.5
                else round(rng.lognormvariate(2.7, 1.3)),
            ),
        ),
        human(
            rng.uniform(-11, 12), rng.uniform(9, 22), rng.uniform(1.5, 4.5), rng.uniform(0.3, 1.4)
        ),
        people(town.vocabulary, language, rng.choice([0.0, 0.05, 0.3])),
        plan=rng.choice(["free", "payg", "payg", "pro"]),
        verified=rng.random() < 0.4,
        ips=home,
        turns=rng.uniform(1.2, 6),
        clients=[
            rng.choice(town.browsers)
            if rng.random() < 0.5
            else town.clients[int(len(town.clients) * rng.random() ** 2.5)]
        ],
        devices=[town.device()] if rng.random() < 0.8 else [],
        phone=f"{rng.getrandbits(48):012x}" if rng.random() < 0.6 else None,
        cards=[] if rng.random() < 0.3 else [town.card()],
        amount=rng.choice([500, 1000, 2000, 2000, 5000]),
        keys=rng.choice([1, 1, 2]),
        out=(rng.gauss(5.3, 0.7), rng.uniform(0.6, 1.3)),
    )
    if rng.random() < 0.15:
        account.referral = rng.choice(["WELCOME10", "PODCAST", "SPRING", "DEV-DAY"])
    if rng.random() < 0.3:  # a program of theirs
        frames = [rng.choice(CUSTOMER).replace("{c}", word(rng).title())]
        account.writer = template(
            town.vocabulary, frames, ["zh" if "为" in frames[0] else "en"], 25
        )
        account.clock = rng.choice([flat, cron(HOUR), account.clock])
        account.turns, account.out = 1.0, (rng.gauss(2.5, 1.2), 0.5)
        account.systems = [f"own-{rng.getrandbits(40):x}"]
        account.requests = min(3000, account.requests * 3)
    elif rng.random() < 0.25:  # an agent framework
        account.systems = [rng.choice(town.frameworks)]
        account.tools = [rng.choice(town.toolkits)]
        account.turns = rng.uniform(4, 15)
    elif rng.random() < 0.3:
        account.systems = [f"default-{rng.choice(DEFAULT_SYSTEMS)[:24]}"]
    if rng.random() < 0.03:
        account.banned_at = rng.uniform(account.first, town.span)
        account.last = min(account.last, account.banned_at)
    account.pivot = rng.expovariate(1 / 60.0) if rng.random() < 0.5 else None
    return account


def office(town: Town, rng: Random, size: int) -> list[Account]:
    """One NAT, one domain, one card, office hours."""
    exits, domain = (
        [town.address() for _ in range(rng.randint(1, 3))],
        f"{word(rng)}{word(rng)}.com",
    )
    card, org = town.card(), f"org{rng.getrandbits(32):x}" if rng.random() < 0.6 else None
    frame = rng.choice(CUSTOMER).replace("{c}", domain.split(".")[0].title())
    zone = rng.uniform(-8, 9)
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.org, a.email, a.cards, a.verified = org, f"{word(rng)}.{word(rng)}@{domain}", [card], True
        a.ips, a.signup_ip = [*exits, town.address()], rng.choice(exits)
        a.clock = human(zone, 13, 2.2, 0.05)
        if rng.random() < 0.4:
            a.writer, a.turns = template(town.vocabulary, [frame], ["en"], 30), 1.5
        out.append(a)
    return out


def course(town: Town, rng: Random, size: int) -> list[Account]:
    """A class on private addresses: one code, one afternoon, the same exercise sheet."""
    campus, code = [town.address() for _ in range(4)], f"CLASS-{word(rng).upper()}"
    sheet = [town.vocabulary.passage(rng, 40) for _ in range(12)]
    start = rng.uniform(0, town.span * 0.6)
    domain = f"{word(rng)}.edu" if rng.random() < 0.5 else None
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.created = start + rng.expovariate(1 / 2000.0)
        a.first, a.last = a.created + 60, town.span
        a.referral, a.cards, a.plan = code, [], "education"
        a.email = f"{word(rng)}{rng.randint(10, 99)}@{domain}" if domain else a.email
        a.ips, a.signup_ip = [*rng.sample(campus, 2), town.address()], rng.choice(campus)
        a.writer = bank(
            sheet, rng.choice(["{q}", "solve: {q}", "{q} please explain"]), town.vocabulary
        )
        a.clock = human(0, 15, 3.0, 0.6)
        a.requests = max(2, round(rng.lognormvariate(2.3, 0.9)))
        out.append(a)
    return out


def reseller(town: Town, rng: Random, size: int) -> list[Account]:
    """One card and one gateway for end customers who have nothing to do with each other."""
    card, gateway = town.card(), [town.address() for _ in range(rng.randint(1, 3))]
    client = (f"{word(rng)}-gateway/{rng.randint(1, 9)}", f"t13d{rng.getrandbits(40):x}")
    org = f"org{rng.getrandbits(32):x}" if rng.random() < 0.5 else None
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.cards, a.ips, a.signup_ip, a.clients = [card], gateway, gateway[0], [client]
        a.devices, a.org, a.channel, a.verified = [], org, "partner", rng.random() < 0.6
        out.append(a)
    return out


def tenants(town: Town, rng: Random, size: int) -> list[Account]:
    """Customers of one software house: its template and cloud, their own cards and domains."""
    net = rng.choice(town.cloud)
    cloud = [f"{net}.{rng.randrange(1, 250)}" for _ in range(rng.randint(2, 8))]
    client = rng.choice(town.clients)
    frames = [rng.choice(CUSTOMER).replace("{c}", word(rng).title()) for _ in range(2)]
    system, tools = (
        f"own-{rng.getrandbits(40):x}",
        rng.choice([None, f"tool-{rng.getrandbits(40):x}"]),
    )
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.email = f"{rng.choice(['api', 'it', 'admin', word(rng)])}@{word(rng)}{word(rng)}.{rng.choice(['com', 'de', 'io'])}"  # noqa: E501
        a.ips = [*cloud, a.ips[0]]
        a.clients = [client]
        a.systems, a.tools = [system], [tools]
        a.writer = template(town.vocabulary, frames, ["en", "en"], 40)
        a.turns, a.verified, a.out = 1.0, rng.random() < 0.7, (3.5, 0.7)
        a.requests = max(2, min(2500, round(rng.lognormvariate(3.4, 1.2))))
        a.clock = human(rng.uniform(-8, 8), 13, 3.0, 0.3)
        out.append(a)
    return out


def fleet(town: Town, rng: Random, size: int) -> list[Account]:
    """One customer's workers: numbered addresses of its own domain, one card, dealt-out work."""
    domain, card = f"{word(rng)}{word(rng)}.io", town.card(funding="credit")
    net = rng.choice(town.cloud)
    org = f"org{rng.getrandbits(32):x}" if rng.random() < 0.7 else None
    frames = [rng.choice(CUSTOMER).replace("{c}", domain.split(".")[0].title())]
    client, made = rng.choice(town.clients), rng.uniform(-60 * DAY, town.span * 0.4)
    volume = round(rng.lognormvariate(3.8, 0.5))
    out = []
    for place in range(size):
        a = single(town, rng)
        a.email, a.cards, a.org = f"node{place:03d}@{domain}", [card], org
        a.created, a.first, a.last = made + 3 * place, max(0.0, made) + HOUR, town.span
        a.ips = [f"{net}.{rng.randrange(1, 60)}" for _ in range(2)]
        a.signup_ip, a.clients, a.devices, a.verified = a.ips[0], [client], [], True
        a.writer = template(town.vocabulary, frames, ["zh" if "为" in frames[0] else "en"], 30)
        a.requests = max(4, round(volume * rng.gauss(1, 0.12)))
        a.clock, a.turns, a.banned_at, a.phone = flat, 1.0, None, None
        a.systems = [f"own-{domain}"]
        out.append(a)
    return out


def benchmarkers(town: Town, rng: Random, size: int) -> list[Account]:
    """Strangers who run the same public test sets with the same harness, or grade with its judge."""  # noqa: E501
    sets = questions(town.vocabulary, rng, 250)
    client = ("lm-eval-harness/0.4.2 openai-python/1.3", rng.choice(town.clients)[1])
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.writer = bank(sets, rng.choice([FEWSHOT, FEWSHOT, JUDGE, "{q}"]), town.vocabulary)
        a.clients = [client] if rng.random() < 0.6 else a.clients
        a.requests = rng.choice([100, 200, 250, 250])
        a.clock, a.turns, a.out = flat, 1.0, (rng.choice([2.0, 5.0]), 0.5)
        a.first = rng.uniform(0, town.span * 0.8)
        a.last = min(town.span, a.first + rng.uniform(0.2, 3) * DAY)
        a.created = min(a.created, a.first - HOUR)
        out.append(a)
    return out


def gift_cards(town: Town, rng: Random, size: int) -> list[Account]:
    """Buyers of one prepaid product: one issuer range, one amount, otherwise strangers."""
    number, amount = rng.choice(town.bins), rng.choice([1000, 2500, 5000])
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.cards, a.amount = [town.card(number, "prepaid")], amount
        out.append(a)
    return out


def capped(town: Town, rng: Random, size: int) -> list[Account]:
    """Free accounts that all end at the same monthly cap."""
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.plan, a.cards, a.requests = "free", [], rng.choice([50, 50, 50, 49, 48])
        out.append(a)
    return out


def hackers(town: Town, rng: Random, size: int) -> list[Account]:
    """A weekend at one venue with one starter kit: same tools, same system prompt, same code."""
    venue, code = [town.address()], f"HACK{rng.randint(10, 99)}"
    start = rng.uniform(0.1, 0.8) * town.span
    system, tools = f"kit-{rng.getrandbits(40):x}", f"tool-{rng.getrandbits(40):x}"
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.created = start + rng.expovariate(1 / 4000.0)
        a.first, a.last = a.created + 300, min(town.span, a.created + 2.2 * DAY)
        a.referral, a.cards, a.ips, a.signup_ip = code, [], [*venue, town.address()], venue[0]
        a.systems, a.tools = [system, None], [tools, None]
        a.clock = human(0, 16, 5.0)
        out.append(a)
    return out


def household(town: Town, rng: Random, size: int) -> list[Account]:
    """One card, one line, one tablet."""
    size = min(size, 5)
    card, home, tablet = town.card(), town.address(), town.device()
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.cards, a.ips, a.signup_ip, a.devices = [card], [home], home, [tablet, town.device()]
        out.append(a)
    return out


def lab(town: Town, rng: Random, size: int) -> list[Account]:
    """A research group that makes training data under its own name, with accounts for quota."""
    size = min(size, 14)
    domain, card = f"{word(rng)}.ac.uk", town.card()
    frames = [
        "Create a challenging exam question about {p} and answer it in full.",
        "Rate the following summary for faithfulness from 1 to 5 and explain: {p}",
    ]
    frames = [f"[{word(rng)}] {frame}" for frame in frames]
    line = town.address()
    out = []
    for _ in range(size):
        a = single(town, rng)
        a.email, a.cards, a.ips, a.signup_ip = f"{word(rng)}@{domain}", [card], [line], line
        a.writer, a.turns = template(town.vocabulary, frames, ["en", "en"], 25), 1.0
        a.verified, a.clock = True, flat
        out.append(a)
    return out


# Crowd: builder, its weight, smallest and largest size.
CROWDS: dict[str, tuple[Crowd, float, int, int]] = {
    "office": (office, 5, 5, 120),
    "course": (course, 3, 15, 120),
    "reseller": (reseller, 2, 20, 300),
    "tenants": (tenants, 3, 8, 120),
    "fleet": (fleet, 3, 8, 120),
    "benchmarkers": (benchmarkers, 2, 6, 80),
    "gift_cards": (gift_cards, 2, 20, 150),
    "capped": (capped, 1, 40, 200),
    "hackers": (hackers, 2, 15, 90),
    "household": (household, 4, 2, 5),
    "lab": (lab, 2, 3, 14),
}
