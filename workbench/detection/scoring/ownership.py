"""Who stands behind the accounts of a cluster, and what ties them to each other."""

from __future__ import annotations

from workbench.detection.features.cluster_features import Figures
from workbench.detection.graph.links import TIES


def trust(figure: Figures, usual: dict[str, float | None]) -> float:
    """How far a common domain shows an open holder: a campaign can buy a domain of its own."""
    verified, ordinary = figure.values["verified"], usual["verified"]
    if verified is not None and ordinary is not None:
        share = steadied(verified, ordinary, figure.values["verifiable"])
        return clip(share / max(ordinary, 0.05), 0.2, 1.0) if ordinary >= 0.1 else 1.0
    return 0.6 if (usual["org_share"] or 0.0) > 0.05 else 1.0


def holders_known(usual: dict[str, float | None]) -> bool:
    """Whether any extract tells who stands behind accounts."""
    return any((usual[name] or 0.0) > 0.0 for name in ("org_share", "domain_share", "verified"))


def one_holder(figure: Figures, usual: dict[str, float | None]) -> float:
    """Share of members behind one name and one payer; by the one alone where the other is unknown.

    Of members without a name that any extract tells, the payer counts if their identity was tested.
    """
    name = max(figure.share("org"), figure.own("domain"))
    if holders_known(usual) and figure.values["verifiable"] and not named(figure):
        name = 1.0
    paid = figure.values["paying"] or 0.0
    return min(name, figure.share("instrument")) if paid > 0.1 else name * named(figure)


def named(figure: Figures) -> bool:
    """Whether any member has an organisation or a domain."""
    return "org" in figure.holders or "domain" in figure.holders


def steadied(value: float, usual: float, known: float | None) -> float:
    """A share of the few members of whom it is known, drawn to the usual one."""
    few = 3.0
    return ((known or 0.0) * value + few * usual) / ((known or 0.0) + few)


def clip(value: float, low: float, high: float) -> float:
    """The value, kept within both."""
    return max(low, min(high, value))


def ties(figure: Figures) -> float:
    """What ties the accounts besides wording and region, in nats a member: the strongest source.

    One queue is a tie as well.
    """
    return max(figure.rhythm, *(figure.sources.get(name, 0.0) for name in TIES))


def open_name(figure: Figures, usual: dict[str, float | None]) -> float:
    """How far a name stands openly behind the accounts: an organisation, or a trusted domain."""
    return max(figure.share("org"), trust(figure, usual) * figure.own("domain"))
