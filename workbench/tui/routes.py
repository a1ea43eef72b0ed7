"""Where an analyst can be in the bench, and the history of where they were."""

from __future__ import annotations

import json
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
# How many parts the key of a route has; none where the kind is not named.
_ONE, _TWO = range(1, 2), range(2, 3)
_PARTS_OF_A_KEY = {
    "account": _ONE, "cluster": _ONE, "campaign": _ONE, "sample": _ONE, "entity": _TWO,
    "exchange": _TWO, "query": range(1, 200), "playbook": range(1, 200),
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One place: its kind and what it is about (an id, or a family and a value)."""

    kind: str
    key: tuple[str, ...] = ()

    @classmethod
    def asked(cls, kind: str, name: str, given: Mapping[str, object]) -> Route:
        """A query or playbook with its values."""
        pairs = (
            f"{one}={json.dumps(value) if isinstance(value, list) else value}"
            for one, value in sorted(given.items())
        )
        return cls(kind, (name, *pairs))

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


def route_of(family: str, value: str) -> Route:
    """Where opening a value of this family leads."""
    if family in ("account", "cluster", "campaign"):
        return Route(family, (value,))
    return Route("entity", (family, value))


@dataclass
class HistoryEntry:
    """A place on the trail with the state its view had when it was left."""

    route: Route
    state: dict[str, Any] = field(default_factory=dict)


class RouteHistory:
    """The places an analyst came through; going back loses nothing."""

    longest = 40

    def __init__(self) -> None:
        self.entries: list[HistoryEntry] = []

    @property
    def here(self) -> HistoryEntry | None:
        """The place the analyst is at."""
        return self.entries[-1] if self.entries else None

    def go(self, route: Route) -> HistoryEntry:
        """Add a place; opening the place one is at changes nothing."""
        here = self.here
        if here is not None and here.route == route:
            return here
        self.entries.append(HistoryEntry(route))
        del self.entries[: -self.longest]
        return self.entries[-1]

    def back(self) -> HistoryEntry | None:
        """Leave the last place; None at the start of the trail."""
        if len(self.entries) < 2:
            return None
        self.entries.pop()
        return self.entries[-1]

    def as_data(self) -> list[dict[str, Any]]:
        """The trail as JSON, for reopening the case where it was left."""
        return [
            {"kind": stop.route.kind, "key": list(stop.route.key), "state": stop.state}
            for stop in self.entries
        ]

    @classmethod
    def from_data(cls, data: object) -> RouteHistory:
        """Read a trail back; what cannot be read is left out."""
        routes = cls()
        for item in data if isinstance(data, list) else []:
            if not isinstance(item, dict):
                continue
            kind, key, state = item.get("kind"), item.get("key"), item.get("state")
            if not isinstance(kind, str) or not isinstance(key, list):
                continue
            fits = _PARTS_OF_A_KEY.get(kind, range(1))
            if len(key) in fits and all(isinstance(part, str) for part in key):
                routes.entries.append(HistoryEntry(Route(kind, tuple(key)), _kept(state)))
        del routes.entries[: -cls.longest]
        return routes


def _kept(state: object) -> dict[str, Any]:
    """What a view may find in its state: texts, the row and column of a cursor, values by name.

    Anybody may have written the file: what is of another form is left out.
    """
    if not isinstance(state, dict):
        return {}
    texts = state.get("texts")
    kept: dict[str, Any] = {}
    if isinstance(texts, list) and all(isinstance(one, str) for one in texts):
        kept = {"texts": texts}  # of an editor
    return (
        kept
        | {name: value for name, value in state.items() if _is_text_or_place(value)}
        | {
            name: {one: text for one, text in value.items() if _is_value(text)}
            for name, value in state.items()
            if isinstance(value, dict)
        }
    )


def _is_text_or_place(value: object) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(type(one) is int and 0 <= one < 1 << 40 for one in value)
    return isinstance(value, str | bool) or (type(value) is int and abs(value) < 1 << 40)


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or isinstance(value, str) or (type(value) in (int, bool))
