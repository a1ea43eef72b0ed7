"""Loads end to end: three forms give one store, order and computed columns hold."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.intake.conftest import (
    EXCHANGE_TYPES,
    Load,
    exchange_rows,
    write_csv,
    write_jsonl,
    write_parquet,
)
from workbench.case.manifest import Source
from workbench.catalog.tables import TABLES
from workbench.errors import WorkbenchError

COMPARED = ("exchanges", "exchange_text", "account_profile", "column_presence")


def test_three_forms_and_their_packings_give_the_same_tables(
    load_files: Load, tmp_path: Path
) -> None:
    rows = exchange_rows()
    parquet = load_files(write_parquet(tmp_path / "exchanges.parquet", rows, EXCHANGE_TYPES))
    assert parquet.summary.tables["exchanges"] == 60
    assert parquet.rejects == []
    plain = write_csv(tmp_path / "exchanges.csv", rows).read_bytes()
    lines = write_jsonl(tmp_path / "exchanges.jsonl", rows).read_bytes()
    crlf = plain.replace(b"\n", b"\r\n").replace(b"Zwei\r\nZeilen", b"Zwei\nZeilen")
    for name, content in {
        "exchanges.csv": plain,
        "exchanges-bom.csv": b"\xef\xbb\xbf" + crlf,
        "exchanges.csv.gz": gzip.compress(plain[:900]) + gzip.compress(plain[900:]),
        "exchanges.csv.zst": zstandard.compress(plain),
        "exchanges.jsonl": lines,
        "exchanges.jsonl.gz": gzip.compress(lines),
        "exchanges.dat": zstandard.compress(lines[:99]) + zstandard.compress(lines[99:]),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        loaded = load_files(path)
        assert loaded.rejects == [], name
        for table in COMPARED:
            assert loaded.digest(table) == parquet.digest(table), (name, table)
        assert loaded.summary.sources[0].sha256 == hashlib.sha256(content).hexdigest()


def test_the_store_is_what_the_schema_says(load_files: Load, tmp_path: Path) -> None:
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", exchange_rows()))
    for table in (*COMPARED, "accounts", "sightings", "payments", "api_keys", "model_releases",
                  "entity_lists", "load_warnings", "sources"):  # fmt: skip
        described = loaded.rows(f"SELECT name, type FROM pragma_table_info('{table}')")
        assert described == [(c.name, c.type) for c in TABLES[table].columns], table


def test_rows_are_stored_by_account_and_time(load_files: Load, tmp_path: Path) -> None:
    rows = exchange_rows()
    loaded = load_files(
        write_jsonl(tmp_path / "exchanges-1.jsonl", rows[::2]),
        write_csv(tmp_path / "exchanges-2.csv", rows[1::2]),
    )
    stored = loaded.rows("SELECT account_id, ts, source_id, source_row FROM exchanges")
    assert stored == sorted(stored)
    texts = loaded.rows("SELECT exchange_id FROM exchange_text")
    wanted = loaded.rows("SELECT exchange_id FROM exchanges WHERE prompt_hash IS NOT NULL")
    assert texts == wanted


def test_every_row_can_be_found_in_its_file(load_files: Load, tmp_path: Path) -> None:
    rows = exchange_rows(10)
    path = write_csv(tmp_path / "exchanges.csv", rows)
    loaded = load_files(path)
    lines = path.read_bytes().decode().split("\n")
    for exchange, line in loaded.rows("SELECT exchange_id, source_row FROM exchanges"):
        assert lines[line - 1].startswith(exchange)
    parquet = load_files(write_parquet(tmp_path / "exchanges.parquet", rows, EXCHANGE_TYPES))
    placed = parquet.rows("SELECT exchange_id, source_row FROM exchanges ORDER BY 2")
    assert placed == [(row["exchange_id"], number) for number, row in enumerate(rows, 1)]


def test_prompt_columns_follow_their_stated_method(load_files: Load, tmp_path: Path) -> None:
    prompts = [
        "Hello\n  World 42",
        "hello world 42",
        "ＨＥＬＬＯ world ４２",
        "caf\u0065\u0301",
        "café",
    ]
    rows = [
        {"account_id": f"a{n}", "ts": "2026-01-01", "prompt": prompt}
        for n, prompt in enumerate(prompts)
    ]
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
    found = loaded.rows(
        "SELECT prompt_hash, prompt_head, prompt_tail, prompt_chars FROM exchanges "
        "ORDER BY account_id"
    )
    digest = hashlib.md5(b"helloworld42", usedforsecurity=False).digest()
    assert [row[0] for row in found[:3]] == [int.from_bytes(digest[8:], "little") >> 1] * 3
    assert [row[1] for row in found] == ["hello world ##"] * 3 + ["café"] * 2
    assert found[3][0] == found[4][0]
    assert [row[3] for row in found] == [16, 14, 14, 5, 4]
    long = "Start of it " + "x" * 100 + " 7 the end"
    write_jsonl(tmp_path / "exchanges.jsonl", [rows[0] | {"prompt": long}])
    head, tail = load_files(tmp_path / "exchanges.jsonl").rows(
        "SELECT prompt_head, prompt_tail FROM exchanges"
    )[0]
    assert head == long.lower()[:32]
    assert tail == long.lower()[-32:].replace("7", "#")


def test_supplied_hashes_stay_where_there_is_no_prompt(load_files: Load, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"account_id": "a", "ts": "2026-01-01", "prompt_hash": "123", "prompt_head": "Given"},
        {"account_id": "b", "ts": "2026-01-01", "prompt_hash": "abcdef", "prompt": None},
        {"account_id": "c", "ts": "2026-01-01", "prompt_hash": "123", "prompt": "text"},
    ]
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
    found = loaded.rows("SELECT prompt_hash, prompt_head FROM exchanges ORDER BY account_id")
    assert found[0] == (123, "Given")
    assert found[1][0] not in (None, 123)
    assert found[2][0] != 123


def test_an_exchange_without_an_id_is_named_by_its_place(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.csv"
    path.write_text("account_id,ts,model\na,2026-01-01,m\nb,2026-01-02,m\n")
    loaded = load_files(path)
    assert loaded.rows("SELECT exchange_id FROM exchanges") == [("1:2",), ("1:3",)]


def test_empty_and_quoted_empty_cells_differ(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.csv"
    path.write_text('account_id,ts,model,status,ip\na,2026-01-01,,,""\n')
    loaded = load_files(path)
    assert loaded.rows("SELECT model, status, ip FROM exchanges") == [(None, None, "")]
    assert loaded.rejects == []


def test_a_folder_of_parts_is_one_load(load_files: Load, tmp_path: Path) -> None:
    rows = exchange_rows()
    parts = tmp_path / "extract" / "exchanges"
    parts.mkdir(parents=True)
    write_parquet(parts / "part-0.parquet", rows[:20], EXCHANGE_TYPES)
    write_parquet(parts / "part-1.parquet", rows[20:], EXCHANGE_TYPES)
    (tmp_path / "extract" / "README.md").write_text("not data")
    (tmp_path / "extract" / "truth").mkdir()
    write_csv(tmp_path / "extract" / "truth" / "accounts.csv", [{"account_id": "a", "plan": "x"}])
    loaded = load_files(tmp_path / "extract")
    assert [(s.table, s.rows) for s in loaded.summary.sources] == [
        ("exchanges", 20),
        ("exchanges", 40),
    ]
    places = loaded.rows("SELECT source_id, max(source_row) FROM exchanges GROUP BY 1 ORDER BY 1")
    assert places == [(1, 20), (2, 40)]


def test_a_file_name_is_no_pattern(load_files: Load, tmp_path: Path) -> None:
    for name in ("exchanges*.parquet", "exchanges[1]'\x1b.parquet"):
        loaded = load_files(write_parquet(tmp_path / "x", exchange_rows(5), EXCHANGE_TYPES)
                            .rename(tmp_path / name))  # fmt: skip
        assert loaded.summary.tables["exchanges"] == 5


def test_append_keeps_the_rows_of_before(load_files: Load, tmp_path: Path) -> None:
    rows = [row | {"shoe_size": 1} for row in exchange_rows()]
    both = load_files(
        write_csv(tmp_path / "exchanges-1.csv", rows[:30]),
        write_csv(tmp_path / "exchanges-2.csv", exchange_rows()[30:]),
    )
    first = load_files(tmp_path / "exchanges-1.csv")
    first.connection.close()
    second = load_files(
        tmp_path / "exchanges-2.csv",
        previous_store=first.folder / "store.duckdb",
        previous_sources=first.summary.sources,
    )
    assert [source.source_id for source in second.summary.sources] == [1, 2]
    for table in COMPARED:
        assert second.digest(table) == both.digest(table), table
    places = "SELECT source_id, source_row FROM exchanges"
    assert second.rows(places) == both.rows(places)
    assert second.digest("load_warnings") == both.digest("load_warnings")


def test_append_adds_a_table_to_a_case(load_files: Load, tmp_path: Path) -> None:
    first = load_files(write_csv(tmp_path / "exchanges.csv", exchange_rows()))
    first.connection.close()
    accounts = write_csv(tmp_path / "accounts.csv", [{"account_id": "late", "email": "X@Y.Org"}])
    second = load_files(
        accounts,
        previous_store=first.folder / "store.duckdb",
        previous_sources=first.summary.sources,
    )
    assert second.rows("SELECT email_domain FROM accounts") == [("y.org",)]
    assert second.rows("SELECT count(*) FROM exchange_text") == [(53,)]
    assert second.rows("SELECT count(*) FROM account_profile") == [(6,)]


def test_a_missing_required_column_stops_before_any_work(load_files: Load, tmp_path: Path) -> None:
    write_csv(tmp_path / "accounts.csv", [{"account_id": "a", "plan": "free"}])
    bad = write_csv(tmp_path / "exchanges.csv", [{"acount_id": "a", "ts": "2026-01-01", "x": 1}])
    with pytest.raises(WorkbenchError) as caught:
        load_files(tmp_path / "accounts.csv", bad)
    assert "exchanges.csv" in caught.value.message
    assert "“account_id” is missing" in caught.value.message
    assert "acount_id, ts, x" in caught.value.message
    assert "“acount_id” for account_id" in caught.value.hint


def test_unknown_columns_are_kept_out_and_named(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "accounts.csv", [{"account_id": "a", "email": "e@x.io", "shoe_size": 44}]
    )
    loaded = load_files(path)
    assert loaded.summary.unknown_columns == {str(path): ("shoe_size",)}
    [(code, message)] = loaded.rows("SELECT code, message FROM load_warnings")
    assert code == "unknown_column"
    assert message.startswith("accounts.csv: no column of accounts, so kept out: shoe_size.")


def test_what_holds_for_all_parts_is_told_once(load_files: Load, tmp_path: Path) -> None:
    for number in range(3):
        row = {"account_id": f"a{number}", "ts": 1777638615 + number, "ip": "-", "shoe_size": 44}
        write_csv(tmp_path / f"exchanges-{number}.csv", [row])
    loaded = load_files(*sorted(tmp_path.glob("*.csv")))
    found = loaded.rows("SELECT code, message FROM load_warnings ORDER BY code")
    assert [code for code, _ in found] == ["epoch_unit_guessed", "placeholder", "unknown_column"]
    assert all(message.startswith("exchanges-0.csv and 2 more files: ") for _, message in found)


def test_a_damaged_parquet_file_is_one_clear_error(load_files: Load, tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "exchanges.parquet", exchange_rows(), EXCHANGE_TYPES)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WorkbenchError, match=r"exchanges\.parquet cannot be read as Parquet"):
        load_files(path)


def test_a_decompression_bomb_is_refused(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.csv.gz"
    path.write_bytes(gzip.compress(b"account_id,ts,model\n" + b"a,2026-01-01,m\n" * 1_000_000))
    with pytest.raises(WorkbenchError, match="unpacks to more than"):
        load_files(path, largest_bytes=1 << 20)


def test_a_ten_megabyte_cell_loads(load_files: Load, tmp_path: Path) -> None:
    row = {"account_id": "a", "ts": "2026-01-01", "prompt": 'x"\r\n' * 2_500_000}
    for path in (
        write_csv(tmp_path / "exchanges.csv", [row]),
        write_jsonl(tmp_path / "exchanges.jsonl", [row]),
    ):
        loaded = load_files(path)
        assert loaded.rejects == []
        assert loaded.rows("SELECT prompt FROM exchange_text") == [(row["prompt"],)]


def test_sources_are_recorded_in_the_store(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exchanges.csv", exchange_rows(4))
    loaded = load_files(path)
    source: Source = loaded.summary.sources[0]
    assert loaded.rows("SELECT * FROM sources") == [(1, str(path), source.sha256, "csv", 4, 0)]
    assert (source.rows, source.rejected, source.bytes) == (4, 0, path.stat().st_size)
