"""Settings: one TOML file to one frozen object; every field has a default and a sentence."""

from __future__ import annotations

import dataclasses
import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.text.bounded import read_toml

_MAX_BYTES = 1 << 20
_MAX_NUMBER = 10**9


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"help": meaning})


def thread_count(wanted: int = 0) -> int:
    """Threads of one worker, for queries, loading and clustering alike: as many as wanted; for 0
    one per processor that this process may use, at most 8."""
    return wanted or min(len(os.sched_getaffinity(0)), 8)


def _host_memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


@dataclass(frozen=True)
class EngineSettings:
    """What the query worker may take."""

    memory_mib: int = _setting(512, "Memory the engine may use for one bench, in MiB.")
    address_space_mib: int = _setting(
        0, "Address space of the query worker, in MiB; 0 follows memory_mib and threads."
    )
    threads: int = _setting(0, "Threads of the engine; 0 means one per processor, at most 8.")
    spill_mib: int = _setting(65_536, "Disk that sorts and open results may use, in MiB.")
    page_rows: int = _setting(1000, "Rows of a result that are fetched before anybody scrolls.")
    cell_characters: int = _setting(512, "Characters of a cell that the grid shows.")

    @property
    def thread_count(self) -> int:
        """Threads to use on this host."""
        return thread_count(self.threads)

    @property
    def address_space(self) -> int:
        """What the worker may map, in MiB: so little beyond what it needs (1.8 GiB over 28.8 M
        rows on two processors) that one expression which asks for gigabytes is refused at once."""
        return self.address_space_mib or self.memory_mib + 2048 + 128 * self.thread_count


@dataclass(frozen=True)
class LoadSettings:
    """What loading and clustering may take."""

    memory_mib: int = _setting(0, "Memory for loading, in MiB; 0 means half of the host's.")
    largest_extract_gib: int = _setting(
        512, "Decompressed size at which a compressed extract is refused, in GiB."
    )

    @property
    def memory(self) -> int:
        """MiB to use on this host; never over 6 GiB unless asked."""
        return self.memory_mib or max(512, min(6144, _host_memory_mib() // 2))


@dataclass(frozen=True)
class GenerationSettings:
    """Which earlier states of a case's data stay, beside those that evidence rests on."""

    keep: int = _setting(2, "Newest generations that stay in a case, the one in force included.")
    max_gib: int = _setting(
        0, "Size of all generations at which the oldest go, named or not, in GiB; 0 sets no bound."
    )


@dataclass(frozen=True)
class DisplaySettings:
    """How the bench looks."""

    theme: str = _setting("", "Colour theme: bench-dark, bench-light, blue-orange or mono.")
    ascii: bool = _setting(False, "Draw borders and plots with ASCII characters only.")
    mouse: str = _setting("auto", "Mouse: auto (off over SSH), on or off.")
    slow: str = _setting("auto", "Low-traffic profile: auto (on over SSH), on or off.")
    zone: str = _setting("", "Zone that times are shown in beside UTC, such as Europe/Berlin.")


@dataclass(frozen=True)
class AnalystSettings:
    """Who signs decisions, and how."""

    name: str = _setting("", "Display name in the ledger; empty means the login name.")
    ssh_key: str = _setting("", "Public key file or agent key that signs ledger records.")
    allowed_signers: str = _setting("", "File of keys that may sign (ssh-keygen's format).")


@dataclass(frozen=True)
class Settings:
    """All settings."""

    engine: EngineSettings = field(default_factory=EngineSettings)
    load: LoadSettings = field(default_factory=LoadSettings)
    generations: GenerationSettings = field(default_factory=GenerationSettings)
    display: DisplaySettings = field(default_factory=DisplaySettings)
    analyst: AnalystSettings = field(default_factory=AnalystSettings)


def config_dir() -> Path:
    """The analyst's own configuration folder (XDG)."""
    base = os.environ.get("XDG_CONFIG_HOME") or ""
    # A relative one would be looked for wherever somebody works: beside a case from elsewhere too.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".config") / "workbench"


def _near(name: str, known: list[str]) -> str:
    match = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean “{match[0]}”?" if match else "Known: " + ", ".join(known)


def _group(kind: type[Any], name: str, values: object, path: Path) -> Any:
    if not isinstance(values, dict):
        raise UsageError(f"{path}: [{name}] must be a table.")
    fields = {item.name: item for item in dataclasses.fields(kind)}
    for key, value in values.items():
        if key not in fields:
            raise UsageError(
                f"{path}: unknown setting {name}.{key}.", hint=_near(key, sorted(fields))
            )
        wanted: type[Any] = type(fields[key].default)
        if type(value) is not wanted:
            raise UsageError(
                f"{path}: {name}.{key} must be {wanted.__name__}, not {type(value).__name__}."
            )
        if isinstance(value, int) and not 0 <= value <= _MAX_NUMBER:
            raise UsageError(f"{path}: {name}.{key} must be a number from 0 to {_MAX_NUMBER:,}.")
    return kind(**values)


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings file; a missing file means the defaults.

    Raises UsageError with the near miss for an unknown key and with the line for broken TOML.
    """
    path = path or config_dir() / "settings.toml"
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise UsageError(f"{path} is longer than {_MAX_BYTES:,} bytes: it is no settings file.")
        values = read_toml(data.decode("utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error
    groups = {item.name: item.default_factory for item in dataclasses.fields(Settings)}
    for key in values:
        if key not in groups:
            raise UsageError(f"{path}: unknown table [{key}].", hint=_near(key, sorted(groups)))
    return Settings(
        **{name: _group(groups[name], name, values[name], path) for name in values}  # type: ignore[arg-type]
    )


def describe() -> list[tuple[str, str, str]]:
    """Every setting as (name, default, sentence), for the help page and its test."""
    rows = []
    for group in dataclasses.fields(Settings):
        kind = group.default_factory
        for item in dataclasses.fields(kind):  # type: ignore[arg-type]
            rows.append((f"{group.name}.{item.name}", str(item.default), item.metadata["help"]))
    return rows
