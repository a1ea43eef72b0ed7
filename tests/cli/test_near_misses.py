"""Who mistypes is told what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bench
from workbench.audit.state.policy import CLEAR_REASONS, FLAG_REASONS
from workbench.cli.commands import COMMANDS, SECTIONS


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("opne",), ("“opne” is no command", "Did you mean: workbench open?")),
        (("no-such-case",), ("no command, and there is no case folder", "workbench --help")),
        (("audit", "verfy", "x"), ("Did you mean 'verify'",)),
        (("decide", "x", "--against", "y"), ("No such option '--against'", "--counter")),
        (("decide", "x", "--reson", "y"), ("--reason",)),
        (("decide", "x", "--zzz", "y"), ("option '--zzz'.", "See: workbench decide --help")),
        (("info", "x", "--against", "y"), ("See: workbench info --help",)),
        (("\x1b[31mred",), ("is no command",)),
    ],
)  # fmt: skip
def test_what_was_meant(bench: Bench, words: tuple[str, ...], says: tuple[str, ...]) -> None:
    done = bench(*words)
    assert done.code == 2
    for one in says:
        assert one in done.err
    assert "\x1b" not in done.err


def test_a_missing_reason_lists_the_codes(bench: Bench, case: Path) -> None:
    done = bench("decide", case, "--verdict", "flag", "--cluster", "C-1")
    assert done.code == 2
    for code, says in {**FLAG_REASONS, **CLEAR_REASONS}.items():
        assert f"{code}  {says}" in done.err


def test_the_help_groups_every_command(bench: Bench) -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(COMMANDS)
    text = bench("--help").out
    assert text.index("Begin:") < text.index("Prove:") < text.index("Examples:")


WIDE = "SELECT repeat('x', 70) AS a, repeat('y', 70) AS b"


def test_cells_are_whole_in_a_pipe_and_one_a_line_where_asked(bench: Bench, case: Path) -> None:
    aligned, expanded = bench("sql", case, WIDE), bench("sql", case, WIDE, "--expanded")
    for done in (aligned, expanded):
        assert "x" * 70 in done.out
        assert "y" * 70 in done.out
    assert len(aligned.out.splitlines()) == 3
    assert expanded.out.splitlines()[1:] == [f"a  {'x' * 70}", f"b  {'y' * 70}"]


def test_a_row_that_does_not_fit_a_terminal_is_expanded(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.cli.output.stdout_is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert bench("sql", case, WIDE).out.startswith("─[ 1 ]─")
    assert "…" in bench("sql", case, WIDE, "--no-expanded").out
    assert bench("sql", case, "SELECT 1 AS a").out.splitlines() == ["a", "─", "1"]


@pytest.mark.parametrize("words", [("sql", "SELECT 1 AS a"), ("clusters",), ("queue",)])
def test_csv_lines_end_as_everywhere_else(
    bench: Bench, case: Path, words: tuple[str, ...], tmp_path: Path
) -> None:
    target = tmp_path / "rows.csv"
    done = bench(words[0], case, *words[1:], "--format", "csv", "-o", target)
    assert done.code == 0, done.err
    assert b"\r" not in target.read_bytes()
    assert target.read_bytes().endswith(b"\n")
