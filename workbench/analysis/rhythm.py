"""Shared rhythm: are accounts active in the same ten minutes more than their day explains?

A cluster's activity over ten-minute bins is compared with what its own time of day and its own
days predict, so that office hours, time zones, cron minutes and busy days cancel out. What is
left is the mark of one queue that serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.analysis.links import Floats, Ints
from workbench.intake.session import LoadSession

_BIN_S = 600
_DAY = 86_400 // _BIN_S
_COVER = 0.5  # the share of an account's traffic that need not come from the queue
_CAP = 7.0
_TEMPER = 0.25  # bins of one account are not independent


@dataclass(frozen=True)
class Activity:
    """Active ten-minute bins of all accounts: account a has `bin[start[a]:start[a + 1]]`."""

    start: Ints
    bin: Ints
    bins: int


def read_activity(session: LoadSession) -> Activity:
    """The distinct (account, ten minutes) pairs of the exchanges."""
    found = session.connection.execute(
        "SELECT i.a, CAST(e.slot - min(e.slot) OVER () AS INTEGER) AS slot FROM ("
        "SELECT DISTINCT account_id, epoch_ms(ts) // 600000 AS slot FROM exchanges "
        "WHERE ts BETWEEN (SELECT quantile_disc(ts, 0.0005) FROM exchanges) - INTERVAL 1 DAY AND "
        "(SELECT quantile_disc(ts, 0.9995) FROM exchanges) + INTERVAL 1 DAY) AS e "
        "JOIN account_index AS i ON i.account_id = e.account_id ORDER BY i.a, e.slot"
    ).fetchnumpy()
    accounts = int(session.value("SELECT count(*) FROM account_index"))
    a = np.asarray(found["a"], dtype=np.int64)
    slot = np.asarray(found["slot"], dtype=np.int64)
    start = np.searchsorted(a, np.arange(accounts + 1))
    return Activity(start, slot, int(slot.max(initial=-1)) + 1)


def rhythm_ratios(activity: Activity, members: Ints, candidates: Ints) -> Floats:
    """Log ratio per candidate that it follows the members' queue; its own part left out."""
    bins = activity.bins
    if bins == 0 or len(members) < 4:
        return np.zeros(len(candidates))
    counts = np.bincount(_bins(activity, members)[0], minlength=bins).astype(np.float64)
    total = counts.sum()
    if total < 50:
        return np.zeros(len(candidates))
    expected = _expected(counts)
    member = np.zeros(len(activity.start) - 1)
    member[members] = 1.0
    own, length = _bins(activity, candidates)
    inside = np.repeat(member[candidates], length)
    rest = total - inside * np.repeat(length, length)
    g = expected[own]
    f = (counts[own] - inside + 0.5 * rest * g) / (1.5 * rest)
    terms = np.log((1 - _COVER) * f / g + _COVER)
    place = np.repeat(np.arange(len(candidates)), length)
    out = np.bincount(place, weights=terms, minlength=len(candidates))
    return np.where(length >= 5, np.clip(_TEMPER * out, -_CAP, _CAP), 0.0)


def _bins(activity: Activity, accounts: Ints) -> tuple[Ints, Ints]:
    """The active bins of these accounts, one account after the other, and how many each has."""
    first = activity.start[accounts]
    length = activity.start[accounts + 1] - first
    begin = np.cumsum(length) - length
    index = np.arange(int(length.sum())) - np.repeat(begin - first, length)
    return activity.bin[index], length


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
