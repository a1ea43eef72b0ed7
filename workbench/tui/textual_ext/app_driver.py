"""How the bench draws and reads keys: lines filtered, only changed cells sent, keys in order."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from textual import on
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event
from textual.filter import LineFilter
from textual.notifications import Notify
from textual.screen import Screen

from workbench.text.zones import DisplayZone
from workbench.tui.textual_ext.diff_renderer import DiffRenderer
from workbench.tui.textual_ext.key_queue import KeyDone, KeyQueue
from workbench.tui.textual_ext.line_compositor import LineCompositor
from workbench.tui.textual_ext.output_filter import ASCII, SAFE
from workbench.tui.textual_ext.pasted_reads import ReadingDriver

MAX_SAID = 2  # notifications at a time; more would lie over what they are about


class BlankScreen(Screen[None]):
    """Its own lines are blank; they need no styling and no filter."""

    BLANK = True

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._compositor = LineCompositor()


class TerminalApp(App[int]):
    """An app for slow lines and hostile text: it sends what changed, and takes keys in order."""

    def __init__(self) -> None:
        super().__init__()
        self.ascii_only = False  # the terminal has no other characters
        self.zone: DisplayZone | None = None  # that times are shown in beside UTC
        self._renderer = DiffRenderer()
        self._keys = KeyQueue(self, super().on_event, self.refuse_text)

    async def on_event(self, event: Event) -> None:
        """Hold a key back while another is under way."""
        await self._keys.take(event)

    async def on_key_done(self, event: KeyDone) -> None:
        """A key has done all it does."""
        await self._keys.done(event)

    def _on_notify(self, event: Notify) -> None:
        """Say something; the same again is said once, and the oldest of many makes way."""
        new, said = event.notification, list(self._notifications)
        for one in said:
            if one.message == new.message or len(self._notifications) >= MAX_SAID:
                self._unnotify(one, refresh=False)
        super()._on_notify(event)

    def refuse_text(self, text: str) -> None:
        """What to say where text came that no field takes."""
        del text

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this system, reading pasted text as such."""
        found = super().get_driver_class()
        return ReadingDriver if found is LinuxDriver else found

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, then ours as the last."""
        last = [SAFE, ASCII] if self.ascii_only else [SAFE]
        return [*super().get_line_filters(), *last]

    def get_default_screen(self) -> Screen[Any]:
        """A screen that is nothing but what lies on it."""
        return BlankScreen(id="_default")

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, renderable)
            return
        try:
            if self._running and not (self._closed or self._batch_count or self.is_headless):
                self._paint(renderable)
        except Exception as error:
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _paint(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Write what changed, in one piece: each piece costs a hand-over to the writer's thread."""
        drawn = self._renderer.paint(update, self.console)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if self._driver is None or not (drawn or cursor != self._previous_cursor_position):
            return
        self._previous_cursor_position = cursor
        drawn += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
        self._driver.write(f"{SYNC_START}{drawn}{SYNC_END}" if self._sync_available else drawn)
        self._driver.flush()

    def _resume_signal(self) -> None:
        self._renderer.forget()  # an editor had the terminal
        super()._resume_signal()

    @on(Driver.SignalResume)
    def draw_again(self) -> None:
        """Send the whole screen: another program has used the terminal since."""
        self.action_redraw()

    def action_redraw(self) -> None:
        """Send the whole screen again: something else wrote to the terminal."""
        self._renderer.forget()
        self.screen.refresh(layout=True)

    # Faults

    def absorbs(self, error: Exception) -> bool:
        """Whether an error of a part ends nothing; what needs saying has been said then."""
        del error
        return False

    def fault_report(self, error: BaseException) -> RenderableType:
        """What the terminal shows after a fault of our own, without what is in memory."""
        return type(error).__name__

    def _handle_exception(self, error: Exception) -> None:
        if not self.absorbs(error):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._exit_renderables.append(self.fault_report(self._exception or RuntimeError("unknown")))
        self._close_messages_no_wait()
