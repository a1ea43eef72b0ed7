"""Kinds of files that an analyst is handed: each loads, or says what to do."""

from __future__ import annotations

import json
import lzma
import sqlite3
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import Load, Loaded, Row, write_csv, write_jsonl
from workbench.errors import WorkbenchError
from workbench.intake.recognise import ProposalNeeded

ROWS: list[Row] = [
    {"account_id": f"u{n}", "ts": f"2026-05-0{n + 1}T08:00:00Z", "model": "m", "prompt": f"p\n{n}"}
    for n in range(4)
]
ALL = [(f"u{n}", f"p\n{n}") for n in range(4)]


def texts(loaded: Loaded) -> list[tuple[Any, ...]]:
    return loaded.rows("SELECT account_id, prompt FROM exchange_rows ORDER BY 1")


def codes(loaded: Loaded) -> set[str]:
    return {row[0] for row in loaded.rows("SELECT code FROM load_warnings")}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS), json.dumps(ROWS, indent=2), json.dumps({"data": ROWS, "n": 4}, indent=1),
        json.dumps({"meta": {"x": [{"y": 1}]}, "Records": ROWS}),
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
        "".join(f"\x1e{json.dumps(row)}\n" for row in ROWS),
        json.dumps({"hits": {"total": 4, "hits": [{"_id": 1, "_source": row} for row in ROWS]}}),
        json.dumps({"events": [{"timestamp": 1, "message": json.dumps(row)} for row in ROWS]}),
        "".join(json.dumps({"log": json.dumps(row), "stream": "stdout"}) + "\n" for row in ROWS),
        "".join(json.dumps({k: [v] for k, v in row.items()}) + "\n" for row in ROWS),
    ],
)  # fmt: skip
def test_records_are_found_wherever_they_are(load_files: Load, tmp_path: Path, text: str) -> None:
    path = tmp_path / "exchanges.json"
    path.write_text(text, encoding="utf-8")
    loaded = load_files(path)
    assert texts(loaded) == ALL
    assert loaded.rejects == []


def test_a_broken_record_of_a_list_is_one_reject(load_files: Load, tmp_path: Path) -> None:
    text = json.dumps(ROWS).replace('"ts": "2026-05-02', '"ts": nope"2026-05-02')
    path = tmp_path / "exchanges.json"
    path.write_text(text, encoding="utf-8")
    loaded = load_files(path)
    assert texts(loaded) == [ALL[0], *ALL[2:]]
    assert [reject["reason"] for reject in loaded.rejects] == ["broken_json"]


def test_every_file_of_a_folder_is_listed(load_files: Load, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps(row) + "\n" for row in ROWS]
    (folder / "access.log.1").write_text(lines[0])
    (folder / "access.log.2026-05-01.xz").write_bytes(lzma.compress(lines[1].encode()))
    with zipfile.ZipFile(folder / "parts.zip", "w") as archive:
        archive.writestr("a/part.jsonl", lines[2])
        archive.writestr("a/_SUCCESS", "")
    with tarfile.open(folder / "more.tar.gz", "w:gz") as archive:
        part = tmp_path / "part-2"
        part.write_text(lines[3])
        archive.add(part, "part-2")
    (folder / "marker").write_bytes(b"")
    loaded = load_files(folder)
    assert texts(loaded) == ALL
    left = {Path(label).name: why for label, why in loaded.summary.left_out}
    assert "empty" in left["marker"]
    assert len(left) == 2


def test_tables_of_a_database_are_read(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE exchanges (account_id, ts, model, prompt)")
        connection.executemany(
            "INSERT INTO exchanges VALUES (?, ?, ?, ?)", [tuple(row.values()) for row in ROWS]
        )
        connection.execute("CREATE TABLE unused (x)")
    connection.close()
    loaded = load_files(path)
    assert texts(loaded) == ALL
    assert "without rows" in loaded.summary.left_out[0][1]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_found(load_files: Load, tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "exchanges.csv", ROWS)
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert texts(load_files(path)) == ALL


def test_an_encoding_can_be_asked_for(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.csv"
    path.write_bytes("account_id,ts,prompt\na,2026-05-01,é\n".encode("latin-1"))
    assert texts(load_files(path, encoding="latin-1")) == [("a", "é")]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('sep=;\naccount_id;ts;prompt\na;2026-05-01;"x;y"\n', "x;y"),
        ("account_id, ts, prompt\na, 2026-05-01, x\n", "x"),
        ('account_id,ts,prompt\na,2026-05-01,"say \\"x\\", y"\n', 'say "x", y'),
        ("account_id|ts|prompt\r\na|2026-05-01|x\r\n", "x"),
        ('Report of May\n\naccount_id,ts,prompt\na,2026-05-01,"x"\n', "x"),
        ("Account ID,TS,Prompt\na,2026-05-01,x\n", "x"),
        ('account_id,ts,prompt\ra,2026-05-01,"x\ny"\r', "x\ny"),
    ],
)
def test_dialects(load_files: Load, tmp_path: Path, text: str, prompt: str) -> None:
    path = tmp_path / "exchanges.csv"
    path.write_bytes(text.encode())
    assert texts(load_files(path)) == [("a", prompt)]


def test_a_part_without_a_header_has_that_of_its_neighbour(
    load_files: Load, tmp_path: Path
) -> None:
    folder = tmp_path / "exchanges"
    folder.mkdir()
    (folder / "part-0.csv").write_text("account_id,ts,prompt\na,2026-05-01T08:00:00Z,x\n")
    (folder / "part-1.csv").write_text("b,2026-05-01T09:00:00Z,y\nc,2026-05-01T09:00:00Z,z\n")
    assert texts(load_files(folder)) == [("a", "x"), ("b", "y"), ("c", "z")]


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        (["7/1/2026 8:00", "7/13/2026 8:00"], "2026-07-01 08:00:00"),
        (["1.7.2026 8:00", "13.7.2026 8:00"], "2026-07-01 08:00:00"),
        (["01/Jul/2026:08:00:00 +0000"], "2026-07-01 08:00:00"),
        (["1/7/2026 8:00", "2/7/2026 8:00"], None),
    ],
)
def test_the_order_of_dates_is_told_by_values_or_asked_for(
    load_files: Load, tmp_path: Path, days: list[str], wanted: str | None
) -> None:
    rows: list[Row] = [{"account_id": "a", "ts": day, "model": "m"} for day in days]
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", rows))
    [first] = loaded.rows("SELECT CAST(min(ts) AS VARCHAR) FROM exchanges")
    assert first[0] == wanted
    assert ("time_format_unclear" in codes(loaded)) == (wanted is None)


@pytest.mark.parametrize("zone", ["BST", "IST", "CST", "EDT", "ECT"])
def test_an_abbreviation_of_a_zone_is_asked_for(
    load_files: Load, tmp_path: Path, zone: str
) -> None:
    rows: list[Row] = [{"account_id": "a", "ts": f"2026-07-01 08:00:00 {zone}", "model": "m"}]
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", rows))
    assert "zone = " in loaded.summary.rejects[0][0]


def test_addresses_are_written_one_way(load_files: Load, tmp_path: Path) -> None:
    given = ["2001:DB8::1", "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.7", " 192.0.2.7 ", "192.0.2.*"]
    rows: list[Row] = [
        {"account_id": f"a{n}", "ts": "2026-05-01", "ip": ip} for n, ip in enumerate(given)
    ]
    loaded = load_files(write_csv(tmp_path / "sightings.csv", rows))
    assert [row[0] for row in loaded.rows("SELECT ip FROM sightings ORDER BY account_id")] == [
        "2001:db8::1", "2001:db8::1", "192.0.2.7", "192.0.2.7", None,
    ]  # fmt: skip
    assert "masked_address" in codes(loaded)


def test_what_can_hardly_be_meant_is_said(load_files: Load, tmp_path: Path) -> None:
    rows: list[Row] = [
        {"account_id": "1.08E+20", "ts": "2026-05-01", "model": "m", "latency_ms": 0.9 + n / 10}
        for n in range(30)
    ]
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", rows))
    assert {"one_account", "only_midnight", "seconds", "rounded_id"} <= codes(loaded)


def test_half_a_letter_is_mended_and_said(load_files: Load, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.jsonl"
    path.write_text('{"account_id":"a","ts":"2026-05-01","prompt":"x \\ud83d y \\\\ud83d"}\n')
    loaded = load_files(path)
    assert texts(loaded) == [("a", "x \ufffd y \\ud83d")]
    assert "lone_surrogate" in codes(loaded)


def test_other_records_are_left_out_and_words_put_into_ours(
    load_files: Load, tmp_path: Path
) -> None:
    rows: list[Row] = [
        {
            "id": n,
            "who": "u",
            "at": "2026-05-01",
            "kind": kind,
            "sum": "129",
            "cur": cur,
            "st": "Paid",
        }
        for n, (kind, cur) in enumerate([("pay", "JPY"), ("pay", "usd"), ("pay", "KWD"), ("x", "")])
    ]
    mapping = """[payments]
    where = { kind = "pay" }
    payment_id = "id"
    account_id = "who"
    ts = "at"
    amount_minor = { from = "sum", unit = "major" }
    currency = "cur"
    status = { from = "st", values = { paid = "succeeded" } }
    """
    loaded = load_files(write_jsonl(tmp_path / "x.jsonl", rows), mapping=mapping)
    assert loaded.rows("SELECT amount_minor, status FROM payments ORDER BY payment_id") == [
        (129, "succeeded"), (12900, "succeeded"), (129000, "succeeded"),
    ]  # fmt: skip
    assert "left_out" in codes(loaded)


@pytest.mark.parametrize(
    ("source", "record"),
    [
        ("a.b.c", {"a": {"b.c": "v"}}), ("a.b.c", {"a.b": {"c": "v"}}), ("a.b.c", {"a.b.c": ["v"]}),
        ("a.b.c", {"a": {"b": json.dumps({"c": "v"})}}), ("a[0].b", {"a": [{"b": "v"}, {"b": 1}]}),
        ('a."b.c"', {"a": {"b.c": "v"}}),
        ("a.b.c", {"a": json.dumps({"b": json.dumps({"c": "v"})})}),
    ],
)  # fmt: skip
def test_sources_lead_through_keys_lists_and_texts(
    load_files: Load, tmp_path: Path, source: str, record: Row
) -> None:
    rows: list[Row] = [{"account_id": "a", "ts": "2026-05-01", **record}]
    mapping = f"[exchanges]\nsession_id = '{source}'\n"
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows), mapping=mapping)
    assert loaded.rows("SELECT session_id FROM exchanges") == [("v",)]


@pytest.mark.parametrize(
    "line",
    [
        '192.0.2.7 - u1 [01/Jul/2026:08:00:00 +0000] "POST /v1/x HTTP/1.1" 200 8 "-" "sdk/1.0"',
        '192.0.2.7 - u1 [01/Jul/2026:10:00:00 +0200] "POST /v1/x HTTP/1.1" 200 - "-" "sdk/1.0" 0.9',
    ],
)
def test_access_logs_are_read(load_files: Load, tmp_path: Path, line: str) -> None:
    path = tmp_path / "access.log"
    path.write_text(line + "\n" + line.replace("u1", "u2") + "\n")
    loaded = load_files(path)
    assert loaded.rows(
        "SELECT account_id, CAST(ts AS VARCHAR), ip, user_agent FROM sightings ORDER BY 1"
    ) == [(u, "2026-07-01 08:00:00", "192.0.2.7", "sdk/1.0") for u in ("u1", "u2")]


def test_an_unknown_export_is_proposed_and_taken_where_it_is_sure(
    load_files: Load, tmp_path: Path
) -> None:
    rows: list[Row] = [
        {"customer_id": f"c{n % 3}", "request_time": f"2026-05-01T08:00:{n:02d}Z",
         "llm": {"model_name": "m", "usage": {"prompt_tokens": n, "completion_tokens": 2 * n}},
         "remote_ip": f"192.0.2.{n}", "body": {"messages": [{"role": "user", "content": "x"}]}}
        for n in range(12)
    ]  # fmt: skip
    path = write_jsonl(tmp_path / "dump.jsonl", rows)
    with pytest.raises(ProposalNeeded) as needed:
        load_files(path)
    assert 'account_id = "customer_id"' in needed.value.toml
    found = "SELECT DISTINCT model, sum(input_tokens), count(ip) FROM exchanges GROUP BY 1"
    loaded = load_files(path, accept=True)
    assert loaded.rows(found) == [("m", 66, 12)]
    assert "mapping_proposed" in codes(loaded)
    assert load_files(path, mapping=needed.value.toml).rows(found) == [("m", 66, 12)]


def test_what_is_nothing_to_load_says_so(load_files: Load, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "empty.csv").write_bytes(b"")
    with pytest.raises(WorkbenchError, match="empty: it holds no byte"):
        load_files(tmp_path / "x")
