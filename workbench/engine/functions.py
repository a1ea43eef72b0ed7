"""Which functions a statement may call: the reviewed list of `functions.toml`.

The list is kept apart from the engine's own catalogue, so that a function that a later version
brings is refused until somebody has read what it does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_LIST = Path(__file__).with_name("functions.toml")


@dataclass(frozen=True)
class FunctionList:
    """Names that may be called, and why others may not, by kind of place."""

    engine: str
    allowed: frozenset[str]
    allowed_tables: frozenset[str]
    refused: Mapping[str, str]  # a name, or `begin*`, to the reason
    refused_tables: Mapping[str, str]

    def why_refused(self, name: str, *, table: bool = False) -> str | None:
        """The reason that a function is refused for; None where it may be called."""
        if name in (self.allowed_tables if table else self.allowed):
            return None
        reasons = self.refused_tables if table else self.refused
        if name in reasons:
            return reasons[name]
        for begin, why in reasons.items():
            if begin.endswith("*") and name.startswith(begin[:-1]):
                return why
        return ""


@lru_cache(maxsize=1)
def function_list() -> FunctionList:
    """The list as the package has it; names in lower case."""
    read = tomllib.loads(_LIST.read_text(encoding="ascii"))
    return FunctionList(
        read["engine"],
        _names(read["allowed"]),
        _names(read["allowed_tables"]),
        _reasons(read["refused"]),
        _reasons(read["refused_tables"]),
    )


def _names(groups: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for names in groups.values() for name in names.lower().split())


def _reasons(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: one["why"] for one in groups.values() for name in one["names"].lower().split()}
