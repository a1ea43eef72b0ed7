"""What was remarked on a subject, and a line to remark something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.decisions.collaboration import Comment
from workbench.text.sanitize import safe_text
from workbench.tui.textual_ext.steady_input import SteadyInput

_LONGEST = 2000


class Comments(ModalScreen[str | None]):
    """Returns what was typed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close", id="remarks.close"),
    ]

    def __init__(self, subject: str, comments: Sequence[Comment]) -> None:
        super().__init__()
        self._subject = subject
        self._comments = comments

    def compose(self) -> ComposeResult:
        """The comments, oldest first, and the line."""
        parts: list[tuple[str, str]] = []
        for one in self._comments:
            parts += [
                (f"{one.at[:16]} {safe_text(one.analyst, 40)}\n", "$text-muted"),
                (f"{safe_text(one.text, _LONGEST, multiline=True)}\n", ""),
            ]
        if not parts:
            parts.append(("Nobody has remarked anything yet.\n", "$text-muted"))
        with Vertical(classes="dialog"):
            yield Static(Content(f"Comments on {safe_text(self._subject, 80)}"), classes="title")
            with VerticalScroll(classes="remarks"):
                yield Static(Content.assemble(*parts), markup=False)
            yield SteadyInput(placeholder="comment for everybody at this case", max_length=_LONGEST)
            yield Static(Content("enter records it · esc closes"), classes="note")

    def on_mount(self) -> None:
        """Ready to type, the newest comment in sight."""
        self.query_one(VerticalScroll).scroll_end(animate=False)
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it back."""
        if event.value.strip():
            self.dismiss(event.value.strip())
