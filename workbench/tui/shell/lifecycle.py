"""How the bench ends: by its key, by a line that drops, by a fault of its own; nothing is lost."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.text import Text
from textual.worker import WorkerFailed

from workbench.errors import WorkbenchError, from_os
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed
from workbench.tui.shell.saved_state import History, StateFile
from workbench.tui.shell.view_stack import ViewStack
from workbench.tui.textual_ext.app_driver import Drawing

if TYPE_CHECKING:
    from workbench.decisions.service import CaseService
    from workbench.tui.services.query_service import QueryService

_LAST_WAIT = 2.0


class Ending(Drawing):
    """Keeps on disk where the analyst is, and leaves the terminal as it was."""

    service: CaseService
    query_service: QueryService
    memory: StateFile
    history: History
    _unsaved = False

    # Keeping where the analyst is

    def _autosave(self) -> None:
        self.run_worker(self._save(), group="autosave")

    async def _save(self) -> None:
        try:
            await self.query_service.background(self.write_down)
        except WorkbenchError as error:
            if not self._unsaved:  # said once, not with every try
                self.post_message(Failed(error))
            self._unsaved = True
        else:
            self._unsaved = False

    def write_down(self) -> None:
        """Put on disk where the analyst is and what ran."""
        self.memory.write_now()
        self.history.file.write_now()

    # Ending

    def action_leave(self) -> None:
        """Remember where we are and end."""
        self.memory.keep(self.query_one(ViewStack).remember())
        try:
            self.write_down()
        except OSError as error:
            words = f"Where you were could not be kept: {from_os(error).message}"
            self.exit(0, message=Text(safe_text(words)))
        else:
            self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """What a worker could not do is said; a fault of a part that nobody sees ends nothing."""
        from workbench.tui.shell.crash_report import left_behind

        if isinstance(error, WorkerFailed) and isinstance(error.error, WorkbenchError):
            self.post_message(Failed(error.error))
        elif not left_behind(error):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after a fault of our own, without printing what is in memory."""
        from workbench.tui.shell.crash_report import write_report

        error = self._exception or RuntimeError("unknown")
        self._exit_renderables.append(write_report(self.service.state_dir, error))
        self._close_messages_no_wait()

    def watch_the_line(self) -> None:
        """Take over the signals a dropped line sends, and notice a line that drops without one."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._hung_up, number)
        poll = select.poll()
        poll.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, select.POLLHUP)

        def look() -> None:
            if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
                self._hung_up(signal.SIGHUP)

        self.set_interval(1.0, look)

    def _hung_up(self, number: int) -> None:
        # Textual's shutdown writes to the terminal and waits for ever if nobody reads: what
        # matters is saved first, and the alarm ends the process if the shutdown does not.
        signal.setitimer(signal.ITIMER_REAL, _LAST_WAIT)
        self.memory.keep(self.query_one(ViewStack).remember())
        with suppress(OSError):  # nobody is there to be told
            self.write_down()
        self.query_service.close()
        self.exit(128 + number)
