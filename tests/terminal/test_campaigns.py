"""Campaigns by keys alone: join two, name the one, split it, decide on it, take an edit back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_workbench
from tests.terminal.driver import bench

pytestmark = pytest.mark.terminal


def test_campaigns_are_joined_named_split_and_decided(demo_case: Path) -> None:
    with bench(demo_case, 80, 24) as terminal:
        terminal.wait(r"audit empty")
        terminal.press("6")
        terminal.wait(r"row 1 of 3")
        terminal.press("space", "M")
        terminal.wait(r"Join C-\w+ into C-\w+\? Say why")
        terminal.press("one operator", "enter")
        terminal.wait(r"row \d of 2")
        terminal.press("g", "N")
        terminal.wait(r"to be called")
        terminal.press("Graders", "enter")
        terminal.wait(r"C-\w+ +Graders")
        terminal.press("w")
        terminal.wait(r"\(extract\)")
        terminal.press("e", "enter")
        terminal.wait(r"“Graders” .*in 2")
        terminal.press("m")
        terminal.wait(r"\[m members\]")
        terminal.press("space", "space", "B")
        terminal.wait(r"Make 2 accounts a campaign of their own")
        terminal.press("other hours", "enter")
        terminal.press("t")
        terminal.wait(r"split.*\n.*name.*\n.*merge")
        terminal.press("x")
        terminal.wait(r"It hits")
        terminal.press("right", "tab", "right", "tab", "tab", "none-found", "f5")
        terminal.wait(r"in one record\?")
        terminal.press("f5")
        terminal.wait(r"Recorded as")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    listed = run_workbench("campaigns", "list", demo_case, "--format", "csv")
    names = [line.split(",")[1] for line in listed.stdout.splitlines()[1:]]
    assert sorted(names) == ["", "", "Graders"]
    verified = run_workbench("audit", "verify", demo_case)
    assert verified.returncode == 0, verified.stderr


def test_a_value_is_listed_from_its_page(demo_case: Path) -> None:
    found = run_workbench("sql", demo_case, "--format", "csv", "SELECT instrument_fingerprint "
                          "FROM payments ORDER BY 1 LIMIT 1")  # fmt: skip
    card = found.stdout.split()[-1]
    with bench(demo_case, 80, 24) as terminal:
        terminal.wait(r"audit empty")
        terminal.press("/", card)
        terminal.wait(r"1 found")
        terminal.press("enter")
        terminal.wait(r"instrument  pi_")
        terminal.press("L")
        terminal.wait(r"known_bad")
        terminal.press("down", "down", "enter")
        terminal.wait(r"Listed as known_bad: say why")
        terminal.press("told by the bank", "enter")
        terminal.wait(r"listed as known_bad by .*: told by the bank")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    listed = run_workbench("lists", "show", demo_case, "--format", "csv")
    assert "known_bad,told by the bank" in listed.stdout
