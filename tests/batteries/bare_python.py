"""The stand-alone verifier as a court would run it: a bare Python in an empty directory.

`python3 -I -S`, the verifier's own files, and nothing else. A process for each of a hundred
thousand damaged files would take a day, so `BarePython` keeps one: it calls the file's `main` with
the words of a command line, and answers what the command line would have printed and returned.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

STANDALONE = Path(__file__).parents[2] / "workbench" / "audit" / "standalone" / "verify.py"
# Read at once: an ordinary user may not be able to reach the checkout.
_TEXTS = {path.name: path.read_bytes() for path in STANDALONE.parent.glob("[a-z]*.py")}
_DRIVER = """
import contextlib, functools, io, json, runpy, sys
verifier = runpy.run_path(sys.argv[1], run_name="verify")
main, wb = verifier["main"], verifier["wb"]
if "remember" in sys.argv:
    wb.read_record = functools.lru_cache(100_000)(wb.read_record)
print("ready", flush=True)
for words in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(json.loads(words))
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


class Answer(NamedTuple):
    """What a run of the verifier returned and printed."""

    code: int
    out: str
    err: str

    def found(self) -> dict[str, Any]:
        """The verdict as it was printed; demands that code and verdict agree."""
        found: dict[str, Any] = json.loads(self.out)
        assert self.code == (0 if found["ok"] else 3), self
        assert not self.err, self
        return found


def bare_python() -> str:
    """A Python that this user may start: that of the suite, or else the host's."""
    places = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
    return next(place for place in places if os.access(place, os.X_OK))


@contextlib.contextmanager
def _empty_directory() -> Iterator[tuple[list[str], Path]]:
    """The start of a command line, and the empty directory it is to be run in."""
    with tempfile.TemporaryDirectory(prefix="bare-") as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        for name, text in _TEXTS.items():
            (Path(folder) / name).write_bytes(text)
        yield [bare_python(), "-I", "-S", str(Path(folder) / "verify.py")], empty


def plain_run(*words: str) -> Answer:
    """One run as a plain command line."""
    with _empty_directory() as (command, empty):
        done = subprocess.run(
            [*command, *words], cwd=empty, capture_output=True, text=True, check=False
        )
    return Answer(done.returncode, done.stdout, done.stderr)


class BarePython:
    """One bare Python for each process that asks.

    With `remember` it keeps what it found of a line whose very bytes it has judged before.
    """

    def __init__(self, *options: str, tools: bool = True) -> None:
        self._options = options
        self._path = os.environ.get("PATH", "") if tools else ""
        self._children: dict[int, subprocess.Popen[str]] = {}

    def run(self, *words: str) -> Answer:
        """What the command line with these words answers."""
        asker = os.getpid()
        if asker not in self._children:
            self._children[asker] = self._start()
        child = self._children[asker]
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(words) + "\n")
        child.stdin.flush()
        return Answer(*json.loads(child.stdout.readline()))

    def _start(self) -> subprocess.Popen[str]:
        with _empty_directory() as ((python, *flags, verifier), empty):
            child = subprocess.Popen(
                [python, *flags, "-c", _DRIVER, verifier, *self._options],
                cwd=empty, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={"PATH": self._path},
            )  # fmt: skip
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        return child


BARE, REMEMBERING = BarePython(), BarePython("remember")
WITHOUT_TOOLS = BarePython(tools=False)
