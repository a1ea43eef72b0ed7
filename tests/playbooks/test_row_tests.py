"""Rows in, rows out: every shipped query has such a test, and the test notices what changes."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.playbooks.format import SavedQuery, parse_query
from workbench.playbooks.library import read_library
from workbench.playbooks.lint import empty_store
from workbench.playbooks.row_tests import (
    RowTest,
    TextTable,
    fixture_of,
    read_row_tests,
    run_case,
    run_tests,
    same,
    text_of,
)
from workbench.resources import queries_dir

FIXTURES = Path(__file__).parents[1] / "fixtures" / "queries"
LIBRARY = read_library(queries_dir())
SHIPPED = [*LIBRARY.queries.values()]


@pytest.mark.parametrize("query", SHIPPED, ids=lambda query: query.id)
def test_every_shipped_query_has_rows_in_and_rows_out(query: SavedQuery) -> None:
    path = fixture_of(query, FIXTURES)
    assert path.is_file(), f"{query.id} has no test: write {path}"
    tests = read_row_tests(path)
    assert any(TextTable.read(test.rows).rows for test in tests), "no case has rows"
    names = [test.says for test in tests]
    assert len(set(names)) == len(names)


# They answer in one row whatever there is, or list what the engine itself has.
ALWAYS_ROWS = {"engine-functions", "evidence-figures", "impact-preview", "overview-span",
               "overview-totals", "template-sharding", "changes-totals"}  # fmt: skip


@pytest.mark.parametrize("query", SHIPPED, ids=lambda query: query.id)
def test_every_shipped_query_has_a_case_without_rows(query: SavedQuery) -> None:
    empty = [test for test in read_row_tests(fixture_of(query, FIXTURES)) if not test.rows]
    assert bool(empty) != (query.id in ALWAYS_ROWS)


def test_every_fixture_belongs_to_a_query() -> None:
    assert {path.stem for path in FIXTURES.glob("*.toml")} == set(LIBRARY.queries)


def _query(sql: str, kind: str = "query", trust: str = "shipped") -> SavedQuery:
    text = f'/*+++\nid = "a-query"\ntitle = "T"\nkind = "{kind}"\n+++*/\n{sql}\n'
    return parse_query(text, Path("a-query.sql"), pack="p", trust=trust)


_ACCOUNTS = 'account_id | plan\nb | free\na | NULL\nc | ""\n'
_SQL = "SELECT account_id, plan FROM accounts ORDER BY account_id"


def _found(rows: str, sql: str = _SQL, *, kind: str = "query", some: bool = False) -> list[str]:
    test = RowTest("says", rows, tables={"accounts": _ACCOUNTS}, some=some)
    return list(run_case(_query(sql, kind), test, empty_store()))


def test_equal_rows_are_in_order() -> None:
    assert _found('account_id | plan\na | NULL\nb | free\nc | ""') == []
    assert _found("account_id\na\nb\nc") == []
    assert _found("account_id\nb\nc\na", kind="trait") == []
    assert _found("account_id\na\nc", some=True) == []


def test_what_differs_is_named() -> None:
    assert _found("account_id\na\nb") == ["3 rows instead of 2"]
    assert _found("") == ["3 rows instead of 0"]
    assert _found("account_id\nb\na\nc")[0] == "row 1: account_id is a, not b"
    assert _found('account_id | plan\na | ""\nb | free\nc | NULL') == [
        "row 1: plan is NULL, not ",
        "row 3: plan is , not NULL",
    ]
    assert _found("account\na\nb\nc") == ["its result has no column account"]
    assert _found("account_id\na", "SELECT nope FROM accounts")[0].startswith("it cannot run")
    assert "2 cells where 1 are named" in _found("account_id\na | b")[0]
    assert _found("account_id\na\nx", some=True) == ["1 rows instead of 2"]


def test_a_table_that_is_not_there_is_named() -> None:
    test = RowTest("says", "", tables={"nope": "a\n1"})
    assert list(run_case(_query(_SQL), test, empty_store())) == [
        "its tables cannot be read: 'nope'"
    ]


def test_a_query_of_the_pack_without_rows_is_a_finding(tmp_path: Path) -> None:
    [finding] = run_tests(_query(_SQL), empty_store(), tmp_path)
    assert "write a-query.toml" in finding
    assert list(run_tests(_query(_SQL, trust="own"), empty_store(), tmp_path)) == []
    (tmp_path / "a-query.toml").write_text('[[case]]\nsays = "two"\nrows = "account_id\\nx"\n')
    [finding] = run_tests(_query(_SQL), empty_store(), tmp_path)
    assert finding == "a-query.toml, “two”: 0 rows instead of 1"
    (tmp_path / "a-query.toml").write_text('[[case]]\nsay = "two"\n')
    [finding] = run_tests(_query(_SQL), empty_store(), tmp_path)
    assert "unknown field of case 1 “say”" in finding


def test_a_case_has_the_tables_of_its_file_and_its_own(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    path.write_text('[tables]\na = "x"\nb = "y"\n[[case]]\nsays = "s"\nrows = ""\ntables.b = "z"\n')
    [test] = read_row_tests(path)
    assert test.tables == {"a": "x", "b": "z"}
    for text, words in (
        ("case = 3", "“case” must be list"),
        ("tables = 3", "“tables” must be dict"),
        ('[tables]\na = 3\n[[case]]\nsays = "s"\nrows = ""', "“tables” must be a list of texts"),
        ("[[case]]\nsays = 's'", "case 1 has no “rows”"),
        ("cases = []", "Did you mean|unknown field"),
        ("= 3", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=words):
            read_row_tests(path)


def _written(cell: str | None) -> str:
    return "NULL" if cell is None else '"' + cell.replace('"', '""') + '"'


_CELLS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[_CELLS] * n), min_size=1)))
def test_any_cell_can_be_written(rows: list[tuple[str | None, ...]]) -> None:
    names = tuple(f"c{n}" for n in range(len(rows[0])))
    lines = [" | ".join(names), *(" | ".join(map(_written, row)) for row in rows)]
    assert TextTable.read("\n" + "\n".join(lines) + "\n") == TextTable(names, tuple(rows))


def test_numbers_are_compared_as_far_as_they_are_written() -> None:
    assert same(0.30000000000000004, "0.3")
    assert same(2 / 3, "0.667")
    assert not same(2 / 3, "0.666")
    assert same(3.0, "3")
    assert not same(3.4, "3")
    assert not same(3.4, "about 3")
    assert not same(3, "3.0")
    assert same(None, None)
    assert not same(0.0, None)


def test_values_are_shown_as_a_fixture_writes_them() -> None:
    moment = datetime.datetime(2026, 5, 1, 10)  # noqa: DTZ001 - times of a case are naive UTC
    shown = [text_of(value) for value in (None, True, False, moment, moment.date(), ["a", 1], "x")]
    assert shown == ["NULL", "true", "false", "2026-05-01 10:00:00", "2026-05-01", '["a", 1]', "x"]
