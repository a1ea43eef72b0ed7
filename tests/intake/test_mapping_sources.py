"""A field with several sources: in each record the first that is not empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.load import preview
from workbench.intake.mapping import parse_mapping
from workbench.intake.planning import LoadRequest

ROWS: list[Row] = [
    {"id": "a", "user": "u1", "end_user": "e1", "ts": "2026-05-01", "in": "5", "prompt_n": "50"},
    {"id": "b", "user": "", "end_user": "e2", "ts": "2026-05-02", "in": None, "prompt_n": "60"},
    {"id": "c", "user": None, "end_user": "e3", "ts": "2026-05-03", "in": "7", "prompt_n": "many"},
    {"id": "d", "user": "  ", "end_user": "e4", "ts": "2026-05-04", "in": None, "prompt_n": None},
]
MAPPING = """
[exchanges]
exchange_id = "id"
account_id = ["user", "end_user", "nowhere"]
input_tokens = ["in", "prompt_n"]
"""
TYPES = dict.fromkeys(ROWS[0], "VARCHAR")
FOUND = "SELECT exchange_id, account_id, input_tokens FROM exchanges ORDER BY exchange_id"


def written(folder: Path, form: str, rows: list[Row]) -> Path:
    path = folder / f"exchanges.{form}"
    if form == "parquet":
        return write_parquet(path, rows, TYPES)
    return (write_csv if form == "csv" else write_jsonl)(path, rows)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_first_that_is_not_empty_is_taken(load_files: Load, tmp_path: Path, form: str) -> None:
    loaded = load_files(written(tmp_path, form, ROWS), mapping=MAPPING)
    assert loaded.rejects == []
    assert loaded.rows(FOUND) == [
        ("a", "u1", 5), ("b", "e2", 60), ("c", "e3", 7), ("d", "e4", None),
    ]  # fmt: skip
    assert loaded.summary.unknown_columns == {}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_record_whose_sources_are_all_empty_is_rejected(
    load_files: Load, tmp_path: Path, form: str
) -> None:
    nobody = {"id": "x", "user": " ", "end_user": "", "ts": "2026-05-01", "in": "1"}
    bad = {"id": "y", "user": "u", "ts": "2026-05-01", "in": None, "prompt_n": "many"}
    rows = [*ROWS, {**ROWS[0], **nobody}, {**ROWS[0], **bad}]
    loaded = load_files(written(tmp_path, form, rows), mapping=MAPPING)
    told = [(reject["reason"], reject["column"]) for reject in loaded.rejects]
    assert told == [("missing_required", "account_id"), ("not_a_number", "input_tokens")]
    assert len(loaded.rows(FOUND)) == 4


@pytest.mark.parametrize("sources", ['["user", "nowhere"]', '["nowhere", "user"]'])
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_one_source_that_is_there_is_enough(
    load_files: Load, tmp_path: Path, sources: str, form: str
) -> None:
    path = written(tmp_path, form, ROWS[:1])
    loaded = load_files(path, mapping=f"[exchanges]\naccount_id = {sources}\n")
    assert loaded.rows("SELECT account_id FROM exchanges") == [("u1",)]
    with pytest.raises(WorkbenchError, match="column “account_id” is missing"):
        load_files(path, mapping='[exchanges]\naccount_id = ["no", "nowhere"]\n')


def test_sources_may_be_of_different_kinds(load_files: Load, tmp_path: Path) -> None:
    """Numbers beside text, a moment beside a number since 1970, fields of a struct."""
    rows = [
        {"who": {"name": "u"}, "number": 7, "at": "2026-05-01 00:00:00", "cost": None, "price": 2},
        {"who": {"name": ""}, "number": 8, "at": "2026-05-02 00:00:00", "cost": 0.5, "price": 3},
    ]
    types = {"who": "STRUCT(name VARCHAR)", "number": "BIGINT", "at": "TIMESTAMP",
             "cost": "DOUBLE", "price": "INTEGER"}  # fmt: skip
    path = write_parquet(tmp_path / "exchanges.parquet", rows, types)
    mapping = """
    [exchanges]
    account_id = ["who.name", "who.none", "number"]
    ts = ["began", "at"]
    cost_usd = ["cost", "price"]
    """
    loaded = load_files(path, mapping=mapping)
    assert loaded.rows("SELECT account_id, day(ts), cost_usd FROM exchanges ORDER BY ts") == [
        ("u", 1, 2.0), ("8", 2, 0.5),
    ]  # fmt: skip


def test_a_unit_holds_for_every_source(load_files: Load, tmp_path: Path) -> None:
    rows: list[Row] = [
        {"account_id": "a", "ts": "", "began": "1777638615", "took": 1.5},
        {"account_id": "b", "ts": "1777638616", "began": "", "took": None, "lasted": 2},
    ]
    path = write_jsonl(tmp_path / "exchanges.jsonl", rows)
    mapping = '[exchanges]\nlatency_ms = { from = ["lasted", "took"], unit = "s" }\n'
    loaded = load_files(path, mapping=f'{mapping}ts = ["ts", "began"]\n')
    assert loaded.rows("SELECT account_id, epoch(ts), latency_ms FROM exchanges ORDER BY 1") == [
        ("a", 1777638615, 1500), ("b", 1777638616, 2000),
    ]  # fmt: skip
    assert loaded.rows("SELECT code, example FROM load_warnings") == [
        ("epoch_unit_guessed", "1777638615")
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_look_tells_which_source_was_taken(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, form, ROWS)
    request = LoadRequest(
        store=tmp_path / "none", rejects=tmp_path, spill=tmp_path, generation=1, files=(path,),
        mapping=parse_mapping(MAPPING), memory_mib=512, threads=1,
    )  # fmt: skip
    [shown] = preview(request)
    sources = {name: source for name, source, _ in shown["columns"]}
    nowhere = ", nowhere 0.0%" if form == "jsonl" else ""  # later records may hold it
    assert sources["account_id"] == f"user 25.0%, end_user 75.0%{nowhere}"
    assert sources["input_tokens"] == "in 50.0%, prompt_n 25.0%"
    assert sources["ts"] == "ts"
    assert [len(row) for row in shown["rows"]] == [len(shown["columns"])] * 4


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("[]", "required and cannot be left out"),
        ("{ from = [] }", "required and cannot be left out"),
        ("['user', 3]", "from must be a source field"),
        ("['user', '']", "from must be a source field"),
        ("{ from = ['a', 'b'], constant = 'c' }", "either from or constant"),
    ],
)
def test_a_wrong_list_names_the_entry(entry: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"exchanges.account_id:? .*{words}"):
        parse_mapping(f"[exchanges]\naccount_id = {entry}")
