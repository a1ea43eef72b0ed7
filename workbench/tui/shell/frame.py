"""The frame of the bench: a trail of places, the status line, what could not be done."""

from __future__ import annotations

from textual.app import ComposeResult

from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed, OpenRoute
from workbench.tui.pages.view import View
from workbench.tui.results.error_panel import excerpt_fitted
from workbench.tui.routes import Route
from workbench.tui.shell.chrome import HintLine, RouteBar, StatusLine
from workbench.tui.shell.lifecycle import Ending
from workbench.tui.shell.view_stack import ViewStack

_TOAST = 56  # cells of a line in a notification
_COMMON_HINTS = (("?", "help"), ("x", "decide"), (":", "palette"), ("/", "go to"), ("⌫", "back"))


class Frame(Ending):
    """Shows one place of the trail at a time and says how things stand."""

    def compose(self) -> ComposeResult:
        """The frame; places are mounted into the stage."""
        yield RouteBar(id="trail")
        yield ViewStack(id="stage")
        yield StatusLine(id="status")
        yield HintLine(id="hints")

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self.query_one(ViewStack).view

    async def _show_here(self) -> None:
        with self.batch_update():  # one layout and one drawing, not four
            view = await self.query_one(ViewStack).show_here()
            self._draw_frame(view)
        self.call_after_refresh(view.seen.set)

    def _draw_frame(self, view: View) -> None:
        stage = self.query_one(ViewStack)
        self.query_one(RouteBar).show(stage.routes.entries, "1 2 3 4 5 6 7 views")
        self.show_hints(view)
        self.show_status(view.status())
        self.memory.keep(stage.remember())

    def show_hints(self, view: View) -> None:
        """Name the keys that matter where the analyst is."""
        self.query_one(HintLine).show((*view.hints(), *_COMMON_HINTS))

    def on_resize(self) -> None:
        """Draw the frame for the new width."""
        self.set_class(self.size.width >= 120, "-wide")
        if self.view is not None:
            self.call_after_refresh(self._draw_frame, self.view)

    async def on_open_route(self, event: OpenRoute) -> None:
        """Go to a place."""
        self.query_one(ViewStack).go(event.route)
        await self._show_here()

    async def action_view(self, kind: str) -> None:
        """Go to one of the main views: back to it where it is on the trail."""
        self.query_one(ViewStack).go_to_main(Route(kind))
        await self._show_here()

    async def action_back(self) -> None:
        """Go back one place; it is as it was left."""
        if not self.query_one(ViewStack).back():
            self.notify("This is where the trail begins.", markup=False)
            return
        await self._show_here()

    def show_status(self, words: str, style: str = "") -> None:
        """Say something in the status line."""
        self.query_one(StatusLine).words(words, style)

    def _show_case(self) -> None:
        reduced = (
            ""
            if self.query_service.isolation == "sandboxed"
            else f" · {self.query_service.isolation}"
        )
        known = self.query_service.overlaid.is_set()
        masked = " · cells masked" if known and self.query_service.mask.columns else ""
        self.query_one(StatusLine).case(
            f"{safe_text(self.service.case_name, 24)} g{self.service.generation} · "
            f"{safe_text(self.service.analyst, 20)}{masked}{reduced}"
        )

    def on_failed(self, event: Failed) -> None:
        """Say what could not be done, and what to do."""
        error = event.error
        text = excerpt_fitted(safe_text(error.message, 600, multiline=True), _TOAST)
        hint = f"\n{safe_text(error.hint, 300)}" if error.hint else ""
        self.notify(text + hint, title=safe_text(error.title), severity="error", markup=False)
        self.show_status(safe_text(error.message.splitlines()[0] if error.message else "", 80))

    def _worker_replaced(self) -> None:
        self.notify("The query worker was replaced; open results are still here.", markup=False)
