"""Columns of the exchanges of a chunk: models, tokens, timing, network, texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from workbench.synth.dice import Floats, Ints, mix
from workbench.synth.frozen import Frozen
from workbench.synth.masks import only, taken
from workbench.synth.metering import MINI, metered
from workbench.synth.traffic import Rows, Wording, prompt_text, row_ids, skeleton, wording


def chunks(plan: Frozen) -> Iterator[tuple[int, int]]:
    """Runs of whole accounts with about `chunk_rows` exchanges each."""
    ends = np.cumsum(plan.counts)
    low, size = 0, plan.world.config.chunk_rows
    while low < len(ends):
        done = int(ends[low - 1]) if low else 0
        high = max(int(np.searchsorted(ends, done + size, side="right")), low + 1)
        yield low, high
        low = high


def table(plan: Frozen, low: int, high: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Exchanges and the sightings that go with them, for accounts low..high-1."""
    rows = skeleton(plan, low, high)
    words = wording(plan, rows)
    model = _models(plan, rows)
    columns: dict[str, pl.Series] = {}
    if plan.world.config.exchange_ids:
        columns["exchange_id"] = row_ids(mix(rows.draws.keys))
    columns["account_id"] = plan.text["account_id"].gather(rows.owner)
    columns["ts"] = timestamps(plan, rows.at)
    columns |= _session(plan, rows)
    columns["model"] = plan.text["model"].gather(model)
    columns["operation"] = _operation(plan, rows)
    columns |= metered(plan, rows, words, model)
    network = _network(plan, rows)
    columns |= {
        name: network[name] for name in ("ip", "user_agent", "tls_fingerprint", "device_id")
    }
    columns |= _texts(plan, rows, words, columns["output_tokens"].to_numpy())
    frame = pl.DataFrame(columns)
    return frame, _sightings(plan, rows, frame, network)


def timestamps(plan: Frozen, seconds: Floats) -> pl.Series:
    """Seconds after the start as naive UTC microseconds."""
    start = pl.Series([plan.world.config.start]).cast(pl.Datetime("us")).cast(pl.Int64)[0]
    micros = np.rint(seconds * 1000.0).astype(np.int64) * 1000 + start
    return pl.Series(micros).cast(pl.Datetime("us"))


def _session(plan: Frozen, rows: Rows) -> dict[str, pl.Series]:
    named = plan.work["session_ids"][rows.work] > 0
    short = (mix(rows.by_session.keys ^ np.uint64(7)) >> np.uint64(30)).astype(np.int64)
    session = pl.DataFrame({"s": short}).select(pl.format("s{}", pl.col("s"))).to_series()
    count = plan.account["keys"][rows.owner]
    first, last = plan.account["first"][rows.owner], plan.account["last"][rows.owner]
    place = np.clip(
        ((rows.at - first) / (last - first) * count).astype(np.int64),
        0,
        np.maximum(count - 1, 0).astype(np.int64),
    )
    key = key_names(plan, rows.owner, place)
    return {"session_id": only(session, named), "api_key_id": only(key, count > 0)}


def key_names(plan: Frozen, owner: Ints, place: Ints) -> pl.Series:
    """Ids of API keys: the account's key and the key's number under it, mixed."""
    bits = mix(plan.keys[owner] ^ (place.astype(np.uint64) + np.uint64(0xA91)))
    short = (bits >> np.uint64(24)).astype(np.int64)
    return pl.DataFrame({"k": short}).select(pl.format("key_{}", pl.col("k"))).to_series()


def _models(plan: Frozen, rows: Rows) -> Ints:
    """The usual model, until the account's pivot after a release; minis stay minis."""
    count = plan.models.count[rows.owner]
    usual = plan.models.pick(rows.owner, rows.by_session.below("model", count))
    released = [model.released for model in plan.world.models]
    delay = plan.account["pivot"][rows.owner] * 3600.0
    mini = usual == MINI[0]
    moved = rows.at >= np.where(mini, released[4], released[3]) + delay
    loyal = rows.by_session.uniform("loyal") < 0.93
    return np.where(moved & loyal, np.where(mini, 4, 3), usual)


def _operation(plan: Frozen, rows: Rows) -> pl.Series:
    old = (mix(plan.keys ^ np.uint64(11)) % np.uint64(9) == 0)[rows.owner]
    plain = old & (plan.work["session_ids"][rows.work] == 0)
    return pl.Series(["chat", "completion"]).gather(plain.astype(np.int64))


def _network(plan: Frozen, rows: Rows) -> dict[str, pl.Series]:
    owner, session = rows.owner, rows.by_session
    first, last = plan.account["first"][owner], plan.account["last"][owner]
    lease = ((rows.at - first) / (last - first) * plan.homes.count[owner]).astype(np.int64)
    home = plan.homes.pick(owner, np.maximum(lease, 0))
    away = plan.others.pick(owner, session.below("away", plan.others.count[owner]))
    roams = (session.uniform("roam") < plan.account["roam"][owner]) & (away >= 0)
    ip = np.where(roams | (home < 0), away, home)
    place = (plan.clients.count[owner] * session.uniform("client") ** 1.8).astype(np.int64)
    client = plan.clients.pick(owner, place)
    device = plan.devices.pick(owner, place)
    browser = np.asarray(plan.text["agent"].str.starts_with("Mozilla").to_numpy())
    seen = (device >= 0) & (client >= 0)
    seen &= browser[np.maximum(client, 0)]
    return {
        "ip": taken(plan.text["ip"], ip),
        "asn": taken(plan.text["asn"], ip),
        "country": taken(plan.text["country"], ip),
        "user_agent": taken(plan.text["agent"], client),
        "tls_fingerprint": taken(plan.text["tls"], client),
        "device_id": taken(plan.text["device"], np.where(seen, device, -1)),
        "device": taken(plan.text["device"], device),
    }


def _texts(plan: Frozen, rows: Rows, words: Wording, output: Ints) -> dict[str, pl.Series]:
    config = plan.world.config
    system = plan.work["system"][rows.work].astype(np.int64)
    tools = plan.work["tools"][rows.work].astype(np.int64)
    out = {
        "system_prompt_hash": taken(plan.text["system_hash"], system),
        "tools_hash": taken(plan.text["tools"], tools),
    }
    if not config.text:
        return out
    # Some paying customers have their texts kept out of the logs.
    silent = (plan.account["discreet"][rows.owner] > 0) & (
        (plan.keys[rows.owner] % np.uint64(8)) == 0
    )
    out["system_prompt"] = taken(plan.text["system"], np.where(silent, -1, system))
    out["prompt"] = only(prompt_text(plan, words), ~silent)
    if config.response_share > 0:
        told = (rows.draws.uniform("told") < config.response_share) & ~silent & (output > 0)
        out["response"] = taken(
            plan.text["piece"], np.where(told, _answers(plan, rows, output), -1)
        )
    return out


def _answers(plan: Frozen, rows: Rows, output: Ints) -> Ints:
    """Index of an answer whose length goes with the tokens answered."""
    kind = plan.work["reply"][rows.work].astype(np.int64)
    language = plan.work["language"][rows.work].astype(np.int64)
    start, count = plan.replies[kind, language, 0], plan.replies[kind, language, 1]
    rank = np.clip(
        np.log(np.maximum(output, 1.0)) / 8.0 + 0.25 * (rows.draws.uniform("answer") - 0.5),
        0.0,
        0.999,
    )
    return np.asarray(start + (rank * count).astype(np.int64))


def _sightings(
    plan: Frozen, rows: Rows, frame: pl.DataFrame, network: dict[str, pl.Series]
) -> pl.DataFrame:
    """A tenth of the sessions' first requests, seen at the edge."""
    seen = (rows.turn == 0) & (rows.by_session.uniform("seen") < 0.1)
    kinds = np.where(plan.account["keys"][rows.owner] > 0, 1, 0)
    full = pl.DataFrame(
        {
            "account_id": frame["account_id"],
            "ts": frame["ts"],
            "kind": pl.Series(["login", "api"]).gather(kinds),
            "ip": network["ip"],
            "asn": network["asn"],
            "country": network["country"],
            "user_agent": network["user_agent"],
            "tls_fingerprint": network["tls_fingerprint"],
            "device_id": network["device_id"],
        }
    )
    return full.with_columns(pl.col("ts") - timedelta(milliseconds=40)).filter(pl.Series(seen))
