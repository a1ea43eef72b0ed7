"""What the accounts pay with, when and how much."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import polars as pl

from workbench.synth.account import Account, Instrument
from workbench.synth.dice import rng_for
from workbench.synth.frozen import Frozen
from workbench.synth.population import Population
from workbench.synth.rhythms import DAY
from workbench.synth.tables import text_column, time_column

_UNPAID = ("free", "education", "credit")
_TROUBLE = ("failed", "failed", "refunded", "disputed")
_TROUBLED = 0.045  # share of payments that do not simply succeed


@dataclass(slots=True)
class Payment:
    """One charge or attempt."""

    number: int
    owner: int
    at: float
    instrument: Instrument
    amount: int
    status: str


def payments(plan: Frozen, people: Population) -> pl.DataFrame:
    """payments: top-ups that follow use for pay-as-you-go, a monthly charge for the others."""
    mean = max(float(plan.counts.mean()), 1e-9)
    found: list[Payment] = []
    for owner, account in enumerate(people.accounts):
        if account.instruments and account.plan not in _UNPAID:
            rng = rng_for(plan.world.seed, "payments", int(people.keys[owner]))
            use = float(plan.counts[owner]) / mean
            for place, at in enumerate(_times(rng, account, use, plan.world.span)):
                found.append(_payment(rng, account, owner, at, first=place == 0))
    held = [payment.instrument for payment in found]
    return pl.DataFrame(
        {
            "payment_id": text_column([f"pay_{payment.number:013x}" for payment in found]),
            "account_id": plan.text["account_id"].gather([payment.owner for payment in found]),
            "ts": time_column(plan, [payment.at for payment in found]),
            "instrument_fingerprint": text_column([card.fingerprint for card in held]),
            "kind": text_column([card.kind for card in held]),
            "bin": text_column([card.bin for card in held]),
            "funding": text_column([card.funding for card in held]),
            "issuer_country": text_column([card.issuer_country for card in held]),
            "amount_minor": pl.Series([payment.amount for payment in found], dtype=pl.Int64),
            "currency": text_column([card.currency for card in held]),
            "status": text_column([payment.status for payment in found]),
            "name_hash": text_column([card.name_hash for card in held]),
            "postcode": text_column([card.postcode for card in held]),
        }
    )


def _times(rng: Random, account: Account, use: float, span: float) -> list[float]:
    """Seconds after the start; `use` is the account's exchanges against the mean."""
    if account.plan == "payg":
        more = min(int(use * rng.uniform(0.3, 0.8)), 11)
        first = min(account.first, account.created + rng.uniform(60, 2400))
        return [first, *sorted(rng.uniform(account.first, account.last) for _ in range(more))]
    begin = account.created + rng.uniform(30, 900)
    if account.created < 0:
        begin = rng.uniform(0, 30) * DAY
    return [at for at in (begin, begin + 30 * DAY) if at < span]


def _payment(rng: Random, account: Account, owner: int, at: float, first: bool) -> Payment:
    luck, which = rng.random(), rng.random()
    status = _TROUBLE[int(luck / _TROUBLED * 4)] if luck < _TROUBLED else "succeeded"
    instrument = account.instruments[int(which**2 * len(account.instruments))]
    usual = first or luck < 0.6
    amount = account.amount if usual else account.amount * (1 + round(which * 3))
    return Payment(rng.getrandbits(52), owner, at, instrument, amount, status)
