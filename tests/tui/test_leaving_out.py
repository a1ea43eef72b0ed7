"""Whom a review found to be wrong is left out of the decision, unless somebody says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CLUSTER, MEMBERS
from tests.tui.conftest import Opened, Sit
from tests.tui.test_decisions import _FLAG, command, records
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.shell.reviews import keep_review, read_review, reviewed_as_wrong

SAMPLE = "ab" * 16


@pytest.mark.parametrize("keep", [False, True])
async def test_leaving_out_is_asked_first(case: Path, opened: Opened, keep: bool) -> None:
    async with opened(case) as driver:
        folder = driver.bench.service.state_dir
        keep_review(folder, SAMPLE, {"a-01": "wrong", "a-02": "right", "elsewhere": "wrong"})
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("reviewed wrong", "[leave out]", "It hits 29 accounts")
        if keep:
            await driver.press("right")
            await driver.sees("[keep]", "It hits 30 accounts")
        await driver.press("tab")
        await driver.speak_against("two pay apart")
        await driver.record()
        await driver.sees("Recorded as")
    body = records(case)[-1]["body"]
    assert body["subject"]["count"] == (MEMBERS if keep else MEMBERS - 1)
    assert body["subject"]["kind"] == ("cluster" if keep else "set")
    assert ("left out, reviewed as wrong: a-01" in body["note"]) is not keep


async def test_nothing_is_asked_where_no_review_found_any(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        keep_review(driver.bench.service.state_dir, SAMPLE, {"a-02": "right"})
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("It hits 30 accounts")
        assert "reviewed wrong" not in driver.text()


def test_what_was_said_comes_back(tmp_path: Path) -> None:
    assert read_review(tmp_path, SAMPLE) == {}
    keep_review(tmp_path, SAMPLE, {"a": "wrong", "b": "right"})
    keep_review(tmp_path, "cd" * 16, {"c": "wrong"})
    assert read_review(tmp_path, SAMPLE) == {"a": "wrong", "b": "right"}
    assert reviewed_as_wrong(tmp_path, {"a", "b", "c", "d"}) == ["a", "c"]
    (tmp_path / f"review-{SAMPLE}.json").write_text("odd")
    assert reviewed_as_wrong(tmp_path, {"a"}) == []


async def test_an_own_proposal_is_refused_before_a_word_is_typed(
    case: Path, opened: Opened, sit: Sit
) -> None:
    command("propose", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("5", "w")
        await driver.sees("a-01")
        for key in "an":
            await driver.press(key)
            await driver.sees("somebody else answers it")
            assert not isinstance(driver.bench.screen, TextPrompt)
    sit("ben")
    async with opened(case) as driver:
        await driver.press("5", "w", "a")
        await driver.sees("Agree to flag R-MULTI")
