"""The connection that writes a new store, and how its long statements report progress."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from workbench.catalog.stored import index_statement
from workbench.errors import WorkbenchError
from workbench.intake.cell_functions import register
from workbench.resources import statement
from workbench.sql.quoting import identifier, literal
from workbench.text.sanitize import safe_text

_TICK = 0.25


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is: rows (bytes while reading) done and in all, per second, seconds left.

    0 means not known.
    """

    phase: str
    done: int
    total: int
    rate: float = 0.0
    eta_s: float = 0.0

    def as_message(self) -> dict[str, Any]:
        """The form in which a worker process sends it."""
        return {"ev": "progress", **asdict(self)}


Report = Callable[[Progress], None]


class Meter:
    """Turns counts into progress, about four times a second."""

    def __init__(self, report: Report | None, phase: str, total: int = 0) -> None:
        self._report = report
        self._phase = phase
        self._total = total
        self._start = self._last = time.monotonic()
        self.at(0, always=True)

    def at(self, done: int, *, always: bool = False) -> None:
        """Report that `done` of the total is behind us."""
        now = time.monotonic()
        if self._report is None or (now - self._last < _TICK and not always):
            return
        self._last = now
        rate = done / (now - self._start) if now > self._start else 0.0
        left = (self._total - done) / rate if rate and self._total >= done > 0 else 0.0
        self._report(Progress(self._phase, done, self._total, round(rate, 1), round(left, 1)))


class LoadSession:
    """One DuckDB connection on the store in the making; statements run beside a progress poll."""

    def __init__(
        self, store: Path, spill: Path, memory_mib: int, threads: int, report: Report | None = None
    ) -> None:
        self.report = report
        self.spill = spill
        self._files: dict[Path, int] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="statement")
        self.connection = duckdb.connect(str(store))
        settings: dict[str, str | int] = {
            "temp_directory": str(spill),
            "memory_limit": f"{memory_mib}MiB",
            "threads": threads,
            "TimeZone": "UTC",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "enable_progress_bar": "true",
            "enable_progress_bar_print": "false",
        }
        for name, value in settings.items():
            shown = value if isinstance(value, int) else literal(value)
            self.connection.execute(f"SET {name} = {shown}")
        self.not_understood = register(self.connection)
        for macros in ("cells", "bodies"):
            self.connection.execute(statement("intake", macros))

    def run(self, sql: str, phase: str = "", total: int = 0, parameters: object = None) -> None:
        """Execute a statement to its end; with a phase, report on it meanwhile."""
        if not phase or self.report is None:
            self.connection.execute(sql, parameters)
            return
        meter = Meter(self.report, phase, total)
        running = self._pool.submit(self.connection.execute, sql, parameters)
        while not wait((running,), timeout=_TICK).done:
            percent = self.connection.query_progress()
            meter.at(int(total * max(percent, 0.0) / 100))
        running.result()
        meter.at(total, always=True)

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        return self.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: object = None) -> Any:
        """The first cell of the first row."""
        row = self.connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def index_accounts(self, table: str) -> None:
        """Find the row of one account of `table` without a look at all of them."""
        self.connection.execute(index_statement(table))

    def types_of(self, relation: str) -> dict[str, str]:
        """Column names and DuckDB types of a SELECT or a table function call."""
        return {str(row[0]): str(row[1]) for row in self.rows(f"DESCRIBE {relation}")}

    def attach(self, path: Path, name: str, *, read_only: bool) -> None:
        """Attach another database file."""
        mode = " (READ_ONLY)" if read_only else ""
        self.connection.execute(f"ATTACH {literal(str(path))} AS {identifier(name)}{mode}")

    def readable_name(self, path: Path) -> str:
        """A name under which the engine reads exactly this file.

        The engine would take `*?[` in a name as a pattern and needs UTF-8; such a file is opened
        here and read through its descriptor.
        """
        name = str(path)
        if not any(letter in name for letter in "*?[{") and _is_text(name):
            return name
        if path not in self._files:
            self._files[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._files[path]}"

    def close(self) -> None:
        """Write everything to the store's file and let it go; safe to call twice."""
        self._pool.shutdown(wait=True)
        self.connection.close()
        while self._files:
            os.close(self._files.popitem()[1])


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def engine_refusal(what: str, error: duckdb.Error) -> WorkbenchError:
    """An engine error as a sentence; its text may hold bytes of the data."""
    text = safe_text(str(error).split("\n\n")[0], 400)
    if isinstance(error, duckdb.OutOfMemoryException):
        return WorkbenchError(
            f"{what}: the memory or disk space for loading ran out ({text}).",
            hint="Raise load.memory_mib in the settings, or free space in the case folder.",
        )
    return WorkbenchError(
        f"{what}: {text}", hint="Check the file with the tool that wrote it, or export it again."
    )
