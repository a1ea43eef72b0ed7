"""What somebody meant who typed a command or an option that there is not."""

from __future__ import annotations

import difflib
from collections.abc import Collection

import click

from workbench.audit.state.policy import CLEAR_REASONS, FLAG_REASONS
from workbench.cli.commands import COMMANDS
from workbench.errors import UsageError, WorkbenchError
from workbench.text.sanitize import safe_text

# Words that people use for an option of ours.
_SYNONYMS = {
    "--against": "--counter", "--benign": "--counter", "--why": "--reason", "--code": "--reason",
    "--comment": "--note", "--param": "-p", "--parameter": "-p", "--out": "--output",
    "--file": "--from", "--ids": "--from", "--json": "--format", "--csv": "--format",
}  # fmt: skip
_CLOSE = 0.75  # a shorter likeness suggests what nobody meant


def no_such_command(word: str) -> UsageError:
    """The first word of a command line names neither a command nor a case."""
    near = _near(word, COMMANDS)
    hint = f"Did you mean: workbench {near}?" if near else "See: workbench --help"
    return UsageError(
        f"“{safe_text(word, 60)}” is no command, and there is no case folder of that name.",
        hint=hint,
    )


def as_usage_error(error: click.ClickException) -> WorkbenchError:
    """An error of the command line's form as a sentence and what to do."""
    context: click.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "workbench"
    message, hint = error.format_message(), f"See: {path} --help"
    if isinstance(error, click.NoSuchOption):
        message = f"No such option '{error.option_name}'."
        if near := _near_option(error.option_name, context):
            hint = f"Did you mean {near}? {hint}"
    elif isinstance(error, click.MissingParameter) and _is_reason(error.param):
        codes = [f"{code}  {says}" for code, says in {**FLAG_REASONS, **CLEAR_REASONS}.items()]
        message = "\n".join([message, *codes])
        hint = f"A case's policy may have others: workbench audit policy CASE. {hint}"
    return WorkbenchError(message, title="Wrong usage", hint=hint, exit_code=2)


def _is_reason(param: click.Parameter | None) -> bool:
    return param is not None and param.name == "reason"


def _near_option(name: str, context: click.Context | None) -> str:
    if context is None:
        return ""
    known = [option for param in context.command.params for option in param.opts]
    meant = _SYNONYMS.get(name, "")
    return meant if meant in known else _near(name, known)


def _near(word: str, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=_CLOSE)), "")
