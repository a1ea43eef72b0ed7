"""The areas: which files are made wrong, and which folders of tests should notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Area:
    """Globs of files below `workbench/` and paths of tests below `tests/`."""

    files: tuple[str, ...]
    tests: tuple[str, ...]

    def sources(self, root: Path = ROOT) -> list[str]:
        """The files, as paths from the root, sorted."""
        found = {path for glob in self.files for path in (root / "workbench").glob(glob)}
        return sorted(str(path.relative_to(root)) for path in found if path.name != "__init__.py")

    def test_paths(self) -> list[str]:
        """The tests, as paths from the root."""
        return [f"tests/{path}" for path in self.tests]


AREAS = {
    # The other tests of detection analyse whole stores, a quarter of a minute each: too slow to be
    # run for each fault, and what only they notice is told late and far from its cause.
    "membership": Area(
        ("detection/likelihood/membership.py", "detection/clustering/find.py"),
        (
            "detection/test_membership.py",
            "detection/test_belonging.py",
            "detection/test_merging.py",
        ),
    ),
    "workers": Area(("workers/host/*client.py", "workers/host/request_book.py", "workers/codec.py"),
                    ("workers",)),
    "case": Area(("case/*.py",), ("case",)),
    "shell": Area(("tui/shell/*.py",), ("tui",)),
    "audit": Area(("audit/**/*.py",), ("audit",)),
    "engine": Area(("engine/*.py",), ("engine", "workers")),
    "intake": Area(("intake/**/*.py",), ("intake",)),
}  # fmt: skip
