"""What others do to the case shows within moments, with a word about who did what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, Sit, commit_store, write_store
from tests.tui.asking import ask
from tests.tui.conftest import Opened
from tests.tui.test_decisions import _FLAG, command, records
from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.tui.pages.sql import SqlView
from workbench.tui.shell import case_watch


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_watch, "_LOOK_SECONDS", 0.05)


async def test_another_bench_follows_a_record(opened: Opened, case: Path, sit: Sit) -> None:
    async with opened(case) as one:
        await one.press("5")
        await one.sees("0 standing")
        sit("ben")
        command("decide", case, *_FLAG, "--account", "a-01")
        await one.sees("1 standing", "ben: flag R-MULTI on a-01", "New records")
        await one.press("2")
        await one.sees(CLUSTER)
        command("decide", case, *_FLAG, "--account", "a-02")
        await one.press("5")
        await one.sees("2 standing")


async def test_own_records_are_no_news(
    opened: Opened, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    async with opened(case) as driver:
        notify = driver.bench.notify

        def noted(*words: Any, **how: Any) -> None:
            said.append(how.get("title"))
            notify(*words, **how)

        monkeypatch.setattr(driver.bench, "notify", noted)
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("It hits")
        await driver.speak_against("none")
        await driver.record()
        await driver.sees("Recorded as")
        service: CaseService = driver.bench.service
        assert len(service.written) == 1
        await driver.bench.workers.wait_for_complete()
    assert said == ["Decision"]


def load_more(case: Path, tmp_path: Path, *, accounts: int = 50) -> None:
    """Another generation: the same cluster, more accounts in the extract."""
    store = tmp_path / "more.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        connection.execute(
            "INSERT INTO accounts (account_id, created_at, status) "
            "SELECT format('b-{:02}', i), TIMESTAMP '2026-05-01', 'active' FROM range(?) t(i)",
            [accounts - 40],
        )
        connection.execute(
            "INSERT INTO cluster_members (cluster_id, account_id, cluster_score, member_score) "
            "VALUES (?, 'b-00', 0.9, 0.5)", [CLUSTER]
        )  # fmt: skip
        connection.execute("UPDATE clusters SET accounts = 31")
    commit_store(Case.open(case), store)


async def test_a_new_generation_is_followed(opened: Opened, case: Path, tmp_path: Path) -> None:
    command("decide", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER, " 30 ")
        load_more(case, tmp_path)
        await driver.sees("small g2", "Generation 2 was loaded", " 31 ")
        await driver.press("5")
        await driver.sees("1 standing")  # the ledger lies over the new store as well
        grid = await ask(driver, "SELECT count(*) AS n FROM accounts")
        assert grid.source.row(0) == [50]


async def test_an_open_result_stays_what_it_was_and_says_so(
    opened: Opened, case: Path, tmp_path: Path
) -> None:
    async with opened(case, (120, 36)) as driver:
        grid = await ask(driver, "SELECT account_id FROM accounts ORDER BY account_id")
        load_more(case, tmp_path)
        await driver.sees("small g2", "of generation 1")
        assert grid.source.total == 40
        assert grid.source.row(0) == ["a-00"]
        for key in ("W", "x"):
            driver.bench.clear_notifications()
            await driver.press(key)
            await driver.sees("These are rows of generation 1")
        await driver.press("r")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        await driver.until(lambda: view.tabs.front.grid.source.total == 50)


async def test_no_decision_rests_on_data_of_before(
    opened: Opened, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_watch, "_LOOK_SECONDS", 3600.0)  # F5 comes before the look
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("It hits 30 accounts")
        await driver.speak_against("none")
        load_more(case, tmp_path)
        await driver.record()
        await driver.sees("Generation 2 was loaded", "It hits 31 accounts")
        assert not (case / "audit.jsonl").exists()
        await driver.record()
        await driver.sees("Recorded as")
    [*_, record] = records(case)
    assert record["body"]["evidence"][0]["generation"] == 2
    assert record["body"]["subject"]["count"] == 31


async def test_a_store_that_cannot_be_read_leaves_the_one_before(
    opened: Opened, case: Path, tmp_path: Path
) -> None:
    with Case.open(case).hold_generation():  # as the command holds it
        await _open_beside_an_odd_store(opened, case, tmp_path)


async def _open_beside_an_odd_store(opened: Opened, case: Path, tmp_path: Path) -> None:
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER, " 30 ")
        store = tmp_path / "odd.duckdb"
        store.write_bytes(b"this is no store" * 1000)
        commit_store(Case.open(case), store)
        await driver.until(lambda: driver.bench._notifications)
        grid = await ask(driver, "SELECT count(*) AS n FROM accounts")
        assert grid.source.row(0) == [40]
        await driver.sees("small g1")


async def test_what_breaks_the_ledger_is_told(opened: Opened, case: Path) -> None:
    command("decide", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("7")
        await driver.sees("a-01")
        ledger = case / "audit.jsonl"
        ledger.write_bytes(ledger.read_bytes().replace(b'"flag"', b'"clear"'))
        await driver.sees("audit:")
