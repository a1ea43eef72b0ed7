"""A disk that takes nothing more costs the analyst a sentence, never the bench."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.tui.asking import ask
from tests.tui.conftest import Driver, Opened, Sit
from workbench.audit.errors import LedgerError
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.state.policy import Policy
from workbench.decisions.service import CaseService
from workbench.tui.dialogs import decide
from workbench.tui.shell import saved_state
from workbench.tui.textual_ext import osc52

FULL = "No space left on device"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of the analyst's own can be written any more, until this is undone."""

    def refuse(path: Path, _content: Any) -> None:
        raise OSError(errno.ENOSPC, FULL, str(path))

    monkeypatch.setattr(saved_state, "write_json", refuse)
    monkeypatch.setattr(decide, "write_json", refuse)
    monkeypatch.setattr(osc52, "write_private_text", refuse)
    return monkeypatch


def told(driver: Driver) -> int:
    return sum(FULL in one.message for one in driver.bench._notifications)


async def test_where_one_is_is_kept_once_there_is_room(
    case: Path, opened: Opened, full: pytest.MonkeyPatch
) -> None:
    async with opened(case) as driver:
        for key in ("2", "3"):
            await driver.press(key)
            driver.bench.lifecycle.autosave()
            await driver.bench.workers.wait_for_complete()
            await driver.until(lambda: told(driver))
        assert told(driver) == 1
        full.undo()
        driver.bench.lifecycle.autosave()
        await driver.bench.workers.wait_for_complete()
        kinds = [one["kind"] for one in driver.bench.memory.read()["trail"]]
        assert kinds == ["overview", "clusters", "queries"]


async def test_leaving_says_that_the_place_was_not_kept(
    case: Path,
    opened: Opened,
    full: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with opened(case) as driver:
        await driver.press("2", "ctrl+q")
        await driver.until(lambda: driver.bench._exit)
    assert driver.bench.return_code == 0
    assert FULL in capsys.readouterr().err


async def test_a_decision_is_recorded_without_its_draft(
    case: Path, opened: Opened, sit: Sit, full: pytest.MonkeyPatch
) -> None:
    async with opened(case) as driver:
        await driver.press("2", "x")
        await driver.sees("30 accounts")
        await driver.speak_against("none-found")
        await driver.sees("The draft is not kept", FULL)
        await driver.record()
        await driver.sees("Recorded as")


async def test_a_list_that_cannot_be_stored_is_said(
    case: Path, opened: Opened, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: SetFolder, *_what: object) -> None:
        raise LedgerError(f"The list could not be stored: {FULL}.")

    monkeypatch.setattr(SetFolder, "put", refuse)
    async with opened(case) as driver:
        await driver.press("6", "N")
        await driver.sees("What is C-test01 to be called?")
        await driver.type("one")
        await driver.press("enter")
        await driver.sees(FULL)


async def test_a_copy_that_needs_a_file_is_said(
    case: Path, opened: Opened, full: pytest.MonkeyPatch
) -> None:
    full.setattr(CaseService, "policy", lambda _desk: Policy(clipboard="on"))
    async with opened(case) as driver:
        await ask(driver, "SELECT repeat('x', 400) AS a FROM range(900) LIMIT 999")
        await driver.press("y", "t", "enter")
        await driver.until(lambda: told(driver))


async def test_an_editor_that_cannot_be_started_is_said(
    case: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(case) as driver:
        await ask(driver, "SELECT 1 AS one LIMIT 9")
        monkeypatch.setenv("EDITOR", "vi 'unbalanced")
        await driver.press("f3")
        await driver.sees("No closing quotation")
        monkeypatch.setenv("EDITOR", "vi")
        monkeypatch.setattr(driver.bench.service, "state_dir", Path("/nowhere/at/all"))
        await driver.press("f3")
        await driver.sees("No such file or directory")
        monkeypatch.undo()


async def test_a_path_of_nobody_is_said(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await ask(driver, "SELECT 1 AS one LIMIT 9")
        await driver.press("W")
        await driver.sees("Write to a file")
        await driver.press("c")
        await driver.sees("Write every row to")
        driver.bench.screen.query_one(Input).value = "~no-such-user/rows.csv"
        await driver.press("enter")
        await driver.sees("cannot be written")
