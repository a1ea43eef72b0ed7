"""What is new since an earlier generation, at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, Bench, commit_store, write_store
from workbench.case.folder import Case

_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")


@pytest.fixture
def grown(case: Path, tmp_path: Path) -> Path:
    """A second generation in which the cluster has two more members, one of them new."""
    store = tmp_path / "grown.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        connection.execute("INSERT INTO accounts (account_id) VALUES ('new')")
        connection.execute(
            "INSERT INTO account_profile (account_id, exchanges, last_ts) "
            "VALUES ('new', 7, TIMESTAMP '2026-06-20')"
        )
        connection.execute("UPDATE clusters SET accounts = accounts + 2")
        for account in ("new", "a-39"):
            connection.execute(
                "INSERT INTO cluster_members (cluster_id, account_id, cluster_score, member_score) "
                "VALUES (?, ?, 0.9, 0.5)",
                [CLUSTER, account],
            )
        connection.execute(
            "INSERT INTO traits (account_id, family, value, n, first_ts, last_ts) VALUES "
            "('new', 'ip', '10.0.0.9', 3, TIMESTAMP '2026-06-20', TIMESTAMP '2026-06-20')"
        )
    commit_store(Case.open(case), store)
    return case


def rows(bench: Bench, case: Path, *more: object) -> list[dict[str, object]]:
    done = bench("changes", case, "--format", "jsonl", *more)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_what_came_is_told(bench: Bench, grown: Path) -> None:
    assert bench("decide", grown, *_FLAG, "--account", "a-00").code == 0
    assert (
        bench("lists", "add", grown, "ip", "10.0.0.9", "--role", "watch", "--reason", "x").code == 0
    )
    (cluster,) = rows(bench, grown)
    assert (cluster["cluster_id"], cluster["change"], cluster["came"]) == (CLUSTER, "grew", 2)
    joined = rows(bench, grown, "--what", "members")
    assert {(row["account_id"], row["before"]) for row in joined} == {
        ("new", "new account"), ("a-39", "was in no cluster"),
    }  # fmt: skip
    (returned,) = rows(bench, grown, "--what", "watch")
    assert (returned["list"], returned["value"], returned["account_id"]) == (
        "watch", "10.0.0.9", "new",
    )  # fmt: skip
    totals = {row["what"]: row["difference"] for row in rows(bench, grown, "--what", "totals")}
    assert (totals["accounts"], totals["exchanges"]) == (1, 7)
    told = bench("changes", grown)
    assert "compared with generation 1" in told.err
    assert "grew" in told.out
    assert "10.0.0.9" in told.out


def test_nothing_before_is_said(bench: Bench, case: Path) -> None:
    told = bench("changes", case)
    assert told.code == 1
    assert "no earlier generation" in told.err
    assert bench("changes", case, "--since", 9).code == 1


def test_any_generation_that_is_kept_may_be_compared_with(bench: Bench, grown: Path) -> None:
    assert bench("generations", "restore", grown, 1).code == 0
    assert bench("changes", grown).code == 1  # nothing is earlier than the first
    (cluster,) = rows(bench, grown, "--since", 2)
    assert (cluster["change"], cluster["went"]) == ("shrank", 2)
