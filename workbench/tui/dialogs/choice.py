"""One of a few, or none yet: left and right choose, the sentence of the chosen one beside it."""

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
        self._at = -1
        self._note = ""

    @property
    def value(self) -> str:
        """The chosen one, or the empty string."""
        return self._choices[self._at][0] if self._choices and self._at >= 0 else ""

    def offer(self, choices: Sequence[tuple[str, str]], chosen: str, note: str = "") -> None:
        """Offer (value, sentence) pairs; nothing is chosen where `chosen` is none of them. `note`
        says who proposes what is chosen."""
        self._choices = tuple(choices)
        values = [value for value, _ in choices]
        self._at = values.index(chosen) if chosen in values else -1
        self._note = note
        self._draw()

    def _draw(self) -> None:
        parts: list[tuple[str, str]] = [(f"{self._label}  ", "$text-muted")]
        if len(self._choices) <= 4:
            for at, (value, _) in enumerate(self._choices):
                here = at == self._at
                parts.append((f"[{value}]" if here else f" {value} ",
                              "bold $accent" if here else "$text-muted"))  # fmt: skip
        else:
            chosen = safe_text(self._choices[self._at][1], 120) if self._at >= 0 else "choose: ← →"
            place = f"{self._at + 1} of " if self._at >= 0 else ""
            parts.append((f"‹ {chosen} ›", "bold $accent"))
            parts.append((f"  {place}{len(self._choices)}", "$text-muted"))
        if self._note:
            parts.append((f"  {safe_text(self._note, 80)}", "$warning"))
        self.update(Content.assemble(*parts))

    def action_step(self, by: int) -> None:
        """Choose the next or the previous."""
        if self._choices:
            first = 0 if by > 0 else len(self._choices) - 1
            self._at = first if self._at < 0 else (self._at + by) % len(self._choices)
            self._note = ""
            self._draw()
            self.post_message(self.Changed(self))

    def action_next_field(self) -> None:
        """To the next field."""
        self.screen.focus_next(Widget)

    def action_previous_field(self) -> None:
        """To the field before."""
        self.screen.focus_previous(Widget)
