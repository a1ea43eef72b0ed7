"""Two benches in terminals and a command line, real programs all, flagging in one case at once.

The benches are driven by keys, as fast as they take them: the next decision is begun when the
screen has told the number of the last one's record.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.batteries.ledger_building import judge
from tests.cli.conftest import commit_store, write_store
from tests.terminal.driver import Terminal
from workbench.case.folder import Case

_SHOWN = re.compile(r"Recorded as\s+([0-9a-f]{32})")
_COMMANDS = """
import sys
from workbench.cli.main import run
case, count = sys.argv[1:]
subject = ["--account", "a-33", "--counter", "none-found"]
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


def _flag_by_keys(case: Path, count: int, environment: dict[str, str]) -> set[str]:
    """Walks down a list of accounts at a bench and flags each; returns the ids the screen told."""
    told: set[str] = set()
    command = [sys.executable, "-m", "workbench", os.fspath(case)]
    with Terminal(command, 80, 24, environment) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press("SELECT account_id FROM accounts ORDER BY account_id", "f5")
        terminal.wait(r"rows .* ms")
        terminal.press("escape")
        terminal.wait(r"row 1 of")
        last = "nothing"
        for _ in range(count):
            terminal.send("x")
            terminal.wait(r"Decide on account")
            terminal.wait(r"It hits 1 account")
            terminal.press("right", "tab", "right", "tab", "tab", "none-found", "f5")
            recorded = rf"Recorded as\s+(?!{last})[0-9a-f]{{32}}"
            shown = terminal.wait(rf"{recorded}|came since", 120.0)
            while not re.search(recorded, shown):  # another decided on it: looked at again
                terminal.press("f5")
                shown = terminal.wait(rf"{recorded}|came since", 120.0)
            last = _SHOWN.findall(shown)[0]
            told.add(last)
            terminal.send("down")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
    return told


def _flag_by_command(case: Path, count: int, environment: dict[str, str]) -> set[str]:
    """Runs `decide` so many times, each opening the case anew; returns the ids that it printed."""
    command = [sys.executable, "-c", _COMMANDS, os.fspath(case), str(count)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(re.findall(r"\b[0-9a-f]{32}\b", done.stdout))


def benches(folder: Path, by_keys: int, by_command: int) -> str:
    """Two analysts flag at benches and a third by commands: one chain, no gap, nothing lost."""
    case = folder / "case"
    write_store(folder / "made.duckdb")
    commit_store(Case.create(case), folder / "made.duckdb")
    seats = [
        ("ana", by_keys, _flag_by_keys),
        ("bo", by_keys, _flag_by_keys),
        ("cy", by_command, _flag_by_command),
    ]

    def sit(at: int) -> tuple[set[str], float]:
        name, count, act = seats[at]
        began = time.monotonic()
        return act(case, count, _environment(folder, name)), time.monotonic() - began

    with ThreadPoolExecutor(len(seats)) as pool:
        sat = list(pool.map(sit, range(len(seats))))
    report = judge(case, plain=True)
    assert report.ok, report.problems[:3]
    records = [json.loads(line) for line in (case / "audit.jsonl").read_bytes().splitlines()]
    assert [record["seq"] for record in records] == list(range(2 * by_keys + by_command + 1))
    paces = []
    for (name, count, _), (told, took) in zip(seats, sat, strict=True):
        own = [r for r in records if r["type"] == "decision" and r["who"]["name"] == name]
        made = {r["id"] for r in own}
        assert len(own) == len(made) == count, f"{name} made {count} decisions, not {len(own)}"
        assert told == made, f"{len(told ^ made)} decisions of {name} were told or made, not both"
        paces.append(f"{name} {took:.1f} s")
    return f"{len(records)} records by two benches and commands ({', '.join(paces)}), one chain"
