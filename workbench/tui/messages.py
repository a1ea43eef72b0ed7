"""What the parts of the bench tell each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from workbench.errors import WorkbenchError
from workbench.tui.routes import Route


@dataclass
class OpenRoute(Message):
    """Go to a place."""

    route: Route


@dataclass
class RunQuery(Message):
    """Run a saved query with these values, in the SQL view."""

    query_id: str
    given: dict[str, Any] = field(default_factory=dict)
    ask: bool = False


@dataclass
class EditStatement(Message):
    """Put a statement into the editor of the SQL view."""

    sql: str


@dataclass
class Failed(Message):
    """Something could not be done; shown as a sentence."""

    error: WorkbenchError


@dataclass
class DecideOn(Message):
    """Open the decision dialog for a subject."""

    kind: str
    ids: tuple[str, ...]
    evidence: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass
class LedgerChanged(Message):
    """A record was appended; state and overlay follow."""
