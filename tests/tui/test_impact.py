"""Whom a decision would hit: what no extract tells is not told as none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import commit_store
from tests.tui.conftest import Opened
from workbench.case.folder import Case


async def test_what_no_extract_tells_is_unknown(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        await driver.sees("row 1 of")
        await driver.press("x")
        await driver.sees("It hits 30 accounts", "? orgs, ? not active")
        await driver.sees("? verified holders", "opened 2026-05-01…05-01")


@pytest.fixture
def told(_store: Path, tmp_path: Path) -> Path:
    """A case whose extract tells of organisations, states and holders."""
    store = tmp_path / "store.duckdb"
    store.write_bytes(_store.read_bytes())
    with duckdb.connect(str(store)) as connection:
        connection.execute("INSERT INTO column_presence SELECT 'accounts', unnest($1), true, 1",
                           [["verified", "status", "org_id"]])  # fmt: skip
        connection.execute("UPDATE accounts SET verified = true, org_id = 'o', status = 'banned', "
                           "created_at = '2024-02-03' WHERE account_id = 'a-01'")  # fmt: skip
    case = Case.create(tmp_path / "told")
    commit_store(case, store)
    return case.root


async def test_counts_and_years(opened: Opened, told: Path) -> None:
    async with opened(told) as driver:
        await driver.sees("row 1 of")
        await driver.press("x")
        await driver.sees("It hits 30 accounts", "1 orgs, 1 not active", "1 verified holders")
        await driver.sees("opened 2024-02-03…2026-05-01")
