"""Tables and columns beside the editor, and several texts in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.asking import ask
from tests.tui.conftest import Driver, Opened
from workbench.engine.functions import function_list
from workbench.tui.messages import EditStatement
from workbench.tui.pages.sql import SqlView
from workbench.tui.sql.editor import MAX_TEXTS
from workbench.tui.sql.statement_service import remembered_texts


async def sql_view(driver: Driver) -> SqlView:
    await driver.press("4")
    await driver.until(lambda: isinstance(driver.bench.view, SqlView) and driver.bench.view.filled)
    view = driver.bench.view
    assert isinstance(view, SqlView)
    return view


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_a_newcomer_sees_what_there_is(
    opened: Opened, case: Path, size: tuple[int, int]
) -> None:
    async with opened(case, size) as driver:
        view = await sql_view(driver)
        await driver.sees("accounts", "exchanges", "account_profile")
        await driver.until(lambda: view.schema._rows.get("accounts"))
        drawn = [line for line in driver.text().splitlines() if line.strip()]
        assert len(drawn) > size[1] // 2


async def test_typing_narrows_and_enter_puts_the_name_into_the_statement(
    opened: Opened, case: Path
) -> None:
    async with opened(case, (120, 36)) as driver:
        view = await sql_view(driver)
        await driver.type("SELECT")
        await driver.press("ctrl+b")
        await driver.type("exch tok")
        await driver.sees("input_tokens", "bigint")
        assert "created_at" not in driver.text()
        await driver.press("down", "enter")
        assert view.editor.area.has_focus
        assert view.editor.area.text == "SELECT output_tokens"
        await driver.press("shift+tab")
        for _ in "exch tok":
            await driver.press("backspace")
        await driver.type("accounts")
        await driver.press("enter")
        assert view.editor.area.text == "SELECT output_tokens accounts"


async def test_a_table_opens_to_its_columns_with_values(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        view = await sql_view(driver)
        await driver.press("ctrl+b", "right")
        await driver.sees("account_id", "varchar")
        await driver.press("down")
        await driver.until(lambda: view.schema._samples.get(("accounts", "account_id")))
        await driver.sees("a-01")
        await driver.press("left")
        assert view.schema.lit is not None
        assert view.schema.lit.column == ""
        await driver.press("escape")
        assert view.editor.area.has_focus


async def test_rows_get_the_room_where_there_is_little(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        await ask(driver, "SELECT 1 AS one")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        assert not view.schema.display
        await driver.press("b")
        assert view.schema.display
        assert view.schema.has_focus_within
        await driver.press("escape")
        assert not view.schema.display


async def test_texts_stay_beside_each_other(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        view = await sql_view(driver)
        await driver.press("f12")
        assert view.editor.texts == [""]
        await driver.type("one")
        await driver.press("f12")
        await driver.type("two")
        assert view.editor.texts == ["one", "two"]
        await driver.press("f12", "f12", "f12")  # an empty third goes when it is left
        assert view.editor.texts == ["one", "two"]
        view.post_message(EditStatement("three"))
        await driver.until(lambda: view.editor.texts == ["one", "two", "three"])
        await driver.sees("[3 three]")
        await driver.press("escape", "left_curly_bracket")
        assert view.editor.area.text == "two"
        kept = view.view_state()
    assert remembered_texts(kept) == (["one", "two", "three"], 1)
    assert remembered_texts({"text": "of before"}) == (["of before"], 0)
    assert remembered_texts({"texts": "odd", "front": "odd"}) == ([""], 0)


async def test_texts_are_bounded_and_none_is_lost(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        view = await sql_view(driver)
        for number in range(MAX_TEXTS + 1):
            await view.editor.begin(f"text {number}")
        assert view.editor.texts == [f"text {number}" for number in range(MAX_TEXTS)]


async def test_no_function_is_offered_that_is_refused(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        view = await sql_view(driver)
        await driver.until(lambda: view.editor.known.functions)
        offered = [one.word for one in view.editor.known.functions]
    listed = function_list()
    assert "count" in offered
    assert [name for name in offered if listed.why_refused(name) is not None] == []
