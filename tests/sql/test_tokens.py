"""A statement is cut as the engine's own tokens cut it, whatever stands in it and behind it."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.sql.tokens import numbered, tokens, without_end

VALUES = (
    "'a;'", "'it''s; --'", "'a\\'", r"E'it\'; -- '", r"e'\\'", "$$a; --$$", "$é$;$$; $é$",
    '1 AS "b;--"', '1 AS "a""; "', "1 AS a$b$c", "1 AS é$x$", "x'41'", "1.5e3", "$one", "(1)",
)  # fmt: skip
GAPS = (" ", "\n", "/* ; */", "/* a /* ; -- */ ; */", "-- it's; \n", "-- /* \r", "\t")
ENDS = (*GAPS, ";", "-- note", "/* ; é */", "\u00a0")


def cut_by_the_engine(sql: str) -> str:
    text, end = sql.encode(), len(sql.encode())
    for offset, kind in reversed(duckdb.tokenize(sql)):  # offsets are of bytes
        if text[offset : offset + 1] == b";":
            end = offset
        elif kind != duckdb.token_type.comment and text[offset : offset + 2] != "\u00a0".encode():
            break
    return text[:end].decode()


@given(
    st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(GAPS)), min_size=1, max_size=5),
    st.lists(st.sampled_from(ENDS), max_size=5),
)
def test_a_statement_loses_its_end_where_the_engine_sees_it(
    parts: list[tuple[str, str]], ends: list[str]
) -> None:
    body = "SELECT " + ", ".join(gap + value for value, gap in parts)
    sql = body + "".join(ends)
    cut = without_end(sql)
    assert cut == cut_by_the_engine(sql)
    assert sql.startswith(cut)
    assert cut.startswith(body)


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1; )", "SELECT 'a; --", "-- only"])
def test_what_is_not_one_whole_statement_is_left_for_the_engine_to_refuse(sql: str) -> None:
    assert without_end(sql) == sql


@given(st.text("abSELECT '\"$;-/*\n1.é\\", max_size=60))
def test_any_text_is_tokenised_in_order(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        at = token.end


@given(st.lists(st.sampled_from((*VALUES, *GAPS, "?", "?", "'?'", '"?"', "/* ? */", "-- ?\n"))))
def test_places_are_numbered_where_the_engine_sees_them(parts: list[str]) -> None:
    sql = " ".join(parts)
    counted, numbers = iter(range(1, len(parts) + 1)), []
    for part in parts:
        numbers.append(f"${next(counted)}" if part == "?" else part)
    # Within an open comment or text there are no places; the parts above leave none open.
    if "-- /* \r" not in parts:
        assert numbered(sql) == " ".join(numbers)
    assert numbered(numbered(sql)) == numbered(sql)


def test_a_numbered_statement_takes_its_values_by_name() -> None:
    sql = numbered("SELECT ? + 1 AS a, '?' AS b, ? AS c -- ?")
    assert duckdb.execute(sql, {"1": 4, "2": "x"}).fetchall() == [(5, "?", "x")]
