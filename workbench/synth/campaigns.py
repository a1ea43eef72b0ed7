"""Campaigns: the accounts that an operator makes and the work that its queue deals out to them."""

from __future__ import annotations

from math import inf
from random import Random

from workbench.synth.account import Account, Stream
from workbench.synth.config import CampaignSpec
from workbench.synth.outfit import Outfit
from workbench.synth.people import person
from workbench.synth.phrasebook import LANGUAGES, phrases, word
from workbench.synth.recipe import Recipe, draw, queue
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


def campaign(world: World, spec: CampaignSpec, number: int) -> list[Account]:
    """All accounts of one campaign, replacements of banned ones included."""
    rng = world.rng("campaign", number)
    recipe = draw(rng, spec)
    start = rng.uniform(-12 * DAY, 0.25 * world.span)
    times = _signups(rng, recipe, world.span, start)
    works = _works(world, rng, recipe)
    rhythm = world.rhythms.queue(queue(rng, recipe, world.span, max(0.0, start)))
    outfit = Outfit(world, rng, recipe)
    out: list[Account] = []
    for slot in range(recipe.size):
        account = person(world, rng, "campaign")
        account.slot, account.created = slot, times[slot]
        if rng.random() < recipe.aged:  # bought, not made
            account.created = min(times[slot], -rng.uniform(20, 400) * DAY)
        account.first = max(times[slot], 0.0) + rng.expovariate(1 / (6 * 3600))
        account.first = min(account.first, world.span - 3600)
        account.last, account.status, account.status_at = world.span, "active", None
        account.volume = max(0.15, rng.gauss(1.0, recipe.spread)) * recipe.factor
        outfit.dress(world, rng, account)
        if rng.random() < recipe.pivot:
            account.pivot = min(rng.expovariate(1 / 5.0), 24.0)
        else:
            account.pivot = rng.choice([rng.uniform(24, 200), inf])
        account.models = (2,) if rng.random() < 0.8 else (0,)
        account.streams = _streams(world, rng, account, recipe, works, rhythm)
        out.append(account)
    _farms(rng, recipe, out)
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
    systems = [
        world.works.system(
            f"{rng.choice(book['tail'])} Session type {word(rng, 3)}. {rng.choice(book['tail'])}"
        )
        for _ in range(recipe.systems)
    ]
    # The operator has settled on a few openings, tasks and tails; members vary within them.
    few = 2 if recipe.level < 2 else 3 if recipe.level < 4 else 4
    parts = {
        name: rng.sample(book[name], min(few, len(book[name]))) for name in ("open", "task", "tail")
    }
    foreign = phrases("extraction")["other"]
    for language in recipe.languages:
        if language != "en" and recipe.style not in foreign[language]:
            continue
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
                work.tools, work.n_tools = schema, recipe.tools
        out.append(rows)
    return out


def _work(rng: Random, recipe: Recipe, start: int, count: int, language: str) -> Work:
    long_running = recipe.style == "agentic" and rng.random() < 0.3
    return Work(
        start,
        count,
        start,
        count,
        hidden=_HIDDEN[recipe.style] + recipe.heavier + rng.gauss(0, 0.1),
        hidden_spread=0.5,
        out=_OUT[recipe.style] + recipe.longer + rng.gauss(0, 0.1),
        out_spread=recipe.out_spread,
        reply=_REPLY[recipe.style],
        language=LANGUAGES.index(language),
        turns=3.0 if long_running else 1.0,
        gap=15.0,
        temperature=0.9 if recipe.repeat > 1 else rng.choice([-1.0, 0.7, 1.0]),
        max_tokens=recipe.limit,
        streaming=recipe.streaming,
        reasoning=0.8 if recipe.style == "reasoning" else 0.2,
        items=recipe.size,
        repeat=recipe.repeat,
        session_ids=int(rng.random() < 0.4),
    )


def _template(rng: Random, recipe: Recipe, parts: dict[str, list[str]], language: str) -> str:
    """One wording: exact at low levels, reordered and reworded at high ones."""
    number = (
        rng.choice(["Item {item}. ", "#{item} ", "[{item}] ", "ID {item}: "])
        if recipe.items
        else ""
    )
    if language == "en":
        order = [rng.choice(parts["open"]), rng.choice(parts["task"]), rng.choice(parts["tail"])]
        order[1] += "" if order[1].endswith("}") else "."
    else:
        order = [rng.choice(phrases("extraction")["other"][language][recipe.style])]
    if not recipe.items:
        # The item is part of the wording: the numbers of the problem itself.
        stem = rng.choice(phrases("work")["pools"]["stem"])
        stem = stem.replace("{n}", "{item}", 1).replace("{n}", "n")
        order[0] = order[0].replace("{stem}", stem)
    if recipe.level <= 1:
        return number + " ".join(order)
    lead = rng.choice(["", "", "Please. ", "Note: ", f"({word(rng, 2)}) ", "Task. ", "Hello, "])
    if recipe.level == 4:
        lead = rng.choice(
            ["", f"{word(rng, 2).title()}: ", f"{word(rng, 3)} - ", f"[{word(rng, 2)}] "]
        )
    if rng.random() < (0.25, 0.25, 0.3, 0.4, 0.6)[recipe.level]:
        rng.shuffle(order)
    if recipe.level == 4 and len(order) > 2 and rng.random() < 0.5:
        order.pop()
    if number:
        order.insert(rng.choice([0, 1]) if recipe.level >= 3 else 0, number.strip())
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
        work = (
            world.works.chat(rng, language)
            if make == "chat"
            else world.works.coding(rng, True)
            if make == "coding"
            else world.works.pipeline(rng, language)
        )
        human = world.rhythms.human(
            rng.choice(["allday", "office", "evening"]), account.zone, 0.6, 1.0
        )
        streams.append(Stream(work, human, recipe.cover))
    return streams


def _farms(rng: Random, recipe: Recipe, out: list[Account]) -> None:
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
