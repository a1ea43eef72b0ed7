"""`audit replay`: what a decision rests on still comes out, or it is said what does not."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, Bench, Ran, commit_store
from workbench.case.atomic import file_digest
from workbench.case.folder import Case
from workbench.playbooks.library import Library, library_in_sight
from workbench.playbooks.retired import retired_queries
from workbench.resources import queries_dir

_WATCH = ("--verdict", "watch", "--reason", "R-OTHER")
_QUERY = """/*+++
id = "since"
title = "Accounts made since a day"
[params.day]
type = "timestamp"
[params.accounts]
type = "account_list"
[params.share]
type = "float"
default = 0.25
+++*/
SELECT account_id, $share AS share FROM accounts
WHERE created_at >= $day AND account_id IN (SELECT unnest($accounts)) ORDER BY account_id
"""


def _decide(bench: Bench, case: Path, *more: object) -> str:
    ran = bench("decide", case, *_WATCH, *more)
    assert ran.code == 0, ran.err
    return ran.first


def _replay(bench: Bench, case: Path) -> tuple[Ran, list[dict[str, object]]]:
    ran = bench("audit", "replay", case, "--all", "--format", "jsonl")
    return ran, [json.loads(line) for line in ran.out.splitlines()]


def test_decisions_made_since_change_no_evidence(bench: Bench, case: Path) -> None:
    # The cluster's page counts its decided members, and so reads the ledger itself.
    first = _decide(bench, case, "--cluster", CLUSTER)
    second = _decide(bench, case, "--account", "a-01")
    third = _decide(bench, case, "--cluster", CLUSTER)
    ran, rows = _replay(bench, case)
    assert ran.code == 0, ran.err
    assert [row["record_id"] for row in rows] == [first, second, third]
    assert {row["status"] for row in rows} == {"matches"}


def test_lists_times_and_numbers_are_read_back(bench: Bench, case: Path) -> None:
    (case / "queries" / "since.sql").write_text(_QUERY)
    assert bench("trust", case).code == 0
    _decide(
        bench, case, "--account", "a-01", "--evidence", "since", "-p", "day=2026-04-30",
        "-p", "accounts=a-01,a-02", "-p", "share=0.1",
    )  # fmt: skip
    ran, rows = _replay(bench, case)
    assert ran.code == 0, ran.err
    assert [(row["status"], row["rows_now"]) for row in rows] == [("matches", 2)]


def _tamper(case: Path) -> None:
    opened = Case.open(case)
    store, manifest = opened.parts.data[0], case / "case.toml"
    before, size = opened.manifest.store_sha256, opened.manifest.store_bytes
    store.chmod(0o600)
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE account_profile SET exchanges = 99 WHERE account_id = 'a-01'")
    text = manifest.read_text().replace(before, file_digest(store))
    manifest.write_text(text.replace(f"= {size}\n", f"= {store.stat().st_size}\n"))


def test_a_changed_store_shows_even_with_its_manifest_made_to_fit(bench: Bench, case: Path) -> None:
    changed = _decide(bench, case, "--account", "a-01")
    _decide(bench, case, "--account", "a-02")
    _tamper(case)
    ran, rows = _replay(bench, case)
    assert ran.code == 3
    assert [row["status"] for row in rows] == ["differs", "matches"]
    assert rows[0]["record_id"] == changed
    assert "same generation" in ran.err


def test_another_generation_is_no_tampering(bench: Bench, case: Path, tmp_path: Path) -> None:
    _decide(bench, case, "--account", "a-01")
    _decide(bench, case, "--account", "a-02")
    other = tmp_path / "other.duckdb"
    other.write_bytes(Case.open(case).parts.data[0].read_bytes())
    with duckdb.connect(str(other)) as connection:
        connection.execute("UPDATE account_profile SET exchanges = 11 WHERE account_id = 'a-01'")
    commit_store(Case.open(case), other)
    ran, rows = _replay(bench, case)
    assert ran.code == 0, ran.err
    assert [row["status"] for row in rows] == ["other generation", "matches"]
    assert rows[0]["why"] == "generation 1 then, 2 now, of the same sources"


def test_queries_that_changed_or_went_are_told_apart(bench: Bench, case: Path) -> None:
    mine = case / "queries" / "since.sql"
    values = ("-p", "day=2026-04-30", "-p", "accounts=a-01")
    mine.write_text(_QUERY)
    assert bench("trust", case).code == 0
    _decide(bench, case, "--account", "a-01", "--evidence", "since", *values)
    assert bench("trust", case, "--forget").code == 0
    ran, rows = _replay(bench, case)
    assert (ran.code, rows[0]["status"], rows[0]["rows_now"]) == (1, "not run", None)
    assert "workbench trust" in str(rows[0]["why"])
    mine.write_text(_QUERY.replace(">=", ">"))
    ran, rows = _replay(bench, case)
    assert (ran.code, rows[0]["status"]) == (0, "query changed")
    mine.unlink()
    ran, rows = _replay(bench, case)
    assert (ran.code, rows[0]["status"], rows[0]["rows_now"]) == (0, "query gone", None)


def test_evidence_rests_on_the_text_that_was_run(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shipped query that got a new revision: the text that was run is run again."""
    retired = retired_queries(queries_dir())
    old = {query.id: query for query in retired.values()}
    now = library_in_sight()
    changed = Library({**now.queries, **old}, now.playbooks)
    with monkeypatch.context() as before:
        before.setattr("workbench.cli.session.library_in_sight", lambda _: changed)
        _decide(bench, case, "--account", "a-01", "--evidence", "largest-accounts")
        _decide(bench, case, "--account", "a-01", "--evidence", "flagged-but-active")
        _decide(bench, case, "--account", "a-01", "--evidence", "shared-instruments")
    ran, rows = _replay(bench, case)
    assert ran.code == 0, ran.err
    assert [row["status"] for row in rows] == ["matches"] * 3
    assert [row["why"] for row in rows] == ["", *["as revision 1 was; it is 2 now"] * 2]
    listed = bench("queries", "list", "--format", "jsonl").out
    assert listed.count('"flagged-but-active"') == 1


def test_a_damaged_ledger_is_said_after_what_can_be_read(bench: Bench, case: Path) -> None:
    for account in ("a-01", "a-02", "a-03"):
        _decide(bench, case, "--account", account)
    ledger = case / "audit.jsonl"
    lines = ledger.read_bytes().split(b"\n")
    ledger.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b"watch", b"clear"), *lines[3:]]))
    ran, rows = _replay(bench, case)
    assert ran.code == 3
    assert "damaged" in ran.err
    assert "matches" in {row["status"] for row in rows}


def test_a_stored_list_that_is_gone_is_named(bench: Bench, case: Path) -> None:
    (case / "queries" / "since.sql").write_text(_QUERY)
    assert bench("trust", case).code == 0
    values = ("-p", "day=2026-04-30", "-p", "accounts=a-01")
    _decide(bench, case, "--account", "a-01", "--evidence", "since", *values)
    for stored in (case / "audit.d" / "sets").iterdir():
        stored.unlink()
    ran, rows = _replay(bench, case)
    assert ran.code == 3
    assert rows[0]["status"] == "not run"
