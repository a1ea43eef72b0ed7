"""What the engine advises to set or install cannot be done here, and is not passed on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench.case.store_parts import StoreParts
from workbench.engine.advice import sentence_here
from workbench.engine.session import Session, SessionLimits, engine_errors
from workbench.errors import QueryFailed

_FORBIDDEN = re.compile(r"\b(SET|PRAGMA|INSTALL|LOAD)\b")


@pytest.mark.parametrize(
    ("sql", "hint"),
    [("SELECT (SELECT * FROM range(3))", "max(…)"),
     ("SELECT n FROM exchanges ORDER BY 'a'", "number"),
     ("SELECT list_transform([1], x -> x + 1)", "lambda x")],
)  # fmt: skip
def test_an_error_says_what_can_be_done_here(
    store: Path, tmp_path: Path, sql: str, hint: str
) -> None:
    session = Session(StoreParts.of(store), tmp_path, SessionLimits())
    try:
        inspection = session.inspect(sql)
        with session.cursor() as cursor, pytest.raises(QueryFailed) as failed, engine_errors():
            session.relation(cursor, inspection, {}).fetchall()
    finally:
        session.close()
    assert not _FORBIDDEN.search(failed.value.message)
    assert hint in failed.value.hint


@pytest.mark.parametrize(
    "text",
    ["Pivot column limit of 3 exceeded. Use SET pivot_limit=X to increase the limit.",
     "Out of space.\n\nYou can adjust this setting, by using (for example) PRAGMA "
     "max_temp_directory_size='10GiB'",
     "Division by zero in expression x. Use TRY(...) to return NULL for this expression, or SET "
     "error_on_division_by_zero=false to return NULL for all divisions by zero.",
     "Catalog Error: not there.\n\nPlease try installing and loading the spatial extension:\n"
     "INSTALL spatial;\nLOAD spatial;\n\n",
     "Failed, or use 'SET disable_parquet_prefetching=true'."],
)  # fmt: skip
def test_no_advice_to_set_is_left(text: str) -> None:
    said, hint = sentence_here(text)
    assert not _FORBIDDEN.search(said)
    assert said
    assert hint


@pytest.mark.parametrize(
    "text",
    ['Parser Error: syntax error at or near "SET"\n\nLINE 1: select SET x = 3\n        ^',
     "Binder Error: no column “x”\n\nLINE 1: SELECT x -- SET a = 1\n               ^", "plain", ""],
)  # fmt: skip
def test_other_errors_stay_as_they_are(text: str) -> None:
    assert sentence_here(text) == (text, "")
