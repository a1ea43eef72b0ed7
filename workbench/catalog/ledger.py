"""The tables that the ledger's state is handed to queries in."""

from __future__ import annotations

from workbench.catalog.columns import ACCOUNT, CLUSTER, Column, Table, count, share

DECISIONS = Table(
    "decisions",
    "the state of the ledger: the decision in force for each account",
    (
        ACCOUNT,
        Column("verdict", "VARCHAR", "flag, clear, watch or escalate"),
        Column("reason", "VARCHAR", "reason code"),
        Column("confidence", "VARCHAR", "low, medium or high"),
        Column("analyst", "VARCHAR", "who decided"),
        Column("decided_at", "TIMESTAMP", "when", unit="UTC"),
        Column("expires_at", "TIMESTAMP", "when it lapses", unit="UTC"),
        Column("record_id", "VARCHAR", "the record in the ledger"),
        Column("pending", "BOOLEAN", "whether it still needs a second signature"),
    ),
    kind="bench",
)

CAMPAIGN_MEMBERS = Table(
    "campaign_members",
    "the accounts of each campaign: campaign-like clusters, as analysts merged and split them",
    (
        Column("campaign_id", "VARCHAR", "the campaign: its first cluster's id", entity="campaign"),
        Column("name", "VARCHAR", "what analysts call it"),
        ACCOUNT,
        CLUSTER,
        Column("certain", "BOOLEAN", "a certain member of its cluster, or put here by hand"),
        share("member_score", "how surely the account belongs to its cluster"),
        Column("by_hand", "BOOLEAN", "an edit of an analyst placed it"),
    ),
    kind="bench",
)

ACCOUNTS_BEFORE = Table(
    "accounts_before",
    "the accounts of an earlier generation; empty unless two are compared",
    (
        ACCOUNT,
        Column("cluster_id", "VARCHAR", "the cluster it was in then", entity="cluster"),
        Column("campaign_like", "BOOLEAN", "whether that looked like a campaign"),
        count("exchanges", "its exchanges then", "exchanges"),
        Column("last_ts", "TIMESTAMP", "its last exchange then", unit="UTC"),
    ),
    kind="bench",
)

SEEN_PATTERNS = Table(
    "seen_patterns",
    "values of campaigns that another case flagged; empty unless one was given",
    (
        Column("pattern", "VARCHAR", "the other case's campaign"),
        Column("family", "VARCHAR", "link family"),
        Column("value", "VARCHAR", "the shared value"),
        count("members", "flagged accounts there that have it", "accounts"),
        count("accounts", "flagged accounts of the campaign", "accounts"),
    ),
    kind="bench",
)
