"""Named worlds: the shipped sample, the reference scale, and a family of examination worlds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from workbench.errors import UsageError
from workbench.synth.config import CampaignSpec, SynthConfig
from workbench.synth.dice import rng_for
from workbench.synth.organisations import ORGANISATIONS
from workbench.synth.people import SINGLES


def sample(seed: int = 11) -> SynthConfig:
    """The shipped sample: 3,000 accounts, 150,000 exchanges, three campaigns, small on disk."""
    return SynthConfig(
        accounts=3_000,
        exchanges=150_000,
        seed=seed,
        campaigns=(
            CampaignSpec(160, 1, "rubric"),
            CampaignSpec(320, 2, "reasoning"),
            CampaignSpec(220, 3, "agentic"),
        ),
        response_share=0.02,
        paragraph_chars=80,
        exchange_ids=False,
        cost=False,
        order="account",
        zstd=19,
    )


def reference(seed: int = 11) -> SynthConfig:
    """The reference scale: 28.8 M exchanges, 100,000 accounts, 25,000 of them in campaigns."""
    sizes = ((9_000, 2), (6_500, 3), (4_000, 1), (2_500, 4), (1_500, 0), (900, 3), (600, 2))
    return SynthConfig(
        accounts=100_000,
        exchanges=28_800_000,
        seed=seed,
        campaigns=tuple(CampaignSpec(size, level) for size, level in sizes),
        paragraph_chars=160,
        response_share=0.25,
        exchange_ids=False,
    )


def exam(seed: int, accounts: int = 10_000, omit: tuple[str, ...] = ()) -> SynthConfig:
    """A world whose sizes, mixes, languages, dates and campaigns are all drawn from the seed."""
    rng = rng_for("exam", seed)
    per_account = rng.uniform(35, 120)
    budget = accounts * rng.uniform(0.08, 0.3)
    campaigns: list[CampaignSpec] = []
    levels = list(range(5)) + rng.choices(range(5), k=rng.randint(0, 7))
    for place, level in enumerate(levels):
        largest = max(40.0, 1.6 * budget / len(levels))
        size = round(min(largest, 8 * rng.lognormvariate(1.8, 1.2) + rng.uniform(0, 0.5) * largest))
        size = max(size, 60 if level == 4 else 8)
        if place == 0 or sum(c.size for c in campaigns) + size < accounts * 0.4:
            campaigns.append(CampaignSpec(size, level))
    languages = {
        "en": 1.0,
        "zh": 0.4,
        "es": 0.3,
        "de": 0.2,
        "ja": 0.2,
        "pt": 0.2,
        "ru": 0.2,
        "ar": 0.1,
        "fr": 0.2,
        "ko": 0.1,
    }
    return SynthConfig(
        accounts=accounts,
        exchanges=round(accounts * per_account),
        seed=rng.getrandbits(31),
        start=datetime(2025, 9, 1) + timedelta(days=rng.randint(0, 300)),  # noqa: DTZ001
        days=rng.choice([21, 30, 45, 45, 60]),
        campaigns=tuple(campaigns),
        group_share=rng.uniform(0.2, 0.45),
        mix={kind: rng.lognormvariate(0, 0.5) for kind in (*ORGANISATIONS, *SINGLES)},
        languages={name: share * rng.lognormvariate(0, 0.7) for name, share in languages.items()},
        paragraph_chars=rng.choice([120, 260, 500]),
        response_share=0.0,
        omit=omit,
    )


WORLDS: dict[str, Callable[[], SynthConfig]] = {
    "sample": sample,
    "reference": reference,
    "small": lambda: exam(101, 2_000),
    "city": lambda: exam(202, 10_000),
    "large": lambda: exam(303, 40_000),
    "no-payments": lambda: exam(404, 8_000, ("payments",)),
    "only-hashes": lambda: exam(505, 8_000, ("only_hashes",)),
    "no-prompts": lambda: exam(606, 8_000, ("prompts",)),
    "no-ips": lambda: exam(707, 8_000, ("ips",)),
    "no-tls": lambda: exam(808, 8_000, ("tls",)),
    "exchanges-only": lambda: exam(909, 6_000, ("accounts", "payments", "sightings", "api_keys")),
}


def world(name: str) -> SynthConfig:
    """The configuration of a named world, or of `exam:SEED`; raises UsageError for others."""
    if name in WORLDS:
        return WORLDS[name]()
    kind, _, seed = name.partition(":")
    if kind == "exam" and (seed.isdecimal() or not seed):
        return exam(int(seed or 1))
    raise UsageError(
        f"There is no world “{name}”.", hint="Known: " + ", ".join(WORLDS) + ", exam:SEED."
    )
