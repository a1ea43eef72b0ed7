"""What each cluster looks like beside the whole case: the figures that scores are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from workbench.detection.graph.links import Ints, Links
from workbench.detection.likelihood.membership import SUPPORT, Terms
from workbench.intake.load_session import LoadSession
from workbench.resources import statement

_ADDRESS = frozenset(("domain", "email_shape"))


@dataclass(frozen=True)
class Holder:
    """The most common value of a family: who of the members and of all has it."""

    value: str
    members: int
    accounts: int
    holding: int


@dataclass
class Figures:
    """One cluster's figures; None where the case has no data for them."""

    number: int
    accounts: int
    exchanges: int
    input_tokens: int
    output_tokens: int
    first_ts: datetime | None
    last_ts: datetime | None
    values: dict[str, float | None]
    holders: dict[str, Holder] = field(default_factory=dict)
    sources: dict[str, float] = field(default_factory=dict)
    covered: dict[str, float] = field(default_factory=dict)
    rhythm: float = 0.0
    public_wording: float | None = None  # see `strangers`
    public_prompts: float | None = None
    wording: bool = True  # whether the case holds text; whole-prompt hashes show no templates
    among: int = 1  # accounts of the whole case
    addressed: float = 1.0  # accounts of the whole case whose e-mail domain is known
    shared_prompts: int = 0
    outside_prompts: float = 0.0
    common_texts: float | None = None
    telephones: float = 0.0  # members who share their number with two others or more
    bans: int = 0
    replaced: float | None = None  # of the bans of members, those after which a new one came
    replaced_anyhow: float | None = None

    def share(self, family: str) -> float:
        """Share of members that have the cluster's most common value of a family.

        Of e-mail addresses, that many extracts hold for some accounts only, the share among
        members of whom as many are known as of all accounts.
        """
        held = self.holders.get(family)
        known = max(self.addressed, 0.05) if family in _ADDRESS else 1.0
        return min(held.members / self.accounts / known, 1.0) if held else 0.0

    def own(self, family: str) -> float:
        """As `share`, 0 where many outsiders have that value too."""
        held = self.holders.get(family)
        return self.share(family) if held and held.members >= 0.8 * held.accounts else 0.0


_WORDING = frozenset(("head", "tail", "phrase", "near"))


def _rows(session: LoadSession, name: str) -> list[dict[str, Any]]:
    cursor = session.connection.execute(statement("detection", name))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_figures(
    session: LoadSession, links: Links, terms: Terms, label: Ints, rhythm: dict[int, float]
) -> tuple[list[Figures], dict[str, float | None]]:
    """Figures of all clusters in order of their number, and the usual ones of the whole case.

    Needs the temporary table `members` and the table `account_habits`.
    """
    found: dict[int, Figures] = {}
    values = {int(row.pop("c")): row for row in _rows(session, "figures")}
    usual = values.pop(-1, {})
    for row in _rows(session, "volumes"):
        number = int(row.pop("c"))
        found[number] = Figures(
            number, values=values[number], **row, rhythm=rhythm.get(number, 0.0)
        )
    for row in _rows(session, "holders"):
        held = Holder(row["value"], row["members"], row["accounts"], row["holding"])
        found[row["c"]].holders[row["family"]] = held
    for row in _rows(session, "repeats"):
        figure = found[row["c"]]
        figure.shared_prompts = int(row["shared_prompts"])
        figure.outside_prompts = row["holdings_with_outsiders"] / max(row["holdings"], 1)
        figure.common_texts = row["common_texts"]
    for row in _rows(session, "telephones"):
        found[row["c"]].telephones = row["telephones"]
    for row in _rows(session, "bans"):
        figure = found[row["c"]]
        figure.bans, figure.replaced = int(row["bans"]), row["replaced"]
        figure.replaced_anyhow = row["usual"]
    wording = any(family.name in _WORDING for family in links.families)
    for figure in found.values():
        figure.wording, figure.addressed = wording, usual.get("domain_share") or 1.0
        figure.among = links.accounts
    _add_sources(found, links, terms, label)
    return [found[number] for number in sorted(found)], usual


def _add_sources(found: dict[int, Figures], links: Links, terms: Terms, label: Ints) -> None:
    """Mean ratio per member, and share of members in support, for each independent source."""
    mine = label[terms.a] == terms.c
    a, c, llr = terms.a[mine], terms.c[mine], terms.llr[mine]
    source = links.source[terms.family[mine]]
    names = links.source_names
    order = np.lexsort((-llr, source, a))
    a, c, llr, source = a[order], c[order], llr[order], source[order]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (source[1:] != source[:-1])
    key = c[first] * len(names) + source[first]
    width = (max(found, default=-1) + 1) * len(names)
    total = np.bincount(key, weights=llr[first], minlength=width)
    support = np.bincount(key[llr[first] >= SUPPORT], minlength=width)
    for number, figure in found.items():
        for place, name in enumerate(names):
            figure.sources[name] = float(total[number * len(names) + place]) / figure.accounts
            figure.covered[name] = float(support[number * len(names) + place]) / figure.accounts
