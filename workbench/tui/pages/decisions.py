"""Where decisions stand: in force, left to decide, one's own, and those that wait for an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from workbench.decisions import collaboration, queries
from workbench.decisions.describe import whole_record
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import CellViewer
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.pages.view import View, part_bindings
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_REST = 0.05
_PARTS = (("f", "standing"), ("u", "undecided"), ("m", "mine"), ("w", "waiting"),
          ("b", "conflicts"))  # fmt: skip
_QUEUE = ["cluster_id", "looks_like", "score", "accounts", "undecided", "claimed_by", "comments",
          "summary"]  # fmt: skip
_NUMBERS = {"accounts": "BIGINT", "undecided": "BIGINT", "comments": "BIGINT", "score": "DOUBLE",
            **dict.fromkeys(("at", "proposed_at", "expires_at"), "TIMESTAMP")}  # fmt: skip
_EMPTY = {
    "undecided": "No cluster has members left to decide.",
    "mine": "You have decided nothing in this case yet.",
    "waiting": "No proposal waits for an answer.",
    "conflicts": "No merge left accounts that are decided differently.",
}
_TWINS = {"standing": ("decisions", "--state"), "undecided": ("queue",),
          "mine": ("decisions", "--mine"), "waiting": ("decisions", "--waiting"),
          "conflicts": ("decisions", "--conflicts")}  # fmt: skip


class DecisionActions:
    """What can be done with a recorded decision: read it whole, take it back, answer it."""

    def __init__(self, page: View, context: Context) -> None:
        self._page = page
        self._context = context

    def show_record(self, record: dict[str, Any]) -> None:
        """Everything that the record of a row says."""
        if record_id := record.get("record_id"):
            work = self._show_record(str(record_id))
            self._page.run_worker(work, group="record", exclusive=True)

    async def _show_record(self, record_id: str) -> None:
        text = await self._context.query_service.background(
            whole_record, self._context.service, record_id
        )
        self._page.app.push_screen(CellViewer(f"record {record_id}", text))

    def take_back(self, record: dict[str, Any]) -> None:
        """Append a reversing record; the decision stays on record."""
        record_id = record.get("record_id")
        if not record_id:
            return

        def reverse(why: str) -> Callable[[], object]:
            service = self._context.service
            return lambda: queries.take_back(service, str(record_id), "R-OTHER", why)[1]

        self._ask(f"Take back record {str(record_id)[:12]}? Say why.", reverse, "")

    def answer(self, record: dict[str, Any], *, agree: bool) -> None:
        """Countersign or refuse a proposal."""
        if "yours_to_answer" not in record:
            self._page.notify("Go to the proposal first: w.", markup=False)
            return
        if not record["yours_to_answer"]:
            asked = "You asked for this yourself: somebody else answers it."
            self._page.notify(asked, severity="warning", markup=False)
            return
        record_id = str(record["record_id"])

        def respond(why: str) -> Callable[[], object]:
            service = self._context.service
            return partial(queries.respond, service, record_id, agree=agree, note=why)

        what = f"{record['verdict']} {record['reason']} on {record['accounts']:,} accounts"
        word = "Agree to" if agree else "Refuse"
        question = f"{word} {what}, proposed by {record['proposed_by']}? Say why."
        self._ask(question, respond, "Your answer is recorded.")

    def _ask(self, question: str, act: Callable[[str], Callable[[], object]], done: str) -> None:
        """Ask why, then act; without `done` the act says itself what it did."""

        def answered(why: str | None) -> None:
            if why:
                self._page.run_worker(self._page.record(done, act(why)), group="append")

        self._page.app.push_screen(TextPrompt(question, "reason"), answered)


class Decisions(View):
    """What the ledger says now, and what it waits for."""

    PARTS = _PARTS
    HINTS = (
        ("enter", "open"),
        ("r", "take back"),
        ("a n", "agree, refuse"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *part_bindings("decisions", _PARTS),
        Binding("r", "take_back", "take the decision back", id="decisions.reverse"),
        Binding("a", "answer(True)", "agree to the proposal", id="decisions.agree"),
        Binding("n", "answer(False)", "refuse the proposal", id="decisions.refuse"),
        Binding("i", "record", "whole record", id="decisions.record"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._soon: Timer | None = None
        self._actions = DecisionActions(self, context)

    def compose(self) -> ComposeResult:
        """Ledger head, the parts' names, the parts, the history of the account under the cursor."""
        yield Static("", classes="head", id="ledger-head", markup=False)
        yield PartTabs(_PARTS, id="steps")
        with Horizontal(id="part-standing"):
            yield Grid(id="decisions")
            with VerticalScroll(classes="side"):
                yield Static("", id="history", markup=False)
        yield Grid(id="part-undecided")
        yield Grid(id="part-mine")
        yield Grid(id="part-waiting")
        yield Grid(id="part-conflicts")

    async def fill(self) -> None:
        """Read all parts; the one that was shown is shown again."""
        service, query_service = self.context.service, self.query_service
        rows, clusters = await self.pages(("decisions-list", {}), ("clusters-list", {}))
        grid = self.query_one("#decisions", Grid)
        self.show_rows(grid, "decisions-list", rows)
        self.restore_cursor(grid)
        queue = await query_service.background(collaboration.undecided, service, clusters.records())
        for one in queue:
            one["looks_like"] = "◆ campaign" if one["campaign_like"] else "○"
        self._put("undecided", _QUEUE, [[one[name] for name in _QUEUE] for one in queue])
        self._put("mine", queries.OWN, await query_service.background(queries.own, service))
        self._put(
            "waiting", queries.WAITING, await query_service.background(queries.waiting, service)
        )
        left = await query_service.background(queries.conflicts, service)
        self._put("conflicts", queries.CONFLICTS, left)
        self.query_one(PartTabs).choose(str(self.state.get("part", "standing")))
        await self._head()
        self._history()
        self.focus_if_in_front()
        self.tell_status()

    def _put(self, part: str, names: list[str], rows: list[list[Any]]) -> None:
        grid = self.query_one(f"#part-{part}", Grid)
        grid.nothing = _EMPTY[part]
        types = [_NUMBERS.get(name, "VARCHAR") for name in names]
        grid.show(grid_columns(names, types), PageSource(rows))
        self.restore_cursor(grid)

    async def _head(self) -> None:
        head = await self.query_service.background(self.context.service.head_words)
        counts = []
        for _, name in _PARTS:
            grid = self.query_one(_grid_id(name), Grid)
            sign = "" if grid.source.exact else "≥ "
            counts.append(f"{sign}{grid.source.total:,} {name}")
        between = " · " if self.context.wide else "\n"
        text = f"{head}{between}{' · '.join(counts)}"
        self.query_one("#ledger-head", Static).update(Content(safe_text(text, multiline=True)))

    def _grid(self) -> Grid:
        return self.query_one(_grid_id(self.query_one(PartTabs).shown), Grid)

    def _chosen(self) -> dict[str, Any]:
        """The row under the cursor."""
        grid = self._grid()
        return grid.record(grid.cursor_row)

    def action_record(self) -> None:
        """Everything that the record under the cursor says."""
        self._actions.show_record(self._chosen())

    def action_take_back(self) -> None:
        """Take the decision under the cursor back."""
        self._actions.take_back(self._chosen())

    def action_answer(self, agree: bool) -> None:
        """Countersign or refuse the proposal under the cursor."""
        self._actions.answer(self._chosen(), agree=agree)

    async def action_part(self, name: str) -> None:
        """Show a part."""
        await super().action_part(name)
        self.run_worker(self._head(), group="head", exclusive=True)

    def focus_first(self) -> None:
        """Focus the list that is shown."""
        self._grid().focus()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """The history follows the cursor."""
        super().on_grid_moved(event)
        self._history()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """An account or a cluster opens its page; a proposal opens whole."""
        if event.grid.id in ("part-mine", "part-waiting"):
            event.stop()
            self.action_record()
        else:
            super().on_grid_opened(event)

    def _history(self) -> None:
        """Read the history once the cursor rests."""
        if self._soon is not None:
            self._soon.stop()
        if self.query_one(PartTabs).shown == "standing":
            self._soon = self.set_timer(_REST, self._begin_history)

    def _begin_history(self) -> None:
        self.run_worker(self._read_history(), group="history", exclusive=True)

    async def _read_history(self) -> None:
        grid = self.query_one("#decisions", Grid)  # another part may be in front by now
        record = grid.record(grid.cursor_row)
        if not record:
            return
        account = str(record["account_id"])
        try:
            history = await self.query_service.background(self.context.service.history, account)
        except WorkbenchError:
            return
        self.query_one("#history", Static).update(history_words(account, history))

    def subject(self) -> DecideOn | None:
        """The account or cluster under the cursor."""
        record = self._chosen()
        if record.get("cluster_id") and "account_id" not in record:
            cluster = str(record["cluster_id"])
            return DecideOn("cluster", (cluster,), "cluster-card", {"cluster": cluster})
        if not record.get("account_id"):
            return None
        account = str(record["account_id"])
        return DecideOn("account", (account,), "account-card", {"account": account})

    def command(self) -> str:
        """The headless twin."""
        command, *options = _TWINS[self.query_one(PartTabs).shown]
        return command_line(command, self.context.case_argument, *options)


def _grid_id(part: str) -> str:
    return "#decisions" if part == "standing" else f"#part-{part}"


def history_words(account: str, history: list[tuple[dict[str, Any], str]]) -> Content:
    """The decisions on an account, oldest first, with what became of each."""
    parts: list[tuple[str, str]] = [(safe_text(account, 80) + "\n\n", "bold")]
    for row, status in history:
        parts += [
            (f"{row['decided_at']}  ", "$text-muted"),
            (f"{safe_text(row['verdict'])} {safe_text(row['reason'])}\n", "bold"),
            (f"  {safe_text(row['analyst'], 60)}, {row['confidence']} confidence: ", ""),
            (f"{status}\n  record {row['record_id'][:12]}\n", "$text-muted"),
        ]
    return Content.assemble(*parts)
