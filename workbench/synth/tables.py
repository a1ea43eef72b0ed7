"""The small tables of an extract, the truth beside it, and what an extract leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from workbench.synth.exchanges import key_names, timestamps
from workbench.synth.frozen import Frozen
from workbench.synth.population import Population
from workbench.synth.rhythms import DAY
from workbench.synth.world import World

# What each omission takes away: (table, columns); no columns: the whole table.
_OMISSIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "accounts": (("accounts", ()),),
    "payments": (("payments", ()),),
    "sightings": (("sightings", ()),),
    "api_keys": (("api_keys", ()),),
    "model_releases": (("model_releases", ()),),
    "prompts": (("exchanges", ("system_prompt", "prompt", "response")),),
    "only_hashes": (("exchanges", ("system_prompt", "prompt", "response")),),
    "ips": (
        ("exchanges", ("ip",)),
        ("sightings", ("ip", "asn", "country")),
        ("accounts", ("signup_ip",)),
    ),
    "tls": (("exchanges", ("tls_fingerprint",)), ("sightings", ("tls_fingerprint",))),
    "clients": (
        ("exchanges", ("user_agent", "tls_fingerprint")),
        ("sightings", ("user_agent", "tls_fingerprint")),
    ),
    "devices": (("exchanges", ("device_id",)), ("sightings", ("device_id",))),
    "emails": (("accounts", ("email",)),),
    "sessions": (("exchanges", ("session_id",)),),
}


def leave_out(table: str, frame: pl.DataFrame, omit: tuple[str, ...]) -> pl.DataFrame | None:
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
    return pl.DataFrame(
        {
            "account_id": text["account_id"],
            "created_at": time_column(plan, [a.created for a in rows]),
            "email": text_column([a.email for a in rows]),
            "org_id": text_column([a.org_id for a in rows]),
            "plan": text_column([a.plan for a in rows]),
            "channel": text_column([a.channel for a in rows]),
            "country": text_column([a.country for a in rows]),
            "signup_ip": text["ip"].gather([a.signup_ip for a in rows]),
            "phone_hash": text_column([a.phone for a in rows]),
            "referral": text_column([a.referral for a in rows]),
            "status": text_column([a.status for a in rows]),
            "status_at": time_column(plan, [a.status_at for a in rows]),
            "verified": pl.Series([a.verified for a in rows]),
        }
    )


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
    frame = pl.DataFrame(
        {
            "api_key_id": key_names(plan, owner, place),
            "account_id": plan.text["account_id"].gather(owner),
            "created_at": timestamps(plan, created),
            "revoked_at": timestamps(plan, revoked),
        }
    )
    return frame.with_columns(
        pl.when(pl.Series(live & ~banned))
        .then(None)
        .otherwise(pl.col("revoked_at"))
        .alias("revoked_at")
    )


def model_releases(plan: Frozen) -> pl.DataFrame:
    """model_releases: every model on offer."""
    models = plan.world.models
    return pl.DataFrame(
        {
            "model": text_column([model.name for model in models]),
            "released_at": time_column(plan, [model.released for model in models]),
        }
    )


def signups(plan: Frozen, people: Population) -> pl.DataFrame:
    """The sign-up sighting of every account made inside the window or shortly before."""
    rows = [place for place, a in enumerate(people.accounts) if a.created > -30 * DAY]
    chosen = [people.accounts[place] for place in rows]
    client = [a.clients[-1] if a.clients else 0 for a in chosen]
    return pl.DataFrame(
        {
            "account_id": plan.text["account_id"].gather(rows),
            "ts": time_column(plan, [a.created for a in chosen]),
            "kind": text_column(["signup"] * len(rows)),
            "ip": plan.text["ip"].gather([a.signup_ip for a in chosen]),
            "asn": plan.text["asn"].gather([a.signup_ip for a in chosen]),
            "country": plan.text["country"].gather([a.signup_ip for a in chosen]),
            "user_agent": plan.text["agent"].gather(client),
            "tls_fingerprint": plan.text["tls"].gather(client),
            "device_id": text_column([a.devices[0] if a.devices else None for a in chosen]),
        }
    )


def truth(world: World, people: Population) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is what: accounts and groups; never part of an extract."""
    groups = world.groups
    of = [groups[a.group] if a.group >= 0 else None for a in people.accounts]
    members = pl.DataFrame(
        {
            "account_id": text_column(people.ids),
            "group_id": text_column([g.group_id if g else None for g in of]),
            "kind": text_column(
                [g.kind if g else a.kind for g, a in zip(of, people.accounts, strict=True)]
            ),
            "level": pl.Series([g.level if g else None for g in of], dtype=pl.Int32),
            "is_campaign": pl.Series(
                [g is not None and g.kind == "campaign" for g in of], dtype=pl.Boolean
            ),
        }
    )
    volume = [0] * len(groups)
    for account, count in zip(people.accounts, people.counts, strict=True):
        if account.group >= 0:
            volume[account.group] += int(count)
    table = pl.DataFrame(
        {
            "group_id": text_column([g.group_id for g in groups]),
            "kind": text_column([g.kind for g in groups]),
            "level": pl.Series([g.level for g in groups], dtype=pl.Int32),
            "style": text_column([g.style for g in groups]),
            "accounts": pl.Series([g.size for g in groups], dtype=pl.Int64),
            "exchanges": pl.Series(volume, dtype=pl.Int64),
        }
    )
    return members, table


def text_column(values: Sequence[str | None]) -> pl.Series:
    """A string column."""
    return pl.Series(values, dtype=pl.String)


def time_column(plan: Frozen, seconds: Sequence[float | None]) -> pl.Series:
    """Seconds after the start as times; None stays null."""
    known = np.array([at is not None for at in seconds], dtype=bool)
    moments = timestamps(
        plan, np.array([0.0 if at is None else at for at in seconds], dtype=np.float64)
    )
    return pl.select(pl.when(pl.Series(known, dtype=pl.Boolean)).then(moments)).to_series()
