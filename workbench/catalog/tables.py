"""Every table of a case by name."""

from __future__ import annotations

from workbench.catalog import detection, ledger, profiles
from workbench.catalog.columns import Table
from workbench.catalog.extracts import EXCHANGE_TEXT, EXTRACTS

# Written by the clustering, as a part of its own; everything else of a case by its loads.
ANALYSIS_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        detection.TRAITS,
        detection.TRAIT_STATS,
        detection.ACCOUNT_HABITS,
        detection.CLUSTERS,
        detection.CLUSTER_MEMBERS,
        detection.CLUSTER_NEAR,
        detection.CLUSTER_EVIDENCE,
        detection.MEMBER_EVIDENCE,
        detection.CLUSTER_COMPONENTS,
        detection.CLUSTER_SOURCES,
        detection.CLUSTER_EXPLANATIONS,
        detection.CLUSTER_LINEAGE,
        detection.FIND_WARNINGS,
    )
}

DERIVED: dict[str, Table] = {
    table.name: table
    for table in (
        profiles.ACCOUNT_PROFILE,
        profiles.COLUMN_PRESENCE,
        profiles.LOAD_WARNINGS,
        profiles.SOURCES,
        *ANALYSIS_TABLES.values(),
        ledger.DECISIONS,
        ledger.CAMPAIGN_MEMBERS,
        ledger.ACCOUNTS_BEFORE,
        ledger.SEEN_PATTERNS,
    )
}


# Every table a saved query may read.
TABLES: dict[str, Table] = {**EXTRACTS, EXCHANGE_TEXT.name: EXCHANGE_TEXT, **DERIVED}
