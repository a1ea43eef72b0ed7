"""Keys typed ahead wait until the key before them has done all it does.

Textual hands every key to what has the focus when it is read; the second key of `/ab` typed in one
go would go to the rows, not to the box that `/` opens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea

from workbench.tui.textual_ext.pasted_reads import UnbracketedText

_MAX_KEY_SECONDS = 2.0
_HELD = (events.Key, events.Paste, UnbracketedText)


@dataclass
class KeyDone(Message, bubble=True):
    """Follows a key on its way up from what has the focus: the key is there, or was used."""

    number: int


class KeyQueue:
    """Hands an app one key at a time; the next waits until the one before has done all it does.

    What is pasted goes to a field that has the focus, and nowhere else.
    """

    def __init__(
        self,
        app: App[Any],
        handle: Callable[[events.Event], Awaitable[None]],
        refuse: Callable[[str], None],
    ) -> None:
        """`handle` is the app's own handling of an event, `refuse` is told of text for no field."""
        self._app = app
        self._handle = handle
        self._refuse = refuse
        self._ahead: deque[events.Event] = deque()
        self._key = 0
        self._under_way = False
        self._timer: Timer | None = None

    async def take(self, event: events.Event) -> None:
        """Handle an event; a key is held back while another is under way."""
        if isinstance(event, _HELD) and not event.is_forwarded:
            self._ahead.append(event)
            if not self._under_way:
                await self._next_key()
            return
        await self._handle(event)

    async def _next_key(self) -> None:
        while self._ahead:
            event = self._ahead.popleft()
            if isinstance(event, events.Paste | UnbracketedText):
                if not isinstance(self._app.focused, Input | TextArea):
                    self._refuse(event.text)
                    continue
                event = events.Paste(event.text)
            self._under_way = True
            self._key += 1
            target = self._app.focused or self._app.screen
            await self._handle(event)
            if event.is_forwarded and target.post_message(KeyDone(self._key)):
                # What has the focus may be removed by the key itself, with all it would say.
                self._timer = self._app.set_timer(_MAX_KEY_SECONDS, self._go_on)
                return
            self._under_way = False

    async def done(self, event: KeyDone) -> None:
        """The focus may still be on its way: it is set by a call behind those of the screen."""
        if event.number == self._key:
            if self._ahead:
                self._app.screen.call_later(self._app.call_later, self._go_on)
            else:
                await self._go_on()

    async def _go_on(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._under_way = False
        await self._next_key()
