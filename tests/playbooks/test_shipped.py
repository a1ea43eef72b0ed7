"""What is shipped is in order: every query, its tests on fixtures, every playbook."""

from __future__ import annotations

from pathlib import Path

from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.format import parse_query
from workbench.playbooks.library import read_library
from workbench.playbooks.lint import empty_store, lint
from workbench.playbooks.running import run_playbook, stops
from workbench.resources import queries_dir
from workbench.workers.host.check import check_library

LIBRARY = read_library([(queries_dir(), "pack")])
PACKS = {"triage", "money", "infrastructure", "behaviour", "content", "decisions"}


def test_every_query_is_in_order() -> None:
    findings, tested = check_library()
    assert findings == []
    assert tested


def test_there_is_enough_to_work_with() -> None:
    listed = LIBRARY.listed()
    assert len(listed) >= 15
    assert {query.pack for query in listed} >= PACKS
    assert len(LIBRARY.playbooks) >= 2


def findings(header: str, sql: str) -> str:
    text = f'/*+++\nid = "a-query"\ntitle = "T"\nquestion = "Q?"\n{header}\n+++*/\n{sql}'
    query = parse_query(text, Path("a-query.sql"), pack="p", trust="user")
    return " | ".join(lint(query, LIBRARY, empty_store()))


def test_linter_finds() -> None:
    benign = 'falsepositives = ["x"]'
    ids = "SELECT account_id FROM accounts"
    assert findings(benign, f"{ids} ORDER BY account_id") == ""
    assert "without ORDER BY" in findings(benign, ids)
    assert "would be refused" in findings(benign, "DROP TABLE accounts")
    assert "would be refused" in findings(benign, "SELECT * FROM read_csv('x')")
    assert "does not fit" in findings(benign, "SELECT nope FROM accounts ORDER BY 1")
    assert "SELECT *" in findings(benign, "SELECT * FROM accounts ORDER BY account_id")
    assert "another answer" in findings(benign, "SELECT now() AS t, count(*) AS n FROM accounts")
    assert "used but not declared" in findings(benign, f"{ids} WHERE plan = $plan ORDER BY 1")
    declared = f'{benign}\n[params.plan]\ntype = "text"'
    assert "declared but not used" in findings(declared, f"{ids} ORDER BY account_id")
    wrong = f'{benign}\n[columns.nope]\nentity = "ip"'
    assert "no column of its result" in findings(wrong, f"{ids} ORDER BY account_id")
    pivot = f'{benign}\n[[next]]\nquery = "no-such"\nlabel = "x"'
    assert "which is no query" in findings(pivot, f"{ids} ORDER BY account_id")
    assert "what else looks like this" in findings("", f"{ids} ORDER BY account_id")


def test_playbook_stops_and_collects() -> None:
    book = LIBRARY.playbook("one-campaign")
    asked: list[str] = []

    def ask(query: object, values: object) -> tuple[list[str], list[list[object]], bool]:
        asked.append(getattr(query, "id"))  # noqa: B009 - any object with an id
        return ["account_id", "cluster_id"], [["a", "c"], ["b", "c"]], False

    ran = list(run_playbook(book, LIBRARY, {"cluster": "c"}, ExtractSpan(), ask))
    assert asked == [step.query for step in book.steps]
    assert ran[-1].marked == {"account_id": ["a", "b"]}

    def nothing(query: object, values: object) -> tuple[list[str], list[list[object]], bool]:
        return [], [], False

    assert len(list(run_playbook(book, LIBRARY, {"cluster": "c"}, ExtractSpan(), nothing))) == 1


def test_stop_rules() -> None:
    assert stops("rows = 0", 0)
    assert not stops("rows > 10", 10)
    assert not stops("", 5)
