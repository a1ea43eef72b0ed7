"""`python -m workbench` and the `workbench` command."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO

Handler = Callable[[int, FrameType | None], object]
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Nothing is half done while modules load, nor after the command.
    _on_stops(_leave_at_once, _leave_at_once)
    _open_standard_streams()
    from workbench.cli.main import run

    try:
        _on_stops(signal.default_int_handler, _undo)
        code = run(sys.argv[1:])
        _on_stops(_leave_at_once, _leave_at_once)
    except KeyboardInterrupt as error:
        _leave_at_once(getattr(error, "number", signal.SIGINT))
    _let_go(sys.stdout)
    _let_go(sys.stderr)
    sys.exit(code)


def _let_go(stream: TextIO) -> None:
    """Write what is left; a terminal or a pipe that is gone does not change the exit code."""
    try:
        stream.flush()
    except OSError:
        # The interpreter would try once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _on_stops(interrupt: Handler, other: Handler) -> None:
    for number in _STOPS:
        # What whoever started this process ignores (nohup) stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt if number == signal.SIGINT else other)


def _leave_at_once(number: int, frame: FrameType | None = None) -> NoReturn:
    with suppress(OSError):
        os.write(2, b"Cancelled: Interrupted; nothing was left half done.\n")
    os._exit(128 + number)


def _undo(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind what runs; a second signal of its kind does not interrupt that."""
    from workbench.errors import Stopped

    for other in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def _open_standard_streams() -> None:
    """What was closed leads nowhere, lest the next file that is opened takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")  # a locale without our letters


if __name__ == "__main__":
    main()
