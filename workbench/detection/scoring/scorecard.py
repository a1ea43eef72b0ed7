"""Two scores for each cluster, their components, and which innocent explanation fits best.

Coordination counts independent sources of rare sharing. Extraction likeness compares the members'
work with the case's own ordinary accounts. A group that openly stands behind one name, one payer
and one verified holder is that holder's business: what marks a campaign is that its accounts
pretend to be unrelated while they do the same work.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.detection.features.cluster_features import Figures
from workbench.detection.likelihood.membership import SUPPORT
from workbench.detection.scoring.ownership import (
    clip,
    holders_known,
    one_holder,
    steadied,
    ties,
    trust,
)

# (value, usual value) to log odds
Points = Callable[[float, float], float]

SMALLEST_CAMPAIGN = 6
_BEYOND_DOUBT = 6.5
_TOGETHER = 1.9  # so many sources in full are evidence that accounts belong together
_APART = 4.0  # nats a member; from here on a network, a client or a prompt is theirs in common


@dataclass(frozen=True)
class Component:
    """One line of a score: what was measured, what is usual, what it adds (log odds)."""

    axis: str
    name: str
    value: float | None
    usual: float | None
    points: float
    meaning: str
    query: str

    @property
    def finding(self) -> str:
        """In a word."""
        if self.value is None:
            return "not tested"
        return "supports" if self.points > 0.25 else "against" if self.points < -0.25 else "neutral"


@dataclass
class ClusterScore:
    """The scores of one cluster, each 0..1, and the best innocent explanation."""

    coordination: float = 0.0
    extraction: float = 0.0
    benign: float = 0.0
    score: float = 0.0
    campaign_like: bool = False
    kind: str = "unclear"
    suspect: bool = False
    components: list[Component] = field(default_factory=list)


def score_cluster(figure: Figures, usual: dict[str, float | None]) -> ClusterScore:
    """Score one cluster against the case's usual figures."""
    together = _coordination(figure)
    work = [*_extraction(figure, usual), *_origins(figure, usual)]
    open_ = [*_holders(figure, usual), *_accounts(figure, usual), *_wording(figure, usual)]
    # Each axis hears what is beyond doubt on the other.
    likely, unlike = sum(c.points for c in work), sum(c.points for c in open_)
    work.append(_line("made up accounts", unlike, 0.0, lambda v, u: 0.3 * max(v, 0.0),
                      "what speaks against all innocent explanations; sum of their points",
                      "cluster-components"))  # fmt: skip
    open_.append(_line("work beyond doubt", likely, _BEYOND_DOUBT,
                       lambda v, u: 0.6 * max(v - u, 0.0),
                       "points for extraction, beyond those that any honest work collects",
                       "cluster-components"))  # fmt: skip
    verdict = ClusterScore(components=[*together, *work, *open_])
    verdict.coordination = _logistic(2.0 * (sum(c.points for c in together) - _TOGETHER))
    verdict.extraction = _logistic(sum(c.points for c in work) - 3.0)
    verdict.benign = _logistic(-sum(c.points for c in open_) - 1.5)
    both = math.sqrt(verdict.coordination * verdict.extraction)
    verdict.score = both * (1.0 - verdict.benign)
    verdict.suspect = min(verdict.coordination, verdict.extraction) >= 0.5 and verdict.benign < 0.5
    verdict.campaign_like = verdict.suspect and figure.accounts >= SMALLEST_CAMPAIGN
    verdict.kind = "campaign" if verdict.campaign_like else _kind(figure)
    return verdict


def _coordination(figure: Figures) -> list[Component]:
    full = _full(figure)
    out = [
        Component(
            "coordination",
            f"shared {name}",
            round(mean, 6),
            0.0,
            round(min(max(mean, 0.0) / full, 1.0), 6),
            f"mean log ratio per member; {100 * figure.covered[name]:.0f} % of members in support",
            "evidence-sources",
        )
        for name, mean in sorted(figure.sources.items())
        if name != "habits"  # how work looks is judged below
    ]
    out.append(
        Component(
            "coordination",
            "one rhythm",
            round(figure.rhythm, 6),
            0.0,
            round(min(max(figure.rhythm, 0.0) / 3.0, 2.0), 6),
            "active in the same ten minutes more than time of day and day explain",
            "evidence-sources",
        )
    )
    return out


def _full(figure: Figures) -> float:
    """The mean ratio per member from which on a source counts in full, in nats.

    So much that two such sources overcome the odds against belonging, which are those of the
    cluster's size in the case, and leave what is support. The fewer members among the more
    accounts, the oftener chance brings some together.
    """
    against = math.log(max(figure.among, 1) / max(figure.accounts, 1))
    return max((against + SUPPORT) / _TOGETHER, SUPPORT)


def _extraction(figure: Figures, usual: dict[str, float | None]) -> list[Component]:
    content = figure.sources.get("content") if figure.wording else None
    values = figure.values
    several = (values["active"] or 0) >= 5
    sure = figure.accounts / (figure.accounts + 6.0)  # the spread of a few accounts says little
    query, dealt = "evidence-figures", figure.common_texts
    capability, targeted, commonly = _targeted(values, usual)
    alike = content is not None and content >= 3.0
    return [
        _line("template reuse", content, 4.5,
              lambda v, u: 2.0 * clip((v - u) / 2.0, -1.5 * (1.0 - _theirs(figure)), 1.0),
              "members' prompts share rare wording; mean log ratio per member; little of it speaks "
              "against them unless strangers use it too", "evidence-sources"),
        _line("even volumes", values["rate_spread"] if several else None, usual["rate_spread"],
              lambda v, u: 2.5 * sure * clip(_doublings(u, v) - 0.7, -1.0, 1.0),
              "spread of daily volume over members (quartiles, logarithm); people differ widely",
              query),
        _line("even answers", values["output_spread"] if several else None,
              usual["output_spread"], lambda v, u: 0.5 * clip(_doublings(u, v) - 0.7, -1.0, 1.0),
              "spread of members' usual answer length (quartiles, logarithm)", query),
        _line("even requests", values["input_spread"] if several else None,
              usual["input_spread"], lambda v, u: 0.4 * clip(_doublings(u, v) - 0.7, -1.0, 1.0),
              "spread of members' usual request length (quartiles, logarithm)", query),
        _line("one turn", values["one_turn"], usual["one_turn"],
              lambda v, u: 0.6 * clip((v - u) / 0.3, -1.0, 1.0),
              "sessions of one exchange; the median member", query),
        _line("queue", figure.rhythm, 0.0,
              lambda v, u: 1.5 * clip(v / 3.0, 0.0, 1.0) + 0.5 * clip(v / 3.0, -1.0, 0.0),
              "work arrives when the others' does, beyond time of day and day", "evidence-sources"),
        _line("common texts", dealt, 0.0,
              lambda v, u: 0.4 * (alike and v < 0.1) - 3.0 * clip((v - 0.15) / 0.3, 0.0, 1.0),
              "prompts that many members send word for word: an exercise, not work dealt out",
              "evidence-repeats"),
        _line("aims", values["aim_share"], usual["aim_share"],
              lambda v, u: 2.0 * clip((v - u) / 0.4, -0.25, 1.0),
              "requests for hidden reasoning, for grades or for training data, in ten languages",
              query),
        _line("capability targeting", targeted, commonly,
              lambda v, u: 0.5 * clip((v - u) / 0.5, 0.0, 1.0),
              f"requests for one capability above all; here {capability}", query),
    ]  # fmt: skip


def _origins(figure: Figures, usual: dict[str, float | None]) -> list[Component]:
    values, query = figure.values, "evidence-figures"
    return [
        _line("new model at once", values["release_share"], usual["release_share"],
              lambda v, u: 0.8 * clip((v - u) / 0.4, 0.0, 1.0),
              "of the traffic in the 24 hours after a release, the part on the new model", query),
        _line("replaced after bans", figure.replaced if figure.bans >= 3 else None,
              figure.replaced_anyhow,
              lambda v, u: 0.8 * clip((v - u) / 0.5, 0.0, 1.0),
              "bans of members after which a new member was made within a day", "evidence-bans"),
        _line("made together", values["made_together"], usual["made_together"], _together,
              "accounts made in the same thirty days", query),
        _line("tied accounts", ties(figure), 0.0,
              lambda v, u: -1.8 * clip(1.0 - v / 3.0, 0.0, 1.0),
              "the strongest of payer, device, client, sign-up, identity, key, private prompt and "
              "queue; people who do one task share none", "evidence-sources"),
    ]  # fmt: skip


# Capabilities whose share is counted: column of `account_habits` to words.
_CAPABILITIES = {
    "tool_share": "the use of tools", "code_share": "code", "maths_share": "mathematics",
    "long_share": "long conversations",
}  # fmt: skip


def _targeted(
    values: dict[str, float | None], usual: dict[str, float | None]
) -> tuple[str, float | None, float | None]:
    """The capability whose share exceeds the case's most: its name, the share, the case's."""
    known = [
        (values[column] or 0.0, usual[column] or 0.0, words)
        for column, words in _CAPABILITIES.items()
        if values.get(column) is not None and usual.get(column) is not None
    ]
    if not known:
        return "none could be told", None, None
    share, commonly, words = max(known, key=lambda found: found[0] - found[1])
    return words, share, commonly


def _theirs(figure: Figures) -> float:
    """1 where the shared wording is the members' alone, however little of it was seen."""
    return clip(((figure.own_content or 0.0) - 0.6) / 0.2, 0.0, 1.0)


def _together(value: float, usual: float) -> float:
    return 0.0 if usual > 0.6 else clip(2.0 * (value - usual) / (1.0 - usual) - 0.4, -1.0, 0.5)


def _holders(figure: Figures, usual: dict[str, float | None]) -> list[Component]:
    trusted, known = trust(figure, usual), holders_known(usual)
    name = max(figure.share("org"), trusted * figure.own("domain"))
    query = "evidence-holders"
    return [
        _line("one organisation", figure.share("org") if "org" in figure.holders else 0.0, 0.0,
              lambda v, u: -5.0 * max(0.0, v - 0.3), "members of one declared organisation", query),
        _line("one open holder", one_holder(figure, usual), 0.0,
              lambda v, u: -4.0 * trusted * max(0.0, v - 0.4),
              "members that one name (own domain) and one payer stand behind", query),
        _line("one name", max(figure.share("org"), figure.own("domain")), 0.0,
              lambda v, u: -3.5 * max(0.0, name - 0.4),
              "members under one organisation or one domain that is nobody else's", query),
        _line("one payer", figure.share("instrument"), 0.0,
              lambda v, u: 0.0 if known else -3.0 * clip((v - 0.7) / 0.2, 0.0, 1.0),
              "members that one instrument pays for; counts where nothing tells who they are",
              query),
        _line("holders unknown", 0.0 if known else 1.0, 0.0, lambda v, u: -1.6 * v,
              "no extract tells organisation, domain or verification: even work of one kind may be "
              "one customer's", query),
        _line("hidden queue", figure.rhythm, 0.0,
              lambda v, u: 1.2 * clip(v / 6.0, 0.0, 1.0) * _apart(figure),
              "one queue serves them, yet no network, client or private prompt is theirs in common",
              "evidence-sources"),
    ]  # fmt: skip


def _accounts(figure: Figures, usual: dict[str, float | None]) -> list[Component]:
    verified, ordinary, query = figure.values["verified"], usual["verified"], "evidence-holders"
    return [
        _line("firms of their own", figure.values["own_domain"], usual["own_domain"],
              lambda v, u: -3.0 * trust(figure, usual) * clip(
                  (steadied(v, u, figure.values["domains"]) - max(u, 0.2)) / 0.4, 0.0, 1.0),
              "members under a domain that at most three accounts have", "evidence-figures"),
        _line("numbered addresses", figure.own("email_shape") if not _plus(figure) else 0.0, 0.0,
              lambda v, u: 0.7 * v, "addresses that differ in their digits only", query),
        _line("device farm", figure.sources.get("machine"), 0.0,
              lambda v, u: 1.5 * clip((v - 2.0) / 4.0, 0.0, 1.0),
              "members that sit at each other's devices; mean log ratio", "evidence-sources"),
        _line("one telephone", figure.telephones, 0.0,
              lambda v, u: 1.5 * clip((v - 0.4) / 0.4, 0.0, 1.0),
              "members whose telephone number two others or more have as well",
              "evidence-telephones"),
        _line("verified holders", verified, ordinary, _verified(figure.values["verifiable"] or 0),
              "members whose identity was verified", "evidence-figures"),
        _line("one mailbox", figure.own("email_shape") if _plus(figure) else 0.0, 0.0,
              lambda v, u: -3.0 * v, "addresses that are one mailbox with tags", query),
    ]  # fmt: skip


def _wording(figure: Figures, usual: dict[str, float | None]) -> list[Component]:
    return [
        _line("public wording", figure.own_content if figure.wording else None, 0.0,
              lambda v, u: -12.0 * clip(0.8 - v, 0.0, 0.5),
              "of those who use the shared wording, the members' part; strangers make it public",
              "evidence-wording"),
        _line("well-known wording", figure.values["public_share"], usual["public_share"],
              lambda v, u: -2.5 * clip((v - u - 0.1) / 0.4, 0.0, 1.0),
              "prompts of benchmarks, published judges and lists of popular prompts",
              "evidence-figures"),
        _line("public texts", figure.outside_prompts if figure.shared_prompts else None, 0.0,
              lambda v, u: -1.5 * v * min(1.0, figure.shared_prompts / figure.accounts),
              "repeated prompts that strangers send word for word too", "evidence-repeats"),
    ]  # fmt: skip


def _apart(figure: Figures) -> float:
    """1 where members share no network, client or private prompt, 0 where one of them is theirs."""
    open_ = max(figure.sources.get(name, 0.0) for name in ("network", "client", "private"))
    return clip(1.0 - open_ / _APART, 0.0, 1.0)


def _verified(accounts: float) -> Points:
    def points(value: float, ordinary: float) -> float:
        error = math.sqrt(max(ordinary * (1 - ordinary), 0.01) / max(accounts, 1))
        z = (value - ordinary) / max(error, 0.05)
        return clip(-0.4 * z, -2.0, 1.5) if abs(z) > 1 else 0.0

    return points


def _plus(figure: Figures) -> bool:
    held = figure.holders.get("email_shape")
    return held is not None and "+@" in held.value


def _kind(figure: Figures) -> str:
    name = max(figure.share("org"), figure.own("domain"))
    payer, content = figure.share("instrument"), figure.sources.get("content", 0.0)
    network, private = figure.sources.get("network", 0.0), figure.sources.get("private", 0.0)
    even = (figure.values["rate_spread"] or 9.0) < 0.7 and figure.accounts >= 5
    one_turn = (figure.values["one_turn"] or 0.0) > 0.6
    if figure.accounts <= 6 and payer >= 0.5 and content < 4.0:
        return "family"
    if name >= 0.6 and even and (content >= 4.0 or one_turn):
        return "harness" if figure.accounts <= 12 and figure.outside_prompts > 0.5 else "fleet"
    if name >= 0.6 and payer < 0.2:
        return "class"
    if name >= 0.6 and payer >= 0.6 and private < 3.0 and figure.sources.get("client", 0.0) >= 4:
        return "reseller"
    if name >= 0.6 or payer >= 0.6:
        return "office"
    if private >= 3.0 or figure.sources.get("client", 0.0) >= 4.0:
        return "framework"
    if network >= 3.0:
        return "shared-network"
    return "unclear"


def _line(
    name: str,
    value: float | None,
    usual: float | None,
    points: Points,
    meaning: str,
    query: str,
) -> Component:
    axis = "benign" if name in _BENIGN else "extraction"
    added = 0.0 if value is None or usual is None else points(float(value), float(usual))
    return Component(
        axis,
        name,
        None if value is None else round(float(value), 6),
        None if usual is None else round(float(usual), 6),
        round(added, 6),
        meaning,
        query,
    )


_BENIGN = frozenset(
    (
        "one organisation", "one open holder", "one name", "one payer", "holders unknown",
        "firms of their own", "numbered addresses", "device farm", "verified holders",
        "one mailbox", "public wording", "public texts", "well-known wording", "one telephone",
        "work beyond doubt", "hidden queue",
    )
)  # fmt: skip


def _doublings(usual: float, value: float) -> float:
    """How many times the usual spread halves into this one."""
    return math.log2(max(usual, 0.02) / max(value, 0.02))


def _logistic(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
