"""Drives a terminal program through a real pseudo-terminal and reads its screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "enter": "\r", "tab": "\t", "escape": "\x1b", "up": "\x1b[A", "down": "\x1b[B",
    "right": "\x1b[C", "left": "\x1b[D", "pagedown": "\x1b[6~", "end": "\x1b[F",
    "backspace": "\x7f", "space": " ", "f5": "\x1b[15~", "ctrl+o": "\x0f", "ctrl+q": "\x11",
    "ctrl+j": "\n", "ctrl+t": "\x14",
}  # fmt: skip
_ANSWERS = (
    (b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;c"),
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"), (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
)  # fmt: skip
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
# pyte knows neither private modes with $ nor device strings; they draw nothing.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]|\x1b\[>[0-9;]*[a-z]"
    rb"|\x1b\]([^\x07\x1b]|\x1b(?!\\))*(\x07|\x1b\\)|\x1bP([^\x1b]|\x1b(?!\\))*\x1b\\"
)


class Terminal:
    """A program on a pseudo-terminal; `text()` is what a person would see."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, environment: dict[str, str]
    ) -> None:
        self.received = bytearray()
        self._held = b""
        self.arrived = 0.0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # The child sets its own size, so that it never sees another one.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], list(command), environment)
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def pump(self, seconds: float = 0.05) -> bool:
        """Read what has come; False at the end of the program."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.arrived = time.perf_counter()
        self.received += data
        for query, answer in _ANSWERS:
            if query in data:
                os.write(self._fd, answer)
        self._draw(data)
        return True

    def _draw(self, data: bytes) -> None:
        """Show whole frames only, as a terminal does that answers for synchronised output."""
        data = self._held + data
        end = data.rfind(_FRAME_ENDS) + 1
        begun = data.find(_FRAME_BEGINS, end)
        if begun < 0:
            cut = (n for n in range(1, len(_FRAME_BEGINS)) if data.endswith(_FRAME_BEGINS[:n]))
            begun = len(data) - max(cut, default=0)
        self._held = data[begun:]
        self._stream.feed(_UNKNOWN.sub(b"", data[:begun]))

    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait(self, pattern: str, seconds: float = 30.0) -> str:
        """Read until the screen shows the pattern; fails with the screen otherwise."""
        until = time.monotonic() + seconds
        while not re.search(pattern, self.text()):
            assert time.monotonic() < until, f"no {pattern!r} on:\n{self.text()}"
            assert self.pump(), f"the program ended before {pattern!r}:\n{self.text()}"
        return self.text()

    def wait_gone(self, pattern: str, seconds: float = 30.0) -> None:
        """Read until the screen no longer shows the pattern."""
        until = time.monotonic() + seconds
        while re.search(pattern, self.text()):
            assert time.monotonic() < until, f"still {pattern!r} on:\n{self.text()}"
            assert self.pump(), "the program ended"

    def press(self, *keys: str) -> None:
        """Send keys by name, or text as it is; each waits until the screen has answered."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())
            self._settle()

    def stop_and_continue(self, number: int) -> None:
        """Stop the program by a signal, let another one have the screen, and go on."""
        os.kill(self.pid, number)
        until = time.monotonic() + 20
        while not os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)[0]:
            assert time.monotonic() < until, "it did not stop"
            self.pump(0.05)
        while select.select([self._fd], [], [], 0)[0]:
            self.pump()
        self._screen.reset()
        os.kill(self.pid, signal.SIGCONT)

    def send(self, *keys: str) -> None:
        """Send keys at once, without waiting for the screen."""
        os.write(self._fd, "".join(KEYS.get(key, key) for key in keys).encode())

    def _settle(self) -> None:
        before = -1
        while before != len(self.received):
            before = len(self.received)
            if not self.pump(0.2):
                return

    def hang_up(self) -> None:
        """Close the line, as a dropped SSH session does."""
        os.close(self._fd)

    def wait_end(self, seconds: float = 15.0) -> int:
        """Wait for the program's end and return its exit code."""
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                self.pump(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
                return self.exit_code
            assert time.monotonic() < until, f"still running:\n{self.text()}"


def bench(case: os.PathLike[str], columns: int, rows: int, **extra: str) -> Terminal:
    """The bench on a case, in a terminal of that size."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **extra}
    for name in ("NO_COLOR", "SSH_CONNECTION", "TMUX"):
        environment.pop(name, None) if name not in extra else None
    command = [sys.executable, "-m", "workbench", os.fspath(case)]
    return Terminal(command, columns, rows, environment)
