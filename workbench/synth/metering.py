"""What the gateway measures of an exchange: tokens, times, status, price."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.synth.dice import Floats, Ints
from workbench.synth.frozen import Frozen
from workbench.synth.masks import Bools, only
from workbench.synth.traffic import Rows, Wording

MINI = (1, 4)  # indices of the small models
_TOKENS_PER_CHAR = np.array([0.27, 0.95, 0.31, 0.33, 0.32, 0.9, 0.45, 0.5, 0.31, 0.8])
_LONGEST = 180_000
_OUTAGE = 2_400.0  # seconds


def metered(plan: Frozen, rows: Rows, words: Wording, model: Ints) -> dict[str, pl.Series]:
    """The numeric columns of the exchanges and what goes with them."""
    work = {name: column[rows.work] for name, column in plan.work.items()}
    status = _status(plan, rows)
    fine = status == 200
    given, cached = _input(work, rows, words)
    output, cut = _output(work, rows, fine)
    out = {
        "input_tokens": pl.Series(given),
        "output_tokens": pl.Series(output),
        "cached_tokens": pl.Series(cached),
        "reasoning_tokens": _reasoning(work, rows, output, model),
    }
    out |= _times(rows, given, output, model, fine)
    out |= {"status": pl.Series(status.astype(np.int32))} | _request(work, rows, cut, fine)
    if plan.world.config.cost:
        price_in = np.array([entry.price_in for entry in plan.world.models])[model]
        price_out = np.array([entry.price_out for entry in plan.world.models])[model]
        out["cost_usd"] = pl.Series(np.rint((given * price_in + output * price_out) * fine) / 1e6)
    return out


def _status(plan: Frozen, rows: Rows) -> Ints:
    """HTTP status: few errors in general, many while the service is down."""
    luck = rows.draws.uniform("status")
    status = np.full(len(luck), 200, dtype=np.int64)
    for limit, code in ((0.017, 429), (0.006, 500), (0.002, 400)):
        status[luck < limit] = code
    for outage in plan.world.temper.outages:
        status[(rows.at >= outage) & (rows.at < outage + _OUTAGE) & (luck < 0.6)] = 503
    return status


def _input(work: dict[str, Floats], rows: Rows, words: Wording) -> tuple[Ints, Ints]:
    """Input and cached tokens: the prompt, what it drags along, and the conversation so far."""
    turn = np.minimum(rows.turn, 40)
    prompt = words.chars * _TOKENS_PER_CHAR[work["language"].astype(np.int64)]
    unseen = np.exp(work["hidden"] + work["hidden_spread"] * rows.by_session.normal("hidden"))
    fixed = np.where(work["hidden"] > 0, unseen, 0.0) + 40.0 * (work["system"] >= 0)
    fixed += 160.0 * work["n_tools"] * (work["tools"] >= 0)
    history = turn * (60 + 0.8 * np.exp(work["out"]))
    given = np.minimum(np.floor(prompt + 4 + fixed + history), _LONGEST).astype(np.int64)
    reused = (turn > 0) | ((fixed > 900) & (rows.draws.uniform("cache") < 0.5))
    cached = np.where(reused, np.maximum(np.floor(0.8 * (given - prompt)), 0), 0)
    return given, cached.astype(np.int64)


def _output(work: dict[str, Floats], rows: Rows, fine: Bools) -> tuple[Ints, Bools]:
    """Output tokens, and whether the limit asked for cut them."""
    answered = np.exp(work["out"] + work["out_spread"] * rows.draws.normal("out"))
    cut = (work["max_tokens"] > 0) & (answered > work["max_tokens"])
    answered = np.maximum(np.where(cut, work["max_tokens"], answered), 1.0)
    return np.where(fine, np.floor(answered), 0).astype(np.int64), cut


def _reasoning(work: dict[str, Floats], rows: Rows, output: Ints, model: Ints) -> pl.Series:
    thought = np.floor(output * work["reasoning"] * rows.draws.uniform("think")).astype(np.int64)
    return only(pl.Series(thought), (work["reasoning"] > 0) & (model >= 2))


def _times(rows: Rows, given: Ints, output: Ints, model: Ints, fine: Bools) -> dict[str, pl.Series]:
    draws = rows.draws
    ttft = np.floor(np.exp(5.9 + 0.35 * draws.normal("ttft")) + given * 0.02)
    speed = np.where(np.isin(model, MINI), 7.0, 17.0) * (0.75 + 0.5 * draws.uniform("speed"))
    return {
        "latency_ms": pl.Series(np.floor(ttft + output * speed * fine).astype(np.int64)),
        "ttft_ms": only(pl.Series(ttft.astype(np.int64)), fine),
    }


def _request(work: dict[str, Floats], rows: Rows, cut: Bools, fine: Bools) -> dict[str, pl.Series]:
    """How the answer ended and what the request asked for."""
    has_tools = work["tools"] >= 0
    called = has_tools & (rows.draws.uniform("call") < 0.55)
    reason = np.where(cut, 1, np.where(called, 2, 0))
    turn = np.minimum(rows.turn, 40)
    limit = work["max_tokens"]
    return {
        "finish_reason": only(pl.Series(["stop", "length", "tool_use"]).gather(reason), fine),
        "stream": pl.Series(rows.draws.uniform("stream?") < work["streaming"]),
        "n_messages": pl.Series((1 + 2 * turn + (work["system"] >= 0)).astype(np.int32)),
        "n_tools": pl.Series((work["n_tools"] * has_tools).astype(np.int32)),
        "max_tokens": only(pl.Series(limit.astype(np.int32)), limit > 0),
        "temperature": only(pl.Series(work["temperature"]), work["temperature"] >= 0),
    }
