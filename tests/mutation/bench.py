"""A copy of the checkout in an environment of its own, in which faults are put and tests are run.

Workers are started by `python -I -m workbench...`: only what the interpreter's own environment
imports reaches them. So the copy gets a venv whose path file names the copy, with the libraries
linked into it: the sandbox of a worker lets it read no other environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.areas import ROOT, Area

_COPIED = ("workbench", "tests", "queries", "sample_db", "docs", "pyproject.toml", "README.md",
           "CHANGELOG.md", "LICENSE")  # fmt: skip
_PLAIN = ("-q", "--no-header", "-p", "no:cacheprovider", "-p", "tests.mutation.observe",
          "-p", "no:xdist", "-p", "no:cov")  # fmt: skip


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


@dataclass
class Measured:
    """Which tests run which lines, and how long they take.

    `lines`: file to line to tests. `seconds` of tests and of fixtures, `fixtures` by test.
    """

    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, list[str]] = field(default_factory=dict)

    def tests_of(self, file: str, first: int, last: int, *, inside: bool) -> list[str]:
        """Tests that run a statement, the fastest first; of a module's own, those of the file."""
        by_line = self.lines.get(file, {})
        wanted = range(first, last + 1) if inside else by_line
        tests = {test for line in wanted for test in by_line.get(line, ())}
        return sorted(tests, key=lambda test: (self.cost([test]), test))

    def cost(self, tests: list[str]) -> float:
        """Seconds that these tests take together, with the fixtures that they need."""
        needed = {name for test in tests for name in self.fixtures.get(test, ())}
        return sum(self.seconds.get(name, 0.0) for name in (*tests, *needed))


class Bench:
    """The copy; `close` ends its process and removes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = folder / "tree"
        self._temporary = folder / "tmp"
        self._zygote: subprocess.Popen[str] | None = None
        shutil.rmtree(folder, ignore_errors=True)
        self._temporary.mkdir(parents=True)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                unwanted = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, self.tree / name, ignore=unwanted)
            elif source.exists():
                self.tree.mkdir(exist_ok=True)
                shutil.copy(source, self.tree / name)
        venv.create(folder / "env", symlinks=True)
        self.python = folder / "env" / "bin" / "python"
        self._packages = next((folder / "env" / "lib").glob("python*/site-packages"))
        shutil.copytree(
            sysconfig.get_path("purelib"), self._packages, copy_function=_link, dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("*.pth", "workbench*", "pip*", "setuptools*"),
        )  # fmt: skip
        (self._packages / "copy.pth").write_text(f"{self.tree}\nimport line_trace\n")
        shutil.copy(ROOT / "tests/mutation/line_trace.py", self._packages / "line_trace.py")
        subprocess.run(
            [self.python, "-m", "compileall", "-q", self.tree / "workbench"], check=True
        )  # so that a fork compiles the one file that was changed

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the forking process and give the disk space back."""
        if self._zygote is not None:
            assert self._zygote.stdin is not None
            self._zygote.stdin.close()
            self._zygote.wait()
            self._zygote = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, arguments: list[str], seconds: float) -> str:
        """Run pytest in a fork; its exit code, or "late"."""
        if self._zygote is None:
            self._zygote = subprocess.Popen(
                [self.python, "-m", "tests.mutation.zygote"], cwd=self.tree, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )  # fmt: skip
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        everything = [*_PLAIN, f"--basetemp={self._temporary / 'run'}", *arguments]
        request = {"arguments": everything, "seconds": seconds, "output": str(self.output)}
        self._zygote.stdin.write(json.dumps(request) + "\n")
        self._zygote.stdin.flush()
        return self._zygote.stdout.readline().strip()

    @property
    def output(self) -> Path:
        """What the last run printed."""
        return self.folder / "output"

    def put(self, file: str, text: bytes) -> None:
        """Write a file of the copy; nothing compiled of it before is used again."""
        path = self.tree / file
        path.write_bytes(text)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()

    def measure(self, area: Area) -> Measured:
        """Run all tests of an area once, with the line trace.

        Raises RuntimeError where a test fails without any fault.
        """
        folder = self.folder / "measured"
        folder.mkdir()
        (folder / "context").write_text("")
        files = {str(self.tree / name): name for name in area.sources(self.tree)}
        watched = self._packages / "watched.json"
        watched.write_text(json.dumps({"folder": str(folder), "files": sorted(files)}))
        notes_file = folder / "notes.json"
        done = subprocess.run(
            [self.python, "-m", "pytest", *_PLAIN, f"--basetemp={self._temporary / 'run'}",
             f"--notes-to={notes_file}", *area.test_paths()],
            cwd=self.tree, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=sys.stderr, check=False,
        )  # fmt: skip
        watched.unlink()
        notes = json.loads(notes_file.read_text())
        failed = sorted(set(notes["failed"]))
        if done.returncode != 0 and not failed:
            raise RuntimeError("The tests could not be run without a fault; see above.")
        measured = Measured({}, notes["seconds"], notes["fixtures"])
        users: dict[str, list[str]] = {}
        for test, fixtures in measured.fixtures.items():
            if test in failed:  # it can notice nothing
                print(f"fails without any fault, is left out: {test}", file=sys.stderr)
                continue
            users[test] = [test]
            for name in fixtures:
                users.setdefault(name, []).append(test)
        for entry in (folder / "lines").read_text().splitlines():
            context, path, line = entry.split("\t")
            tests = measured.lines.setdefault(files[path], {}).setdefault(int(line), [])
            tests += (test for test in users.get(context, ()) if test not in tests)
        return measured
