"""The frame of the bench: where one is, the view in front, the status line, the hints."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Input, TextArea

from workbench.decisions.service import CaseService
from workbench.text.sanitize import safe_text
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell.chrome import HintLine, RouteBar, StatusLine
from workbench.tui.shell.context import View
from workbench.tui.shell.saved_state import StateFile
from workbench.tui.shell.view_stack import OpenView, ViewStack

_COMMON_HINTS = (("?", "help"), ("x", "decide"), (":", "palette"), ("/", "go to"), ("⌫", "back"))
# In a field the others would type a letter.
_FIELD_HINTS = (("F1", "help"), ("ctrl+p", "palette"), ("ctrl+g", "go to"))


class Frame:
    """Shows one view of the history at a time and says how things stand."""

    def __init__(
        self, app: App[Any], memory: StateFile, open_view: OpenView, kinds: Collection[str]
    ) -> None:
        self._app = app
        self._memory = memory
        self._open_view = open_view
        self._kinds = kinds

    def compose(self) -> ComposeResult:
        """The frame; views are mounted into the stack."""
        yield RouteBar(id="routes")
        yield ViewStack(self._open_view, self._kinds, id="views")
        yield StatusLine(id="status")
        yield HintLine(id="hints")

    @property
    def stack(self) -> ViewStack:
        """The views."""
        return self._app.query_one(ViewStack)

    @property
    def status(self) -> StatusLine:
        """The status line."""
        return self._app.query_one(StatusLine)

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self.stack.view

    async def go(self, route: Route) -> None:
        """Add a route to the history and show it."""
        self.stack.go(route)
        await self.show_here()

    async def go_to_main(self, route: Route) -> None:
        """Go to one of the main views: back to it where it is in the history."""
        self.stack.go_to_main(route)
        await self.show_here()

    async def back(self) -> bool:
        """Go back one view; False where there is none before."""
        if not self.stack.back():
            return False
        await self.show_here()
        return True

    async def show_here(self) -> None:
        """Show the view of the route one is at."""
        with self._app.batch_update():  # one layout and one drawing, not four
            view = await self.stack.show_here()
            self.draw(view)
        self._app.call_after_refresh(view.shown)

    def draw(self, view: View) -> None:
        """Draw what stands around the view."""
        self._app.query_one(RouteBar).show(self.stack.routes.entries, "1 2 3 4 5 6 7 views")
        self.show_hints(view)
        self.status.words(view.status())
        self._memory.keep(self.stack.remember())

    def show_hints(self, view: View) -> None:
        """Name the keys that matter where the analyst is."""
        typing = isinstance(self._app.focused, Input | TextArea)
        common = _FIELD_HINTS if typing else _COMMON_HINTS
        self._app.query_one(HintLine).show((*view.hints(), *common))

    def show_case(
        self, service: CaseService, query_service: QueryService, *, untrusted: bool = False
    ) -> None:
        """Name the case, its generation, the analyst, and what is not as it should be."""
        own = " · own queries not trusted" if untrusted else ""
        isolation = query_service.isolation
        reduced = "" if isolation == "sandboxed" else f" · {isolation}"
        known = query_service.overlaid.is_set()
        kept = " · read-only" if service.case.is_read_only else ""
        masked = " · cells masked" if known and query_service.mask.columns else ""
        self.status.case(
            f"{safe_text(service.case_name, 24)} g{service.generation} · "
            f"{safe_text(service.analyst, 20)}{masked}{own}{kept}{reduced}"
        )
