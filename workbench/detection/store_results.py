"""Writes clusters, members, evidence and components into the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from workbench.catalog.headings import words_of
from workbench.detection.clustering.find import Found
from workbench.detection.features.cluster_features import Figures
from workbench.detection.graph.links import Links
from workbench.detection.likelihood.membership import likeness
from workbench.detection.scoring.ablation import BREAKS, lacking, remaining, support
from workbench.detection.scoring.benign_explanations import Explanation, kind_of
from workbench.detection.scoring.scorecard import ClusterScore
from workbench.intake.load_session import LoadSession
from workbench.resources import statement

_CERTAIN = 3.0  # odds of 20 to 1 after the prior


def write_frame(session: LoadSession, table: str, frame: pl.DataFrame) -> None:
    """Append a frame to a table of the store, by column name."""
    if frame.is_empty():
        return
    path = session.spill / f"{table}.parquet"
    frame.write_parquet(path)
    session.connection.execute(
        f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet($path)", {"path": str(path)}
    )
    path.unlink()


def write_members(
    session: LoadSession,
    found: Found,
    names: Mapping[int, str],
    scores: Sequence[ClusterScore],
    accounts: Sequence[str],
) -> None:
    """`cluster_members`, with how surely each belongs."""
    pairs, label = found.pairs, found.label
    own = np.flatnonzero(label[pairs.a] == pairs.c)
    sizes = np.bincount(label[label >= 0], minlength=found.clusters)
    odds = np.full(len(label), -1.0)
    odds[pairs.a[own]] = pairs.total[own] + np.log(sizes[pairs.c[own]] / len(label))
    support = np.zeros(len(label), dtype=np.int64)
    support[pairs.a[own]] = pairs.support[own]
    rows = np.flatnonzero(label >= 0)
    frame = pl.DataFrame(
        {
            "cluster_id": [names[int(label[a])] for a in rows],
            "account_id": [accounts[int(a)] for a in rows],
            "cluster_score": [round(scores[int(label[a])].score, 6) for a in rows],
            "member_score": np.round(likeness(odds[rows]), 6),
            "campaign_like": [scores[int(label[a])].campaign_like for a in rows],
            "certain": (odds[rows] >= _CERTAIN) & (support[rows] >= 3),
            "families": support[rows].astype(np.int32),
        }
    ).sort("cluster_id", "account_id")
    write_frame(session, "cluster_members", frame)
    session.index_accounts("cluster_members")


def write_near(
    session: LoadSession,
    close: pl.DataFrame,
    names: Mapping[int, str],
    scores: Sequence[ClusterScore],
    accounts: Sequence[str],
) -> None:
    """`cluster_near`, from the rows of `near`."""
    score = {number: round(scores[number].score, 6) for number in names}
    frame = close.select(
        pl.col("c").replace_strict(names, return_dtype=pl.String).alias("cluster_id"),
        pl.Series("account_id", [accounts[a] for a in close["a"]], dtype=pl.String),
        pl.col("c").replace_strict(score, return_dtype=pl.Float64).alias("cluster_score"),
        "likeness", "shares", "speaks_for", "speaks_against",
    ).sort("cluster_id", "account_id")  # fmt: skip
    write_frame(session, "cluster_near", frame)
    session.index_accounts("cluster_near")


def write_member_evidence(
    session: LoadSession, links: Links, found: Found, names: Mapping[int, str]
) -> None:
    """`member_evidence`: per member and family its ratio and the value that says most."""
    terms, rhythm, label = found.terms, found.rhythm, found.label
    mine = label[terms.a] == terms.c
    families = [family.name for family in links.families]
    sources = [links.source_names[number] for number in links.source]
    own = (label[rhythm.a] == rhythm.c) & (rhythm.llr != 0)
    place, source, against = lacking(found)
    none = len(families) + 1 + source
    frame = pl.DataFrame(
        {
            "a": np.r_[terms.a[mine], rhythm.a[own], found.own.a[place]],
            "c": np.r_[terms.c[mine], rhythm.c[own], found.own.c[place]],
            "place": np.r_[terms.family[mine], np.full(int(own.sum()), len(families)), none],
            "llr": np.round(np.r_[terms.llr[mine], rhythm.llr[own], against], 6),
        },
        schema={"a": pl.Int64, "c": pl.Int64, "place": pl.Int64, "llr": pl.Float64},
    )
    words = pl.DataFrame(
        {
            "place": range(len(families) + 2 + len(links.source_names)),
            "family": [*families, "rhythm"] + ["lacking"] * (1 + len(links.source_names)),
            "source": [*sources, "rhythm", *links.source_names, "rhythm"],
        }
    )
    ids = pl.DataFrame({"c": list(names), "cluster_id": list(names.values())})
    ids = ids.with_columns(pl.col("c").cast(pl.Int64), pl.col("cluster_id").cast(pl.String))
    frame = frame.join(words, on="place").join(ids, on="c")
    path = session.spill / "member_terms.parquet"
    frame.select("a", "cluster_id", "family", "source", "llr").write_parquet(path)
    session.connection.execute(statement("detection", "member_evidence"), {"path": str(path)})
    path.unlink()


def component_rows(name: str, verdict: ClusterScore) -> list[dict[str, Any]]:
    """The lines of one cluster's scores."""
    return [
        {
            "cluster_id": name,
            "axis": part.axis,
            "name": part.name,
            "value": part.value,
            "population": part.usual,
            "points": part.points,
            "finding": part.finding,
            "meaning": part.meaning,
            "query": part.query,
            "level": part.level,
            "weight": part.weight,
        }
        for part in verdict.components
    ]


def source_rows(
    found: Found, links: Links, names: Mapping[int, str]
) -> dict[int, list[dict[str, Any]]]:
    """For each cluster its sources: how strong, and how many members would stay without it."""
    stays, backed = remaining(found), support(found)
    sizes = np.bincount(found.label[found.label >= 0], minlength=found.clusters)
    sources = [*links.source_names, "rhythm"]
    total = [
        np.bincount(found.own.c, weights=found.own.ratios[:, place], minlength=found.clusters)
        for place in range(len(sources))
    ]
    return {
        c: [
            {
                "cluster_id": name,
                "source": source,
                "mean_llr": round(float(total[place][c] / sizes[c]), 6),
                "support": int(backed[c, place]),
                "remaining": int(stays[c, place]),
                "breaks": bool(stays[c, place] < BREAKS * sizes[c]),
                "query": "evidence-without",
            }
            for place, source in enumerate(sources)
        ]
        for c, name in names.items()
    }


def explanation_rows(name: str, told: Sequence[Explanation]) -> list[dict[str, Any]]:
    """The innocent explanations of one cluster, as they were tried."""
    return [
        {
            "cluster_id": name,
            "place": place,
            "explanation": one.name,
            "result": one.result,
            "finding": one.finding,
            "query": one.query,
        }
        for place, one in enumerate(told, 1)
    ]


def cluster_row(
    name: str,
    figure: Figures,
    verdict: ClusterScore,
    told: Sequence[Explanation],
    missing: str,
    continues: str | None,
) -> dict[str, Any]:
    """One row of `clusters`."""
    strong = sorted(
        (source for source in figure.sources if figure.covered[source] >= 0.3),
        key=lambda source: (-figure.sources[source], source),
    )
    if figure.rhythm >= 1.5:
        strong.append("rhythm")
    return {
        "cluster_id": name,
        "accounts": figure.accounts,
        "exchanges": figure.exchanges,
        "input_tokens": figure.input_tokens,
        "output_tokens": figure.output_tokens,
        "first_ts": figure.first_ts,
        "last_ts": figure.last_ts,
        "score": round(verdict.score, 6),
        "campaign_like": verdict.campaign_like,
        "families": " ".join(strong),
        "summary": summary(figure, verdict, strong),
        "coordination": round(verdict.coordination, 6),
        "extraction": round(verdict.extraction, 6),
        "kind": verdict.call if verdict.campaign_like else kind_of(told),
        "missing": missing,
        "continues": continues,
        "call": verdict.call,
    }


def summary(figure: Figures, verdict: ClusterScore, strong: Sequence[str]) -> str:
    """One sentence for lists and the digest."""
    shared = ", ".join(map(words_of, strong[:4])) if strong else "little"
    work = [
        part.name
        for part in sorted(verdict.components, key=lambda part: -part.points)
        if part.axis == "extraction" and part.finding == "supports"
    ]
    against = [
        part.name
        for part in sorted(verdict.components, key=lambda part: part.points)
        if part.axis == "benign" and part.finding == "against"
    ]
    text = f"share {shared}"
    if work:
        text += "; " + ", ".join(map(words_of, work[:3]))
    if against and not verdict.campaign_like:
        text += "; but " + ", ".join(map(words_of, against[:2]))
    return text
