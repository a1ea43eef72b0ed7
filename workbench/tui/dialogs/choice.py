"""One of a few: left and right choose, the sentence of the chosen one stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from workbench.text.sanitize import safe_text


class Choice(Static, can_focus=True):
    """A labelled choice on one or two lines."""

    DEFAULT_CSS = """
    Choice { height: auto; padding: 0 1; margin: 0 0 0 0; }
    Choice:focus { background: $block-cursor-blurred-background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "next", show=False, id="choice.next"),
        Binding("left,h", "step(-1)", "previous", show=False, id="choice.previous"),
        Binding("down,enter,j", "next_field", "next field", show=False, id="choice.down"),
        Binding("up,k", "previous_field", "previous field", show=False, id="choice.up"),
    ]

    @dataclass
    class Changed(Message):
        """Another one is chosen."""

        choice: Choice

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], *, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self._label = label
        self._choices = tuple(choices)
        self._at = 0

    @property
    def value(self) -> str:
        """The chosen one."""
        return self._choices[self._at][0] if self._choices else ""

    def offer(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer (value, sentence) pairs."""
        self._choices = tuple(choices)
        values = [value for value, _ in choices]
        self._at = values.index(chosen) if chosen in values else 0
        self._draw()

    def _draw(self) -> None:
        parts: list[tuple[str, str]] = [(f"{self._label}  ", "$text-muted")]
        if len(self._choices) <= 4:
            for at, (value, _) in enumerate(self._choices):
                here = at == self._at
                parts.append((f"[{value}]" if here else f" {value} ",
                              "bold $accent" if here else "$text-muted"))  # fmt: skip
        else:
            words = safe_text(self._choices[self._at][1], 120)
            parts.append((f"‹ {words} ›", "bold $accent"))
            parts.append((f"  {self._at + 1} of {len(self._choices)}", "$text-muted"))
        self.update(Content.assemble(*parts))

    def action_step(self, by: int) -> None:
        """Choose the next or the previous."""
        if self._choices:
            self._at = (self._at + by) % len(self._choices)
            self._draw()
            self.post_message(self.Changed(self))

    def action_next_field(self) -> None:
        """To the next field."""
        self.screen.focus_next(Widget)

    def action_previous_field(self) -> None:
        """To the field before."""
        self.screen.focus_previous(Widget)
