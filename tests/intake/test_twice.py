"""Files that would count twice are refused before anything is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.intake.conftest import Load, exchange_rows, write_csv, write_jsonl
from workbench.errors import WorkbenchError


def test_a_copy_of_a_file_is_refused(load_files: Load, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "exchanges-1.csv", exchange_rows())
    copy = Path(shutil.copy(first, tmp_path / "exchanges-2.csv"))
    with pytest.raises(WorkbenchError, match=r"exchanges-2\.csv is byte for byte .*s-1\.csv:"):
        load_files(first, copy)
    other = write_jsonl(tmp_path / "exchanges-3.jsonl", exchange_rows(2))
    held = load_files(first, other)
    with pytest.raises(WorkbenchError, match=r"s-2\.csv is byte for byte .*s-1\.csv in the case"):
        load_files(
            copy,
            previous_store=held.folder / "store.duckdb",
            previous_sources=held.summary.sources,
        )


def test_files_that_are_alike_for_good_reason_load(load_files: Load, tmp_path: Path) -> None:
    """Parts without a record are all the same, and one file may feed two tables."""
    head = "account_id,ts,model,created_at,ip\n"
    for number in (1, 2):
        (tmp_path / f"exchanges-{number}.csv").write_text(head)
    row = "a,2026-05-01,m,2026-04-01,192.0.2.1\n"
    (tmp_path / "exchanges-3.csv").write_text(head + row)
    (tmp_path / "exchanges-4.csv").write_text(head + row.replace("a", "b", 1))
    (tmp_path / "accounts.csv").write_text(head + row)
    loaded = load_files(*sorted(tmp_path.glob("*.csv")))
    assert loaded.summary.tables["exchanges"] == 2
    assert loaded.summary.tables["accounts"] == 1
