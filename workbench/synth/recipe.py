"""What a campaign of each evasion level shares and how it works, drawn anew for every campaign.

Level 0 blatant, 1 split, 2 residential and reworded, 3 clean with residual sharing, 4 low and slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from workbench.synth.config import STYLES, CampaignSpec, Style
from workbench.synth.rhythms import queue_windows


@dataclass(frozen=True, slots=True)
class Recipe:
    """The parameters of one campaign; shares are 0..1."""

    style: Style
    level: int
    size: int
    per_card: float  # accounts a card serves
    one_bin: bool  # cards of one issuer range
    per_device: float
    clients: int  # client combinations in use; 0: whatever everybody has
    rare_clients: bool
    mail: str  # pattern | pool | words | common
    wave: int  # accounts a sign-up wave makes; 1: a drip
    wave_hours: float
    variants: int  # wordings of the templates
    schema: float  # share of members whose requests carry the campaign's tool schema
    systems: int  # variants of a private system prompt, 0: none
    addresses: str  # fixed | pools | rotating | own
    farm: float  # share of members on a small device farm
    vpn: float  # share of members that also use a popular VPN
    spread: float  # coefficient of variation of volumes
    factor: float  # mean volume against the world's mean
    cover: float  # share of unrelated traffic mixed in
    bans: float
    pivot: float  # share that is on a new model within a day
    items: bool  # items are numbered in the text
    repeat: int  # best of n
    languages: tuple[str, ...]
    shift: tuple[float, float] | None  # hours of the day in which the queue is served
    keys: int
    phones: float  # share of members that share a phone
    aged: float  # share of accounts bought old
    free: bool  # lives on the free plan
    promo: bool  # signs up with promotion codes
    longer: float  # answers against the style's usual length, logarithm
    heavier: float  # unseen input against the style's usual, logarithm
    out_spread: float
    streaming: float
    limit: int  # max_tokens asked for, 0: none
    tools: int  # tools in the schema


@dataclass(frozen=True, slots=True)
class Level:
    """Ranges and choices that an evasion level sets."""

    per_card: tuple[float, float]
    per_device: tuple[float, float]
    spread: tuple[float, float]
    cover: tuple[float, float]
    clients: tuple[int, int]
    rare: float  # chance that its clients are its own
    one_bin: float
    mail: tuple[str, ...]
    wave: tuple[int, int]  # accounts of a wave; (0, n): the campaign in at most n waves
    wave_hours: tuple[float, float]
    variants: tuple[int, int]
    max_variants: float  # more of them as the campaign grows, per account
    schema: tuple[float, float]
    systems: tuple[int, ...]
    addresses: str
    farm: tuple[float, float]
    phones: float
    bans: float  # chance of a wave of bans
    numbered: float  # chance that items are numbered
    aged: float
    busy: tuple[float, float]  # share of the time in which the queue hands out work


LEVELS = (
    Level((20, 60), (15, 40), (0.04, 0.2), (0.0, 0.05), (1, 1), 1.0, 0.0,
          ("pattern", "pattern", "pool"), (0, 1), (1, 6), (1, 1), 0.0, (1, 1), (1,), "fixed",
          (0, 0), 0.6, 0.5, 1.0, 0.0, (0.75, 1.0)),
    Level((3, 8), (3, 6), (0.06, 0.28), (0.0, 0.15), (2, 3), 1.0, 0.4,
          ("pool",), (0, 8), (2, 10), (2, 4), 0.0, (1, 1), (1, 2, 3), "pools",
          (0, 0), 0.25, 0.5, 1.0, 0.0, (0.6, 1.0)),
    Level((1, 3), (1.2, 3), (0.1, 0.35), (0.0, 0.3), (6, 12), 0.6, 1.0,
          ("pool", "words"), (12, 60), (3, 20), (20, 60), 0.0, (0.7, 1.0), (0, 2, 6), "rotating",
          (0, 0), 0.05, 0.5, 1.0, 0.25, (0.3, 0.8)),
    Level((1.05, 1.2), (1, 1), (0.15, 0.45), (0.05, 0.35), (5, 20), 1.0, 0.4,
          ("words",), (8, 30), (0.4, 1.5), (60, 60), 1.0, (0.55, 0.9), (0,), "own",
          (0.35, 0.7), 0.0, 0.5, 0.4, 0.25, (0.15, 0.4)),
    Level((1, 1), (1, 1), (0.2, 0.5), (0.2, 0.45), (0, 0), 0.0, 0.0,
          ("common",), (1, 1), (0, 0), (40, 40), 2.0, (0, 0), (0,), "own",
          (0, 0), 0.0, 0.0, 0.0, 0.0, (0.06, 0.12)),
)  # fmt: skip


def draw(rng: Random, campaign: CampaignSpec) -> Recipe:
    """The parameters of a campaign of this level."""
    level = LEVELS[campaign.level]
    style = rng.choice(STYLES) if campaign.style is None else campaign.style
    tongues = ["", "zh", rng.choice(["ja", "ru", "es", "de", "ko"])]
    second = rng.choices(tongues, [55, 30, 15])[0]
    wave = rng.randint(*level.wave)
    if level.wave[0] == 0:
        wave = max(8, campaign.size // rng.randint(1, level.wave[1]))
    has_schema = campaign.level < 3 or style in ("agentic", "tools", "code")
    return Recipe(
        style=style,
        level=campaign.level,
        size=campaign.size,
        per_card=rng.uniform(*level.per_card),
        one_bin=rng.random() < level.one_bin,
        per_device=rng.uniform(*level.per_device),
        clients=rng.randint(*level.clients),
        rare_clients=rng.random() < level.rare,
        mail=rng.choice(level.mail),
        wave=wave,
        wave_hours=rng.uniform(*level.wave_hours),
        variants=min(1500, int(rng.randint(*level.variants) + level.max_variants * campaign.size)),
        schema=rng.uniform(*level.schema) if has_schema else 0.0,
        systems=rng.choice(level.systems),
        addresses=level.addresses,
        farm=rng.uniform(*level.farm),
        vpn=rng.choice([0.0, 0.0, 0.1, 0.3]),
        spread=rng.uniform(*level.spread),
        factor=rng.uniform(0.7, 1.7),
        cover=rng.uniform(*level.cover),
        bans=rng.uniform(0.03, 0.25) if rng.random() < level.bans else 0.0,
        pivot=rng.uniform(0.35, 0.95),
        items=rng.random() < level.numbered,
        repeat=rng.choice([1, 1, 1, 2, 4, 8][: 4 if campaign.level == 4 else 6]),
        languages=("en", second) if second else ("en",),
        shift=(rng.uniform(0, 24), rng.uniform(8, 16)) if rng.random() < 0.4 else None,
        keys=rng.choice([1, 1, 2, 4, 8]),
        phones=level.phones,
        aged=rng.uniform(0.1, 0.6) if rng.random() < level.aged else 0.0,
        free=campaign.level in (0, 2) and rng.random() < 0.15,
        promo=rng.random() < 0.15,
        longer=rng.gauss(0, 0.3),
        heavier=rng.gauss(0, 0.5),
        out_spread=rng.uniform(0.3, 0.75),
        streaming=rng.choice([0.0, 0.1, 0.5, 0.9, 1.0]),
        limit=rng.choice([1, 3, 5, 8, 16] if style == "rubric" else [0, 0, 2048, 4096, 8192]),
        tools=rng.randint(2, 16),
    )


def queue(rng: Random, recipe: Recipe, span: float, start: float) -> list[tuple[float, float]]:
    """The windows of the campaign's queue: level 4 in short stretches, the others almost always."""
    busy = rng.uniform(*LEVELS[recipe.level].busy)
    mean = rng.uniform(8, 25) * 60 if recipe.level == 4 else rng.uniform(0.8, 3.0) * 3600
    return queue_windows(rng, busy, mean, (start, span), recipe.shift)
