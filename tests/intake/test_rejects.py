"""The reject rule: each bad record exactly once, with place, reason and bytes; the rest loads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from tests.intake.conftest import Load, Loaded, exchange_rows, write_csv, write_jsonl

COLUMNS = b"account_id,ts,model,input_tokens,prompt\n"
GOOD = [b"u%d,2026-05-01T00:00:%02dZ,m,%d,hello %d" % (n, n % 60, n, n) for n in range(200)]

# Bad CSV records: bytes, reason, column.
BAD_CSV = [
    (b"u1,not-a-date,m,1,x", "bad_time", "ts"),
    (b"u1,2026-13-45,m,1,x", "bad_time", "ts"),
    (b"u1,2026-05-01,m,twelve,x", "not_a_number", "input_tokens"),
    (b"u1,2026-05-01,m,12.5,x", "not_a_number", "input_tokens"),
    (b",2026-05-01,m,1,x", "missing_required", "account_id"),
    (b'"",2026-05-01,m,1,x', "missing_required", "account_id"),
    (b"u1,,m,1,x", "missing_required", "ts"),
    (b"u1,2026-05-01,m,1,x,extra", "too_many_cells", ""),
    (b"u1,2026-05-01,m", "too_few_cells", ""),
    (b"u1,2026-05-01,m,1,\xff\xfe\xed", "invalid_utf8", ""),
    (b"u1,2026-05-01,m,9223372036854775808,x", "number_out_of_range", "input_tokens"),
    (b"u\x001,2026-05-01,m,1,x", "nul_in_id", "account_id"),
]
BAD_JSONL = [
    (b'{"account_id":"u1","ts":"yesterday"}', "bad_time", "ts"),
    (b'{"account_id":"u","ts":"2026-05-01","input_tokens":"many"}', "not_a_number", "input_tokens"),
    (b'{"account_id":"u1","ts":"2026-05-01","input_tokens":true}', "not_a_number", "input_tokens"),
    (b'{"account_id":"","ts":"2026-05-01"}', "missing_required", "account_id"),
    (b'{"ts":"2026-05-01"}', "missing_required", "account_id"),
    (b'{"account_id":null,"ts":"2026-05-01"}', "missing_required", "account_id"),
    (b'{"account_id":"u1","ts":"2026-05-01"', "broken_json", ""),
    (b'{"account_id":"u1","ts":"2026-05-01",}', "broken_json", ""),
    (b'{"account_id":"u1","ts":"2026-05-01","prompt":NaN}', "broken_json", ""),
    (b"not json at all", "broken_json", ""),
    (b'["account_id","u1"]', "not_an_object", ""),
    (b'"text"', "not_an_object", ""),
    (b"17", "not_an_object", ""),
    (b"null", "not_an_object", ""),
    (b'{"account_id":"u1\xff","ts":"2026-05-01"}', "invalid_utf8", ""),
    (b'{"account_id":"u1","ts":"2026-05-01","input_tokens":99999999999999999999}',
     "number_out_of_range", "input_tokens"),
    (b'{"account_id":"u\\u00001","ts":"2026-05-01"}', "nul_in_id", "account_id"),
]  # fmt: skip


def mixed(good: list[bytes], bad: list[tuple[bytes, str, str]]) -> list[bytes]:
    """Good records with a bad one after every few."""
    lines = []
    for n, record in enumerate(good):
        lines.append(record)
        if n % 10 == 3 and n // 10 < len(bad):
            lines.append(bad[n // 10][0])
    return lines


def expect(
    loaded: Loaded, lines: list[bytes], bad: list[tuple[bytes, str, str]], shift: int
) -> None:
    found = sorted(loaded.rejects, key=lambda entry: entry["line"])
    assert [(entry["reason"], entry["column"]) for entry in found] == [b[1:] for b in bad]
    for entry in found:
        raw = entry["raw"].encode("utf-8", "surrogateescape")
        assert raw == lines[entry["line"] - shift]
        assert entry["line_end"] == entry["line"]
    assert loaded.summary.rejected == len(bad)
    assert loaded.summary.sources[0].rejected == len(bad)
    assert loaded.summary.tables["exchanges"] == len(lines) - len(bad)
    rows = {row for (row,) in loaded.rows("SELECT source_row FROM exchanges")}
    assert rows == set(range(shift, len(lines) + shift)) - {e["line"] for e in found}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_bad_csv_records(load_files: Load, tmp_path: Path, end: bytes) -> None:
    lines = mixed(GOOD, BAD_CSV)
    path = tmp_path / "exchanges.csv"
    path.write_bytes(COLUMNS.strip() + end + end.join(lines) + end)
    expect(load_files(path), lines, BAD_CSV, 2)


def test_bad_csv_records_among_quoted_ones(load_files: Load, tmp_path: Path) -> None:
    good = [record.rsplit(b",", 1)[0] + b',"hello, ""you"""' for record in GOOD]
    lines = mixed(good, BAD_CSV)
    path = tmp_path / "exchanges.csv"
    path.write_bytes(COLUMNS + b"\n".join(lines) + b"\n")
    expect(load_files(path), lines, BAD_CSV, 2)


def test_bad_json_records(load_files: Load, tmp_path: Path) -> None:
    good = [
        json.dumps({"account_id": f"u{n}", "ts": "2026-05-01", "prompt": "a,} nan"}).encode()
        for n in range(200)
    ]
    lines = mixed(good, BAD_JSONL)
    path = tmp_path / "exchanges.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    expect(load_files(path), lines, BAD_JSONL, 1)


def test_bad_parquet_rows(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT CASE n % 10 WHEN 1 THEN NULL WHEN 2 THEN '' WHEN 3 THEN 'a' || chr(0) "
            "ELSE 'a' END AS account_id, "
            "CASE n % 10 WHEN 4 THEN 'never' ELSE '2026-05-01' END AS ts, "
            "CASE n % 10 WHEN 5 THEN 1.5 WHEN 6 THEN 'nan'::DOUBLE ELSE n END AS input_tokens "
            f"FROM range(100) t(n)) TO '{path}' (FORMAT parquet)"
        )
    loaded = load_files(path)
    assert loaded.summary.rejected == 50
    assert loaded.summary.tables["exchanges"] == 50
    reasons = {(entry["line"] - 1) % 10: entry["reason"] for entry in loaded.rejects}
    assert reasons == {
        1: "missing_required", 2: "missing_required", 3: "nul_in_id", 4: "bad_time",
        5: "not_a_number",
    }  # fmt: skip
    assert json.loads(loaded.rejects[0]["raw"])["ts"] == "2026-05-01"
    assert loaded.rows("SELECT count(*) FROM exchanges WHERE input_tokens IS NULL") == [(10,)]


def test_an_unterminated_quote_is_one_reject_with_its_lines(
    load_files: Load, tmp_path: Path
) -> None:
    lines = [*GOOD[:5], b'u9,2026-05-01,m,1,"never closed', b"a line of prose", *GOOD[5:]]
    path = tmp_path / "exchanges.csv"
    path.write_bytes(COLUMNS + b"\n".join(lines) + b"\n")
    loaded = load_files(path)
    assert [(e["line"], e["line_end"], e["reason"]) for e in loaded.rejects] == [
        (7, 8, "unterminated_quote")
    ]
    assert loaded.summary.tables["exchanges"] == 200


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_cut_gz_loads_what_can_be_unpacked(load_files: Load, tmp_path: Path, form: str) -> None:
    rows = exchange_rows(2000)
    write = write_csv if form == "csv" else write_jsonl
    whole = write(tmp_path / f"exchanges.{form}", rows).read_bytes()
    path = tmp_path / f"exchanges.{form}.gz"
    packed = gzip.compress(whole)
    path.write_bytes(packed[: len(packed) // 2])
    loaded = load_files(path)
    assert [entry["reason"] for entry in loaded.rejects] == ["truncated"]
    count = loaded.summary.tables["exchanges"]
    assert 0 < count < 2000
    read = {row for (row,) in loaded.rows("SELECT exchange_id FROM exchanges")}
    assert read == {row["exchange_id"] for row in rows[:count]}
    assert ("truncated_file",) in loaded.rows("SELECT code FROM load_warnings")


def test_a_number_in_a_text_column_is_text(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.jsonl"
    path.write_text('{"account_id":12345678901234567890123,"ts":"2026-05-01","ip":{"v":[4]}}\n')
    loaded = load_files(path)
    assert loaded.rows("SELECT account_id, ip FROM exchanges") == [
        ("12345678901234567890123", '{"v":[4]}')
    ]


def test_hostile_text_is_stored_as_it_came(load_files: Load, tmp_path: Path) -> None:
    hostile = "\x1b]52;c;x\x07 \u202e [/red] \x9b \x00 end"
    path = tmp_path / "exchanges.jsonl"
    path.write_text(json.dumps({"account_id": "\x1b[2J", "ts": "2026-05-01", "prompt": hostile}))
    loaded = load_files(path)
    assert loaded.rows("SELECT account_id, prompt FROM exchange_text") == [("\x1b[2J", hostile)]
