"""The outer shape of a foreign world: how long, how busy, how coarse, how much is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

Rows = dict[str, list[Any]]
_OPTIONAL = (
    "session_id", "api_key_id", "output_tokens", "input_tokens", "ip", "user_agent",
    "tls_fingerprint", "system_prompt_hash", "tools_hash", "device_id", "created_at", "email",
    "signup_ip", "phone_hash", "org_id", "verified", "instrument_fingerprint", "name_hash",
    "prompt",
)  # fmt: skip
_MOST_REQUESTS = 450_000


@dataclass(frozen=True)
class Shape:
    """`busy` multiplies everybody's requests; `empty` is the share of empty cells of a column."""

    days: int
    busy: float
    campaigns: tuple[tuple[int, int], ...]  # (size, level)
    coarse: bool = False
    longest: int = 0
    empty: dict[str, float] = field(default_factory=dict)


def drawn(rng: Random, accounts: int) -> Shape:
    """Every figure drawn: 7 to 90 days, campaign accounts 0.5 to 40 %, sizes from 8 on."""
    share = math.exp(rng.uniform(math.log(0.005), math.log(0.4)))
    left = max(8, round(accounts * share))
    campaigns: list[tuple[int, int]] = []
    while left >= 8 and len(campaigns) < 9:
        size = min(left, 5000, max(8, round(left * rng.uniform(0.2, 0.9))))
        campaigns.append((size, rng.choice([0, 1, 2, 3, 3, 4] if size >= 40 else [0, 1, 2, 3])))
        left -= size
    empty = {name: rng.choice([0.3, 0.7, 0.95]) for name in _OPTIONAL if rng.random() < 0.2}
    busy = math.exp(rng.uniform(math.log(0.2), math.log(8)))
    return Shape(
        rng.choice([7, 14, 30, 45, 90]),
        min(busy, _MOST_REQUESTS / (40.0 * accounts)),
        tuple(campaigns),
        coarse=rng.random() < 0.4,
        longest=rng.choice([0, 0, 60, 140]),
        empty=empty,
    )


def worn(shape: Shape, tables: dict[str, Rows], rng: Random) -> None:
    """What the exporter kept of the tables: whole seconds, short prompts, empty cells."""
    for rows in tables.values():
        for column, cells in rows.items():
            if shape.coarse and column == "ts":
                rows[column] = [_second(cell) for cell in cells]
            if shape.longest and column == "prompt":
                rows[column] = [cell[: shape.longest] for cell in cells]
            lost = shape.empty.get(column, 0.0)
            if lost:
                rows[column] = [None if rng.random() < lost else cell for cell in rows[column]]


def _second(cell: Any) -> Any:
    return cell[:19] if isinstance(cell, str) else cell.replace(microsecond=0)
