"""The account-value links as arrays, and which kinds of evidence count as independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.detection.graph.traits import Family
from workbench.intake.load_session import LoadSession

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Families that say the same thing twice support a link once. A family that is not listed here,
# an analyst's own for one, stands for itself.
SOURCES: dict[str, str] = {
    "instrument": "money", "name": "money", "bin_amount": "money",
    "ip": "network", "net24": "network", "asn": "network",
    "device": "machine", "client": "client", "mismatch": "client",
    "domain": "mail", "email_shape": "mail",
    "org": "identity", "phone": "identity",
    "referral": "signup", "signup": "signup",
    "head": "content", "tail": "content", "phrase": "content", "near": "content",
    "prompt": "content",
    "system_prompt": "private", "tools": "private", "habits": "habits",
}  # fmt: skip
# A value of these speaks for a cluster only where this share of its members has it: everybody has
# some value of them, so that any handful of members would find one that is theirs alone.
COMMON: dict[str, float] = {"habits": 0.2}

# Sources by which accounts are one another's: their payer, device, sign-up and so on. Addresses and
# mail providers are those of a region, and wording that of a task.
TIES = ("money", "machine", "client", "signup", "identity", "keys", "private")


@dataclass(frozen=True)
class Links:
    """Links sorted by value: account `a[i]` has value `v[i]`; values are numbered over families.

    `family[v]` and `held[v]` are the family number and the accounts holding value v.
    """

    accounts: int
    families: tuple[Family, ...]
    v: Ints
    a: Ints
    family: Ints
    held: Ints

    @property
    def source_names(self) -> tuple[str, ...]:
        """The independent sources, by name."""
        return tuple(sorted({SOURCES.get(f.name, f.name) for f in self.families}))

    @property
    def holding(self) -> Ints:
        """The sources that can hold accounts together; how work looks alone cannot."""
        return np.flatnonzero([name not in COMMON for name in self.source_names])

    @property
    def ties(self) -> Ints:
        """The sources by which accounts are one another's."""
        return np.flatnonzero([name in TIES for name in self.source_names])

    @property
    def least_share(self) -> Floats:
        """For each family the share of a cluster's members from which on a value counts."""
        return np.array([COMMON.get(family.name, 0.0) for family in self.families])

    @property
    def source(self) -> Ints:
        """The number of the source of each family."""
        names = self.source_names
        return np.array(
            [names.index(SOURCES.get(f.name, f.name)) for f in self.families], dtype=np.int64
        )


def read_links(session: LoadSession, families: Sequence[Family]) -> Links:
    """Fetch the temporary table `links`."""
    found = session.connection.execute(
        "SELECT number, v, a, accounts FROM links ORDER BY number, v, a"
    ).fetchnumpy()
    accounts = int(session.value("SELECT count(*) FROM account_index"))
    number = np.asarray(found["number"], dtype=np.int64)
    local = np.asarray(found["v"], dtype=np.int64)
    if not len(number):
        none = np.zeros(0, dtype=np.int64)
        return Links(accounts, tuple(families), none, none, none, none)
    fresh = np.ones(len(number), dtype=bool)
    fresh[1:] = (number[1:] != number[:-1]) | (local[1:] != local[:-1])
    v = np.cumsum(fresh) - 1
    return Links(
        accounts,
        tuple(families),
        v,
        np.asarray(found["a"], dtype=np.int64),
        number[fresh],
        np.asarray(found["accounts"], dtype=np.int64)[fresh],
    )
