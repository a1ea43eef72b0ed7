"""An hour at the bench, by keys alone, in a real terminal, at the smallest and a wide size."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from tests.conftest import run_workbench
from tests.terminal.driver import bench

pytestmark = pytest.mark.terminal
_BUSY = "SELECT account_id, exchanges FROM account_profile ORDER BY exchanges DESC, account_id"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_from_overview_to_recorded_decision(demo_case: Path, columns: int, rows: int) -> None:
    with bench(demo_case, columns, rows) as terminal:
        # The overview, the top cluster, its evidence.
        terminal.wait(r"◆ campaign")
        terminal.wait(r"row 1 of")
        cluster = _first(r"C-\w+", terminal.text())
        terminal.press("enter")
        terminal.wait(r"looks like a campaign")
        terminal.wait(r"\[e evidence\]")

        # A member, and what it shares: open a value's page, then go back twice.
        terminal.press("m")
        terminal.wait(r"\[m members\]")
        terminal.wait(r"member_score")
        terminal.press("down", "enter")
        terminal.wait(r"\[o profile\]")
        terminal.wait(r"member of C-")
        terminal.press("n")
        terminal.wait(r"\[n linked\]")
        terminal.wait(r"rarity")
        terminal.press("enter")
        terminal.wait(r"accounts have it · in \d+ cluster")
        terminal.press("backspace")
        terminal.wait(r"\[n linked\]")
        terminal.press("backspace")
        terminal.wait(r"\[m members\]")
        terminal.wait(r"row 2 of")

        # A saved query with a changed parameter, then from a cell to the account.
        terminal.press("3")
        terminal.wait(r"filter: words")
        terminal.press("f", "shared instruments", "enter", "e")
        terminal.wait(r"F5 run")
        terminal.press("f5")
        terminal.wait(r"rows .* ms")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press(_BUSY, "f5")
        terminal.wait(r"rows .* ms")

        # SQL by hand, saved as a query of the case.
        terminal.press("ctrl+o")
        terminal.wait(r"Save as a query")
        terminal.press("Busy accounts", "f5")
        terminal.wait(r"Saved as busy-accounts")
        terminal.wait_gone(r"Save as a query")
        terminal.wait(r"esc to rows")
        terminal.press("escape", "down", "enter")
        terminal.wait(r"\[o profile\]")

        # Flag the cluster.
        terminal.press("2")
        terminal.wait(r"coordination|row 1 of")
        terminal.press("x")
        terminal.wait(r"Decide on cluster")
        terminal.wait(r"It hits")
        terminal.press("right", "tab", "right", "tab", "tab", "none-found", "f5")
        terminal.wait(r"in one record\?")
        terminal.press("f5")
        terminal.wait(r"Recorded as")
        terminal.press("5")
        terminal.wait(r"\d+ standing")
        terminal.wait(r"R-[A-Z]+")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    assert (demo_case / "queries" / "busy-accounts.sql").exists()
    _check_ledger(demo_case, cluster)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None
    return found.group()


def _check_ledger(case: Path, cluster: str) -> None:
    verified = run_workbench("audit", "verify", case)
    assert verified.returncode == 0, verified.stderr
    assert re.search(r"intact: \d+ records\nhead [0-9a-f]{64}", verified.stdout)
    records = [json.loads(line) for line in (case / "audit.jsonl").read_text().splitlines()]
    body = records[-1]["body"]
    assert (body["verdict"], body["subject"]["id"]) == ("flag", cluster)
    evidence = body["evidence"][0]
    assert evidence["query"] == "cluster-card"
    assert evidence["rows"] == 1
    again = run_workbench(
        "run", case, "cluster-card", "-p", f"cluster={cluster}", "--format", "jsonl"
    )
    assert again.returncode == 0


def test_reopening_brings_back_the_place(demo_case: Path) -> None:
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("enter")
        terminal.wait(r"\[e evidence\]")
        terminal.press("m")
        terminal.wait(r"\[m members\]")
        terminal.wait(r"row 1 of")
        terminal.press("down", "down")
        terminal.wait(r"row 3 of")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"\[m members\]")
        terminal.wait(r"row 3 of")
        terminal.press("backspace")
        terminal.wait(r"Clusters, most suspicious first")


def test_a_dropped_line_keeps_draft_and_place(demo_case: Path) -> None:
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("enter")
        terminal.wait(r"\[e evidence\]")
        terminal.press("x")
        terminal.wait(r"It hits")
        terminal.press("tab", "tab", "tab", "looks human to me")
        terminal.wait(r"looks human to me")
        state = Path(_state_dir(demo_case))
        while not any("looks human to me" in one.read_text() for one in state.glob("draft-*.json")):
            terminal.pump()
        terminal.hang_up()
        assert terminal.wait_end() == 129
    assert not list((demo_case / "tmp").glob("bench-*"))
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"\[e evidence\]")
        terminal.press("x")
        terminal.wait(r"Your draft of .* is back")
        terminal.wait(r"looks human to me")


def _state_dir(case: Path) -> Path:
    from workbench.case.folder import Case

    return Case.open(case).state_dir()


def test_refuses_a_terminal_that_cannot_draw(demo_case: Path) -> None:
    with bench(demo_case, 80, 24, TERM="dumb") as terminal:
        assert terminal.wait_end() == 1
        assert "workbench info" in terminal.text().replace("\n", " ")


def test_keys_typed_ahead_go_where_they_were_meant(demo_case: Path) -> None:
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("/acct_zz")  # one write: the box opens after the first key
        terminal.wait(r"acct_zz")
        terminal.press("escape")
        terminal.wait_gone(r"acct_zz")
        terminal.press("4iSELECT 42")
        terminal.wait(r"SELECT 42")


def test_what_is_pasted_without_brackets_is_text_in_a_field_and_nothing_elsewhere(
    demo_case: Path,
) -> None:
    text = "SELECT a,\r\tKEYS, Kind;\rFROM t\r"
    ledger = demo_case / "audit.jsonl"
    before = ledger.read_bytes() if ledger.exists() else b""
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press(text)
        terminal.wait(r"Not taken as keys")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press(text)
        terminal.wait(r"KEYS, Kind;")
        terminal.wait(r"FROM t")
        terminal.press("escape", "escape", "q")  # the first takes the words on offer away
        terminal.wait(r"Leave the bench")
        terminal.press("enter")
        assert terminal.wait_end() == 0
    assert (ledger.read_bytes() if ledger.exists() else b"") == before


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_is_drawn_again_after_it_was_stopped(demo_case: Path, number: int) -> None:
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        for view, words in (("2", r"campaign_like|◆ campaign"), ("3", r"filter: words")):
            terminal.press(view)
            terminal.wait(words)
            terminal.stop_and_continue(number)
            terminal.wait(words)
        terminal.press("f", "instruments")
        terminal.wait(r"instruments")  # each key is read once
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0


def test_results_stay_open_and_errors_are_marked(demo_case: Path) -> None:
    with bench(demo_case, 100, 30) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press(_BUSY, "\x1b[17~")
        terminal.wait(r"How the engine would run it")
        terminal.press("escape", "f5")
        terminal.wait(r"rows .* ms")
        terminal.press("escape", "F")
        terminal.wait(r"percent")
        terminal.press("u", "r")
        terminal.wait(r"\[2 SELECT")
        terminal.press("G")
        terminal.wait(r"row ([\d,]+) of \1 ")
        terminal.press("Q", "i", "x")
        terminal.press("f5")
        terminal.wait(r"line 1, column 76: Binder Error")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
