"""Tables and columns beside the editor: narrowed by typing, put into the statement by enter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workbench.catalog.tables import TABLES
from workbench.sql.quoting import identifier
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shortened
from workbench.tui.textual_ext.steady_input import SteadyInput

_MAX_LINES = 300
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_REST_SECONDS = 0.15  # on a column before its values are read


@dataclass(frozen=True)
class Line:
    """A table, or a column of it."""

    table: str
    column: str = ""
    kind: str = ""

    @property
    def inserted(self) -> str:
        """The name as a statement takes it."""
        name = self.column or self.table
        return name if _PLAIN.fullmatch(name) else identifier(name)


class SchemaFilter(SteadyInput):
    """The words to narrow by; at its ends the cursor keys open and close a table."""

    def action_cursor_right(self, select: bool = False) -> None:
        """The cursor, or the columns of a table."""
        if self.cursor_at_end and isinstance(self.parent, SchemaPane):
            self.parent.open(True)
        else:
            super().action_cursor_right(select)

    def action_cursor_left(self, select: bool = False) -> None:
        """The cursor, or the table alone."""
        if self.cursor_at_start and isinstance(self.parent, SchemaPane):
            self.parent.open(False)
        else:
            super().action_cursor_left(select)


class SchemaPane(Vertical):
    """A filter, the list, and what is known of the line that is lit."""

    BLANK = True
    DEFAULT_CSS = """
    SchemaPane { width: 34; height: 1fr; border-right: solid $panel; display: none; }
    SchemaPane.-open { display: block; }
    SchemaPane OptionList { height: 1fr; border: none; background: $background; padding: 0; }
    SchemaPane #schema-about { height: 7; padding: 0 1; color: $text-muted;
                               border-top: solid $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "down", show=False, id="schema.down"),
        Binding("up", "step(-1)", "up", show=False, id="schema.up"),
        Binding("pagedown", "step(10)", "ten down", show=False, id="schema.page_down"),
        Binding("pageup", "step(-10)", "ten up", show=False, id="schema.page_up"),
        Binding("escape,ctrl+b,shift+tab,tab", "leave", "to the statement", id="schema.leave"),
    ]

    @dataclass
    class Chosen(Message):
        """Put this name into the statement."""

        name: str

    @dataclass
    class Left(Message):
        """Back to the statement."""

    def __init__(self, want: Callable[[str, str], None], *, id: str) -> None:
        """`want(table, column)` is called for a column whose values would be shown."""
        super().__init__(id=id)
        self._want = want
        self._tables: dict[str, list[tuple[str, str]]] = {}
        self._rows: dict[str, int] = {}
        self._samples: dict[tuple[str, str], Sequence[str]] = {}
        self._opened: set[str] = set()
        self._lines: list[Line] = []
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Filter, list, what is known."""
        yield SchemaFilter(placeholder="type to narrow", id="schema-filter")
        lines = OptionList(markup=False)
        lines.can_focus = False
        yield lines
        yield Static("", id="schema-about", markup=False)

    # What there is

    def learn(self, catalogue: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Tables with their columns and types: extracts first, as the dictionary has them."""
        ordered = [name for name in TABLES if name in catalogue]
        others = sorted(name for name in catalogue if name not in TABLES)
        self._tables = {
            name: [(str(column), str(kind)) for column, kind in catalogue[name]]
            for name in (*ordered, *others)
        }
        self._show()

    def learn_rows(self, rows: Mapping[str, int]) -> None:
        """How many rows each table has."""
        self._rows = dict(rows)
        self._show()

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of each table, as far as they were counted."""
        return self._rows

    def learn_sample(self, table: str, column: str, values: Sequence[str]) -> None:
        """Some values of a column."""
        self._samples[table, column] = values
        self._tell()

    # The list

    def _narrowed(self) -> list[Line]:
        words = self.query_one(SchemaFilter).value.lower().split()
        found: list[Line] = []
        for table, columns in self._tables.items():
            whole = all(word in table for word in words)
            named = [
                Line(table, column, kind) for column, kind in columns
                if table in self._opened
                or (words and any(word in column.lower() for word in words)
                    and all(word in f"{table}.{column}".lower() for word in words))
            ]  # fmt: skip
            if whole or (words and named):
                found += [Line(table), *named]
        return found

    def _show(self) -> None:
        if not self.is_mounted:
            return
        options, lit = self.query_one(OptionList), self.lit
        self._lines = self._narrowed()[:_MAX_LINES]
        options.clear_options()
        options.add_options(Option(self._drawn(line)) for line in self._lines)
        if self._lines:
            options.highlighted = self._lines.index(lit) if lit in self._lines else 0
        else:
            options.add_option(Option(Content("nothing has such a name"), disabled=True))
        self._tell()

    def _drawn(self, line: Line) -> Content:
        room = 31
        if line.column:
            kind = safe_text(line.kind.lower(), 24)
            name = shortened(safe_text(line.column, 60), max(8, room - 3 - cell_len(kind)))
            gap = " " * max(1, room - 2 - cell_len(name) - cell_len(kind))
            return Content.assemble(("  ", ""), name, gap, (kind, "$text-muted"))
        rows = f"{self._rows[line.table]:,}" if line.table in self._rows else ""
        name = shortened(safe_text(line.table, 60), max(8, room - 1 - cell_len(rows)))
        gap = " " * max(1, room - cell_len(name) - cell_len(rows))
        return Content.assemble((name, "bold"), gap, (rows, "$text-muted"))

    @property
    def lit(self) -> Line | None:
        """The line that enter takes."""
        at = self.query_one(OptionList).highlighted
        return self._lines[at] if at is not None and at < len(self._lines) else None

    def open(self, opened: bool) -> None:
        """Show the columns of the table that is lit, or the table alone."""
        line = self.lit
        if line is not None and (line.table in self._opened) != opened:
            self._opened ^= {line.table}
            self._show()
            if not opened:
                at = next((n for n, one in enumerate(self._lines) if one == Line(line.table)), 0)
                self.query_one(OptionList).highlighted = at

    def action_step(self, by: int) -> None:
        """Up and down."""
        options = self.query_one(OptionList)
        if self._lines:
            at = (options.highlighted or 0) + by
            options.highlighted = min(max(0, at), len(self._lines) - 1)

    def focus_filter(self) -> None:
        """Ready to type."""
        self.query_one(SchemaFilter).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._show()
        words = event.value.lower().split()
        for at, line in enumerate(self._lines):  # the first that is meant, not its table
            if words and any(word in line.column.lower() for word in words):
                if not all(word in self._lines[0].table for word in words):
                    self.query_one(OptionList).highlighted = at
                break

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Put the name into the statement."""
        event.stop()
        self._choose(self.lit)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click puts the name into the statement."""
        event.stop()
        self._choose(self._lines[event.option_index] if self._lines else None)

    def _choose(self, line: Line | None) -> None:
        if line is not None:
            self.post_message(self.Chosen(line.inserted))

    def action_leave(self) -> None:
        """Back to the statement."""
        self.post_message(self.Left())

    # What is known of a line

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what is known of it."""
        event.stop()
        self._tell()

    def _tell(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        line, about = self.lit, self.query_one("#schema-about", Static)
        if line is None:
            about.update(Content(""))
            return
        known = TABLES.get(line.table)
        if not line.column:
            count = len(self._tables[line.table])
            words = f"{known.meaning}\n" if known else ""
            about.update(Content(f"{safe_text(words, 120, multiline=True)}{count} columns: →"))
            return
        columns = {one.name: one.meaning for one in known.columns} if known else {}
        meaning = safe_text(columns.get(line.column, ""), 120)
        values = self._samples.get((line.table, line.column))
        if values is None:
            self._waiting = self.set_timer(_REST_SECONDS, lambda: self._ask(line))
        shown = " · ".join(safe_text(value, 40) for value in values or ()) or (
            "" if values is None else "no values"
        )
        lead = f"{meaning}\n" if meaning else ""
        about.update(Content.assemble((lead, ""), (shown, "$foreground")))

    def _ask(self, line: Line) -> None:
        if line == self.lit and self.display:
            self._want(line.table, line.column)
