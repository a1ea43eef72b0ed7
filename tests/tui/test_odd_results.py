"""Results of odd shapes on the bench: drawn, scrolled, filtered, copied; nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from textual.widgets import Input

from tests.tui.asking import again, ask, column
from tests.tui.conftest import Opened
from workbench.audit.state.policy import Policy
from workbench.decisions.service import CaseService
from workbench.tui.grid.canvas import cell_text
from workbench.tui.grid.source import ResultSource
from workbench.tui.pages.sql import SqlView
from workbench.tui.textual_ext import osc52

ODD = """SELECT n, NULL AS nothing, NULL::VARCHAR AS no_text, n = 1 AS flag,
       CASE n WHEN 0 THEN 'nan' WHEN 1 THEN '-inf' ELSE '0.1' END::DOUBLE AS real,
       0.1::FLOAT AS single, -1.5::DECIMAL(9, 3) AS dec,
       170141183460469231731687303715884105727::HUGEINT AS huge,
       [[1, NULL], []] AS lists, {'a': {'b': [1.5]}} AS nested, MAP {'k': INTERVAL 2 DAY} AS map,
       '\\x00\\xFF'::BLOB AS blob, '0101'::BIT AS bits, TIMETZ '12:00:00+05:30' AS zoned,
       DATE '0044-03-15 (BC)' AS ides, TIMESTAMP '290309-12-22 (BC) 00:00:00' AS far,
       [TIMESTAMP '2026-05-01'] AS moments,
       '=1+1' AS formula, E'日本\\u200d 👩‍👩‍👧|' || chr(27) || '[31m' AS wide
FROM range(3) t(n) ORDER BY n LIMIT 9"""
DRAWN = {
    "nothing": "·", "no_text": "·", "flag": "no", "real": "nan", "single": "0.1", "dec": "-1.500",
    "huge": "170141183460469231731687303715884105727", "lists": "[[1, NULL], []]",
    "nested": "{'a': {'b': [1.5]}}", "map": "{k=2 days}", "blob": "\\x00\\xFF", "bits": "0101",
    "zoned": "12:00:00+05:30", "ides": "0044-03-15 (BC)", "far": "290309-12-22 (BC) 00:00:00",
    "moments": "['2026-05-01 00:00:00']", "formula": "=1+1",
}  # fmt: skip


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the clipboard, which the policy leaves open."""
    monkeypatch.setattr(CaseService, "policy", lambda _desk: Policy(clipboard="on"))
    texts: list[str] = []

    def send(text: str, _terminal: Any, _exports: Path) -> str:
        texts.append(text)
        return "sent"

    monkeypatch.setattr(osc52, "send", send)
    return texts


async def test_odd_values_are_drawn_and_copied(
    case: Path, opened: Opened, copied: list[str]
) -> None:
    async with opened(case, size=(160, 45)) as driver:
        grid = await ask(driver, ODD)
        cells = grid.source.row(0)
        assert cells is not None
        shown = {
            one.name: cell_text(cell, one) for one, cell in zip(grid.columns, cells, strict=True)
        }
        assert {name: shown[name] for name in DRAWN} == DRAWN
        assert shown["wide"].endswith("|␛[31m")
        lines = driver.text()
        for name in ("nothing", "flag", "real", "huge", "lists", "nested"):
            assert DRAWN[name] in lines
        assert "\x1b" not in lines
        for name in DRAWN:
            grid.cursor_column = column(grid, name)
            await driver.press("v")
            await driver.sees(name, "characters")
            await driver.press("escape", "y", "c", "enter")
            await driver.until(lambda: copied)
            expected = {"nothing": "NULL", "no_text": "NULL", "flag": "false",
                        "single": "0.10000000149011612"}  # fmt: skip
            assert copied.pop() == expected.get(name, DRAWN[name])


async def test_rows_are_copied_in_every_form(case: Path, opened: Opened, copied: list[str]) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, ODD)
        names = [one.name for one in grid.columns]
        taken = {}
        for key, form in (("r", "tsv"), ("t", "markdown"), ("v", "csv"), ("j", "json")):
            await driver.press("y", key, "enter")
            await driver.until(lambda: copied)
            taken[form] = copied.pop()
        assert all("\x1b" not in text and "\u200d" not in text for text in taken.values())
        for form, mark in (("tsv", "\t"), ("csv", ",")):
            table = list(csv.reader(io.StringIO(taken[form]), delimiter=mark))
            first = dict(zip(table[0], table[1], strict=True))
            assert table[0] == names
            assert (first["nothing"], first["flag"], first["dec"]) == ("", "false", "-1.500")
            assert first["formula"] == "'=1+1"
        assert len(list(csv.reader(io.StringIO(taken["csv"])))) == 4
        lines = taken["markdown"].splitlines()
        assert len(lines) == 5
        assert {line.replace("\\|", "").count("|") for line in lines} == {len(names) + 1}
        records = [json.loads(line) for line in taken["json"].splitlines()]
        assert [record["n"] for record in records] == [0, 1, 2]
        assert records[0]["nothing"] is None
        assert (records[0]["flag"], records[1]["flag"]) == (False, True)
        assert [record["real"] for record in records] == ["nan", "-inf", 0.1]
        assert records[0]["formula"] == "=1+1"


async def test_a_list_for_sql_finds_the_same_rows_again(
    case: Path, opened: Opened, copied: list[str]
) -> None:
    values = "('it''s', 1.5, true, NULL), (E'zero\u200dwidth \\x1B', 'nan'::DOUBLE, false, 2)"
    sql = f"SELECT * FROM (VALUES {values}) t(words, real, flag, whole) LIMIT 9"
    async with opened(case) as driver:
        for name in ("words", "real", "flag", "whole"):
            grid = await ask(driver, sql)
            grid.cursor_column = column(grid, name)
            await driver.press("y", "i", "enter")
            await driver.until(lambda: copied)
            listed = copied.pop()
            assert listed.isprintable()
            found = await driver.bench.query_service.small_rows(
                f"SELECT count(*) FROM ({sql}) WHERE {name} IN {listed}", {}
            )
            assert found == [[2 if name != "whole" else 1]], listed


@pytest.mark.parametrize("name", ["real", "single", "flag", "dec", "huge", "lists", "nested",
                                  "map", "blob", "bits", "zoned", "ides", "far", "nothing",
                                  "wide"])  # fmt: skip
async def test_only_this_value_finds_its_own_row(case: Path, opened: Opened, name: str) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, ODD)
        grid.cursor_column = column(grid, name)
        found = await again(driver, "f")
        assert found.source.total == (1 if name == "real" else 2 if name == "flag" else 3)
        assert found.columns[found.cursor_column].name == name
        counted = await again(driver, "F")
        assert counted.source.total == 1
        described = await again(driver, "d")
        assert described.source.total == 4


async def test_a_value_that_is_cut_on_screen_is_filtered_by_whole(
    case: Path, opened: Opened
) -> None:
    sql = "SELECT repeat('x', 5000) || (i % 2) AS long, i FROM range(6) t(i) LIMIT 99"
    async with opened(case) as driver:
        grid = await ask(driver, sql)
        grid.cursor_column = 0
        assert grid.source.cut(0, 0) == 5001
        assert (await again(driver, "f")).source.total == 3


async def test_a_stream_that_fails_keeps_its_rows_and_says_why(case: Path, opened: Opened) -> None:
    cell = "CASE WHEN i < 2900000 THEN i ELSE error('row ' || i) END AS v"
    sql = f"SELECT {cell} FROM range(3000000) t(i)"
    async with opened(case) as driver:
        await driver.press("4")
        view = driver.bench.view
        await driver.until(lambda: isinstance(driver.bench.view, SqlView))
        view = driver.bench.view
        assert isinstance(view, SqlView)
        view.put_statement(sql)
        await driver.press("f5")
        await driver.sees("ended by an error, G tries again", "Invalid Input Error: row 2900000")
        assert "get_next" not in driver.text()
        assert view.tabs.front.grid.source.row(0) == [0]


async def test_a_statement_that_fails_says_why_until_another_is_asked(
    case: Path, opened: Opened
) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT 1 AS one")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        view.put_statement("SELECT 1 AS one WHERE nowhere = 1")
        await driver.press("i", "f5")
        await driver.sees('Referenced column "nowhere"', "LINE 1:", "^")
        await driver.press("escape")
        driver.bench.clear_notifications()
        await driver.sees("LINE 1:")
        view.put_statement("SELECT 2 AS two")
        await driver.press("f5")
        await driver.sees("two", "1 row ")
        assert "LINE 1:" not in driver.text()
        assert grid.source.total == 0 or grid is not view.tabs.front.grid


async def test_numbers_further_down_are_drawn_whole(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT i * 1000 AS v, i AS w, 'x' AS t FROM range(5000) t(i)")
        assert max(grid.layout_of.widths) <= 7
        await driver.press("end")
        await driver.sees("4,999,000", " 4,999 ")
        grid.cursor_column = 0
        await driver.press("home", "underscore", "underscore")
        chosen = grid.layout_of.widths[0]
        await driver.press("end")
        await driver.sees("row 5,000 of 5,000")
        assert grid.layout_of.widths[0] == chosen


async def test_undo_comes_back_to_its_column(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT i % 3 AS a, i % 2 AS b FROM range(9) t(i) LIMIT 9")
        grid.cursor_column = 1
        await again(driver, "F")
        assert [one.name for one in grid.columns][:2] == ["b", "n"]
        await again(driver, "u")
        assert (grid.columns[grid.cursor_column].name, grid.source.total) == ("b", 9)


async def test_odd_values_are_described(case: Path, opened: Opened) -> None:
    async with opened(case, size=(160, 45)) as driver:
        names = [one.name for one in (await ask(driver, ODD)).columns]
        grid = await again(driver, "d")
        rows = [grid.source.row(at) or [] for at in range(grid.source.total)]
        assert [row[0] for row in rows] == names
        assert [row[1] for row in rows if row[0] in ("huge", "ides")] == ["HUGEINT", "DATE"]


@pytest.mark.parametrize(("key", "form"), [("c", "csv"), ("j", "jsonl"), ("p", "parquet")])
async def test_odd_values_are_written_and_the_status_says_when_it_is_over(
    case: Path, opened: Opened, tmp_path: Path, key: str, form: str
) -> None:
    target = tmp_path / f"odd.{form}"
    async with opened(case) as driver:
        await ask(driver, ODD)
        await driver.press("W")
        await driver.sees("Write to a file")
        await driver.press(key)
        await driver.sees("Write every row to")
        driver.bench.screen.query_one(Input).value = str(target)
        await driver.press("enter")
        await driver.sees("3 rows", "odd.")
        await driver.sees("row 1 of 3")
        assert "esc cancels" not in driver.text()
    if form == "jsonl":
        rows = [json.loads(line) for line in target.read_text().splitlines()]
    else:
        with duckdb.connect() as reader:
            found = reader.execute(f"SELECT * FROM '{target}'")
            names = [column[0] for column in found.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    first = rows[0]
    assert (len(rows), first["n"], first["nothing"], first["flag"]) == (3, 0, None, False)
    assert str(first["huge"]).replace("'", "") == DRAWN["huge"]
    assert str(first["formula"]).lstrip("'") == "=1+1"


async def test_two_thousand_columns_are_reached_and_drawn(
    case: Path, opened: Opened, copied: list[str]
) -> None:
    columns = ", ".join(f"i + {at} AS c{at}" for at in range(2000))
    async with opened(case) as driver:
        grid = await ask(driver, f"SELECT {columns} FROM range(300) t(i) LIMIT 999")
        await driver.sees("c0", "c1", "›")
        await driver.press("number_sign")
        await driver.type("c1999")
        await driver.press("enter")
        await driver.until(lambda: grid.cursor_column == 1999)
        await driver.sees("c1998", "c1999", "‹")
        await driver.press("end")
        await driver.sees("2,298", "row 300 of 300")
        await driver.press("y", "j", "enter")
        await driver.until(lambda: copied)
        rows = [json.loads(line) for line in copied.pop().splitlines()]
        assert rows[-1]["c1999"] == 2298
        assert len(rows[-1]) == 2000


async def test_cells_of_a_megabyte_weigh_little(case: Path, opened: Opened) -> None:
    sql = (
        "SELECT repeat('é', 1000000) || i AS big, repeat('日', 600) AS long, i FROM range(40) t(i)"
    )
    async with opened(case) as driver:
        grid = await ask(driver, f"{sql} LIMIT 99")
        await driver.press("end")
        await driver.sees("row 40 of 40", "…1,000,002")
        source = grid.source
        assert isinstance(source, ResultSource)
        assert max(len(str(cell)) for cell in source.row(39) or []) <= 512
        await driver.press("v")
        await driver.sees("1,000,002 characters")


async def test_an_arrangement_outlives_a_sort(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT i, -i AS j, i % 2 AS k FROM range(50) t(i) LIMIT 99")
        grid.cursor_column = 2
        await driver.press("less_than_sign", "right", "minus")
        assert grid.layout_of.shown() == [0, 2]
        grid.cursor_column = 0
        await again(driver, "right_square_bracket")
        assert grid.layout_of.shown() == [0, 2]
        assert (grid.source.row(0) or [])[0] == 49
        # Another table has another arrangement.
        grid = await ask(driver, "SELECT 1 AS x LIMIT 9")
        assert grid.layout_of.shown() == [0]


async def test_marked_rows_become_a_result_of_their_own(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        grid = await ask(
            driver, "SELECT i, repeat('x', 900) AS long FROM range(3000) t(i) LIMIT 9999"
        )
        for row in (2999, 5, 6, 1500):
            grid.jump(row)
            await driver.until(partial(grid.source.row, row))
            await driver.press("space")
        await driver.press("quotation_mark")
        await driver.sees("[2 4 rows of", "row 1 of 4")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        made = view.tabs.front.grid
        assert made is not grid
        assert [(made.source.row(at) or [])[0] for at in range(4)] == [5, 6, 1500, 2999]
        # Long cells are whole behind what is shown, and there is no statement to sort.
        read = view.tabs.front.cell_reader(3, 1)
        assert read is not None
        assert len((await read()).cell) == 900
        await driver.press("left_square_bracket")
        await driver.sees("These rows were picked")


async def test_tabs_of_long_statements_still_say_how_many_rows(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        for rows in (1234, 2345, 3456):
            await ask(driver, f"SELECT i AS a_rather_long_name FROM range({rows}) t(i) LIMIT 9999")
        await driver.sees("… · 1,234 ", "… · 2,345 ", "… · 3,456]")


async def test_columns_of_one_name_are_each_their_own(case: Path, opened: Opened) -> None:
    """A self-join, as whoever compares accounts writes it."""
    sql = (
        "SELECT a.account_id, b.account_id, a.exchanges, -1 AS exchanges "
        "FROM account_profile AS a JOIN account_profile AS b ON b.account_id > a.account_id "
        "ORDER BY 1, 2 LIMIT 9"
    )
    async with opened(case) as driver:
        grid = await ask(driver, sql)
        assert [one.name for one in grid.columns][:2] == ["account_id", "account_id_1"]
        await driver.press("z")
        await driver.sees("account_id_1", "a-01")
        await driver.press("escape")
        for at, account in ((0, "a-00"), (1, "a-01")):
            grid.cursor_column = at
            await driver.press("enter")
            await driver.until(lambda: driver.bench.view is not None)
            await driver.sees(f"{account}  ")
            view = driver.bench.view
            assert view is not None
            assert view.route.key == (account,)
            await driver.press("backspace")
            await driver.sees("account_id_1")
            grid.focus()
        grid.cursor_column = 1
        assert (await again(driver, "right_square_bracket")).source.row(0) == [
            "a-00", "a-09", 10, -1,
        ]  # fmt: skip
        grid.cursor_column = 3
        assert (await again(driver, "F")).source.row(0) == [-1, 9, 100.0, "█" * 24]
