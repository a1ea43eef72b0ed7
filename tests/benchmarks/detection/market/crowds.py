"""Honest groups: one for each false alarm that the signals of campaigns are known for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.benchmarks.detection.market.seats import (
    DAY,
    HOUR,
    Clock,
    Seat,
    Stock,
    around,
    on_the_hour,
    own_hours,
    queue,
)
from tests.benchmarks.detection.market.writing import (
    aim_frames,
    dealt,
    drawn,
    loosened,
    people,
    template,
    whole,
)

Crowd = Callable[[Stock, int], list[Seat]]


def _seats(stock: Stock, size: int) -> list[Seat]:
    return [stock.person() for _ in range(size)]


def _moved(seat: Seat, created: float, stock: Stock) -> None:
    """Made at a time, and busy from then on."""
    seat.created = created
    seat.first = min(max(0.0, created) + 600.0, stock.span - HOUR)
    seat.last = max(seat.last, seat.first + HOUR)


def _firm(stock: Stock, seats: list[Seat], *, young: bool, bulk: bool, org: bool) -> None:
    """A name, a payer and a network of their own; founded before the window or in it."""
    r = stock.rng
    domain, card = stock.domain(), stock.card()
    name = f"org{stock.hex(4)}" if org else None
    net = [stock.address() for _ in range(int(r.integers(1, 4)))]
    begun = r.uniform(0, 0.6 * stock.span) if young else -r.uniform(20, 300) * DAY
    paid, knows = r.random() < 0.85, r.random() < 0.7
    for place, seat in enumerate(seats):
        made = begun + (place * 30.0 if bulk else r.exponential(40 * DAY))
        _moved(seat, float(min(made, 0.9 * stock.span)), stock)
        seat.org, seat.email = name, f"{stock.hex(3)}@{domain}"
        seat.ips = [*net, *seat.ips[: int(r.random() < 0.4)]]
        seat.card = card if paid else seat.card
        seat.verified = bool(r.random() < 0.85) if knows else seat.verified
        seat.plan = "team"


def office(stock: Stock, size: int) -> list[Seat]:
    """Staff: one network, one domain, one card; half their work on one template."""
    r, seats = stock.rng, _seats(stock, size)
    _firm(stock, seats, young=r.random() < 0.3, bulk=r.random() < 0.3, org=r.random() < 0.7)
    zone, system = float(r.uniform(-9, 9)), stock.hex()
    mine = template(stock.library, [f"{stock.library.passage(r, 8)}: {{p}}"], 20)
    for seat in seats:
        seat.clock = own_hours(r, zone, float(r.uniform(0.02, 0.3)))
        if r.random() < 0.5:
            seat.writer, seat.system = mine, system
    return seats


def agency(stock: Stock, size: int) -> list[Seat]:
    """One card pays for clients who have nothing to do with each other."""
    r, seats, card = stock.rng, _seats(stock, size), stock.card()
    for seat in seats:
        seat.card, seat.email = card, f"info@{stock.domain()}"
    net = [stock.address() for _ in range(2)]
    for seat in seats:
        if r.random() < 0.6:
            seat.ips += net
    return seats


def reseller(stock: Stock, size: int) -> list[Seat]:
    """A gateway on contract; strangers behind it."""
    r, seats, card = stock.rng, _seats(stock, size), stock.card()
    client, net = stock.client(), [stock.address() for _ in range(3)]
    org = f"org{stock.hex(4)}" if r.random() < 0.5 else None
    for seat in seats:
        seat.card, seat.clients, seat.ips, seat.org, seat.device = card, [client], net, org, None
        seat.system = stock.hex(3) if r.random() < 0.3 else None
    return seats


def relay(stock: Stock, size: int) -> list[Seat]:
    """Accounts pooled behind an open relay: one hand resells them, their work is everybody's."""
    r, seats = stock.rng, _seats(stock, size)
    client, net = stock.client(), [stock.address() for _ in range(6)]
    begun = r.uniform(0, 0.6 * stock.span)
    volume = r.lognormal(4.6, 0.3)
    for seat in seats:
        _moved(seat, float(begun + r.exponential(3 * DAY)), stock)
        seat.clients, seat.ips, seat.turns = [client], list(net), 1.5
        seat.volume, seat.clock = int(volume * r.uniform(0.8, 1.2)), around
        seat.writer = people(stock.library, 0.1)
    return seats


def virtual_cards(stock: Stock, size: int) -> list[Seat]:
    """Buyers of one virtual card: an issuer range and an amount."""
    r, seats, issuer = stock.rng, _seats(stock, size), str(stock.rng.choice(stock.bins))
    amount = int(r.choice([500, 1000, 2000]))
    for seat in seats:
        seat.card, seat.amount = stock.card(issuer), amount
    return seats


def family(stock: Stock, size: int) -> list[Seat]:
    """One card, one line, one tablet."""
    seats, card, home, tablet = (
        _seats(stock, min(size, 5)),
        stock.card(),
        stock.address(),
        stock.hex(),
    )
    for seat in seats:
        seat.card, seat.ips, seat.device = card, [home], tablet
    return seats


def launch(stock: Stock, size: int) -> list[Seat]:
    """A newsletter: many sign up within hours with one code, and then each for itself."""
    r, seats, code = stock.rng, _seats(stock, size), f"NEWS{stock.hex(2)}"
    begun = r.uniform(0, 0.8 * stock.span)
    for seat in seats:
        _moved(seat, float(begun + r.exponential(3 * HOUR)), stock)
        seat.referral = code
    return seats


def course(stock: Stock, size: int) -> list[Seat]:
    """One code, one campus, one sheet, class hours; every second course on private mail."""
    r, seats, code = stock.rng, _seats(stock, size), f"CLASS{stock.hex(2)}"
    campus = [stock.address() for _ in range(4)]
    sheet = [stock.library.passage(r, 25) for _ in range(int(r.integers(6, 40)))]
    begun, domain = r.uniform(0, 0.6 * stock.span), f"{stock.hex(3)}.edu"
    shared = [stock.hex() for _ in range(6)]
    mail, hours = r.random() < 0.5, own_hours(r, 0.0, 0.2)
    lessons = queue(r, begun, stock.span, int(r.integers(4, 20)), 1.5 * HOUR)
    for seat in seats:
        _moved(seat, float(begun + r.exponential(2 * HOUR)), stock)
        seat.referral, seat.plan, seat.card = code, "education", None
        seat.ips = [str(one) for one in r.choice(campus, 2)]
        seat.email = f"{stock.hex(1)}{r.integers(1000, 9999)}@{domain}" if mail else seat.email
        seat.device = str(r.choice(shared)) if r.random() < 0.5 else seat.device
        seat.writer = drawn(sheet, str(r.choice(["{p}", "please solve {p}", "{p} why?"])))
        seat.clock = lessons if r.random() < 0.6 else hours
        seat.volume = int(np.clip(r.lognormal(3, 0.7), 4, 300))
    return seats


def hackathon(stock: Stock, size: int) -> list[Seat]:
    """A week-end, one hall, one starter kit."""
    r, seats, code, hall = stock.rng, _seats(stock, size), f"HACK{stock.hex(2)}", stock.address()
    begun, (system, tools) = r.uniform(0.05, 0.8) * stock.span, (stock.hex(), stock.hex())
    client = stock.client()
    for seat in seats:
        _moved(seat, float(begun + r.exponential(HOUR)), stock)
        seat.last = min(stock.span, seat.first + 2.5 * DAY)
        seat.referral, seat.ips, seat.clients = code, [hall], [client]
        seat.system, seat.tools, seat.turns = system, tools, 6.0
    return seats


def shared_line(stock: Stock, size: int) -> list[Seat]:
    """A campus, a carrier, a VPN: addresses in common and nothing else."""
    r, seats, lines = stock.rng, _seats(stock, size), [stock.address() for _ in range(3)]
    for seat in seats:
        seat.ips = [str(one) for one in r.choice(lines, 2)] + seat.ips[:1]
    return seats


def fleet(stock: Stock, size: int) -> list[Seat]:
    """One customer's workers: made in bulk, even, around the clock, on one template."""
    r, seats = stock.rng, _seats(stock, size)
    named = r.random() < 0.85
    _firm(
        stock, seats, young=r.random() < 0.35, bulk=r.random() < 0.6, org=named and r.random() < 0.6
    )
    _workers(stock, seats, around if r.random() < 0.6 else on_the_hour)
    if not named:
        for seat in seats:
            seat.email = f"{stock.hex(4)}@gmail.com"
            seat.verified = bool(r.random() < 0.7)
    return seats


def _workers(stock: Stock, seats: list[Seat], clock: Clock) -> None:
    r, client, system = stock.rng, stock.client(), stock.hex()
    volume, spread = r.lognormal(4.3, 0.6), r.uniform(0.05, 0.9)
    frames = [f"{stock.library.passage(r, 12)}: {{p}}" for _ in range(int(r.integers(1, 4)))]
    answer = (float(r.choice([1.5, 3.0, 5.0, 6.5])), 0.5)
    for seat in seats:
        seat.clients, seat.system, seat.turns, seat.clock = [client], system, 1.0, clock
        seat.volume = int(np.clip(volume * np.exp(r.normal(0, spread)), 4, 2500))
        seat.writer, seat.answer = template(stock.library, frames, 24), answer
        seat.device = None


def labelling(stock: Stock, size: int) -> list[Seat]:
    """A labelling firm: a work list divided among its people, who work off one queue."""
    r, seats = stock.rng, _seats(stock, size)
    _firm(stock, seats, young=r.random() < 0.3, bulk=r.random() < 0.4, org=r.random() < 0.5)
    items = stock.library.sets[int(r.integers(0, 4))] if r.random() < 0.6 else [
        stock.library.passage(r, 20) for _ in range(800)]  # fmt: skip
    frame = str(r.choice(["{p}", "Which label fits? {p}", "Rate from 1 to 5: {p}"]))
    clock = queue(r, 0, stock.span, int(r.integers(20, 200)), float(r.uniform(600, 5000)))
    volume = r.lognormal(4.2, 0.4)
    for place, seat in enumerate(seats):
        seat.writer, seat.clock = dealt(items, place, size, frame), clock
        seat.volume, seat.turns = int(volume * r.uniform(0.5, 1.6)), float(r.uniform(1.0, 1.6))
    return seats


def moderation(stock: Stock, size: int) -> list[Seat]:
    """A platform's moderation over accounts of several departments, fed by one scheduler."""
    r, seats = stock.rng, _seats(stock, size)
    _firm(stock, seats, young=r.random() < 0.2, bulk=r.random() < 0.5, org=r.random() < 0.6)
    clock = queue(r, 0, stock.span, int(r.integers(30, 250)), float(r.uniform(200, 3000)))
    _workers(stock, seats, clock)
    for seat in seats:
        seat.answer = (1.6, 0.4)
    return seats


def saas_keys(stock: Stock, size: int) -> list[Seat]:
    """A product that makes one account for each tenant: its template and client, even quotas."""
    r, seats = stock.rng, _seats(stock, size)
    _workers(stock, seats, around)
    own, domain = r.random() < 0.5, stock.domain()
    cloud, card = f"{r.choice(stock.cloud)}.{r.integers(1, 250)}", stock.card()
    hours = queue(r, 0, stock.span, 60, 1800.0) if r.random() < 0.3 else None
    for seat in seats:
        seat.email = f"tenant-{stock.hex(3)}@{domain}" if own else f"it@{stock.domain()}"
        seat.ips, seat.card = [cloud], card if own else seat.card
        seat.volume = int(np.clip(seat.volume * r.lognormal(0, 0.8), 3, 2500))
        seat.clock = hours or own_hours(r)
    return seats


def framework(stock: Stock, size: int) -> list[Seat]:
    """Unrelated users of one agent program: its system prompt, tools, client and wordings."""
    r, seats = stock.rng, _seats(stock, size)
    (system, tools), client = stock.kits[int(r.integers(0, 5))], stock.client()
    frames = [f"{stock.library.passage(r, 10)} {{p}}" for _ in range(3)]
    for seat in seats:
        seat.system, seat.tools, seat.clients = system, tools, [client]
        if r.random() < 0.6:
            seat.writer = template(stock.library, frames, 20)
    return seats


def testers(stock: Stock, size: int) -> list[Seat]:
    """Strangers who run published test sets, from begin to end or by chance."""
    r, seats = stock.rng, _seats(stock, size)
    items, client = stock.library.sets[int(r.integers(0, 4))], stock.client()
    for seat in seats:
        seat.writer = whole(items) if r.random() < 0.5 else drawn(items)
        seat.clients = [client] if r.random() < 0.4 else seat.clients
        seat.clock, seat.turns = around, 1.0
        seat.first = float(r.uniform(0, 0.8 * stock.span))
        seat.last = min(stock.span, seat.first + r.uniform(0.1, 4) * DAY)
        seat.created = min(seat.created, seat.first - HOUR)
        seat.volume = int(r.choice([100, 200, 400]))
    return seats


def grading_team(stock: Stock, size: int) -> list[Seat]:
    """A team that marks essays or grades its own models, under its own name."""
    r, seats = stock.rng, _seats(stock, size)
    _firm(stock, seats, young=r.random() < 0.3, bulk=False, org=r.random() < 0.5)
    frames = aim_frames(stock.library, r, "judge", 2)
    for seat in seats:
        seat.writer, seat.turns = template(stock.library, frames, 24), 1.0
        seat.answer = (float(r.choice([1.2, 4.0])), 0.4)
    return seats


def homework(stock: Stock, size: int) -> list[Seat]:
    """People of one region who ask in the words of one tutorial."""
    r, seats, mail = stock.rng, _seats(stock, size), str(stock.rng.choice(["qq.com", "gmx.de"]))
    frames = [f"{stock.library.passage(r, 9)}: {{p}}"]
    carrier = [str(one) for one in r.choice(stock.carrier, 4)]
    for seat in seats:
        seat.email, seat.ips = f"{stock.hex(4)}@{mail}", [str(one) for one in r.choice(carrier, 2)]
        seat.writer = loosened(template(stock.library, frames, 18), 0.05)
    return seats


def capped(stock: Stock, size: int) -> list[Seat]:
    """Free accounts that all stand at the cap."""
    seats = _seats(stock, size)
    for seat in seats:
        seat.plan, seat.card, seat.volume = "free", None, int(stock.rng.choice([49, 50, 50]))
    return seats


def outage(stock: Stock, size: int) -> list[Seat]:
    """Jobs of one client library that repeat what failed, all after the same outages."""
    r, seats, client = stock.rng, _seats(stock, size), stock.client()
    clock = queue(r, 0, stock.span, int(r.integers(5, 25)), 900.0)
    for seat in seats:
        seat.clients, seat.clock, seat.turns = [client], clock, 1.0
    return seats


def test_rig(stock: Stock, size: int) -> list[Seat]:
    """A headless rig of a software firm: accounts that come and go, each for one run."""
    r, seats = stock.rng, _seats(stock, size)
    _firm(stock, seats, young=False, bulk=False, org=r.random() < 0.5)
    _workers(stock, seats, around)
    for seat in seats:
        _moved(seat, float(r.uniform(0, 0.9 * stock.span)), stock)
        seat.last = min(stock.span, seat.first + 2 * DAY)
        seat.volume, seat.verified = int(r.integers(8, 40)), None
    return seats


def quota_team(stock: Stock, size: int) -> list[Seat]:
    """A research group with accounts for quota that makes training data under its own name."""
    r, seats = stock.rng, _seats(stock, min(size, 16))
    _firm(stock, seats, young=r.random() < 0.3, bulk=True, org=r.random() < 0.4)
    frames = aim_frames(stock.library, r, "plain", 2)
    for seat in seats:
        seat.writer, seat.turns = template(stock.library, frames, 22), 1.0
        seat.answer = (6.3, 0.5)
    return seats


# Crowd: builder, weight, smallest and largest size.
CROWDS: dict[str, tuple[Crowd, float, int, int]] = {
    "office": (office, 5, 5, 120), "agency": (agency, 2, 5, 40), "reseller": (reseller, 2, 15, 200),
    "relay": (relay, 0.6, 6, 30), "virtual_cards": (virtual_cards, 2, 15, 120),
    "family": (family, 3, 3, 5), "launch": (launch, 2, 30, 160), "course": (course, 3, 12, 120),
    "hackathon": (hackathon, 2, 12, 90), "shared_line": (shared_line, 3, 10, 150),
    "fleet": (fleet, 4, 6, 90), "labelling": (labelling, 2.5, 8, 90),
    "moderation": (moderation, 2.5, 8, 70), "saas_keys": (saas_keys, 2.5, 8, 120),
    "framework": (framework, 2.5, 15, 150), "testers": (testers, 2.5, 6, 60),
    "grading_team": (grading_team, 1.5, 6, 40), "homework": (homework, 2, 12, 100),
    "capped": (capped, 1, 40, 150), "outage": (outage, 1.5, 10, 80),
    "test_rig": (test_rig, 1.5, 8, 50), "quota_team": (quota_team, 1.5, 5, 16),
}  # fmt: skip
