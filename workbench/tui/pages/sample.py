"""A drawn sample: review each account, then record how many of it were wrongly in it."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench.decisions.describe import subject_words
from workbench.decisions.sample_review import accounts_of, record_found, results_like, sample_of
from workbench.errors import WorkbenchError
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.confirm import recording
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn, Failed
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context
from workbench.tui.shell.reviews import keep_review, read_review

_WORDS = {"right": "✓", "wrong": "✗"}


class SamplePage(View):
    """The drawn accounts; what was said of each is kept until the result is recorded."""

    HINTS = (("enter", "open"), ("t", "right"), ("w", "wrong"), ("R", "record result"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "say('right')", "rightly in the sample", id="sample.right"),
        Binding("w", "say('wrong')", "wrongly in the sample", id="sample.wrong"),
        Binding("R", "record", "record the result", id="sample.record"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        said = state.get("said")
        self._said: dict[str, str] = dict(said) if isinstance(said, dict) else {}
        self._sample: dict[str, Any] = {}
        self._rows: list[list[Any]] = []
        self._results: list[dict[str, Any]] = []

    def compose(self) -> ComposeResult:
        """What was drawn from what, and the accounts."""
        yield Static("", classes="head", id="sample-head", markup=False)
        yield Grid(id="sample")

    async def fill(self) -> None:
        """Read the draw, its result if there is one, and the accounts."""
        query_service = self.query_service
        self._sample = await query_service.background(
            sample_of, self.context.service, self.route.key[0]
        )
        drawn, self._results = await query_service.background(self._read)
        if not self._said:
            folder = self.context.service.state_dir
            self._said = await query_service.background(read_review, folder, self.route.key[0])
        query = self.context.library.shipped("sample-accounts")
        rows = await query_service.rows(query, {"accounts": drawn})
        names, kinds = ["review", *rows.names], ["VARCHAR", *rows.types]
        self._rows = [[self._word(str(row[0])), *row] for row in rows.rows]
        grid = self.query_one(Grid)
        grid.show(grid_columns(names, kinds, query.columns), PageSource(self._rows))
        self.restore_cursor(grid)
        self._tell()
        self.tell_status()

    def _word(self, account: str) -> str:
        return _WORDS.get(self._said.get(account, ""), "·")

    def _tell(self) -> None:
        # Without waiting for anything: one that waited could draw over a newer one.
        sample, done = self._sample, len(self._said)
        drawn, wrong = sample["drawn"]["count"], self._wrong()
        parts: list[tuple[str, str]] = [
            (f"{drawn:,} drawn from {safe_text(subject_words(sample['subject']), 80)}", "bold"),
            (f" · seed {safe_text(sample['seed'], 20)} · {sample['method']}\n", "$text-muted"),
            (f"reviewed {done:,} of {drawn:,}, {wrong:,} wrong", "$warning" if wrong else ""),
        ]
        for result in self._results:
            parts.append((
                f"\nrecorded: {result['found']:,} of {result['n']:,} wrong, so "
                f"{float(result['low']):.1%} to {float(result['high']):.1%} of all "
                f"{result['N']:,} (95 %)",
                "bold",
            ))  # fmt: skip
        self.query_one("#sample-head", Static).update(Content.assemble(*parts))

    def _read(self) -> tuple[list[str], list[dict[str, Any]]]:
        """The accounts drawn, and the newest result that was recorded of them."""
        service = self.context.service
        results = results_like(service, self._sample)
        return accounts_of(service, self._sample["drawn"]["set"]), results[-1:]

    def _wrong(self) -> int:
        return sum(word == "wrong" for word in self._said.values())

    def action_say(self, word: str) -> None:
        """Say of the account under the cursor whether it is rightly in the sample; step down."""
        grid = self.query_one(Grid)
        if not self._rows:
            return
        row = self._rows[grid.cursor_row]
        account = str(row[1])
        if self._said.get(account) == word:
            del self._said[account]
        else:
            self._said[account] = word
        row[0] = self._word(account)
        grid.repaint_row(grid.cursor_row)
        grid.jump(grid.cursor_row + 1)
        self._tell()
        self.run_worker(self._keep(dict(self._said)), group="keep", exclusive=True)

    async def _keep(self, said: dict[str, str]) -> None:
        folder = self.context.service.state_dir
        try:
            await self.query_service.background(keep_review, folder, self.route.key[0], said)
        except WorkbenchError as error:
            self.post_message(Failed(error))

    def action_record(self) -> None:
        """Record how many were wrong, once all are reviewed."""
        left = len(self._rows) - len(self._said)
        if not self._rows or left:
            self.notify(f"{counted(left, 'account')} not reviewed yet.", markup=False)
            return
        self.run_worker(self._record(), group="record", exclusive=True)

    async def _record(self) -> None:
        found = f"{self._wrong():,} of {len(self._rows):,} are wrong"
        if not await recording(self, f"Record what the review found: {found}."):
            return
        words = "Recorded; a decision on the same accounts names it."
        service, drawn = self.context.service, self.route.key[0]
        await self.record(words, partial(record_found, service, drawn, self._wrong()))

    def view_state(self) -> dict[str, Any]:
        """The cursor, and what was said of each account."""
        return super().view_state() | {"said": self._said}

    def subject(self) -> DecideOn | None:
        """What the sample was drawn from, where it has a page."""
        subject = self._sample.get("subject")
        if subject is None or subject["kind"] not in ("cluster", "campaign"):
            return None
        kind, name = str(subject["kind"]), str(subject["id"])
        return DecideOn(kind, (name,), f"{kind}-card", {kind: name})

    def command(self) -> str:
        """The headless twin."""
        case, record = self.context.case_argument, self.route.key[0]
        return command_line("sample", case, "--show", record)
