"""The saved-query file: what is read, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.playbooks.format import parse_query
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
    return parse_query(text, Path("q.sql"), pack="p", trust="user")


def test_reads_header_and_statement() -> None:
    query = parse_query(GOOD, Path("q.sql"), pack="p", trust="user")
    assert query.id == "busy"
    assert query.sql.startswith("SELECT account_id")
    assert query.params[0].default == 5


def test_digest_does_not_depend_on_line_ends() -> None:
    windows = parse_query("\ufeff" + GOOD.replace("\n", "\r\n"), Path("q"), pack="p", trust="user")
    assert windows.sha256 == parse_query(GOOD, Path("q"), pack="p", trust="user").sha256


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
