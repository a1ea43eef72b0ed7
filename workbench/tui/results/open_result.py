"""What is known of an open result: its first description, and what came since."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.workers.messages import Began, Columns, Compared, Event, Spooled, Spooling


@dataclass
class OpenResult:
    """One result in the worker, by its number."""

    result: int
    columns: Columns
    elapsed_ms: float
    sorted_page: bool  # its rows are the first page of a sort
    full: bool  # the disk budget is used up
    bytes: int = 0
    failed: bool = False  # an error ended it after its first rows
    compared: Compared | None = None

    @classmethod
    def of(cls, began: Began) -> OpenResult:
        """A result that has just begun."""
        return cls(began.result, began.columns, began.elapsed_ms, began.sorted_page, began.full)

    def note(self, event: Event) -> None:
        """More rows came, or the last ones."""
        if isinstance(event, Spooling | Spooled):
            self.bytes, self.full = event.bytes, event.full
        if isinstance(event, Spooled):
            self.elapsed_ms = event.elapsed_ms
        if isinstance(event, Compared):
            self.compared = event
