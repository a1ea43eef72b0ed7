"""The parameter form: one line a value, checked before anything runs."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.errors import WorkbenchError
from workbench.playbooks.binding import ExtractSpan, bind_one
from workbench.playbooks.format import Parameter, SavedQuery
from workbench.playbooks.given import given_value
from workbench.playbooks.playbook import Playbook
from workbench.text.sanitize import safe_text
from workbench.tui.textual_ext.steady_input import SteadyInput

Filled = tuple[str, dict[str, Any]]


class ParameterForm(ModalScreen[Filled | None]):
    """Asks for the values of a saved query or playbook."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="form.cancel"),
        Binding("f5,ctrl+j", "run", "run", id="form.run"),
    ]

    def __init__(
        self, query: SavedQuery | Playbook, given: dict[str, Any], span: ExtractSpan
    ) -> None:
        """`span` is the extract's, which relative times are counted from."""
        super().__init__()
        self._span = span
        self._query = query
        self._given = given

    def compose(self) -> ComposeResult:
        """Title, one field a parameter, what is wrong."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe_text(self._query.title, 200)), classes="title")
            with VerticalScroll(classes="fields"):
                for parameter in self._query.params:
                    yield Static(self._label(parameter), classes="label")
                    value = self._given.get(parameter.name)
                    hint = "optional" if parameter.default is None else str(parameter.default)
                    yield SteadyInput(
                        _typed(value),
                        placeholder=hint,
                        id=f"param-{parameter.name}",
                        suggester=None,
                    )
            yield Static("", id="form-trouble", classes="trouble", markup=False)
            yield Static(Content("enter next · F5 run · esc cancel"), classes="note")

    def _label(self, parameter: Parameter) -> Content:
        limits = ""
        if parameter.choices:
            limits = f" ({', '.join(parameter.choices)})"
        elif parameter.min is not None or parameter.max is not None:
            low = "…" if parameter.min is None else parameter.min
            high = "…" if parameter.max is None else parameter.max
            limits = f" ({low} to {high})"
        return Content.assemble(
            (parameter.name, "bold $accent"),
            (f"  {parameter.type}{safe_text(limits, 120)}  ", "$text-muted"),
            (safe_text(parameter.help, 160), "$text-muted"),
        )

    def on_mount(self) -> None:
        """The first field has the focus."""
        self.query(Input).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the next field; behind the last, run."""
        fields = list(self.query(Input))
        at = fields.index(event.input)
        if at + 1 < len(fields):
            fields[at + 1].focus()
        else:
            self.action_run()

    def action_run(self) -> None:
        """Check every value, then hand them over."""
        given: dict[str, Any] = {}
        for parameter in self._query.params:
            field = self.query_one(f"#param-{parameter.name}", Input)
            try:
                value = given_value(field.value)
                bind_one(parameter, value, self._span)
            except WorkbenchError as error:
                self.query_one("#form-trouble", Static).update(Content(safe_text(error.message)))
                field.focus()
                return
            if field.value:
                given[parameter.name] = value
        self.dismiss((self._query.id, given))


def _typed(value: object) -> str:
    """A value as it would be typed."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
