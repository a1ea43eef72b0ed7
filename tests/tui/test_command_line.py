"""The command that a place names is what a shell reads as these very words, whatever they hold."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.tui.conftest import Opened
from workbench.cli.main import run
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.sql import SqlView
from workbench.tui.pages.view import command_line
from workbench.tui.routes import Route

HOSTILE = 'it\'s; $(touch here) "`x`" & | > \\ *'
NOTED = "-- it's $noted\nSELECT count(*) AS n FROM accounts\nWHERE account_id <> '$HOME'"


def test_every_word_stays_one() -> None:
    words = ["sql", HOSTILE, NOTED, "", "-p", f"name={HOSTILE}"]
    assert shlex.split(command_line(*words)) == ["workbench", *words]
    assert command_line("info", "case-1") == "workbench info case-1"
    shown = command_line("account", "\x1b]0;title\x07a")
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("kind", "key", "words"),
    [
        ("account", (HOSTILE,), ["account", "CASE", HOSTILE]),
        ("entity", ("ip", HOSTILE), ["entity", "CASE", "ip", HOSTILE]),
        ("cluster", (HOSTILE,), ["run", "CASE", "cluster-evidence", "-p", f"cluster={HOSTILE}"]),
    ],
)
async def test_a_name_out_of_an_extract_runs_nothing(
    case: Path, opened: Opened, kind: str, key: tuple[str, ...], words: list[str]
) -> None:
    async with opened(case) as driver:
        bench = driver.bench
        bench.post_message(OpenRoute(Route(kind, key)))
        await driver.until(lambda: bench.view is not None and bench.view.route.key == key)
        assert bench.view is not None
        told = shlex.split(bench.view.command())
        assert told == ["workbench", *(str(case) if one == "CASE" else one for one in words)]


async def test_a_statement_answers_the_same_at_the_command_line(
    case: Path, opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened(case) as driver:
        await driver.press("4")
        await driver.until(lambda: isinstance(driver.bench.view, SqlView))
        view = driver.bench.view
        assert isinstance(view, SqlView)
        view.put_statement(NOTED)
        program, *words = shlex.split(view.command())
    assert program == "workbench"
    assert run([*words, "--format", "csv"]) == 0
    assert capsys.readouterr().out.split() == ["n", "40"]
