"""Starts worker processes: clean environment, isolated interpreter, pipes, and a way to kill."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.workers.protocol import Message, Reader, send

# A worker inherits nothing it does not need; two malloc arenas keep the address space small.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class WorkerProcess:
    """One running worker; messages go in by `send`, come out of `reader`."""

    def __init__(self, name: str, *, threads: int = 2) -> None:
        """Start `workbench.workers.worker.<name>`.

        Call from a thread that lives as long as the worker: the kernel kills the worker when the
        thread that started it ends.
        """
        environment = _ENVIRONMENT | {"POLARS_MAX_THREADS": str(threads)}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", f"workbench.workers.worker.{name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin
        self._out = self._process.stdout
        self.reader = Reader(self._out.fileno())
        self.pid = self._process.pid

    @property
    def output(self) -> int:
        """File descriptor to wait on for messages."""
        return self._out.fileno()

    def send(self, message: Message) -> None:
        """Hand the worker a message; raises ChannelClosed when it is gone."""
        send(self._in.fileno(), message)

    def kill(self) -> None:
        """End the worker at once and collect it."""
        self._process.kill()
        self.close()

    def close(self, timeout: float = 2.0) -> int:
        """Let the worker finish by closing its input; kill it if it does not."""
        self._in.close()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._out.close()
        return code


def make_spill_folder(parent: Path) -> Path:
    """A folder of this process for spilled sorts and open results; dead processes' are removed.

    Raises WorkbenchError where the folder cannot be made.
    """
    try:
        parent.mkdir(mode=0o700, exist_ok=True)
        sweep_spill_folders(parent)
        return Path(tempfile.mkdtemp(prefix=f"bench-{os.getpid()}-", dir=parent))
    except OSError as error:
        raise WorkbenchError(
            f"No working folder can be made in {parent}: {error.strerror}.",
            hint="Free some disk space, or check the folder's owner and mode.",
        ) from error


def sweep_spill_folders(parent: Path) -> None:
    """Remove what processes that no longer run have left."""
    import shutil

    for folder in parent.glob("bench-*-*"):
        pid = folder.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)
