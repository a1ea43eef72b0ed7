"""Accounts that come close to a campaign without being called members."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from tests.detection.conftest import analysed_copy
from workbench.detection.clustering.find import Found
from workbench.detection.clustering.near_members import beyond_chance
from workbench.detection.likelihood.membership import Pairs, Table, Terms
from workbench.engine.parts import open_parts

# What an account is without payments, addresses, clients and anything of its sign-up.
_ERASED = """
    DELETE FROM payments WHERE account_id IN {0}; DELETE FROM sightings WHERE account_id IN {0};
    UPDATE accounts SET email = NULL, email_domain = NULL, signup_ip = NULL, phone_hash = NULL,
                        referral = NULL, created_at = NULL WHERE account_id IN {0};
    UPDATE exchange_rows SET ip = NULL, user_agent = NULL, tls_fingerprint = NULL,
                             device_id = NULL WHERE account_id IN {0};
"""


def test_a_member_of_whom_little_is_known_is_near_its_campaign(
    loaded_store: Path, truth: pl.DataFrame, tmp_path: Path
) -> None:
    campaign = truth.filter(pl.col("group_id") == "g0002")["account_id"].sort().to_list()
    bare = campaign[:4]
    accounts = "(" + ", ".join(f"'{account}'" for account in bare) + ")"
    with open_parts(analysed_copy(loaded_store, tmp_path, _ERASED.format(accounts))) as case:
        near = pl.DataFrame(case.sql("SELECT * FROM cluster_near"))
        members = pl.DataFrame(case.sql("SELECT cluster_id, account_id FROM cluster_members"))
        called = pl.DataFrame(
            case.sql("SELECT cluster_id, score FROM clusters WHERE campaign_like")
        )
    assert near["account_id"].is_unique().all()
    assert not set(near["account_id"]) & set(members["account_id"])
    assert set(near["cluster_id"]) <= set(called["cluster_id"])
    found = near.filter(pl.col("account_id").is_in(bare))
    assert len(found) >= 1
    assert set(bare) <= set(found["account_id"]) | set(members["account_id"])
    row = found.row(0, named=True)
    theirs = members.filter(pl.col("account_id").is_in(campaign))["cluster_id"].mode()[0]
    assert row["cluster_id"] == theirs
    assert 0.003 <= row["likeness"] < 0.5
    assert row["shares"].split()[0] == "private"
    assert row["speaks_for"] > 0 > row["speaks_against"]


def test_a_rhythm_that_many_strangers_have_tells_little() -> None:
    def told(strangers: int) -> tuple[float, float]:
        """What a member's and a stranger's rhythm counts where so many of 1,000 have it."""
        label = np.full(1010, -1)
        label[:10] = 0
        a = np.arange(10 + strangers)
        c, llr = np.zeros_like(a), np.full(len(a), 5.0)
        pairs = Pairs(a, c, llr, np.ones_like(a), llr, np.ones(len(a), dtype=bool))
        none = np.zeros(0, dtype=np.int64)
        terms = Terms(none, none, none, np.zeros(0))
        own = Table(a[:10], c[:10], llr[:10, None])
        found = Found(label, terms, Terms(a, c, np.zeros_like(a), llr), pairs, own)
        counted = beyond_chance(found)
        return float(counted[0]), float(counted[-1])

    assert told(1) == (5.0, 5.0)
    few, many = told(100)[1], told(800)[1]
    assert 2.0 < few < 2.5
    assert 0.1 < many < 0.3
