"""Addresses: homes, carrier NAT, offices, campuses, VPN exits, clouds, proxies.

Addresses are drawn from blocks invented per operator and are not those of any real party;
operators carry private-use AS numbers (RFC 6996).
"""

from __future__ import annotations

from random import Random

from workbench.synth.dice import rng_for

COUNTRIES = {
    "US": (0.27, -6.0), "IN": (0.11, 5.5), "GB": (0.06, 0.0), "DE": (0.06, 1.0), "BR": (0.06, -3.0),
    "FR": (0.04, 1.0), "JP": (0.06, 9.0), "KR": (0.03, 9.0), "SG": (0.04, 8.0), "CA": (0.04, -5.0),
    "ES": (0.03, 1.0), "MX": (0.03, -6.0), "HK": (0.03, 8.0), "NL": (0.02, 1.0), "PL": (0.02, 1.0),
    "TR": (0.02, 3.0), "EG": (0.02, 2.0), "AE": (0.02, 4.0), "TW": (0.02, 8.0), "AU": (0.02, 10.0),
}  # fmt: skip


class Network:
    """Interns every address once; an address is passed about as its index."""

    def __init__(self, seed: int, accounts: int) -> None:
        self.text: list[str] = []
        self.asn: list[int] = []
        self.country: list[str] = []
        self._known: dict[str, int] = {}
        self._blocks: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        self._rng = rng_for(seed, "network")
        self._next_asn = 4_200_000_000
        crowd = max(1, accounts // 400)
        self.mobile = {land: self._pool("mobile", land, 6 + crowd // 6) for land in COUNTRIES}
        self.vpn = [
            self.fresh("vpn", self._rng.choice(["US", "NL", "SG", "JP", "DE", "HK"]), self._rng)
            for _ in range(24 + crowd)
        ]
        self.relay = self._pool("relay", "US", 10 + crowd // 4)
        self.cloud = {
            land: self._pool("cloud", land, 8 + crowd // 3) for land in ("US", "DE", "SG", "JP")
        }
        # One market of residential proxies serves campaigns and ordinary customers alike.
        self.proxies = [
            self.fresh("home", self.any_country(self._rng), self._rng)
            for _ in range(400 + accounts // 2)
        ]

    def any_country(self, rng: Random) -> str:
        """A country by its share of ordinary sign-ups."""
        return rng.choices(list(COUNTRIES), [share for share, _ in COUNTRIES.values()])[0]

    def intern(self, text: str, asn: int, country: str) -> int:
        """The index of an address, new or known."""
        index = self._known.get(text)
        if index is None:
            index = self._known[text] = len(self.text)
            self.text.append(text)
            self.asn.append(asn)
            self.country.append(country)
        return index

    def fresh(self, kind: str, country: str, rng: Random) -> int:
        """An address of an operator of this kind; ranges are finite, so strangers may meet."""
        blocks = self._operator(kind, country)
        first, second, asn = blocks[min(int(rng.expovariate(0.5)), len(blocks) - 1)]
        if kind in ("home", "mobile") and rng.random() < 0.14:
            site = rng.getrandbits(24)
            text = f"2a{first:02x}:{second:x}:{site >> 8:x}:{site & 0xFF:x}::{rng.randint(1, 9)}"
        else:
            text = f"{first}.{second}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        return self.intern(text, asn, country)

    def subnet(self, kind: str, country: str, rng: Random, size: int) -> list[int]:
        """Addresses of one /24 (at most 250)."""
        first, second, asn = rng.choice(self._operator(kind, country))
        third = rng.randrange(256)
        hosts = rng.sample(range(2, 254), min(size, 250))
        return [self.intern(f"{first}.{second}.{third}.{host}", asn, country) for host in hosts]

    def _pool(self, kind: str, country: str, size: int) -> list[int]:
        return [self.fresh(kind, country, self._rng) for _ in range(size)]

    def _operator(self, kind: str, country: str) -> list[tuple[int, int, int]]:
        blocks = self._blocks.get((kind, country))
        if blocks is None:
            blocks = []
            for _ in range({"home": 14, "hosting": 10, "cloud": 6}.get(kind, 5)):
                self._next_asn += self._rng.randint(1, 40)
                first = self._rng.choice(
                    [n for n in range(11, 223) if n not in (127, 169, 172, 192, 198, 203)]
                )
                blocks.append((first, self._rng.randrange(256), self._next_asn))
            self._blocks[(kind, country)] = blocks
        return blocks
