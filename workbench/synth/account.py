"""What is decided about one account before any of its exchanges is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Instrument:
    """A card, wallet, gift card or invoice arrangement; several accounts may hold the same one."""

    fingerprint: str
    kind: str
    bin: str | None
    funding: str | None
    issuer_country: str | None
    name_hash: str | None
    postcode: str | None
    currency: str = "USD"


@dataclass(slots=True)
class Stream:
    """A line of work of an account: what is asked (index of a work), when (index of a rhythm)."""

    work: int
    rhythm: int
    weight: float


@dataclass(slots=True)
class Account:
    """One account; times are seconds after the start of the window (negative: before)."""

    kind: str
    country: str
    zone: float  # hours east of UTC in which its people or owners live
    created: float
    email: str = ""
    group: int = -1
    slot: int = 0  # place inside the group, decides which items of shared work it takes
    org_id: str | None = None
    plan: str = "payg"
    channel: str = "api"
    phone: str | None = None
    referral: str | None = None
    verified: bool = False
    status: str = "active"
    status_at: float | None = None
    first: float = 0.0
    last: float = 0.0
    volume: float = 1.0  # share of the traffic, relative
    capped: bool = False  # a free tier whose cap binds
    instruments: list[Instrument] = field(default_factory=list)
    amount: int = 2000  # minor units of a usual payment
    signup_ip: int = 0
    homes: list[int] = field(default_factory=list)  # addresses held one after the other
    others: list[int] = field(default_factory=list)  # addresses met now and then
    roam: float = 0.0  # share of sessions from `others`
    clients: list[int] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    keys: int = 1
    streams: list[Stream] = field(default_factory=list)
    pivot: float = 0.0  # hours after a release at which it moves; inf: never
    models: tuple[int, ...] = (0,)  # indices of models it alternates between before the pivot
