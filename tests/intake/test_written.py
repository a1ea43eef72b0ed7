"""How an export writes numbers and nothing: decimal commas, grouped digits, placeholders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.errors import UsageError
from workbench.intake.mapping import parse_mapping

ROW: Row = {"account_id": "a", "ts": "2026-05-01", "model": "m"}


@pytest.mark.parametrize(
    ("mark", "cell", "cost", "tokens"),
    [
        (",", "0,5", 0.5, None),
        (",", "1.234,5", 1234.5, None),
        (",", "1.234", 1234.0, 1234),
        (",", "-1.234.567", -1234567.0, -1234567),
        (",", "1 234", 1234.0, 1234),
        (",", "1\u202f234,00", 1234.0, 1234),
        (",", "12", 12.0, 12),
        (".", "1,234", 1234.0, 1234),
        (".", "1,234.5", 1234.5, None),
        (".", "1'234", 1234.0, 1234),
        (".", "0.5", 0.5, None),
        # A group cut short, or the other mark: no number of this table.
        (",", "0.443", None, None),
        (",", "1.23", None, None),
        (",", "12.34,5", None, None),
        (".", "1,23", None, None),
        (".", "0,443", None, None),
        (".", "1,234,5", None, None),
    ],
)
def test_decimal_marks(
    load_files: Load, tmp_path: Path, mark: str, cell: str, cost: float | None, tokens: int | None
) -> None:
    for column, value in (("cost_usd", cost), ("input_tokens", tokens)):
        path = write_csv(tmp_path / "exchanges.csv", [{**ROW, column: cell}])
        loaded = load_files(path, mapping=f'[exchanges]\ndecimal = "{mark}"\n')
        found = loaded.rows(f"SELECT {column} FROM exchanges")
        assert found == ([] if value is None else [(value,)])
        reasons = [reject["reason"] for reject in loaded.rejects]
        assert reasons == ([] if found else ["not_a_number"])


def test_units_go_with_decimal_commas(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exchanges.csv", [{**ROW, "took": "1,2344"}])
    loaded = load_files(
        path, mapping='[exchanges]\ndecimal = ","\nlatency_ms = { from = "took", unit = "s" }\n'
    )  # fmt: skip
    assert loaded.rows("SELECT latency_ms FROM exchanges") == [(1234,)]


def test_the_remedy_of_a_number_names_the_mark(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exchanges.csv", [{**ROW, "cost_usd": "0,443"}])
    [(words, _)] = load_files(path).summary.rejects
    assert 'decimal = ","' in words


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_cells_that_stand_for_nothing(load_files: Load, tmp_path: Path, form: str) -> None:
    rows: list[Row] = [
        {**ROW, "ip": " - ", "status": "-", "other": "x"},
        {**ROW, "account_id": "NULL", "ip": "192.0.2.1", "status": "200", "other": "b"},
    ]
    path = tmp_path / f"exchanges.{form}"
    if form == "parquet":
        write_parquet(path, rows, dict.fromkeys(rows[0], "VARCHAR"))
    else:
        (write_csv if form == "csv" else write_jsonl)(path, rows)
    mapping = '[exchanges]\nempty = ["-", "NULL"]\naccount_id = ["account_id", "other"]\n'
    loaded = load_files(path, mapping=mapping)
    assert loaded.rows("SELECT account_id, ip, status FROM exchanges ORDER BY 1") == [
        ("a", None, None), ("b", "192.0.2.1", 200),
    ]  # fmt: skip
    assert loaded.rows("SELECT count(*) FROM load_warnings WHERE code = 'placeholder'") == [(0,)]


def test_placeholders_are_told(load_files: Load, tmp_path: Path) -> None:
    rows: list[Row] = [
        {**ROW, "ip": "-", "status": "-"},
        {**ROW, "account_id": "null", "ip": "NULL"},
    ]
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", rows))
    warned = dict(loaded.rows("SELECT code, message FROM load_warnings"))
    assert 'empty = ["-", "NULL", "null"]' in warned["placeholder"]
    assert "account_id, ip" in warned["placeholder"]
    assert 'empty = ["null"]' in warned["nobody"]
    [(words, _)] = loaded.summary.rejects
    assert 'empty = ["-"]' in words


@pytest.mark.parametrize("text", ['decimal = ";"', "decimal = 1", "empty = 3", "empty = [1]"])
def test_wrong_ways_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"\[exchanges\] (decimal|empty) must be"):
        parse_mapping(f"[exchanges]\n{text}\n")
