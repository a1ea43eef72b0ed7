"""A path of a mapping leads into a text column that holds JSON objects, in every form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.errors import WorkbenchError
from workbench.intake.load import preview
from workbench.intake.mapping import parse_mapping, shipped_profiles
from workbench.intake.planning import LoadRequest

MAPPING = """
[exchanges]
exchange_id = "id"
account_id = ["user", "meta.key.owner"]
model = "request.model"
max_tokens = "request.limits.max"
temperature = "request.gen_ai.temperature"
"""
REQUEST = {"model": 'm, "1"\né', "limits": {"max": 9}, "gen_ai.temperature": 0.5}
FOUND = (
    "SELECT exchange_id, account_id, model, max_tokens, temperature FROM exchanges "
    "ORDER BY exchange_id"
)
WHOLE = ('m, "1"\né', 9, 0.5)


def row(number: int, user: str | None, meta: object, request: object) -> Row:
    texts = [one if isinstance(one, str) or one is None else json.dumps(one, ensure_ascii=False)
             for one in (meta, request)]  # fmt: skip
    return {"id": str(number), "user": user, "meta": texts[0], "request": texts[1],
            "ts": "2026-05-01"}  # fmt: skip


ROWS = [
    row(1, "u", "{}", REQUEST),
    row(2, "", {"key": {"owner": "o"}}, REQUEST),
    row(3, "u", "null", "{broken"),
    row(4, "u", None, '["no", "object"]'),
    row(5, "u", "", "plain text"),
    row(6, "u", "{}", {"model": None, "limits": []}),
    row(7, "u", "{}", f"\n {json.dumps(REQUEST)} "),
]
EXPECTED = [
    ("1", "u", *WHOLE), ("2", "o", *WHOLE), ("3", "u", None, None, None),
    ("4", "u", None, None, None), ("5", "u", None, None, None), ("6", "u", None, None, None),
    ("7", "u", *WHOLE),
]  # fmt: skip
FORMS = ["csv", "parquet", "jsonl"]


def written(folder: Path, form: str, rows: list[Row]) -> Path:
    path = folder / f"exchanges.{form}"
    if form == "parquet":
        return write_parquet(path, rows, dict.fromkeys(rows[0], "VARCHAR"))
    return (write_csv if form == "csv" else write_jsonl)(path, rows)


@pytest.mark.parametrize("form", FORMS)
def test_values_are_taken_out_of_objects_and_the_rest_is_counted(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    loaded = load_files(written(tmp_path, form, ROWS), mapping=MAPPING)
    assert loaded.rejects == []
    assert loaded.rows(FOUND) == EXPECTED
    assert loaded.summary.unknown_columns == {}
    told = "SELECT table_name, column_name, code, rows, example FROM load_warnings"
    assert loaded.rows(told) == [("exchanges", "request", "not_json", 3, f"exchanges.{form}")]


@pytest.mark.parametrize("form", FORMS)
def test_what_was_not_json_is_told_again_after_an_append(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    first = load_files(written(tmp_path, form, ROWS), mapping=MAPPING)
    more = write_csv(tmp_path / "more-exchanges.csv", [{"account_id": "a", "ts": "2026-05-02"}])
    loaded = load_files(
        more,
        previous_store=first.folder / "store.duckdb",
        previous_sources=first.summary.sources,
    )
    assert ("not_json", 3) in loaded.rows("SELECT code, rows FROM load_warnings")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_look_tells_too(tmp_path: Path, form: str) -> None:
    request = LoadRequest(
        store=tmp_path / "none", rejects=tmp_path, spill=tmp_path, generation=1,
        files=(written(tmp_path, form, ROWS),), mapping=parse_mapping(MAPPING), memory_mib=512,
        threads=1,
    )  # fmt: skip
    [shown] = preview(request)
    assert [note for note in shown["notes"] if "request" in note and "(3)" in note]
    sources = {name: source for name, source, _ in shown["columns"]}
    assert sources["model"] == "request.model"
    assert sources["account_id"].startswith("user 85.7%, meta.key.owner 14.3%")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_record_without_its_account_in_the_object_is_rejected(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    mapping = '[exchanges]\naccount_id = "meta.owner"\n'
    rows = [row(1, "", {"owner": "o"}, ""), row(2, "", {"other": 1}, ""), row(3, "", "{broken", "")]
    loaded = load_files(written(tmp_path, form, rows), mapping=mapping)
    assert loaded.rows("SELECT account_id FROM exchanges") == [("o",)]
    assert [reject["reason"] for reject in loaded.rejects] == ["missing_required"] * 2
    with pytest.raises(WorkbenchError, match="column “account_id” is missing"):
        load_files(written(tmp_path, form, rows[1:]), mapping=mapping)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_plain_text_is_not_looked_into(load_files: Load, tmp_path: Path, form: str) -> None:
    rows: list[dict[str, Any]] = [
        {"account_id": "a", "ts": "2026-05-01", "request": "plain", "model": "own"}
    ]
    loaded = load_files(
        written(tmp_path, form, rows),
        mapping='[exchanges]\nmodel = "request.model"\nip = "request.ip"\n',
    )
    assert loaded.rows("SELECT model, ip FROM exchanges") == [("own", None)]
    codes = loaded.rows("SELECT code FROM load_warnings ORDER BY code")
    assert codes == [("unknown_column",), ("unseen_source",)]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_objects_that_come_late_are_looked_into(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    rows = [row(number, "u", None, None) for number in range(1000, 1300)]
    late = row(2000, "u", None, REQUEST)
    loaded = load_files(written(tmp_path, form, [*rows, late]), mapping=MAPPING)
    assert loaded.rows(FOUND)[-1] == ("2000", "u", *WHOLE)
    seen = "SELECT non_null FROM column_presence WHERE column_name = 'model' AND present"
    assert (1,) in loaded.rows(seen)
    loaded = load_files(written(tmp_path, form, rows), mapping=MAPPING)
    assert loaded.rows(f"{seen} AND table_name = 'exchanges'") == []


def test_a_moment_within_an_object_is_read_in_its_guessed_unit(
    load_files: Load, tmp_path: Path
) -> None:
    rows = [{"account_id": "a", "event": json.dumps({"at": 1777638615 + n})} for n in range(3)]
    path = write_csv(tmp_path / "exchanges.csv", rows)
    loaded = load_files(path, mapping='[exchanges]\nts = "event.at"\n')
    assert loaded.rows("SELECT epoch(min(ts)) FROM exchanges") == [(1777638615,)]
    assert loaded.rows("SELECT code FROM load_warnings") == [("epoch_unit_guessed",)]


@pytest.mark.parametrize("form", FORMS)
def test_spend_logs_of_a_database_tell_the_owner_of_the_key(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    spend = {"request_id": "r", "user": "", "startTime": "2026-05-01", "model": "m",
             "metadata": json.dumps({"user_api_key_user_id": "owner"})}  # fmt: skip
    path = written(tmp_path, form, [spend])
    loaded = load_files(path, mapping=shipped_profiles()["litellm"])
    assert loaded.rows("SELECT account_id FROM exchanges") == [("owner",)]
