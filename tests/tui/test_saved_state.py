"""What the bench keeps for its analyst is written beside the event loop, the newest last."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.sql import SqlView
from workbench.tui.routes import Route
from workbench.tui.shell import lifecycle, saved_state
from workbench.tui.shell.saved_state import StateFile, StatementHistory


async def test_what_ran_is_written_beside_the_loop(
    case: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[bool, str]] = []
    write_json = saved_state.write_json

    def watched(path: Path, data: dict[str, Any]) -> None:
        write_json(path, data)
        here = threading.current_thread() is threading.main_thread()
        written.append((here, path.read_text()))

    monkeypatch.setattr(saved_state, "write_json", watched)
    monkeypatch.setattr(lifecycle, "_AUTOSAVE_SECONDS", 0.05)
    async with opened(case) as driver:
        await driver.press("4")
        await driver.sees("tab completes")
        assert isinstance(driver.bench.view, SqlView)
        driver.bench.view.put_statement("SELECT * FROM accounts LIMIT 30")
        await driver.press("f5")
        await driver.until(lambda: any('"30 rows' in text for _, text in written))
    assert not any(here for here, _ in written)


def test_the_newest_is_what_stays(tmp_path: Path) -> None:
    """Two writers at once: the one that was handed over last ends on top."""
    kept = StateFile(tmp_path / "view.json")

    def write() -> None:
        for number in range(20):
            kept.keep({"number": number})
            kept.write_now()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept.keep({"number": "last"})
    kept.write_now()
    kept.write_now()
    assert json.loads((tmp_path / "view.json").read_text()) == {"number": "last"}


def test_a_forgotten_history_does_not_come_back(tmp_path: Path) -> None:
    history = StatementHistory(tmp_path)
    history.add("SELECT 1", "2026-05-01 00:00")
    history.forget()
    history.file.write_now()
    assert StatementHistory(tmp_path).ran() == []
    history.add("SELECT 2", "2026-05-01 00:00")
    history.note("SELECT 2", "1 rows", "ab")
    history.file.write_now()
    [ran] = StatementHistory(tmp_path).ran()
    assert (ran.text, ran.outcome, ran.sha256) == ("SELECT 2", "1 rows", "ab")


_ODD: list[object] = [
    None, True, -1, 1 << 60, 0.5, "x", "\x1b]52;c;ZWNobw==\x07", [], ["a", "b"], [1, -1], [1],
    [1 << 60, 0], {}, {"a": {"b": 1}}, {"a": ["b", 1]},
]  # fmt: skip


@pytest.mark.parametrize("kind", ["overview", "clusters", "queries", "sql", "account", "entity"])
async def test_no_kept_view_ends_the_bench(case: Path, opened: Opened, kind: str) -> None:
    """Every kind of value in every place of the file, whoever wrote it."""
    names = ("part", "filter", "text", "ran", "given", "grid", "clusters", "query-list", "offset")
    trail = [
        {"kind": kind, "key": key, "state": dict.fromkeys(names, odd)}
        for odd in _ODD
        for key in ([], ["a-01"], ["ip", "192.0.2.1"], [odd], odd)
    ]
    state = Case.open(case).state_dir() / "view.json"
    state.write_text(json.dumps({"trail": trail}))
    async with opened(case) as driver:
        assert driver.bench.view is not None
        driver.bench.post_message(OpenRoute(Route("clusters")))
        await driver.until(lambda: driver.bench.view is not None and driver.bench.view.filled)
        await driver.sees("C-test01")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"trail": ' + "[" * 5_000, '{"trail": [' + "9" * 5_000 + "]}", "\0", ""],
)
async def test_no_file_of_the_state_folder_ends_the_bench(
    case: Path, opened: Opened, text: str
) -> None:
    folder = Case.open(case).state_dir()
    for name in ("view.json", "history.json", "digests.json", "trust-0.json"):
        (folder / name).write_text(text)
    async with opened(case) as driver:
        await driver.sees("accounts")
