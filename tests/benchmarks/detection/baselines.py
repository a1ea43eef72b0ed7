"""Two published methods on the same data, each with the threshold that its authors give.

Components: accounts that share a payment instrument, device or address that at most 20 accounts
hold; components of at least 20 accounts are called. Co-action: TF-IDF vectors over addresses,
cosine similarity, the strongest 0.5 % of pairs kept (Pacheco et al., Uncovering Coordinated
Networks on Social Media, ICWSM 2021); components of at least 5 accounts are called.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import igraph
import polars as pl

_LINKS = """
SELECT t.account_id, t.family || ' ' || t.value AS value
FROM traits AS t JOIN trait_stats AS s ON s.family = t.family AND s.value = t.value
WHERE t.family IN ('instrument', 'device', 'ip') AND s.accounts BETWEEN 2 AND 20
"""
_COSINE = """
WITH w AS (
    SELECT t.account_id, t.value, (1 + ln(t.n)) * s.rarity AS w
    FROM traits AS t JOIN trait_stats AS s ON s.family = t.family AND s.value = t.value
    WHERE t.family = 'ip' AND s.accounts BETWEEN 2 AND 500
), norms AS (SELECT account_id, sqrt(sum(w * w)) AS norm FROM w GROUP BY account_id),
pairs AS (
    SELECT x.account_id AS a, y.account_id AS b, sum(x.w * y.w) AS dot
    FROM w AS x JOIN w AS y ON y.value = x.value AND x.account_id < y.account_id
    GROUP BY x.account_id, y.account_id
), cosines AS (
    SELECT a, b, dot / (n.norm * m.norm) AS cosine
    FROM pairs JOIN norms AS n ON n.account_id = a JOIN norms AS m ON m.account_id = b
)
SELECT a, b FROM cosines
QUALIFY cosine >= quantile_cont(cosine, 0.995) OVER ()
"""


def components(store: Path) -> pl.DataFrame:
    """Shared-value components with a degree cap, in the form of an answer."""
    with duckdb.connect(str(store), read_only=True) as case:
        return answer(case.sql(_LINKS).fetchall(), 20)


def co_action(store: Path) -> pl.DataFrame:
    """The TF-IDF cosine network, in the form of an answer."""
    with duckdb.connect(str(store), read_only=True) as case:
        return answer(case.sql(_COSINE).fetchall(), 5)


def answer(edges: list[tuple[str, str]], smallest: int) -> pl.DataFrame:
    """Connected components as clusters, called from a size on; scores rise with the size."""
    names = sorted({name for edge in edges for name in edge})
    place = {name: number for number, name in enumerate(names)}
    graph = igraph.Graph(len(names), [(place[a], place[b]) for a, b in edges])
    rows = []
    for number, nodes in enumerate(graph.connected_components()):
        accounts = [names[node] for node in nodes if " " not in names[node]]
        score = min(len(accounts) / 1000.0, 1.0)
        for account in accounts:
            rows.append((account, str(number), score, 0.0, len(accounts) >= smallest))
    schema = {
        "account_id": pl.String, "cluster_id": pl.String, "cluster_score": pl.Float64,
        "member_score": pl.Float64, "campaign_like": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
