"""Two benches in terminals and a command line, real programs all, flagging in one case at once.

The benches are driven by keys, as fast as they take them; each key of a decision is sent when the
screen shows that it can be taken.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.batteries.ledger_building import judge
from tests.cli.conftest import commit_store, write_store
from tests.terminal.driver import Terminal
from workbench.case import Case

Act = Callable[[Path, str, int, dict[str, str]], set[str]]
_SHOWN = re.compile(r"Recorded as\s+([0-9a-f]{32})")
_COMMANDS = """
import sys
from workbench.cli.main import run
case, account, count = sys.argv[1:]
subject = ["--account", account, "--counter", "none-found"]
for _ in range(int(count)):
    assert run(["decide", case, *subject, "--verdict", "flag", "--reason", "R-MULTI"]) == 0
"""


def _environment(folder: Path, name: str) -> dict[str, str]:
    """That of one analyst, with a name and folders of their own."""
    settings = folder / f"config-{name}" / "workbench" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[analyst]\nname = "{name}"\n')
    own = {"XDG_CONFIG_HOME": folder / f"config-{name}", "XDG_STATE_HOME": folder / f"state-{name}"}
    told = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TMUX")}
    return {**told, "TERM": "xterm-256color", **{key: str(path) for key, path in own.items()}}


def _flag_by_keys(case: Path, account: str, count: int, environment: dict[str, str]) -> set[str]:
    """Flags an account so many times at a bench; returns the ids that the screen told."""
    told: set[str] = set()
    command = [sys.executable, "-m", "workbench", os.fspath(case)]
    with Terminal(command, 100, 30, environment) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("/", account)
        terminal.wait(rf"account +{account}")
        terminal.press("enter")
        terminal.wait(r"\[o profile\]")
        shown: set[str] = set()
        for _ in range(count):
            terminal.send("x")
            # What is half drawn may hold parts of two ids: one counts that two screens show.
            told |= shown & set(_SHOWN.findall(terminal.wait(f"Decide on account {account}")))
            terminal.send("tab", "tab", "tab", "none-found", "f5")
            terminal.wait_gone(f"Decide on account {account}", 120.0)
            shown = set(_SHOWN.findall(terminal.text()))
        terminal.wait(r"Recorded as")
        terminal.press("escape")  # reads until nothing more comes
        told |= set(_SHOWN.findall(terminal.text()))
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    return told


def _flag_by_command(case: Path, account: str, count: int, environment: dict[str, str]) -> set[str]:
    """Runs `decide` so many times, each opening the case anew; returns the ids that it printed."""
    command = [sys.executable, "-c", _COMMANDS, os.fspath(case), account, str(count)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(re.findall(r"\b[0-9a-f]{32}\b", done.stdout))


def benches(folder: Path, by_keys: int, by_command: int) -> str:
    """Two analysts flag at benches and a third by commands: one chain, no gap, nothing lost."""
    case = folder / "case"
    write_store(folder / "made.duckdb")
    commit_store(Case.create(case), folder / "made.duckdb")
    seats = [
        ("ana", "a-31", by_keys, _flag_by_keys),
        ("bo", "a-32", by_keys, _flag_by_keys),
        ("cy", "a-33", by_command, _flag_by_command),
    ]

    def sit(name: str, account: str, count: int, act: Act) -> tuple[set[str], float]:
        began = time.monotonic()
        return act(case, account, count, _environment(folder, name)), time.monotonic() - began

    with ThreadPoolExecutor(len(seats)) as pool:
        sat = list(pool.map(lambda seat: sit(*seat), seats))
    report = judge(case, plain=True)
    assert report.ok, report.problems[:3]
    records = [json.loads(line) for line in (case / "audit.jsonl").read_bytes().splitlines()]
    assert [record["seq"] for record in records] == list(range(2 * by_keys + by_command + 1))
    for (name, account, count, _), (told, _) in zip(seats, sat, strict=True):
        own = [r for r in records if r["type"] == "decision" and r["who"]["name"] == name]
        made = {r["id"] for r in own if r["body"]["subject"]["id"] == account}
        assert len(own) == len(made) == count, f"{name} made {count} decisions, not {len(own)}"
        assert told <= made, f"{len(told - made)} decisions that {name} was told of are not there"
    paces = ", ".join(
        f"{name} {took:.1f} s" for (name, *_), (_, took) in zip(seats, sat, strict=True)
    )
    return f"{len(records)} records by two benches and commands ({paces}), one chain, no gap"
