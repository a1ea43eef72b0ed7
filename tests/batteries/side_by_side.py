"""Two benches and a command line on one case: `python -m tests.batteries.side_by_side [SECONDS]`.

`python -m tests.batteries.side_by_side [SECONDS] [CASE]`, 600 seconds by default. A command line
records, takes back, names campaigns and clusters anew, at random; two benches in terminals are
walked through their pages meanwhile. After each act both must say the ledger's size and the
generation that the command left, within two seconds; how long it took is printed.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.batteries.demo_case import case_in
from tests.conftest import run_workbench
from tests.terminal.driver import Terminal, bench

LIMIT_SECONDS = 2.0
_GIVE_UP_SECONDS = 20.0
_PAGES = "1256732"
_FLAG = ("--reason", "R-MULTI", "--counter", "none-found", "--confidence", "high")


class Acts:
    """What a command line does to the case, at random."""

    def __init__(self, case: Path, state: Path, seed: int) -> None:
        self._case = case
        self._state = state
        self._chance = random.Random(seed)
        self._recorded: list[str] = []
        clusters = self._run("clusters", case, "--format", "jsonl").splitlines()
        self._clusters = [json.loads(line)["cluster_id"] for line in clusters]
        members = self._run("clusters", case, "--members", "--format", "jsonl").splitlines()
        self._accounts = [json.loads(line)["account_id"] for line in members]

    def _run(self, *words: str | Path) -> str:
        done = run_workbench(*words, XDG_STATE_HOME=str(self._state))
        if done.returncode:
            raise SystemExit(f"{words}: {done.stderr}")
        return done.stdout

    def one(self) -> str:
        """Do one of them; its name."""
        chance = self._chance
        act: Callable[[], str] = chance.choices(
            (self._decide, self._remark, self._name, self._take_back, self._anew),
            weights=(8, 4, 3, 4, 1),
        )[0]
        return act()

    def _decide(self) -> str:
        verdict = self._chance.choice(("flag", "watch", "escalate"))
        account = self._chance.choice(self._accounts)
        record = self._run("decide", self._case, "--verdict", verdict, *_FLAG, "--account", account)
        self._recorded.append(record.strip())
        return "decide"

    def _remark(self) -> str:
        self._run("comment", self._case, "seen", "--account", self._chance.choice(self._accounts))
        return "comment"

    def _name(self) -> str:
        name = f"campaign {self._chance.randrange(99)}"
        self._run("campaigns", "name", self._case, self._chance.choice(self._clusters), name)
        return "name"

    def _take_back(self) -> str:
        if not self._recorded:
            return self._remark()
        self._run("reverse", self._case, self._recorded.pop(), "--reason", "R-OTHER")
        return "reverse"

    def _anew(self) -> str:
        self._run("clusters", self._case, "--rebuild", "--limit", "1")
        return "cluster anew"


def stands(case: Path) -> tuple[str, str]:
    """How the benches say where the case is: the ledger's size, the generation."""
    ledger = case / "audit.jsonl"
    size = ledger.read_bytes().count(b"\n") if ledger.exists() else 0
    found = re.search(r"^generation = (\d+)", (case / "case.toml").read_text(), re.MULTILINE)
    return rf"audit {size} [0-9a-f]" if size else "audit empty", rf" g{found[1] if found else '?'} "


def until_equal(case: Path, benches: list[Terminal]) -> float:
    """Seconds until all say what is so; raises AssertionError where they never do."""
    began = time.monotonic()
    while True:
        wanted = stands(case)
        for one in benches:
            one.pump(0.02)
        if all(re.search(word, one.text()) for one in benches for word in wanted):
            return time.monotonic() - began
        if time.monotonic() - began > _GIVE_UP_SECONDS:
            shown = "\n".join(one.text().splitlines()[-2] for one in benches)
            raise AssertionError(f"never equal to {wanted}:\n{shown}")


def run(case: Path, seconds: float, seed: int = 1) -> int:
    """Act for so long; how many acts were followed too late."""
    late, done, longest = 0, 0, 0.0
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        acts = Acts(case, Path(folder) / "command", seed)
        places = [{"XDG_STATE_HOME": f"{folder}/{one}"} for one in ("one", "two")]
        with bench(case, 100, 30, **places[0]) as one, bench(case, 160, 45, **places[1]) as two:
            for each in (one, two):
                each.wait("row 1 of", 60)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                for each in (one, two):
                    each.press(chance.choice(_PAGES))
                what = acts.one()
                took = until_equal(case, [one, two])
                done, longest, late = done + 1, max(longest, took), late + (took > LIMIT_SECONDS)
                print(f"{what:14} {took:5.2f} s{'  late' if took > LIMIT_SECONDS else ''}")
                sys.stdout.flush()
            for each in (one, two):
                each.press("ctrl+q")
                if code := each.wait_end():
                    print(f"a bench ended with {code}")
                    late += 1
    print(f"{done} acts, {late} followed late, the longest after {longest:.2f} s")
    return late


def main() -> int:
    """Entry point."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    with tempfile.TemporaryDirectory() as folder:
        return bool(run(case_in(Path(folder), "".join(sys.argv[2:3])), seconds))


if __name__ == "__main__":
    os.environ.setdefault("TERM", "xterm-256color")
    raise SystemExit(main())
