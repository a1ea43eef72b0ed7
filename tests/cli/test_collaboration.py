"""`queue`, `claim`, `release`, `comment`: nobody does the same work twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import CLUSTER, MEMBERS, Bench, Sit


def _queue(bench: Bench, case: Path, *more: object) -> list[dict[str, Any]]:
    ran = bench("queue", case, *more, "--format", "jsonl")
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_claim_shows_in_the_queue_and_is_refused_to_others(
    bench: Bench, case: Path, sit: Sit
) -> None:
    row = _queue(bench, case)[0]
    assert (row["cluster_id"], row["undecided"], row["claimed_by"]) == (CLUSTER, MEMBERS, None)
    assert bench("claim", case, "--cluster", CLUSTER).code == 0
    mine = _queue(bench, case, "--mine")
    assert [row["cluster_id"] for row in mine] == [CLUSTER]
    assert _queue(bench, case, "--free") == []
    sit("ben")
    assert _queue(bench, case, "--mine") == []
    taken = bench("claim", case, "--cluster", CLUSTER)
    assert (taken.code, taken.out) == (1, "")
    assert "ana holds the claim" in taken.err
    assert bench("release", case, "--cluster", CLUSTER, "--note", "on leave").code == 0
    assert bench("claim", case, "--cluster", CLUSTER).code == 0
    assert len(_queue(bench, case, "--mine")) == 1


def test_a_decided_cluster_leaves_the_queue(bench: Bench, case: Path) -> None:
    flag = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")
    assert bench("decide", case, *flag, "--account", "a-01").code == 0
    assert _queue(bench, case)[0]["undecided"] == MEMBERS - 1
    assert bench("propose", case, *flag, "--cluster", CLUSTER).code == 0
    assert _queue(bench, case)[0]["undecided"] == MEMBERS - 1
    assert bench("decide", case, *flag, "--cluster", CLUSTER).code == 0
    assert _queue(bench, case) == []


def test_remarks_are_listed_by_subject(bench: Bench, case: Path) -> None:
    assert bench("comment", case, "same landlord?", "--cluster", CLUSTER).code == 0
    assert bench("comment", case, "=cmd|'/c calc'!A1", "--account", "a-01").code == 0
    assert _queue(bench, case)[0]["comments"] == 1
    listed = bench("comment", case, "--account", "a-01", "--format", "csv").out.splitlines()
    assert len(listed) == 2
    assert listed[1].endswith("account,a-01,'=cmd|'/c calc'!A1")
    everything = bench("comment", case, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in everything] == [CLUSTER, "a-01"]


def test_what_the_case_does_not_have_cannot_be_claimed(bench: Bench, case: Path) -> None:
    missing = bench("claim", case, "--cluster", "C-nowhere")
    assert missing.code == 1
    assert "no cluster" in missing.err
    assert bench("claim", case).code == 2
    assert bench("claim", case, "--cluster", CLUSTER, "--account", "a-01").code == 2
    assert bench("release", case, "--account", "a-01").code == 1


def test_a_campaign_is_claimed_like_a_cluster(bench: Bench, case: Path) -> None:
    listed = bench("campaigns", "list", case, "--format", "jsonl").out.splitlines()
    campaign = json.loads(listed[0])["campaign_id"]
    assert bench("claim", case, "--campaign", campaign).code == 0
    assert bench("comment", case, "one crew?", "--campaign", campaign).code == 0
    said = bench("comment", case, "--campaign", campaign, "--format", "jsonl").out
    assert json.loads(said)["text"] == "one crew?"
    assert bench("claim", case, "--campaign", "nowhere").code == 1
