"""User agents and the TLS fingerprints they come with, in the proportions of ordinary traffic."""

from __future__ import annotations

from random import Random

from workbench.synth.dice import rng_for
from workbench.synth.phrasebook import phrases

_OS = ("Linux", "MacOS", "Windows")
_BROWSERS: list[str] = phrases("clients")["browsers"]
_BUILDS: list[str] = phrases("clients")["builds"]


class Clients:
    """Interns (user agent, TLS fingerprint) pairs; a client is passed about as its index."""

    def __init__(self, seed: int) -> None:
        self.agent: list[str] = []
        self.tls: list[str] = []
        self._known: dict[tuple[str, str], int] = {}
        self._rng = rng_for(seed, "clients")
        self._stacks = {
            name: [self.fingerprint(self._rng) for _ in range(count)]
            for name, count in (("python", 3), ("node", 3), ("go", 2), ("browser", 9), ("java", 2))
        }
        self._sdk, self._sdk_weight = self._sdk_catalogue()
        self._tail: list[int] = []
        self._browser = [
            self.intern(self.browser_agent(self._rng), self._rng.choice(self._stacks["browser"]))
            for _ in range(46)
        ]

    def fingerprint(self, rng: Random) -> str:
        """A fingerprint in JA4's shape that no public stack has."""
        head = f"t13d{rng.randint(12, 19):02d}{rng.randint(8, 14):02d}h2"
        return f"{head}_{rng.getrandbits(48):012x}_{rng.getrandbits(48):012x}"

    def intern(self, agent: str, tls: str) -> int:
        """The index of a pair, new or known."""
        index = self._known.get((agent, tls))
        if index is None:
            index = self._known[(agent, tls)] = len(self.agent)
            self.agent.append(agent)
            self.tls.append(tls)
        return index

    def browser_agent(self, rng: Random) -> str:
        """A browser's user agent of a recent version."""
        return rng.choice(_BROWSERS).format(v=rng.randint(131, 139), m=rng.randint(0, 5))

    def sdk(self, rng: Random) -> int:
        """A public SDK; the most common one carries about a quarter of all draws."""
        if self._tail and rng.random() < 0.14:
            return self.own_build(rng)
        return rng.choices(self._sdk, self._sdk_weight)[0]

    def grow_tail(self, count: int) -> None:
        """Builds and versions that only a few customers run, the most popular ones first."""
        for _ in range(count):
            stack = self._rng.choice(["python", "node", "go", "java"])
            agent = self._rng.choice(_BUILDS).format(
                a=self._rng.randint(0, 9), b=self._rng.randint(0, 30), c=self._rng.randint(1, 12)
            )
            own = self._rng.random() < 0.4
            tls = self.fingerprint(self._rng) if own else self._rng.choice(self._stacks[stack])
            self._tail.append(self.intern(agent, tls))

    def own_build(self, rng: Random) -> int:
        """One of the long tail: held by two or three customers, or by a few dozen."""
        return self._tail[int(len(self._tail) * rng.random() ** 2.5)]

    def browser(self, rng: Random) -> int:
        """A common browser."""
        return rng.choice(self._browser)

    def rare(self, rng: Random, mismatch: float = 0.3) -> int:
        """A pair hardly anybody has; with chance `mismatch` a browser's name on another stack."""
        if rng.random() < mismatch:
            return self.intern(self.browser_agent(rng), rng.choice(self._stacks["go"]))
        agent = rng.choice(
            [
                "okhttp/4.{a}.{b}",
                "python-requests/2.{a}.{b}",
                "Go-http-client/1.1",
                "axios/1.{a}.{b}",
                "relay-gateway/0.{a}.{b}",
                "aiohttp/3.{a}.{b}",
                "Java-http-client/17.0.{b}",
            ]
        ).format(a=rng.randint(1, 31), b=rng.randint(0, 9))
        return self.intern(agent, self.fingerprint(rng))

    def blended(self, rng: Random) -> int:
        """A public SDK's name on a stack of its own language: nothing odd to see."""
        return self.sdk(rng) if rng.random() < 0.7 else self.browser(rng)

    def _sdk_catalogue(self) -> tuple[list[int], list[float]]:
        found: list[int] = []
        weight: list[float] = []
        plan = [
            ("sdk-python/2.{m}.{p} ({os})", "python", 0.52),
            ("sdk-typescript/1.{m}.{p} ({os})", "node", 0.24),
            ("langweave/0.{m}.{p} python", "python", 0.08),
            ("sdk-go/0.{m}.{p}", "go", 0.05),
            ("sdk-java/1.{m}.{p}", "java", 0.04),
            ("curl/8.{m}.{p}", "go", 0.03),
            ("editor-plugin/3.{m}.{p} ({os})", "node", 0.04),
        ]
        for pattern, stack, share in plan:
            for place in range(9):
                agent = pattern.format(
                    m=self._rng.randint(1, 40), p=self._rng.randint(0, 4), os=_OS[place % 3]
                )
                found.append(
                    self.intern(agent, self._stacks[stack][place % len(self._stacks[stack])])
                )
                weight.append(share * (0.54 if place == 0 else 0.46 / 8))
        return found, weight
