"""What others do to the case shows within moments, with a word about who did what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CLUSTER, Sit
from tests.tui.conftest import Opened
from tests.tui.test_decisions import _FLAG, command
from workbench.decisions.service import CaseService
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


async def test_a_load_is_told(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        await driver.sees("small g1")
        text = (case / "case.toml").read_text()
        (case / "case.toml").write_text(text.replace("generation = 1", "generation = 2", 1))
        await driver.sees("Generation 2 was loaded")


async def test_what_breaks_the_ledger_is_told(opened: Opened, case: Path) -> None:
    command("decide", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("7")
        await driver.sees("a-01")
        ledger = case / "audit.jsonl"
        ledger.write_bytes(ledger.read_bytes().replace(b'"flag"', b'"clear"'))
        await driver.sees("audit:")
