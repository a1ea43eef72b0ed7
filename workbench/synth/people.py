"""Accounts that stand alone: people, developers, servers, pipelines; all of them honest."""

from __future__ import annotations

from math import inf
from random import Random

from workbench.synth.account import Account, Stream
from workbench.synth.rhythms import DAY
from workbench.synth.world import World, hexes

# Shares among accounts that belong to no group; the seed bends each by up to a third.
SINGLES = {
    "individual": 30.0,
    "developer": 17.0,
    "server": 15.0,
    "framework": 10.0,
    "free_capped": 6.0,
    "popular": 5.0,
    "batch": 5.0,
    "cron": 4.0,
    "night_owl": 3.0,
    "judge": 2.0,
    "benchmark": 2.0,
    "relay_user": 3.0,
    "datagen": 1.5,
    "idle": 3.0,
}
_PEOPLE = frozenset(("individual", "night_owl", "popular", "free_capped", "idle", "relay_user"))


def single(world: World, kind: str, number: int) -> Account:
    """One account of a kind."""
    rng = world.rng("single", number)
    account = person(world, rng, kind)
    language = world.language(rng, account.country)
    if kind in _PEOPLE:
        _web_person(world, rng, account, language)
    else:
        _api_customer(world, rng, account, language)
    return account


def person(world: World, rng: Random, kind: str) -> Account:
    """Identity, money and network of an ordinary customer; the work is still missing."""
    country = world.network.any_country(rng)
    created, code = world.signup(rng)
    account = Account(kind=kind, country=country, zone=world.zone(country, rng), created=created)
    account.email = world.email(rng)
    account.referral = code
    account.verified = rng.random() < 0.35
    account.phone = "ph_" + hexes(rng, 12) if rng.random() < 0.7 else None
    active_span(world, rng, account)
    account.volume = rng.lognormvariate(0.0, world.temper.spread)
    account.instruments = [world.card(rng, country) for _ in range(1 + (rng.random() < 0.12))]
    account.amount = rng.choice([500, 1000, 2000, 2000, 2500, 5000, 10000])
    homely(world, rng, account)
    account.pivot = rng.choices(
        [0.0, rng.uniform(1, 24), rng.expovariate(1 / 240), inf], [8, 10, 50, 32]
    )[0]
    account.models = tuple(rng.choices([0, 1, 2], [3, 3, 4], k=1 + (rng.random() < 0.3)))
    fate = rng.random()
    if fate < 0.028:  # closed by themselves, or banned for something else than a campaign
        account.status = "closed" if fate < 0.015 else "banned"
        account.last = min(account.last, account.first + rng.uniform(0.02, 1.0) * world.span)
        account.status_at = account.last
    return account


def active_span(world: World, rng: Random, account: Account) -> None:
    """From the first use to the last: some start late, many stop."""
    account.created = min(account.created, world.span - 7200)
    start = max(account.created, 0.0)
    account.first = min(
        start + (rng.expovariate(1 / (2 * DAY)) if rng.random() < 0.5 else rng.uniform(60, 900)),
        world.span - 3600,
    )
    account.last = world.span
    if rng.random() < world.temper.churn:
        account.last = account.first + max(1800.0, rng.random() * (world.span - account.first))


def homely(world: World, rng: Random, account: Account) -> None:
    """Home addresses that the provider changes, a mobile network, perhaps a VPN or a relay."""
    net, country = world.network, account.country
    lease = rng.choice([1, 1, 2, 3, 6])
    account.homes = [net.fresh("home", country, rng) for _ in range(lease)]
    if rng.random() < 0.55:
        account.others += rng.sample(net.mobile[country], min(3, len(net.mobile[country])))
        account.roam = rng.uniform(0.05, 0.4)
    if rng.random() < 0.14:
        account.others += rng.sample(net.vpn, rng.randint(1, 4))
        account.roam = max(account.roam, rng.uniform(0.2, 0.8))
    if rng.random() < 0.02:
        account.others += rng.sample(net.proxies, 3)
        account.roam = max(account.roam, 0.2)
    account.signup_ip = (
        rng.choice(account.others)
        if account.others and rng.random() < account.roam
        else account.homes[0]
    )


def _web_person(world: World, rng: Random, account: Account, language: str) -> None:
    account.channel, account.keys = "web", 0
    account.plan = rng.choices(["free", "pro", "payg"], [62, 30, 8])[0]
    account.clients = [world.clients.browser(rng) for _ in range(rng.choice([1, 1, 2, 3]))]
    account.devices = ["dv_" + hexes(rng, 16) for _ in account.clients]
    shape = rng.choices(["evening", "allday", "office", "night"], [45, 25, 24, 6])[0]
    if account.kind == "night_owl":
        shape = "night"
    rhythm = world.rhythms.human(shape, account.zone, round(rng.uniform(0, 1.2), 1), 1.4)
    work = world.works.chat(rng, language)
    if account.kind == "popular" or rng.random() < 0.1:
        account.streams = [
            Stream(
                world.shared_work("popular"), rhythm, 0.6 if account.kind == "popular" else 0.15
            ),
            Stream(work, rhythm, 0.4),
        ]
    else:
        account.streams = [Stream(work, rhythm, 1.0)]
        if rng.random() < 0.35:
            account.streams.append(Stream(world.shared_work("chat", language), rhythm, 0.3))
        if rng.random() < 0.2:
            account.streams.append(Stream(world.works.coding(rng), rhythm, 0.3))
    if account.kind == "free_capped":
        account.plan, account.capped, account.volume = "free", True, account.volume * 8
    elif account.kind == "relay_user":
        account.others, account.roam = rng.sample(world.network.relay, 4), 0.9
    elif account.kind == "idle":
        account.volume = 0.0
    if account.plan == "free":
        account.instruments = []
        account.volume *= 0.5


def _api_customer(world: World, rng: Random, account: Account, language: str) -> None:
    kind = account.kind
    account.plan = rng.choices(["payg", "team", "enterprise"], [80, 15, 5])[0]
    account.keys = rng.choices([1, 2, 3, 6], [60, 22, 12, 6])[0]
    account.clients = [world.clients.sdk(rng) for _ in range(rng.choice([1, 1, 2]))]
    if kind in ("developer", "framework"):
        _developer(world, rng, account, language)
        return
    account.volume *= rng.uniform(1.0, 4.0)
    servers(world, rng, account)
    rhythms = world.rhythms
    if kind == "cron":
        period = rng.choice([300.0, 900.0, 3600.0, 3600.0, 86400.0, 86400.0])
        rhythm = rhythms.cron(
            period, rng.choice([2.0, 20.0, 90.0]), rng.choice([0.0, 0.0, 300.0, 7200.0, 32400.0])
        )
        account.streams = [Stream(world.works.pipeline(rng, language), rhythm, 1.0)]
    elif kind == "datagen":
        rhythm = rhythms.human("day", account.zone, 0.4, 1.8)
        account.streams = [Stream(world.works.data_making(rng, language), rhythm, 1.0)]
    elif kind in ("judge", "benchmark"):
        rhythm = rhythms.human("day", account.zone, 0.4, 2.0)
        account.streams = [
            Stream(world.shared_work("judge" if kind == "judge" else "bench"), rhythm, 0.8),
            Stream(world.works.pipeline(rng, language), rhythm, 0.2),
        ]
    else:
        flat = rng.random() < 0.5
        rhythm = (
            rhythms.flat()
            if flat
            else rhythms.flat("day", account.zone, round(rng.uniform(0, 0.6), 1))
        )
        account.streams = [Stream(world.works.pipeline(rng, language), rhythm, 0.8)]
        if kind == "server":
            account.streams.append(
                Stream(world.works.chat(rng, language), rhythm, rng.uniform(0.1, 1.5))
            )


def _developer(world: World, rng: Random, account: Account, language: str) -> None:
    rhythm = world.rhythms.human(
        rng.choice(["office", "allday", "evening", "night"]),
        account.zone,
        round(rng.uniform(0, 1.6), 1),
        1.6,
    )
    if rng.random() < 0.13:
        account.streams = [Stream(_with_kit(world, rng, account), rhythm, 0.8)]
    elif account.kind == "framework":
        account.streams = [
            Stream(world.shared_work("agent"), rhythm, 0.6),
            Stream(world.works.coding(rng, framework=True), rhythm, 0.4),
        ]
    else:
        account.streams = [
            Stream(world.works.coding(rng, framework=rng.random() < 0.4), rhythm, 0.7),
            Stream(world.works.pipeline(rng, language), rhythm, 0.3),
        ]
    if rng.random() < 0.4:
        servers(world, rng, account, keep_home=True)
    if rng.random() < 0.5:
        account.clients.append(world.clients.browser(rng))
        account.devices = ["dv_" + hexes(rng, 16)]


def _with_kit(world: World, rng: Random, account: Account) -> int:
    """Work through an agent from a public repository; few of them have many users."""
    prompt, tools, client = world.kits[int(len(world.kits) * rng.random() ** 1.7)]
    index = world.works.coding(rng)
    work = world.works.rows[index]
    work.system, work.tools, work.n_tools = prompt, tools, 6
    account.clients.insert(0, client)
    return index


def servers(world: World, rng: Random, account: Account, keep_home: bool = False) -> None:
    """Traffic from a cloud: own addresses, or the cloud's shared egress with everybody else's."""
    net = world.network
    land = rng.choice(list(net.cloud))
    if rng.random() < 0.45:
        shared = rng.sample(net.cloud[land], min(4, len(net.cloud[land])))
        account.others, account.roam = account.others * keep_home + shared, 0.9
    else:
        own = [net.fresh("cloud", land, rng) for _ in range(rng.choice([1, 1, 2, 4]))]
        account.homes = account.homes * keep_home + own
        account.roam *= keep_home
