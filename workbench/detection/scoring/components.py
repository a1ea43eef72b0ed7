"""What a cluster is judged by: each line's figure, what is usual, and how far it speaks, 0..1.

A line has one meaning and one direction. Its strength rises with its figure and never turns;
what an extract does not tell has no strength either way, and neither has the absence of a sign.
How much a line counts is fitted (`weights.toml`); nothing here is a weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from workbench.detection.features.cluster_features import Figures
from workbench.detection.likelihood.membership import SUPPORT
from workbench.detection.scoring.ownership import (
    clip,
    open_name,
    ties,
    trust,
)

Usual = dict[str, float | None]


@dataclass(frozen=True)
class Reading:
    """A figure as a saved query gives it again, what is usual, and what it is to be read with.

    `given` is the line's own: the known members, the trust in a name, or what counts in full.
    """

    value: float | None
    usual: float | None = 0.0
    given: float = 1.0


Strength = Callable[[float, float, float], float]


@dataclass(frozen=True)
class Line:
    """One line of a score: `read` gives its figures, `strength` how far those speak, 0..1."""

    axis: str
    name: str
    read: Callable[[Figures, Usual], Reading]
    strength: Strength
    meaning: str
    query: str

    @property
    def sign(self) -> int:
        """+1 where it speaks for a campaign, -1 for an innocent group."""
        return -1 if self.axis == "benign" else 1

    def level(self, value: float | None, usual: float | None, given: float) -> float | None:
        """Its strength, None where the figure or the usual one is unknown."""
        if value is None or usual is None:
            return None
        return clip(self.strength(value, usual, given), 0.0, 1.0)


def _rising(full: float, begin: float = 0.0) -> Strength:
    """Nothing at `begin`, full strength at `full`, whatever is usual; as far as `given` goes."""
    return lambda value, usual, given: (value * given - begin) / (full - begin)


def _above(full: float, begin: float = 0.0) -> Strength:
    """By how much a figure exceeds the usual one, as far as `given` goes."""
    return lambda value, usual, given: ((value - usual) * given - begin) / (full - begin)


def _drawn_to(usual: float, value: float, members: float) -> float:
    """The spread of a few members says little: as many of the usual spread are put in."""
    few = 6.0
    return (members * value + few * usual) / (members + few)


def _narrower(value: float, usual: float, members: float) -> float:
    """How often the usual spread halves into this one: 0.7 times is nothing, 1.7 times is all."""
    value = _drawn_to(usual, value, members)
    return math.log2(max(usual, 0.02) / max(value, 0.02)) - 0.7


def _wider(value: float, usual: float, members: float) -> float:
    return _drawn_to(usual, value, members) / max(usual, 0.02) - 0.7


def _own(name: str) -> Callable[[Figures, Usual], Reading]:
    return lambda figure, usual: Reading(figure.values.get(name), usual.get(name))


def _spread(name: str) -> Callable[[Figures, Usual], Reading]:
    """Spreads of fewer than five active members say nothing."""

    def read(figure: Figures, usual: Usual) -> Reading:
        several = (figure.values.get("active") or 0) >= 5
        value = figure.values.get(name) if several else None
        return Reading(value, usual.get(name), figure.accounts)

    return read


def _full(figure: Figures) -> float:
    """The mean strength per member from which on a source counts in full.

    So much that two such sources overcome the odds against belonging, which are those of the
    cluster's size in the case, and leave what is support.
    """
    against = math.log(max(figure.among, 1) / max(figure.accounts, 1))
    return max((against + SUPPORT) / 2.0, SUPPORT)


def _source(name: str) -> Callable[[Figures, Usual], Reading]:
    """A source's mean strength a member, read in parts of what counts in full."""
    return lambda figure, usual: Reading(figure.sources.get(name), 0.0, 1.0 / _full(figure))


def _wording(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.sources.get("content") if figure.wording else None)


def _rhythm(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.rhythm if usual.get("active") else None)


def _hidden_ties(figure: Figures, usual: Usual) -> Reading:
    """What ties the accounts, as far as no name stands openly behind them."""
    return Reading(ties(figure), 0.0, 1.0 - open_name(figure, usual))


def _targeted(figure: Figures, usual: Usual) -> Reading:
    """The capability whose share exceeds the case's most: the share, and the case's."""
    known = [
        (figure.values[name] or 0.0, usual[name] or 0.0)
        for name in ("tool_share", "code_share", "maths_share", "long_share")
        if figure.values.get(name) is not None and usual.get(name) is not None
    ]
    return Reading(*max(known, key=lambda one: one[0] - one[1])) if known else Reading(None, None)


def _replaced(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.replaced if figure.bans >= 3 else None, figure.replaced_anyhow)


def _sure(known: float | None) -> float:
    """How far a share of so many known members may be trusted: three of the usual are put in."""
    return (known or 0.0) / ((known or 0.0) + 3.0)


def _organisation(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.share("org") if (usual.get("org_share") or 0.0) > 0.0 else None)


def _domain(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.own("domain") if (usual.get("domain_share") or 0.0) > 0.0 else None)


def _lived(figure: Figures, usual: Usual) -> Reading:
    """The part of the members older than the extract, as far as a name stands behind them."""
    sure = _sure(figure.values.get("dated")) * open_name(figure, usual)
    return Reading(figure.values.get("lived_before"), usual.get("lived_before"), sure)


def _verified(figure: Figures, usual: Usual) -> Reading:
    sure = _sure(figure.values.get("verifiable"))
    return Reading(figure.values.get("verified"), usual.get("verified"), sure)


def _firms(figure: Figures, usual: Usual) -> Reading:
    sure = _sure(figure.values.get("domains")) * trust(figure, usual)
    return Reading(figure.values.get("own_domain"), usual.get("own_domain"), sure)


def _payer(figure: Figures, usual: Usual) -> Reading:
    return Reading(figure.share("instrument") if (usual.get("paying") or 0.0) > 0.0 else None)


def _mailbox(plus: bool) -> Callable[[Figures, Usual], Reading]:
    def read(figure: Figures, usual: Usual) -> Reading:
        held = figure.holders.get("email_shape")
        if (usual.get("domain_share") or 0.0) <= 0.0:
            return Reading(None)
        same = held is not None and ("+@" in held.value) == plus
        return Reading(figure.own("email_shape") if same else 0.0)

    return read


_TOGETHER = (
    ("payment", "money"), ("network", "network"), ("device", "machine"), ("client", "client"),
    ("sign-up", "signup"), ("wording", "content"), ("private prompt", "private"),
    ("API keys", "keys"), ("e-mail", "mail"), ("identity", "identity"),
)  # fmt: skip
_FIGURES, _HOLDERS, _SOURCES = "evidence-figures", "evidence-holders", "evidence-sources"

COORDINATION: tuple[Line, ...] = (
    *(
        Line("coordination", f"shared {words}", _source(source), _rising(1.0),
             "how strongly members share rare values of this kind; mean a member", _SOURCES)
        for words, source in _TOGETHER
    ),
    Line("coordination", "one rhythm", _rhythm, _rising(4.0),
         "active in the same ten minutes more than time of day and day explain", _SOURCES),
    Line("coordination", "hidden ties", _hidden_ties, _rising(6.0, 1.0),
         "the strongest of payer, device, client, sign-up, identity, key, private prompt and "
         "queue, as far as no name stands openly behind the accounts", _SOURCES),
    Line("coordination", "numbered addresses", _mailbox(plus=False), _rising(1.0),
         "addresses that differ in their digits only", _HOLDERS),
    Line("coordination", "one telephone",
         lambda f, u: Reading(f.telephones), _rising(0.8, 0.4),
         "members whose telephone number two others or more have as well", "evidence-telephones"),
)  # fmt: skip

EXTRACTION: tuple[Line, ...] = (
    Line("extraction", "template reuse", _wording, _rising(6.5, 2.0),
         "members' prompts share rare wording", _SOURCES),
    Line("extraction", "even volumes", _spread("rate_spread"), _narrower,
         "spread of daily volume over members (quartiles, logarithm); people differ widely",
         _FIGURES),
    Line("extraction", "even answers", _spread("output_spread"), _narrower,
         "spread of members' usual answer length (quartiles, logarithm)", _FIGURES),
    Line("extraction", "even requests", _spread("input_spread"), _narrower,
         "spread of members' usual request length (quartiles, logarithm)", _FIGURES),
    Line("extraction", "one turn", _own("one_turn"), _above(0.3),
         "sessions of one exchange; the median member", _FIGURES),
    Line("extraction", "long answers", _own("log_output"), _above(1.5, 0.3),
         "usual answer length of the members (logarithm of tokens)", _FIGURES),
    Line("extraction", "aims", _own("aim_share"), _above(0.4),
         "requests for hidden reasoning, for grades or for training data, in ten languages",
         _FIGURES),
    Line("extraction", "capability targeting", _targeted, _above(0.5),
         "requests for one capability above all: tools, code, mathematics or long conversations",
         _FIGURES),
    Line("extraction", "new model at once", _own("release_share"), _above(0.4),
         "of the traffic in the 24 hours after a release, the part on the new model", _FIGURES),
    Line("extraction", "replaced after bans", _replaced, _above(0.5),
         "bans of members after which a new member was made within a day", "evidence-bans"),
    Line("extraction", "made together", _own("made_together"), _above(0.6, 0.1),
         "accounts made in the same thirty days", _FIGURES),
)  # fmt: skip

BENIGN: tuple[Line, ...] = (
    Line("benign", "one organisation", _organisation, _rising(0.9, 0.3),
         "members of one declared organisation", _HOLDERS),
    Line("benign", "one domain", _domain, _rising(0.9, 0.3),
         "members with an e-mail domain that is nobody else's", _HOLDERS),
    Line("benign", "older than the extract", _lived, _rising(0.9, 0.1),
         "members behind one name whose accounts are at least two weeks older than the extract",
         _FIGURES),
    Line("benign", "verified holders", _verified, _above(0.5, 0.1),
         "members whose identity was verified", _FIGURES),
    Line("benign", "firms of their own", _firms, _above(0.6, 0.1),
         "members under a domain that at most three accounts have", _FIGURES),
    Line("benign", "one mailbox", _mailbox(plus=True), _rising(1.0),
         "addresses that are one mailbox with tags", _HOLDERS),
    Line("benign", "uneven volumes", _spread("rate_tail"), _wider,
         "how far the busiest members are above the middle one (logarithm); people differ widely",
         _FIGURES),
    Line("benign", "working days", _own("weekend_share"),
         lambda v, u, given: (u - v) / max(u, 0.05) - 0.3,
         "exchanges on week-ends; an office has few", _FIGURES),
    Line("benign", "common texts", lambda f, u: Reading(f.common_texts), _rising(0.6, 0.1),
         "prompts that many members send word for word: an exercise, not work dealt out",
         "evidence-repeats"),
    Line("benign", "public wording", lambda f, u: Reading(f.public_wording), _rising(0.7, 0.1),
         "of the parties that use the shared wording, the part that is not in this cluster nor "
         "in a suspect one", "evidence-wording"),
    Line("benign", "public texts", lambda f, u: Reading(f.public_prompts), _rising(0.7, 0.1),
         "the same of prompts repeated word for word", "evidence-repeats"),
    Line("benign", "well-known wording", _own("public_share"), _above(0.5, 0.1),
         "prompts of benchmarks, published judges and lists of popular prompts", _FIGURES),
)  # fmt: skip

LINES: tuple[Line, ...] = COORDINATION + EXTRACTION + BENIGN
# For one hand behind the accounts, whatever for, a name or a payer in common speaks as well.
ONE_HAND: tuple[Line, ...] = (
    Line("one hand", "one organisation", _organisation, _rising(0.9, 0.3),
         "members of one declared organisation", _HOLDERS),
    Line("one hand", "one domain", _domain, _rising(0.9, 0.3),
         "members with an e-mail domain that is nobody else's", _HOLDERS),
    Line("one hand", "one payer", _payer, _rising(0.9, 0.2),
         "members that one instrument pays for", _HOLDERS),
    Line("one hand", "one mailbox", _mailbox(plus=True), _rising(1.0),
         "addresses that are one mailbox with tags", _HOLDERS),
)  # fmt: skip

# Groups of data whose absence has an intercept of its own, in words.
GROUPS = (
    "accounts", "organisations", "payments", "prompts", "prompt hashes", "addresses", "clients",
    "exchanges",
)  # fmt: skip


def unknown_groups(figure: Figures, usual: Usual) -> tuple[str, ...]:
    """Which of `GROUPS` no extract told of."""
    held = {
        "accounts": (usual.get("domain_share") or 0.0) > 0.0 or bool(usual.get("dated")),
        "organisations": (usual.get("org_share") or 0.0) > 0.0 or bool(usual.get("verifiable")),
        "payments": (usual.get("paying") or 0.0) > 0.0,
        "prompts": figure.wording,
        "prompt hashes": bool(usual.get("sampled_prompts")),
        "addresses": "network" in figure.sources,
        "clients": "client" in figure.sources,
        "exchanges": bool(usual.get("active")),
    }
    return tuple(group for group in GROUPS if not held[group])
