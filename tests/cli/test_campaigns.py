"""Campaigns: edits count at once, survive a rebuild, can be undone, and add up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, Bench, commit_store, write_store
from workbench.case.folder import Case

OTHER = "C-test02"


def _insert_other(store: Path, name: str = OTHER, renamed: str = CLUSTER) -> None:
    """A second cluster of five, no campaign by itself; the first one goes by `renamed`."""
    with duckdb.connect(str(store)) as connection:
        connection.execute(
            "INSERT INTO clusters (cluster_id, accounts, score, campaign_like) "
            "VALUES (?, 5, 0.3, false)",
            [name],
        )
        connection.execute(
            "INSERT INTO cluster_members (cluster_id, account_id, certain) "
            "SELECT ?, format('a-{:02}', i), true FROM range(30, 35) t(i)",
            [name],
        )
        for table in ("clusters", "cluster_members"):
            connection.execute(f"UPDATE {table} SET cluster_id = ? WHERE cluster_id = ?",
                               [renamed, CLUSTER])  # fmt: skip


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A case of two clusters, the first of them campaign-like."""
    store = tmp_path / "two.duckdb"
    write_store(store)
    _insert_other(store)
    root = tmp_path / "two"
    commit_store(Case.create(root), store)
    return root


def _campaigns(bench: Bench, case: Path) -> dict[str, dict[str, Any]]:
    ran = bench("campaigns", "list", case, "--format", "jsonl")
    assert ran.code == 0, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    return {row["campaign_id"]: row for row in rows}


def _sizes(bench: Bench, case: Path) -> dict[str, int]:
    return {name: row["accounts"] for name, row in _campaigns(bench, case).items()}


def test_a_campaign_like_cluster_is_a_campaign(bench: Bench, two: Path) -> None:
    assert _sizes(bench, two) == {CLUSTER: 30}


def test_merge_split_name_exclude_include_and_undo(bench: Bench, two: Path) -> None:
    merged = bench("campaigns", "merge", two, CLUSTER, OTHER, "--reason", "one card").first
    assert _sizes(bench, two) == {CLUSTER: 35}
    assert bench("campaigns", "name", two, CLUSTER, "Night shift").code == 0
    assert _campaigns(bench, two)[CLUSTER]["name"] == "Night shift"
    ran = bench(
        "campaigns", "split", two, CLUSTER, "--account", "a-00", "--account", "a-01",
        "--name", "Day shift", "--reason", "other hours",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    fresh = ran.err.split(" is ")[1].split(".")[0]
    rows = _campaigns(bench, two)
    assert {name: (row["name"], row["accounts"]) for name, row in rows.items()} == {
        CLUSTER: ("Night shift", 33), fresh: ("Day shift", 2),
    }  # fmt: skip
    bench("campaigns", "exclude", two, CLUSTER, "--account", "a-02", "--reason", "a victim")
    bench("campaigns", "include", two, CLUSTER, "--account", "a-39", "--reason", "same phone")
    rows = _campaigns(bench, two)
    assert rows[CLUSTER]["accounts"] == 33
    assert rows[CLUSTER]["certain"] == 6  # five certain members of the other, one by hand
    shown = bench("campaigns", "show", two, CLUSTER).out
    assert "one card" in shown
    assert "a victim" in shown
    assert bench("reverse", two, merged, "--reason", "R-OTHER").code == 0
    # The name was given to all accounts that the campaign then had.
    assert _sizes(bench, two)[CLUSTER] == 33


def test_edits_survive_a_rebuild_that_numbers_anew(bench: Bench, two: Path, tmp_path: Path) -> None:
    bench("campaigns", "merge", two, CLUSTER, OTHER, "--reason", "one card")
    bench("campaigns", "exclude", two, CLUSTER, "--account", "a-02", "--reason", "a victim")
    again = tmp_path / "again.duckdb"
    write_store(again)
    _insert_other(again, "C-new02", "C-new01")
    with duckdb.connect(str(again)) as connection:
        # The new generation found one member more: it follows its cluster.
        connection.execute("UPDATE clusters SET accounts = 6 WHERE cluster_id = 'C-new02'")
        connection.execute("INSERT INTO cluster_members (cluster_id, account_id) "
                           "VALUES ('C-new02', 'a-38')")  # fmt: skip
    commit_store(Case.open(two), again)
    assert _sizes(bench, two) == {CLUSTER: 35}
    members = bench("campaigns", "show", two, CLUSTER, "--format", "csv").out
    assert "a-38" in members
    assert "a-02" not in members


def test_what_is_refused_records_nothing(bench: Bench, two: Path) -> None:
    refused = [
        ("merge", two, CLUSTER, CLUSTER, "--reason", "x"),
        ("merge", two, CLUSTER, "C-none", "--reason", "x"),
        ("merge", two, CLUSTER, OTHER, "--reason", " "),
        ("split", two, CLUSTER, "--account", "a-39", "--reason", "x"),
        ("split", two, CLUSTER, "--cluster", CLUSTER, "--reason", "x"),
        ("exclude", two, CLUSTER, "--account", "nobody", "--reason", "x"),
        ("name", two, CLUSTER, "  "),
    ]
    for arguments in refused:
        ran = bench("campaigns", *arguments)
        assert ran.code in (1, 2), arguments
        assert ran.err
    assert _sizes(bench, two) == {CLUSTER: 30}


def test_a_campaign_can_be_decided_and_replayed(bench: Bench, two: Path) -> None:
    bench("campaigns", "merge", two, CLUSTER, OTHER, "--reason", "one card")
    ran = bench("decide", two, "--campaign", CLUSTER, "--verdict", "flag", "--reason", "R-MULTI",
                "--counter", "none-found")  # fmt: skip
    assert ran.code == 0, ran.err
    assert "35 accounts" in ran.err
    bench("campaigns", "exclude", two, CLUSTER, "--account", "a-02", "--reason", "a victim")
    replayed = bench("audit", "replay", two, "--all", "--format", "jsonl")
    assert [json.loads(line)["status"] for line in replayed.out.splitlines()] == ["matches"]


def test_volume_adds_up_to_the_extract(bench: Bench, two: Path) -> None:
    ran = bench("campaigns", "volume", two, "--format", "jsonl")
    rows = {row["campaign_id"]: row for row in map(json.loads, ran.out.splitlines())}
    whole = rows["(extract)"]["exchanges_high"]
    assert whole == 400
    assert rows["(campaigns)"]["exchanges_low"] + rows["(other accounts)"]["exchanges_high"] == 400
    assert rows["(campaigns)"]["exchanges_high"] + rows["(other accounts)"]["exchanges_low"] == 400
    assert "certain members" in ran.err


def test_the_only_name_there_is_stays_whichever_way_two_are_merged(bench: Bench, two: Path) -> None:
    assert bench("campaigns", "name", two, OTHER, "the loud one").code == 0
    assert bench("campaigns", "merge", two, CLUSTER, OTHER, "--reason", "one hand").code == 0
    found = _campaigns(bench, two)
    assert list(found) == [CLUSTER]
    assert found[CLUSTER]["name"] == "the loud one"
    assert bench("campaigns", "name", two, CLUSTER, "another").code == 0
    assert _campaigns(bench, two)[CLUSTER]["name"] == "another"


def test_a_name_places_nobody_by_hand(bench: Bench, two: Path) -> None:
    assert bench("campaigns", "name", two, CLUSTER, "the first").code == 0
    assert bench("campaigns", "name", two, OTHER, "the second").code == 0
    found = _campaigns(bench, two)
    assert {name: row["by_hand"] for name, row in found.items()} == {CLUSTER: 0, OTHER: 0}
    include = ("campaigns", "include", two, CLUSTER, "--account", "a-39", "--reason", "theirs")
    assert bench(*include).code == 0
    assert bench("campaigns", "name", two, CLUSTER, "again").code == 0
    assert _campaigns(bench, two)[CLUSTER]["by_hand"] == 1


def test_edits_are_listed_and_one_is_taken_back_by_the_beginning_of_its_id(
    bench: Bench, two: Path
) -> None:
    record = bench("campaigns", "name", two, CLUSTER, "the first").out.strip()
    assert bench("campaigns", "name", two, CLUSTER, "the second").code == 0
    listed = bench("campaigns", "edits", two, CLUSTER, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["record_id"] for line in listed][-1] == record
    short = bench("reverse", two, record[:3], "--reason", "R-OTHER")
    assert short.code != 0  # too short to be meant
    assert bench("reverse", two, record[:8].upper(), "--reason", "R-OTHER").code == 0
    listed = bench("campaigns", "edits", two, CLUSTER, "--format", "jsonl").out.splitlines()
    assert len(listed) == 1
