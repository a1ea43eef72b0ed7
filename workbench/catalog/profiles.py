"""The tables that loading adds to a case: profiles of accounts, sources, warnings."""

from __future__ import annotations

from workbench.catalog.columns import ACCOUNT, Column, Table, count, share

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
        ACCOUNT,
        count("exchanges", "exchanges of the account"),
        count("active_days", "UTC days with an exchange", "days"),
        count("sessions", "distinct sessions"),
        Column("first_ts", "TIMESTAMP", "first exchange", unit="UTC"),
        Column("last_ts", "TIMESTAMP", "last exchange", unit="UTC"),
        count("input_tokens", "tokens sent", "tokens"),
        count("output_tokens", "tokens answered", "tokens"),
        Column("cost_usd", "DOUBLE", "price of all exchanges", unit="USD"),
        Column("out_in_ratio", "DOUBLE", "output tokens per input token"),
        share("one_turn_share", "sessions with one exchange only; without sessions, exchanges "
               "with at most one message"),
        share("distinct_prompt_share", "distinct prompts per exchange that has one"),
        share("tool_share", "exchanges that offer tools"),
        share("error_share", "exchanges with an HTTP status of 400 or more"),
        share("stream_share", "exchanges that were streamed"),
        Column("per_active_day", "DOUBLE", "exchanges per active day"),
        share("hour_entropy", "evenness of the 24 UTC hours: 0 one hour only, 1 flat"),
        share("weekend_share", "exchanges on UTC Saturdays and Sundays"),
        Column("median_gap_s", "DOUBLE", "median time between exchanges", unit="s"),
        Column("gap_cv", "DOUBLE", "standard deviation of that time over its mean; 0 is a clock"),
        count("models", "distinct models"),
        count("ips", "distinct addresses over sign-up, exchanges and sightings"),
        count("user_agents", "distinct user agents over exchanges and sightings"),
        count("tls_fingerprints", "distinct TLS fingerprints over exchanges and sightings"),
        count("devices", "distinct devices over exchanges and sightings"),
        count("instruments", "distinct payment instruments"),
        count("api_keys", "distinct API keys used or held"),
        Column("median_input_tokens", "DOUBLE", "median tokens sent", unit="tokens"),
        Column("median_output_tokens", "DOUBLE", "median tokens answered", unit="tokens"),
        *(
            share(f"pct_{name}", f"share of active accounts below in {name}; high is {meaning}")
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
        count("non_null", "rows that hold a value", "rows"),
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
        count("rows", "records loaded", "rows"),
        count("rejected", "records in rejects/", "rows"),
    ),
    kind="derived",
)
