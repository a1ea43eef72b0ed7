"""Exchanges of a run of accounts: sessions, times, tokens and texts, all vectorised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.synth.clock import session_times
from workbench.synth.dice import Bits, Draws, Floats, Ints, row_keys
from workbench.synth.frozen import STREAMS, Frozen
from workbench.synth.phrasebook import ITEM, SLOTS


@dataclass(slots=True)
class Rows:
    """The skeleton of a chunk's exchanges, in the order in which they are written."""

    owner: Ints
    number: Ints  # place among the account's exchanges, before sorting
    session: Ints  # number of the session within the account
    turn: Ints
    work: Ints
    at: Floats
    draws: Draws
    by_session: Draws


def skeleton(plan: Frozen, low: int, high: int) -> Rows:
    """Sessions and times for accounts low..high-1."""
    counts = plan.counts[low:high]
    owner = np.repeat(np.arange(low, high), counts)
    head = np.repeat(np.cumsum(counts) - counts, counts)
    number = np.arange(len(owner)) - head
    draws = Draws(row_keys(plan.keys[owner], number))
    work, rhythm, start = _streams(plan, owner, number, draws)
    index = np.cumsum(start) - 1
    begins = np.flatnonzero(start)
    session = index - index[head] if len(owner) else index
    s_owner, s_number = owner[begins], session[begins]
    keys = row_keys(plan.keys[s_owner], s_number + (1 << 40))
    s_at = session_times(plan, s_owner, rhythm[begins], Draws(keys))
    at = s_at[index] + _since_start(plan, work, start, begins, index, draws)
    first, last = plan.account["first"][owner], plan.account["last"][owner]
    late = at > last
    at[late] = (first + np.mod(at - first, last - first))[late]
    turn = np.arange(len(owner)) - begins[index] if len(owner) else index
    at = np.floor(at * 1000.0) / 1000.0
    order = (
        np.lexsort((number, at, owner))
        if plan.world.config.order == "account"
        else np.lexsort((number, owner, at))
    )
    return Rows(
        owner[order],
        number[order],
        session[order],
        turn[order],
        work[order],
        at[order],
        Draws(draws.keys[order]),
        Draws(keys[index[order]]),
    )


def _streams(plan: Frozen, owner: Ints, number: Ints, draws: Draws) -> tuple[Ints, Ints, Ints]:
    """Work and rhythm of each row, and where sessions start.

    Rows come in blocks of one line of work; a block of single-turn work is as many sessions.
    """
    turns = plan.work["turns"][plan.stream_work]
    weight = np.diff(plan.stream_reach, axis=1, prepend=0.0)
    mean = np.maximum((turns * weight).sum(axis=1), 1.0)
    block = (number == 0) | (draws.uniform("block") < 1.0 / mean[owner])
    index = np.cumsum(block) - 1
    begins = np.flatnonzero(block)
    choice = Draws(draws.keys[begins]).uniform("stream")
    reach = plan.stream_reach[owner[begins]]
    place = np.minimum((choice[:, None] >= reach).sum(axis=1), STREAMS - 1)
    work = plan.stream_work[owner[begins], place][index]
    rhythm = plan.stream_rhythm[owner[begins], place][index]
    return work, rhythm, block | (plan.work["turns"][work] <= 1.0)


def _since_start(
    plan: Frozen, work: Ints, start: Ints, begins: Ints, index: Ints, draws: Draws
) -> Floats:
    gap = np.where(start, 0.0, plan.work["gap"][work] * np.exp(0.8 * draws.normal("gap")))
    total = np.cumsum(gap)
    return np.asarray(total - total[begins][index]) if len(total) else total


@dataclass(slots=True)
class Wording:
    """Seven indices of pieces per row, and the item number where a slot holds it (-1: none)."""

    texts: list[Ints]
    slots: list[Ints]
    is_item: list[Ints]
    item: Ints
    chars: Ints


def wording(plan: Frozen, rows: Rows) -> Wording:
    """Choose frame and slot contents: dealt out by item for shared work, drawn otherwise."""
    work, draws = plan.work, rows.draws
    follow = rows.turn > 0
    start = np.where(follow, work["follow_start"][rows.work], work["frame_start"][rows.work])
    count = np.where(follow, work["follow_count"][rows.work], work["frame_count"][rows.work])
    frame = start.astype(np.int64) + draws.below("frame", count.astype(np.int64))
    table = plan.frames[frame]
    dealt = work["items"][rows.work] > 0
    members = np.maximum(work["items"][rows.work], 1).astype(np.int64)
    slot = plan.account["slot"][rows.owner].astype(np.int64)
    item = (rows.number * members + slot) // work["repeat"][rows.work].astype(np.int64)
    chars = sum(plan.lengths[table[:, place]] for place in range(SLOTS + 1))
    slots, flags, rest = [], [], item
    for place in range(SLOTS):
        pool, size = table[:, SLOTS + 1 + place], table[:, 2 * SLOTS + 1 + place]
        flag = pool == ITEM
        drawn = draws.below(f"slot {place}", size)
        index = np.where(flag, 0, pool + np.where(dealt, rest % size, drawn))
        rest = rest // np.where(flag, 1, size)
        slots.append(index)
        flags.append(flag)
        chars = chars + plan.lengths[index] + 5 * flag
    return Wording(
        [table[:, place] for place in range(SLOTS + 1)], slots, flags, item + 1, np.asarray(chars)
    )


def prompt_text(plan: Frozen, words: Wording) -> pl.Series:
    """The prompts of a chunk as one string column."""
    pieces = plan.text["piece"]
    columns: dict[str, pl.Series] = {}
    for place in range(SLOTS + 1):
        columns[f"t{place}"] = pieces.gather(words.texts[place])
        if place < SLOTS:
            column = pieces.gather(words.slots[place])
            flag = words.is_item[place]
            if flag.any():
                number = pl.Series(words.item).cast(pl.String)
                column = pl.select(
                    pl.when(pl.Series(flag)).then(number).otherwise(column)
                ).to_series()
            columns[f"v{place}"] = column
    return pl.DataFrame(columns).select(pl.concat_str(pl.all()).alias("prompt")).to_series()


def row_ids(keys: Bits) -> pl.Series:
    """Exchange ids: a prefix and the row key in decimal digits."""
    return pl.DataFrame({"k": keys}).select(pl.format("ex_{}", pl.col("k"))).to_series()
