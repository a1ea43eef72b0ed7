"""The command line that gives what a page shows: a shell reads each word as it is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from textual.app import App

from workbench.sql.written_out import written_out
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import CellViewer
from workbench.tui.results.runner import Asked

_MAX_SAID = 200  # characters of a notification


def command_line(*words: object) -> str:
    """A command line to paste, whatever an extract put into its words; all of it can be printed."""
    return " ".join(["workbench", *(shell_word(str(word)) for word in words)])


def shell_word(text: str) -> str:
    """One word for a shell; what could act on a terminal, or not be seen, is written as bytes."""
    if safe_text(text, len(text) + 1, multiline=True) == text:
        return shlex.quote(text)
    parts = [
        one if one.isascii() and one.isprintable() and one not in "\\'"
        else "".join(f"\\x{byte:02x}" for byte in one.encode("utf-8", "surrogateescape"))
        for one in text
    ]  # fmt: skip
    return f"$'{''.join(parts)}'"


def named(*values: object) -> tuple[object, ...]:
    """Words that are names: one that begins like an option is taken for none."""
    return ("--", *values) if any(str(one).startswith("-") for one in values) else values


def given_words(given: Mapping[str, object]) -> list[str]:
    """`-p NAME=VALUE` of each value; a text that begins with @ names no file."""
    words: list[str] = []
    for name, value in given.items():
        text = str(value)
        words += ["-p", f"{name}={'@' if text.startswith('@') else ''}{text}"]
    return words


def query_command(case: str, query: str, given: Mapping[str, object]) -> str:
    """The command that runs a saved query with these values."""
    return command_line("run", case, query, *given_words(given))


def result_command(case: str, asked: Asked) -> str:
    """The command that runs the statement behind a result, its values written out."""
    if not asked.sql:
        return f"# {safe_text(asked.label, 200)}: made in the bench; no command gives it."
    return command_line("sql", case, written_out(asked.sql, asked.parameters).strip())


async def show_command(app: App[Any], command: str) -> None:
    """Say a command; a long one in a page of its own, whole."""
    title = "The same without a screen"
    if len(command) <= _MAX_SAID:
        app.notify(command, title=title, markup=False)
    else:
        await app.push_screen(CellViewer(title, command))
