"""What crosses the seam to the engine: bound parameters in, columns and rows of cells out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Scalar = str | int | float | bool | None
# A time crosses as {"timestamp": "2026-05-01 00:00:00"}: JSON has no type for it.
Parameters = dict[str, "Scalar | list[Scalar] | dict[str, str]"]
Row = list[Scalar]


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result: its name and the engine's type for it."""

    name: str
    type: str

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers and read best aligned right."""
        return self.type.split("(")[0] in _NUMERIC and not self.type.endswith("]")

    @property
    def holds_text(self) -> bool:
        """Whether the cells may hold outside text, as against numbers and times."""
        return not self.numeric and self.type not in _TIMES


_NUMERIC = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "UHUGEINT", "BIGNUM", "FLOAT", "DOUBLE", "DECIMAL"}
)  # fmt: skip


_TIMES = frozenset(
    {"BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS",
     "TIMESTAMP WITH TIME ZONE", "TIME WITH TIME ZONE", "INTERVAL", "UUID"}
)  # fmt: skip


def unique_names(names: Iterable[str]) -> list[str]:
    """Column names with `_1`, `_2` … behind repeated ones: the names that the engine gives them
    where another statement is put around, which tells no `A` from an `a`."""
    taken: set[bytes] = set()
    unique = []
    for name in names:
        chosen, number = name, 0
        while _lower_ascii(chosen) in taken:
            number += 1
            chosen = f"{name}_{number}"
        taken.add(_lower_ascii(chosen))
        unique.append(chosen)
    return unique


def _lower_ascii(name: str) -> bytes:
    """ASCII letters in lower case: the engine tells an `É` from an `é`."""
    return name.encode("utf-8", "surrogatepass").lower()
