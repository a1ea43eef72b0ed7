"""The innocent explanations of a cluster, each tried on its figures, with the result in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.detection.features.cluster_features import Figures
from workbench.detection.scoring.ownership import trust

Usual = dict[str, float | None]


@dataclass(frozen=True)
class Explanation:
    """One explanation: fits, partly, excluded or not tested, and on what figures."""

    name: str
    result: str
    finding: str
    query: str


def explanations(figure: Figures, usual: Usual) -> list[Explanation]:
    """Nine explanations, in the order in which an analyst would think of them."""
    return [test(figure, usual) for test in _TESTS]


# What the list calls a cluster by the first explanation that fits it.
KINDS = {
    "family": "family", "one customer's fleet": "fleet", "office": "office", "class": "class",
    "evaluation harness": "harness", "reseller": "reseller", "popular framework": "framework",
    "provider default or public text": "public text", "VPN or shared line": "shared-network",
}  # fmt: skip


def kind_of(told: Sequence[Explanation]) -> str:
    """The kind of a cluster that is not called: of the explanations that fit, the most telling."""
    fitting = {one.name for one in told if one.result == "fits"}
    return next((kind for name, kind in KINDS.items() if name in fitting), "unclear")


def _result(fits: bool, partly: bool) -> str:
    return "fits" if fits else "partly" if partly else "excluded"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.0f} %"


def _name(figure: Figures) -> float:
    return max(figure.share("org"), figure.own("domain"))


def _members_part(figure: Figures) -> float | None:
    """Of those who use the shared wording, the members' part."""
    return None if figure.public_wording is None else 1.0 - figure.public_wording


def _has(figure: Figures, usual: Usual, *names: str) -> bool:
    return any((usual[name] or 0.0) > 0.0 for name in names)


def _people(figure: Figures, usual: Usual) -> bool:
    """Whether volumes differ as widely as those of people."""
    spread, ordinary = figure.values["rate_spread"], usual["rate_spread"]
    return spread is None or ordinary is None or spread >= 0.6 * ordinary


def _office(figure: Figures, usual: Usual) -> Explanation:
    query = "evidence-holders"
    if not _has(figure, usual, "org_share", "domain_share", "paying"):
        return Explanation("office", "not tested", "no names and no payments in the extract", query)
    name, payer, people = _name(figure), figure.share("instrument"), _people(figure, usual)
    finding = (
        f"{_percent(name)} under one organisation or own domain, {_percent(payer)} one payer, "
        f"volumes {'as uneven as usual' if people else 'more even than people’s'}"
    )
    held = name >= 0.6 and trust(figure, usual) >= 0.5
    return Explanation("office", _result(held and people, held or payer >= 0.6), finding, query)


def _class(figure: Figures, usual: Usual) -> Explanation:
    texts, together = figure.common_texts, figure.values["made_together"]
    if texts is None and together is None:
        return Explanation("class", "not tested", "no prompts and no creation times",
                           "evidence-repeats")  # fmt: skip
    finding = (
        f"{_percent(texts)} of prompts are sent word for word by many members, "
        f"{_percent(together)} of accounts made within thirty days"
    )
    same, burst = (texts or 0.0) >= 0.3, (together or 0.0) >= 0.6
    return Explanation("class", _result(same and burst, same), finding, "evidence-repeats")


def _reseller(figure: Figures, usual: Usual) -> Explanation:
    query, content = "evidence-holders", figure.sources.get("content", 0.0)
    if not _has(figure, usual, "paying"):
        return Explanation("reseller", "not tested", "no payments in the extract", query)
    payer = figure.share("instrument")
    finding = f"{_percent(payer)} one payer, shared wording of strength {content:.1f} a member"
    return Explanation("reseller", _result(payer >= 0.6 and content < 3.0, payer >= 0.6),
                       finding, query)  # fmt: skip


def _harness(figure: Figures, usual: Usual) -> Explanation:
    query = "evidence-repeats"
    if not figure.values["sampled_prompts"]:
        return Explanation("evaluation harness", "not tested", "no prompts and no hashes", query)
    repeats = figure.shared_prompts / max(figure.values["sampled_prompts"] or 0, 1)
    common = figure.common_texts or 0.0
    finding = (
        f"{_percent(min(repeats, 1.0))} of prompts repeat word for word, {_percent(common)} with "
        "many members"
    )
    if repeats >= 0.005:
        finding += f"; outsiders send {_percent(figure.outside_prompts)} of the repeated ones too"
    fits = common >= 0.3 or (repeats >= 0.3 and figure.outside_prompts >= 0.5)
    return Explanation("evaluation harness", _result(fits, repeats >= 0.3), finding, query)


def _fleet(figure: Figures, usual: Usual) -> Explanation:
    query, name = "evidence-holders", _name(figure)
    if not _has(figure, usual, "org_share", "domain_share"):
        return Explanation("one customer's fleet", "not tested", "no names in the extract", query)
    verified = figure.values["verified"]
    finding = (
        f"{_percent(name)} under one organisation or own domain, {_percent(verified)} verified "
        f"(usual {_percent(usual['verified'])})"
    )
    open_ = trust(figure, usual) >= 0.5
    fits = name >= 0.6 and open_ and not _people(figure, usual)
    return Explanation("one customer's fleet", _result(fits, name >= 0.6), finding, query)


def _vpn(figure: Figures, usual: Usual) -> Explanation:
    query, network = "evidence-sources", figure.sources.get("network")
    if network is None:
        return Explanation("VPN or shared line", "not tested", "no addresses in the extract", query)
    others = sorted(
        name
        for name, share in figure.covered.items()
        if share >= 0.3 and name not in ("network", "habits")
    )
    besides = ", ".join(others) or "nothing"
    finding = f"addresses of strength {network:.1f} a member; besides them {besides}"
    return Explanation("VPN or shared line", _result(network >= 2.0 and not others,
                       network >= 2.0 and len(others) == 1), finding, query)  # fmt: skip


def _framework(figure: Figures, usual: Usual) -> Explanation:
    query, public = "evidence-wording", _members_part(figure)
    private, client = figure.sources.get("private"), figure.sources.get("client")
    if private is None and client is None:
        return Explanation("popular framework", "not tested", "no clients, tools or system prompts",
                           query)  # fmt: skip
    stack, content = max(private or 0.0, client or 0.0), figure.sources.get("content", 0.0)
    finding = (
        f"clients, tools and system prompts of strength {stack:.1f} a member, "
        f"wording {content:.1f}; "
        f"{_percent(public)} of those who use that wording are members"
    )
    strangers = public is None or public < 0.8
    public_or_none = content < 3.0 or (public is not None and public < 0.5)
    return Explanation("popular framework",
                       _result(stack >= 3.0 and strangers and public_or_none,
                               content < 3.0 or strangers), finding, query)  # fmt: skip


def _family(figure: Figures, usual: Usual) -> Explanation:
    payer, query = figure.share("instrument"), "evidence-holders"
    finding = f"{figure.accounts} accounts, {_percent(payer)} one payer"
    fits = figure.accounts <= 6 and payer >= 0.5
    return Explanation("family", _result(fits, False), finding, query)


def _default(figure: Figures, usual: Usual) -> Explanation:
    query, public = "evidence-wording", _members_part(figure)
    if public is None:
        return Explanation("provider default or public text", "not tested",
                           "no wording is shared, or none is in the extract", query)  # fmt: skip
    finding = f"{_percent(public)} of those who use the shared wording are members"
    return Explanation("provider default or public text", _result(public < 0.5, public < 0.8),
                       finding, query)  # fmt: skip


_TESTS: tuple[Callable[[Figures, Usual], Explanation], ...] = (
    _office, _class, _reseller, _harness, _fleet, _vpn, _framework, _family, _default,
)  # fmt: skip
