"""Tables and CSV show, JSONL and Parquet keep: from a hostile extract and back."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from tests.conftest import run_workbench
from tests.hostile.extract import ACCOUNTS, RAW, account_id


def test_tables_and_csv_are_inert(hostile_case: Path) -> None:
    for arguments in (
        ("info",), ("clusters",), ("clusters", "--members"), ("find", "h0"), ("decisions",),
        ("account", account_id(0)), ("entity", "ip", "198.51.100.7\x9b31mC1"),
    ):  # fmt: skip
        command, *rest = arguments
        for form in ("table", "csv"):
            done = run_workbench(command, hostile_case, *rest, "--format", form)
            assert done.returncode == 0, (arguments, done.stderr)
            data = (done.stdout + done.stderr).encode("utf-8", "surrogatepass")
            for raw in RAW:
                assert raw not in data, (arguments, form, raw)
            assert b"\x1b" not in data


def test_a_failing_statement_is_one_inert_sentence(hostile_case: Path) -> None:
    done = run_workbench("sql", hostile_case, "SELECT CAST(email AS INTEGER) FROM accounts")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr


def test_jsonl_and_parquet_keep_every_character(hostile_case: Path, tmp_path: Path) -> None:
    sql = "SELECT account_id FROM accounts ORDER BY account_id"
    done = run_workbench("sql", hostile_case, sql, "--format", "jsonl")
    assert done.stdout.isascii()
    read = [json.loads(line)["account_id"] for line in done.stdout.splitlines()]
    assert sorted(read) == sorted(account_id(number) for number in range(ACCOUNTS))
    target = tmp_path / "ids.parquet"
    assert run_workbench("sql", hostile_case, sql, "-o", target).returncode == 0
    rows = (
        duckdb.connect().execute("SELECT account_id FROM read_parquet(?)", [str(target)]).fetchall()
    )
    assert sorted(row[0] for row in rows) == sorted(read)


def test_decide_takes_what_clusters_wrote(hostile_case: Path, tmp_path: Path) -> None:
    sql = "SELECT account_id FROM accounts"
    for suffix in ("parquet", "jsonl"):
        source = tmp_path / f"ids.{suffix}"
        assert run_workbench("sql", hostile_case, sql, "-o", source).returncode == 0
        done = run_workbench(
            "decide", hostile_case, "--verdict", "watch", "--reason", "R-MULTI", "--from", source
        )
        assert done.returncode == 0, done.stderr
    listed = run_workbench("decisions", hostile_case, "--format", "jsonl")
    decided = {json.loads(line)["account_id"] for line in listed.stdout.splitlines()}
    assert decided == {account_id(number) for number in range(ACCOUNTS)}
    assert run_workbench("audit", "verify", hostile_case).returncode == 0


def test_an_unknown_id_writes_nothing(hostile_case: Path, tmp_path: Path) -> None:
    source = tmp_path / "ids.txt"
    source.write_text("nobody\n")
    done = run_workbench(
        "decide", hostile_case, "--verdict", "watch", "--reason", "R-MULTI", "--from", source
    )
    assert done.returncode == 1
    assert "nobody" in done.stderr
    assert not (hostile_case / "audit.jsonl").exists()
