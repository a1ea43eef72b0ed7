"""The small tables of an extract, the truth beside it, and what an extract leaves out."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.synth.account import Account
from workbench.synth.dice import rng_for
from workbench.synth.exchanges import key_names, timestamps
from workbench.synth.frozen import Frozen
from workbench.synth.population import Population
from workbench.synth.rhythms import DAY
from workbench.synth.world import World

# What each omission takes away: (table, columns); no columns: the whole table.
_OMISSIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "accounts": (("accounts", ()),), "payments": (("payments", ()),), "sightings": (("sightings", ()),),
    "api_keys": (("api_keys", ()),), "model_releases": (("model_releases", ()),),
    "prompts": (("exchanges", ("system_prompt", "prompt", "response")),),
    "only_hashes": (("exchanges", ("system_prompt", "prompt", "response")),),
    "ips": (("exchanges", ("ip",)), ("sightings", ("ip", "asn", "country")), ("accounts", ("signup_ip",))),
    "tls": (("exchanges", ("tls_fingerprint",)), ("sightings", ("tls_fingerprint",))),
    "clients": (("exchanges", ("user_agent", "tls_fingerprint")), ("sightings", ("user_agent", "tls_fingerprint"))),
    "devices": (("exchanges", ("device_id",)), ("sightings", ("device_id",))),
    "emails": (("accounts", ("email",)),), "sessions": (("exchanges", ("session_id",)),),
}  # fmt: skip


def without(table: str, frame: pl.DataFrame, omit: tuple[str, ...]) -> pl.DataFrame | None:
    """The table as the extract holds it, or None where it is left out."""
    if table == "exchanges" and "only_hashes" in omit and "prompt" in frame.columns:
        hashed = pl.col("prompt").str.to_lowercase().hash(0).reinterpret(signed=True)
        frame = frame.with_columns(
            pl.when(pl.col("prompt").is_not_null()).then(hashed).alias("prompt_hash")
        )
    for name in omit:
        for where, columns in _OMISSIONS[name]:
            if where == table and not columns:
                return None
            if where == table:
                frame = frame.drop(columns, strict=False)
    return frame


def accounts(plan: Frozen, people: Population) -> pl.DataFrame:
    """accounts: one row per account."""
    rows = people.accounts
    text = plan.text
    return pl.DataFrame({
        "account_id": text["account_id"], "created_at": _times(plan, [a.created for a in rows]),
        "email": _text([a.email for a in rows]), "org_id": _text([a.org_id for a in rows]),
        "plan": _text([a.plan for a in rows]), "channel": _text([a.channel for a in rows]),
        "country": _text([a.country for a in rows]),
        "signup_ip": text["ip"].gather([a.signup_ip for a in rows]),
        "phone_hash": _text([a.phone for a in rows]), "referral": _text([a.referral for a in rows]),
        "status": _text([a.status for a in rows]), "status_at": _times(plan, [a.status_at for a in rows]),
        "verified": pl.Series([a.verified for a in rows]),
    })  # fmt: skip


def payments(plan: Frozen, people: Population) -> pl.DataFrame:
    """payments: top-ups that follow use for pay-as-you-go, a monthly charge for the others."""
    seed, span = plan.world.seed, plan.world.span
    mean = max(float(plan.counts.mean()), 1e-9)
    found: list[tuple[object, ...]] = []
    for row, account in enumerate(people.accounts):
        if not account.instruments or account.plan in ("free", "education", "credit"):
            continue
        rng = rng_for(seed, "payments", int(people.keys[row]))
        if account.plan == "payg":
            count = 1 + min(int(plan.counts[row] / mean * rng.uniform(0.3, 0.8)), 11)
            times = sorted(rng.uniform(account.first, account.last) for _ in range(count - 1))
            times.insert(0, min(account.first, account.created + rng.uniform(60, 2400)))
        else:
            begin = max(
                account.created + rng.uniform(30, 900),
                rng.uniform(0, 30) * DAY if account.created < 0 else 0.0,
            )
            times = [
                begin + 30 * DAY * month for month in range(2) if begin + 30 * DAY * month < span
            ]
        for place, at in enumerate(times):
            found.append(
                _payment(account, rng.random(), rng.random(), rng.getrandbits(52), at, place)
            )
    names = (
        "instrument_fingerprint",
        "kind",
        "bin",
        "funding",
        "issuer_country",
        "currency",
        "name_hash",
        "postcode",
    )
    frame = {"payment_id": _text([f"pay_{entry[0]:013x}" for entry in found])}
    owner = {id(account): place for place, account in enumerate(people.accounts)}
    frame["account_id"] = plan.text["account_id"].gather([owner[id(entry[1])] for entry in found])
    frame["ts"] = _times(plan, [float(str(entry[2])) for entry in found])
    for name in names:
        key = "fingerprint" if name == "instrument_fingerprint" else name
        frame[name] = _text([getattr(entry[3], key) for entry in found])
    frame["amount_minor"] = pl.Series([entry[4] for entry in found], dtype=pl.Int64)
    frame["status"] = _text([str(entry[5]) for entry in found])
    order = ("payment_id", "account_id", "ts", "instrument_fingerprint", "kind", "bin", "funding",
             "issuer_country", "amount_minor", "currency", "status", "name_hash", "postcode")  # fmt: skip
    return pl.DataFrame({name: frame[name] for name in order})


def _payment(
    account: Account, luck: float, which: float, number: int, at: float, place: int
) -> tuple[object, ...]:
    instrument = account.instruments[int(which**2 * len(account.instruments))]
    status = "succeeded"
    if luck < 0.045:
        status = ("failed", "failed", "refunded", "disputed")[int(luck / 0.045 * 4)]
    amount = (
        account.amount if place == 0 or luck < 0.6 else int(account.amount * (1 + round(which * 3)))
    )
    return number, account, at, instrument, amount, status


def api_keys(plan: Frozen, people: Population) -> pl.DataFrame:
    """api_keys: each account's keys take turns over its active span."""
    counts = plan.account["keys"].astype(np.int64)
    owner = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    first, last = plan.account["first"][owner], plan.account["last"][owner]
    step = (last - first) / np.maximum(counts[owner], 1)
    created = np.where(
        place == 0, np.minimum(plan.account["created"][owner] + 300.0, first), first + place * step
    )
    revoked = first + (place + 1) * step
    live = place == counts[owner] - 1
    banned = np.array([account.status == "banned" for account in people.accounts])[owner]
    frame = pl.DataFrame({
        "api_key_id": key_names(plan, owner, place), "account_id": plan.text["account_id"].gather(owner),
        "created_at": timestamps(plan, created), "revoked_at": timestamps(plan, revoked),
    })  # fmt: skip
    return frame.with_columns(
        pl.when(pl.Series(live & ~banned))
        .then(None)
        .otherwise(pl.col("revoked_at"))
        .alias("revoked_at")
    )


def model_releases(plan: Frozen) -> pl.DataFrame:
    """model_releases: every model on offer."""
    models = plan.world.models
    return pl.DataFrame({
        "model": _text([model.name for model in models]),
        "released_at": _times(plan, [model.released for model in models]),
    })  # fmt: skip


def signups(plan: Frozen, people: Population) -> pl.DataFrame:
    """The sign-up sighting of every account made inside the window or shortly before."""
    rows = [place for place, a in enumerate(people.accounts) if a.created > -30 * DAY]
    chosen = [people.accounts[place] for place in rows]
    client = [a.clients[-1] if a.clients else 0 for a in chosen]
    return pl.DataFrame({
        "account_id": plan.text["account_id"].gather(rows), "ts": _times(plan, [a.created for a in chosen]),
        "kind": _text(["signup"] * len(rows)),
        "ip": plan.text["ip"].gather([a.signup_ip for a in chosen]),
        "asn": plan.text["asn"].gather([a.signup_ip for a in chosen]),
        "country": plan.text["country"].gather([a.signup_ip for a in chosen]),
        "user_agent": plan.text["agent"].gather(client), "tls_fingerprint": plan.text["tls"].gather(client),
        "device_id": _text([a.devices[0] if a.devices else None for a in chosen]),
    })  # fmt: skip


def truth(world: World, people: Population) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is what: accounts and groups; never part of an extract."""
    groups = world.groups
    of = [groups[a.group] if a.group >= 0 else None for a in people.accounts]
    members = pl.DataFrame({
        "account_id": _text(people.ids), "group_id": _text([g.group_id if g else None for g in of]),
        "kind": _text([g.kind if g else a.kind for g, a in zip(of, people.accounts, strict=True)]),
        "level": pl.Series([g.level if g else None for g in of], dtype=pl.Int32),
        "is_campaign": pl.Series([g is not None and g.kind == "campaign" for g in of], dtype=pl.Boolean),
    })  # fmt: skip
    volume = [0] * len(groups)
    for account, count in zip(people.accounts, people.counts, strict=True):
        if account.group >= 0:
            volume[account.group] += int(count)
    table = pl.DataFrame({
        "group_id": _text([g.group_id for g in groups]), "kind": _text([g.kind for g in groups]),
        "level": pl.Series([g.level for g in groups], dtype=pl.Int32),
        "style": _text([g.style for g in groups]),
        "accounts": pl.Series([g.size for g in groups], dtype=pl.Int64),
        "exchanges": pl.Series(volume, dtype=pl.Int64),
    })  # fmt: skip
    return members, table


def _text(values: list[str | None] | list[str]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _times(plan: Frozen, seconds: list[float] | list[float | None]) -> pl.Series:
    known = np.array([at is not None for at in seconds], dtype=bool)
    moments = timestamps(
        plan, np.array([0.0 if at is None else at for at in seconds], dtype=np.float64)
    )
    return pl.select(pl.when(pl.Series(known, dtype=pl.Boolean)).then(moments)).to_series()
