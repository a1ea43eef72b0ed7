"""Cases in which nothing can be found say so, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bench

HEAD = "account_id,created_at,email,signup_ip\n"


@pytest.mark.parametrize(
    ("accounts", "loaded", "why"),
    [
        (0, "no records", "no account"),
        (1, "accounts 1", "one account only"),
        (500, "accounts 500", "others do not share as well"),
    ],
)
def test_where_no_cluster_is_found_a_sentence_says_why(
    bench: Bench, tmp_path: Path, accounts: int, loaded: str, why: str
) -> None:
    extract, case = tmp_path / "accounts.csv", tmp_path / "case"
    row = "{},2026-03-01T10:00:00Z,same@example.com,203.0.113.7\n"
    extract.write_text(HEAD + "".join(row.format(f"a{n}") for n in range(accounts)))
    ran = bench("load", case, extract)
    assert ran.code == (0 if accounts else 1), ran.err
    assert f"generation 1: {loaded}." in ran.err
    found = bench("clusters", case, "--format", "jsonl")
    assert (found.code, found.out) == (0, "")
    assert found.err.startswith("No cluster: ")
    assert why in found.err
    told = bench("info", case).out
    assert "The extracts hold no exchanges." in told
    assert ("Values too common to link accounts." in told) == (accounts == 500)


def test_columns_that_are_filled_in_part_are_told(bench: Bench, tmp_path: Path) -> None:
    extract, case = tmp_path / "accounts.csv", tmp_path / "case"
    row = "a{},2026-03-01T10:00:00Z,{},203.0.113.7\n"
    filled = (row.format(n, "" if n % 4 else f"n{n}@example.com") for n in range(200))
    extract.write_text(HEAD + "".join(filled))
    assert bench("load", case, extract).code == 0
    told = bench("info", case).out
    assert "filled in part: accounts: email 25 %, email_domain 25 %\n" in told
