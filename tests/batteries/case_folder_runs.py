"""Runs a command line or the bench on a hostile case, and looks at what is left afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.batteries.case_folder_plants import PRIVATE
from workbench.cli.main import run as run_command_line

_END_SECONDS = 60  # what hangs does so for ever
_PAGE_KEYS = (b"1", b"2", b"3", b"4", b"\x1b", b"5", b"6", b"7", b"\x7f", b"\r", b"?", b"\x1b")
_LEAVE = b"\x11"


@dataclass(frozen=True)
class Ran:
    """Exit code, None where it did not end; data, talk, seconds by the clock and of processors."""

    code: int | None
    out: bytes
    err: bytes
    seconds: float = 0.0
    worked: float = 0.0


@dataclass
class Room:
    """A folder for one case: what may be written, and what may not."""

    folder: Path
    packet: Path = field(init=False)
    _packets: int = 0

    def __post_init__(self) -> None:
        self.case, self.private = self.folder / "case", self.folder / "private" / "key"
        self.packet = self.folder / "out-0"
        self.private.parent.mkdir(parents=True)
        self.private.write_text(PRIVATE)
        self.private.chmod(0o640)
        self.private.parent.chmod(0o750)
        for name in ("home", "config", "cwd", "temporary"):
            (self.folder / name).mkdir()

    def words(self, words: Sequence[str], cluster: str) -> list[str]:
        """A command line on this case, its output a new name."""
        self._packets += 1
        self.packet = self.folder / f"out-{self._packets}"
        places = {"CASE": str(self.case), "OUT": str(self.packet), "CLUSTER": cluster}
        return [places.get(word, word) for word in words]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command: nothing of the host's own folders."""
        return {
            **os.environ, "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CONFIG_HOME": str(self.folder / "config"), "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "temporary"), "TERM": "xterm-256color",
        }  # fmt: skip

    def faults(self) -> list[str]:
        """What lies where nothing may, or was changed outside."""
        found = []
        private = self.private
        if list(private.parent.iterdir()) != [private] or private.read_text() != PRIVATE:
            found.append("a write outside")
        modes = (private.stat().st_mode & 0o777, private.parent.stat().st_mode & 0o777)
        if modes != (0o640, 0o750):
            found.append("a changed mode outside")
        for name in ("home", "config", "cwd", "temporary"):
            found += [f"a write to {path}" for path in (self.folder / name).rglob("*")]
        known = {"case", "private", "state", "home", "config", "cwd", "temporary"}
        found += [
            f"a write to {path}" for path in self.folder.iterdir()
            if path.name not in known and not path.name.startswith("out-")
        ]  # fmt: skip
        return found + [f"a copy of a foreign file: {path}" for path in self._copies()]

    def _copies(self) -> list[Path]:
        found = []
        for place in self.folder.iterdir():
            if place.name == "private":
                continue
            for path in (place, *place.rglob("*")):
                mode = path.lstat()
                if not stat.S_ISREG(mode.st_mode) or mode.st_size > 1 << 20:
                    continue
                if PRIVATE.encode() in path.read_bytes():
                    found.append(path)
        return found


Run = Callable[[Room, Sequence[str]], Ran]


def in_a_process(room: Room, words: Sequence[str]) -> Ran:
    """A command line in a fresh interpreter."""
    command = [sys.executable, "-m", "workbench", *words]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**room.environment, "PYTHONPATH": os.getcwd()}, cwd=room.folder / "cwd",
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return Ran(None, b"", b"")
        return Ran(process.returncode, out, err)


def forked(room: Room, words: Sequence[str]) -> Ran:
    """The same in a copy of this process, which has read the program's code already."""
    out, err = room.folder / "case.out", room.folder / "case.err"
    child = os.fork()
    if not child:
        _become(room, words, out, err)
    began = time.monotonic()
    code, worked = _wait(child, _END_SECONDS)
    seconds = time.monotonic() - began
    texts = [path.read_bytes() for path in (out, err)]
    out.unlink()
    err.unlink()
    return Ran(code, texts[0], texts[1], seconds, worked)


def _become(room: Room, words: Sequence[str], out: Path, err: Path) -> None:
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(room.environment)
        for number, path in ((0, Path(os.devnull)), (1, out), (2, err)):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(path, flags, 0o600), number)
        os.chdir(room.folder / "cwd")
        code = run_command_line(list(words))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        code = 70
    os._exit(code)


def _wait(child: int, seconds: float) -> tuple[int | None, float]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pid, status, used = os.wait4(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        time.sleep(0.005)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None, 0.0


def walk_bench(room: Room, seed: int) -> list[str]:
    """Open the bench on a terminal, press keys of every page in an order by seed, leave."""
    from tests.terminal.driver import Terminal

    dice = random.Random(f"walk {seed}")
    keys = [*_PAGE_KEYS, *dice.sample(_PAGE_KEYS, 6)]
    command = [sys.executable, "-m", "workbench", str(room.case)]
    environment = {**room.environment, "PYTHONPATH": os.getcwd()}
    found = []
    with Terminal(command, 100, 30, environment) as terminal:
        for key in (None, *keys):
            if not _settled(terminal, key):
                break
        code = _left(terminal)
        if code is None:
            found.append(f"the bench does not end:\n{terminal.text()}")
        elif code not in (0, 1, 2, 3):
            found.append(f"exit code {code}")
        seen = bytes(terminal.received)
    if b"Traceback" in seen or "fault of our own" in terminal.text():
        found.append("a traceback")
    if PRIVATE.encode() in seen:
        found.append("the text of a foreign file")
    if b"\x1b]52;c;ZWNobw" in seen or b"\x1b]0;owned" in seen:
        found.append("an escape of the case")
    return found


def _left(terminal: object) -> int | None:
    """Leave the bench; the exit code, None where it does not end.

    A key that comes right behind an escape is taken for one with alt, so leaving is asked twice.
    """
    from tests.terminal.driver import Terminal

    assert isinstance(terminal, Terminal)
    for _ in range(3):
        with contextlib.suppress(OSError):
            os.write(terminal._fd, _LEAVE)
        with contextlib.suppress(AssertionError):
            return terminal.wait_end(10)
    return None


def _settled(terminal: object, key: bytes | None) -> bool:
    """Send a key and read until nothing more comes; False at the end of the program."""
    from tests.terminal.driver import Terminal

    assert isinstance(terminal, Terminal)
    if key is not None:
        os.write(terminal._fd, key)
    quiet_until = time.monotonic() + (2.0 if key is None else 0.3)
    before = len(terminal.received)
    while time.monotonic() < quiet_until:
        if not terminal.pump(0.05):
            return False
        if len(terminal.received) != before:
            before = len(terminal.received)
            quiet_until = time.monotonic() + 0.3
    return True
