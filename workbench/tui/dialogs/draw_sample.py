"""Asks how many accounts to draw for a review, and records the draw."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.audit.errors import LedgerError
from workbench.decisions.sample_review import METHODS, by_score, draw
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.choice import Choice
from workbench.tui.messages import DecideOn
from workbench.tui.services.decision_inputs import group_accounts
from workbench.tui.shell.context import Context
from workbench.tui.textual_ext.steady_input import SteadyInput

_USUAL = 20


class DrawSample(ModalScreen[str | None]):
    """Returns the id of the record of the draw, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="draw.cancel"),
        Binding("f5,ctrl+j", "draw", "draw", id="draw.draw", priority=True),
    ]

    def __init__(self, context: Context, subject: DecideOn) -> None:
        super().__init__()
        self.context = context
        self._subject = subject

    def compose(self) -> ComposeResult:
        """How many, and which interval the result will have."""
        name = self._subject.ids[0]
        if self._subject.kind == "accounts":
            name = f"{len(self._subject.ids):,} marked accounts"
        with Vertical(classes="dialog"):
            yield Static(Content(f"Draw a sample of {safe_text(name, 60)}"), classes="title")
            yield Static(Content("how many to review"), classes="label")
            yield SteadyInput(str(_USUAL), id="draw-size", max_length=6)
            yield Choice("interval of the rate", (), id="draw-method")
            yield Static(
                Content(
                    "Drawn by thirds of how typical they are, by a random seed that is recorded. "
                    "Review each, then record how many should not be flagged: the interval goes "
                    "into the decision."
                ),
                classes="note",
            )
            yield Static("", id="draw-trouble", classes="trouble", markup=False)
            yield Static(Content("F5 draw and record · esc cancel"), classes="note")

    def on_mount(self) -> None:
        """Ready to type."""
        methods = tuple((name, name) for name in sorted(METHODS, reverse=True))
        self.query_one(Choice).offer(methods, "wilson")
        self.query_one(Input).focus()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Enter draws."""
        self.action_draw()

    def action_draw(self) -> None:
        """Draw, and record the draw."""
        typed = self.query_one(Input).value.strip()
        if not typed.isdecimal() or not int(typed):
            self._trouble("How many accounts is a whole number from 1.")
            return
        self.run_worker(self._draw(int(typed)), group="draw", exclusive=True)

    async def _draw(self, size: int) -> None:
        context, kind = self.context, self._subject.kind
        try:
            scores = await self._scores()
            work = partial(
                draw, context.service, kind, self._subject.ids[0], by_score(scores), size,
                method=self.query_one(Choice).value,
            )  # fmt: skip
            record, _ = await context.query_service.background(work)
        except (WorkbenchError, LedgerError) as error:
            self._trouble(error.message)
            return
        self.dismiss(record)

    async def _scores(self) -> dict[str, float | None]:
        context, subject = self.context, self._subject
        ids = subject.ids
        if subject.kind != "accounts":
            ids = await group_accounts(
                context.query_service, context.library, subject.kind, subject.ids[0]
            )
        query = context.library.shipped("member-scores")
        opened = await context.query_service.open(
            query.sql, {"accounts": list(ids)}, 1_000_000, 4096
        )
        context.query_service.close_result(opened.result)
        return {str(row[0]): row[1] for row in opened.rows}

    def _trouble(self, words: str) -> None:
        self.query_one("#draw-trouble", Static).update(Content(safe_text(words, 300)))
