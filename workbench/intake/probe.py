"""What a look at a file shows, before it is known what the file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.intake.paths import Concrete, Key, default_paths, json_in, resolve, tokens

TEXTS = ("VARCHAR", "JSON")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table of text is written; `trim` where blanks follow the delimiters."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    trim: bool = False
    skip: int = 0  # lines before the header, or before the first record where there is none
    headed: bool = True
    cr: bool = False  # lines end with CR alone

    @property
    def rewritten(self) -> bool:
        """Whether its cells are written otherwise than RFC 4180 does."""
        return self.quote != '"' or bool(self.escape) or self.trim or self.cr


@dataclass(frozen=True, slots=True)
class Probe:
    """What a look at a file shows: its columns with their types, and some records."""

    columns: dict[str, str]
    sample: tuple[dict[str, object], ...] = ()
    delimiter: str = ","
    header: tuple[str, ...] = ()
    open_ended: bool = False  # later records may hold further fields (JSON lines)
    dialect: Dialect = field(default_factory=Dialect)
    notes: tuple[tuple[str, str], ...] = ()  # code and words of what is odd about the file
    _known: dict[str, tuple[Concrete, ...]] = field(default_factory=dict, compare=False)

    def _resolved(self, source: str) -> tuple[Concrete, ...]:
        if source not in self._known:
            self._known[source] = resolve(source, self.sample)
        return self._known[source]

    def ways(self, source: str) -> tuple[Concrete, ...]:
        """Where a source leads: as the sample shows it, else as its name alone tells."""
        found = self._resolved(source)
        if self.open_ended:
            more = [way for way in default_paths(source) if way not in found]
            text = self._in_text(source) if not found else ()
            return (*found, *more, *text)
        if source in self.columns:
            return found or (Concrete(((source,),)),)
        return found or self._in_text(source)

    def has(self, source: str) -> bool:
        """Whether the look at the file showed the source, be it empty."""
        if source in self.columns:
            return True
        if self._resolved(source):
            return True
        head, dot, rest = source.partition(".")
        if not dot or self.columns.get(head, "VARCHAR") in TEXTS:
            return False
        return all(part.split("[")[0] in self.columns[head] for part in rest.split("."))

    def may_have(self, source: str) -> bool:
        """Whether later records may hold the source in the JSON of a text."""
        return bool(self._in_text(source))

    def _in_text(self, source: str) -> tuple[Concrete, ...]:
        """Ways into a column of texts that holds objects, or that was empty so far."""
        column, dot, inner = source.partition(".")
        if not dot or self.columns.get(column) not in TEXTS:
            return ()
        there = [
            cell
            for record in self.sample
            if (cell := record.get(column)) not in (None, "")
        ]  # fmt: skip
        if there and not any(isinstance(cell, str) and json_in(cell) is not None for cell in there):
            return ()
        given = tokens(inner)
        nested = tuple(key.name if isinstance(key, Key) else key for key in given)
        ways = [Concrete(((column,), (inner,)))]
        if len(nested) > 1:
            ways.append(Concrete(((column,), nested)))
        return tuple(ways)


def used_columns(paths: Mapping[str, tuple[Concrete, ...]]) -> set[str]:
    """The columns of the file that the sources lead into."""
    return {str(way.first[0]) for ways in paths.values() for way in ways if way.first}
