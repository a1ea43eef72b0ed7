"""What detection is developed on must look like honest traffic and hide campaigns as specified."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from tests.synth.conftest import Made
from workbench.synth.clock import queue_times, session_times
from workbench.synth.dice import Draws, row_keys
from workbench.synth.frozen import Frozen
from workbench.synth.phrasebook import Phrasebook
from workbench.synth.population import Population
from workbench.synth.rhythms import QUEUE
from workbench.synth.traffic import skeleton, wording


def _volumes(small: Made) -> pl.DataFrame:
    counts = small.table("exchanges").group_by("account_id").len("n")
    return small.truth().join(counts, on="account_id", how="left").fill_null(0)


def test_honest_volumes_are_heavy_tailed(small: Made) -> None:
    n = _volumes(small).filter(~pl.col("is_campaign"))["n"].sort().to_numpy().astype(float)
    rank = np.arange(1, len(n) + 1)
    gini = 2 * (rank * n).sum() / (len(n) * n.sum()) - (len(n) + 1) / len(n)
    assert 0.65 < gini < 0.9


def test_campaign_volumes_are_even_where_nobody_was_banned(small: Made) -> None:
    volumes = _volumes(small)
    banned = small.table("accounts").filter(pl.col("status") == "banned")["account_id"]
    hit = volumes.filter(pl.col("account_id").is_in(banned.implode()))["group_id"].drop_nulls()
    quiet = volumes.filter("is_campaign", ~pl.col("group_id").is_in(hit.implode()))
    spread = quiet.group_by("level").agg(cv=pl.col("n").std() / pl.col("n").mean())
    assert len(spread) > 0
    assert (spread["cv"] < 0.65).all()
    assert (
        _volumes(small)
        .filter(kind="individual")
        .select(pl.col("n").std() / pl.col("n").mean())
        .item()
        > 1.2
    )


def test_capped_free_accounts_stop_at_the_same_number(small: Made) -> None:
    capped = _volumes(small).filter(kind="free_capped")["n"]
    assert (capped == capped.max()).sum() >= 0.15 * len(capped)


def test_dealt_out_items_are_never_given_twice(planned: tuple[Population, Frozen]) -> None:
    people, frozen = planned
    rows = skeleton(frozen, 0, len(frozen.counts))
    words = wording(frozen, rows)
    group = np.array([account.group for account in people.accounts])[rows.owner]
    kind = np.array([account.kind for account in people.accounts])[rows.owner]
    dealt = (frozen.work["items"][rows.work] > 0) & np.isin(kind, ["campaign", "fleet"])
    frame = pl.DataFrame({
        "group": group[dealt], "item": words.item[dealt],
        "repeat": frozen.work["repeat"][rows.work][dealt],
    })  # fmt: skip
    held = frame.group_by("group", "item").agg(pl.len(), pl.col("repeat").first())
    assert len(held) > 1_000
    assert (held["len"] <= held["repeat"]).all()


def test_an_item_asked_again_has_the_same_slots(planned: tuple[Population, Frozen]) -> None:
    _, frozen = planned
    often = frozen.work | {"repeat": np.full_like(frozen.work["repeat"], 16.0)}
    frozen = replace(frozen, work=often)
    rows = skeleton(frozen, 0, len(frozen.counts))
    words = wording(frozen, rows)
    dealt = frozen.work["items"][rows.work] > 0
    frame = pl.DataFrame(
        {"work": rows.work, "item": words.item}
        | {f"text {place}": text for place, text in enumerate(words.texts)}
        | {f"slot {place}": slot for place, slot in enumerate(words.slots)}
    ).filter(pl.Series(dealt))
    keys = [name for name in frame.columns if not name.startswith("slot")]
    slots = frame.group_by(keys).agg(pl.len(), pl.col("^slot.*$").n_unique())
    assert (slots["len"] > 1).sum() > 100
    assert (slots.select("slot 0", "slot 1", "slot 2") == 1).select(pl.all().all()).row(0) == (
        True,
        True,
        True,
    )


def test_every_exchange_lies_in_the_active_span_of_its_account(
    planned: tuple[Population, Frozen],
) -> None:
    _, frozen = planned
    rows = skeleton(frozen, 0, len(frozen.counts))
    assert (rows.at >= frozen.account["first"][rows.owner] - 0.001).all()
    assert (rows.at <= frozen.account["last"][rows.owner]).all()
    assert (np.diff(rows.at) >= 0).all()


def test_levels_share_what_they_are_meant_to_share(small: Made) -> None:
    truth = small.truth().filter("is_campaign")
    cards = small.table("payments").join(truth, on="account_id")
    if len(blatant := cards.filter(level=0)):
        assert blatant["instrument_fingerprint"].n_unique() <= 3
    slow = cards.filter(level=4).unique(["account_id", "instrument_fingerprint"])
    assert slow["instrument_fingerprint"].is_unique().all()
    devices = small.table("sightings").join(truth, on="account_id").drop_nulls("device_id")
    per_device = devices.group_by("level", "device_id").agg(pl.col("account_id").n_unique())
    most = dict(per_device.group_by("level").agg(pl.col("account_id").max()).rows())
    assert most[0] > 8
    assert 3 <= most[3] <= 8
    assert most[4] == 1


def test_slow_campaigns_follow_one_queue(small: Made) -> None:
    """Members of level 4 meet in the same ten minutes far more often than others do."""
    slot = (pl.col("ts").dt.epoch("s") // 600).alias("slot")
    rows = small.table("exchanges").select("account_id", slot).join(small.truth(), on="account_id")
    slow = rows.filter(level=4)
    count = pl.len().over("account_id")
    alone = rows.filter(pl.col("group_id").is_null(), count >= slow.select(count.min()).item())
    as_many = alone["account_id"].unique().sort().head(slow["account_id"].n_unique()).implode()
    others = alone.filter(pl.col("account_id").is_in(as_many))
    assert len(others) >= len(slow)

    def met(frame: pl.DataFrame) -> float:
        held = pl.col("account_id").n_unique().over("slot") >= 3
        return float(frame.select(held.mean()).item())

    assert met(slow) > 0.35
    assert met(slow) > 2 * met(others)


def test_each_ban_of_a_campaign_is_followed_by_a_replacement(small: Made) -> None:
    rows = small.table("accounts").join(small.truth().filter("is_campaign"), on="account_id")
    banned = rows.filter(pl.col("status") == "banned")
    assert len(banned) > 0
    heirs = banned.join(rows, on="group_id").filter(
        (pl.col("created_at_right") > pl.col("status_at"))
        & (pl.col("created_at_right") <= pl.col("status_at") + pl.duration(hours=24))
    )
    assert heirs["account_id"].n_unique() == len(banned)


def test_campaigns_move_to_a_new_model_first(small: Made) -> None:
    released = small.table("model_releases").filter(model="aster-3")["released_at"].item()
    rows = small.table("exchanges").join(small.truth(), on="account_id")
    after = (pl.col("ts") - released).is_between(pl.duration(hours=12), pl.duration(hours=72))
    share = rows.filter(after, pl.col("model") != "aster-2-mini").group_by("is_campaign").agg(
        (pl.col("model") == "aster-3").mean()
    )  # fmt: skip
    moved = dict(share.rows())
    assert moved[True] > moved[False] + 0.15


def test_one_public_client_leads_and_a_tail_follows(small: Made) -> None:
    truth = small.truth().filter(~pl.col("is_campaign"))
    rows = small.table("exchanges").join(truth, on="account_id")
    api = rows.filter(~pl.col("user_agent").str.starts_with("Mozilla"))
    share = api["user_agent"].value_counts(sort=True)["count"] / len(api)
    assert 0.12 < share[0] < 0.42
    assert len(share) > 60


def test_strangers_share_tools_addresses_and_codes(small: Made) -> None:
    """Links between accounts that no group explains: the noise that hides campaigns."""
    alone = small.truth().filter(pl.col("group_id").is_null())
    rows = small.table("exchanges").join(alone, on="account_id")
    for column, wanted in (("tools_hash", 5), ("ip", 40), ("system_prompt_hash", 6)):
        held = rows.drop_nulls(column).group_by(column).agg(pl.col("account_id").n_unique())
        assert (held["account_id"] >= 3).sum() >= wanted, column
    assert small.table("accounts").join(alone, on="account_id")["referral"].n_unique() > 2


def test_prompts_hold_no_empty_slots_and_many_scripts(small: Made) -> None:
    prompts = small.table("exchanges")["prompt"].drop_nulls()
    book = Phrasebook(1, 60, 1_500)
    names = "|".join(sorted({name for _, name in book._raw} | {"item", "topic"}))
    assert not prompts.str.contains(rf"\{{({names})[23]?\}}").any()
    for script in (r"\p{Han}", r"\p{Cyrillic}", r"\p{Arabic}", r"\p{Hangul}", r"\p{Hiragana}"):
        assert prompts.str.contains(script).any(), script


def test_sessions_begin_inside_the_active_span(planned: tuple[Population, Frozen]) -> None:
    _, frozen = planned
    owner = np.repeat(np.arange(len(frozen.counts)), 5)
    draws = Draws(row_keys(frozen.keys[owner], np.tile(np.arange(5), len(frozen.counts))))
    at = session_times(frozen, owner, frozen.stream_rhythm[owner, 0], draws)
    assert (at >= frozen.account["first"][owner]).all()
    assert (at <= frozen.account["last"][owner]).all()


def test_queue_times_fall_into_windows_of_their_own_queue(
    planned: tuple[Population, Frozen],
) -> None:
    _, frozen = planned
    rhythms = frozen.world.rhythms
    for rhythm in np.flatnonzero(rhythms.whole("kind") == QUEUE):
        start, count = rhythms.window_start[rhythm], rhythms.window_count[rhythm]
        windows = np.array(rhythms.windows[start : start + count])
        share = np.linspace(0.0, 0.999, 400)
        span = frozen.world.span
        at = queue_times(
            frozen, np.full(400, rhythm), np.full(400, 0.2 * span), np.full(400, 0.8 * span), share
        )
        place = np.searchsorted(windows[:, 0], at + 1e-6, side="right") - 1
        assert (at <= windows[place].sum(axis=1) + 1e-3).all()
        assert at.min() >= 0.2 * span - 1e-3
        assert at.max() <= 0.8 * span + 1e-3
        assert (np.diff(at) >= -1e-6).all()
