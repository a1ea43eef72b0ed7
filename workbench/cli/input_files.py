"""What an analyst gives: texts of the command line, stdin, and files that are named.

Files are read once, since a pipe gives its bytes only once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from workbench.errors import UsageError


def bytes_of(path: Path) -> bytes:
    """All bytes of a file or pipe; raises UsageError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def short_text_of(path: Path, limit: int) -> str:
    """The file as UTF-8 text of at most `limit` bytes; raises UsageError as `text_of` does."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > limit:
        raise UsageError(f"{path} is longer than {limit:,} bytes, the most that is read of it.")
    return text_of(path, data)


def text_of(path: Path, data: bytes | None = None) -> str:
    """The file (or what was read of it) as UTF-8 text; raises UsageError naming the line."""
    found = bytes_of(path) if data is None else data
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: this is not UTF-8 text.") from error


def stdin_text() -> str:
    """All of stdin as UTF-8 text; raises UsageError naming the line."""
    return text_of(Path("stdin"), sys.stdin.buffer.read())


class Text(click.types.StringParamType):
    """A text of the command line; bytes that are no UTF-8 are refused, but for paths."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text."""
        text = super().convert(value, param, ctx)
        if isinstance(text, str) and not is_text(text):
            self.fail("this is not UTF-8 text.", param, ctx)
        return text


def is_text(given: str) -> bool:
    """Whether an argument can be written as UTF-8."""
    try:
        given.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def take_only_text(command: click.Command) -> None:
    """Let every text that a command and its own commands take be UTF-8."""
    for param in command.params:
        # A mapping profile is named by its name or by a path.
        if param.type is click.STRING and param.name != "mapping":
            param.type = Text()
    if isinstance(command, click.Group):
        for one in command.commands.values():
            take_only_text(one)
