"""Keys typed ahead wait until the key before them has done all it does.

Textual hands every key to what has the focus when it is read; the second key of `/ab` typed in one
go would go to the rows, not to the box that `/` opens.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.message import Message
from textual.timer import Timer

_LONGEST = 2.0


@dataclass
class KeyDone(Message, bubble=True):
    """Follows a key on its way up from what has the focus: the key is there, or was used."""

    number: int


if TYPE_CHECKING:
    _Base = App[int]
else:
    _Base = object


class InOrder(_Base):
    """An app that handles one key at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[events.Event] = deque()
        self._key = 0
        self._under_way = False
        self._patience: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        """Hold a key back while another is under way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._ahead.append(event)
            if not self._under_way:
                await self._next_key()
            return
        await super().on_event(event)

    async def _next_key(self) -> None:
        while self._ahead:
            event = self._ahead.popleft()
            self._under_way = True
            self._key += 1
            target = self.focused or self.screen
            await super().on_event(event)
            if event.is_forwarded and target.post_message(KeyDone(self._key)):
                # What has the focus may be removed by the key itself, with all it would say.
                self._patience = self.set_timer(_LONGEST, self._go_on)
                return
            self._under_way = False

    async def on_key_done(self, event: KeyDone) -> None:
        """The focus may still be on its way: it is set by a call behind those of the screen."""
        if event.number == self._key:
            if self._ahead:
                self.screen.call_later(self.call_later, self._go_on)
            else:
                await self._go_on()

    async def _go_on(self) -> None:
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        self._under_way = False
        await self._next_key()
