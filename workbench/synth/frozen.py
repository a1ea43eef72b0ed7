"""A planned world as arrays: per account, per work, per rhythm, and ragged lists flattened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.synth.account import Account
from workbench.synth.dice import Bits, Floats, Ints, rng_for
from workbench.synth.population import Population
from workbench.synth.rhythms import QUEUE
from workbench.synth.works import REPLIES, digest, replies
from workbench.synth.world import World

STREAMS = 3


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of different length: `flat[start[i] : start[i] + count[i]]`."""

    flat: Ints
    start: Ints
    count: Ints

    def pick(self, owner: Ints, place: Ints) -> Ints:
        """Entry `place` of each owner's list; -1 where the list is empty."""
        index = self.start[owner] + np.minimum(place, np.maximum(self.count[owner] - 1, 0))
        index = np.minimum(index, max(len(self.flat) - 1, 0))
        values = self.flat[index] if len(self.flat) else np.full(len(owner), -1, dtype=np.int64)
        return np.where(self.count[owner] > 0, values, -1)


@dataclass(frozen=True, slots=True)
class Queues:
    """The windows of all queue rhythms on one axis; see `clock.queue_times`."""

    ordinal: Ints  # per rhythm: which queue, -1 for none
    begin: Floats
    length: Floats
    before: Floats  # busy time before the window, over all queues
    axis: Floats  # ordinal x reach + begin, ascending
    reach: float


@dataclass(frozen=True, slots=True)
class Frozen:
    """All that the row generator reads; text lives in polars columns that are gathered by index."""

    world: World
    keys: Bits
    counts: Ints
    account: dict[str, Floats]
    stream_work: Ints  # (accounts, 3)
    stream_rhythm: Ints
    stream_reach: Floats  # cumulative weights
    homes: Ragged
    others: Ragged
    clients: Ragged
    devices: Ragged
    models: Ragged
    work: dict[str, Floats]
    shared_queues: Queues
    rhythm: dict[str, Floats]
    hours: Floats
    frames: Ints
    replies: Ints  # (kinds, languages, 2): start and count
    lengths: Ints
    text: dict[str, pl.Series]


def freeze(world: World, people: Population) -> Frozen:
    """Turn the plan into arrays."""
    accounts = people.accounts
    works = world.works
    answers = replies(works.book, rng_for(world.seed, "replies"))
    device_text: list[str] = []
    device_rows: list[list[int]] = []
    for account in accounts:
        device_rows.append(list(range(len(device_text), len(device_text) + len(account.devices))))
        device_text.extend(account.devices)
    pieces = pl.Series("piece", works.book.pieces, dtype=pl.String)
    reply = np.array(
        [
            [(answers[kind, place].start, answers[kind, place].count) for place in range(10)]
            for kind in range(len(REPLIES))
        ]
    )
    rhythms = world.rhythms
    names = ("kind", "shape", "zone", "weekend", "burst", "period", "jitter", "offset")
    return Frozen(
        world,
        people.keys,
        people.counts,
        _numbers(accounts),
        *_streams(accounts),
        homes=_ragged(accounts, lambda a: a.homes),
        others=_ragged(accounts, lambda a: a.others),
        clients=_ragged(accounts, lambda a: a.clients),
        devices=_lists(device_rows),
        models=_ragged(accounts, lambda a: a.models),
        work=works.columns(),
        shared_queues=_queues(world),
        rhythm={name: rhythms.column(name) for name in names},
        hours=rhythms.cumulative_hours(),
        frames=works.book.arrays(),
        replies=reply,
        lengths=pieces.str.len_chars().to_numpy().astype(np.int64),
        text=_texts(world, people, pieces, device_text),
    )


def _texts(
    world: World, people: Population, pieces: pl.Series, devices: list[str]
) -> dict[str, pl.Series]:
    works, net, clients = world.works, world.network, world.clients
    columns = {
        "account_id": people.ids,
        "ip": net.text,
        "country": net.country,
        "agent": clients.agent,
        "tls": clients.tls,
        "device": devices,
        "model": [model.name for model in world.models],
        "system": works.systems,
        "system_hash": [digest(text) for text in works.systems],
        "tools": works.tools,
    }
    text = {name: pl.Series(name, values, dtype=pl.String) for name, values in columns.items()}
    return text | {"piece": pieces, "asn": pl.Series(net.asn, dtype=pl.Int64)}


def _numbers(accounts: Sequence[Account]) -> dict[str, Floats]:
    names = ("first", "last", "slot", "roam", "pivot", "keys", "created")
    out = {name: np.array([getattr(a, name) for a in accounts], dtype=np.float64) for name in names}
    out["last"] = np.maximum(out["last"], out["first"] + 60.0)
    discreet = [a.plan in ("enterprise", "team") and a.kind != "campaign" for a in accounts]
    out["discreet"] = np.array(discreet, dtype=np.float64)
    return out


def _streams(accounts: Sequence[Account]) -> tuple[Ints, Ints, Floats]:
    work = np.zeros((len(accounts), STREAMS), dtype=np.int64)
    rhythm = np.zeros_like(work)
    weight = np.zeros((len(accounts), STREAMS))
    for row, account in enumerate(accounts):
        for place, stream in enumerate(account.streams[:STREAMS]):
            work[row, place], rhythm[row, place] = stream.work, stream.rhythm
            weight[row, place] = stream.weight
    reach = np.cumsum(weight, axis=1)
    return work, rhythm, reach / np.maximum(reach[:, -1:], 1e-12)


def _ragged(accounts: Sequence[Account], of: Callable[[Account], Sequence[int]]) -> Ragged:
    return _lists([of(account) for account in accounts])


def _lists(rows: Sequence[Sequence[int]]) -> Ragged:
    count = np.array([len(row) for row in rows], dtype=np.int64)
    start = np.cumsum(count) - count
    flat = np.array([value for row in rows for value in row], dtype=np.int64)
    return Ragged(flat, start, count)


def _queues(world: World) -> Queues:
    rhythms = world.rhythms
    kinds = rhythms.whole("kind")
    ordinal = np.where(kinds == QUEUE, np.cumsum(kinds == QUEUE) - 1, -1)
    windows = np.array(rhythms.windows, dtype=np.float64).reshape(-1, 2)
    begin, length = windows[:, 0], windows[:, 1]
    reach = 4.0 * world.span
    owner = np.repeat(ordinal[kinds == QUEUE], rhythms.whole("window_count")[kinds == QUEUE])
    return Queues(ordinal, begin, length, np.cumsum(length) - length, owner * reach + begin, reach)
