"""The editor's words: cut, coloured and completed as the engine would read them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.playbooks.trust import trust_made
from workbench.sql import editor_tokens, scopes
from workbench.tui.sql.completion import Knowledge, Suggestion, offer
from workbench.tui.sql.statement_service import learn

TEXT = "SELECT ';' AS a -- not; here\n;\n/* ; */ SELECT $$;$$, \"x;y\" FROM t WHERE a = $since;  "


def test_statements_are_cut_where_the_engine_cuts_them() -> None:
    found = [TEXT[start:end].strip() for start, end in editor_tokens.statements(TEXT)]
    parsed = [one.query.strip().rstrip(";").strip() for one in duckdb.extract_statements(TEXT)]
    assert len(found) == len(parsed) == 2
    assert found[0].startswith("SELECT ';'")
    assert found[1].endswith("$since")


@pytest.mark.parametrize(("offset", "number"), [(0, 0), (20, 0), (40, 1), (len(TEXT) - 1, 1)])
def test_the_statement_at_the_cursor(offset: int, number: int) -> None:
    start, end = editor_tokens.statement_at(TEXT, offset)
    assert TEXT[start:end].strip() == [
        TEXT[a:b].strip() for a, b in editor_tokens.statements(TEXT)
    ][number]  # fmt: skip


def test_parameters_and_tables_are_found() -> None:
    assert editor_tokens.parameters("$a '$b' $a $c -- $d") == ["a", "c"]
    read = editor_tokens.tables_of(
        "FROM exchanges AS e JOIN accounts a USING (x) LEFT JOIN t WHERE 1"
    )
    assert read == {"exchanges": "exchanges", "e": "exchanges", "accounts": "accounts",
                    "a": "accounts", "t": "t"}  # fmt: skip


@given(st.text("abSELECT '\"$;-/*\n1.é", max_size=60))
def test_no_statement_of_any_text_is_empty(text: str) -> None:
    for start, end in editor_tokens.statements(text):
        assert text[start:end].strip()


@pytest.mark.parametrize(
    ("sql", "row", "word"),
    [
        ("SELECT 1,\n  nowhere FROM range(3)", 1, "nowhere"),
        ("SELECT 1 FROM range(3) WHERE x.y = 2", 0, "x.y"),
        ("SELECT 1 +\n\n FROM FROM", 2, "FROM FROM"),
        ("SELECT " + "1 + " * 60 + "nowhere + 1", 0, "nowhere"),
    ],
)
def test_an_error_is_found_in_the_text(sql: str, row: int, word: str) -> None:
    with pytest.raises(duckdb.Error) as raised:
        duckdb.execute(sql)
    assert editor_tokens.error_place("no place", sql) is None
    route = editor_tokens.error_place(str(raised.value), sql)
    assert route is not None
    assert route.row == row
    line = sql.split("\n")[row]
    assert line[route.column :].startswith(word[:4]) or "FROM" in line


def knowledge() -> Knowledge:
    known = Knowledge()
    known.learn_tables(
        {"exchanges": [["account_id", "VARCHAR"], ["model", "VARCHAR"], ["ts", "TIMESTAMP"]],
         "accounts": [["account_id", "VARCHAR"], ["country", "VARCHAR"]]},
        {"exchanges.model": "which model answered"},
    )  # fmt: skip
    known.functions = [Suggestion("count", "(any)"), Suggestion("country_of", "")]
    known.parameters = [Suggestion("$since", "timestamp")]
    known.values = {("exchanges", "model"): ["m-1", "o'x"]}
    return known


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("SELECT mo", "model"), ("SELECT * FROM acc", "accounts"), ("SELECT e.", "account_id"),
        ("WHERE ts > $si", "$since"), ("WHERE model = '", "m-1"), ("SELECT coun", "count"),
        ("WHERE model IN ('m-1', 'o", "o'x"),
    ],
)  # fmt: skip
def test_what_is_offered_first(before: str, first: str) -> None:
    offered = offer(before, " FROM exchanges e", knowledge())
    assert offered.found[0].word == first


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("SELECT e.", " FROM exchanges e JOIN accounts a USING (account_id)",
         ["account_id", "model", "ts"]),
        ("SELECT a.", " FROM exchanges e, accounts AS a", ["account_id", "country"]),
        ("WITH busy AS (SELECT account_id, count(*) AS n FROM exchanges GROUP BY 1) SELECT b.",
         " FROM busy b", ["account_id", "n"]),
        ("SELECT s.", " FROM (SELECT *, 1 AS one FROM accounts) s",
         ["account_id", "country", "one"]),
        ("SELECT (SELECT max(e.ts) FROM exchanges e WHERE e.account_id = a.", ") FROM accounts a",
         ["account_id", "country"]),
        ("SELECT * FROM exchanges x WHERE EXISTS (SELECT 1 FROM accounts x WHERE x.", ")",
         ["account_id", "country"]),
        ("SELECT count(*) FILTER (WHERE e.", " FROM exchanges e", ["account_id", "model", "ts"]),
        ("SELECT e.", ", FROM exchanges e WHERE", ["account_id", "model", "ts"]),
        ("PIVOT exchanges ON exchanges.", "", ["account_id", "model", "ts"]),
        ("SUMMARIZE SELECT exchanges.", " FROM exchanges", ["account_id", "model", "ts"]),
        ("SELECT later.countr", "", ["country"]),
    ],
)  # fmt: skip
def test_columns_of_what_is_in_sight(before: str, after: str, words: list[str]) -> None:
    offered = offer(before, after, knowledge())
    assert [one.word for one in offered.found] == words


def test_a_long_statement_is_not_read_at_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "_scoped", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr("workbench.tui.sql.completion.closing", lambda _: pytest.fail("read"))
    long = "SELECT 1, " * (scopes.MAX_CHARACTERS // 10)
    offered = offer(f"{long} e.", " FROM exchanges e", knowledge())
    assert offered.found == ()


@given(
    st.text(alphabet="select from(),.*=a\"'$;with as\n-/[]{}|<0", max_size=60), st.integers(0, 60)
)
def test_any_text_at_all_is_completed_without_a_fault(text: str, at: int) -> None:
    offer(text[:at], text[at:], knowledge())


def test_meanings_and_values_are_offered_as_text() -> None:
    known = knowledge()
    meaning = offer("SELECT mod", " FROM exchanges", known).found[0].meaning
    assert meaning == "VARCHAR which model answered"
    quoted = offer("FROM exchanges WHERE model = 'o", "", known).found[0]
    assert quoted.inserted == "o''x'"
    assert offer("FROM accounts WHERE country = '", "", known).wants == ("accounts", "country")
    for open_text in ("SELECT 'mod", "SELECT E'mod"):
        assert offer(open_text, " FROM exchanges", known).found == ()


async def test_a_saved_query_is_offered_without_its_end(case: Path, opened: Opened) -> None:
    (case / "queries").mkdir(exist_ok=True)
    header = '/*+++\nid = "noted"\ntitle = "Noted"\n+++*/\n'
    (case / "queries" / "noted.sql").write_text(header + "SELECT 7 AS n; -- a note; of ours\n")
    trust_made(Case.open(case))
    async with opened(case) as driver:
        known = Knowledge()
        await learn(known, driver.bench.query_service, driver.bench.library)
        noted = next(one for one in known.queries if one.word == "noted")
        assert await driver.bench.query_service.small_rows(
            f"SELECT * FROM {noted.inserted}", {}
        ) == [[7]]
