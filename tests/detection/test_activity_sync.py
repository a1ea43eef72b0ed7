"""Who follows one queue, and what is none."""

from __future__ import annotations

import numpy as np

from workbench.detection.clustering.shared_queue import add_queued, join_queues, part_queue
from workbench.detection.features.activity_sync import Activity, rhythm_ratios
from workbench.detection.likelihood.membership import Table

Bins = np.ndarray[tuple[int], np.dtype[np.int64]]
_DAYS = 45
_DAY = 144


def activity(rows: list[Bins]) -> Activity:
    start = np.r_[0, np.cumsum([len(row) for row in rows])]
    return Activity(start, np.concatenate(rows), _DAYS * _DAY)


def following(rng: np.random.Generator, windows: Bins, number: int = 60) -> Bins:
    return np.unique(rng.choice(windows, number))


def anyhow(rng: np.random.Generator, number: int = 60) -> Bins:
    return np.unique(rng.choice(_DAYS * _DAY, number))


def queue(rng: np.random.Generator) -> Bins:
    return np.flatnonzero(rng.random(_DAYS * _DAY) < 0.1)


def test_a_queue_shows_and_office_hours_do_not() -> None:
    rng = np.random.default_rng(1)
    windows = np.flatnonzero(rng.random(45 * 144) < 0.1)
    queued = [np.unique(rng.choice(windows, 60)) for _ in range(30)]
    hours = (np.arange(45 * 144) % 144 > 54) & (np.arange(45 * 144) % 144 < 102)
    office = [np.unique(rng.choice(np.flatnonzero(hours), 60)) for _ in range(30)]
    seen = activity(queued + office)
    ring, staff = np.arange(30), np.arange(30, 60)
    assert rhythm_ratios(seen, ring, ring).min() > 2
    assert rhythm_ratios(seen, staff, staff).max() < 1.5
    assert rhythm_ratios(seen, ring, staff).max() < rhythm_ratios(seen, ring, ring).min()


def test_what_happens_to_everybody_is_no_queue() -> None:
    rng = np.random.default_rng(2)
    # Retries after incidents: all accounts come in the same few of the ten-minute bins.
    incidents = rng.choice(45 * 144, 60, replace=False)

    def some(share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        own = rng.choice(45 * 144, 60)
        return np.unique(np.where(rng.random(60) < share, rng.choice(incidents, 60), own))

    alone = activity([some(0.5) for _ in range(30)] + [some(0.0) for _ in range(900)])
    everybody = activity([some(0.5) for _ in range(930)])
    ring = np.arange(30)
    assert np.median(rhythm_ratios(alone, ring, ring)) > 3
    assert np.median(rhythm_ratios(everybody, ring, ring)) < 1.5


def test_hourly_jobs_of_some_members_are_no_queue() -> None:
    rng = np.random.default_rng(4)
    hours = np.arange(0, _DAYS * _DAY, 6)
    # On the first days only the hourly jobs run; the others come later, around the clock.
    query_service = [np.unique(rng.choice(hours, 300)) for _ in range(8)]
    later = [np.unique(rng.choice(np.arange(10 * _DAY, _DAYS * _DAY), 300)) for _ in range(60)]
    strangers = [np.unique(rng.choice(hours[: 10 * 24], 60)) for _ in range(30)]
    seen = activity(query_service + later + strangers)
    assert np.median(rhythm_ratios(seen, np.arange(68), np.arange(68, 98))) < 1.6


def test_of_a_queue_that_one_account_alone_shows_nothing_is_said() -> None:
    rng = np.random.default_rng(7)
    none = np.zeros(0, dtype=np.int64)
    seen = activity([anyhow(rng, 400), none, none, none])
    with np.errstate(all="raise"):
        assert rhythm_ratios(seen, np.arange(4), np.arange(4)).tolist() == [0.0] * 4


def pairs(rows: list[tuple[int, int, float, float]]) -> Table:
    """(account, cluster, content, rhythm)."""
    found = sorted(rows)
    return Table(
        np.array([row[0] for row in found]),
        np.array([row[1] for row in found]),
        np.array([row[2:] for row in found]),
    )


def test_clusters_that_one_queue_serves_are_joined_and_its_strangers_found() -> None:
    rng = np.random.default_rng(5)
    windows = queue(rng)
    # 0-19 and 20-31 follow the queue, so does 32; 33-52 do not.
    seen = activity([following(rng, windows) for _ in range(33)] + [anyhow(rng) for _ in range(20)])
    label = np.r_[np.zeros(20), np.ones(12), np.full(21, -1)].astype(np.int64)
    own = [(a, int(label[a]), 5.0, 9.0) for a in range(32)]
    table = add_queued(seen, label, pairs(own))
    assert set(table.a[table.c == 0]) >= set(range(20, 33))
    assert not set(table.a) & set(range(33, 53))
    joined = join_queues(table, label, label)
    assert (joined[:32] == 0).all()
    assert (joined[32:] == -1).all()


def test_who_follows_no_queue_leaves_those_who_do() -> None:
    rng = np.random.default_rng(6)
    seen = activity([anyhow(rng) for _ in range(30)])
    label = np.zeros(30, dtype=np.int64)
    rows = [(a, 0, 5.0, 9.0 if a < 24 else -3.0) for a in range(30)]
    table = pairs(rows)
    found = part_queue(seen, table, label, label, holding=np.array([0]))
    assert len(set(found[:24])) == len(set(found[24:])) == 1
    assert found[0] != found[24]


def test_a_round_that_dissolves_every_cluster_parts_none() -> None:
    before, gone = np.zeros(9, dtype=np.int64), np.full(9, -1)
    table = Table(np.arange(9), before, np.zeros((9, 2)))
    nobody = Activity(np.zeros(10, dtype=np.int64), np.zeros(0, dtype=np.int64), 0)
    found = part_queue(nobody, table, gone, before, holding=np.array([0]))
    assert found.tolist() == gone.tolist()
