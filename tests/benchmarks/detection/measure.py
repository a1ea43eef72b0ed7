"""What an answer is worth: precision, recall, benign clusters called, ranking, wholeness."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Marks:
    """Shares 0..1; `benign` counts clusters called although most members are honest."""

    precision: float
    recall: float
    recall_4: float
    benign: int
    ranking: float
    whole: float
    least_whole: float


def mark(answer: pl.DataFrame, truth: pl.DataFrame, near: pl.DataFrame | None = None) -> Marks:
    """Mark an answer (account_id, cluster_id, cluster_score, member_score, campaign_like).

    Only the ranking hears of accounts `near` a cluster (account_id, cluster_score, likeness).
    """
    joined = truth.join(answer, on="account_id", how="left").with_columns(
        pl.col("campaign_like").fill_null(False),
        rank=pl.col("cluster_score").fill_null(0.0) + 1e-3 * pl.col("member_score").fill_null(0.0),
    )
    if near is not None:
        close = near.select("account_id", close=pl.col("cluster_score") * pl.col("likeness"))
        joined = joined.join(close, on="account_id", how="left").with_columns(
            rank=pl.max_horizontal("rank", pl.col("close").fill_null(0.0))
        )
    called = joined.filter("campaign_like")
    careless = joined.filter(pl.col("is_campaign") & (pl.col("level") < 4))
    slow = joined.filter(pl.col("is_campaign") & (pl.col("level") == 4))
    shares = called.group_by("cluster_id").agg(pl.col("is_campaign").mean())
    whole = _wholeness(joined.filter("is_campaign"))
    return Marks(
        precision=_share(called["is_campaign"]),
        recall=_share(careless["campaign_like"]),
        recall_4=_share(slow["campaign_like"]),
        benign=shares.filter(pl.col("is_campaign") < 0.5).height,
        ranking=_average_precision(joined),
        whole=sum(whole) / max(len(whole), 1),
        least_whole=min(whole, default=1.0),
    )


def _share(flags: pl.Series) -> float:
    return sum(flags.to_list()) / len(flags) if len(flags) else 1.0


def _average_precision(joined: pl.DataFrame) -> float:
    """Over accounts ranked by score; ties are worth their average."""
    levels = (
        joined.group_by("rank")
        .agg(n=pl.len(), hits=pl.col("is_campaign").sum())
        .sort("rank", descending=True)
        .with_columns(precision=pl.col("hits").cum_sum() / pl.col("n").cum_sum())
    )
    total = joined.filter("is_campaign").height
    gained: float = sum((levels["precision"] * levels["hits"]).to_list())
    return gained / total if total else 1.0


def _wholeness(members: pl.DataFrame) -> list[float]:
    """Share of each campaign that sits in one cluster, levels 0 to 3."""
    shares: list[float] = []
    careless = members.filter(pl.col("level") < 4)
    for _, group in careless.group_by("group_id", maintain_order=True):
        counts = group.drop_nulls("cluster_id").group_by("cluster_id").len()["len"].to_list()
        shares.append(max(counts, default=0) / len(group))
    return shares


def faults(answer: pl.DataFrame, truth: pl.DataFrame, clusters: pl.DataFrame) -> list[str]:
    """A line for each campaign that is not whole and each honest group that is suspected."""
    joined = truth.join(answer, on="account_id", how="left").join(
        clusters, on="cluster_id", how="left"
    )
    lines: list[str] = []
    for (group,), rows in joined.drop_nulls("group_id").group_by("group_id", maintain_order=True):
        first = rows.row(0, named=True)
        parts = rows.group_by("cluster_id").agg(pl.len().alias("n"), pl.col("score").first(),
            pl.col("campaign_like").first(), pl.col("kind_right").first(),
            pl.col("families").first()).sort("n", descending=True)  # fmt: skip
        called = rows["campaign_like"].fill_null(False).sum()
        text = "; ".join(
            f"{p['cluster_id']} {p['n']} {p['score'] or 0:.2f} {p['kind_right']} ({p['families']})"
            for p in parts.head(4).to_dicts()
        )
        whole = parts["n"][0] / len(rows) if parts["cluster_id"][0] else 0.0
        if first["is_campaign"] and (whole < 0.95 or called < 0.95 * len(rows)):
            lines.append(f"    {group} level {first['level']} of {len(rows)}: {text}")
        elif not first["is_campaign"] and (called or parts.filter(pl.col("score") > 0.3).height):
            lines.append(f"    HONEST {group} of {len(rows)}, called {called}: {text}")
    strangers = joined.filter(pl.col("group_id").is_null() & pl.col("campaign_like"))
    return [*lines, f"    singles called: {len(strangers)}"]
