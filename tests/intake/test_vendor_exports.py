"""Exports of well-known products load by themselves, with every field that matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.conftest import Load
from tests.intake.vendor_records import EXPORTS


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_loads_without_a_mapping(load_files: Load, tmp_path: Path, name: str) -> None:
    export = EXPORTS[name]
    path = tmp_path / export.file
    path.write_text(export.content, encoding="utf-8")
    loaded = load_files(path)
    table = "exchange_rows" if export.table == "exchanges" else export.table
    row = loaded.connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in row.description]
    found = [dict(zip(names, one, strict=True)) for one in row.fetchall()]
    assert len(found) == export.rows, loaded.rejects
    wanted = {column: str(value) for column, value in export.wanted.items()}
    assert {column: str(found[0][column]) for column in wanted} == wanted
