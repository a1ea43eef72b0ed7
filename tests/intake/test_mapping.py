"""Mapping profiles: units, zones, constants, nested fields; tables by name and by columns."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.intake.conftest import Load, write_csv, write_jsonl
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.guesses import epoch_unit
from workbench.intake.mapping import parse_mapping
from workbench.intake.plan import tables_in_name

AT = datetime(2026, 5, 1, 12, 30, 15, 123456)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("2026-05-01T12:30:15.123456Z", '"when"'),
        ("2026-05-01 14:30:15.1234569+02:00", '"when"'),
        ("1777638615.123456", '{ from = "when", unit = "s" }'),
        ("1777638615123.456", '{ from = "when", unit = "ms" }'),
        ("1777638615123456", '{ from = "when", unit = "us" }'),
        ("1777638615123456789", '{ from = "when", unit = "ns" }'),
        ("1777638615123456789", '"when"'),
        ("2026-05-01 14:30:15.123456", '{ from = "when", zone = "Europe/Berlin" }'),
        ("2026-05-01T12:30:15.123456Z", '{ from = "when", zone = "Europe/Berlin" }'),
        (
            "01/May/2026:14:30:15.123456 +0200",
            '{ from = "when", format = "%d/%b/%Y:%H:%M:%S.%f %z", zone = "Europe/Berlin" }',
        ),
        ("01/05/2026 12.30.15.123456", '{ from = "when", format = "%d/%m/%Y %H.%M.%S.%f" }'),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_times(load_files: Load, tmp_path: Path, value: str, rule: str, form: str) -> None:
    row = {"account_id": "a", "when": value, "model": "m"}
    path = (write_csv if form == "csv" else write_jsonl)(tmp_path / f"exchanges.{form}", [row])
    loaded = load_files(path, mapping=f"[exchanges]\nts = {rule}\n")
    assert loaded.rejects == []
    assert loaded.rows("SELECT ts FROM exchanges") == [(AT,)]


def test_a_guessed_unit_is_said(load_files: Load, tmp_path: Path) -> None:
    rows = [{"account_id": "a", "ts": 1777638615123 + n, "model": "m"} for n in range(5)]
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
    assert loaded.rows("SELECT min(ts) FROM exchanges")[0][0].year == 2026
    [(code, message)] = loaded.rows("SELECT code, message FROM load_warnings")
    assert code == "epoch_unit_guessed"
    assert "milliseconds" in message


def test_units_constants_and_nested_fields(load_files: Load, tmp_path: Path) -> None:
    record = {
        "user": {"id": 7},
        "gen_ai.usage.input_tokens": 5,
        "startTime": "2026-05-01",
        "took": 1.25,
        "other": 1,
    }
    path = tmp_path / "spend-01.log"
    path.write_text(json.dumps(record) + "\n")
    mapping = """
    [exchanges]
    files = ["spend*"]
    account_id = "user.id"
    ts = "startTime"
    input_tokens = "gen_ai.usage.input_tokens"
    latency_ms = { from = "took", unit = "s" }
    model = { constant = "gateway" }
    stream = { constant = true }
    """
    loaded = load_files(path, mapping=mapping)
    assert loaded.rows(
        "SELECT account_id, input_tokens, latency_ms, model, stream FROM exchanges"
    ) == [("7", 5, 1250, "gateway", True)]
    assert loaded.summary.unknown_columns == {str(path): ("other",)}
    assert loaded.summary.sources[0].mapping == mapping


def test_money_in_major_units(load_files: Load, tmp_path: Path) -> None:
    rows = [{"account_id": "a", "instrument_fingerprint": "i", "amount": "19.99"}]
    loaded = load_files(
        write_csv(tmp_path / "payments.csv", rows),
        mapping='[payments]\namount_minor = { from = "amount", unit = "major" }',
    )
    assert loaded.rows("SELECT amount_minor FROM payments") == [(1999,)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[exchange]\nts = 'x'", r"\[exchange\].*“exchanges”"),
        ("[exchanges]\naccount = 'x'", "“account”.*account_id"),
        ("[exchanges]\nts = { form = 'x' }", "“form”"),
        ("[exchanges]\nts = { unit = 's' }", "either from or constant"),
        ("[exchanges]\nts = { from = 'x', unit = 'h' }", "unit must be one of"),
        ("[exchanges]\nlatency_ms = { from = 'x', unit = 'minor' }", "does not fit"),
        ("[exchanges]\nmodel = { from = 'x', zone = 'UTC' }", "for times"),
        ("[exchanges]\nts = { from = 'x', zone = 'Europe/Berln' }", "Europe/Berlin"),
        ("[exchanges]\nts = { from = 'x', format = '%Y-%Q %H' }", "“%Q”, which is no directive"),
        ("[exchanges]\nts = { from = 'x', format = '%Y-%%-%-d %' }", "“%”, which is no directive"),
        ("[exchanges]\nts = 3", "source field"),
        ("[exchanges\n", "no TOML"),
    ],
)
def test_a_wrong_profile_names_the_entry(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_mapping(text)
    shown = f"{caught.value.message} {caught.value.hint}"
    import re

    assert re.search(words, shown, re.DOTALL), shown


@pytest.mark.parametrize(
    ("path", "tables"),
    [
        ("exchanges.csv", ["exchanges"]),
        ("2026-05_Exchange-part7.jsonl.gz", ["exchanges"]),
        ("api_keys.parquet", ["api_keys"]),
        ("payments_of_accounts.csv", ["payments", "accounts"]),
        ("data.csv", []),
        ("discounts.csv", []),
    ],
)
def test_tables_by_name(path: str, tables: list[str]) -> None:
    assert tables_in_name(path) == tables


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        ("account_id,ts,model", "exchanges"),
        ("account_id,created_at", "accounts"),
        ("account_id,ts,ip", "sightings"),
        ("account_id,ts,instrument_fingerprint", "payments"),
        ("api_key_id,account_id,created_at", "api_keys"),
        ("model,released_at", "model_releases"),
        ("family,value,role", "entity_lists"),
    ],
)
def test_tables_by_columns(load_files: Load, tmp_path: Path, columns: str, table: str) -> None:
    path = tmp_path / "dump.txt"
    path.write_text(columns + "\n" + ",".join("2026-05-01" for _ in columns.split(",")) + "\n")
    assert load_files(path).summary.tables[table] == 1


def test_a_folder_says_less_than_columns(load_files: Load, tmp_path: Path) -> None:
    folder = tmp_path / "accounts" / "day=2026-05-01"
    folder.mkdir(parents=True)
    path = write_csv(folder / "0", [{"account_id": "a", "ts": "2026-05-01", "model": "m"}])
    assert load_files(path).summary.tables["exchanges"] == 1
    path = write_csv(folder / "1", [{"account_id": "a", "country": "XX"}])
    assert load_files(path).summary.tables["accounts"] == 1


def test_a_table_that_cannot_be_told_says_what_to_do(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "dump.csv", [{"who": "a", "when": "b"}])
    with pytest.raises(WorkbenchError, match="who, when") as caught:
        load_files(path)
    assert "--as" in caught.value.hint
    with pytest.raises(UsageError, match="no table “exchangs”"):
        load_files(path, table="exchangs")


def test_delimiters_are_told_from_the_header(load_files: Load, tmp_path: Path) -> None:
    for mark in ";\t|":
        path = tmp_path / "accounts.csv"
        path.write_text(f'account_id{mark}plan\na{mark}"free{mark},x"\n')
        assert load_files(path).rows("SELECT plan FROM accounts") == [(f"free{mark},x",)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty: it holds no byte"),
        (b"account_id,plan,plan\na,b,c\n", "more than once"),
        (b"\0\0\0\0binary", "neither Parquet nor CSV"),
    ],
)
def test_what_is_no_extract_says_what_to_do(
    load_files: Load, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)
    with pytest.raises(WorkbenchError, match=words) as caught:
        load_files(path)
    assert caught.value.hint


def test_epoch_units_by_magnitude() -> None:
    assert epoch_unit(["1777638615", None, ""]) == "s"
    assert epoch_unit([1777638615123.0]) == "ms"
    assert epoch_unit(["2026-05-01", "1777638615", "2026-05-02"]) == ""
    assert epoch_unit([True]) == ""
    assert epoch_unit([]) == ""
