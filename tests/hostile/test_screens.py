"""Nothing but visible text comes out of any screen, whatever the extract holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.extract import PAYLOADS, RAW
from tests.terminal.driver import Terminal, bench

pytestmark = pytest.mark.terminal


def _assert_inert(terminal: Terminal, where: str) -> None:
    for raw in RAW:
        assert raw not in terminal.received, f"{raw!r} reached the terminal on {where}"


def test_every_screen_is_inert(hostile_case: Path) -> None:
    with bench(hostile_case, 160, 45) as terminal:
        terminal.wait(r"24 accounts")
        terminal.wait(r"audit empty")
        _assert_inert(terminal, "the overview")
        terminal.press("2")
        terminal.wait(r"Overview › Clusters")
        _assert_inert(terminal, "clusters")
        terminal.press("/", "h00")
        terminal.wait(r"\d+ found")
        _assert_inert(terminal, "the go-to box")
        terminal.press("enter")
        terminal.wait(r"\[o profile\]")
        terminal.wait(r"created +2026-05-01")
        for key, part in (("n", "linked"), ("e", "exchanges"), ("a", "payments"), ("w", "why")):
            terminal.press(key)
            terminal.wait(rf"\[{key} {part}\]")
            _assert_inert(terminal, part)
        terminal.press("e")
        terminal.wait(r"x0-29")
        terminal.press("right", "v")
        terminal.wait(r"characters")
        _assert_inert(terminal, "the cell viewer")
        terminal.press("escape", "enter")
        terminal.wait(r"── prompt 10,000,\d{3} characters, the first 65,536 shown")
        _assert_inert(terminal, "the reader")
        terminal.press("b")
        terminal.wait(r"000000 ")
        _assert_inert(terminal, "the bytes")
        terminal.press("backspace", "n", "enter")
        terminal.wait(r"accounts have it")
        _assert_inert(terminal, "an entity's page")
        terminal.press("x")
        terminal.wait(r"It hits")
        terminal.press("right", "tab", "right", "tab", "tab", "none-found", "f5")
        terminal.wait(r"Recorded as")
        terminal.press("5")
        terminal.wait(r"[1-9]\d* standing")
        _assert_inert(terminal, "decisions")
        terminal.press("m")
        terminal.wait(r"\[m mine\]")
        _assert_inert(terminal, "decisions of mine")
        terminal.press("7", "enter")
        terminal.wait(r"record \d+")
        _assert_inert(terminal, "the ledger and a record")
        terminal.press("escape", "V")
        terminal.wait(r"Intact: \d+ records")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0


def test_results_and_errors_are_inert(hostile_case: Path) -> None:
    with bench(hostile_case, 120, 36) as terminal:
        terminal.wait(r"24 accounts")
        terminal.press("4")
        terminal.wait(r"tab completes")
        _type(terminal, "SELECT * FROM accounts")
        terminal.press("f5")
        terminal.wait(r"rows .* ms")
        _assert_inert(terminal, "results")
        terminal.press("i", "\x1b[1;5H", *["\x0b\x0b"] * 4)
        _type(terminal, "SELECT email AS c, CAST(email AS INTEGER) FROM accounts --")
        terminal.press("f5")
        terminal.wait(r"failed")
        _assert_inert(terminal, "an error of the engine")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0


def _type(terminal: Terminal, text: str) -> None:
    terminal.press(text)
    terminal.wait(text[-12:].replace("(", r"\("))


def test_payloads_are_what_the_test_looks_for() -> None:
    joined = "".join(PAYLOADS).encode("utf-8", "surrogatepass")
    for raw in RAW:
        assert raw in joined or raw.startswith(b"\x1b")
