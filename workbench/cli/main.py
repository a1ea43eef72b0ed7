"""The command line: commands by group, errors as sentences, exit codes."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

import click

from workbench import __version__
from workbench.audit.errors import LedgerError
from workbench.cli import output
from workbench.cli.commands import COMMANDS, EXAMPLES, SECTIONS
from workbench.cli.input_files import take_only_text
from workbench.cli.near_misses import as_usage_error, no_such_command
from workbench.errors import Cancelled, Stopped, WorkbenchError, from_os


class Commands(click.Group):
    """Finds commands lazily; a case folder as the first word opens the bench on it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command = COMMANDS[cmd_name]()
        take_only_text(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """`workbench CASE` is `workbench open CASE`."""
        word = args[0] if args else ""
        if word and word not in COMMANDS and not word.startswith("-"):
            if not os.path.isdir(word):
                raise no_such_command(word)
            args = ["open", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands by what they are for."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, COMMANDS[name]().get_short_help_str(60)) for name in names]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands as one would type them."""
        with formatter.section("Examples"):
            formatter.write_dl(list(EXAMPLES))


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, prog_name="workbench")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A terminal workbench for finding coordinated fake accounts in AI API logs.

    Evidence about access patterns, from extracts on disk; nothing ever contacts a network.
    With a case folder alone it opens the bench; without anything it says how to begin.
    """
    if ctx.invoked_subcommand is None:
        from workbench.cli.welcome import welcome

        output.write(welcome())


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code (0, 1, 2, 3, 4 or 130)."""
    os.umask(0o077)
    talk = output.Talk()
    try:
        result = cli.main(list(arguments), prog_name="workbench", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        talk.error(as_usage_error(error))
        return 2
    except WorkbenchError as error:
        talk.error(error)
        return error.exit_code
    except LedgerError as error:
        talk.error(WorkbenchError(error.message, hint=error.hint, title=error.title))
        return error.exit_code
    except BrokenPipeError:
        return 0  # whoever read stdout has read enough
    except OSError as error:
        talk.error(from_os(error))
        return 1
    except (KeyboardInterrupt, click.Abort) as error:
        talk.error(Cancelled("Interrupted; nothing was left half done."))
        cause = error.__cause__ or error  # click says Abort for both
        return 128 + (cause.number if isinstance(cause, Stopped) else signal.SIGINT)
