"""Puts a market together and writes it as an export."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.benchmarks.detection.market.crowds import CROWDS
from tests.benchmarks.detection.market.operators import operator
from tests.benchmarks.detection.market.seats import DAY, Seat, Stock, own_hours
from tests.benchmarks.detection.market.writing import people

_START = datetime(2026, 1, 5)  # noqa: DTZ001  every time of an extract is naive UTC
_MOST = 330_000  # exchanges


def market(folder: Path, seed: int, accounts: int) -> None:
    """Write accounts, exchanges, payments, releases and `truth/accounts.parquet`."""
    rng = np.random.default_rng([seed, 77])
    stock = Stock(rng, int(rng.choice([10, 20, 30, 45, 75, 110])))
    seats = _operators(stock, accounts)
    seats += _crowds(stock, accounts - len(seats))
    busy = min(float(rng.lognormal(0, 0.4)), _MOST / sum(seat.volume for seat in seats))
    order = rng.permutation(len(seats))
    seats = [seats[int(k)] for k in order]
    folder.mkdir(parents=True, exist_ok=True)
    _accounts(seats, rng).write_parquet(folder / "accounts.parquet")
    _payments(seats, rng).write_parquet(folder / "payments.parquet")
    _exchanges(stock, seats, busy).write_parquet(folder / "exchanges.parquet")
    pl.DataFrame({"model": ["next-large"], "released_at": [_at(stock.release)]}).write_parquet(
        folder / "model_releases.parquet"
    )
    (folder / "truth").mkdir(exist_ok=True)
    pl.DataFrame(
        [(s.id, s.group, s.kind, s.level, s.kind == "campaign") for s in seats],
        schema={"account_id": pl.String, "group_id": pl.String, "kind": pl.String,
                "level": pl.Int64, "is_campaign": pl.Boolean},
        orient="row",
    ).write_parquet(folder / "truth" / "accounts.parquet")  # fmt: skip


def _operators(stock: Stock, accounts: int) -> list[Seat]:
    r, out = stock.rng, []
    levels = [0, 1, 2, 3, 4, *r.integers(0, 5, int(r.integers(1, 5)))]
    for place, level in enumerate(levels):
        small = r.random() < 0.4 and level < 4
        size = int(r.integers(8, 30)) if small else int(accounts * r.uniform(0.012, 0.05))
        out += operator(stock, max(size, 30 if level == 4 else 8), int(level), f"op{place}")
    return out


def _crowds(stock: Stock, wanted: int) -> list[Seat]:
    r = stock.rng
    share, number = r.uniform(0.35, 0.6), 0
    names = list(CROWDS)
    weight = np.array([CROWDS[name][1] for name in names]) * r.lognormal(0, 0.5, len(names))
    out: list[Seat] = []
    while len(out) < share * wanted:
        name = (
            names[number] if number < len(names) else str(r.choice(names, p=weight / weight.sum()))
        )
        build, _, small, large = CROWDS[name]
        size = min(int(r.triangular(small, small, large)), max(small, wanted // 15))
        for seat in build(stock, size):
            seat.kind, seat.group = name, f"{name}{number}"
            out.append(seat)
        number += 1
    return out + [stock.person() for _ in range(wanted - len(out))]


def _at(seconds: float) -> datetime:
    return _START + timedelta(seconds=round(float(seconds)))


def _accounts(seats: list[Seat], rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "account_id": [s.id for s in seats],
            "created_at": [_at(s.created) for s in seats],
            "email": [s.email for s in seats],
            "org_id": pl.Series([s.org for s in seats], dtype=pl.String),
            "plan": [s.plan for s in seats],
            "country": rng.choice(["US", "DE", "CN", "IN", "BR", "SG"], len(seats)),
            "signup_ip": [s.ips[0] for s in seats],
            "phone_hash": pl.Series([s.phone for s in seats], dtype=pl.String),
            "referral": pl.Series([s.referral for s in seats], dtype=pl.String),
            "status": ["active" if s.banned is None else "banned" for s in seats],
            "status_at": [None if s.banned is None else _at(s.banned) for s in seats],
            "verified": pl.Series([s.verified for s in seats], dtype=pl.Boolean),
        }
    )


def _payments(seats: list[Seat], rng: np.random.Generator) -> pl.DataFrame:
    rows = [
        (s.id, _at(max(s.created, 0.0) + k * 12 * DAY + rng.uniform(0, 3600)), s.card[0], s.card[1], s.amount)  # noqa: E501
        for s in seats
        if s.card
        for k in range(int(rng.integers(1, 4)))
    ]  # fmt: skip
    names = ["account_id", "ts", "instrument_fingerprint", "bin", "amount_minor"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(status=pl.lit("succeeded"))


def _exchanges(stock: Stock, seats: list[Seat], busy: float) -> pl.DataFrame:
    frames = [_traffic(stock, seat, busy) for seat in seats]
    kept: dict[str, list[Any]] = {name: [] for name in frames[0]}
    for frame in frames:
        for name, cells in frame.items():
            kept[name].extend(cells)
    seconds = pl.Series("ts", kept.pop("ts")).cast(pl.Float64)
    begin = pl.lit(_START)
    return pl.DataFrame(kept, infer_schema_length=None).with_columns(
        ts=begin + pl.duration(microseconds=pl.lit((seconds * 1e6).cast(pl.Int64)))
    )


def _traffic(stock: Stock, seat: Seat, busy: float) -> dict[str, list[Any]]:
    own = np.random.default_rng([int(one) for one in seat.id.encode()])
    n = max(1, round(seat.volume * busy))
    aside = round(n * seat.cover)
    ts = np.r_[seat.clock(own, n - aside, seat.first, seat.last),
               own_hours(own)(own, aside, seat.first, seat.last)]  # fmt: skip
    texts = seat.writer(own, n - aside) + people(stock.library, 0.1)(own, aside)
    system = [seat.system] * (n - aside) + [None] * aside
    order = np.argsort(ts, kind="stable")
    ts, texts = ts[order], [texts[k] for k in order]
    new = (ts > stock.release + seat.pivot) & (own.random(n) < 0.85)
    model = np.where(new, "next-large", own.choice(["large", "small", "old"], n, p=[0.5, 0.3, 0.2]))
    session = np.cumsum(own.random(n) < 1 / seat.turns)
    client = [seat.clients[k] for k in own.integers(0, len(seat.clients), n)]
    return {
        "account_id": [seat.id] * n,
        "ts": ts.tolist(),
        "session_id": [f"{seat.id[-6:]}{k}" for k in session],
        "model": model.tolist(),
        "input_tokens": [max(4, len(text) // 4 + int(k)) for text, k in zip(texts, own.integers(0, 9, n), strict=True)],  # noqa: E501
        "output_tokens": np.maximum(own.lognormal(*seat.answer, n), 1).astype(int).tolist(),
        "ip": [seat.ips[k] for k in own.integers(0, len(seat.ips), n)],
        "user_agent": [one[0] for one in client],
        "tls_fingerprint": [one[1] for one in client],
        "device_id": [seat.device] * n,
        "system_prompt_hash": [system[k] for k in order],
        "tools_hash": [seat.tools] * n,
        "prompt": texts,
    }  # fmt: skip
