"""`workbench clusters --near`: who else might belong."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from tests.cli.conftest import CLUSTER, Bench, commit_store, write_store
from workbench.case.folder import Case


def test_near_accounts_are_listed_by_likeness(bench: Bench, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        connection.executemany(
            "INSERT INTO cluster_near VALUES (?, ?, 0.9, ?, 'content habits', 4.5, -2.0)",
            [(CLUSTER, "a-35", 0.04), (CLUSTER, "a-36", 0.31)],
        )
    root = tmp_path / "case"
    commit_store(Case.create(root), store)
    listed = bench("clusters", root, "--near", "--format", "jsonl")
    assert listed.code == 0
    rows = [json.loads(line) for line in listed.out.splitlines()]
    assert [row["account_id"] for row in rows] == ["a-36", "a-35"]
    assert rows[0] == {
        "cluster_id": CLUSTER, "account_id": "a-36", "cluster_score": 0.9, "likeness": 0.31,
        "shares": "content habits", "speaks_for": 4.5, "speaks_against": -2.0,
    }  # fmt: skip
    above = bench("clusters", root, "--near", "--min-score", "0.95", "--format", "jsonl")
    assert (above.code, above.out) == (0, "")
    assert above.err.splitlines()[-1].startswith("No account comes close")


def test_members_and_near_accounts_are_two_lists(bench: Bench, case: Path) -> None:
    refused = bench("clusters", case, "--members", "--near")
    assert refused.code == 2
    assert "--members and --near are two lists." in refused.err
