"""Puts a foreign world together and writes it as an export would look."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl

from tests.benchmarks.detection.foreign.account import Account, Town
from tests.benchmarks.detection.foreign.campaigns import campaign
from tests.benchmarks.detection.foreign.crowds import CROWDS, single
from tests.benchmarks.detection.foreign.real import RealText
from tests.benchmarks.detection.foreign.shape import Rows, drawn, worn

_START = datetime(2026, 2, 3)  # noqa: DTZ001  every time of an extract is naive UTC


def foreign(folder: Path, seed: int, accounts: int, omit: str = "") -> None:
    """Write the tables of a world and `truth/accounts.parquet` below a folder.

    `omit` names what the exporter had not: payments, prompts, hashes (prompts only as hashes),
    ips, tls, accounts, orgs.
    """
    rng = Random(f"foreign {seed}")
    town = Town(rng, rng.choice([14, 30, 45]))
    everybody = _campaigns(town, rng, accounts)
    everybody += _crowds(town, rng, accounts - len(everybody))
    tables = _tables(town, everybody, rng)
    _write(folder, tables, omit)
    _tell(folder, everybody)


def varied(folder: Path, seed: int, accounts: int, omit: str = "", texts: str = "") -> None:
    """As `foreign`, with every outer figure drawn and, from a folder, real text for prompts."""
    rng = Random(f"varied {seed}")
    shape = drawn(rng, accounts)
    town = Town(rng, shape.days, RealText(Path(texts)) if texts else None)
    everybody: list[Account] = []
    for place, (size, level) in enumerate(shape.campaigns):
        everybody += campaign(town, rng, size, level, f"op{place}")
    everybody += _crowds(town, rng, accounts - len(everybody))
    for account in everybody:
        account.requests = max(1, round(account.requests * shape.busy))
    tables = _tables(town, everybody, rng)
    worn(shape, tables, rng)
    _write(folder, tables, omit)
    _tell(folder, everybody)


def _tables(town: Town, everybody: list[Account], rng: Random) -> dict[str, Rows]:
    rng.shuffle(everybody)
    tables = {"accounts": _accounts(everybody, rng), "payments": _payments(town, everybody, rng)}
    tables["requests"], tables["sightings"] = _traffic(town, everybody, rng)
    return tables


def _tell(folder: Path, everybody: list[Account]) -> None:
    truth = pl.DataFrame(
        [(a.id, a.group, a.kind, a.level, a.kind == "campaign") for a in everybody],
        schema={
            "account_id": pl.String,
            "group_id": pl.String,
            "kind": pl.String,
            "level": pl.Int64,
            "is_campaign": pl.Boolean,
        },
        orient="row",
    )
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    truth.write_parquet(folder / "truth" / "accounts.parquet")


def _campaigns(town: Town, rng: Random, accounts: int) -> list[Account]:
    out: list[Account] = []
    levels = [0, 1, 2, 3, 3, 4, rng.choice([1, 2, 3])]
    for place, level in enumerate(levels):
        small = rng.random() < 0.45 and level != 4
        size = rng.randint(8, 30) if small else round(accounts * rng.uniform(0.012, 0.05))
        out += campaign(town, rng, max(size, 40 if level == 4 else 8), level, f"op{place}")
    return out


def _crowds(town: Town, rng: Random, wanted: int) -> list[Account]:
    out: list[Account] = []
    names = list(CROWDS)
    share, number = rng.uniform(0.25, 0.5), 0
    while len(out) < share * wanted:
        # Every crowd once, then by weight.
        name = (
            names[number]
            if number < len(names)
            else rng.choices(names, [CROWDS[n][1] for n in names])[0]
        )
        build, _, small, large = CROWDS[name]
        size = min(round(rng.triangular(small, large, small)), max(small, wanted // 12))
        for account in build(town, rng, size):
            account.kind, account.group = name, f"{name}{number}"
            out.append(account)
        number += 1
    return out + [single(town, rng) for _ in range(wanted - len(out))]


def _time(seconds: float) -> datetime:
    return _START + timedelta(microseconds=round(seconds * 1e6))


def _accounts(everybody: list[Account], rng: Random) -> Rows:
    rows: Rows = defaultdict(list)
    for a in everybody:
        rows["account_id"].append(a.id)
        rows["created_at"].append(_time(a.created).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        rows["email"].append(a.email)
        rows["org_id"].append(a.org)
        rows["plan"].append(a.plan)
        rows["channel"].append(a.channel)
        rows["country"].append(rng.choice(["US", "DE", "CN", "IN", "BR", "SG"]))
        rows["signup_ip"].append(a.signup_ip)
        rows["phone_hash"].append(a.phone)
        rows["referral"].append(a.referral)
        rows["status"].append("banned" if a.banned_at else "active")
        rows["status_at"].append(_time(a.banned_at).isoformat() + "Z" if a.banned_at else None)
        rows["verified"].append(a.verified)
    return rows


def _payments(town: Town, everybody: list[Account], rng: Random) -> Rows:
    rows: Rows = defaultdict(list)
    for a in everybody:
        for number in range(rng.randint(1, 3) if a.cards else 0):
            card = rng.choice(a.cards)
            at = min(max(0.0, a.created) + number * 10 * 86400 + rng.uniform(0, 3600), town.span)
            rows["payment_id"].append(f"ch_{rng.getrandbits(60):x}")
            rows["account_id"].append(a.id)
            rows["ts"].append(_time(at).isoformat())
            rows["instrument_fingerprint"].append(card[0])
            rows["kind"].append("card")
            rows["bin"].append(card[1])
            rows["funding"].append(card[2])
            rows["amount_minor"].append(a.amount)
            rows["currency"].append("USD")
            rows["status"].append("succeeded" if rng.random() < 0.95 else "failed")
            rows["name_hash"].append(card[3])
    return rows


def _traffic(town: Town, everybody: list[Account], rng: Random) -> tuple[Rows, Rows]:
    rows: Rows = defaultdict(list)
    seen: Rows = defaultdict(list)
    for a in everybody:
        own = Random(f"{a.id} traffic")
        cover = round(a.requests * a.cover[0]) if a.cover else 0
        times = [(t, a.writer) for t in a.clock(own, a.requests - cover, a.first, a.last)]
        if a.cover:
            times += [(t, a.cover[1]) for t in a.cover[2](own, cover, a.first, a.last)]
        session, left = "", 0
        for number, (at, writer) in enumerate(sorted(times, key=lambda pair: pair[0])):
            if left <= 0:
                session, left = (
                    f"{own.getrandbits(64):x}",
                    1 + int(own.expovariate(1 / max(a.turns - 1, 1e-3))),
                )
            left -= 1
            text = writer(own, number)
            _exchange(rows, a, own, at, text, session, town)
        for number in range(own.randint(1, 4)):
            client = own.choice(a.clients) if a.clients else (None, None)
            seen["account_id"].append(a.id)
            seen["ts"].append(_time(own.uniform(a.first, a.last)))
            seen["kind"].append("login" if number else "signup")
            seen["ip"].append(own.choice(a.ips) if number else a.signup_ip)
            seen["user_agent"].append(client[0])
            seen["tls_fingerprint"].append(client[1])
            seen["device_id"].append(own.choice(a.devices) if a.devices else None)
    return rows, seen


def _exchange(
    rows: Rows, a: Account, own: Random, at: float, text: str, session: str, town: Town
) -> None:
    client = own.choice(a.clients) if a.clients else (None, None)
    after = at - town.release
    new = a.pivot is not None and after > 3600 * a.pivot and own.random() < 0.8
    model = "m-4-large" if new else own.choices(["m-3-large", "m-3-small", "m-2"], a.models)[0]
    rows["account_id"].append(a.id)
    rows["ts"].append(_time(at))
    rows["session_id"].append(session)
    rows["api_key_id"].append(f"k{a.id[-6:]}{own.randrange(a.keys)}")
    rows["model"].append(model)
    rows["input_tokens"].append(max(3, round(len(text) / 3.6 * own.lognormvariate(0, 0.1))))
    rows["output_tokens"].append(max(1, round(own.lognormvariate(*a.out))))
    rows["status"].append(200 if own.random() < 0.97 else own.choice([429, 500]))
    rows["ip"].append(own.choice(a.ips))
    rows["user_agent"].append(client[0])
    rows["tls_fingerprint"].append(client[1])
    rows["system_prompt_hash"].append(own.choice(a.systems))
    rows["tools_hash"].append(own.choice(a.tools))
    rows["prompt"].append(text)


_LOST = {
    "ips": ("ip", "signup_ip"),
    "tls": ("tls_fingerprint",),
    "prompts": ("prompt",),
    "hashes": ("prompt",),
    "orgs": ("org_id", "verified", "channel"),
    "clients": ("user_agent", "tls_fingerprint", "device_id"),
}


def _write(folder: Path, tables: dict[str, Rows], omit: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if omit == "hashes":
        tables["requests"]["prompt_hash"] = [
            hashlib.sha1((text or "").encode()).hexdigest() for text in tables["requests"]["prompt"]
        ]
    for name, rows in tables.items():
        kept = {
            column: cells for column, cells in rows.items() if column not in _LOST.get(omit, ())
        }
        frame = pl.DataFrame(kept, infer_schema_length=None)
        if name == omit:
            continue
        if name == "accounts":
            frame.write_csv(folder / "accounts.csv")
        elif name == "payments":
            frame.write_ndjson(folder / "payments.jsonl")
        elif name == "sightings":
            frame.write_parquet(folder / "sightings.parquet")
        else:
            half = len(frame) // 2
            frame[:half].write_parquet(folder / "exchanges_1.parquet")
            frame[half:].write_parquet(folder / "exchanges_2.parquet")
