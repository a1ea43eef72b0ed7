"""`sample`: what was drawn and found is in the ledger before it is in a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import CLUSTER, MEMBERS, Bench, commit_store, write_store
from workbench.case.folder import Case
from workbench.cli.session import open_case
from workbench.decisions.sample_review import by_score

_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")


def _draw(bench: Bench, case: Path, *more: object) -> list[dict[str, Any]]:
    ran = bench("sample", case, "--cluster", CLUSTER, "-n", 9, *more, "--format", "jsonl")
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def _newest(bench: Bench, case: Path) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(bench("audit", "show", case, "--limit", 1).out)
    return shown


def test_a_reviewed_sample_goes_into_the_decision(bench: Bench, case: Path) -> None:
    drawn = _draw(bench, case)
    record = drawn[0]["record_id"]
    assert len({row["account_id"] for row in drawn}) == 9
    assert [row["stratum"] for row in drawn] == ["high"] * 3 + ["low"] * 3 + ["middle"] * 3
    early = bench("decide", case, *_FLAG, "--cluster", CLUSTER, "--sample", record)
    assert (early.code, early.out) == (2, "")
    found = bench("sample", case, "--record", record, "--found", 1, "--format", "jsonl")
    result = json.loads(found.out)
    assert (result["n"], result["N"], result["found"]) == (9, MEMBERS, 1)
    # Wilson (1927) for 1 of 9 at 95 %.
    assert (result["low"], result["high"]) == ("0.019891", "0.435000")
    decided = bench("decide", case, *_FLAG, "--cluster", CLUSTER, "--sample", record)
    assert decided.code == 0, decided.err
    body = _newest(bench, case)["body"]
    assert body["sample"] == {name: result[name] for name in ("n", "N", "found", "low", "high")}
    assert bench("audit", "verify", case).code == 0


def test_a_seed_draws_the_same_accounts_again(bench: Bench, case: Path) -> None:
    first, second = (_draw(bench, case, "--seed", "7") for _ in range(2))
    assert [row["account_id"] for row in first] == [row["account_id"] for row in second]
    assert _newest(bench, case)["body"]["seed"] == "7"


def test_a_sample_speaks_only_for_what_it_was_drawn_from(bench: Bench, case: Path) -> None:
    record = _draw(bench, case)[0]["record_id"]
    assert bench("sample", case, "--record", record, "--found", 0).code == 0
    ran = bench("decide", case, *_FLAG, "--account", "a-01", "--sample", record)
    assert (ran.code, ran.out) == (2, "")
    assert "drawn from" in ran.err


def test_what_cannot_be_is_refused(bench: Bench, case: Path) -> None:
    record = _draw(bench, case)[0]["record_id"]
    assert bench("sample", case, "--record", record, "--found", 10).code == 2
    assert bench("sample", case, "--record", "0" * 32, "--found", 1).code == 2
    assert bench("sample", case, "--cluster", CLUSTER, "-n", MEMBERS + 1).code == 1
    assert bench("sample", case, "--cluster", "C-none", "-n", 1).code == 1
    assert bench("sample", case, "--cluster", CLUSTER).code == 2
    assert _newest(bench, case)["id"] == record


@given(st.dictionaries(st.text(max_size=4), st.none() | st.floats(0, 1), min_size=1))
def test_every_account_is_in_one_third(scores: dict[str, float | None]) -> None:
    strata = by_score(scores)
    assert sorted(account for part in strata.values() for account in part) == sorted(scores)
    parts = [
        {score for account in strata.get(name, []) if (score := scores[account]) is not None}
        for name in ("low", "middle", "high")
    ]
    for below, above in ((0, 1), (1, 2), (0, 2)):
        if parts[below] and parts[above]:
            assert max(parts[below]) < min(parts[above])


def test_what_a_member_lacks_is_named(tmp_path: Path) -> None:
    """Three times "lacking" would say nothing of what speaks against a member."""
    store = tmp_path / "lacking.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        connection.execute(
            "INSERT INTO member_evidence (cluster_id, account_id, source, family, llr) VALUES "
            f"('{CLUSTER}', 'a-01', 'network', 'lacking', -2), "
            f"('{CLUSTER}', 'a-01', 'money', 'lacking', -3), ('{CLUSTER}', 'a-01', 'x', 'ip', -1), "
            f"('{CLUSTER}', 'a-01', 'client', 'client', 9)"
        )
    root = tmp_path / "lacking"
    commit_store(Case.create(root), store)
    with open_case(root) as session:
        (row,) = session.rows("sample-accounts", accounts=["a-01"])
    assert row["against"] == "no money, no network, ip"
