"""Where a grid gets its rows: a small page held whole, or windows of a result in the worker."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.catalog.entities import entity_of
from workbench.catalog.headings import heading_of
from workbench.engine.contract import ResultColumn
from workbench.playbooks.format import ColumnNote
from workbench.workers.messages import Began, WindowRead
from workbench.workers.protocol import window_rows

Cells = list[Any]
_KEPT = 32 << 20  # bytes of windows, by a rough count
_CELL, _FEWEST_WINDOWS = 64, 4
_NOT_A_QUANTITY = ("_id", "_hash", "_row", "year", "status")


@dataclass(frozen=True)
class GridColumn(ResultColumn):
    """One column as the grid draws it."""

    type: str = "VARCHAR"
    entity: str = ""
    unit: str = ""
    help: str = ""

    @property
    def heading(self) -> str:
        """What stands above the column."""
        return heading_of(self.name)

    @property
    def moment(self) -> bool:
        """Whether cells are points in time."""
        return self.type.startswith(("TIMESTAMP", "DATE")) and not self.type.endswith("]")

    @property
    def clock(self) -> bool:
        """Whether cells are times of day in UTC, which another zone tells otherwise."""
        return self.type == "TIMESTAMP"

    @property
    def score(self) -> bool:
        """Whether cells tell 0..1, how surely."""
        return self.name.lower().endswith("score")

    @property
    def quantity(self) -> bool:
        """Whether whole numbers take thousands separators."""
        return self.numeric and not self.name.lower().endswith(_NOT_A_QUANTITY)


def grid_columns(
    names: list[str], types: list[str], notes: dict[str, ColumnNote] | None = None
) -> list[GridColumn]:
    """Columns with the entity family that a saved query, or else the schema, gives them."""
    columns = []
    for name, kind in zip(names, types, strict=True):
        note = (notes or {}).get(name, ColumnNote())
        columns.append(GridColumn(name, kind, note.entity or entity_of(name), note.unit, note.help))
    return columns


class Extent(Protocol):
    """How far a result is known."""

    total: int
    exact: bool
    full: bool


class GridSource(Protocol):
    """Rows by index; a row that is not here yet is None and has been asked for."""

    total: int
    exact: bool

    def row(self, index: int) -> Cells | None:
        """The cells of a row, or None while they are on their way."""

    def cut(self, index: int, column: int) -> int:
        """Full length of a cell that was cut, or 0."""


class PageSource:
    """Rows that are all here."""

    def __init__(
        self,
        rows: list[Cells],
        *,
        exact: bool = True,
        cuts: Mapping[tuple[int, int], int] | None = None,
    ) -> None:
        self._rows = rows
        self._cuts = cuts or {}
        self.total = len(rows)
        self.exact = exact

    def row(self, index: int) -> Cells | None:
        """The cells of a row."""
        return self._rows[index] if 0 <= index < self.total else None

    def cut(self, index: int, column: int) -> int:
        """Full length of a cell that was cut, or 0."""
        return self._cuts.get((index, column), 0)


class ResultSource:
    """Windows of a result, kept by least recent use; memory does not grow with the result."""

    def __init__(self, opened: Began, fetch: Callable[[int], None]) -> None:
        """`opened` is the worker's first word of it; `fetch(window)` asks for a window."""
        self.total = opened.total
        self.exact = opened.exact
        self.result = opened.result
        columns = len(opened.columns)
        self._size = window_rows(columns)
        self._fetch = fetch
        self._windows: OrderedDict[int, list[Cells]] = OrderedDict()
        self._cuts: dict[int, dict[tuple[int, int], int]] = {}
        self._weights: dict[int, int] = {}
        self._asked: set[int] = set()
        self._keep(0, opened)

    def row(self, index: int) -> Cells | None:
        """The cells of a row, asking for its window when it is not here, and for the next one
        when it is near the edge."""
        window, offset = divmod(index, self._size)
        rows = self._windows.get(window)
        if rows is None or offset >= len(rows):
            self._ask(window)
            return None
        self._windows.move_to_end(window)
        if offset > self._size * 3 // 4:
            self._ahead(window + 1)
        elif offset < self._size // 4:
            self._ahead(window - 1)
        return rows[offset]

    def cut(self, index: int, column: int) -> int:
        """Full length of a cell that was cut, or 0."""
        window, offset = divmod(index, self._size)
        cuts: dict[tuple[int, int], int] = self._cuts.get(window, {})
        return cuts.get((offset, column), 0)

    def _ahead(self, window: int) -> None:
        if 0 <= window * self._size < self.total and window not in self._windows:
            self._ask(window)

    def _ask(self, window: int) -> None:
        if window not in self._asked:
            self._asked.add(window)
            self._fetch(window)

    def span(self, window: int) -> tuple[int, int]:
        """Offset and count of a window."""
        return window * self._size, self._size

    def _keep(self, window: int, answer: Began | WindowRead) -> None:
        rows = answer.rows
        self._windows[window] = rows
        self._cuts[window] = {(row, column): size for row, column, size in answer.cuts}
        self._weights[window] = sum(
            _CELL + (len(cell) if isinstance(cell, str) else 0) for row in rows for cell in row
        )
        while len(self._windows) > _FEWEST_WINDOWS and sum(self._weights.values()) > _KEPT:
            gone, _ = self._windows.popitem(last=False)
            del self._weights[gone], self._cuts[gone]

    def deliver(self, window: int, answer: WindowRead) -> None:
        """Keep a window that arrived."""
        self._asked.discard(window)
        self._keep(window, answer)
        self.grow(answer)

    def failed(self, window: int) -> None:
        """A window did not come; it may be asked for again."""
        self._asked.discard(window)

    def forget(self) -> None:
        """The rows were read anew: rows of equal rank may have changed places."""
        self._windows.clear()
        self._cuts.clear()
        self._weights.clear()

    def grow(self, extent: Extent) -> None:
        """The result is known to have so many rows.

        At its end there may be fewer than were on their way: the disk did not take them.
        """
        self.exact = extent.exact
        whole = extent.exact or extent.full
        self.total = extent.total if whole else max(self.total, extent.total)
