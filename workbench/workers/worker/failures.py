"""What a worker says of an error: text that only shows, and not without end.

The engine's messages quote what they stumbled over: a cell, a name, the statement.
"""

from __future__ import annotations

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text

_MAX_CHARACTERS = 8000


def failure_fields(error: WorkbenchError) -> dict[str, str | int]:
    """The fields of an error as they cross to the host."""
    return {
        name: safe_text(value, _MAX_CHARACTERS, multiline=True) if isinstance(value, str) else value
        for name, value in error.as_message().items()
    }
