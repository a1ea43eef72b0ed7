"""The answer of every shipped query repeats, whatever order the rows lie in.

Decisions rest on the digest of an answer: one that changes by itself looks like tampering.
"""

from __future__ import annotations

import datetime
import random
from functools import cache
from typing import Any

import pytest

from workbench.catalog.columns import Column
from workbench.catalog.tables import TABLES
from workbench.engine.fixture import FixtureStore
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import Parameter, SavedQuery
from workbench.playbooks.library import read_library
from workbench.playbooks.lint import empty_store
from workbench.resources import queries_dir

LIBRARY = read_library(queries_dir())
ANSWERS = [one for one in LIBRARY.queries.values() if one.kind in ("query", "page")]
# Of what tells the rows of a derived table apart there is one row each; extracts may repeat theirs.
KEYS = {
    "account_profile": "account_id", "account_habits": "account_id", "clusters": "cluster_id",
    "cluster_members": "account_id", "cluster_near": "account_id", "sources": "source_id",
    "cluster_evidence": "cluster_id family value", "cluster_components": "cluster_id axis name",
    "member_evidence": "cluster_id account_id family", "cluster_sources": "cluster_id source",
    "cluster_explanations": "cluster_id place", "cluster_lineage": "cluster_id older",
    "traits": "account_id family value", "trait_stats": "family value",
    "column_presence": "table_name column_name", "find_warnings": "code",
    "decisions": "account_id pending", "campaign_members": "account_id",
    "seen_patterns": "pattern family value",
}  # fmt: skip
# Few values of each kind, so that rows are equal in what they are sorted by.
WORDS = {
    "account_id": [f"a{n}" for n in range(16)], "cluster_id": ["c0", "c1"],
    "campaign_id": ["c0", "c1"], "older": ["c0", "c1"], "family": ["ip", "instrument", "phone"],
    "value": ["v0", "v1", "v2"], "verdict": ["flag", "clear"], "role": ["hub", "known_bad"],
    "source": ["network", "money"], "status": ["active", "banned"], "finding": ["supports"],
}  # fmt: skip
FIRST = datetime.datetime(2026, 5, 1)  # noqa: DTZ001 - times of a case are naive UTC


def _cell(column: Column, dice: random.Random) -> Any:
    if column.type == "VARCHAR":
        return dice.choice(WORDS.get(column.name, [f"{column.name} {n}" for n in range(3)]))
    if column.type == "TIMESTAMP":
        return (FIRST + datetime.timedelta(hours=dice.randrange(48))).isoformat(sep=" ")
    if column.type == "BOOLEAN":
        return dice.random() < 0.7
    if column.type == "DOUBLE":
        return dice.choice([0.1, 0.2, 0.3, 0.7, 2.1, 1.9])
    return dice.randrange(4)


@cache
def stores(seed: int) -> list[FixtureStore]:
    """The same rows twice, each time in another order."""
    dice = random.Random(seed)
    rows = {}
    for name, table in TABLES.items():
        some = [{one.name: _cell(one, dice) for one in table.columns} for _ in range(120)]
        keys = [tuple(row[part] for part in KEYS.get(name, "").split()) for row in some]
        rows[name] = [*dict(zip(keys, some, strict=True)).values()] if name in KEYS else some
    made = []
    for _ in range(2):
        store = empty_store()
        for name, some in rows.items():
            dice.shuffle(some)
            store.put(name, some)
        made.append(store)
    return made


def _value(parameter: Parameter) -> Any:
    known = {
        "account": "a0", "cluster": "c0", "account_list": WORDS["account_id"], "int": 1,
        "float": 0.1, "timestamp": FIRST.isoformat(sep=" "), "date": FIRST.isoformat(sep=" "),
    }  # fmt: skip
    if parameter.name in ("family", "campaign", "value", "values", "text", "exchange"):
        return {"family": "ip", "campaign": "c0", "value": "v0", "values": "v0,v1", "text": "v0",
                "exchange": "exchange_id 0"}[parameter.name]  # fmt: skip
    return known.get(parameter.type, "v0")


@pytest.mark.parametrize("seed", [8, 2, 3])
@pytest.mark.parametrize("query", ANSWERS, ids=lambda query: query.id)
def test_the_order_of_the_rows_changes_nothing(query: SavedQuery, seed: int) -> None:
    given = {
        one.name: one.min if one.min is not None and not one.required else _value(one)
        for one in query.params
        if one.required or one.min is not None
    }
    bound = bind(query, given, ExtractSpan(FIRST, FIRST + datetime.timedelta(days=2)))
    first, second = (store.rows(query.sql, bound) for store in stores(seed))
    assert first == second
