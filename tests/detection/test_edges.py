"""Cases at the edge: hardly any tables, nobody, one account, all alike; each ends sensibly."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.detection.conftest import analysed_copy
from workbench.detection.features.activity_sync import read_activity
from workbench.engine.parts import open_parts
from workbench.intake.load_session import LoadSession
from workbench.resources import sample_dir, statement
from workbench.settings import load_settings
from workbench.workers.host.load import LoadOptions, load_case

ANSWER = "SELECT account_id, campaign_like FROM cluster_members"


def analysed(folder: Path, *files: Path) -> duckdb.DuckDBPyConnection:
    """A case of these extracts, loaded and analysed."""
    loaded = load_case(folder / "case", list(files), LoadOptions(), load_settings().load)
    return open_parts(analysed_copy(loaded.case.parts.data[0], folder))


def precision(case: duckdb.DuckDBPyConnection, truth: pl.DataFrame) -> float:
    called = pl.DataFrame(case.sql(f"{ANSWER} WHERE campaign_like")).join(truth, on="account_id")
    return float(called["is_campaign"].mean()) if len(called) else 1.0  # type: ignore[arg-type]


def warnings(case: duckdb.DuckDBPyConnection) -> str:
    return " ".join(row[0] for row in case.sql("SELECT message FROM find_warnings").fetchall())


def test_accounts_and_payments_alone_still_cluster(tmp_path: Path, truth: pl.DataFrame) -> None:
    files = [sample_dir() / f"{name}.parquet" for name in ("accounts", "payments")]
    with analysed(tmp_path, *files) as case:
        assert case.sql("SELECT count(*) FROM clusters").fetchall()[0][0] > 0
        assert precision(case, truth) >= 0.95
        assert "no exchanges" in warnings(case)
        assert "no prompts" in warnings(case)


def test_exchanges_alone_call_campaigns_only(tmp_path: Path, truth: pl.DataFrame) -> None:
    with analysed(tmp_path, *sorted(sample_dir().glob("exchanges*.parquet"))) as case:
        assert case.sql("SELECT count(*) FROM clusters").fetchall()[0][0] > 0
        assert precision(case, truth) >= 0.95
        assert "no payments" in warnings(case)
        tested = "SELECT count(*) FROM cluster_explanations WHERE result = 'not tested'"
        assert case.sql(tested).fetchall()[0][0] > 0


def test_hashes_of_prompts_alone(tmp_path: Path, truth: pl.DataFrame) -> None:
    hashed = tmp_path / "exchanges.parquet"
    frames = [pl.read_parquet(path) for path in sample_dir().glob("exchanges*.parquet")]
    frame = pl.concat(frames).with_columns(prompt_hash=pl.col("prompt").hash(7).cast(pl.String))
    frame.drop("prompt").write_parquet(hashed)
    others = [sample_dir() / f"{name}.parquet" for name in ("accounts", "payments", "sightings")]
    with analysed(tmp_path, hashed, *others) as case:
        assert precision(case, truth) >= 0.95
        assert case.sql("SELECT count(*) FROM clusters WHERE campaign_like").fetchall()[0][0] > 0


@pytest.mark.parametrize("number", [1, 500])
def test_all_accounts_alike_are_a_hub_and_no_campaign(number: int, tmp_path: Path) -> None:
    rows = pl.DataFrame({"account_id": [f"a{n}" for n in range(number)]}).with_columns(
        created_at=pl.lit("2026-03-01T10:00:00Z"), email=pl.lit("same@example.com"),
        signup_ip=pl.lit("203.0.113.7"), phone_hash=pl.lit("p"), referral=pl.lit("R"),
    )  # fmt: skip
    rows.write_csv(tmp_path / "accounts.csv")
    with analysed(tmp_path, tmp_path / "accounts.csv") as case:
        assert case.sql(f"{ANSWER} WHERE campaign_like").fetchall() == []
        assert (number == 1) or "too common" in warnings(case)


def test_a_campaign_of_a_quarter_of_all_accounts_stays_whole(
    tmp_path: Path, truth: pl.DataFrame
) -> None:
    # With so many members nothing that a campaign shares is rare among all accounts any more.
    gone = truth.filter(~pl.col("is_campaign"))["account_id"].sort().head(1600).implode()
    files = []
    for path in sorted(sample_dir().glob("*.parquet")):
        frame = pl.read_parquet(path)
        if "account_id" in frame.columns:
            frame.filter(~pl.col("account_id").is_in(gone)).write_parquet(tmp_path / path.name)
            files.append(tmp_path / path.name)
    with analysed(tmp_path, *files) as case:
        found = pl.DataFrame(case.sql("SELECT account_id, cluster_id FROM cluster_members"))
    members = truth.filter("is_campaign").join(found, on="account_id", how="left")
    for _, group in members.group_by("group_id"):
        largest = group.drop_nulls("cluster_id")["cluster_id"].value_counts()["count"].max()
        assert largest >= 0.95 * len(group)  # type: ignore[operator]


def test_stray_dates_cost_no_memory_and_make_nobody_meet(tmp_path: Path) -> None:
    frame = pl.read_parquet(next(iter(sample_dir().glob("exchanges*.parquet")))).head(5000)
    (name,) = [column for column in frame.columns if column in ("ts", "timestamp")]
    stray = pl.Series([None] * 4990 + ["0001-01-01", "1970-01-01"] * 4 + ["9999-12-31", "infinity"])
    frame.with_columns(
        pl.coalesce(stray.cast(pl.String), pl.col(name).cast(pl.String)).alias(name)
    ).write_csv(tmp_path / "exchanges.csv")
    with analysed(tmp_path, tmp_path / "exchanges.csv") as case:
        assert case.sql("SELECT count(DISTINCT CAST(ts AS DATE)) FROM exchanges").fetchall()
    session = LoadSession(tmp_path / "store.duckdb", tmp_path, 2048, 2)
    try:
        session.run(statement("detection", "traits_begin").split(";\n")[2])
        activity = read_activity(session)
    finally:
        session.close()
    usual = frame.head(4990)[name].dt.date().n_unique()
    assert activity.bins == usual * 144
    assert activity.start[-1] == len(activity.bin)
