"""From the sources of a mapping to SQL cells: paths into records and into texts that hold JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workbench.intake.paths import Concrete, Step, json_path
from workbench.sql.quoting import literal

_SPACE = literal(" \t\r\n")
RECORD = "v"  # the values taken out of a record of JSON lines


@dataclass(slots=True)
class Node:
    """A text that is looked into once: `cell` is its SQL, `paths` what is taken out of it."""

    name: str
    cell: str
    column: str
    level: int
    paths: dict[str, int] = field(default_factory=dict)

    def at(self, path: str) -> str:
        """SQL of the text at a path."""
        place = self.paths.setdefault(path, len(self.paths) + 1)
        return f"{self.name}[{place}]"

    @property
    def sql(self) -> str:
        """SQL: the values at all paths as a list of texts; NULL where the cell holds no JSON."""
        taken = f"TRY(json_extract_string({self.cell}, [{', '.join(map(literal, self.paths))}]))"
        if self.name == RECORD:
            return taken
        begun = f"left(ltrim({self.cell}, {_SPACE}), 1)"
        listed = any(path.startswith("$[") for path in self.paths)
        begins = f"{begun} IN ('{{', '[')" if listed else f"{begun} = '{{'"
        return f"CASE WHEN {begins} THEN {taken} END"

    @property
    def odd(self) -> str:
        """SQL: whether the cell holds something that is no JSON."""
        empty = f"coalesce(trim({self.cell}, {_SPACE}), '') IN ('', 'null')"
        return f"(NOT {empty} AND {self.name} IS NULL)"


class Extraction:
    """The cells of all sources of an extract.

    `columns` are the SQL expressions of a table's columns by name; None where records are JSON.
    """

    def __init__(
        self,
        paths_by_source: Mapping[str, tuple[Concrete, ...]],
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self._columns = columns
        self._nodes: dict[tuple[tuple[Step, ...], ...], Node] = {}
        self.record = Node(RECORD, "r", "", 0)
        self.cells = {source: self._cell(ways) for source, ways in paths_by_source.items()}

    @property
    def levels(self) -> list[list[Node]]:
        """The texts to look into, those within others after them."""
        found: dict[int, list[Node]] = {}
        for node in self._nodes.values():
            found.setdefault(node.level, []).append(node)
        return [found[level] for level in sorted(found)]

    @property
    def nodes(self) -> list[Node]:
        """The texts to look into."""
        return [node for level in self.levels for node in level]

    def over(self, rows: str) -> str:
        """A SELECT of the rows with every text looked into."""
        for level in self.levels:
            taken = ", ".join(f"{node.sql} AS {node.name}" for node in level)
            rows = f"SELECT *, {taken} FROM ({rows})"
        return rows

    def _cell(self, ways: Iterable[Concrete]) -> str:
        cells = [self._one(way) for way in ways]
        return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"

    def _one(self, way: Concrete) -> str:
        parts = way.parts
        if self._columns is not None:
            name, *rest = parts[0]
            if not rest and len(parts) == 1:
                return self._single_text(self._columns[str(name)], listed=way.listed)
            # A nested column is looked into as the JSON that it is.
            parts = ((name,), (*rest,), *parts[1:]) if rest else parts
        return self._within(parts, listed=way.listed)

    def _single_text(self, cell: str, *, listed: bool) -> str:
        if not listed:
            return cell
        inner = f"json_extract_string({cell}, '$[0]')"
        return f"CASE WHEN starts_with({cell}, '[') THEN TRY({inner}) ELSE {cell} END"

    def _within(self, parts: tuple[tuple[Step, ...], ...], *, listed: bool) -> str:
        node = self._node(parts[:-1])
        steps = parts[-1]
        whole = node.at(json_path(steps))
        if not listed:
            return whole
        first = node.at(json_path((*steps, 0)))
        second = node.at(json_path((*steps, 1)))
        return (
            f"CASE WHEN {second} IS NULL THEN coalesce({first}, nullif({whole}, '[]')) "
            f"ELSE {whole} END"
        )

    def _node(self, parts: tuple[tuple[Step, ...], ...]) -> Node:
        if not parts:
            return self.record
        if parts not in self._nodes:
            if self._columns is not None and len(parts) == 1 and len(parts[0]) == 1:
                cell = self._columns[str(parts[0][0])]
            else:
                cell = self._within(parts, listed=False)
            shown = ".".join(str(step) for part in parts for step in part)
            node = Node(f"j{len(self._nodes)}", cell, shown, len(parts))
            self._nodes[parts] = node
        return self._nodes[parts]
