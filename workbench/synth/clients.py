"""User agents and the TLS fingerprints they come with, in the proportions of ordinary traffic."""

from __future__ import annotations

from random import Random

from workbench.synth.dice import rng_for

_OS = ("Linux", "MacOS", "Windows")
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{m} Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{m} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36",
)  # fmt: skip


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
        self._browser = [
            self.intern(self.browser_agent(self._rng), self._rng.choice(self._stacks["browser"]))
            for _ in range(46)
        ]

    def fingerprint(self, rng: Random) -> str:
        """A fingerprint in JA4's shape that no public stack has."""
        return f"t13d{rng.randint(12, 19):02d}{rng.randint(8, 14):02d}h2_{rng.getrandbits(48):012x}_{rng.getrandbits(48):012x}"

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
        """A public SDK; the most common one carries about 28 % of all draws."""
        return rng.choices(self._sdk, self._sdk_weight)[0]

    def browser(self, rng: Random) -> int:
        """A common browser."""
        return rng.choice(self._browser)

    def rare(self, rng: Random, mismatch: float = 0.3) -> int:
        """A pair that hardly anybody else has; with `mismatch`, a browser's name on another stack."""
        if rng.random() < mismatch:
            return self.intern(self.browser_agent(rng), rng.choice(self._stacks["go"]))
        agent = rng.choice(
            ["okhttp/4.{a}.{b}", "python-requests/2.{a}.{b}", "Go-http-client/1.1", "axios/1.{a}.{b}",
             "relay-gateway/0.{a}.{b}", "aiohttp/3.{a}.{b}", "Java-http-client/17.0.{b}"]
        ).format(a=rng.randint(1, 31), b=rng.randint(0, 9))  # fmt: skip
        return self.intern(agent, self.fingerprint(rng))

    def blended(self, rng: Random) -> int:
        """A public SDK's name on a stack of its own language: nothing odd to see."""
        return self.sdk(rng) if rng.random() < 0.7 else self.browser(rng)

    def _sdk_catalogue(self) -> tuple[list[int], list[float]]:
        found: list[int] = []
        weight: list[float] = []
        plan = [("sdk-python/2.{m}.{p} ({os})", "python", 0.52), ("sdk-typescript/1.{m}.{p} ({os})", "node", 0.24),
                ("langweave/0.{m}.{p} python", "python", 0.08), ("sdk-go/0.{m}.{p}", "go", 0.05),
                ("sdk-java/1.{m}.{p}", "java", 0.04), ("curl/8.{m}.{p}", "go", 0.03),
                ("editor-plugin/3.{m}.{p} ({os})", "node", 0.04)]  # fmt: skip
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
