"""Campaigns: the accounts that an operator makes and the work that its queue deals out to them."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from random import Random

from workbench.synth.account import Account, Instrument, Stream
from workbench.synth.config import CampaignSpec
from workbench.synth.people import person
from workbench.synth.phrasebook import LANGUAGES, phrases, word
from workbench.synth.recipe import Recipe, draw, queue_windows
from workbench.synth.rhythms import DAY
from workbench.synth.works import Work
from workbench.synth.world import World, hexes

_OUT = {"agentic": 6.6, "reasoning": 7.2, "rubric": 1.1, "code": 6.9, "instruct": 6.5, "tools": 5.6}
_HIDDEN = {
    "agentic": 8.6,
    "reasoning": 3.5,
    "rubric": 6.0,
    "code": 4.5,
    "instruct": 3.5,
    "tools": 6.8,
}
_REPLY = {"agentic": 4, "reasoning": 4, "rubric": 2, "code": 1, "instruct": 3, "tools": 3}
_THROWAWAY = ("gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "proton.me")


def campaign(world: World, spec: CampaignSpec, number: int) -> list[Account]:
    """All accounts of one campaign, replacements of banned ones included."""
    rng = world.rng("campaign", number)
    recipe = draw(rng, spec)
    start = rng.uniform(-12 * DAY, 0.25 * world.span)
    times = _signups(rng, recipe, world.span, start)
    works = _works(world, rng, recipe)
    rhythm = world.rhythms.queue(queue_windows(rng, recipe, world.span, max(0.0, start)))
    mail, cards = _Mail(rng, recipe), _cards(world, rng, recipe)
    places, clients = _Places(world, rng, recipe), _clients(world, rng, recipe)
    devices = [
        "dv_" + hexes(rng, 16) for _ in range(max(1, round(recipe.size / recipe.per_device)))
    ]
    out: list[Account] = []
    for slot in range(recipe.size):
        account = person(world, rng, "campaign")
        account.created, account.slot, account.referral = times[slot], slot, None
        account.first = max(account.created, 0.0) + rng.expovariate(1 / (6 * 3600))
        account.first = min(account.first, world.span - 3600)
        account.last, account.status, account.status_at = world.span, "active", None
        account.plan, account.channel, account.verified = (
            rng.choices(["payg", "pro"], [80, 20])[0],
            "api",
            False,
        )
        account.volume = max(0.15, rng.gauss(1.0, recipe.spread)) * recipe.factor
        account.email = mail.next(world, rng, slot)
        account.instruments = (
            [rng.choice(cards)] if recipe.per_card > 1 else account.instruments[:1]
        )
        if recipe.level <= 2:
            account.amount = recipe.keys * 500 + 500
        places.settle(world, rng, account, slot)
        if clients:
            account.clients = [rng.choice(clients)]
        else:
            account.clients = [world.clients.blended(rng)]
        account.devices = (
            [rng.choice(devices)] if recipe.per_device > 1 else ["dv_" + hexes(rng, 16)]
        )
        account.keys = recipe.keys
        if rng.random() < recipe.phones:
            account.phone = f"ph_{world.rng('phones', number, slot // 12).getrandbits(48):012x}"
        account.pivot = (
            rng.uniform(0.5, 24)
            if rng.random() < recipe.pivot
            else rng.choice([rng.uniform(24, 200), inf])
        )
        account.models = (2,) if rng.random() < 0.8 else (0,)
        account.streams = _streams(world, rng, account, recipe, works, rhythm)
        out.append(account)
    _farms(world, rng, recipe, out)
    _ban(rng, recipe, out, world.span)
    return out


def _signups(rng: Random, recipe: Recipe, span: float, start: float) -> list[float]:
    """When the accounts are made: waves, or a drip with an even step at level 4."""
    out: list[float] = []
    if recipe.wave == 1:
        step = min(rng.uniform(0.25, 0.55) * span / recipe.size, 6 * 3600)
        return [start + step * (slot + rng.uniform(-0.12, 0.12)) for slot in range(recipe.size)]
    waves = -(-recipe.size // recipe.wave)
    gap = rng.uniform(0.2, 0.45) * span / max(waves, 1) if waves > 1 else 0.0
    for slot in range(recipe.size):
        wave = slot // recipe.wave
        at = start + wave * gap + 3600 * recipe.wave_hours * rng.random()
        out.append(min(at, span * 0.9))
    return out


def _works(world: World, rng: Random, recipe: Recipe) -> list[list[int]]:
    """Lines of work: per language one list of works that differ in wording only."""
    out = []
    book = phrases("extraction")[recipe.style]
    schema = world.works.tool_schema(f"campaign {rng.random()}")
    systems = [world.works.system(f"{rng.choice(book['tail'])} Session type {word(rng, 3)}. {rng.choice(book['tail'])}")
               for _ in range(recipe.systems)]  # fmt: skip
    # The operator has settled on a few openings, tasks and tails; members vary within them.
    few = 2 if recipe.level < 2 else 3 if recipe.level < 4 else 4
    parts = {
        name: rng.sample(book[name], min(few, len(book[name]))) for name in ("open", "task", "tail")
    }
    for language in recipe.languages:
        texts = [_template(rng, recipe, parts, language) for _ in range(recipe.variants)]
        batch = 1 if recipe.level < 2 else 4
        rows = []
        for at in range(0, len(texts), batch):
            frames = world.works.book.frames(texts[at : at + batch], language)
            rows.append(world.works.add(_work(rng, recipe, frames.start, frames.count, language)))
        for place, row in enumerate(rows):
            work = world.works.rows[row]
            work.system = systems[place % len(systems)] if systems else -1
            if recipe.schema and place < recipe.schema * len(rows):
                work.tools, work.n_tools = schema, 7
        out.append(rows)
    return out


def _work(rng: Random, recipe: Recipe, start: int, count: int, language: str) -> Work:
    long_running = recipe.style == "agentic" and rng.random() < 0.3
    return Work(
        start, count, start, count, hidden=_HIDDEN[recipe.style] + rng.gauss(0, 0.1), hidden_spread=0.5,
        out=_OUT[recipe.style] + rng.gauss(0, 0.1), out_spread=0.45, reply=_REPLY[recipe.style],
        language=LANGUAGES.index(language), turns=3.0 if long_running else 1.0, gap=15.0,
        temperature=0.9 if recipe.repeat > 1 else rng.choice([-1.0, 0.7, 1.0]),
        max_tokens=5 if recipe.style == "rubric" else rng.choice([0, 4096, 8192]), streaming=0.1,
        reasoning=0.8 if recipe.style == "reasoning" else 0.2, items=recipe.size, repeat=recipe.repeat,
        session_ids=int(rng.random() < 0.4),
    )  # fmt: skip


def _template(rng: Random, recipe: Recipe, parts: dict[str, list[str]], language: str) -> str:
    """One wording: exact at low levels, reordered and reworded at high ones."""
    if language != "en":
        text = rng.choice(phrases("extraction")["other"].get(language, ["{stem}"]))
        return f"{{item}} {text}" if recipe.items else text
    opening, task, tail = (rng.choice(parts[name]) for name in ("open", "task", "tail"))
    number = (
        rng.choice(["Item {item}. ", "#{item} ", "[{item}] ", "ID {item}: "])
        if recipe.items
        else ""
    )
    if not recipe.items and "{stem}" in opening:
        # The item is part of the wording: the numbers of the problem itself.
        stem = rng.choice(phrases("work")["pools"]["stem"])
        opening = opening.replace("{stem}", stem.replace("{n}", "{item}", 1).replace("{n}", "n"))
    if recipe.level <= 1:
        return f"{number}{opening} {task}. {tail}"
    lead = rng.choice(["", "", "Please. ", "Note: ", f"({word(rng, 2)}) ", "Task. ", "Hello, "])
    if recipe.level == 4:
        lead = rng.choice(
            ["", f"{word(rng, 2).title()}: ", f"{word(rng, 3)} - ", f"[{word(rng, 2)}] "]
        )
    order = [opening, f"{task}.", tail]
    if rng.random() < (0.25, 0.25, 0.3, 0.4, 0.6)[recipe.level]:
        rng.shuffle(order)
    if recipe.level == 4 and rng.random() < 0.5:
        order.pop()
    at = rng.choice([0, 1]) if recipe.level >= 3 else 0
    order.insert(at, number.strip()) if number else None
    return lead + " ".join(order)


def _streams(
    world: World, rng: Random, account: Account, recipe: Recipe, works: list[list[int]], rhythm: int
) -> list[Stream]:
    rows = works[0] if len(works) == 1 or rng.random() < 0.65 else works[1]
    mine = rng.sample(rows, min(len(rows), 1 if recipe.level < 2 else 2))
    streams = [Stream(row, rhythm, (1 - recipe.cover) / len(mine)) for row in mine]
    if recipe.cover > 0.02:
        language = world.language(rng, account.country)
        make = rng.choice(["chat", "coding", "pipeline"])
        work = (world.works.chat(rng, language) if make == "chat" else world.works.coding(rng, True)
                if make == "coding" else world.works.pipeline(rng, language))  # fmt: skip
        human = world.rhythms.human(
            rng.choice(["allday", "office", "evening"]), account.zone, 0.6, 1.0
        )
        streams.append(Stream(work, human, recipe.cover))
    return streams


def _cards(world: World, rng: Random, recipe: Recipe) -> list[Instrument]:
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


def _clients(world: World, rng: Random, recipe: Recipe) -> list[int]:
    if recipe.rare_clients and recipe.clients:
        return [world.clients.rare(rng) for _ in range(recipe.clients)]
    return [world.clients.sdk(rng) for _ in range(recipe.clients)]


class _Mail:
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


class _Places:
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

    def settle(self, world: World, rng: Random, account: Account, slot: int) -> None:
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


def _farms(world: World, rng: Random, recipe: Recipe, out: list[Account]) -> None:
    """Level 3: a part of the members sits in small device farms that share a phone and a line."""
    at = 0
    while at < len(out) * recipe.farm:
        size = rng.randint(3, 8)
        device, home = "dv_" + hexes(rng, 16), out[at].homes
        for account in out[at : at + size]:
            account.devices = [device]
            account.homes, account.signup_ip = home, home[0]
        at += size


def _ban(rng: Random, recipe: Recipe, out: list[Account], span: float) -> None:
    """Bans hit some; the last slots are the replacements and start within a day of a ban."""
    count = int(len(out) * recipe.bans / 2)
    if count == 0:
        return
    victims = rng.sample(range(len(out) - count), count)
    for victim, heir in zip(victims, out[len(out) - count :], strict=True):
        account = out[victim]
        account.status = "banned"
        account.last = min(account.first + rng.uniform(2, 25) * DAY, span - 2 * 3600)
        account.last = max(account.last, account.first + 1800)
        account.status_at = account.last
        account.volume *= max(0.05, (account.last - account.first) / max(span - account.first, 1.0))
        heir.created = min(account.last + rng.uniform(0.5, 23) * 3600, span - 3600)
        heir.first = min(heir.created + rng.uniform(300, 7200), span - 1800)
        heir.volume *= max(0.05, (span - heir.first) / span)
