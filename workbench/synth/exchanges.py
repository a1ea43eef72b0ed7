"""Columns of the exchanges of a chunk: models, tokens, timing, network, texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.synth.dice import Floats, Ints, mix
from workbench.synth.frozen import Frozen
from workbench.synth.traffic import Rows, Wording, prompt_text, row_ids, skeleton, wording

Bools = npt.NDArray[np.bool_]
_TOKENS_PER_CHAR = np.array([0.27, 0.95, 0.31, 0.33, 0.32, 0.9, 0.45, 0.5, 0.31, 0.8])
_MINI = (1, 4)


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
    columns |= _tokens(plan, rows, words, model)
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
    return {"session_id": _only(session, named), "api_key_id": _only(key, count > 0)}


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
    mini = usual == _MINI[0]
    moved = rows.at >= np.where(mini, released[4], released[3]) + delay
    loyal = rows.by_session.uniform("loyal") < 0.93
    return np.where(moved & loyal, np.where(mini, 4, 3), usual)


def _operation(plan: Frozen, rows: Rows) -> pl.Series:
    old = (mix(plan.keys ^ np.uint64(11)) % np.uint64(9) == 0)[rows.owner]
    plain = old & (plan.work["session_ids"][rows.work] == 0)
    return pl.Series(["chat", "completion"]).gather(plain.astype(np.int64))


def _tokens(plan: Frozen, rows: Rows, words: Wording, model: Ints) -> dict[str, pl.Series]:
    work = {name: plan.work[name][rows.work] for name in ("hidden", "hidden_spread", "out", "out_spread", "max_tokens", "n_tools", "tools", "system", "language", "reasoning", "temperature", "streaming", "turns")}  # fmt: skip
    draws, turn = rows.draws, np.minimum(rows.turn, 40)
    rate = _TOKENS_PER_CHAR[work["language"].astype(np.int64)]
    has_tools = work["tools"] >= 0
    hidden = np.where(
        work["hidden"] > 0,
        np.exp(work["hidden"] + work["hidden_spread"] * rows.by_session.normal("hidden")),
        0.0,
    )
    fixed = 40.0 * (work["system"] >= 0) + 160.0 * work["n_tools"] * has_tools + hidden
    sent = words.chars * rate + 4 + fixed + turn * (60 + 0.8 * np.exp(work["out"]))
    answered = np.maximum(np.exp(work["out"] + work["out_spread"] * draws.normal("out")), 1.0)
    limit = work["max_tokens"]
    cut = (limit > 0) & (answered > limit)
    answered = np.where(cut, limit, answered)
    status = _status(plan, rows)
    fine = status == 200
    output = np.where(fine, np.floor(answered), 0).astype(np.int64)
    given = np.minimum(np.floor(sent), 180_000).astype(np.int64)
    cached = np.where(
        (turn > 0) | ((fixed > 900) & (draws.uniform("cache") < 0.5)),
        np.floor(0.8 * (given - words.chars * rate)),
        0,
    )
    thinks = (work["reasoning"] > 0) & (model >= 2)
    thought = np.floor(output * work["reasoning"] * draws.uniform("think")).astype(np.int64)
    ttft = np.floor(np.exp(5.9 + 0.35 * draws.normal("ttft")) + given * 0.02)
    speed = np.where(np.isin(model, _MINI), 7.0, 17.0) * (0.75 + 0.5 * draws.uniform("speed"))
    called = has_tools & (draws.uniform("call") < 0.55)
    reason = np.where(cut, 1, np.where(called, 2, 0))
    out = {
        "input_tokens": pl.Series(given), "output_tokens": pl.Series(output),
        "cached_tokens": pl.Series(np.maximum(cached, 0).astype(np.int64)),
        "reasoning_tokens": _only(pl.Series(thought), thinks),
        "latency_ms": pl.Series(np.floor(ttft + output * speed * fine).astype(np.int64)),
        "ttft_ms": _only(pl.Series(ttft.astype(np.int64)), fine),
        "status": pl.Series(status.astype(np.int32)),
        "finish_reason": _only(pl.Series(["stop", "length", "tool_use"]).gather(reason), fine),
        "stream": pl.Series(draws.uniform("stream?") < work["streaming"]),
        "n_messages": pl.Series((1 + 2 * turn + (work["system"] >= 0)).astype(np.int32)),
        "n_tools": pl.Series((work["n_tools"] * has_tools).astype(np.int32)),
        "max_tokens": _only(pl.Series(limit.astype(np.int32)), limit > 0),
        "temperature": _only(pl.Series(work["temperature"]), work["temperature"] >= 0),
    }  # fmt: skip
    if plan.world.config.cost:
        price_in = np.array([m.price_in for m in plan.world.models])[model]
        price_out = np.array([m.price_out for m in plan.world.models])[model]
        cost = (given * price_in + output * price_out) * fine
        out["cost_usd"] = pl.Series(np.rint(cost) / 1e6)
    return out


def _status(plan: Frozen, rows: Rows) -> Ints:
    """HTTP status: few errors in general, many while the service is down."""
    luck = rows.draws.uniform("status")
    status = np.where(
        luck < 0.002, 400, np.where(luck < 0.006, 500, np.where(luck < 0.017, 429, 200))
    )
    for outage in plan.world.temper.outages:
        down = (rows.at >= outage) & (rows.at < outage + 2400) & (luck < 0.6)
        status = np.where(down, 503, status)
    return status


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
        "ip": _taken(plan.text["ip"], ip), "asn": _taken(plan.text["asn"], ip),
        "country": _taken(plan.text["country"], ip),
        "user_agent": _taken(plan.text["agent"], client), "tls_fingerprint": _taken(plan.text["tls"], client),
        "device_id": _taken(plan.text["device"], np.where(seen, device, -1)),
        "device": _taken(plan.text["device"], device),
    }  # fmt: skip


def _texts(plan: Frozen, rows: Rows, words: Wording, output: Ints) -> dict[str, pl.Series]:
    config = plan.world.config
    system = plan.work["system"][rows.work].astype(np.int64)
    tools = plan.work["tools"][rows.work].astype(np.int64)
    out = {
        "system_prompt_hash": _taken(plan.text["system_hash"], system),
        "tools_hash": _taken(plan.text["tools"], tools),
    }
    if not config.text:
        return out
    # Some paying customers have their texts kept out of the logs.
    silent = (plan.account["discreet"][rows.owner] > 0) & (
        (plan.keys[rows.owner] % np.uint64(8)) == 0
    )
    out["system_prompt"] = _taken(plan.text["system"], np.where(silent, -1, system))
    out["prompt"] = _only(prompt_text(plan, words), ~silent)
    if config.response_share > 0:
        told = (rows.draws.uniform("told") < config.response_share) & ~silent & (output > 0)
        out["response"] = _taken(
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
    full = pl.DataFrame({
        "account_id": frame["account_id"], "ts": frame["ts"],
        "kind": pl.Series(["login", "api"]).gather(kinds), "ip": network["ip"], "asn": network["asn"],
        "country": network["country"], "user_agent": network["user_agent"],
        "tls_fingerprint": network["tls_fingerprint"], "device_id": network["device_id"],
    })  # fmt: skip
    return full.with_columns(pl.col("ts") - timedelta(milliseconds=40)).filter(pl.Series(seen))


def _taken(values: pl.Series, index: Ints) -> pl.Series:
    """Values by index; null where the index is negative."""
    known = index >= 0
    if not len(values) or not known.any():
        return pl.Series([None] * len(index), dtype=values.dtype)
    return _only(values.gather(np.maximum(index, 0)), known)


def _only(values: pl.Series, keep: Bools) -> pl.Series:
    """The values where `keep`, null elsewhere."""
    if keep.all():
        return values
    return pl.select(pl.when(pl.Series(keep)).then(values)).to_series()
