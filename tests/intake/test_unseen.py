"""Fields that a mapping names and an extract does not have; what a preview leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.intake.load import preview
from workbench.intake.mapping import parse_mapping
from workbench.intake.planning import LoadRequest

ROWS: list[Row] = [
    {"who": "a", "ts": "2026-05-01", "model": "m", "sent": "3", "peer": None},
    {"who": "b", "ts": "2026-05-01", "model": "m", "sent": "4", "peer": "192.0.2.1"},
]
MAPPING = """[exchanges]
account_id = "who"
input_tokens = ["sent", "nowhere"]
output_tokens = "recieved"
cost_usd = { from = ["usage.cost", "price"] }
ip = "peer"
temperature = []
operation = { constant = "chat" }
"""


def written(folder: Path, form: str) -> Path:
    path = folder / f"exchanges.{form}"
    if form == "parquet":
        return write_parquet(path, ROWS, dict.fromkeys(ROWS[0], "VARCHAR"))
    return (write_csv if form == "csv" else write_jsonl)(path, ROWS)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_field_that_is_not_there_is_told(load_files: Load, tmp_path: Path, form: str) -> None:
    loaded = load_files(written(tmp_path, form), mapping=MAPPING)
    [(message,)] = loaded.rows("SELECT message FROM load_warnings WHERE code = 'unseen_source'")
    assert "names “recieved”, “usage.cost”, “price”, which" in message


def test_a_preview_shows_the_columns_that_are_filled(tmp_path: Path) -> None:
    path = written(tmp_path, "jsonl")
    request = LoadRequest(
        tmp_path / "none", tmp_path, tmp_path, 1, (path,),
        mapping=parse_mapping(MAPPING), memory_mib=512,
    )  # fmt: skip
    [shown] = preview(request)
    names = [name for name, _, _ in shown["columns"]]
    assert names == ["account_id", "ts", "model", "operation", "input_tokens", "ip"]
    assert shown["rows"][1] == ("b", "2026-05-01 00:00:00", "m", "chat", "4", "192.0.2.1")
    assert any("recieved" in note for note in shown["notes"])
