"""The files that a worker reads: the parts of a generation and of its analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoreParts:
    """Paths of the parts of the data, in order, and of the analysis where there is one."""

    data: tuple[Path, ...]
    analysis: Path | None = None

    @classmethod
    def of(cls, *data: Path) -> StoreParts:
        """Parts of data alone; tables of an analysis that lie in them are read as such."""
        return cls(data)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Each file once: one store of format 1 is data and analysis at once."""
        return tuple(dict.fromkeys((*self.data, *((self.analysis,) if self.analysis else ()))))
