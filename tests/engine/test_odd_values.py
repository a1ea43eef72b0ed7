"""Values of every odd type leave in each file format as what they are."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest

from workbench.engine.cells import as_cells
from workbench.engine.contract import unique_names
from workbench.engine.export import export_relation

HOSTILE = "日本 👩\u200d👧 e\u0301 \x00\x1b[31m"
# SQL, the JSON it becomes, and the type that Parquet keeps.
ODD = {
    "nan": ("'nan'::DOUBLE", "NaN", "DOUBLE"),
    "infinity": ("'-inf'::FLOAT", "-Infinity", "FLOAT"),
    "hugeint": ("170141183460469231731687303715884105727::HUGEINT", 2**127 - 1, "VARCHAR"),
    "uhugeint": ("340282366920938463463374607431768211455::UHUGEINT", 2**128 - 1, "VARCHAR"),
    "bignum": (f"'-{'9' * 60}'::BIGNUM", int("-" + "9" * 60), "VARCHAR"),
    "ubigint": ("18446744073709551615::UBIGINT", 2**64 - 1, "UBIGINT"),
    "decimal": ("-1.500::DECIMAL(9, 3)", -1.5, "DECIMAL(9,3)"),
    "interval": ("INTERVAL '1 year 3 days 04:05:06.789'", "1 year 3 days 04:05:06.789", "VARCHAR"),
    "blob": ("'\\x00\\xFFab'::BLOB", "\\x00\\xFFab", "BLOB"),
    "bit": ("'010110'::BIT", "010110", "VARCHAR"),
    "uuid": ("'12345678-1234-5678-1234-567812345678'::UUID",
             "12345678-1234-5678-1234-567812345678", "UUID"),
    "enum": ("'ok'::mood", "ok", "VARCHAR"),
    "long ago": ("DATE '0044-03-15 (BC)'", "0044-03-15 (BC)", "DATE"),
    "far away": ("DATE '5874897-12-31'", "5874897-12-31", "DATE"),
    "never": ("TIMESTAMP 'infinity'", "infinity", "TIMESTAMP"),
    "nanoseconds": ("TIMESTAMP_NS '2026-01-01 00:00:00.123456789'",
                    "2026-01-01 00:00:00.123456789", "TIMESTAMP_NS"),
    "zoned time": ("TIMETZ '12:34:56+05:30'", "12:34:56+05:30", "VARCHAR"),
    "lists": ("[[1, NULL], []]", [[1, None], []], "INTEGER[][]"),
    "struct": ("{'a': {'b': [1.5::DECIMAL(9, 3)]}, 'c': 'x\"NaN'}",
               {"a": {"b": [1.5]}, "c": 'x"NaN'}, "STRUCT(a STRUCT(b DECIMAL(9,3)[]), c VARCHAR)"),
    "map": ("MAP {'k': 2}", {"k": 2}, "MAP(VARCHAR, INTEGER)"),
    "intervals": ("MAP {'k': INTERVAL 2 DAY}", {"k": "2 days"}, "VARCHAR"),
    "huge list": ("[170141183460469231731687303715884105727::HUGEINT]", [2**127 - 1], "VARCHAR"),
    "nan list": ("['nan'::DOUBLE, 'inf'::DOUBLE]", ["NaN", "Infinity"], "DOUBLE[]"),
    "union": ("union_value(n := 5)", {"n": 5}, "VARCHAR"),
    "variant": ("42::VARIANT", 42, "VARCHAR"),
    "nothing": ("NULL", None, '"NULL"'),
    "no text": ("NULL::VARCHAR", None, "VARCHAR"),
    "hostile": (f"'{HOSTILE}'", HOSTILE, "VARCHAR"),
}  # fmt: skip


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
        yield opened


def _no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.parametrize("name", ODD)
def test_jsonl_is_json_and_exact(
    name: str, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    sql, expected, _ = ODD[name]
    target = tmp_path / "odd.jsonl"
    export_relation(connection.sql(f"SELECT {sql} AS v FROM range(2)"), "jsonl", target, None)
    lines = target.read_text("ascii").splitlines()
    assert [json.loads(line, parse_constant=_no_constant) for line in lines] == [
        {"v": expected}
    ] * 2


@pytest.mark.parametrize("name", ODD)
def test_parquet_keeps_the_type_or_the_exact_text(
    name: str, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    sql, _, kind = ODD[name]
    relation = connection.sql(f"SELECT {sql} AS v FROM range(2)")
    target = tmp_path / "odd.parquet"
    assert export_relation(relation, "parquet", target, 1).more
    written = connection.read_parquet(str(target))
    assert [str(one) for one in written.types] == [kind]
    # Compared as text: a NaN equals nothing.
    assert repr(as_cells(written).fetchall()) == repr(as_cells(relation).limit(1).fetchall())


@pytest.mark.parametrize("name", ODD)
def test_csv_has_the_text_that_is_shown(
    name: str, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    relation = connection.sql(f"SELECT {ODD[name][0]} AS v, 1 AS one")
    target = tmp_path / "odd.csv"
    export_relation(relation, "csv", target, None)
    [_, (shown, _)] = list(csv.reader(target.open(encoding="utf-8", newline="")))
    [(cell, _)] = as_cells(relation).fetchall()
    if name == "hostile":
        assert shown == "日本 👩⟨200D⟩👧 e\u0301 ␀␛[31m"
    else:
        assert shown == ("" if cell is None else str(cell))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_columns_of_one_name_are_all_there(
    form: str, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    relation = connection.sql('SELECT 1 AS a, 2 AS a_1, 3 AS "A", true AS yes')
    target = tmp_path / f"twice.{form}"
    assert export_relation(relation, form, target, None).rows == 1
    if form == "jsonl":
        assert json.loads(target.read_text()) == {"a": 1, "a_1": 2, "A_2": 3, "yes": True}
    elif form == "csv":
        assert target.read_text().split() == ["a,a_1,A_2,yes", "1,2,3,true"]
    else:
        assert connection.read_parquet(str(target)).fetchall() == [(1, 2, 3, True)]


@pytest.mark.parametrize(
    "names", [["a", "a", "A", "b"], ["a", "a_1", "a", "a_1", "a"], ["É", "é", "ẞ", "ß", "x", "X"]]
)
def test_names_are_told_apart_as_the_engine_does(
    names: list[str], connection: duckdb.DuckDBPyConnection
) -> None:
    listed = ", ".join(f'{at} AS "{name}"' for at, name in enumerate(names))
    around = connection.sql(f"SELECT * FROM (SELECT {listed})")
    assert unique_names(names) == around.columns
    assert len(set(around.columns)) == len(names)
