"""Texts inside prompts: all are counted, a pattern is one, and the match is in sight."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from textual.widgets import Input

from tests.cli.conftest import Bench, bench, commit_store
from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.tui.dialogs import goto
from workbench.tui.pages.query import QueryResult

__all__ = ["bench"]
MANY = 1_300


@pytest.fixture
def worded(_store: Path, tmp_path: Path) -> Path:
    """A case whose prompts hold a word after many others."""
    store = tmp_path / "worded.duckdb"
    store.write_bytes(_store.read_bytes())
    with duckdb.connect(str(store)) as connection:
        connection.execute(
            "INSERT INTO exchange_text (account_id, ts, exchange_id, prompt) "
            "SELECT 'a-01', TIMESTAMP '2026-05-01' + to_seconds(i), 'e' || i, "
            f"repeat('before ', 30) || 'Needle' || i || ' behind' FROM range({MANY}) t(i)"
        )
    root = tmp_path / "worded"
    commit_store(Case.create(root), store)
    return root


async def test_all_are_counted_and_the_match_is_in_sight(opened: Opened, worded: Path) -> None:
    async with opened(worded) as driver:
        await driver.press("slash")
        await driver.type("needle")
        await driver.press("ctrl+t")
        await driver.sees("the first 1,000 of 1,300", "Needle0")
        await driver.press("f5")
        await driver.until(lambda: isinstance(driver.bench.view, QueryResult))
        view = driver.bench.view
        assert isinstance(view, QueryResult)
        await driver.until(lambda: view.tabs.front.grid.source.total == MANY)


async def test_a_pattern_stands_between_slashes(opened: Opened, worded: Path) -> None:
    assert goto._wanted("/a.b/") == {"text": "a.b", "pattern": "true"}
    assert goto._wanted("a/b/") == {"text": "a/b/", "pattern": "false"}
    assert goto._wanted("//") == {"text": "//", "pattern": "false"}
    async with opened(worded) as driver:
        await driver.press("slash")
        await driver.type("/needle12[0-9]{2} /")
        await driver.press("ctrl+t")
        await driver.sees("100 found", "Needle1200")
        driver.bench.screen.query_one(Input).value = "/needle[/"
        await driver.press("ctrl+t")
        await driver.until(lambda: "found" not in driver.says("#goto-note"))


def test_the_command_lists_all(bench: Bench, worded: Path) -> None:
    ran = bench("find", worded, "needle1[0-9]$|needle1[0-9] ", "--regex", "--format", "jsonl")
    assert ran.code == 0, ran.err
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert len(found) == 10
    assert all("Needle1" in row["around"] for row in found)
    ran = bench("find", worded, "needle", "--prompts", "--format", "jsonl")
    assert len(ran.out.splitlines()) == MANY
    ran = bench("find", worded, "needle", "--prompts", "--format", "jsonl", "--limit", "5")
    assert [json.loads(line)["of_all"] for line in ran.out.splitlines()] == [MANY] * 5
    assert bench("find", worded, "needle[", "--regex").code == 1
