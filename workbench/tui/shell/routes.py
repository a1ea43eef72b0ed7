"""Where an analyst can be, and the trail of where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Families of outside values to the word that the trail shows.
_WORDS = {
    "overview": "Overview",
    "clusters": "Clusters",
    "queries": "Queries",
    "sql": "SQL",
    "decisions": "Decisions",
    "campaigns": "Campaigns",
    "ledger": "Ledger",
}


@dataclass(frozen=True)
class Place:
    """One place: its kind and what it is about (an id, or a family and a value)."""

    kind: str
    key: tuple[str, ...] = ()

    @classmethod
    def asked(cls, kind: str, name: str, given: Mapping[str, object]) -> Place:
        """A query or playbook with its values."""
        return cls(kind, (name, *(f"{one}={value}" for one, value in sorted(given.items()))))

    @property
    def given(self) -> dict[str, str]:
        """The values of a query or playbook."""
        pairs = (pair.partition("=") for pair in self.key[1:])
        return {name: value for name, _, value in pairs}

    @property
    def word(self) -> str:
        """The place's name for the trail, not yet made safe."""
        if self.kind in _WORDS:
            return _WORDS[self.kind]
        if self.kind == "entity":
            return f"{self.key[0]} {self.key[1]}"
        if self.kind in ("exchange", "sample"):
            return self.kind
        return self.key[0] if self.key else self.kind


@dataclass
class Stop:
    """A place on the trail with the state its view had when it was left."""

    place: Place
    state: dict[str, Any] = field(default_factory=dict)


class Trail:
    """The places an analyst came through; going back loses nothing."""

    longest = 200

    def __init__(self) -> None:
        self.stops: list[Stop] = []

    @property
    def here(self) -> Stop | None:
        """The place the analyst is at."""
        return self.stops[-1] if self.stops else None

    def go(self, place: Place) -> Stop:
        """Add a place; opening the place one is at changes nothing."""
        here = self.here
        if here is not None and here.place == place:
            return here
        self.stops.append(Stop(place))
        del self.stops[: -self.longest]
        return self.stops[-1]

    def back(self) -> Stop | None:
        """Leave the last place; None at the start of the trail."""
        if len(self.stops) < 2:
            return None
        self.stops.pop()
        return self.stops[-1]

    def as_data(self) -> list[dict[str, Any]]:
        """The trail as JSON, for reopening the case where it was left."""
        return [
            {"kind": stop.place.kind, "key": list(stop.place.key), "state": stop.state}
            for stop in self.stops
        ]

    @classmethod
    def from_data(cls, data: object) -> Trail:
        """Read a trail back; what cannot be read is left out."""
        trail = cls()
        for item in data if isinstance(data, list) else []:
            if not isinstance(item, dict):
                continue
            kind, key, state = item.get("kind"), item.get("key"), item.get("state")
            if isinstance(kind, str) and isinstance(key, list):
                place = Place(kind, tuple(map(str, key)))
                trail.stops.append(Stop(place, state if isinstance(state, dict) else {}))
        return trail
