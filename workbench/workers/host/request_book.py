"""What was asked of a query worker and what it holds: the state that both clients share.

One book outlives the workers of a client. It settles requests as events arrive, knows which may be
asked of the next worker when one is lost, and what that one must be brought to first: the mask, the
ledger's tables, the results that are open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from workbench.decisions.masking import Mask
from workbench.errors import Cancelled, WorkbenchError, from_message
from workbench.workers.messages import (
    Close,
    Event,
    Failed,
    Opened,
    Overlay,
    ReadAll,
    Reopen,
    Request,
    SetMask,
    Stream,
)

OnEvent = Callable[[Event], None]
_MAX_TRIES = 2  # a request that two workers died of is not asked of a third


def error_of(failed: Failed) -> WorkbenchError:
    """The error that a worker reported."""
    return from_message(asdict(failed))


@dataclass
class Pending:
    """One request under way; `settle` is called once, with its answer or an error."""

    job: int
    request: Request[Any]
    settle: Callable[[Event | WorkbenchError], None]
    on_event: OnEvent | None = None
    began: bool = False
    tried: int = 1
    unwanted: bool = False
    settled: bool = False

    def end(self, outcome: Event | WorkbenchError) -> None:
        """Settle it, unless it is settled already."""
        if not self.settled:
            self.settled = True
            self.settle(outcome)

    def ask_again(self) -> None:
        """Make it a request to the next worker: a statement whose rows are shown is read on, so
        that they stay where they are."""
        self.tried += 1
        if self.began and isinstance(self.request, Stream):
            self.request = ReadAll(self.job)


class RequestBook:
    """Requests by job, and what the worker holds."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.overlays: dict[str, str] = {}  # table to the file that it was made of
        self.open_results: set[int] = set()
        self._pending: dict[int, Pending] = {}
        self._jobs = 0

    def new_job(self) -> int:
        """A number for a request."""
        self._jobs += 1
        return self._jobs

    def ask(self, pending: Pending) -> None:
        """A request is sent now."""
        self._pending[pending.job] = pending

    def find(self, job: int) -> Pending | None:
        """The request with this job, while it is under way."""
        return self._pending.get(job)

    def heavy(self) -> set[int]:
        """The jobs that a worker can have died of."""
        return {job for job, one in self._pending.items() if not one.request.light}

    def arrived(self, job: int, event: Event) -> Close | None:
        """Take an event; what must be sent because nobody waits for what it opened."""
        pending = self._pending.get(job)
        if pending is None:
            return None
        opened = event.result if isinstance(event, Opened) else None
        if opened is not None and not pending.settled:
            self.open_results.add(opened)
        unwanted = opened is not None and pending.settled
        if event.final:
            del self._pending[job]
            self._note(pending.request, event)
            pending.end(error_of(event) if isinstance(event, Failed) else event)
        else:
            pending.began = True
            if pending.on_event is not None and not pending.settled:
                pending.on_event(event)
        return Close(opened) if opened is not None and unwanted else None

    def _note(self, request: Request[Any], event: Event) -> None:
        if isinstance(event, Failed):
            return
        if isinstance(request, Overlay):
            self.overlays[request.table] = request.file
        elif isinstance(request, SetMask):
            self.mask = Mask(tuple(request.columns), tuple(request.shown))

    def closed(self, result: int) -> None:
        """A result is closed."""
        self.open_results.discard(result)

    def lose_worker(
        self, why: str, given_up: Collection[int], waiting: Collection[Pending] = ()
    ) -> list[Pending]:
        """The worker is gone: requests that ask the next one, the others are settled.

        Those `given_up`, and those that were asked of two workers, fail with `why`; `waiting` are
        requests that had not been asked again yet.
        """
        under_way = [*waiting, *self._pending.values()]
        self._pending = {}
        again = []
        for pending in under_way:
            if pending.settled:
                continue
            if pending.unwanted:
                pending.end(Cancelled("The query was cancelled."))
            elif pending.job in given_up or pending.tried >= _MAX_TRIES:
                pending.end(WorkbenchError(why, hint="Run it again."))
            else:
                again.append(pending)
        return again

    def overlay_requests(self) -> list[Overlay]:
        """What lays the ledger's tables over the store of a new worker."""
        return [Overlay(table, file) for table, file in self.overlays.items()]

    def reopen_requests(self) -> list[Reopen]:
        """What opens the results again in a new worker."""
        return [Reopen(result, cell=1) for result in sorted(self.open_results)]
