"""A list to choose one thing from; a long one is narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workbench.tui.textual_ext.steady_input import SteadyInput

_LONG = 12  # a list that is seen whole needs no filter, and takes single keys
_MAX_SHOWN = 200


class Picker(ModalScreen[str | None]):
    """Choices are (what is shown, already safe; what is returned)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="pick.cancel"),
        Binding("backspace", "dismiss(None)", "cancel", show=False, id="pick.back"),
        Binding("down,j", "step(1)", "down", show=False, id="pick.down"),
        Binding("up,k", "step(-1)", "up", show=False, id="pick.up"),
    ]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, records: bool = False
    ) -> None:
        """`records`: a choice makes a record, so that no letter alone takes it."""
        super().__init__()
        self._records = records
        self._title = title
        self._choices = list(choices)
        self._shown = self._choices

    def compose(self) -> ComposeResult:
        """Title, filter and list."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="title")
            if len(self._choices) > _LONG:
                yield SteadyInput(placeholder="words that it holds")
            if not self._choices:
                yield Static(Content("There is nothing to choose from."), classes="note")
            yield OptionList(markup=False)
            yield Static(Content("enter chooses · esc cancels"), classes="note")

    def on_mount(self) -> None:
        """Ready to choose, or to type."""
        self._show(self._choices)
        (self.query(Input).first() if self.query(Input) else self.query_one(OptionList)).focus()

    def _show(self, choices: list[tuple[str, str]]) -> None:
        self._shown = choices[:_MAX_SHOWN]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(shown)) for shown, _ in self._shown)
        options.display = bool(self._choices)
        if self._shown:
            options.highlighted = 0

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        words = event.value.lower().split()
        self._show([one for one in self._choices if all(word in one[0].lower() for word in words)])

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Take the one that is lit."""
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self._shown):
            self.dismiss(self._shown[at][1])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Hand back what was chosen."""
        self.dismiss(self._shown[event.option_index][1])

    def on_key(self, event: events.Key) -> None:
        """The letter in front of a choice takes it, or lights it where a choice makes a record."""
        if self.query(Input) or not event.character:
            return
        for at, (shown, value) in enumerate(self._shown):
            if shown.startswith(f"{event.character}  "):
                event.stop()
                if self._records:
                    self.query_one(OptionList).highlighted = at
                else:
                    self.dismiss(value)
                return

    def action_step(self, by: int) -> None:
        """Next or previous."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()
