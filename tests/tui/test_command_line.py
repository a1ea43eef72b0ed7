"""The command that a place names is what a shell reads as these very words, whatever they hold."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Bench, bench
from tests.tui.asking import again, ask
from tests.tui.conftest import Opened
from workbench.cli.main import run
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import Parameter, SavedQuery
from workbench.text.sanitize import safe_text
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.command_lines import (
    command_line,
    given_words,
    named,
    result_command,
    shell_word,
)
from workbench.tui.pages.sql import SqlView
from workbench.tui.results.runner import Asked
from workbench.tui.routes import Route

__all__ = ["bench"]
TYPED_QUERY = SavedQuery("q", "Q", "SELECT 1", "", Path(), "")

HOSTILE = 'it\'s; $(touch here) "`x`" & | > \\ *'
NOTED = "-- it's $noted\nSELECT count(*) AS n FROM accounts\nWHERE account_id <> '$HOME'"


def test_every_word_stays_one() -> None:
    words = ["sql", HOSTILE, NOTED, "", "-p", f"name={HOSTILE}"]
    assert shlex.split(command_line(*words)) == ["workbench", *words]
    assert command_line("info", "case-1") == "workbench info case-1"
    shown = command_line("account", "\x1b]0;title\x07a")
    assert shown.isprintable()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@settings(max_examples=40, deadline=None)
def test_a_shell_reads_each_word_as_it_is(word: str) -> None:
    shown = shell_word(word)
    assert safe_text(shown, len(shown) + 1, multiline=True) == shown
    bash = subprocess.run(
        ["bash", "-c", f"printf %s {shown}"], capture_output=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert bash.stdout.decode() == word


def test_a_value_names_no_file_and_no_option(bench: Bench, case: Path) -> None:
    assert given_words({"account": "@/etc/passwd", "n": 3}) == [
        "-p", "account=@@/etc/passwd", "-p", "n=3",
    ]  # fmt: skip
    assert named("-x") == ("--", "-x")
    asked = Asked("SELECT count(*) AS n FROM accounts WHERE account_id < $a", {"a": "a-01"}, "", {})
    _, *words = shlex.split(result_command(str(case), asked))
    ran = bench(*words)
    assert ran.code == 0, ran.err
    assert ran.out.split()[-1] == "1"


async def test_what_a_key_made_of_a_result_answers_the_same(
    case: Path, opened: Opened, bench: Bench
) -> None:
    found: list[tuple[str, list[str]]] = []
    async with opened(case) as driver:
        grid = await ask(driver, "SELECT account_id, length(account_id) AS n FROM accounts")
        view = driver.bench.view
        assert isinstance(view, SqlView)
        for key in ("f", "right_square_bracket", "F"):
            grid = await again(driver, key)
            rows = [grid.source.row(at) or [] for at in range(grid.source.total)]
            shown = [str(row[0]) for row in rows]
            found.append((view.command(), shown))
    for command, shown in found:
        ran = bench(*shlex.split(command)[1:], "--format", "csv")
        assert [line.split(",")[0] for line in ran.out.splitlines()[1:]] == shown, ran.err


def test_a_list_comes_back_from_a_place_as_it_was() -> None:
    route = Route.asked("query", "q", {"ids": ["a,b", "c'd"], "n": 1})
    parameter = Parameter("ids", "account_list")
    query = replace(TYPED_QUERY, params=(parameter, Parameter("n", "int")))
    assert bind(query, route.given, ExtractSpan()) == {"ids": ["a,b", "c'd"], "n": 1}


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
