"""What is shipped is in order: every query, its tests on fixtures, every playbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.format import LEVELS, parse_query
from workbench.playbooks.library import read_library
from workbench.playbooks.lint import empty_store, lint
from workbench.playbooks.running import run_playbook, stops
from workbench.resources import queries_dir
from workbench.workers.host.check import check_library

LIBRARY = read_library(queries_dir())
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


def findings(header: str, sql: str, trust: str = "own") -> str:
    text = f'/*+++\nid = "a-query"\ntitle = "T"\nquestion = "Q?"\n{header}\n+++*/\n{sql}'
    query = parse_query(text, Path("a-query.sql"), pack="p", trust=trust)
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
    trait = (
        "SELECT account_id, plan AS value, 1 AS n, created_at AS first_ts, created_at AS last_ts"
    )
    family = 'kind = "trait"\nfamily = "plan"'
    assert "who else shares such values" in findings(family, f"{trait} FROM accounts")
    assert findings(f"{family}\n{benign}", f"{trait} FROM accounts") == ""


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_held_against_somebody_has_references(level: str) -> None:
    header = f'level = "{level}"\nfalsepositives = ["x"]'
    asks = "needs references" in findings(header, "SELECT 1 AS n ORDER BY n", trust="shipped")
    assert asks == (level in ("medium", "high", "critical"))
    named = f'{header}\nreferences = ["OWASP OAT-019 Account Creation"]'
    assert findings(named, "SELECT 1 AS n ORDER BY n", trust="shipped") == ""
    assert findings(header, "SELECT 1 AS n ORDER BY n", trust="own") == ""


# Frameworks by how they number: an id stands with one name everywhere.
_NUMBERED = re.compile(
    r"(?P<id>MITRE ATT&CK T\d{4}(\.\d{3})?|MITRE ATLAS AML\.(T\d{4}(\.\d{3})?|M\d{4}|CS\d{4})"
    r"|OWASP OAT-0\d\d) (?P<name>[A-Z].*)"
)
_PAPER = re.compile(r"[A-Z][a-z]+( et al\.)? \d{4}, [A-Z].*")


def test_a_reference_is_a_number_with_its_name_or_a_paper() -> None:
    names: dict[str, str] = {}
    for query in LIBRARY.queries.values():
        assert len(set(query.references)) == len(query.references)
        for reference in query.references:
            numbered = _NUMBERED.fullmatch(reference)
            assert numbered or _PAPER.fullmatch(reference), f"{query.id}: {reference}"
            if numbered:
                assert names.setdefault(numbered["id"], numbered["name"]) == numbered["name"]
    assert len(names) >= 10


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
