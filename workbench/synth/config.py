"""What to generate: sizes, mix, campaigns, and what the extract leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workbench.errors import UsageError

Style = Literal["agentic", "reasoning", "rubric", "code", "instruct", "tools"]
Format = Literal["parquet", "csv", "jsonl.gz"]

STYLES: tuple[Style, ...] = ("agentic", "reasoning", "rubric", "code", "instruct", "tools")
FORMATS: tuple[Format, ...] = ("parquet", "csv", "jsonl.gz")

# Groups of tables and columns an extract may lack; the reader of an omit list is `tables.py`.
OMITTABLE = (
    "accounts",
    "payments",
    "sightings",
    "api_keys",
    "model_releases",
    "prompts",
    "only_hashes",
    "ips",
    "tls",
    "clients",
    "devices",
    "emails",
    "sessions",
)


@dataclass(frozen=True, slots=True)
class CampaignSpec:
    """One campaign: accounts (replacements included), evasion level 0..4, style (None: drawn)."""

    size: int
    level: int
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class SynthConfig:
    """Everything that decides the content; equal configs give equal tables."""

    accounts: int = 3_000
    exchanges: int = 150_000
    seed: int = 1
    start: datetime = datetime(2026, 4, 22)  # noqa: DTZ001  every time of an extract is naive UTC
    days: int = 45
    campaigns: tuple[CampaignSpec, ...] = ()
    # Share of the other accounts that sits in benign groups; factors that bend the mix of kinds.
    group_share: float = 0.34
    mix: dict[str, float] = field(default_factory=dict)
    languages: dict[str, float] = field(default_factory=dict)
    text: bool = True
    response_share: float = 1.0
    paragraph_chars: int = 260  # median length of quoted material inside prompts
    exchange_ids: bool = True
    cost: bool = True
    order: Literal["time", "account"] = "time"
    formats: tuple[Format, ...] = ("parquet",)
    omit: tuple[str, ...] = ()
    zstd: int = 3
    chunk_rows: int = 400_000

    def check(self) -> None:
        """Raise UsageError where the numbers cannot be met."""
        wanted = sum(campaign.size for campaign in self.campaigns)
        if self.accounts < 1 or self.exchanges < 0 or self.days < 2:
            raise UsageError("A world needs at least 1 account, 0 exchanges and 2 days.")
        if wanted > self.accounts:
            raise UsageError(
                f"The campaigns want {wanted} accounts; the world has {self.accounts}.",
                hint="Raise the number of accounts or shrink the campaigns.",
            )
        for campaign in self.campaigns:
            if campaign.level not in range(5) or campaign.size < 2:
                raise UsageError("A campaign has at least 2 accounts and a level from 0 to 4.")
        unknown = [name for name in self.omit if name not in OMITTABLE]
        if unknown:
            raise UsageError(
                f"Unknown omission “{unknown[0]}”.", hint="Known: " + ", ".join(OMITTABLE) + "."
            )
        if not self.formats or any(name not in FORMATS for name in self.formats):
            raise UsageError("Formats are: " + ", ".join(FORMATS) + ".")


@dataclass(frozen=True, slots=True)
class SynthSummary:
    """What was written: rows per table and the files, relative to the directory."""

    rows: dict[str, int]
    files: tuple[str, ...]
    campaigns: tuple[tuple[str, int, int], ...]  # group id, level, accounts
