"""Deciding, answering, sampling, claiming and reading the ledger on the bench, at 80 columns."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, MEMBERS, commit_store
from tests.tui.conftest import Driver, Opened, Sit
from workbench.case.folder import Case
from workbench.cli.main import run
from workbench.decisions import queries, verify
from workbench.tui.dialogs.choice import Choice
from workbench.tui.pages.part_tabs import PartTabs

_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")


def command(*words: object) -> None:
    """Run a command line that must succeed."""
    assert run([str(word) for word in words]) == 0


def records(case: Path) -> list[dict[str, Any]]:
    """Every record of the case's ledger."""
    return [json.loads(line) for line in (case / "audit.jsonl").read_bytes().splitlines()]


async def _decide(driver: Driver, counter: str) -> None:
    await driver.press("x")
    await driver.sees("Decide on cluster", "It hits 30 accounts", "Least typical")
    await driver.speak_against(counter)


async def test_the_overview_decides_on_the_cluster_under_the_cursor(
    case: Path, opened: Opened
) -> None:
    async with opened(case) as driver:
        await driver.sees("Clusters, most suspicious first", CLUSTER)
        await driver.press("x")
        await driver.sees(f"Decide on cluster {CLUSTER}", "It hits 30 accounts")


async def test_a_decision_is_made_with_its_impact_in_sight(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("x")
        await driver.sees("It hits 30 accounts", "300 exchanges", "no sample reviewed")
        # The five least typical are all in sight at 80×24.
        await driver.sees("a-00", "a-01", "a-02", "a-03", "a-04")
        await driver.press("f5")
        await driver.sees("Choose a verdict first")
        await driver.press("right")
        await driver.sees("[flag]")
        reason = driver.bench.screen.query_one("#reason", Choice)
        if not reason.value:  # no evidence of this case proposes one
            await driver.press("f5")
            await driver.sees("Choose a reason first")
            await driver.press("right")
        await driver.sees("A card, wallet or bank account is shared")
        await driver.press("f5")
        await driver.sees("A flag says what speaks against it")
        await driver.type("two pay apart")
        await driver.press("f5")
        await driver.sees("Record flag R-PAY-SHARED on 30 accounts, in one record?")
        await driver.press("escape", "f5")
        assert not (case / "audit.jsonl").exists()
        await driver.press("f5")
        await driver.sees("Recorded as")
        await driver.press("5")
        await driver.sees("30 standing", "0 undecided", "R-PAY-SHARED")
    body = records(case)[-1]["body"]
    assert (body["verdict"], body["scope"], body["counter"]) == ("flag", "cluster", "two pay apart")
    assert body["evidence"][0]["query"] == "cluster-card"


async def test_marks_win_over_the_cursor(case: Path, opened: Opened) -> None:
    with duckdb.connect(str(other := case.with_name("other.duckdb"))) as connection:
        connection.execute(f"ATTACH '{Case.open(case).parts.data[0]}' AS old (READ_ONLY)")
        connection.execute("COPY FROM DATABASE old TO other")
        connection.execute(
            "INSERT INTO clusters (cluster_id, accounts, score, campaign_like) "
            "VALUES ('C-zz', 2, 0.1, false); "
            "INSERT INTO cluster_members (cluster_id, account_id, cluster_score, member_score) "
            "VALUES ('C-zz', 'a-31', 0.1, 0.1), ('C-zz', 'a-32', 0.1, 0.1)"
        )
    commit_store(Case.open(case), other)
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees("C-zz", CLUSTER)
        await driver.press("space", "home", "x")
        await driver.sees(f"Decide on cluster {CLUSTER}")
        await driver.press("escape", "down", "space", "home", "x")
        await driver.sees(f"Decide on 2 marked clusters: {CLUSTER}, C-zz", "32 accounts")
        await driver.speak_against("none-found")
        await driver.record()
        await driver.sees("Recorded as")
    body = records(case)[-1]["body"]
    assert (body["scope"], body["subject"]["count"]) == ("set", 32)
    found = [one["params"]["cluster"] for one in body["evidence"]]
    assert found == [CLUSTER, "C-zz"]


async def test_a_draft_belongs_to_its_subject(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await _decide(driver, "half written")
        folder = Case.open(case).state_dir()
        await driver.until(
            lambda: any("half written" in one.read_text() for one in folder.glob("draft-*.json"))
        )
        await driver.press("escape")
        command("comment", case, "meanwhile", "--cluster", CLUSTER)
        await driver.press("x")
        await driver.sees("Your draft of", "2 records added since", "half written")
        await driver.press("escape", "enter")
        await driver.sees("[e evidence]")
        await driver.press("m")
        await driver.sees("a-29")
        await driver.press("enter")
        await driver.sees("[o profile]")
        await driver.press("x")
        await driver.sees("Decide on account a-29", "It hits 1 account")
        assert "half written" not in driver.text()


async def test_a_proposal_is_answered_by_somebody_else(
    case: Path, opened: Opened, sit: Sit
) -> None:
    policy = case / "policy.toml"
    policy.write_text("[two_people]\naccounts_over = 10\n")
    command("audit", "policy", case, "--set", policy, "--reason", "large ones need two")
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await _decide(driver, "none-found")
        await driver.sees("F6 proposes it to a second analyst")
        await driver.record()
        await driver.sees("must be proposed and countersigned")
        await driver.press("f6")
        await driver.sees("Propose flag")
        await driver.press("f5")
        await driver.sees("Recorded as")
        assert records(case)[-1]["type"] == "proposal"
        await driver.press("5", "w")
        await driver.sees("0 standing", "1 waiting", "yours_to_answer", "no")
        await driver.press("a")
        await driver.sees("somebody else")
    sit("ben")
    async with opened(case) as driver:
        await driver.press("5", "w")
        await driver.sees("1 waiting", "yes", "ana")
        await driver.press("enter")
        await driver.sees("proposal by ana")
        await driver.press("escape", "a")
        await driver.sees("proposed by ana")
        await driver.type("I agree")
        await driver.press("enter")
        await driver.sees("0 waiting", "30 standing")
    assert records(case)[-1]["type"] == "countersign"
    assert records(case)[-1]["who"]["name"] == "ben"


async def test_what_is_mine_can_be_taken_back(case: Path, opened: Opened, sit: Sit) -> None:
    sit("ben")
    command("decide", case, *_FLAG, "--account", "a-33")
    sit("ana")
    command("decide", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("5", "m")
        await driver.sees("1 mine", "2 standing", "a-01")
        await driver.press("r")
        await driver.sees("Say why")
        await driver.type("typo")
        await driver.press("enter")
        await driver.sees("1 standing", "reversed")
    assert records(case)[-1]["body"]["note"] == "typo"


async def test_two_people_take_back_what_needs_two(case: Path, opened: Opened, sit: Sit) -> None:
    command("decide", case, *_FLAG, "--cluster", CLUSTER)
    policy = case / "policy.toml"
    policy.write_text("[two_people]\naccounts_over = 10\n")
    command("audit", "policy", case, "--set", policy, "--reason", "large ones need two")
    async with opened(case) as driver:
        await driver.press("5", "m")
        await driver.sees("1 mine", "30 standing")
        await driver.press("r")
        await driver.sees("Say why")
        await driver.type("an office")
        await driver.press("enter")
        await driver.sees("stays in force until", "1 waiting", "30 standing")
    sit("ben")
    async with opened(case) as driver:
        await driver.press("5", "w")
        await driver.sees("1 waiting", "yes", "undo flag")
        await driver.press("n")
        await driver.sees("Refuse undo flag")
        await driver.type("no")
        await driver.press("enter")
        await driver.sees("stays in force unless")
        await driver.press("a")
        await driver.sees("Agree to undo flag R-MULTI on 30 accounts, proposed by ana")
        await driver.type("so it is")
        await driver.press("enter")
        await driver.sees("0 waiting", "0 standing")


async def test_a_part_chosen_while_the_lists_are_read_stays_in_front(
    case: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, read = threading.Event(), queries.own
    monkeypatch.setattr(queries, "own", lambda service: read(service) if gate.wait(20) else [])
    command("decide", case, *_FLAG, "--account", "a-01")
    async with opened(case) as driver:
        await driver.press("5")
        await driver.sees("a-01")
        await driver.press("m")
        gate.set()
        await driver.sees("1 mine")
        view = driver.bench.view
        assert view is not None
        await driver.until(lambda: view.filled)
        assert view.query_one(PartTabs).shown == "mine"


async def test_a_sample_is_drawn_reviewed_and_goes_into_the_decision(
    case: Path, opened: Opened
) -> None:
    async with opened(case) as driver:
        await driver.press("2")
        await driver.sees(CLUSTER)
        await driver.press("S")
        await driver.sees("how many to review")
        await driver.press("end", "backspace", "backspace")
        await driver.type("6")
        await driver.press("enter")
        await driver.sees("6 drawn from cluster", "reviewed 0 of 6")
        await driver.press("R")
        await driver.sees("6 accounts not reviewed")
        await driver.press("t", "t", "w", "t", "t", "t")
        await driver.sees("reviewed 6 of 6, 1 wrong")
        await driver.press("R")
        await driver.sees("1 of 6 are wrong", "F5 records it")
        assert len(records(case)) == 2
        await driver.press("f5")
        # Wilson (1927) for 1 of 6 at 95 %.
        await driver.sees("1 of 6 wrong, so 3.0% to 56.4% of all 30")
        await driver.press("x")
        await driver.sees("sample 1 of 6: 3.0% to 56.4%", "[leave out]")
        await driver.press("right")  # on all, as the sample was drawn
        await driver.sees("[keep]", "It hits 30 accounts")
        await driver.press("tab")
        await driver.speak_against("one of six")
        await driver.record()
        await driver.until(lambda: records(case)[-1]["type"] == "decision")
    assert records(case)[-1]["body"]["sample"]["found"] == 1


async def test_a_cluster_is_claimed_and_remarked_on(case: Path, opened: Opened, sit: Sit) -> None:
    async with opened(case) as driver:
        await driver.press("5", "u")
        await driver.sees(CLUSTER, "1 undecided")
        await driver.press("K")
        await driver.sees("Claim cluster", "F5 records it")
        await driver.press("escape", "K", "f5")
        await driver.sees("ana")
        await driver.press("semicolon")
        await driver.sees("Nobody has remarked")
        await driver.type("ask billing")
        await driver.press("enter")
        await driver.until(lambda: records(case)[-1]["body"].get("text") == "ask billing")
    sit("ben")
    async with opened(case) as driver:
        await driver.press("5", "u")
        await driver.sees("ana")
        await driver.press("K")
        await driver.sees("ana holds the claim")
        await driver.press("semicolon")
        await driver.sees("ask billing")


async def test_the_ledger_is_read_and_verified(case: Path, opened: Opened) -> None:
    command("decide", case, *_FLAG, "--account", "a-01")
    command("audit", "checkpoint", case)
    async with opened(case) as driver:
        await driver.press("7")
        await driver.sees("3 lines", "checkpoint at 2, not signed", "flag R-MULTI on a-01")
        await driver.press("V")
        await driver.sees("Intact: 3 records")
        await driver.press("down", "enter")
        await driver.sees("decision by", "flag R-MULTI on a-01", '"body": {')
        await driver.press("escape")
        ledger = case / "audit.jsonl"
        ledger.write_bytes(ledger.read_bytes().replace(b"R-MULTI", b"R-OTHER"))
        await driver.press("V")
        await driver.sees("NOT intact; problems: ")
        await driver.press("P")
        await driver.sees("record 1", "hash does not match")


async def test_verification_can_be_stopped(
    case: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("decide", case, *_FLAG, "--account", "a-01")
    began, may_go_on = threading.Event(), threading.Event()
    real = verify.verify_case

    def slow(*arguments: Any, progress: Any, **more: Any) -> Any:
        began.set()
        may_go_on.wait(20)
        return real(*arguments, progress=progress, **more)

    monkeypatch.setattr("workbench.tui.pages.ledger.verify_case", slow)
    async with opened(case) as driver:
        await driver.press("7")
        await driver.sees("2 lines")
        await driver.press("V")
        await driver.until(began.is_set)
        await driver.press("escape")
        may_go_on.set()
        await driver.sees("Verification was stopped")


async def test_an_account_shows_its_history(case: Path, opened: Opened) -> None:
    command("decide", case, *_FLAG, "--account", "a-29", "--note", "first look")
    command("decide", case, "--verdict", "clear", "--reason", "C-CLASS", "--account", "a-29")
    async with opened(case) as driver:
        await driver.press("5")
        await driver.sees("a-29")
        await driver.press("enter")
        await driver.sees("[o profile]")
        await driver.press("d")
        await driver.sees("R-MULTI", "C-CLASS", "stands", "[d decisions]")


async def test_no_case_is_too_empty_for_the_screens(case: Path, opened: Opened) -> None:
    async with opened(case) as driver:
        await driver.press("7")
        await driver.sees("Nothing is recorded yet")
        await driver.press("V")
        await driver.sees("The ledger is empty")
        await driver.press("5")
        await driver.sees("Nothing is decided yet")
        await driver.press("m")
        await driver.sees("You have decided nothing")
        await driver.press("w")
        await driver.sees("No proposal waits")
        assert MEMBERS == 30


async def test_what_a_merge_left_open_is_decided_anew(
    case: Path, opened: Opened, sit: Sit, tmp_path: Path
) -> None:
    other = tmp_path / "field"
    shutil.copytree(case, other)
    sit("ben")
    command("decide", other, "--verdict", "clear", "--reason", "C-CLASS", "--account", "a-01")
    sit("ana")
    command("decide", case, *_FLAG, "--account", "a-01")
    command("merge", case, other)
    async with opened(case) as driver:
        await driver.press("5", "b")
        await driver.sees("1 conflicts", "a-01", "flag", "ana", "clear", "ben")
        await driver.press("x")
        await driver.sees("Decide on account a-01", "It hits 1 account")
        await driver.speak_against("none-found")
        await driver.record()
        await driver.sees("Recorded as", "0 conflicts")
