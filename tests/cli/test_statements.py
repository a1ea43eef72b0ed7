"""A statement that begins with a comment is one; an option that is none is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.conftest import Bench

NOTED = "-- how=many; 'so\nSELECT count(*) AS n FROM accounts -- the end"


@pytest.mark.parametrize("noted", [NOTED, NOTED.replace("-- how", "--how"), f"--\n{NOTED}"])
@pytest.mark.parametrize("order", ["last", "before options", "behind --"])
def test_a_statement_may_begin_with_a_comment(
    bench: Bench, case: Path, noted: str, order: str
) -> None:
    words = {
        "last": ["--format", "csv", noted],
        "before options": [noted, "--format", "csv", "--strict"],
        "behind --": ["--format", "csv", "--", noted],
    }[order]
    done = bench("sql", case, *words)
    assert (done.code, done.out.split()) == (0, ["n", "40"]), done.err


def test_a_statement_from_stdin_may_too(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NOTED.encode())))
    assert bench("sql", case, "-", "--format", "csv").out.split() == ["n", "40"]


@pytest.mark.parametrize("option", ["--formt", "--formt=a b", "--formt=a=b", "-x", "--no-progres"])
def test_an_unknown_option_is_refused_by_name(bench: Bench, case: Path, option: str) -> None:
    for words in ([option, "SELECT 1"], ["SELECT 1", option], [option, NOTED]):
        done = bench("sql", case, *words)
        assert done.code == 2
        assert f"No such option '{option.partition('=')[0]}'" in done.err


def test_the_value_of_an_option_stays_one(bench: Bench, case: Path) -> None:
    done = bench("queries", "save", case, "Noted accounts", NOTED, "--question", "-- how\nmany?")
    assert done.code == 0, done.err
    shown = bench("queries", "show", "noted-accounts", case).out
    assert "-- how" in shown
    assert "-- the end" in shown
    assert bench("run", case, "noted-accounts", "--format", "csv").out.split() == ["n", "40"]


def test_a_comment_alone_is_no_statement(bench: Bench, case: Path) -> None:
    done = bench("sql", case, "-- SELECT 1")
    assert done.code == 1
    assert "no statement" in done.err


def test_places_and_lists_take_their_values(bench: Bench, case: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("a-03\na-01\nnobody\n")
    listed = "SELECT account_id AS a FROM accounts WHERE account_id IN $ids ORDER BY a"
    done = bench("sql", case, listed, "-p", f"ids=@{ids}", "--format", "csv")
    assert done.out.split() == ["a", "a-01", "a-03"], done.err
    done = bench("sql", case, "SELECT ? AS a, ? AS b", "-p", "1=x", "-p", "2=y", "--format", "csv")
    assert done.out.split() == ["a,b", "x,y"], done.err


def test_a_value_that_no_parameter_takes_is_refused(bench: Bench, case: Path) -> None:
    done = bench("sql", case, "SELECT $a AS a, ? AS b", "-p", "c=1")
    assert done.code == 2
    assert "no parameter $c" in done.err
    assert "$a, $1" in done.err
