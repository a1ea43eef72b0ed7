"""What is said of bad records: how many, of which column, what its cell held, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.intake.load import preview
from workbench.intake.mapping import parse_mapping
from workbench.intake.planning import LoadRequest

ROWS: list[Row] = [
    {"account_id": "a", "ts": "2026-05-01", "status": "200"},
    {"account_id": "b", "ts": "01.05.2026 | 10:00", "status": "200"},
    {"account_id": "c", "ts": "02.05.2026 | 10:00", "status": "200"},
    {"account_id": "d", "ts": "2026-05-01", "status": "success"},
]
TYPES = dict.fromkeys(ROWS[0], "VARCHAR")


def written(folder: Path, form: str, rows: list[Row]) -> Path:
    path = folder / f"exchanges.{form}"
    if form == "parquet":
        return write_parquet(path, rows, TYPES)
    return (write_csv if form == "csv" else write_jsonl)(path, rows)


@pytest.mark.parametrize(("form", "line"), [("csv", 3), ("jsonl", 2), ("parquet", 2)])
def test_each_kind_is_told_with_its_first_cell(
    load_files: Load, tmp_path: Path, form: str, line: int
) -> None:
    path = written(tmp_path, form, ROWS)
    loaded = load_files(path)
    [times, numbers] = loaded.summary.rejects
    assert (times[1], numbers[1]) == (2, 1)
    assert f"ts: “01.05.2026 | 10:00” (line {line} of exchanges.{form})" in times[0]
    assert 'ts = { from = "FIELD", format = "%d.%m.%Y' in times[0]
    assert "status: “success”" in numbers[0]
    assert "status = []" in numbers[0]
    kept = loaded.rows("SELECT column_name, rows, example FROM load_warnings "
                       "WHERE code = 'rejected' ORDER BY rows DESC")  # fmt: skip
    assert kept == [("ts", 2, "01.05.2026 | 10:00"), ("status", 1, "success")]
    [shown] = preview(
        LoadRequest(tmp_path / "none", tmp_path, tmp_path, 1, (path,), memory_mib=512)
    )
    assert tuple(shown["rejected"]) == loaded.summary.rejects


def test_kinds_of_an_earlier_load_are_kept(load_files: Load, tmp_path: Path) -> None:
    first = load_files(written(tmp_path, "csv", ROWS))
    more = write_csv(tmp_path / "exchanges-2.csv", ROWS[:1])
    second = load_files(
        more,
        previous_store=first.folder / "store.duckdb",
    )
    assert second.summary.rejects == ()
    assert second.rows("SELECT sum(rows) FROM load_warnings WHERE code = 'rejected'") == [(3,)]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_column_is_left_out_by_a_mapping(load_files: Load, tmp_path: Path, form: str) -> None:
    rows = [ROWS[0], ROWS[3]]
    loaded = load_files(written(tmp_path, form, rows), mapping="[exchanges]\nstatus = []\n")
    assert loaded.rejects == []
    assert loaded.rows("SELECT account_id, status FROM exchanges ORDER BY 1") == [
        ("a", None), ("d", None),
    ]  # fmt: skip
    assert loaded.summary.unknown_columns == {}


def test_what_is_required_cannot_be_left_out() -> None:
    with pytest.raises(Exception, match="account_id is required and cannot be left out"):
        parse_mapping("[exchanges]\naccount_id = []\n")
