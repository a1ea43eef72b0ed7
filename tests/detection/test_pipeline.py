"""The sample's campaigns are found whole, ranked first and explained; nothing else is called."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.detection.conftest import analysed_copy
from workbench.catalog.tables import DERIVED
from workbench.engine.parts import open_parts

MEMBERS = "SELECT account_id, cluster_id, campaign_like, member_score FROM cluster_members"


def frame(case: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    return pl.DataFrame(case.sql(sql))


def test_three_campaigns_whole_and_first(
    case: duckdb.DuckDBPyConnection, truth: pl.DataFrame
) -> None:
    called = frame(case, f"{MEMBERS} WHERE campaign_like").join(truth, on="account_id")
    assert called["is_campaign"].mean() >= 0.98  # type: ignore[operator]
    assert called.filter("is_campaign").height >= 0.95 * truth.filter("is_campaign").height
    for _, group in truth.filter("is_campaign").group_by("group_id"):
        found = group.join(called, on="account_id")["cluster_id"].value_counts()
        assert found["count"].max() >= 0.95 * len(group)  # type: ignore[operator]
    ranked = frame(case, "SELECT campaign_like FROM clusters ORDER BY score DESC")
    assert ranked["campaign_like"].to_list()[:3] == [True] * 3
    assert ranked["campaign_like"].sum() == 3


def test_an_account_is_in_one_cluster(case: duckdb.DuckDBPyConnection) -> None:
    twice = "SELECT account_id FROM cluster_members GROUP BY account_id HAVING count(*) > 1"
    assert case.sql(twice).fetchall() == []
    sizes = """SELECT c.cluster_id FROM clusters AS c LEFT JOIN cluster_members AS m
               USING (cluster_id) GROUP BY c.cluster_id, c.accounts HAVING count(*) <> c.accounts"""
    assert case.sql(sizes).fetchall() == []
    assert case.sql("SELECT min(score) >= 0 AND max(score) <= 1 FROM clusters").fetchall()[0][0]


@pytest.mark.parametrize(
    "name",
    ["traits", "trait_stats", "clusters", "cluster_members", "cluster_evidence",
     "member_evidence", "cluster_components", "find_warnings", "account_habits",
     "cluster_sources", "cluster_explanations", "cluster_lineage", "cluster_near"],
)  # fmt: skip
def test_tables_are_as_documented(case: duckdb.DuckDBPyConnection, name: str) -> None:
    found = [(row[0], row[1]) for row in case.sql(f"DESCRIBE {name}").fetchall()]
    assert found == [(column.name, column.type) for column in DERIVED[name].columns]


def test_same_answer_again_and_countries_do_not_matter(
    case: duckdb.DuckDBPyConnection, loaded_store: Path, tmp_path: Path
) -> None:
    moved = analysed_copy(
        loaded_store,
        tmp_path,
        "UPDATE accounts SET country = md5(account_id)[1:2];"
        "UPDATE sightings SET country = md5(account_id)[3:4];"
        "UPDATE payments SET issuer_country = md5(account_id)[5:6]",
    )
    with open_parts(moved) as other:
        for sql in (
            f"{MEMBERS} ORDER BY account_id",
            "SELECT cluster_id, score, coordination, extraction FROM clusters ORDER BY cluster_id",
        ):
            assert case.sql(sql).fetchall() == other.sql(sql).fetchall()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM payments",
        "UPDATE exchange_rows SET prompt = NULL, prompt_head = NULL, prompt_tail = NULL,"
        " prompt_hash = NULL",
        "DELETE FROM exchange_rows; UPDATE account_profile SET exchanges = 0",
    ],
    ids=["no payments", "no prompts", "no exchanges"],
)
def test_missing_data_never_makes_it_call_the_innocent(
    change: str, loaded_store: Path, tmp_path: Path, truth: pl.DataFrame
) -> None:
    store = analysed_copy(loaded_store, tmp_path, change)
    with open_parts(store) as case:
        called = frame(case, f"{MEMBERS} WHERE campaign_like").join(truth, on="account_id")
        assert case.sql("SELECT count(*) FROM clusters").fetchall()[0][0] > 0
    assert len(called) == 0 or called["is_campaign"].mean() >= 0.95  # type: ignore[operator]


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_hardly_any_accounts(keep: int, loaded_store: Path, tmp_path: Path) -> None:
    keeping = f"(SELECT account_id FROM accounts ORDER BY account_id LIMIT {keep})"
    tables = ("exchange_rows", "payments", "sightings", "account_profile", "api_keys")
    change = "; ".join(f"DELETE FROM {t} WHERE account_id NOT IN {keeping}" for t in tables)
    store = analysed_copy(loaded_store, tmp_path, f"{change}; DELETE FROM accounts "
                          f"WHERE account_id NOT IN {keeping}")  # fmt: skip
    with open_parts(store) as case:
        assert case.sql("SELECT count(*) FROM clusters").fetchall() == [(0,)]
