"""Every number on a card comes out again from the saved query that the card names."""

from __future__ import annotations

import duckdb
import pytest

from workbench.detection.graph.links import TIES
from workbench.playbooks.library import read_library
from workbench.resources import queries_dir

LIBRARY = read_library(queries_dir())


def run(case: duckdb.DuckDBPyConnection, name: str, **values: str) -> list[dict[str, object]]:
    cursor = case.execute(LIBRARY.query(name).sql, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_values_come_out_again(case: duckdb.DuckDBPyConnection) -> None:
    rows = case.sql(
        "SELECT e.cluster_id, family, value, members, outsiders, e.accounts, rarity, surprise,"
        " query FROM cluster_evidence AS e JOIN clusters AS c USING (cluster_id)"
        " WHERE c.campaign_like ORDER BY ALL"
    ).fetchall()
    assert len(rows) > 50
    for cluster, family, value, *numbers, query in rows:
        (again,) = run(case, query, cluster=cluster, family=family, value=value)
        found = [again[n] for n in ("members", "outsiders", "accounts", "rarity", "surprise")]
        assert found == pytest.approx(numbers, abs=2e-6)


FIGURES = {
    "even volumes": "rate_spread", "even answers": "output_spread",
    "even requests": "input_spread", "one turn": "one_turn", "verified holders": "verified",
    "aims": "aim_share", "new model at once": "release_share", "made together": "made_together",
    "firms of their own": "own_domain", "well-known wording": "public_share",
    "long answers": "log_output", "uneven volumes": "rate_tail", "working days": "weekend_share",
    "older than the extract": "lived_before",
}  # fmt: skip


def test_components_come_out_again(case: duckdb.DuckDBPyConnection) -> None:
    rows = case.sql(
        "SELECT cluster_id, name, value, population, query FROM cluster_components"
        " WHERE value IS NOT NULL ORDER BY cluster_id, name"
    ).fetchall()
    tested = 0
    for cluster, name, value, usual, query in rows:
        answer = run(case, query, cluster=cluster)
        if name in FIGURES:
            sides = {row["who"]: row[FIGURES[name]] for row in answer}
            assert (sides["members"], sides["the case"]) == pytest.approx((value, usual), abs=2e-6)
            tested += 1
        elif name == "capability targeting":
            rows_of = {row["who"]: row for row in answer}
            pairs = [
                [float(str(rows_of[who][share] or 0)) for who in ("members", "the case")]
                for share in ("tool_share", "code_share", "maths_share", "long_share")
            ]
            pairs.sort(key=lambda pair: pair[0] - pair[1])
            assert pairs[-1] == pytest.approx([value, usual], abs=2e-6)
            tested += 1
        elif query == "evidence-sources":
            words = {
                "one rhythm": "rhythm", "template reuse": "content", "shared payment": "money",
                "shared device": "machine", "shared sign-up": "signup", "shared API keys": "keys",
                "shared wording": "content", "shared private prompt": "private",
                "shared e-mail": "mail",
            }  # fmt: skip
            source = words.get(name, name.removeprefix("shared "))
            means = {row["source"]: float(str(row["mean_llr"])) for row in answer}
            if name == "hidden ties":
                mean = max([0.0, *(means[tie] for tie in means.keys() & {"rhythm", *TIES})])
            else:
                mean = means.get(source, 0.0)
            assert mean == pytest.approx(value, abs=1e-4)
            tested += 1
        elif name == "one telephone":
            assert sum(row["share"] for row in answer) == pytest.approx(value, abs=2e-6)  # type: ignore[misc]
            tested += 1
        elif name == "replaced after bans":
            assert (answer[0]["replaced"], answer[0]["usual"]) == pytest.approx(
                (value, usual), abs=2e-6
            )
            tested += 1
        elif name == "common texts":
            shares = [row["share_of_prompts"] for row in answer if row["common"]]
            assert sum(shares) == pytest.approx(value, abs=2e-6)  # type: ignore[arg-type]
            tested += 1
    assert tested > 100


def test_no_card_is_crowded(case: duckdb.DuckDBPyConnection) -> None:
    counts = "SELECT count(*) FROM cluster_evidence GROUP BY cluster_id, family"
    assert max(row[0] for row in case.sql(counts).fetchall()) <= 10


def test_what_is_left_without_a_source_comes_out_again(case: duckdb.DuckDBPyConnection) -> None:
    rows = case.sql(
        "SELECT s.cluster_id, s.source, s.mean_llr, s.support, s.remaining, s.query"
        " FROM cluster_sources AS s JOIN clusters AS c USING (cluster_id)"
        " WHERE s.mean_llr > 0.05 ORDER BY ALL"
    ).fetchall()
    assert len(rows) > 100
    for cluster, source, mean, support, remaining, query in rows:
        (again,) = [row for row in run(case, query, cluster=cluster) if row["source"] == source]
        assert again["mean_llr"] == pytest.approx(mean, abs=1e-4)
        assert (again["support"], again["remaining"]) == (support, remaining)


def test_nine_explanations_are_tried_and_a_campaign_fits_none(
    case: duckdb.DuckDBPyConnection,
) -> None:
    rows = case.sql(
        "SELECT c.campaign_like, count(*), count(*) FILTER (WHERE e.result = 'fits'),"
        " count(*) FILTER (WHERE e.result = 'not tested')"
        " FROM cluster_explanations AS e JOIN clusters AS c USING (cluster_id)"
        " GROUP BY c.cluster_id, c.campaign_like"
    ).fetchall()
    assert {row[1] for row in rows} == {9}
    assert all(row[2] == 0 for row in rows if row[0])
    assert sum(row[2] for row in rows if not row[0]) > 0
    assert all(row[3] <= 2 for row in rows)
