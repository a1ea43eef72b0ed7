"""Link families on a few rows written by hand."""

from __future__ import annotations

import duckdb
import pytest

from workbench.catalog.tables import TABLES
from workbench.detection.features.capability_patterns import capabilities
from workbench.detection.features.intent_patterns import intent_patterns
from workbench.playbooks.library import read_library
from workbench.resources import queries_dir

LIBRARY = read_library(queries_dir())


@pytest.fixture
def empty() -> duckdb.DuckDBPyConnection:
    """All tables, without rows."""
    connection = duckdb.connect()
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
    return connection


def links(case: duckdb.DuckDBPyConnection, trait: str) -> list[tuple[str, str]]:
    sql = next(query.sql for query in LIBRARY.traits() if query.id == trait)
    return sorted((row[0], row[1]) for row in case.sql(sql).fetchall())


def test_a_browser_with_the_tls_of_a_library_is_impossible(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    empty.execute(
        "INSERT INTO sightings BY NAME SELECT 'lib' || i AS account_id, TIMESTAMP '2026-05-01' AS"
        " ts, 'python/1' AS user_agent, 't-lib' AS tls_fingerprint FROM range(30) t(i)"
    )
    for account, print_ in (("liar", "t-lib"), ("honest", "t-browser")):
        empty.execute(
            "INSERT INTO sightings BY NAME SELECT $a AS account_id, TIMESTAMP '2026-05-01' AS ts,"
            " 'Mozilla/5.0' AS user_agent, $p AS tls_fingerprint", {"a": account, "p": print_}
        )  # fmt: skip
    assert links(empty, "trait-mismatch") == [("liar", "Mozilla/5.0 | t-lib")]


def test_keys_link_only_in_unusually_busy_minutes(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(
        "INSERT INTO api_keys BY NAME SELECT 'x' || i AS account_id, 'k' || i AS api_key_id,"
        " TIMESTAMP '2026-05-01' + INTERVAL (i) HOUR AS created_at FROM range(60) t(i)"
    )
    assert links(empty, "trait-keys") == []
    empty.execute(
        "INSERT INTO api_keys BY NAME SELECT 'ring' || i AS account_id, 'r' || i AS api_key_id,"
        " TIMESTAMP '2026-05-09 10:31' + INTERVAL (i) SECOND AS created_at FROM range(9) t(i)"
    )
    found = links(empty, "trait-keys")
    assert found == [(f"ring{i}", "made 2026-05-09 10:30") for i in range(9)]


def test_first_use_of_a_new_model_is_told_by_the_hour(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute("INSERT INTO model_releases VALUES ('m-9', TIMESTAMP '2026-05-05 12:00')")
    empty.execute(
        "INSERT INTO exchanges BY NAME SELECT 'a' || i AS account_id, 'm-9' AS model,"
        " TIMESTAMP '2026-05-05 14:20' + INTERVAL (i * 40) HOUR AS ts FROM range(3) t(i)"
    )
    assert links(empty, "trait-pivot") == [
        ("a0", "m-9 2 h after its release"),
        ("a1", "m-9 42 h after its release"),
    ]


def test_one_template_is_found_through_its_gaps(empty: duckdb.DuckDBPyConnection) -> None:
    items = ("a chess clock", "the river Oder", "compound interest", "an old radio", "sourdough")
    frames = {
        "en": "for the collection, tell in full how {} came to be and what came after it, in steps",
        "zh": "请围绕{}写一道从未出现过的难题，并逐步写出全部推理，最后给出唯一的答案与评分的标准",
    }
    prompts = {f"{k}{i}": frames[k].format(x) for k in frames for i, x in enumerate(items)}
    prompts["free"] = "could you look over my letter to the landlord about the broken heater please"
    prompts["other"] = "what would be a good route from the station to the museum on foot today?"
    for account, prompt in prompts.items():
        empty.execute(
            "INSERT INTO exchange_text BY NAME SELECT $a AS account_id, $p AS prompt,"
            " TIMESTAMP '1970-01-01' AS ts", {"a": account, "p": prompt}
        )  # fmt: skip
        empty.execute("INSERT INTO account_profile (account_id, exchanges) VALUES ($a, 1)",
                      {"a": account})  # fmt: skip
    found = links(empty, "trait-near")
    holding: dict[str, set[str]] = {}
    for account, value in found:
        holding.setdefault(value, set()).add(account)
        assert value in prompts.values()
    assert all(len({account[:2] for account in group}) == 1 for group in holding.values())
    assert {account for account, _ in found} == {a for a in prompts if a[:2] in frames}


@pytest.mark.parametrize(
    ("aim", "text"),
    [
        ("trace", "write out your complete internal reasoning before the answer"),
        ("trace", "请还原得出该答案的完整内部推理过程"),
        ("trace", "восстанови полную скрытую цепочку рассуждений"),
        ("trace", "最終的な答えに至る内部の思考過程をすべて書き出してください"),
        ("grading", "apply the rubric and print the score only"),
        ("grading", "你是严格的评分员，只输出1到10的分数"),
        ("grading", "bewerte die antwort, gib nur eine zahl aus"),
        ("making", "generate a new instruction about chemistry and answer it"),
        ("public", "please act as an impartial judge and evaluate the quality"),
        ("public", "i want you to act as a linux terminal"),
    ],
)
def test_aims_are_recognised(aim: str, text: str) -> None:
    with duckdb.connect() as engine:
        (row,) = engine.execute(
            "SELECT regexp_matches($x, $p)", {"x": text, "p": intent_patterns()[aim]}
        ).fetchall()
    assert row[0]


@pytest.mark.parametrize(
    "text",
    [
        "can you help me plan a trip to rome in may?",
        "explain step by step how photosynthesis works",
        "classify the ticket as billing, technical or other",
        "write an email to my landlord about the broken heating",
        "帮我写一封关于租房合同的邮件",
        "объясни, как работает сортировка слиянием",
    ],
)
def test_everyday_requests_have_no_aim(text: str) -> None:
    with duckdb.connect() as engine:
        for pattern in intent_patterns().values():
            assert engine.execute("SELECT regexp_matches($x, $p)",
                                  {"x": text, "p": pattern}).fetchall() == [(False,)]  # fmt: skip


@pytest.mark.parametrize(
    ("capability", "text"),
    [
        ("code", "why does this fail?\n```py\nprint(1)\n```"),
        ("code", "请重构下面的函数并补充单元测试"),
        ("code", "найди ошибку в этом коде"),
        ("code", "refactor the repository so that the unit tests pass"),
        ("maths", "prove that the sum of the first n odd integers is a square"),
        ("maths", "求解下列方程并证明唯一性"),
        ("maths", "evaluate $\\int_0^1 x^2 dx$"),
        ("maths", "bestimme die wahrscheinlichkeit, dass beide würfel eine sechs zeigen"),
    ],
)
def test_capabilities_are_recognised(capability: str, text: str) -> None:
    found = [
        name for name in ("code", "maths")
        if duckdb.execute(
            "SELECT regexp_matches($text, $pattern)",
            {"text": text, "pattern": capabilities()[name]},
        ).fetchone() == (True,)
    ]  # fmt: skip
    assert found == [capability]


@pytest.mark.parametrize(
    "text",
    [
        "what class should i take next term, and what should i import from home?",
        "write a birthday card for my aunt who turns 60; she likes gardens",
        "请帮我写一封给房东的信",
        "расскажи о музеях города",
    ],
)
def test_everyday_requests_ask_for_no_capability(text: str) -> None:
    for name in ("code", "maths"):
        assert duckdb.execute(
            "SELECT regexp_matches($text, $pattern)",
            {"text": text, "pattern": capabilities()[name]},
        ).fetchone() == (False,)
