"""Files that an analyst names: read once, since a pipe gives its bytes only once."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UsageError


def bytes_of(path: Path) -> bytes:
    """All bytes of a file or pipe; raises UsageError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def text_of(path: Path, data: bytes | None = None) -> str:
    """The file (or what was read of it) as UTF-8 text; raises UsageError naming the line."""
    found = bytes_of(path) if data is None else data
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: this is not UTF-8 text.") from error
