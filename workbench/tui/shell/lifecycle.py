"""How the bench ends: by its key, by a line that drops, by a fault of its own; nothing is lost."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rich.text import Text
from textual.app import App

from workbench.errors import WorkbenchError, from_os
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell.saved_state import StateFile, StatementHistory

_AUTOSAVE_SECONDS = 2.0
_LOOK_SECONDS = 1.0
_MAX_SHUTDOWN_SECONDS = 2.0


class Lifecycle:
    """Keeps on disk where the analyst is, and leaves the terminal as it was."""

    def __init__(
        self,
        app: App[Any],
        query_service: QueryService,
        memory: StateFile,
        history: StatementHistory,
        remember: Callable[[], dict[str, Any]],
    ) -> None:
        """`remember` tells where the analyst is, as JSON."""
        self._app = app
        self._query_service = query_service
        self._memory = memory
        self._history = history
        self._remember = remember
        self._save_failed = False

    def begin(self) -> None:
        """Save from now on, and end when the line drops."""
        self._app.set_interval(_AUTOSAVE_SECONDS, self.autosave)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._hung_up, number)
        poll = select.poll()
        poll.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, select.POLLHUP)

        def look() -> None:
            if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
                self._hung_up(signal.SIGHUP)

        self._app.set_interval(_LOOK_SECONDS, look)  # a line may drop without a signal

    def autosave(self) -> None:
        """Save beside the event loop; what fails is said once."""
        self._app.run_worker(self._save(), group="autosave")

    async def _save(self) -> None:
        try:
            await self._query_service.background(self.save_now)
        except WorkbenchError as error:
            if not self._save_failed:  # said once, not with every try
                self._app.post_message(Failed(error))
            self._save_failed = True
        else:
            self._save_failed = False

    def save_now(self) -> None:
        """Put on disk where the analyst is and what ran. Raises OSError."""
        self._memory.write_now()
        self._history.file.write_now()

    def leave(self) -> None:
        """Remember where we are and end."""
        self._memory.keep(self._remember())
        try:
            self.save_now()
        except OSError as error:
            words = f"Where you were could not be kept: {from_os(error).message}"
            self._app.exit(0, message=Text(safe_text(words)))
        else:
            self._app.exit(0)

    def _hung_up(self, number: int) -> None:
        # Textual's shutdown writes to the terminal and waits for ever if nobody reads: what
        # matters is saved first, and the alarm ends the process if the shutdown does not.
        signal.setitimer(signal.ITIMER_REAL, _MAX_SHUTDOWN_SECONDS)
        self._memory.keep(self._remember())
        with suppress(OSError):  # nobody is there to be told
            self.save_now()
        self._query_service.close()
        self._app.exit(128 + number)
