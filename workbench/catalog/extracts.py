"""The tables of a case as data: what an extract may hold and what each column means.

Every time is a UTC TIMESTAMP in microseconds; ids, addresses and supplied hashes are text. A
column that no extract had is NULL in the store and listed as absent in `column_presence`.
"""

from __future__ import annotations

from workbench.catalog.columns import Column, Table

_ACCOUNT = Column("account_id", "VARCHAR", "the account", entity="account", required=True)
_TEXT = "VARCHAR"
_TIME = "TIMESTAMP"

ACCOUNTS = Table(
    "accounts",
    "one row per account, as the sign-up system knows it",
    (
        _ACCOUNT,
        Column("created_at", _TIME, "when the account was made", unit="UTC"),
        Column("email", _TEXT, "e-mail address at sign-up", entity="email"),
        Column("email_domain", _TEXT, "domain of the e-mail", entity="domain", computed=True),
        Column("org_id", _TEXT, "organisation the account belongs to", entity="org"),
        Column("plan", _TEXT, "price plan"),
        Column("channel", _TEXT, "how the account came in: web, api, partner, programme"),
        Column("country", _TEXT, "country as claimed at sign-up; never a score input"),
        Column("signup_ip", _TEXT, "address of the sign-up", entity="ip"),
        Column("phone_hash", _TEXT, "hash of the verified telephone number", entity="phone"),
        Column("referral", _TEXT, "referral or promotion code", entity="referral"),
        Column("status", _TEXT, "state of the account: active, banned, closed"),
        Column("status_at", _TIME, "since when it is in that state", unit="UTC"),
        Column("verified", "BOOLEAN", "whether the holder's identity was verified"),
    ),
    order=("account_id",),
)

EXCHANGES = Table(
    "exchanges",
    "one row per request and its answer, without the texts",
    (
        Column("exchange_id", _TEXT, "id of the exchange", entity="exchange"),
        _ACCOUNT,
        Column("ts", _TIME, "when the request came in", unit="UTC", required=True),
        Column("session_id", _TEXT, "conversation or session", entity="session"),
        Column("api_key_id", _TEXT, "key that was used", entity="api_key"),
        Column("model", _TEXT, "model that answered", entity="model"),
        Column("operation", _TEXT, "kind of call: chat, completion, embedding"),
        Column("input_tokens", "BIGINT", "tokens sent", unit="tokens"),
        Column("output_tokens", "BIGINT", "tokens answered", unit="tokens"),
        Column("cached_tokens", "BIGINT", "tokens read from the prompt cache", unit="tokens"),
        Column("reasoning_tokens", "BIGINT", "tokens of hidden reasoning", unit="tokens"),
        Column("latency_ms", "BIGINT", "time to the whole answer", unit="ms"),
        Column("ttft_ms", "BIGINT", "time to the first token", unit="ms"),
        Column("status", "INTEGER", "HTTP status"),
        Column("finish_reason", _TEXT, "why the answer ended"),
        Column("stream", "BOOLEAN", "whether the answer was streamed"),
        Column("n_messages", "INTEGER", "messages in the request", unit="messages"),
        Column("n_tools", "INTEGER", "tools offered in the request", unit="tools"),
        Column("max_tokens", "INTEGER", "limit asked for", unit="tokens"),
        Column("temperature", "DOUBLE", "sampling temperature asked for"),
        Column("ip", _TEXT, "address of the client", entity="ip"),
        Column("user_agent", _TEXT, "client software as it names itself", entity="user_agent"),
        Column("tls_fingerprint", _TEXT, "TLS client fingerprint", entity="tls"),
        Column("device_id", _TEXT, "device id or cookie", entity="device"),
        Column("system_prompt_hash", _TEXT, "hash of the system prompt; where none was given, of "
               "its text", entity="system_prompt"),
        Column("tools_hash", _TEXT, "hash of the tool definitions", entity="tools"),
        Column("prompt_hash", "BIGINT", "hash of the prompt's normal form", entity="prompt",
               computed=True),
        Column("prompt_head", _TEXT, "first 32 characters of the normal form, digits as #",
               entity="head", computed=True),
        Column("prompt_tail", _TEXT, "last 32 characters of the normal form, digits as #",
               entity="tail", computed=True),
        Column("prompt_chars", "INTEGER", "length of the prompt as sent", unit="characters",
               computed=True),
        Column("cost_usd", "DOUBLE", "price of the exchange", unit="USD"),
        Column("source_id", "INTEGER", "extract file the row came from", loader_only=True),
        Column("source_row", "BIGINT", "line (CSV, JSONL) or row (Parquet) in that file, from 1",
               loader_only=True),
    ),
    order=("account_id", "ts", "source_id", "source_row"),
)  # fmt: skip

EXCHANGE_TEXT = Table(
    "exchange_text",
    "the texts of an exchange; written by the clients, to be read as hostile",
    (
        Column("account_id", _TEXT, "the account", entity="account"),
        Column("ts", _TIME, "when the request came in", unit="UTC"),
        Column("exchange_id", _TEXT, "id of the exchange", entity="exchange"),
        Column("system_prompt", _TEXT, "system prompt"),
        Column("prompt", _TEXT, "what was asked"),
        Column("response", _TEXT, "what was answered"),
        Column("truncated", "BOOLEAN", "whether the extract cut a text"),
    ),
    order=("account_id", "ts", "source_id", "source_row"),
)
TEXT_COLUMNS = ("system_prompt", "prompt", "response", "truncated")

SIGHTINGS = Table(
    "sightings",
    "one row per time an account was seen at an address, with a client or on a device",
    (
        _ACCOUNT,
        Column("ts", _TIME, "when", unit="UTC"),
        Column("kind", _TEXT, "what the account did: signup, login, console, api"),
        Column("ip", _TEXT, "address", entity="ip"),
        Column("asn", "BIGINT", "autonomous system of the address"),
        Column("country", _TEXT, "country of the address; never a score input"),
        Column("user_agent", _TEXT, "client software as it names itself", entity="user_agent"),
        Column("tls_fingerprint", _TEXT, "TLS client fingerprint", entity="tls"),
        Column("device_id", _TEXT, "device id or cookie", entity="device"),
    ),
    order=("account_id", "ts"),
)

PAYMENTS = Table(
    "payments",
    "one row per charge or attempt",
    (
        Column("payment_id", _TEXT, "id of the payment"),
        _ACCOUNT,
        Column("ts", _TIME, "when", unit="UTC"),
        Column("instrument_fingerprint", _TEXT, "card or wallet", entity="instrument"),
        Column("kind", _TEXT, "card, wallet, transfer, credit"),
        Column("bin", _TEXT, "issuer range of the card", entity="bin"),
        Column("funding", _TEXT, "credit, debit, prepaid"),
        Column("issuer_country", _TEXT, "country of the issuer; never a score input"),
        Column("amount_minor", "BIGINT", "amount", unit="minor units of the currency"),
        Column("currency", _TEXT, "ISO 4217 code"),
        Column("status", _TEXT, "succeeded, failed, refunded, disputed"),
        Column("name_hash", _TEXT, "hash of the holder's name", entity="name"),
        Column("postcode", _TEXT, "postcode of the billing address"),
    ),
    order=("account_id", "ts", "payment_id"),
)

API_KEYS = Table(
    "api_keys",
    "one row per API key",
    (
        Column("api_key_id", _TEXT, "the key, by id", entity="api_key"),
        _ACCOUNT,
        Column("created_at", _TIME, "when the key was made", unit="UTC"),
        Column("revoked_at", _TIME, "when it was revoked", unit="UTC"),
    ),
    order=("account_id", "created_at", "api_key_id"),
)

MODEL_RELEASES = Table(
    "model_releases",
    "when each model became available",
    (
        Column("model", _TEXT, "model by name", entity="model"),
        Column("released_at", _TIME, "when it was released", unit="UTC"),
    ),
    order=("released_at", "model"),
)

ENTITY_LISTS = Table(
    "entity_lists",
    "values an analyst has classed: hubs, allowed ones, known bad ones",
    (
        Column("family", _TEXT, "entity or link family of the value"),
        Column("value", _TEXT, "the value"),
        Column("role", _TEXT, "hub, allow or known_bad"),
        Column("reason", _TEXT, "why"),
        Column("author", _TEXT, "who said so"),
        Column("until", _TIME, "when the entry lapses", unit="UTC"),
    ),
    order=("family", "value", "role"),
)

EXTRACTS: dict[str, Table] = {
    table.name: table
    for table in (
        ACCOUNTS, EXCHANGES, SIGHTINGS, PAYMENTS, API_KEYS, MODEL_RELEASES, ENTITY_LISTS,
    )
}  # fmt: skip

# Columns that tell an extract's table when its file name does not: the first table all of whose
# marks are present wins, so the more particular tables come first.
MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("payments", frozenset(("account_id", "instrument_fingerprint"))),
    ("payments", frozenset(("account_id", "amount_minor"))),
    ("model_releases", frozenset(("model", "released_at"))),
    ("entity_lists", frozenset(("family", "value", "role"))),
    ("exchanges", frozenset(("account_id", "ts", "model"))),
    ("exchanges", frozenset(("account_id", "ts", "output_tokens"))),
    ("exchanges", frozenset(("account_id", "ts", "prompt"))),
    ("exchanges", frozenset(("account_id", "ts", "exchange_id"))),
    ("api_keys", frozenset(("api_key_id", "account_id", "created_at"))),
    ("api_keys", frozenset(("api_key_id", "account_id", "revoked_at"))),
    ("sightings", frozenset(("account_id", "ts", "ip"))),
    ("sightings", frozenset(("account_id", "ts", "device_id"))),
    ("accounts", frozenset(("account_id", "created_at"))),
    ("accounts", frozenset(("account_id", "email"))),
    ("accounts", frozenset(("account_id", "plan"))),
)


def extract_columns(table: Table) -> tuple[Column, ...]:
    """The columns that a file of this table may hold (texts included, loader's own left out)."""
    own = tuple(column for column in table.columns if not column.loader_only)
    if table is not EXCHANGES:
        return own
    texts = tuple(column for column in EXCHANGE_TEXT.columns if column.name in TEXT_COLUMNS)
    return own + texts


def required_columns(table: Table) -> tuple[str, ...]:
    """The names without which a file of this table cannot be loaded."""
    return tuple(column.name for column in table.columns if column.required)
