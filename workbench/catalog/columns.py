"""What a table and a column of a case are, and the columns that many tables share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["canonical", "derived", "bench"]

ENTITY_FAMILIES: dict[str, str] = {
    "account": "an account of the API",
    "email": "an e-mail address",
    "domain": "the domain of an e-mail address",
    "org": "an organisation that holds accounts",
    "ip": "a network address",
    "phone": "a hashed telephone number",
    "referral": "a referral or promotion code",
    "instrument": "a card or other payment instrument, by fingerprint",
    "bin": "the issuer range of a card",
    "name": "a hashed card-holder name",
    "device": "a device id or long-lived cookie",
    "user_agent": "the client software as it names itself",
    "tls": "a TLS client fingerprint",
    "api_key": "an API key, by id",
    "session": "a conversation or session",
    "exchange": "one request and its answer",
    "model": "a model by name",
    "system_prompt": "a system prompt, by hash",
    "tools": "a set of tool definitions, by hash",
    "prompt": "a whole prompt, by hash of its normal form",
    "head": "how prompts begin, digits as #",
    "tail": "how prompts end, digits as #",
    "cluster": "a cluster of linked accounts",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its DuckDB type, what it means, its unit and the entity its cells name."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    entity: str = ""
    required: bool = False
    computed: bool = False
    loader_only: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its columns in order, and the order of its rows."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    kind: Kind = "canonical"
    order: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in table order."""
        return tuple(column.name for column in self.columns)


ACCOUNT = Column("account_id", "VARCHAR", "the account", entity="account")
CLUSTER = Column("cluster_id", "VARCHAR", "the cluster", entity="cluster")


def count(name: str, meaning: str, unit: str = "") -> Column:
    """A column of whole numbers."""
    return Column(name, "BIGINT", meaning, unit=unit)


def share(name: str, meaning: str) -> Column:
    """A column of numbers from 0 to 1."""
    return Column(name, "DOUBLE", meaning, unit="0..1")
