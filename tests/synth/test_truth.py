from __future__ import annotations

import polars as pl

from tests.synth.conftest import SMALL, Made
from workbench.synth.organisations import ORGANISATIONS
from workbench.synth.people import SINGLES


def test_truth_names_every_account_once_and_nobody_else(small: Made) -> None:
    truth, accounts = small.truth(), small.table("accounts")
    assert truth["account_id"].is_unique().all()
    assert set(truth["account_id"]) == set(accounts["account_id"])


def test_every_kind_is_present(small: Made) -> None:
    kinds = set(small.truth()["kind"])
    assert kinds == {"campaign", *ORGANISATIONS, *SINGLES}


def test_groups_have_the_size_and_traffic_that_the_truth_states(small: Made) -> None:
    members = small.truth()
    groups = pl.read_parquet(small.directory / "truth" / "groups.parquet")
    counted = (
        members.drop_nulls("group_id")
        .join(small.table("exchanges").select("account_id", "ts"), on="account_id", how="left")
        .group_by("group_id")
        .agg(
            pl.col("account_id").n_unique().cast(pl.Int64).alias("accounts"),
            pl.col("ts").count().cast(pl.Int64).alias("exchanges"),
        )
        .sort("group_id")
    )
    assert groups.select("group_id", "accounts", "exchanges").sort("group_id").equals(counted)


def test_campaigns_are_as_ordered_and_only_they_have_a_level(small: Made) -> None:
    truth = small.truth()
    campaigns = truth.filter("is_campaign")
    assert sorted(campaigns.group_by("level").len().rows()) == [
        (spec.level, spec.size) for spec in SMALL.campaigns
    ]
    assert campaigns["kind"].unique().to_list() == ["campaign"]
    assert truth.filter(~pl.col("is_campaign"))["level"].null_count() == len(truth) - len(campaigns)


def test_nothing_in_the_extract_tells_the_truth(small: Made) -> None:
    """Neither ids nor the order of accounts gives a group away."""
    accounts = small.table("accounts").join(small.truth(), on="account_id", maintain_order="left")
    place = accounts.with_row_index().filter("is_campaign")["index"].cast(pl.Float64)
    middle = (len(accounts) - 1) / 2
    assert abs(place.mean() - middle) < 0.08 * len(accounts)  # type: ignore[operator]
    longest = accounts["is_campaign"].rle_id()
    runs = accounts.with_columns(run=longest).filter("is_campaign").group_by("run").len()["len"]
    assert runs.max() < 12  # type: ignore[operator]
    for table in ("accounts", "exchanges", "sightings", "payments", "api_keys"):
        hidden = {"group_id", "is_campaign", "level", "truth"}
        assert not hidden & set(small.table(table).columns)
