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


def mark(answer: pl.DataFrame, truth: pl.DataFrame) -> Marks:
    """Mark an answer (account_id, cluster_id, cluster_score, member_score, campaign_like)."""
    joined = truth.join(answer, on="account_id", how="left").with_columns(
        pl.col("campaign_like").fill_null(False),
        rank=pl.col("cluster_score").fill_null(0.0) + 1e-3 * pl.col("member_score").fill_null(0.0),
    )
    called = joined.filter("campaign_like")
    careless = joined.filter(pl.col("is_campaign") & (pl.col("level") < 4))
    slow = joined.filter(pl.col("is_campaign") & (pl.col("level") == 4))
    shares = called.group_by("cluster_id").agg(pl.col("is_campaign").mean())
    return Marks(
        precision=_share(called["is_campaign"]),
        recall=_share(careless["campaign_like"]),
        recall_4=_share(slow["campaign_like"]),
        benign=shares.filter(pl.col("is_campaign") < 0.5).height,
        ranking=_average_precision(joined),
        whole=_wholeness(joined.filter("is_campaign")),
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


def _wholeness(members: pl.DataFrame) -> float:
    """Mean share of a campaign that sits in one cluster, by campaign, levels 0 to 3."""
    shares: list[float] = []
    careless = members.filter(pl.col("level") < 4)
    for _, group in careless.group_by("group_id", maintain_order=True):
        counts = group.drop_nulls("cluster_id").group_by("cluster_id").len()["len"].to_list()
        shares.append(max(counts, default=0) / len(group))
    return sum(shares) / max(len(shares), 1)
