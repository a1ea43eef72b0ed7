"""Texts pasted without brackets wherever the focus can be: `python -m tests.batteries.pastes`.

`python -m tests.batteries.pastes [TEXTS] [CASE]`, 2,000 texts by default, spread over every place.
A bench runs in a real terminal on a copy of the case. No text may make a record, answer or close a
dialog, move the page, or end the bench; each place says so for itself.
"""

from __future__ import annotations

import os
import random
import shutil
import string
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.batteries.demo_case import case_in
from tests.terminal.driver import bench

_PAUSE_SECONDS = 0.13  # what comes sooner belongs to the paste before
_SNIPPETS = (
    "SELECT a,\n\tKEYS, Kind\nFROM t;\n", "K\r", "x\n", "\tK", "qqq\n", "none-found\n", "yes\n",
    "y\n",
    "DROP TABLE accounts;\n", "x\t\tflag\n", "KEYS, Kind", "r reason\n", "M merge\nN name\n",
    "acct_00d4a792aa2c\n", "a@b.example\n", "10.0.0.1\n10.0.0.2\n", "=1+1\n", "1234567\n",
)  # fmt: skip
_LETTERS = string.ascii_letters + string.digits + string.punctuation.replace("~", "") + " "
_WIDER = _LETTERS + "\n\t äöüéßñ中文字€…—\u200b"


@dataclass(frozen=True)
class Place:
    """Where a text falls: the keys that lead there from a bench that has just opened, and what
    stands on the screen while the analyst is still there."""

    name: str
    keys: tuple[str, ...]
    shows: str


def _page(name: str, shows: str, *keys: str) -> Place:
    return Place(name, keys, shows)


_WAIT = "≈"  # a key that begins so waits for a pattern on the screen instead
_CLUSTER = ("2", "≈coordination", "enter", "≈score 0")
_ACCOUNT = (*_CLUSTER, "m", "≈acct_\\w+ +[01]\\.", "enter", "≈member of")
_LINKED = (*_ACCOUNT, "n", "≈rarity", "enter", "≈accounts have it")
_CAMPAIGNS = ("6", "≈campaign_id(.|\\n)*row 1 of")
_DECIDE = ("2", "≈coordination", "x", "≈It hits")
PLACES = (
    _page("overview", "Clusters, most suspicious first", "1"),
    _page("clusters", "campaign", "2"),
    *(_page(f"cluster {key}", rf"\[{key} ", *_CLUSTER, key) for key in "ebsamnwt"),
    *(_page(f"account {key}", rf"\[{key} ", *_ACCOUNT, key) for key in "oneawd"),
    _page("exchange", "system prompt|── prompt", *_ACCOUNT, "e", "≈exchange_id|prompt", "enter"),
    _page("value", "accounts have it", *_LINKED),
    _page("queries", "filter: words", "3"),
    _page("query filter", "Queries", "3", "f"),
    _page(
        "query form", "F5 run", "3", "f", "shared instruments", "enter", "≈shared-instruments", "e"
    ),
    _page(
        "query result", "rev \\d+ · ", "3", "≈row 1 of", "f", "shared instruments", "enter", "enter"
    ),
    _page("SQL editor", "SQL", "4"),
    _page("SQL tables", "type to narrow|SQL", "4", "\x02"),
    _page("SQL rows", "SQL", "4", "escape"),
    *(_page(f"decisions {key}", rf"\[{key} ", "5", key) for key in "fumwb"),
    *(_page(f"campaigns {key}", rf"\[{key} ", "6", key) for key in "eowt"),
    *(
        _page(f"campaign {key}", rf"\[{key} ", *_CAMPAIGNS, "enter", "≈placed by", key)
        for key in "emwt"
    ),
    _page("ledger", "V verifies", "7"),
    _page("decide: verdict", "Decide on cluster", *_DECIDE),
    _page("decide: reason", "Decide on cluster", *_DECIDE, "tab"),
    _page("decide: counter", "Decide on cluster", *_DECIDE, "tab", "tab", "tab"),
    _page("decide: whom it hits", "Decide on cluster", *_DECIDE, *(["tab"] * 7)),
    _page("claim", "records it|Claim|claim", *_CLUSTER, "K"),
    _page("comment", "comment|remark|Remark", *_CLUSTER, ";"),
    _page("sample", "sample|Draw", *_CLUSTER, "S"),
    _page("copy", "Copy; a record", *_CLUSTER, "y"),
    _page("name a campaign", "is .* to be called", *_CAMPAIGNS, "N"),
    _page("go to", "enter open", "/"),
    _page("palette", "", ":"),
    _page("help", "Keys and words", "?"),
    _page("leave?", "Leave the bench", "q"),
    _page("list a value", "List the", *_LINKED, "L"),
)


def texts(seed: int) -> Iterator[str]:
    """Random texts that nobody presses: a dozen characters, or a tab or line end among others."""
    chance = random.Random(seed)
    while True:
        parts = [
            chance.choice(_SNIPPETS) if chance.random() < 0.4
            else "".join(chance.choices(chance.choice((_LETTERS, _WIDER)), k=chance.randint(1, 60)))
            for _ in range(chance.randint(1, 5))
        ]  # fmt: skip
        text = "".join(parts)
        if len({*text.replace("\n", "\r")}) > 1 and (
            sum(one >= " " for one in text) >= 12 or any(one in text for one in "\n\t\r")
        ):
            yield text.replace("\n", "\r") if chance.random() < 0.7 else text


def _line(case: Path) -> bytes:
    ledger = case / "audit.jsonl"
    return ledger.read_bytes() if ledger.exists() else b""


def try_place(case: Path, place: Place, some: Sequence[str], state: Path) -> list[str]:
    """Paste these texts at one place; what went wrong, in words."""
    shutil.rmtree(state, ignore_errors=True)
    before = _line(case)
    with bench(case, 120, 36, XDG_STATE_HOME=str(state), XDG_CONFIG_HOME=str(state)) as terminal:
        terminal.wait(r"row 1 of", 60)
        try:
            for key in place.keys:
                if key.startswith(_WAIT):
                    terminal.wait(key.removeprefix(_WAIT), 60)
                else:
                    terminal.press(key)
            terminal.wait(place.shows, 60)
        except AssertionError as lost:
            return [f"{place.name}: not reached; {str(lost)[:3000]}"]
        for text in some:
            terminal.send(text)
            until = time.monotonic() + _PAUSE_SECONDS
            while (left := until - time.monotonic()) > 0:
                if not terminal.pump(left):
                    return [f"{place.name}: the bench ended at {text!r}"]
            if _line(case) != before:
                return [f"{place.name}: a record was made by {text!r}"]
        if place.shows:
            try:
                terminal.wait(place.shows, 10)
            except AssertionError as gone:
                return [f"{place.name}: left by a paste; {str(gone)[:3000]}"]
        terminal.pump(3 * _PAUSE_SECONDS)
        time.sleep(2 * _PAUSE_SECONDS)
        terminal.press("ctrl+q")
        if (code := terminal.wait_end()) != 0:
            return [f"{place.name}: the bench ended with {code}"]
    return [] if _line(case) == before else [f"{place.name}: a record was made"]


def run(case: Path, count: int, places: Sequence[Place] = PLACES, seed: int = 1) -> list[str]:
    """Paste `count` texts, as many at each place; what went wrong, in words."""
    made, each = texts(seed), max(1, -(-count // len(places)))
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as state:
        for place in places:
            found = try_place(case, place, [next(made) for _ in range(each)], Path(state) / "s")
            print(f"{place.name:24} {each:4} texts  {'; '.join(found) or 'nothing happened'}")
            sys.stdout.flush()
            wrong += found
    return wrong


def main() -> int:
    """Entry point."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        wrong = run(case_in(Path(folder), "".join(sys.argv[2:3])), count)
    print(f"{len(wrong)} of {len(PLACES)} places went wrong" if wrong else "no text did anything")
    return bool(wrong)


if __name__ == "__main__":
    os.environ.setdefault("TERM", "xterm-256color")
    raise SystemExit(main())
