"""What is asked of open results: search, comparison, plans, and results of every odd shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.conftest import ROWS
from workbench.errors import WorkbenchError
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import (
    Began,
    Compare,
    Compared,
    Find,
    Open,
    Plan,
    ReadAll,
    ReadCell,
    ReadWindow,
    Spooled,
    Stream,
)


def stream(client: QueryClient, sql: str, cell: int = 64) -> tuple[Began, Spooled]:
    told: list[Any] = []
    ended = client.request(
        Stream(sql=sql, parameters={}, limit=1000, cell=cell), on_event=told.append
    )
    return told[0], ended


def test_search_goes_forward_and_back_over_parts(client: QueryClient) -> None:
    began, _ = stream(client, "SELECT n, account_id, ts FROM exchanges")

    def find(text: str, row: int, backwards: bool = False) -> int | None:
        answer = client.request(Find(result=began.result, text=text, row=row, backwards=backwards))
        found: int | None = answer.row
        return found

    assert find("299999", 0) == ROWS - 1
    assert find("ACCT-77", 0) == 77
    assert find("acct-777", 778) == 1777
    assert find("acct-777", 1776, True) == 777
    assert find("acct-777", 776, True) is None
    assert find("nowhere", 0) is None


def compared(client: QueryClient, before: str, after: str) -> tuple[Compared, list[Any]]:
    old, new = (stream(client, sql)[0].result for sql in (before, after))
    told: list[Any] = []
    ended = client.request(Compare(before=old, result=new, cell=64), on_event=told.append)
    return ended, told[0].rows


def test_two_runs_are_compared_by_their_first_column(client: QueryClient) -> None:
    values = "SELECT * FROM (VALUES {}) t(id, n, note)"
    ended, rows = compared(
        client, values.format("('a', 1, NULL), ('b', 2, 'x'), ('c', 3, 'y')"),
        values.format("('a', 1, NULL), ('b', 5, NULL), ('d', 4, 'z')"),
    )  # fmt: skip
    assert (ended.added, ended.gone, ended.changed, ended.key) == (1, 1, 1, "id")
    assert rows == [
        ["added", "d", "4", "z"], ["gone", "c", "3", "y"],
        ["changed", "b", "2 → 5", "x → NULL"],
    ]  # fmt: skip


def test_rows_without_a_key_are_compared_whole(client: QueryClient) -> None:
    values = "SELECT * FROM (VALUES {}) t(kind, n)"
    ended, rows = compared(
        client, values.format("('a', 1), ('a', 2), (NULL, 3)"),
        values.format("('a', 1), ('a', 9), (NULL, 3)"),
    )  # fmt: skip
    assert (ended.added, ended.gone, ended.changed) == (1, 1, 0)
    assert sorted(rows) == [["added", "a", "9"], ["gone", "a", "2"]]


def test_rows_that_repeat_are_compared_as_often_as_they_are_there(client: QueryClient) -> None:
    values = "SELECT * FROM (VALUES {}) t(kind, n)"
    ended, rows = compared(
        client, values.format("('a', 1), ('a', 1), ('a', 1), (NULL, 2)"),
        values.format("('a', 1), (NULL, 2), (NULL, 2)"),
    )  # fmt: skip
    assert (ended.added, ended.gone, ended.changed) == (1, 2, 0)
    assert sorted(rows) == [["added", None, "2"], ["gone", "a", "1"], ["gone", "a", "1"]]


def test_the_plan_of_a_statement_takes_the_values_of_its_form(client: QueryClient) -> None:
    sql = "SELECT n FROM exchanges WHERE ts > $since AND n > $n"
    given = {"since": {"timestamp": "2026-05-01 00:00:00"}, "n": 5, "cell_1": "of another shape"}
    opened = client.request(Open(sql=f"EXPLAIN {sql}", parameters=given, limit=100, cell=200))
    assert any("2026-05-01" in row[0] for row in opened.rows)
    plan = client.request(Plan(sql=sql, parameters=given, measure=False)).lines
    assert any("2026-05-01" in details for *_, details in plan)
    since = {"since": given["since"]}
    with pytest.raises(WorkbenchError, match="needs a value for \\$n"):
        client.request(Open(f"EXPLAIN {sql}", since, limit=1, cell=9))
    with pytest.raises(WorkbenchError, match="needs a value for \\$n"):
        client.request(Plan(sql, since, measure=False))


def test_different_columns_are_not_compared(client: QueryClient) -> None:
    with pytest.raises(WorkbenchError, match="different columns"):
        compared(client, "SELECT 1 AS a", "SELECT 1 AS b")


def test_a_plan_is_a_tree_and_a_profile_has_times(client: QueryClient) -> None:
    sql = "SELECT account_id, count(*) FROM exchanges WHERE n > $n GROUP BY account_id"
    plan = client.request(Plan(sql=sql, parameters={"n": 5}, measure=False)).lines
    assert plan[0][0] == 0
    assert any("group by" in step for _, step, *_ in plan)
    assert all(ms is None for *_, ms, _ in plan)
    profile = client.request(Plan(sql=sql, parameters={"n": 5}, measure=True)).lines
    scan = next(line for line in profile if "scan" in line[1])
    assert scan[2] >= ROWS - 6
    assert scan[3] is not None


@pytest.mark.parametrize(
    "sql", ["DELETE FROM exchanges", "EXPLAIN SELECT 1", "SELECT 1; DROP TABLE exchanges"]
)
def test_only_a_select_has_a_plan(client: QueryClient, sql: str) -> None:
    for measure in (False, True):
        with pytest.raises(WorkbenchError):
            client.request(Plan(sql=sql, parameters={}, measure=measure))


def test_two_thousand_columns(client: QueryClient) -> None:
    columns = ", ".join(f"n + {at} AS column_{at}" for at in range(2000))
    began, ended = stream(client, f"SELECT {columns} FROM exchanges LIMIT 3000")
    assert len(began.columns) == 2000
    assert len(began.rows) * 2000 <= 40_000
    assert (ended.total, ended.exact) == (3000, True)
    last = client.request(ReadWindow(result=began.result, offset=2999, count=5, cell=64)).rows
    assert last == [[2999 + at for at in range(2000)]]


def test_cells_of_a_megabyte(client: QueryClient) -> None:
    sql = "SELECT n, repeat(chr(64 + (n % 26)::INTEGER), 1000000) AS text FROM exchanges LIMIT 60"
    began, ended = stream(client, sql)
    assert ended.total == 60
    window = client.request(ReadWindow(result=began.result, offset=50, count=20, cell=64))
    assert [len(row[1]) for row in window.rows] == [64] * 10
    assert window.cuts[0] == [0, 1, 1_000_000]
    cell = client.request(ReadCell(result=began.result, row=59, column=1))
    assert cell.characters == 1_000_000


def test_all_null_and_odd_types_survive_the_spool(client: QueryClient) -> None:
    odd = (
        "SELECT NULL AS nothing, NULL::VARCHAR AS text, 'nan'::DOUBLE AS nan, "
        "[[1, NULL], []] AS lists, {'a': {'b': [1.5::DECIMAL(9, 3)]}} AS nested, "
        "MAP {'k': INTERVAL 2 DAY} AS map, '\\x00\\xFF'::BLOB AS blob, "
        "170141183460469231731687303715884105727::HUGEINT AS huge, '日本 👩‍👩‍👧 e\u0301' AS wide "
        "FROM range(3)"
    )
    began, ended = stream(client, odd)
    assert ended.exact
    row = client.request(ReadWindow(result=began.result, offset=2, count=1, cell=99)).rows[0]
    assert row[:2] == [None, None]
    assert row[2] != row[2]
    assert row[3:8] == [
        "[[1, NULL], []]", "{'a': {'b': [1.500]}}", "{k=2 days}", "\\x00\\xFF",
        "170141183460469231731687303715884105727",
    ]  # fmt: skip
    assert row[8] == "日本 👩‍👩‍👧 e\u0301"


def test_ten_thousand_values_are_counted(client: QueryClient) -> None:
    from workbench.sql import transforms

    sql = transforms.frequency("SELECT n % 10000 AS bucket FROM exchanges", "bucket")
    began, _ = stream(client, sql)
    assert began.rows[0][:2] == [0, 30]
    ended = client.request(ReadAll(result=began.result))
    assert (ended.total, ended.exact) == (10_000, True)
