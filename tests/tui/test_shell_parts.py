"""The parts around every view, each by itself: trail, status, hints, palette, editor, state."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.tui.messages import Failed, RunQuery
from workbench.tui.routes import HistoryEntry, Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell import saved_state
from workbench.tui.shell.chrome import HintLine, RouteBar, StatusLine
from workbench.tui.shell.crash_report import report_text, write_report
from workbench.tui.shell.external_editor import edit_outside
from workbench.tui.shell.frame import Frame
from workbench.tui.shell.key_words import key_words, own_bindings
from workbench.tui.shell.lifecycle import Lifecycle
from workbench.tui.shell.palette import palette_commands
from workbench.tui.shell.saved_state import StateFile, StatementHistory, read_json, write_json
from workbench.tui.shell.theme import THEMES


class Around(App[None]):
    """The lines around a view."""

    def compose(self) -> ComposeResult:
        yield RouteBar()
        yield StatusLine()
        yield HintLine()

    def words(self, kind: type[Static]) -> str:
        """What a line shows."""
        return str(self.query_one(kind).content)


def trail(*kinds: str) -> list[HistoryEntry]:
    return [HistoryEntry(Route("account", (kind,))) for kind in kinds]


async def test_the_trail_shows_the_last_places_that_fit() -> None:
    app = Around()
    async with app.run_test(size=(40, 10)):
        bar = app.query_one(RouteBar)
        bar.show(trail("one", "two"), "1 2 3")
        width = bar.size.width - 2
        assert app.words(RouteBar) == "one › two" + "1 2 3".rjust(width - 9)
        # What the keys and the dots leave is 27 cells; each word takes its own and three.
        bar.show(trail("first", "a" * 11, "b" * 10), "1 2 3")
        assert app.words(RouteBar) == f"… › {'a' * 11} › {'b' * 10}" + "1 2 3".rjust(width - 28)
        bar.show(trail("first", "a" * 12, "b" * 10), "1 2 3")
        assert app.words(RouteBar) == f"… › {'b' * 10}" + "1 2 3".rjust(width - 14)
        bar.show(trail("one", "two"), "1" * 40)  # the keys need it all: a space stays between
        assert app.words(RouteBar) == "… › two " + "1" * 40
        bar.show([], "1 2 3")
        assert app.words(RouteBar) == "1 2 3".rjust(width)


async def test_a_place_named_by_an_attacker_is_made_safe() -> None:
    app = Around()
    async with app.run_test(size=(60, 10)):
        app.query_one(RouteBar).show(trail("a\x1b[2Jb"), "")
        assert "\x1b" not in app.words(RouteBar)


async def test_the_place_one_is_at_stands_out() -> None:
    app = Around()
    async with app.run_test(size=(60, 10)):
        app.query_one(RouteBar).show(trail("one", "two"), "1 2 3")
        content = cast(Any, app.query_one(RouteBar).content)
        bold = [content.plain[span.start : span.end] for span in content.spans
                if "bold" in str(span.style)]  # fmt: skip
        assert bold == ["two"]


async def test_hints_are_those_that_fit_whole() -> None:
    app = Around()
    async with app.run_test(size=(22, 10)):
        line = app.query_one(HintLine)
        line.show([("x", "decide"), ("?", "help"), ("q", "quit")])
        assert app.words(HintLine) == "x decide  ? help  "
        line.show([("x", "decide"), ("?", "helps")])  # one cell too many
        assert app.words(HintLine) == "x decide  "


async def test_the_status_line_keeps_its_three_parts_apart() -> None:
    app = Around()
    async with app.run_test(size=(60, 10)):
        status = app.query_one(StatusLine)
        status.case("[b]case")
        status.words("40 rows", "bold")
        status.audit("head")
        shown = [str(one.content) for one in status.query(Static)]
        assert shown == ["[b]case", "40 rows", "head"]


@pytest.mark.parametrize(
    ("isolation", "overlaid", "masked", "words"),
    [
        ("sandboxed", True, ("email",), "Blue g3 · ann · cells masked"),
        ("sandboxed", True, (), "Blue g3 · ann"),
        ("sandboxed", False, ("email",), "Blue g3 · ann"),
        ("reduced: no seccomp", True, (), "Blue g3 · ann · reduced: no seccomp"),
    ],
)  # fmt: skip
async def test_the_status_line_says_what_is_not_as_it_should_be(
    tmp_path: Path, isolation: str, overlaid: bool, masked: tuple[str, ...], words: str
) -> None:
    app = Around()
    async with app.run_test(size=(90, 10)):
        frame = Frame(app, StateFile(tmp_path / "view.json"), cast(Any, None), ())
        service = SimpleNamespace(
            case_name="Blue", generation=3, analyst="ann", case=SimpleNamespace(is_read_only=False)
        )
        queries = SimpleNamespace(
            isolation=isolation,
            overlaid=SimpleNamespace(is_set=lambda: overlaid),
            mask=SimpleNamespace(columns=masked),
        )
        frame.show_case(cast(Any, service), cast(Any, queries))
        assert str(app.query_one("#status-case", Static).content) == words


@pytest.mark.parametrize(
    ("keys", "words"),
    [("question_mark", "?"), ("backspace", "⌫"), ("j,down", "j or down"), ("f5", "f5"),
     ("slash,colon", "/ or :")],
)  # fmt: skip
def test_keys_are_named_as_they_are_printed(keys: str, words: str) -> None:
    assert key_words(keys) == words


def test_only_our_own_bindings_are_named_the_most_particular_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Base(DOMNode):
        BINDINGS = [("b", "both", "From the base"), ("o", "old", "Old")]  # noqa: RUF012

    class Part(Base):
        BINDINGS = [Binding("p", "both", "From the part"), ("s", "silent", "")]  # noqa: RUF012

    class Foreign(Part):
        BINDINGS = [("f", "foreign", "Foreign")]  # noqa: RUF012

    for kind in (Base, Part):
        monkeypatch.setattr(kind, "__module__", "workbench.made_up")
    found = [(one.key, one.description) for one in own_bindings(Foreign)]
    assert found == [("p", "From the part"), ("o", "Old")]
    assert list(own_bindings(Foreign())) == list(own_bindings(Foreign))
    ran: list[Any] = []
    library = SimpleNamespace(runnable=lambda: [SimpleNamespace(title="Rings", id="rings")])
    part, other = Part(), Base()
    commands = list(
        palette_commands(
            [part, other], lambda action, node: ran.append((action, node)), ran.append,
            cast(Any, library), ran.append,
        )
    )  # fmt: skip
    assert [one.title for one in commands] == [
        "From the part", "Old", "From the base",
        *(f"Colours: {theme.name}" for theme in THEMES), "Run: Rings",
    ]  # fmt: skip
    assert commands[0].help == "key: p"
    for command in commands:
        command.callback()
    assert ran[:3] == [("both", part), ("old", part), ("both", other)]
    assert ran[3:-1] == [theme.name for theme in THEMES]
    assert isinstance(ran[-1], RunQuery)
    assert ran[-1].query_id == "rings"


@dataclass
class EditorApp:
    """What an outside editor needs of the bench."""

    said: list[str] = field(default_factory=list)
    suspended: int = 0

    def notify(self, message: str, **how: Any) -> None:
        """Note what was said."""
        assert how["markup"] is False
        self.said.append(f"{how['severity']}: {message}")

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Note that the terminal was lent."""
        self.suspended += 1
        yield


def editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_a_text_comes_back_as_the_editor_left_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = EditorApp()
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv(
        "VISUAL", f'{editor(tmp_path, "echo -- $1 >> $2; echo $2 > /dev/null")} "a b"'
    )
    changed = edit_outside(cast(Any, app), private, "SELECT 'é'\n", ".sql")
    assert changed == "SELECT 'é'\n-- a b\n"
    assert (app.said, app.suspended) == ([], 1)
    assert list(private.iterdir()) == []


def test_an_editor_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = EditorApp()
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor(tmp_path, "echo x > $1; exit 1"))
    assert edit_outside(cast(Any, app), tmp_path, "SELECT 1", ".sql") is None
    for wrong, words in (("", "warning: Set"), ("  ", "warning: Set"), ('"x', "error: "),
                         ("/no/such/editor", "No such file")):  # fmt: skip
        monkeypatch.setenv("EDITOR", wrong)
        app.said.clear()
        assert edit_outside(cast(Any, app), tmp_path, "SELECT 1", ".sql") is None
        assert [words in said for said in app.said] == [True]


def test_a_state_file_is_private_whole_and_left_alone_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "view.json"
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    write_json(path, {"a": "é"})
    assert len(synced) == 1
    assert read_json(path) == {"a": "é"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_json(path, {"a": "b"})
    assert read_json(path) == {"a": "é"}
    assert os.listdir(tmp_path) == ["view.json"]


@pytest.mark.parametrize("text", ["", "[1]", "{", "\xff"])
def test_an_odd_state_file_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "view.json"
    assert read_json(path) == {}
    path.write_bytes(text.encode("latin-1"))
    assert read_json(path) == StateFile(path).read() == {}


def test_what_could_not_be_written_is_tried_again_unless_newer_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, full = tmp_path / "view.json", [True]
    kept = StateFile(path)
    newer: list[dict[str, Any]] = []

    def write(target: Path, data: dict[str, Any]) -> None:
        if full[0]:
            for one in newer:
                kept.keep(one)
            raise OSError(errno.ENOSPC, "full")
        write_json(target, data)

    monkeypatch.setattr(saved_state, "write_json", write)
    for arriving, expected in (([], {"n": 1}), ([{"n": 2}], {"n": 2})):
        newer[:], full[0] = arriving, True
        kept.keep({"n": 1})
        with pytest.raises(OSError, match="full"):
            kept.write_now()
        full[0] = False
        kept.write_now()
        assert json.loads(path.read_text()) == expected
    path.unlink()
    kept.write_now()  # there is nothing new
    assert not path.exists()
    kept.keep({"n": 3})
    kept.forget()
    kept.forget()
    kept.write_now()
    assert not path.exists()


def test_statements_that_ran_are_newest_first_once_and_capped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StatementHistory, "longest", 3)
    history = StatementHistory(tmp_path)
    for text in ("A", "B", "C", "A", "D"):
        history.add(text, f"at {text}")
    assert [(one.text, one.at) for one in history.ran()] == [
        ("D", "at D"), ("A", "at A"), ("C", "at C"),
    ]  # fmt: skip
    history.note("A", "3 rows", "ab")
    history.note("A", "4 rows")  # the digest stays
    history.note("never ran", "x", "y")
    history.file.write_now()
    again = StatementHistory(tmp_path).ran()
    assert [(one.text, one.outcome, one.sha256) for one in again] == [
        ("D", "", ""), ("A", "4 rows", "ab"), ("C", "", ""),
    ]  # fmt: skip
    odd = {"ran": [3, {"text": ""}, {"at": "x"}, {"text": 5, "at": None}]}
    write_json(tmp_path / "history.json", odd)
    assert [one.text for one in StatementHistory(tmp_path).ran()] == ["5"]


class LifecycleApp:
    """What the end of the bench needs of the application."""

    def __init__(self) -> None:
        self.exits: list[tuple[int, str]] = []
        self.posted: list[Any] = []

    def exit(self, code: int, message: Text | None = None) -> None:
        """Note how it ended."""
        self.exits.append((code, str(message or "")))

    def post_message(self, message: Any) -> None:
        """Note what was posted."""
        self.posted.append(message)


class Queries:
    """Runs background work at once."""

    def __init__(self) -> None:
        self.closed = False
        self.error: WorkbenchError | None = None

    async def background(self, work: Callable[[], None]) -> None:
        """Do it, or fail as told."""
        if self.error is not None:
            raise self.error
        work()

    def close(self) -> None:
        """Note it."""
        self.closed = True


@dataclass
class Ending:
    """A bench that can end, and what it left."""

    folder: Path
    app: LifecycleApp = field(default_factory=LifecycleApp)
    queries: Queries = field(default_factory=Queries)

    def __post_init__(self) -> None:
        self.history = StatementHistory(self.folder)
        self.memory = StateFile(self.folder / "view.json")
        self.lifecycle = Lifecycle(
            cast(Any, self.app), cast(QueryService, self.queries), self.memory, self.history,
            lambda: {"here": 1},
        )  # fmt: skip


def test_leaving_keeps_where_one_is(tmp_path: Path) -> None:
    bench = Ending(tmp_path)
    bench.history.add("SELECT 1", "now")
    bench.lifecycle.leave()
    assert bench.app.exits == [(0, "")]
    assert read_json(tmp_path / "view.json") == {"here": 1}
    assert [one.text for one in StatementHistory(tmp_path).ran()] == ["SELECT 1"]


def test_leaving_with_a_full_disk_says_what_was_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(saved_state, "write_json", full)
    bench = Ending(tmp_path)
    bench.lifecycle.leave()
    [(code, words)] = bench.app.exits
    assert code == 0
    assert "could not be kept" in words


@pytest.mark.parametrize("full", [True, False])
def test_a_line_that_drops_saves_closes_and_ends_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    alarms: list[tuple[int, float]] = []
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: alarms.append((which, seconds)))
    if full:
        monkeypatch.setattr(
            saved_state, "write_json", lambda *_: (_ for _ in ()).throw(OSError("full"))
        )
    bench = Ending(tmp_path)
    bench.lifecycle._hung_up(signal.SIGHUP)
    assert alarms == [(signal.ITIMER_REAL, 2.0)]
    assert bench.app.exits == [(128 + signal.SIGHUP, "")]
    assert bench.queries.closed
    assert read_json(tmp_path / "view.json") == ({} if full else {"here": 1})


async def test_a_save_that_fails_is_said_once_until_one_works(tmp_path: Path) -> None:
    bench = Ending(tmp_path)
    for error, said in (("full", 1), ("full", 1), ("", 1), ("full", 2), ("full", 2)):
        bench.queries.error = WorkbenchError(error) if error else None
        await bench.lifecycle._save()
        assert len(bench.app.posted) == said
    assert all(isinstance(one, Failed) for one in bench.app.posted)


def _fault() -> BaseException:
    address = "alice@example.com"
    try:
        try:
            raise KeyError(address)
        except KeyError as error:
            raise ValueError(address) from error
    except ValueError as error:
        return error


def test_a_report_says_where_it_failed_and_no_value(tmp_path: Path) -> None:
    text = report_text(_fault())
    assert "alice" not in text
    assert text.startswith("workbench ")
    assert text.endswith("\n")
    kinds = [line for line in text.splitlines() if line in
             ("builtins.ValueError", "caused by", "builtins.KeyError")]  # fmt: skip
    assert kinds == ["builtins.ValueError", "caused by", "builtins.KeyError"]
    assert text.count("test_shell_parts.py:") == 2
    assert "in _fault" in text
    sentence = "".join(one.text for one in write_report(tmp_path, _fault()).segments)
    [report] = tmp_path.glob("crash-*.txt")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "ValueError" in sentence
    assert str(report) in sentence
    missing = write_report(tmp_path / "missing", _fault())
    assert "No report could be written" in "".join(one.text for one in missing.segments)
