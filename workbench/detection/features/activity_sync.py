"""Shared rhythm: are accounts active in the same ten minutes more than their day explains?

A cluster's activity over ten-minute bins is compared with what its own time of day, its own days
and everybody else's activity in the same ten minutes predict, so that office hours, time zones,
cron minutes, busy days, outages and releases cancel out. What is left is the mark of one queue
that serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.detection.graph.links import Floats, Ints
from workbench.intake.load_session import LoadSession
from workbench.resources import statement

_BIN_S = 600
_DAY = 86_400 // _BIN_S
_COVER = 0.5  # the share of an account's traffic that need not come from the queue
_CAP = 14.0  # many bursts are many observations, unlike one shared value
_SLACK = 0.1  # what is expected is known to about a tenth; over many bins that adds up
_CALM = 20.0  # accounts; below, what others do in a bin is mostly chance
_HOUR = 3600 // _BIN_S
_NEAR = 5  # hours to either side over which a level is taken
_STEADY = 4.0  # active bins; below, a level is mostly chance
_KNOWN = 50  # active bins of all others; below, their queue is not known
SHORTEST = 5  # of an account with fewer active bins nothing is said
_LOOK = 160  # of an account at most so many bins are compared


@dataclass(frozen=True)
class Activity:
    """Active ten-minute bins of all accounts: account a has `bin[start[a]:start[a + 1]]`."""

    start: Ints
    bin: Ints
    bins: int

    @cached_property
    def everybody(self) -> Floats:
        """Active accounts in each bin."""
        return np.bincount(self.bin, minlength=self.bins).astype(np.float64)

    @cached_property
    def bursts(self) -> Floats:
        """For each account its unbroken stretches of active bins."""
        begins = np.ones(len(self.bin), dtype=bool)
        begins[1:] = self.bin[1:] != self.bin[:-1] + 1
        begins[self.start[:-1][self.start[:-1] < len(self.bin)]] = True
        before = np.r_[0, np.cumsum(begins)]
        return np.asarray(before[self.start[1:]] - before[self.start[:-1]], dtype=np.float64)


def read_activity(session: LoadSession) -> Activity:
    """The distinct (account, ten minutes) pairs of the exchanges.

    Exchanges are stored by account and time, so that one look over their times is enough. Days
    are numbered as they occur: the empty years before a stray date cost nothing.
    """
    accounts = int(session.value("SELECT count(*) FROM account_index"))
    days = np.sort([day for (day,) in session.rows(statement("detection", "busiest_days"))]).astype(
        np.int64
    )
    if not len(days):
        return Activity(np.zeros(accounts + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), 0)
    rows = session.connection.execute(
        "SELECT coalesce(e.n, 0) AS n FROM account_index AS i LEFT JOIN "
        "(SELECT account_id, count(*) AS n FROM exchanges GROUP BY account_id) AS e "
        "ON e.account_id = i.account_id ORDER BY i.a"
    ).fetchnumpy()
    slot = session.connection.execute(
        # Dates that no calendar reaches need only differ from all of `days`.
        "SELECT CAST(coalesce(greatest(least(epoch_ms(ts) // 600000, 2000000000), -2000000000), "
        "-2000000000) AS INTEGER) AS slot FROM exchanges"
    ).fetchnumpy()["slot"]
    a = np.repeat(np.arange(accounts, dtype=np.int32), np.asarray(rows["n"]))
    fresh = np.ones(len(slot), dtype=bool)
    fresh[1:] = (a[1:] != a[:-1]) | (slot[1:] != slot[:-1])
    a, slot = a[fresh], slot[fresh].astype(np.int64)
    place = np.minimum(np.searchsorted(days, slot // _DAY), len(days) - 1)
    known = days[place] == slot // _DAY
    a, slot = a[known], (place * _DAY + slot % _DAY)[known]
    start = np.searchsorted(a, np.arange(accounts + 1))
    return Activity(start, slot, len(days) * _DAY)


def rhythm_ratios(
    activity: Activity, members: Ints, candidates: Ints, look_at: int = _LOOK
) -> Floats:
    """Log ratio per candidate that it follows the members' queue; its own part left out."""
    bins = activity.bins
    if bins == 0 or len(members) < 4:
        return np.zeros(len(candidates))
    counts = np.bincount(_bins(activity, members)[0], minlength=bins).astype(np.float64)
    total = counts.sum()
    if total < _KNOWN:
        return np.zeros(len(candidates))
    expected = _expected(counts) * _common(activity.everybody - counts)
    expected = _levelled(expected, counts)
    member = np.zeros(len(activity.start) - 1)
    member[members] = 1.0
    own, look, length = _bins(activity, candidates, look_at)
    # The account's own part of a bin is one, of the total its own bins.
    inside = np.repeat(member[candidates], look)
    others = total - member[candidates] * length
    rest = np.maximum(np.repeat(others, look), 1.0)
    g = expected[own]
    f = (counts[own] - inside + 0.5 * rest * g) / (1.5 * rest)
    terms = np.log((1 - _COVER) * f / g + _COVER)
    place = np.repeat(np.arange(len(candidates)), look)
    found = np.bincount(place, weights=terms - _SLACK, minlength=len(candidates))
    # Bins of one burst are one observation, not several.
    out = found * (activity.bursts[candidates] / np.maximum(look, 1))
    told = (length >= SHORTEST) & (others >= _KNOWN)
    return np.where(told, np.clip(out, -_CAP / 2, _CAP), 0.0)


def _bins(activity: Activity, accounts: Ints, most: int = 0) -> tuple[Ints, Ints, Ints]:
    """The active bins of these accounts, one account after the other; how many; of how many.

    `most` > 0: of an account with more bins, every second, third … only.
    """
    first = activity.start[accounts]
    length = activity.start[accounts + 1] - first
    step = np.maximum(-(-length // most), 1) if most else np.ones_like(length)
    look = -(-length // step)
    begin = np.cumsum(look) - look
    place = np.arange(int(look.sum())) - np.repeat(begin, look)
    return activity.bin[place * np.repeat(step, look) + np.repeat(first, look)], look, length


def _common(others: Floats) -> Floats:
    """How much busier than their day and hour all others are in each bin: 1 as ever."""
    predicted = _expected(others) * others.sum()
    return np.asarray(np.clip((others + _CALM) / (predicted + _CALM), 0.25, 64.0))


def _levelled(expected: Floats, counts: Floats) -> Floats:
    """The same with the level of the hours around, minute by minute.

    Shifts, absences and hourly jobs of some of the members come and go slowly, a queue's work fast.
    """
    predicted = expected * (counts.sum() / expected.sum())
    level = (_around(counts) + _STEADY) / (_around(predicted) + _STEADY)
    levelled = predicted * level
    return np.asarray(levelled / levelled.sum())


def _around(counts: Floats) -> Floats:
    """Sums over the same ten minutes of the hours before and after each bin, itself left out."""
    hours = -(-len(counts) // _HOUR)
    table = np.zeros((hours + 1, _HOUR))
    table[1:].reshape(-1)[: len(counts)] = counts
    total = np.cumsum(table, axis=0)
    place = np.arange(hours)
    sums = total[np.minimum(place + _NEAR + 1, hours)] - total[np.maximum(place - _NEAR, 0)]
    return np.asarray((sums - table[1:]).reshape(-1)[: len(counts)])


def _expected(counts: Floats) -> Floats:
    """Share per bin from the members' own days and time of day, multiplied."""
    bins = len(counts)
    days = -(-bins // _DAY)
    padded = np.zeros(days * _DAY)
    padded[:bins] = counts
    table = padded.reshape(days, _DAY)
    shape = table.sum(axis=0) + 0.5
    level = table.sum(axis=1) + 0.5
    share = np.outer(level, shape).reshape(-1)[:bins]
    return np.asarray(share / share.sum())
