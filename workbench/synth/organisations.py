"""Benign groups that look like campaigns from afar: one function per explanation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from workbench.synth.account import Account, Stream
from workbench.synth.people import active_span, homely, person, servers
from workbench.synth.phrasebook import word
from workbench.synth.rhythms import DAY, queue_windows
from workbench.synth.world import World, hexes

Build = Callable[[World, Random, int], list[Account]]


def company(world: World, rng: Random, size: int) -> list[Account]:
    """Seats behind one NAT, one card, one domain; office hours; heavy-tailed use."""
    country = world.network.any_country(rng)
    zone, domain = (
        world.zone(country, rng),
        f"{word(rng, 3)}.{rng.choice(['com', 'io', 'co', 'net'])}",
    )
    cards = [
        world.card(rng, country, "card") for _ in range(1 if rng.random() < 0.7 else 1 + size // 40)
    ]
    office = world.network.subnet("office", country, rng, rng.randint(1, 4))
    org, start = "org_" + hexes(rng, 10), -rng.random() * 300 * DAY
    tool = world.works.pipeline(rng, "en") if rng.random() < 0.6 else None
    dotted, service = rng.random() < 0.7, "ph_" + hexes(rng, 12)
    out = []
    for seat in range(size):
        account = person(world, rng, "company")
        account.country, account.zone, account.org_id = country, zone, org
        first, last = world.email(rng, "x.y").split("@")[0].split("+")[0], word(rng, 2)
        account.email = (
            f"{first}.{last}@{domain}" if dotted else f"{first[:1]}{last}{seat % 3 or ''}@{domain}"
        )
        account.created = start + rng.expovariate(1 / (25 * DAY)) if seat else start
        account.plan, account.verified, account.channel = "team", True, "web"
        account.phone = service if rng.random() < 0.15 else account.phone
        active_span(world, rng, account)
        account.instruments = [rng.choice(cards)]
        homely(world, rng, account)
        account.homes = [rng.choice(office)]
        account.others.append(world.network.fresh("home", country, rng))
        account.roam = max(account.roam, rng.uniform(0.05, 0.5))
        account.clients = [world.clients.browser(rng), world.clients.sdk(rng)]
        account.devices = ["dv_" + hexes(rng, 16)]
        rhythm = world.rhythms.human("office", zone, 2.4, 0.8)
        language = world.language(rng, country)
        work = (
            world.works.coding(rng, rng.random() < 0.4)
            if rng.random() < 0.35
            else world.works.chat(rng, language)
        )
        account.streams = [Stream(work, rhythm, 0.8)]
        if tool is not None and rng.random() < 0.4:
            account.streams.append(Stream(tool, rhythm, 0.25))
        out.append(account)
    return out


def fleet(world: World, rng: Random, size: int) -> list[Account]:
    """One customer's own worker accounts: bulk made, one template, items dealt out, declared."""
    country = world.network.any_country(rng)
    domain, card = (
        f"{word(rng, 3)}.{rng.choice(['com', 'ai', 'io'])}",
        world.card(rng, country, "card"),
    )
    card = replace(card, kind=rng.choice(["card", "invoice"]))
    org, made = "org_" + hexes(rng, 10), rng.uniform(-90 * DAY, world.span * 0.3)
    work = world.works.template_work(rng, world.language(rng, country), "fleet")
    work.items = size
    dealt = world.works.add(work)
    rhythm = _fleet_rhythm(world, rng, world.zone(country, rng))
    addresses = world.network.subnet(
        "cloud", rng.choice(list(world.network.cloud)), rng, rng.randint(2, 12)
    )
    clients = [world.clients.sdk(rng) for _ in range(rng.randint(1, 2))]
    prefix, spread = rng.choice(["worker", "svc", "bot", "pipeline"]), rng.uniform(0.05, 0.5)
    out = []
    for slot in range(size):
        account = person(world, rng, "fleet")
        account.country, account.org_id, account.slot = country, org, slot
        account.email = f"{prefix}-{slot:03d}@{domain}"
        account.created = made + slot * rng.uniform(2, 20)
        account.plan, account.verified, account.referral = "enterprise", True, None
        account.first, account.last = max(0.0, account.created) + 3600, world.span
        account.status, account.status_at = "active", None
        account.instruments, account.phone = [card], None
        account.homes, account.others, account.roam = (
            rng.sample(addresses, min(3, len(addresses))),
            [],
            0.0,
        )
        account.signup_ip, account.clients, account.devices = addresses[0], clients, []
        account.volume = max(0.2, rng.gauss(1.0, spread)) * 2.0
        account.streams = [Stream(dealt, rhythm, 1.0)]
        out.append(account)
    return out


def _fleet_rhythm(world: World, rng: Random, zone: float) -> int:
    """Around the clock, with its users' day, or dealt out by a queue like a campaign's work."""
    if rng.random() < 0.4:
        mean = rng.choice([0.25, 1.0, 3.0]) * 3600
        windows = queue_windows(rng, rng.uniform(0.08, 0.7), mean, (0.0, world.span))
        return world.rhythms.queue(windows)
    return world.rhythms.flat("flat" if rng.random() < 0.6 else "day", zone)


def university_class(world: World, rng: Random, size: int) -> list[Account]:
    """A course: one domain, a burst of sign-ups, the campus network, the same homework."""
    country = world.network.any_country(rng)
    zone, domain = world.zone(country, rng), f"{word(rng, 3)}.edu"
    campus = world.network.subnet("campus", country, rng, rng.randint(3, 14))
    day = rng.uniform(-10 * DAY, world.span * 0.7)
    code = f"EDU-{word(rng, 2).upper()}" if rng.random() < 0.7 else None
    works = [world.works.public(rng, "homework"), world.works.coding(rng)]
    lab = ["dv_" + hexes(rng, 16) for _ in range(max(2, size // 12))]
    numbered = rng.random() < 0.6
    out = []
    for _ in range(size):
        account = person(world, rng, "class")
        account.country, account.zone, account.referral = country, zone, code
        local = (
            f"{word(rng, 1)[:2]}{rng.randint(1000, 9999)}"
            if numbered
            else account.email.split("@")[0]
        )
        account.email = f"{local}@{domain}"
        account.created = day + rng.choice([0, 0, 0, DAY, 2 * DAY]) + rng.expovariate(1 / 2400)
        account.plan, account.channel, account.instruments = "education", "web", []
        active_span(world, rng, account)
        account.volume = rng.lognormvariate(-0.7, 1.1)
        homely(world, rng, account)
        account.others += rng.sample(campus, min(3, len(campus)))
        account.roam = rng.uniform(0.3, 0.8)
        account.signup_ip = rng.choice(campus)
        account.clients, account.keys = [world.clients.browser(rng)], 0
        account.devices = [rng.choice(lab) if rng.random() < 0.25 else "dv_" + hexes(rng, 16)]
        rhythm = world.rhythms.human("campus", zone, 0.6, 1.5)
        account.streams = [
            Stream(rng.choice(works), rhythm, 0.5),
            Stream(world.works.chat(rng, world.language(rng, country)), rhythm, 0.5),
        ]
        out.append(account)
    return out


def reseller(world: World, rng: Random, size: int) -> list[Account]:
    """One contract, one card, few gateways; behind each account a different end customer."""
    country = world.network.any_country(rng)
    card, domain, org = (
        world.card(rng, country, "card"),
        f"{word(rng, 3)}.com",
        "org_" + hexes(rng, 10),
    )
    gateways = world.network.subnet("hosting", country, rng, rng.randint(1, 6))
    client = world.clients.intern(
        f"{word(rng, 3)}-gateway/{rng.randint(1, 9)}.{rng.randint(0, 20)}",
        world.clients.fingerprint(rng),
    )
    own = rng.random() < 0.5
    out = []
    for slot in range(size):
        account = person(world, rng, "reseller")
        account.org_id, account.plan, account.channel, account.verified = (
            org,
            "partner",
            "partner",
            True,
        )
        account.email = f"{'tenant' if own else word(rng, 3)}{slot + 100}@{domain}"
        account.instruments, account.homes, account.others, account.roam = (
            [card],
            rng.sample(gateways, 1),
            [],
            0.0,
        )
        account.signup_ip, account.clients, account.devices = gateways[0], [client], []
        language = world.language(rng, account.country)
        rhythm = world.rhythms.human(
            rng.choice(["office", "allday", "evening"]), account.zone, 0.8, 1.0
        )
        maker = rng.choice([world.works.chat, world.works.pipeline, world.works.coding_in])
        account.streams = [
            Stream(maker(rng, language), rhythm, 0.8),
            Stream(world.works.chat(rng, language), rhythm, 0.3),
        ]
        out.append(account)
    return out


def family(world: World, rng: Random, size: int) -> list[Account]:
    """A household: one card, one home address, everybody's own talk."""
    first = person(world, rng, "family")
    card, homes = first.instruments[:1], first.homes
    first.devices = ["dv_" + hexes(rng, 16)]
    out = []
    for _ in range(size):
        account = person(world, rng, "family")
        account.country, account.zone, account.instruments = first.country, first.zone, card
        homely(world, rng, account)
        account.homes, account.signup_ip = homes, homes[0]
        account.plan, account.channel, account.keys = rng.choice(["pro", "pro", "free"]), "web", 0
        account.clients = [world.clients.browser(rng)]
        account.devices = ["dv_" + hexes(rng, 16)] if rng.random() < 0.6 else first.devices
        account.phone = first.phone if rng.random() < 0.4 else account.phone
        rhythm = world.rhythms.human("evening", account.zone, 0.0, 1.3)
        account.streams = [
            Stream(world.works.chat(rng, world.language(rng, account.country)), rhythm, 1.0)
        ]
        out.append(account)
    return out


def harness(world: World, rng: Random, size: int) -> list[Account]:
    """A research team: public benchmarks, one turn, even volumes, runs that follow releases."""
    base = person(world, rng, "harness")
    domain, lab = (
        f"{word(rng, 3)}.{rng.choice(['ac.uk', 'edu', 'org', 'ai'])}",
        [world.network.fresh("campus", base.country, rng)],
    )
    works = [world.works.public(rng, "bench"), world.works.public(rng, "judge")]
    client, share = world.clients.sdk(rng), rng.random() < 0.5
    rhythm = world.rhythms.human("day", base.zone, 0.5, 2.0)
    volume = rng.lognormvariate(1.0, 0.6)
    out = []
    for slot in range(size):
        account = person(world, rng, "harness")
        account.country, account.zone, account.slot = base.country, base.zone, slot
        account.email = f"{account.email.split('@')[0]}@{domain}"
        account.instruments = base.instruments if share else account.instruments
        account.homes, account.others, account.roam = lab, [], 0.0
        account.signup_ip, account.clients, account.devices = lab[0], [client], []
        account.volume, account.pivot = volume * rng.uniform(0.85, 1.15), rng.uniform(2, 30)
        account.streams = [Stream(works[0], rhythm, 0.7), Stream(works[1], rhythm, 0.3)]
        out.append(account)
    return out


def hackathon(world: World, rng: Random, size: int) -> list[Account]:
    """A weekend: one venue, one promo code, strangers with fresh accounts, then silence."""
    country = world.network.any_country(rng)
    venue = world.network.subnet("office", country, rng, rng.randint(1, 3))
    day, code = rng.uniform(1 * DAY, world.span * 0.8), f"HACK{rng.randint(100, 999)}"
    out = []
    for _ in range(size):
        account = person(world, rng, "hackathon")
        account.country, account.referral = country, code
        account.created = day + rng.expovariate(1 / 5400)
        account.first, account.last = (
            account.created + rng.uniform(60, 3600),
            account.created + rng.uniform(1.2, 2.4) * DAY,
        )
        if rng.random() < 0.25:
            account.last = world.span
        account.last = min(account.last, world.span)
        account.plan, account.instruments = "credit", []
        account.others, account.roam, account.signup_ip = (
            venue,
            rng.uniform(0.6, 1.0),
            rng.choice(venue),
        )
        account.clients = [world.clients.sdk(rng), world.clients.browser(rng)]
        account.devices = ["dv_" + hexes(rng, 16)]
        rhythm = world.rhythms.human("day", account.zone, 0.0, 0.4)
        account.streams = [
            Stream(world.works.coding(rng, rng.random() < 0.5), rhythm, 0.8),
            Stream(world.shared_work("agent"), rhythm, 0.3),
        ]
        out.append(account)
    return out


def agency(world: World, rng: Random, size: int) -> list[Account]:
    """One agency pays and works for many clients, each with an account under its own domain."""
    out = company(world, rng, size)
    for account in out:
        account.kind, account.org_id = "agency", None
        account.email = f"{rng.choice(['marketing', 'ai', 'web', 'hello'])}@{word(rng, 3)}.com"
        account.plan = "payg"
    return out


def saas(world: World, rng: Random, size: int) -> list[Account]:
    """A software house with one account per tenant: same system prompt and tools, same cloud."""
    country = world.network.any_country(rng)
    org, card, domain = (
        "org_" + hexes(rng, 10),
        world.card(rng, country, "card"),
        f"{word(rng, 3)}.app",
    )
    name = word(rng, 3).title()
    system = world.works.system(
        f"You are {name}, the assistant inside {domain}. Use the tenant's documents."
    )
    schema = world.works.tool_schema(f"saas {domain}")
    addresses = world.network.subnet(
        "cloud", rng.choice(list(world.network.cloud)), rng, rng.randint(1, 6)
    )
    client = world.clients.sdk(rng)
    out = []
    for slot in range(size):
        account = person(world, rng, "saas")
        account.org_id, account.slot, account.plan, account.verified = org, slot, "enterprise", True
        account.email = f"tenant-{word(rng, 2)}@{domain}"
        account.instruments, account.homes, account.others, account.roam = (
            [card],
            addresses,
            [],
            0.0,
        )
        account.signup_ip, account.clients, account.devices = addresses[0], [client], []
        work = world.works.rows[world.works.chat(rng, world.language(rng, account.country))]
        work.system, work.tools, work.n_tools = system, schema, 5
        rhythm = world.rhythms.human("office", account.zone, 1.4, 0.8)
        account.streams = [Stream(len(world.works.rows) - 1, rhythm, 1.0)]
        out.append(account)
    return out


def pipeline_team(world: World, rng: Random, size: int) -> list[Account]:
    """A small customer with a few accounts for one batch or judging job, split for quota."""
    base = person(world, rng, "batch_team")
    servers(world, rng, base)
    work = world.works.template_work(rng, world.language(rng, base.country), "team")
    work.items = size
    dealt, rhythm = world.works.add(work), world.rhythms.cron(3600.0, 900.0)
    out = []
    for slot in range(size):
        account = person(world, rng, "batch_team")
        account.slot, account.instruments, account.homes = slot, base.instruments, base.homes
        account.others, account.roam, account.signup_ip = base.others, base.roam, base.signup_ip
        account.email = base.email.replace("@", f"+{slot + 1}@") if slot else base.email
        account.clients = base.clients or [world.clients.sdk(rng)]
        base.clients = account.clients
        account.streams = [Stream(dealt, rhythm, 1.0)]
        out.append(account)
    return out


# kind: builder, weight, smallest and largest size
ORGANISATIONS: dict[str, tuple[Build, float, int, int]] = {
    "company": (company, 34.0, 4, 260),
    "fleet": (fleet, 8.0, 8, 160),
    "class": (university_class, 12.0, 18, 220),
    "reseller": (reseller, 8.0, 10, 150),
    "family": (family, 9.0, 2, 5),
    "harness": (harness, 4.0, 2, 12),
    "hackathon": (hackathon, 7.0, 20, 160),
    "agency": (agency, 5.0, 5, 40),
    "saas": (saas, 8.0, 8, 140),
    "batch_team": (pipeline_team, 4.0, 2, 8),
}
