"""When sessions begin: the rhythms applied to many sessions at once."""

from __future__ import annotations

import numpy as np

from workbench.synth.dice import Bits, Draws, Floats, Ints, mix, row_keys
from workbench.synth.frozen import Frozen
from workbench.synth.rhythms import CRON, DAY, QUEUE

_CANDIDATES = 3


def session_times(plan: Frozen, owner: Ints, rhythm: Ints, draws: Draws) -> Floats:
    """Seconds after the start at which each session begins, inside its account's active span."""
    first, last = plan.account["first"][owner], plan.account["last"][owner]
    kind = plan.rhythm["kind"][rhythm]
    at = _calendar_times(plan, owner, rhythm, draws)
    cron = kind == CRON
    if cron.any():
        at[cron] = _cron_times(plan, rhythm[cron], at[cron], Draws(draws.keys[cron]))
    queued = kind == QUEUE
    if queued.any():
        at[queued] = queue_times(
            plan,
            rhythm[queued],
            first[queued],
            last[queued],
            Draws(draws.keys[queued]).uniform("queue"),
        )
    outside = (at < first) | (at > last)
    at[outside] = (first + draws.uniform("anywhere") * (last - first))[outside]
    return at


def queue_times(plan: Frozen, rhythm: Ints, first: Floats, last: Floats, share: Floats) -> Floats:
    """Uniform over the busy time of the queue between `first` and `last`."""
    shared_queues = plan.shared_queues
    lead = shared_queues.ordinal[rhythm].astype(np.float64) * shared_queues.reach
    low, high = _busy(plan, lead, first), _busy(plan, lead, last)
    wanted = low + share * (high - low)
    index = np.searchsorted(shared_queues.before, wanted, side="right") - 1
    index = np.clip(index, 0, len(shared_queues.begin) - 1)
    at = shared_queues.begin[index] + np.minimum(
        wanted - shared_queues.before[index], shared_queues.length[index]
    )
    return np.where(high > low, at, -1.0)


def _busy(plan: Frozen, lead: Floats, when: Floats) -> Floats:
    shared_queues = plan.shared_queues
    index = np.searchsorted(shared_queues.axis, lead + when, side="right") - 1
    own = (index >= 0) & (shared_queues.axis[np.maximum(index, 0)] >= lead)
    start = np.searchsorted(shared_queues.axis, lead, side="left")
    index = np.where(own, index, np.minimum(start, len(shared_queues.begin) - 1))
    inside = np.clip(when - shared_queues.begin[index], 0.0, shared_queues.length[index])
    return np.asarray(shared_queues.before[index] + np.where(own, inside, 0.0))


def _calendar_times(plan: Frozen, owner: Ints, rhythm: Ints, draws: Draws) -> Floats:
    """The busiest of three candidate days by personal taste, then an hour by the rhythm's shape."""
    world = plan.world
    first, last = plan.account["first"][owner], plan.account["last"][owner]
    zone = plan.rhythm["zone"][rhythm] * 3600.0
    burst, weekend = plan.rhythm["burst"][rhythm], plan.rhythm["weekend"][rhythm]
    monday = world.config.start.weekday()
    rest = np.zeros(world.config.days + 8)
    rest[[day + 2 for day in world.temper.holidays]] = 0.7
    best = np.full(len(owner), -np.inf)
    chosen = np.zeros(len(owner))
    for candidate in range(_CANDIDATES):
        when = first + draws.uniform(f"day {candidate}") * (last - first)
        day = np.floor((when + zone) / DAY)
        taste = _taste(plan.keys[owner], day.astype(np.int64))
        free = ((day.astype(np.int64) + monday) % 7 >= 5) + rest[(day + 2).astype(np.int64)]
        score = burst * taste - weekend * free + 1e-3 * candidate
        better = score > best
        best[better], chosen[better] = score[better], day[better]
    shape = plan.rhythm["shape"][rhythm].astype(np.int64)
    levels = (plan.hours + np.arange(len(plan.hours))[:, None]).ravel()
    hour = np.searchsorted(levels, shape + draws.uniform("hour"), side="right") - 24 * shape
    personal = np.where(plan.rhythm["kind"][rhythm] == 0, _phase(plan.keys[owner]), 0.0)
    hour_of_day = (np.clip(hour, 0, 23) + draws.uniform("minute") + personal) % 24.0
    return np.asarray(chosen * DAY + hour_of_day * 3600.0 - zone)


def _cron_times(plan: Frozen, rhythm: Ints, at: Floats, draws: Draws) -> Floats:
    period, jitter = plan.rhythm["period"][rhythm], plan.rhythm["jitter"][rhythm]
    late = -np.log1p(-draws.uniform("late")) * jitter
    run = np.floor(at / period) * period + plan.rhythm["offset"][rhythm]
    return np.asarray(run + np.minimum(late, period * 0.9))


def _taste(keys: Bits, day: Ints) -> Floats:
    return np.asarray((row_keys(keys, day + 1_000) >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _phase(keys: Bits) -> Floats:
    """How far a person's day is shifted against the common one, hours in about -2.5..2.5."""
    bits = mix(keys ^ np.uint64(0x5048415345))
    return np.asarray(((bits >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5) * 5.0)
