"""Masked columns at the command line: hidden until a reason is recorded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import Bench, Sit, commit_store
from workbench.case.folder import Case

_SQL = "SELECT account_id, lower(email) AS mail FROM accounts ORDER BY account_id LIMIT 1"


@pytest.fixture
def masked(bench: Bench, case: Path, _store: Path, tmp_path: Path) -> Path:
    """The small case with e-mail addresses, and a policy that masks them."""
    store = tmp_path / "with-mail.duckdb"
    shutil.copyfile(_store, store)
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE accounts SET email = account_id || '@mail.example'")
    commit_store(Case.open(case), store)
    assert set_policy(bench, case, tmp_path, '[mask]\ncolumns = ["email"]\n').code == 0
    return case


def set_policy(bench: Bench, case: Path, folder: Path, text: str) -> Any:
    (folder / "policy.toml").write_text(text)
    words = ("--set", folder / "policy.toml", "--reason", "privacy", "--alone", "nobody else")
    return bench("audit", "policy", case, *words)


def records(case: Path, kind: str) -> list[dict[str, Any]]:
    found = map(json.loads, (case / "audit.jsonl").read_text().splitlines())
    return [record for record in found if record["type"] == kind]


def test_pages_statements_and_exports_hide_until_revealed(
    bench: Bench, masked: Path, tmp_path: Path
) -> None:
    page = bench("account", masked, "a-01")
    assert "a-01@mail.example" not in page.out
    assert "--reveal REASON shows them" in page.err
    for form in ("table", "csv", "jsonl"):
        assert "@mail.example" not in bench("sql", masked, _SQL, "--format", form).out
    assert not records(masked, "reveal")
    shown = bench("sql", masked, _SQL, "--format", "jsonl", "--reveal", "to write to them")
    assert "a-00@mail.example" in shown.out
    (reveal,) = records(masked, "reveal")
    assert reveal["body"]["field"] == "email"
    assert reveal["body"]["reason"] == "to write to them"
    assert "sql" in reveal["body"]["id"]
    bench("sql", masked, _SQL, "-o", tmp_path / "out.jsonl")
    assert "@mail.example" not in (tmp_path / "out.jsonl").read_text()


def test_a_packet_says_what_it_masks(bench: Bench, masked: Path, tmp_path: Path) -> None:
    assert bench("report", masked, "-o", tmp_path / "packet").code == 0
    report = (tmp_path / "packet" / "report.md").read_text()
    assert "masked: email" in report
    assert "@mail.example" not in report


def test_evidence_is_the_same_masked_or_not(bench: Bench, masked: Path, tmp_path: Path) -> None:
    decide = ("decide", masked, "--account", "a-01", "--verdict", "watch", "--reason", "R-OTHER")
    assert bench(*decide).code == 0
    assert set_policy(bench, masked, tmp_path, "[mask]\ncolumns = []\n").code == 0
    replayed = bench("audit", "replay", masked)
    assert (replayed.code, "differs" in replayed.out) == (0, False)
    verified = bench("audit", "verify", masked)
    assert "loosened the policy (email is shown)" in verified.out


def test_what_cannot_be_masked_is_said(bench: Bench, case: Path, tmp_path: Path) -> None:
    refused = set_policy(bench, case, tmp_path, '[mask]\ncolumns = ["emial"]\n')
    assert (refused.code, "Did you mean “email”?" in refused.err) == (2, True)


def test_nothing_to_reveal_records_nothing(bench: Bench, case: Path) -> None:
    assert bench("sql", case, "SELECT 1", "--reveal", "for nothing").code == 0
    assert not (case / "audit.jsonl").exists()


def test_a_colleague_has_other_stand_ins_and_raises_no_alarm(
    bench: Bench, sit: Sit, masked: Path
) -> None:
    decide = ("decide", masked, "--account", "a-01", "--verdict", "watch", "--reason", "R-OTHER")
    assert bench(*decide).code == 0
    own = bench("audit", "replay", masked, "--all", "--format", "csv")
    assert (own.code, "matches" in own.out) == (0, True)
    shown = bench("sql", masked, _SQL, "--format", "jsonl").out
    assert bench("sql", masked, _SQL, "--format", "jsonl").out == shown
    sit("ben")
    assert bench("sql", masked, _SQL, "--format", "jsonl").out != shown
    told = bench("audit", "replay", masked, "--format", "csv")
    assert told.code == 0
    assert "other stand-ins" in told.out
    assert "who recorded it can run it again" in told.out


def test_a_stand_in_is_put_on_no_list(bench: Bench, masked: Path) -> None:
    added = ("lists", "add", masked, "email", "‹masked 0123456789abcdef›", "--role", "hub",
             "--reason", "seen")  # fmt: skip
    refused = bench(*added)
    assert refused.code == 1, refused
    assert "stands for a masked value" in refused.err
