"""Masked cells on the bench: hidden on every page until a reason is recorded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import commit_store
from tests.tui.conftest import Driver, Opened, Sit
from workbench.case.folder import Case
from workbench.cli.main import run
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route


@pytest.fixture
def masked(case: Path, _store: Path, tmp_path: Path, sit: Sit) -> Path:
    """The small case with e-mail addresses, and a policy that masks them."""
    store = tmp_path / "with-mail.duckdb"
    shutil.copyfile(_store, store)
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE accounts SET email = account_id || '@mail.example'")
    commit_store(Case.open(case), store)
    (tmp_path / "policy.toml").write_text('[mask]\ncolumns = ["email"]\n')
    policy = ("--set", str(tmp_path / "policy.toml"), "--reason", "privacy")
    assert run(["audit", "policy", str(case), *policy]) == 0
    return case


def reveals(case: Path) -> list[dict[str, str]]:
    found = map(json.loads, (case / "audit.jsonl").read_bytes().splitlines())
    return [record["body"] for record in found if record["type"] == "reveal"]


async def _open_account(driver: Driver, account: str, email: str) -> None:
    driver.bench.post_message(OpenRoute(Route("account", (account,))))
    await driver.sees(f"{account}  {email}")


async def _reveal(driver: Driver, asked: str, why: str) -> None:
    await driver.press("asterisk")
    await driver.sees(asked, "Say why")
    await driver.type(why)
    await driver.press("enter")


async def test_one_account_is_revealed_for_a_reason(masked: Path, opened: Opened) -> None:
    async with opened(masked) as driver:
        await driver.sees("cells masked")
        await _open_account(driver, "a-01", "‹masked ")
        await driver.press("asterisk")
        await driver.press("escape")
        assert not reveals(masked)
        await _reveal(driver, "Show email of account a-01", "to call them")
        await driver.sees("a-01@mail.example")
        await _open_account(driver, "a-02", "‹masked ")
    (body,) = reveals(masked)
    assert (body["entity"], body["id"], body["reason"]) == ("account", "a-01", "to call them")


async def test_the_whole_case_is_revealed_until_the_bench_ends(
    masked: Path, opened: Opened
) -> None:
    async with opened(masked) as driver:
        await _reveal(driver, "of every account", "audit")
        await driver.until(lambda: "cells masked" not in driver.text())
        await _open_account(driver, "a-02", "a-02@mail.example")
    async with opened(masked) as driver:
        await driver.sees("cells masked")
    (body,) = reveals(masked)
    assert (body["entity"], body["field"]) == ("case", "email")


async def test_where_nothing_is_masked_nothing_is_asked(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await driver.press("asterisk")
        await driver.sees("Nothing is masked here")
