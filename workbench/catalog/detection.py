"""The tables that clustering adds to a case: links, clusters, members, evidence, scores."""

from __future__ import annotations

from workbench.catalog.columns import ACCOUNT, CLUSTER, Column, Table, count, share

TRAITS = Table(
    "traits",
    "one row per account and value of a link family",
    (
        ACCOUNT,
        Column("family", "VARCHAR", "link family, one per file in queries/traits"),
        Column("value", "VARCHAR", "the shared value"),
        count("n", "times the account was seen with it"),
        Column("first_ts", "TIMESTAMP", "first time", unit="UTC"),
        Column("last_ts", "TIMESTAMP", "last time", unit="UTC"),
    ),
    kind="derived",
)

TRAIT_STATS = Table(
    "trait_stats",
    "one row per value of a link family: who has it",
    (
        Column("family", "VARCHAR", "link family"),
        Column("value", "VARCHAR", "the shared value"),
        count("accounts", "accounts that have it", "accounts"),
        Column(
            "rarity",
            "DOUBLE",
            "ln(accounts in the case / accounts that have it)",
            unit="natural logarithm",
        ),
        Column("hub", "BOOLEAN", "held by too many accounts to link them, or listed as a hub"),
    ),
    kind="derived",
)

ACCOUNT_HABITS = Table(
    "account_habits",
    "one row per account: what of its work the scores of clusters look at",
    (
        ACCOUNT,
        count("exchanges", "exchanges of the account"),
        Column("log_rate", "DOUBLE", "logarithm of exchanges a day over its span"),
        Column("log_output", "DOUBLE", "logarithm of the median answer", unit="tokens"),
        Column("log_input", "DOUBLE", "logarithm of the median request", unit="tokens"),
        share("one_turn_share", "as in account_profile"),
        share("hour_entropy", "as in account_profile"),
        share("weekend_share", "as in account_profile"),
        share("tool_share", "as in account_profile"),
        share("long_share", "exchanges within a conversation of twelve messages or more"),
        share("code_share", "of the prompts read, those about code"),
        share("maths_share", "of the prompts read, those about mathematics"),
        count("made_in", "fifteen-day period of its creation, counted from 1970"),
        Column("org_id", "VARCHAR", "its organisation", entity="org"),
        Column("verified", "BOOLEAN", "whether the holder's identity was verified"),
        Column("paying", "BOOLEAN", "whether it has a payment instrument"),
        Column("own_domain", "BOOLEAN", "whether at most three accounts have its e-mail domain"),
        count("sampled_prompts", "different prompts looked at for repeats"),
        count("texts", "prompts read for their aim"),
        share("trace_share", "of those, requests to write out hidden reasoning"),
        share("grading_share", "of those, requests to grade by a rubric"),
        share("making_share", "of those, requests for training data"),
        share("aim_share", "of those, with any such aim in wording that is not public"),
        share("public_share", "of those, with wording of benchmarks, judges and popular prompts"),
        share("release_share", "of its traffic in the 24 hours after model releases, the part on "
               "the new model"),
    ),
    kind="derived",
    order=("account_id",),
)  # fmt: skip

CLUSTERS = Table(
    "clusters",
    "one row per cluster of linked accounts",
    (
        CLUSTER,
        count("accounts", "members", "accounts"),
        count("exchanges", "exchanges of all members"),
        count("input_tokens", "tokens sent", "tokens"),
        count("output_tokens", "tokens answered", "tokens"),
        Column("first_ts", "TIMESTAMP", "first exchange of a member", unit="UTC"),
        Column("last_ts", "TIMESTAMP", "last exchange of a member", unit="UTC"),
        share("score", "probability that it is a campaign, from fitted weights"),
        Column("campaign_like", "BOOLEAN", "the proposal that this is an extraction campaign"),
        Column("families", "VARCHAR", "sources of evidence that hold it together"),
        Column("summary", "VARCHAR", "one sentence"),
        share("coordination", "probability of one hand behind the members, whatever for"),
        share("extraction", "probability of a campaign by the look of the work alone"),
        Column("kind", "VARCHAR", "campaign, or the first innocent explanation that fits"),
        Column(
            "breaking_family",
            "VARCHAR",
            "source without which fewer than half of its members would stay, if any",
        ),
        Column("missing", "VARCHAR", "groups of data that no extract had"),
        Column("continues", "VARCHAR", "cluster of the generation before that it continues"),
        Column("call", "VARCHAR", "campaign, for a person, coordinated (work unseen) or innocent"),
    ),
    kind="derived",
)

CLUSTER_MEMBERS = Table(
    "cluster_members",
    "the members of each cluster; an account is in at most one",
    (
        CLUSTER,
        ACCOUNT,
        share("cluster_score", "score of the cluster"),
        share("member_score", "how surely the account belongs"),
        Column("campaign_like", "BOOLEAN", "as in clusters"),
        Column("certain", "BOOLEAN", "odds above 20 to 1 and three independent sources"),
        Column("families", "INTEGER", "independent sources that speak for it"),
    ),
    kind="derived",
)

CLUSTER_NEAR = Table(
    "cluster_near",
    "accounts in no cluster that come close to one that looks like a campaign",
    (
        CLUSTER,
        ACCOUNT,
        share("cluster_score", "score of the cluster"),
        share("likeness", "how likely the account belongs to it, as a member's score"),
        Column("shares", "VARCHAR", "sources of evidence that speak for it, strongest first"),
        Column("speaks_for", "DOUBLE", "what it shares with the members", unit="natural logarithm"),
        Column(
            "speaks_against",
            "DOUBLE",
            "what most members share and it lacks",
            unit="natural logarithm",
        ),
    ),
    kind="derived",
)

MEMBER_EVIDENCE = Table(
    "member_evidence",
    "per member and link family, how much it speaks for the account being a member",
    (
        CLUSTER,
        ACCOUNT,
        Column("source", "VARCHAR", "independent source that the family belongs to"),
        Column("family", "VARCHAR", "link family, rhythm, or lacking: what most others share"),
        Column("value", "VARCHAR", "the value that says most"),
        Column(
            "llr",
            "DOUBLE",
            "strength of evidence: logarithm of the likelihood ratio of members to others, the "
            "account left out; below 0 against",
            unit="natural logarithm",
        ),
    ),
    kind="derived",
)

CLUSTER_COMPONENTS = Table(
    "cluster_components",
    "what makes the scores of a cluster",
    (
        CLUSTER,
        Column("axis", "VARCHAR", "start, coordination, extraction, benign; one hand"),
        Column("name", "VARCHAR", "what was measured"),
        Column("value", "DOUBLE", "the figure of the cluster"),
        Column("population", "DOUBLE", "what is usual in the case"),
        Column("points", "DOUBLE", "what it adds to the log odds: level times weight"),
        Column("finding", "VARCHAR", "supports, neutral, against or not tested"),
        Column("meaning", "VARCHAR", "what the figure says"),
        Column("query", "VARCHAR", "saved query that gives the figure again"),
        share("level", "how far the figure speaks by itself"),
        Column(
            "weight", "DOUBLE", "what the line counts in full, fitted", unit="natural logarithm"
        ),
    ),
    kind="derived",
)

CLUSTER_SOURCES = Table(
    "cluster_sources",
    "how strongly each source of evidence holds a cluster, and what would stay without it",
    (
        CLUSTER,
        Column("source", "VARCHAR", "independent source of evidence, or rhythm"),
        Column(
            "mean_llr", "DOUBLE", "mean log likelihood ratio a member", unit="natural logarithm"
        ),
        count("support", "members that it speaks for", "accounts"),
        count("remaining", "members that would still belong without it", "accounts"),
        Column("breaks", "BOOLEAN", "whether fewer than half would"),
        Column("query", "VARCHAR", "saved query that gives the figures again"),
    ),
    kind="derived",
)

CLUSTER_EXPLANATIONS = Table(
    "cluster_explanations",
    "the innocent explanations of each cluster, as they were tried",
    (
        CLUSTER,
        Column("place", "INTEGER", "order"),
        Column("explanation", "VARCHAR", "office, class, reseller, fleet and so on"),
        Column("result", "VARCHAR", "fits, partly, excluded or not tested"),
        Column("finding", "VARCHAR", "the figures it rests on, in words"),
        Column("query", "VARCHAR", "saved query that gives the figures again"),
    ),
    kind="derived",
)

CLUSTER_LINEAGE = Table(
    "cluster_lineage",
    "which clusters of the generation before a cluster comes from",
    (
        CLUSTER,
        Column("older", "VARCHAR", "cluster of the generation before"),
        Column("relation", "VARCHAR", "continues, split (off it) or merged (it was taken in)"),
        count("accounts", "accounts in both", "accounts"),
    ),
    kind="derived",
)

FIND_WARNINGS = Table(
    "find_warnings",
    "what to know before trusting the clusters",
    (
        Column("code", "VARCHAR", "kind of warning"),
        Column("message", "VARCHAR", "the warning, in a sentence"),
        count("n", "accounts or values concerned"),
    ),
    kind="derived",
)

CLUSTER_EVIDENCE = Table(
    "cluster_evidence",
    "the values that link a cluster, with their rarity",
    (
        CLUSTER,
        Column("family", "VARCHAR", "link family"),
        Column("value", "VARCHAR", "the shared value"),
        count("members", "members that have it", "accounts"),
        count("outsiders", "other accounts that have it", "accounts"),
        count("accounts", "accounts of the case that have it", "accounts"),
        Column(
            "rarity",
            "DOUBLE",
            "ln(accounts in the case / accounts that have it)",
            unit="natural logarithm",
        ),
        Column(
            "surprise", "DOUBLE", "ln(share of members / share of others)", unit="natural logarithm"
        ),
        Column("weight", "DOUBLE", "members times surprise", unit="natural logarithm"),
        Column("query", "VARCHAR", "saved query that gives the figures again"),
    ),
    kind="derived",
)
