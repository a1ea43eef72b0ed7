"""What a campaign's accounts wear: names, cards, addresses, clients, devices, phones."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TypeVar

from workbench.synth.account import Account, Instrument
from workbench.synth.phrasebook import word
from workbench.synth.recipe import Recipe
from workbench.synth.world import World, hexes

T = TypeVar("T")
_THROWAWAY = ("gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "proton.me")


class Outfit:
    """The stock of one operator; `dress` gives an account its share of it."""

    def __init__(self, world: World, rng: Random, recipe: Recipe) -> None:
        self.recipe = recipe
        self.mail, self.places = Mail(rng, recipe), Places(world, rng, recipe)
        self.cards, self.clients = cards(world, rng, recipe), clients(world, rng, recipe)
        count = max(1, round(recipe.size / recipe.per_device))
        self.devices = ["dv_" + hexes(rng, 16) for _ in range(count)]
        self.phones = ["ph_" + hexes(rng, 12) for _ in range(1 + recipe.size // 12)]
        self.code = f"{word(rng, 3).upper()}{rng.randint(10, 99)}" if recipe.level == 0 else None
        many = recipe.level >= 2 and rng.random() < 0.5
        self.channels = ["api", "api", "web", "partner", "programme"] if many else ["api"]
        self.amount = rng.choice([500, 1000, 1500, 2000, 2500])

    def dress(self, world: World, rng: Random, account: Account) -> None:
        """Everything but the work; what the recipe leaves alone stays an ordinary person's."""
        recipe = self.recipe
        account.channel, account.keys = rng.choice(self.channels), recipe.keys
        account.plan = "free" if recipe.free else rng.choices(["payg", "pro"], [80, 20])[0]
        account.verified = rng.random() < (0.0, 0.0, 0.05, 0.2, 0.3)[recipe.level]
        if recipe.promo:
            bursts = world.temper.bursts
            account.referral = self.code or rng.choice(bursts)[1]
        elif recipe.level < 4:
            account.referral = None
        account.email = self.mail.next(world, rng, account.slot)
        if recipe.free:
            account.instruments = []
        elif recipe.per_card > 1:
            account.instruments = [self._held(rng, self.cards, account.slot)]
        else:
            account.instruments = account.instruments[:1]
        if recipe.level <= 2:
            account.amount = self.amount
        self.places.settle(world, rng, account)
        account.clients = [rng.choice(self.clients) if self.clients else world.clients.blended(rng)]
        alone = recipe.per_device <= 1
        own = "dv_" + hexes(rng, 16)
        account.devices = [own if alone else self._held(rng, self.devices, account.slot)]
        if rng.random() < recipe.phones:
            account.phone = rng.choice(self.phones)

    def _held(self, rng: Random, stock: list[T], slot: int) -> T:
        """Careful operators deal their stock out evenly, careless ones take what lies on top."""
        return stock[slot % len(stock)] if self.recipe.level >= 2 else rng.choice(stock)


def cards(world: World, rng: Random, recipe: Recipe) -> list[Instrument]:
    """The cards of a campaign; few, or virtual ones of one issuer range."""
    count = max(1, round(recipe.size / recipe.per_card))
    number, names = (
        f"{rng.choice([4, 5])}{rng.randrange(10**5):05d}",
        [hexes(rng, 12) for _ in range(max(1, count // 6))],
    )
    out = []
    for _ in range(count):
        card = world.card(rng, world.network.any_country(rng), "card")
        if recipe.one_bin:
            card = replace(card, bin=number, funding=rng.choice(["prepaid", "prepaid", "debit"]))
        if recipe.level <= 1:
            card = replace(card, name_hash="nh_" + rng.choice(names))
        out.append(card)
    return out


def clients(world: World, rng: Random, recipe: Recipe) -> list[int]:
    if recipe.rare_clients and recipe.clients:
        return [world.clients.rare(rng) for _ in range(recipe.clients)]
    return [world.clients.sdk(rng) for _ in range(recipe.clients)]


class Mail:
    """How the operator names its accounts."""

    def __init__(self, rng: Random, recipe: Recipe) -> None:
        self.mail, self.level = recipe.mail, recipe.level
        ends = ("com", "xyz", "top", "site", "net")
        count = (
            1
            if recipe.level == 0
            else rng.randint(2, 5)
            if recipe.level == 1
            else max(4, recipe.size // 12)
        )
        self.domains = [f"{word(rng, 3)}.{rng.choice(ends)}" for _ in range(count)]
        self.stem, self.digits = word(rng, 2), rng.randint(3, 5)

    def next(self, world: World, rng: Random, slot: int) -> str:
        """The address of the account at a slot."""
        if self.mail == "pattern":
            return f"{self.stem}{slot + 1:0{self.digits}d}@{self.domains[0]}"
        if self.mail == "pool":
            domain = rng.choice(self.domains) if rng.random() < 0.6 else rng.choice(_THROWAWAY)
            return f"{word(rng, 2)}{rng.randrange(10**self.digits):0{self.digits}d}@{domain}"
        if self.mail == "words":
            domain = (
                rng.choice(self.domains)
                if self.level == 2 and rng.random() < 0.5
                else rng.choice(_THROWAWAY)
            )
            return f"{word(rng, 2)}{word(rng, 2)}{rng.randint(10, 99)}@{domain}"
        return world.email(rng)


class Places:
    """Where the accounts connect from."""

    def __init__(self, world: World, rng: Random, recipe: Recipe) -> None:
        net = world.network
        self.how, self.vpn = recipe.addresses, recipe.vpn
        if self.how == "fixed":
            self.pool = net.subnet("hosting", "US", rng, max(3, min(recipe.size // 20, 30)))
        elif self.how == "pools":
            nets = max(3, min(40, recipe.size // 30))
            self.pool = [
                ip
                for _ in range(nets)
                for ip in net.subnet("hosting", net.any_country(rng), rng, 60)
            ]
        elif self.how == "rotating":
            own = [
                net.fresh("home", net.any_country(rng), rng)
                for _ in range(int(recipe.size * rng.uniform(1.0, 3.0)) + 20)
            ]
            self.pool = own + rng.sample(net.proxies, min(len(net.proxies), 20 + recipe.size // 2))
        else:
            self.pool = []

    def settle(self, world: World, rng: Random, account: Account) -> None:
        """Give an account its addresses."""
        net = world.network
        account.others, account.roam = [], 0.0
        if self.how == "fixed":
            account.homes = rng.sample(self.pool, min(3, len(self.pool)))
        elif self.how == "pools":
            account.homes = rng.sample(self.pool, rng.randint(2, 6))
        elif self.how == "rotating":
            account.homes = rng.sample(self.pool, 1)
            account.others, account.roam = (
                rng.sample(self.pool, min(len(self.pool), rng.randint(8, 30))),
                0.9,
            )
        else:
            account.homes = [net.fresh("home", account.country, rng)]
        account.signup_ip = rng.choice(account.homes)
        if rng.random() < self.vpn:
            account.others = account.others + rng.sample(net.vpn, 2)
            account.roam = max(account.roam, 0.25)
