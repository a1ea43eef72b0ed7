"""What a campaign of each evasion level shares and how it works, drawn anew for every campaign.

Level 0 blatant, 1 split, 2 residential and reworded, 3 clean with residual sharing, 4 low and slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from workbench.synth.config import STYLES, CampaignSpec, Style
from workbench.synth.rhythms import DAY


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


def draw(rng: Random, campaign: CampaignSpec) -> Recipe:
    """The parameters of a campaign of this level."""
    level = campaign.level
    at = _AT[level]
    style = campaign.style or rng.choice(STYLES)
    others = ["zh", "ja", "ru", "es", "de", "ko"]
    second = rng.choices(["", "zh", rng.choice(others)], [55, 30, 15])[0]
    start = rng.uniform(0, 24)
    return Recipe(
        style=style, level=level, size=campaign.size,
        per_card=rng.uniform(*at["per_card"]), one_bin=level == 2 or (level in (1, 3) and rng.random() < 0.4),
        per_device=rng.uniform(*at["per_device"]),
        clients=(1, rng.randint(2, 3), rng.randint(6, 12), rng.randint(5, 20), 0)[level],
        rare_clients=level in (0, 1, 3) or rng.random() < 0.6,
        mail=(rng.choice(["pattern", "pattern", "pool"]), "pool", rng.choice(["pool", "words"]), "words", "common")[level],
        wave=(campaign.size, max(8, campaign.size // rng.randint(3, 8)), rng.randint(12, 60), rng.randint(8, 30), 1)[level],
        wave_hours=(rng.uniform(1, 6), rng.uniform(2, 10), rng.uniform(3, 20), rng.uniform(0.4, 1.5), 0.0)[level],
        variants=(1, rng.randint(2, 4), rng.randint(20, 60), min(800, 60 + campaign.size), min(1500, 40 + 2 * campaign.size))[level],
        schema=(1.0, 1.0, rng.uniform(0.7, 1.0), rng.uniform(0.55, 0.9), 0.0)[level] if style in ("agentic", "tools", "code") or level < 3 else 0.0,
        systems=(1, rng.randint(1, 3), rng.choice([0, 2, 6]), 0, 0)[level],
        addresses=("fixed", "pools", "rotating", "own", "own")[level],
        farm=(0.0, 0.0, 0.0, rng.uniform(0.35, 0.7), 0.0)[level],
        vpn=rng.choice([0.0, 0.0, 0.1, 0.3]),
        spread=rng.uniform(*at["spread"]), factor=rng.uniform(0.7, 1.7),
        cover=rng.uniform(*at["cover"]), bans=rng.choice([0.0, rng.uniform(0.03, 0.25)]) if level < 4 else 0.0,
        pivot=rng.uniform(0.35, 0.95), items=level <= 2 or (level == 3 and rng.random() < 0.4),
        repeat=rng.choice([1, 1, 1, 2, 4, 8]) if level < 4 else rng.choice([1, 1, 2]),
        languages=("en", second) if second else ("en",),
        shift=(start, rng.uniform(8, 16)) if rng.random() < 0.4 else None,
        keys=rng.choice([1, 1, 2, 4, 8]), phones=(0.6, 0.25, 0.05, 0.0, 0.0)[level],
    )  # fmt: skip


_AT: dict[int, dict[str, tuple[float, float]]] = {
    0: {"per_card": (20, 60), "per_device": (15, 40), "spread": (0.04, 0.2), "cover": (0.0, 0.05)},
    1: {"per_card": (3, 8), "per_device": (3, 6), "spread": (0.06, 0.28), "cover": (0.0, 0.15)},
    2: {"per_card": (1, 3), "per_device": (1.2, 3), "spread": (0.1, 0.35), "cover": (0.0, 0.3)},
    3: {
        "per_card": (1.05, 1.2),
        "per_device": (1, 1),
        "spread": (0.15, 0.45),
        "cover": (0.05, 0.35),
    },
    4: {"per_card": (1, 1), "per_device": (1, 1), "spread": (0.2, 0.5), "cover": (0.2, 0.45)},
}


def queue_windows(
    rng: Random, recipe: Recipe, span: float, start: float
) -> list[tuple[float, float]]:
    """The stretches of time in which the campaign's queue hands out work.

    Level 4 is handed out in short stretches with long pauses; lower levels run almost always.
    """
    busy = (rng.uniform(0.75, 1.0), rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.8),
            rng.uniform(0.15, 0.4), rng.uniform(0.06, 0.12))[recipe.level]  # fmt: skip
    mean = rng.uniform(0.8, 3.0) * 3600 if recipe.level < 4 else rng.uniform(8, 25) * 60
    out: list[tuple[float, float]] = []
    at = start
    while at < span:
        length = min(mean * rng.uniform(0.5, 1.6), span - at)
        hour = at / 3600 % 24
        if recipe.shift is None or (hour - recipe.shift[0]) % 24 < recipe.shift[1]:
            out.append((at, max(length, 60.0)))
        at += length + rng.expovariate(1.0) * mean * (1 - busy) / busy
    return out or [(start, min(DAY, span - start))]
