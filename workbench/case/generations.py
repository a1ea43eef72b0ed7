"""Generations and analyses of a case: made, restored, and removed when nothing needs them.

A load works in `tmp/load-<pid>-<n>/` under the lock `tmp/load.lock`. A commit moves what is
finished to its place and then replaces `case.toml` by one rename: before that rename the case is
the old one, after it the new one, whatever happens. The generation is committed first and its
analysis after it, so that what was loaded stands although clustering fails.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from workbench import __version__
from workbench.case.atomic import (
    file_digest,
    hand_over,
    lock_exclusively,
    set_mode,
    sync,
)
from workbench.case.folder import Case, now
from workbench.case.leftovers import no_load_runs, remove_staging
from workbench.case.manifest import (
    Analysis,
    Generation,
    Manifest,
    Part,
    Source,
    is_part_name,
)
from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.sanitize import safe_text

_TOOL = f"workbench {__version__}"


@dataclass(frozen=True, slots=True)
class Keep:
    """Which generations stay beside the one in force: the newest, and those that evidence names.

    `newest` counts the one in force; `max_bytes` bounds the parts of all, 0 does not. `named` are
    generation and analysis of evidence; analysis 0 stands for all of a generation's.
    """

    newest: int = 2
    max_bytes: int = 0
    named: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Removed:
    """A generation, or with `analysis` one analysis of it, that is no longer kept."""

    generation: int
    analysis: int
    bytes: int


class Staging:
    """A generation or an analysis in the making: its folder, and the case's load lock."""

    def __init__(self, folder: Path, number: int, handle: int) -> None:
        self.folder = folder
        self.number = number
        self._handle = handle

    @property
    def store_path(self) -> Path:
        """Where the new part of the data is written."""
        return self.folder / "store.duckdb"

    @property
    def analysis_path(self) -> Path:
        """Where the new analysis is written."""
        return self.folder / "analysis.duckdb"

    @property
    def rejects_dir(self) -> Path:
        """Where `rejects.jsonl` is written."""
        return self.folder / "rejects"

    @property
    def spill_dir(self) -> Path:
        """Room for the engine's temporary files."""
        return self.folder / "spill"

    def discard(self) -> None:
        """Remove what was made and not committed, and give up the lock."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Give up the lock; safe to call twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextmanager
def staged(case: Case) -> Iterator[Staging]:
    """Room for the next generation under the load lock; what is not committed is thrown away.

    Raises WorkbenchError while another load of this case runs.
    """
    staging = begin(case)
    try:
        yield staging
    finally:
        staging.discard()


def begin(case: Case) -> Staging:
    """Take the load lock, sweep what dead loads left, make a folder to work in."""
    tmp = case.root / "tmp"
    group_id = case.group_id
    handle = lock_exclusively(tmp / "load.lock")
    if handle is None:
        owners = ", ".join(safe_text(f.name.split("-")[1], 12) for f in tmp.glob("load-*"))
        raise WorkbenchError(
            f"Another load of this case is running (process {owners or 'unknown'}).",
            hint="Wait for it to end, or stop it; the case stays as it was.",
        )
    remove_staging(case.root)
    case.manifest = Case.open(case.root).manifest
    folder = tmp / f"load-{os.getpid()}-{secrets.token_hex(4)}"
    staging = Staging(folder, case.manifest.newest + 1, handle)
    for path in (folder, staging.rejects_dir, staging.spill_dir):
        path.mkdir()
        set_mode(path, group_id)
    return staging


def commit_generation(
    case: Case, staging: Staging, sources: Sequence[Source], rows: int = 0
) -> Case:
    """Make the staged store the generation in force; it has no analysis yet."""
    part = _made_part(case, staging.store_path, f"store-{staging.number}.duckdb", rows)
    rejects = case.rejects_dir(staging.number)
    shutil.rmtree(rejects, ignore_errors=True)
    os.rename(staging.rejects_dir, rejects)
    for path in (rejects, *rejects.iterdir()):
        set_mode(path, case.group_id)
        sync(path)
    _move(case, staging.store_path, part)
    made = Generation(
        number=staging.number,
        committed_at=now(),
        tool=_TOOL,
        parts=(part.name,),
        sources=tuple(sources),
    )
    return _commit(case, case.manifest.with_generation(made, (part,)))


def commit_analysis(case: Case, staging: Staging, revision: str) -> Case:
    """Make the staged analysis the one in force of the generation in force."""
    current = case.manifest.current
    number = max((one.number for one in current.analyses), default=0) + 1
    name = f"analysis-{current.number}-{number}.duckdb"
    part = _made_part(case, staging.analysis_path, name, 0)
    _move(case, staging.analysis_path, part)
    analysis = Analysis(number, part.name, revision, now(), _TOOL)
    made = replace(current, analysis=number, analyses=(*current.analyses, analysis))
    return _commit(case, case.manifest.with_generation(made, (part,)))


def restore(case: Case, number: int) -> Case:
    """Make an earlier generation the one in force again, with its analysis; nothing is removed.

    Raises WorkbenchError where the case has it no more or a load runs, IntegrityError where its
    parts are missing or not as the manifest says.
    """
    with no_load_runs(case.root) as alone:
        if not alone:
            raise WorkbenchError(
                "A load of this case is running.", hint="Wait for it to end, or stop it."
            )
        case = Case.open(case.root)
        found = case.manifest.generation_of(number)
        if found is None:
            kept = ", ".join(str(one.number) for one in case.manifest.generations)
            raise WorkbenchError(
                f"The case has no generation {number}.",
                hint=f"It keeps: {kept or 'none'} (workbench generations list CASE)",
            )
        for name in found.files:
            case.check_part(case.manifest.part(name))
        return _commit(case, replace(case.manifest, generation=number))


def _made_part(case: Case, path: Path, name: str, rows: int) -> Part:
    if os.path.lexists(path.with_name(path.name + ".wal")):
        raise IntegrityError(
            "The new store was not closed cleanly; nothing was committed.",
            hint="Run the load again.",
        )
    digest = file_digest(path)
    path.chmod(0o440 if case.manifest.group else 0o400)
    hand_over(path, case.group_id)
    sync(path)
    return Part(name, digest, path.stat().st_size, rows)


def _move(case: Case, path: Path, part: Part) -> None:
    os.rename(path, case.root / part.name)
    sync(case.root)
    case.remember_digest(case.root / part.name, part.sha256)


def _commit(case: Case, manifest: Manifest) -> Case:
    case.write_manifest(replace(manifest, tool=_TOOL))
    return Case.open(case.root)


def remove_unneeded(case: Case, keep: Keep) -> list[Removed]:
    """Remove generations and analyses that nothing needs; returns which went.

    What a bench holds stays. Nothing goes while a load runs: that one removes it itself.
    """
    with no_load_runs(case.root) as alone:
        return remove_unneeded_alone(Case.open(case.root), keep) if alone else []


def remove_unneeded_alone(case: Case, keep: Keep) -> list[Removed]:
    """The same, to be called under the load lock."""
    manifest = case.manifest
    numbers = _generations_to_go(manifest, keep)
    old = _analyses_to_go(manifest, keep, numbers)
    with _Locks() as locks:
        held = _held(case.root, manifest, numbers, [part for _, _, part in old], locks)
        numbers = [n for n in numbers if not held & set(_generation(manifest, n).all_files)]
        old = [one for one in old if one[2] not in held]
        gone = [Removed(n, 0, _bytes(manifest, _generation(manifest, n).all_files))
                for n in numbers]  # fmt: skip
        gone += [Removed(number, a, _bytes(manifest, (part,))) for number, a, part in old]
        if gone:
            case.write_manifest(manifest.pruned(numbers, [part for _, _, part in old]))
        _remove_unlisted(case, locks)
    return gone


def _remove_unlisted(case: Case, locks: _Locks) -> None:
    """Remove parts and rejects that the manifest does not list: nobody can read them any more."""
    parts = {part.name for part in case.manifest.parts}
    for path in case.root.glob("*.duckdb"):
        if is_part_name(path.name) and path.name not in parts and locks.takes(path):
            path.unlink()
    numbers = {str(one.number) for one in case.manifest.generations}
    for folder in (case.root / "rejects").glob("*"):
        if folder.name.isdigit() and folder.name not in numbers and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _generation(manifest: Manifest, number: int) -> Generation:
    found = manifest.generation_of(number)
    assert found is not None
    return found


def _bytes(manifest: Manifest, names: Collection[str]) -> int:
    return sum(manifest.part(name).bytes for name in names)


def _generations_to_go(manifest: Manifest, keep: Keep) -> list[int]:
    """Oldest first: those beyond the newest that no evidence names, then for want of room."""
    others = sorted(one.number for one in manifest.generations if one.number != manifest.generation)
    newest = set(others[-(keep.newest - 1) :]) if keep.newest > 1 else set()
    named = {generation for generation, _ in keep.named}
    going = [number for number in others if number not in newest and number not in named]
    staying = [number for number in others if number not in going]
    while keep.max_bytes and staying:
        files = {
            name
            for number in (manifest.generation, *staying)
            for name in _generation(manifest, number).all_files
        }
        if _bytes(manifest, files) <= keep.max_bytes:
            break
        going.append(staying.pop(0))
    return going


def _analyses_to_go(
    manifest: Manifest, keep: Keep, going: Collection[int]
) -> list[tuple[int, int, str]]:
    """Earlier analyses of generations that stay: all but the last two, and those named."""
    found = []
    for one in manifest.generations:
        if one.number in going:
            continue
        last = sorted(analysis.number for analysis in one.analyses)[-max(keep.newest, 1) :]
        for analysis in one.analyses:
            named = {(one.number, analysis.number), (one.number, 0)} & keep.named
            kept = analysis.number in (*last, one.analysis) or analysis.part in one.parts
            if not named and not kept:
                found.append((one.number, analysis.number, analysis.part))
    return found


def _held(
    root: Path,
    manifest: Manifest,
    numbers: Collection[int],
    files: Collection[str],
    locks: _Locks,
) -> set[str]:
    """The files among these that a bench holds."""
    staying = {
        name
        for one in manifest.generations
        if one.number not in numbers
        for name in one.all_files
        if name not in files
    }
    wanted = {name for n in numbers for name in _generation(manifest, n).all_files} | set(files)
    return {name for name in wanted - staying if not locks.takes(root / name)}


class _Locks:
    """Parts that nobody reads, locked until the end so that nobody begins to."""

    def __init__(self) -> None:
        self._free: dict[Path, bool] = {}
        self._handles: list[int] = []

    def takes(self, path: Path) -> bool:
        """Whether nobody reads the part, or it is gone; asked twice, it is the same answer."""
        if path not in self._free:
            self._free[path] = self._lock(path)
        return self._free[path]

    def _lock(self, path: Path) -> bool:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        self._handles.append(handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def __enter__(self) -> _Locks:
        return self

    def __exit__(self, *exc: object) -> None:
        while self._handles:
            os.close(self._handles.pop())
