"""Several results at once: one in front, the others open behind it with their rows.

A statement that failed takes no place: what is asked next takes its own. Nothing that is open goes
without a word, and what is pinned does not go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shortened
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.runner import Asked
from workbench.tui.shell.context import Context

_MAX_RESULTS = 8
_MIN_LABEL_CELLS = 4


class TabLine(Static):
    """The open results by number; there is no line while there is one."""

    DEFAULT_CSS = """
    TabLine { height: 1; padding: 0 1; background: $panel; display: none;
              text-wrap: nowrap; text-overflow: ellipsis; }
    TabLine.-several { display: block; }
    """

    def show(self, labels: Sequence[tuple[str, str]], front: int) -> None:
        """Draw each label with its number of rows, which stays whole while four cells of the label
        fit beside it; the one in front is bright and in brackets."""
        self.set_class(len(labels) > 1, "-several")
        room = max(8, (self.size.width or 80) // max(1, len(labels)) - 6)
        parts: list[tuple[str, str]] = []
        for at, (label, extent) in enumerate(labels):
            label, rows = safe_text(label, 200), f" · {extent}"
            beside = room - cell_len(rows)
            fits = beside >= _MIN_LABEL_CELLS
            short = shortened(label, beside) + rows if fits else shortened(label, room)
            here = at == front
            parts.append((f"[{at + 1} {short}]" if here else f" {at + 1} {short} ",
                          "bold $accent" if here else "$text-muted"))  # fmt: skip
        self.update(Content.assemble(*parts), layout=False)


class ResultTabs(Vertical):
    """Results in the order they were asked; the oldest that is not pinned gives way to a ninth."""

    BLANK = True
    DEFAULT_CSS = """
    ResultTabs { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_parenthesis", "step(-1)", "result before", id="tabs.before"),
        Binding("right_parenthesis", "step(1)", "next result", id="tabs.next"),
        Binding("Q", "close", "close result", id="tabs.close"),
        Binding("T", "pin", "pin result: it stays", id="tabs.pin"),
        Binding("quotation_mark", "pick", "marked rows as a result", id="tabs.pick"),
        Binding("C", "compare", "compare with an earlier run", id="tabs.compare"),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(id=id)
        self.context = context
        self.panes: list[ResultPane] = []
        self._pinned: set[ResultPane] = set()

    def compose(self) -> ComposeResult:
        """The line of tabs and one empty result."""
        yield TabLine("", markup=False)
        self.panes = [ResultPane(self.context)]
        yield self.panes[0]

    @property
    def front(self) -> ResultPane:
        """The result that is shown."""
        return next((pane for pane in self.panes if pane.display), self.panes[-1])

    async def ask(self, asked: Asked) -> None:
        """Run a statement in a result of its own."""
        pane = await self._new_pane()
        if pane is not None:
            pane.ask(asked)
            self._draw()

    async def _new_pane(self) -> ResultPane | None:
        """The pane for another result; None, with a word why, where all places are pinned."""
        if empty := next((pane for pane in self.panes if pane.is_free), None):
            self.bring(empty)
            return empty
        had_focus = self.front.has_focus_within
        if len(self.panes) >= _MAX_RESULTS and not await self._make_room():
            return None
        pane = ResultPane(self.context)
        for other in self.panes:
            other.display = False
        self.panes.append(pane)
        await self.mount(pane)
        if had_focus:
            pane.grid.focus()
        return pane

    async def _make_room(self) -> bool:
        """Close the oldest result that is not pinned, and say which."""
        oldest = next((one for one in self.panes if one not in self._pinned), None)
        if oldest is None:
            self.notify(f"All {_MAX_RESULTS} results are pinned: T unpins, Q closes one.",
                        severity="warning", markup=False)  # fmt: skip
            return False
        label = shortened(safe_text(oldest.asked.label if oldest.asked else "", 200), 40)
        self.notify(f"“{label}” was closed: {_MAX_RESULTS} results are kept. T pins one.",
                    markup=False)  # fmt: skip
        await self._remove(oldest)
        return True

    def cancel(self) -> bool:
        """Stop the result in front, or else every other that runs; tells whether any did."""
        if self.front.runner.cancel():
            return True
        stopped = [pane.runner.cancel() for pane in self.panes]
        return any(stopped)

    def bring(self, pane: ResultPane) -> None:
        """Show one result and hide the others; the focus goes along."""
        had_focus = self.front.has_focus_within
        for other in self.panes:
            other.display = other is pane
        if had_focus:
            pane.grid.focus()
        self._draw()

    async def _remove(self, pane: ResultPane) -> None:
        self.panes.remove(pane)
        self._pinned.discard(pane)
        pane.runner.release()
        await pane.remove()

    def on_result_pane_arrived(self, _event: ResultPane.Arrived) -> None:
        """The labels say how many rows there are."""
        self._draw()

    def on_result_pane_ended(self, _event: ResultPane.Ended) -> None:
        """The labels say how many rows there are."""
        self._draw()

    def _draw(self) -> None:
        front = self.front
        labels = [
            (f"{'‡' if pane in self._pinned else ''}{pane.asked.label if pane.asked else 'new'}",
             pane.extent)
            for pane in self.panes
        ]  # fmt: skip
        self.query_one(TabLine).show(labels, self.panes.index(front))

    def action_step(self, by: int) -> None:
        """Bring the result before or behind to the front."""
        at = self.panes.index(self.front) + by
        self.bring(self.panes[at % len(self.panes)])

    def action_pin(self) -> None:
        """Keep the result in front until it is unpinned or closed."""
        self._pinned ^= {self.front}
        words = "pinned: it stays" if self.front in self._pinned else "no longer pinned"
        self.notify(f"This result is {words}.", markup=False)
        self._draw()

    async def action_close(self) -> None:
        """Close the result in front and give its space back."""
        pane = self.front
        if len(self.panes) == 1:
            pane.runner.clear()
            return
        at = self.panes.index(pane)
        self.bring(self.panes[at - 1 if at else 1])
        await self._remove(pane)
        self._draw()

    async def action_pick(self) -> None:
        """Open the marked rows as a result of their own."""
        front = self.front
        marks = sorted(front.grid.marks)
        if front.opened is None or not marks:
            self.notify("Mark rows first: space marks the one under the cursor.", markup=False)
            return
        label = (
            f"{counted(len(marks), 'row')} of {front.asked.label if front.asked else 'a result'}"
        )
        result = front.opened.result
        pane = await self._new_pane()
        if pane is not None:
            pane.runner.pick(result, marks, label)
            self._draw()

    async def action_compare(self) -> None:
        """Show what was added, is gone or changed since an earlier result of the same columns."""
        after = self.front
        names = [column.name for column in after.grid.columns]
        earlier = [
            (pane, pane.opened.result)
            for pane in self.panes
            if pane is not after
            and pane.opened is not None
            and [column.name for column in pane.grid.columns] == names
        ]
        if after.opened is None or not earlier:
            self.notify("Run the query twice: two results of the same columns are compared.",
                        markup=False)  # fmt: skip
            return
        before, result = earlier[-1]
        now = after.opened.result
        number, behind = self.panes.index(after) + 1, self.panes.index(before) + 1
        pane = await self._new_pane()
        if pane is not None:
            pane.runner.compare(result, now, f"{behind} → {number}")
            self._draw()
