"""The saved-query file: what is read, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.playbooks.format import parse_query
from workbench.playbooks.library import read_library
from workbench.playbooks.saving import query_text

GOOD = """/*+++
id = "busy"
title = "Busy accounts"
[params.least]
type = "int"
default = 5
+++*/
SELECT account_id FROM accounts WHERE 1 < $least ORDER BY account_id
"""


def parse(text: str) -> object:
    return parse_query(text, Path("q.sql"), pack="p", trust="own")


def test_reads_header_and_statement() -> None:
    query = parse_query(GOOD, Path("q.sql"), pack="p", trust="own")
    assert query.id == "busy"
    assert query.sql.startswith("SELECT account_id")
    assert query.params[0].default == 5


def test_digest_does_not_depend_on_line_ends() -> None:
    windows = parse_query("\ufeff" + GOOD.replace("\n", "\r\n"), Path("q"), pack="p", trust="own")
    assert windows.sha256 == parse_query(GOOD, Path("q"), pack="p", trust="own").sha256


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id = ", "idd = "), "unknown field “idd”"),
        (('"busy"', '"Busy Id"'), "lower-case words"),
        (('title = "Busy accounts"', ""), "“title” is missing"),
        (("+++*/", ""), "never closed"),
        (("/*+++", ""), "does not start"),
        (("type = ", "tpye = "), "unknown field of params.least"),
        (('"int"', '"number"'), "“params.least.type” is “number”"),
        (('title = "Busy accounts"', "title = 5"), "must be str"),
        (('title = "Busy accounts"', 'title = "a */ b"'), "would end the comment"),
    ],
)
def test_names_what_is_wrong(change: tuple[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("*", r"\*")):
        parse(GOOD.replace(*change))


JUNK = ("3", "1.5", "true", "2026-05-01", "[1]", "[{a = 1}]", "{a = 1}", "{a = {b = 1}}")
PLACES = (
    "columns = {}", "next = {}", "decide = {}", "test = {}", "needs = {}", "tags = {}", "rev = {}",
    "[params]\nleast = {}", '[params.least]\ntype = "int"\nmin = {}',
    '[params.least]\ntype = "int"\nmax = {}', '[params.least]\ntype = "int"\nhelp = {}',
    "[columns.a]\nentity = {}", '[[next]]\nquery = "q"\nlabel = "l"\nbind = {}',
    '[[test]]\nfixture = "f"\nparams = {}', '[[test]]\nfixture = "f"\nrows = {}',
)  # fmt: skip
IN_A_BOOK = (
    "step = {}", "question = {}", "params = {}", "[[step]]\nquery = {}",
    *(f'[[step]]\nquery = "q"\n{name} = {{}}' for name in ("params", "say", "stop_if", "decide")),
)  # fmt: skip
_FITS = frozenset(("params = {a = 1}", "params = {a = {b = 1}}", "rev = 3", "rows = 3", "min = 3",
                   "min = 1.5", "max = 3", "max = 1.5"))  # fmt: skip


@pytest.mark.parametrize("place", [*PLACES, *IN_A_BOOK])
def test_a_field_of_another_type_breaks_its_file_alone(tmp_path: Path, place: str) -> None:
    """Anybody of a team may write into the folder of queries."""
    (tmp_path / "playbooks").mkdir()
    for value in JUNK:
        entry = place.replace("{}", value)
        if entry.splitlines()[-1] in _FITS:
            continue
        head = f'id = "odd"\ntitle = "Odd"\n{entry}\n'
        if place in IN_A_BOOK:
            (tmp_path / "playbooks" / "odd.toml").write_text(head)
        else:
            (tmp_path / "odd.sql").write_text(f"/*+++\n{head}+++*/\nSELECT 1\n")
        (tmp_path / "busy.sql").write_text(GOOD)
        library = read_library(own=tmp_path)
        assert list(library.queries) == ["busy"], entry
        assert [path.stem for path, _ in library.set_aside] == ["odd"], entry


@given(
    st.text(max_size=200) | st.text(max_size=60).map(lambda text: f"/*+++\n{text}\n+++*/\nSELECT 1")
)
def test_any_text_is_a_query_or_a_sentence(text: str) -> None:
    try:
        parse(text)
    except UsageError:
        return


@given(
    st.text(min_size=1, max_size=60),
    st.text(max_size=60),
    st.lists(st.text(max_size=9), max_size=3),
)
def test_what_is_saved_can_be_read(title: str, question: str, names: list[str]) -> None:
    assume("*/" not in "".join((title, question, *names)))
    text = query_text("an-id", title, question, "SELECT 1;", sorted(set(names)))
    query = parse_query(text, Path("q.sql"), pack="p", trust="case")
    assert (query.title, query.question, query.sql) == (title, question, "SELECT 1")
    assert {parameter.name for parameter in query.params} == set(names)
