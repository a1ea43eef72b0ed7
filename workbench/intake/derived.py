"""The tables that loading and clustering add to a case, documented like the canonical ones."""

from __future__ import annotations

from workbench.intake.schema import EXCHANGE_TEXT, EXTRACTS, Column, Table

_ACCOUNT = Column("account_id", "VARCHAR", "the account", entity="account")
_CLUSTER = Column("cluster_id", "VARCHAR", "the cluster", entity="cluster")


def _count(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "BIGINT", meaning, unit=unit)


def _share(name: str, meaning: str) -> Column:
    return Column(name, "DOUBLE", meaning, unit="0..1")


# What `account_profile` ranks: column to what a high rank means.
RANKED: tuple[tuple[str, str], ...] = (
    ("exchanges", "more exchanges"),
    ("output_tokens", "more output"),
    ("out_in_ratio", "more output per input"),
    ("one_turn_share", "fewer follow-ups"),
    ("distinct_prompt_share", "fewer repeats"),
    ("hour_entropy", "a flatter day"),
    ("per_active_day", "busier days"),
    ("ips", "more addresses"),
)

ACCOUNT_PROFILE = Table(
    "account_profile",
    "one row per account that any extract names: counts, span, rhythm, ratios, ranks",
    (
        _ACCOUNT,
        _count("exchanges", "exchanges of the account"),
        _count("active_days", "UTC days with an exchange", "days"),
        _count("sessions", "distinct sessions"),
        Column("first_ts", "TIMESTAMP", "first exchange", unit="UTC"),
        Column("last_ts", "TIMESTAMP", "last exchange", unit="UTC"),
        _count("input_tokens", "tokens sent", "tokens"),
        _count("output_tokens", "tokens answered", "tokens"),
        Column("cost_usd", "DOUBLE", "price of all exchanges", unit="USD"),
        Column("out_in_ratio", "DOUBLE", "output tokens per input token"),
        _share("one_turn_share", "sessions with one exchange only; without sessions, exchanges "
               "with at most one message"),
        _share("distinct_prompt_share", "distinct prompts per exchange that has one"),
        _share("tool_share", "exchanges that offer tools"),
        _share("error_share", "exchanges with an HTTP status of 400 or more"),
        _share("stream_share", "exchanges that were streamed"),
        Column("per_active_day", "DOUBLE", "exchanges per active day"),
        _share("hour_entropy", "evenness of the 24 UTC hours: 0 one hour only, 1 flat"),
        _share("weekend_share", "exchanges on UTC Saturdays and Sundays"),
        Column("median_gap_s", "DOUBLE", "median time between exchanges", unit="s"),
        Column("gap_cv", "DOUBLE", "standard deviation of that time over its mean; 0 is a clock"),
        _count("models", "distinct models"),
        _count("ips", "distinct addresses over sign-up, exchanges and sightings"),
        _count("user_agents", "distinct user agents over exchanges and sightings"),
        _count("tls_fingerprints", "distinct TLS fingerprints over exchanges and sightings"),
        _count("devices", "distinct devices over exchanges and sightings"),
        _count("instruments", "distinct payment instruments"),
        _count("api_keys", "distinct API keys used or held"),
        Column("median_input_tokens", "DOUBLE", "median tokens sent", unit="tokens"),
        Column("median_output_tokens", "DOUBLE", "median tokens answered", unit="tokens"),
        *(
            _share(f"pct_{name}", f"share of active accounts below in {name}; high is {meaning}")
            for name, meaning in RANKED
        ),
    ),
    kind="derived",
    order=("account_id",),
)  # fmt: skip

COLUMN_PRESENCE = Table(
    "column_presence",
    "which canonical columns any extract had",
    (
        Column("table_name", "VARCHAR", "canonical table"),
        Column("column_name", "VARCHAR", "canonical column"),
        Column("present", "BOOLEAN", "whether an extract had it, or it could be computed"),
        _count("non_null", "rows that hold a value", "rows"),
    ),
    kind="derived",
)

LOAD_WARNINGS = Table(
    "load_warnings",
    "what loaded but looks odd",
    (
        Column("table_name", "VARCHAR", "canonical table, or the file for an unknown column"),
        Column("column_name", "VARCHAR", "column it is about"),
        Column("code", "VARCHAR", "kind of oddity"),
        Column("rows", "BIGINT", "rows concerned", unit="rows"),
        Column("example", "VARCHAR", "one such value"),
        Column("message", "VARCHAR", "what it means, in a sentence"),
    ),
    kind="derived",
)

SOURCES = Table(
    "sources",
    "the extract files of the case",
    (
        Column("source_id", "INTEGER", "number of the file, from 1"),
        Column("path", "VARCHAR", "path as given to load"),
        Column("sha256", "VARCHAR", "SHA-256 of the file's bytes"),
        Column("format", "VARCHAR", "parquet, csv or jsonl, with .gz or .zst where packed"),
        _count("rows", "records loaded", "rows"),
        _count("rejected", "records in rejects/", "rows"),
    ),
    kind="derived",
)

TRAITS = Table(
    "traits",
    "one row per account and value of a link family",
    (
        _ACCOUNT,
        Column("family", "VARCHAR", "link family, one per file in queries/traits"),
        Column("value", "VARCHAR", "the shared value"),
        _count("n", "times the account was seen with it"),
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
        _count("accounts", "accounts that have it", "accounts"),
        Column("rarity", "DOUBLE", "ln(accounts in the case / accounts that have it)", unit="nats"),
        Column("hub", "BOOLEAN", "held by too many accounts to link them, or listed as a hub"),
    ),
    kind="derived",
)

ACCOUNT_HABITS = Table(
    "account_habits",
    "one row per account: what of its work the scores of clusters look at",
    (
        _ACCOUNT,
        _count("exchanges", "exchanges of the account"),
        Column("log_rate", "DOUBLE", "logarithm of exchanges a day over its span"),
        Column("log_output", "DOUBLE", "logarithm of the median answer", unit="tokens"),
        Column("log_input", "DOUBLE", "logarithm of the median request", unit="tokens"),
        _share("one_turn_share", "as in account_profile"),
        _share("hour_entropy", "as in account_profile"),
        _share("weekend_share", "as in account_profile"),
        _share("tool_share", "as in account_profile"),
        _share("long_share", "exchanges within a conversation of twelve messages or more"),
        _share("code_share", "of the prompts read, those about code"),
        _share("maths_share", "of the prompts read, those about mathematics"),
        _count("made_in", "fifteen-day period of its creation, counted from 1970"),
        Column("org_id", "VARCHAR", "its organisation", entity="org"),
        Column("verified", "BOOLEAN", "whether the holder's identity was verified"),
        Column("paying", "BOOLEAN", "whether it has a payment instrument"),
        Column("own_domain", "BOOLEAN", "whether at most three accounts have its e-mail domain"),
        _count("sampled_prompts", "different prompts looked at for repeats"),
        _count("texts", "prompts read for their aim"),
        _share("trace_share", "of those, requests to write out hidden reasoning"),
        _share("grading_share", "of those, requests to grade by a rubric"),
        _share("making_share", "of those, requests for training data"),
        _share("aim_share", "of those, with any such aim in wording that is not public"),
        _share("public_share", "of those, with wording of benchmarks, judges and popular prompts"),
        _share("release_share", "of its traffic in the 24 hours after model releases, the part on "
               "the new model"),
    ),
    kind="derived",
    order=("account_id",),
)  # fmt: skip

CLUSTERS = Table(
    "clusters",
    "one row per cluster of linked accounts",
    (
        _CLUSTER,
        _count("accounts", "members", "accounts"),
        _count("exchanges", "exchanges of all members"),
        _count("input_tokens", "tokens sent", "tokens"),
        _count("output_tokens", "tokens answered", "tokens"),
        Column("first_ts", "TIMESTAMP", "first exchange of a member", unit="UTC"),
        Column("last_ts", "TIMESTAMP", "last exchange of a member", unit="UTC"),
        _share("score", "how suspicious, coordination and extraction likeness together"),
        Column("campaign_like", "BOOLEAN", "the proposal that this is an extraction campaign"),
        Column("families", "VARCHAR", "sources of evidence that hold it together"),
        Column("summary", "VARCHAR", "one sentence"),
        _share("coordination", "how surely the members act together"),
        _share("extraction", "how much their work looks like extraction"),
        Column("kind", "VARCHAR", "campaign, or the innocent explanation that fits best"),
        Column(
            "breaking_family",
            "VARCHAR",
            "source without which fewer than half of its members would stay, if any",
        ),
        Column("missing", "VARCHAR", "groups of data that no extract had"),
        Column("continues", "VARCHAR", "cluster of the generation before that it continues"),
    ),
    kind="derived",
)

CLUSTER_MEMBERS = Table(
    "cluster_members",
    "the members of each cluster; an account is in at most one",
    (
        _CLUSTER,
        _ACCOUNT,
        _share("cluster_score", "score of the cluster"),
        _share("member_score", "how surely the account belongs"),
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
        _CLUSTER,
        _ACCOUNT,
        _share("cluster_score", "score of the cluster"),
        _share("likeness", "how likely the account belongs to it, as a member's score"),
        Column("shares", "VARCHAR", "sources of evidence that speak for it, strongest first"),
        Column("speaks_for", "DOUBLE", "what it shares with the members", unit="nats"),
        Column("speaks_against", "DOUBLE", "what most members share and it lacks", unit="nats"),
    ),
    kind="derived",
)

MEMBER_EVIDENCE = Table(
    "member_evidence",
    "per member and link family, how much it speaks for the account being a member",
    (
        _CLUSTER,
        _ACCOUNT,
        Column("source", "VARCHAR", "independent source that the family belongs to"),
        Column("family", "VARCHAR", "link family, rhythm, or lacking: what most others share"),
        Column("value", "VARCHAR", "the value that says most"),
        Column(
            "llr",
            "DOUBLE",
            "log likelihood ratio, the account left out; below 0 against",
            unit="nats",
        ),
    ),
    kind="derived",
)

CLUSTER_COMPONENTS = Table(
    "cluster_components",
    "what makes the scores of a cluster",
    (
        _CLUSTER,
        Column("axis", "VARCHAR", "coordination, extraction or benign"),
        Column("name", "VARCHAR", "what was measured"),
        Column("value", "DOUBLE", "the figure of the cluster"),
        Column("population", "DOUBLE", "what is usual in the case"),
        Column("points", "DOUBLE", "what it adds to the axis"),
        Column("finding", "VARCHAR", "supports, neutral, against or not tested"),
        Column("meaning", "VARCHAR", "what the figure says"),
        Column("query", "VARCHAR", "saved query that gives the figure again"),
    ),
    kind="derived",
)

CLUSTER_SOURCES = Table(
    "cluster_sources",
    "how strongly each source of evidence holds a cluster, and what would stay without it",
    (
        _CLUSTER,
        Column("source", "VARCHAR", "independent source of evidence, or rhythm"),
        Column("mean_llr", "DOUBLE", "mean log likelihood ratio a member", unit="nats"),
        _count("support", "members that it speaks for", "accounts"),
        _count("remaining", "members that would still belong without it", "accounts"),
        Column("breaks", "BOOLEAN", "whether fewer than half would"),
        Column("query", "VARCHAR", "saved query that gives the figures again"),
    ),
    kind="derived",
)

CLUSTER_EXPLANATIONS = Table(
    "cluster_explanations",
    "the innocent explanations of each cluster, as they were tried",
    (
        _CLUSTER,
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
        _CLUSTER,
        Column("older", "VARCHAR", "cluster of the generation before"),
        Column("relation", "VARCHAR", "continues, split (off it) or merged (it was taken in)"),
        _count("accounts", "accounts in both", "accounts"),
    ),
    kind="derived",
)

FIND_WARNINGS = Table(
    "find_warnings",
    "what to know before trusting the clusters",
    (
        Column("code", "VARCHAR", "kind of warning"),
        Column("message", "VARCHAR", "the warning, in a sentence"),
        _count("n", "accounts or values concerned"),
    ),
    kind="derived",
)

CLUSTER_EVIDENCE = Table(
    "cluster_evidence",
    "the values that link a cluster, with their rarity",
    (
        _CLUSTER,
        Column("family", "VARCHAR", "link family"),
        Column("value", "VARCHAR", "the shared value"),
        _count("members", "members that have it", "accounts"),
        _count("outsiders", "other accounts that have it", "accounts"),
        _count("accounts", "accounts of the case that have it", "accounts"),
        Column("rarity", "DOUBLE", "ln(accounts in the case / accounts that have it)", unit="nats"),
        Column("surprise", "DOUBLE", "ln(share of members / share of others)", unit="nats"),
        Column("weight", "DOUBLE", "members times surprise", unit="nats"),
        Column("query", "VARCHAR", "saved query that gives the figures again"),
    ),
    kind="derived",
)

DECISIONS = Table(
    "decisions",
    "the state of the ledger: the decision in force for each account",
    (
        _ACCOUNT,
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
        _ACCOUNT,
        _CLUSTER,
        Column("certain", "BOOLEAN", "a certain member of its cluster, or put here by hand"),
        _share("member_score", "how surely the account belongs to its cluster"),
        Column("by_hand", "BOOLEAN", "an edit of an analyst placed it"),
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
        _count("members", "flagged accounts there that have it", "accounts"),
        _count("accounts", "flagged accounts of the campaign", "accounts"),
    ),
    kind="bench",
)

DERIVED: dict[str, Table] = {
    table.name: table
    for table in (
        ACCOUNT_PROFILE, COLUMN_PRESENCE, LOAD_WARNINGS, SOURCES, TRAITS, TRAIT_STATS,
        ACCOUNT_HABITS, CLUSTERS, CLUSTER_MEMBERS, CLUSTER_NEAR, CLUSTER_EVIDENCE,
        MEMBER_EVIDENCE, CLUSTER_COMPONENTS, CLUSTER_SOURCES, CLUSTER_EXPLANATIONS,
        CLUSTER_LINEAGE, FIND_WARNINGS, DECISIONS, CAMPAIGN_MEMBERS, SEEN_PATTERNS,
    )
}  # fmt: skip

# Every table a saved query may read.
TABLES: dict[str, Table] = {**EXTRACTS, EXCHANGE_TEXT.name: EXCHANGE_TEXT, **DERIVED}
