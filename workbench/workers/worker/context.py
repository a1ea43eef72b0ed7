"""What every job of the query worker works with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.workers.codec import event_message
from workbench.workers.messages import Event
from workbench.workers.protocol import send

if TYPE_CHECKING:
    from workbench.engine.disk import DiskBudget
    from workbench.engine.session import Session


@dataclass
class Context:
    """The session, where results are spooled, the pipe back, and how each job is stopped."""

    session: Session
    spill: Path
    budget: DiskBudget
    output: int
    cancels: dict[int, Callable[[], None]] = field(default_factory=dict)
    _cancelled: set[int] = field(default_factory=set)
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def stoppable(self, job: int, stop: Callable[[], None]) -> None:
        """From now on a cancel of this job calls `stop`; one that came before calls it at once."""
        self.cancels[job] = stop
        if job in self._cancelled:
            stop()

    def cancel(self, job: int) -> None:
        """Stop a job, also one whose thread has not begun."""
        self._cancelled.add(job)
        if stop := self.cancels.get(job):
            stop()

    def ended(self, job: int) -> None:
        """The job is done; forget how to stop it."""
        self.cancels.pop(job, None)
        self._cancelled.discard(job)

    def say(self, job: int, event: Event) -> None:
        """Send one event to the host."""
        with self._sending:
            send(self.output, event_message(job, event))
