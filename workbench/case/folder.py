"""The case folder: its paths, its manifest, its generations, and who may write them.

A load works in `tmp/load-<pid>-<n>/` under the lock `tmp/load.lock`. Committing moves the finished
store and rejects to their places and then replaces `case.toml` by one rename: before that rename
the case is the old one, after it the new one, whatever happens.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from workbench import __version__
from workbench.case.atomic import (
    file_digest,
    group_id_of,
    hand_over,
    lock_exclusively,
    replace_file,
    set_mode,
    sync,
)
from workbench.case.examined import file_identity
from workbench.case.leftovers import no_load_runs, remove_staging, remove_stores
from workbench.case.manifest import Manifest, Source, from_toml
from workbench.case.open_file import (
    MANIFEST_BYTES,
    check_folders,
    copy_case_file,
    open_case_file,
    read_case_file,
    read_state,
)
from workbench.case.state_folder import state_dir
from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.sanitize import safe_text

MANIFEST = "case.toml"
_FOLDERS = ("audit.d", "rejects", "queries", "exports", "tmp")


class Hold:
    """A shared lock on one generation's store: while it is held, no load removes the file."""

    def __init__(self, store: Path, handle: int) -> None:
        self.store = store
        self._handle = handle

    def release(self) -> None:
        """Let the generation go; safe to call twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


class Staging:
    """A generation in the making: its folder, and the case's load lock."""

    def __init__(self, folder: Path, number: int, handle: int) -> None:
        self.folder = folder
        self.number = number
        self._handle = handle

    @property
    def store_path(self) -> Path:
        """Where the new store is written."""
        return self.folder / "store.duckdb"

    @property
    def rejects_dir(self) -> Path:
        """Where `rejects.jsonl` is written."""
        return self.folder / "rejects"

    @property
    def spill_dir(self) -> Path:
        """Room for the engine's temporary files."""
        return self.folder / "spill"

    def discard(self) -> None:
        """Remove what was made; the case stays as it was."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Give up the lock; safe to call twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class Case:
    """An open case folder. `manifest` is what case.toml said when it was read."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path | str) -> Case:
        """Read the case at `path`; raises WorkbenchError where there is none."""
        root = Path(path)
        try:
            text = read_case_file(root, MANIFEST, MANIFEST_BYTES).decode("utf-8")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise WorkbenchError(
                f"There is no case at {safe_text(root)}.",
                hint="Make one from extracts: workbench load CASE FILE... (or: workbench demo)",
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise WorkbenchError(
                f"The case at {safe_text(root)} cannot be read: {safe_text(error)}.",
                hint="Check the folder's owner and mode (`ls -ld`).",
            ) from error
        check_folders(root, _FOLDERS)
        return cls(root, from_toml(text, safe_text(root / MANIFEST)))

    @classmethod
    def create(cls, path: Path | str, name: str = "", group: str = "") -> Case:
        """Make an empty case; with `group` its folder is 2770 and its files 0660.

        Raises WorkbenchError where the folder exists and is not empty or the group is unknown.
        """
        root = Path(path)
        group_id = group_id_of(group)
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise WorkbenchError(
                f"{safe_text(root)} exists and is not an empty folder, and it is no case.",
                hint="Give the name of a folder that does not exist yet.",
            )
        manifest = Manifest(
            case_id=secrets.token_hex(8),
            name=name or root.resolve().name,
            created_at=_now(),
            tool=f"workbench {__version__}",
            group=group,
        )
        root.mkdir(parents=True, exist_ok=True)
        for folder in (root, *(root / child for child in _FOLDERS)):
            folder.mkdir(exist_ok=True)
            set_mode(folder, group_id)
        case = cls(root, manifest)
        case._write_manifest(manifest)
        return case

    @property
    def store_path(self) -> Path:
        """The store of the current generation."""
        return self.store_of(self.manifest.generation)

    def store_of(self, generation: int) -> Path:
        """The store of any generation."""
        return self.root / f"store-{generation}.duckdb"

    @property
    def ledger_path(self) -> Path:
        """The decisions."""
        return self.root / "audit.jsonl"

    @property
    def queries_path(self) -> Path:
        """The analysts' own saved queries."""
        return self.root / "queries"

    @property
    def rejects_path(self) -> Path:
        """The bad records of the current generation, one JSON object a line."""
        return self.root / "rejects" / str(self.manifest.generation) / "rejects.jsonl"

    def state_dir(self) -> Path:
        """This analyst's own folder for this case."""
        return state_dir(self.manifest.case_id)

    @property
    def is_read_only(self) -> bool:
        """Whether the case lies on media that nobody can write, such as a write-blocked disk."""
        return bool(os.statvfs(self.root).f_flag & os.ST_RDONLY)

    def work_dir(self) -> Path:
        """Where work in progress lies: in the case, or in the analyst's own folder where the case
        cannot be written."""
        tmp = self.root / "tmp"
        writable = os.access(tmp if tmp.is_dir() else self.root, os.W_OK)
        return tmp if writable else self.state_dir() / "tmp"

    # -- reading a generation ---------------------------------------------------------------

    def hold_generation(self) -> Hold:
        """Lock the current generation against removal; raises IntegrityError where it is unfit.

        A load that commits meanwhile is followed to its new generation.
        """
        while True:
            try:
                handle = open_case_file(self.root, self.store_path.name)
            except FileNotFoundError:
                fresh = Case.open(self.root).manifest
                if fresh.generation == self.manifest.generation:
                    self.check_store()
                    raise
                self.manifest = fresh
                continue
            except OSError as error:
                raise IntegrityError(
                    f"{safe_text(self.store_path)} cannot be opened: {error.strerror}.",
                    hint="Check the folder's owner and mode (`ls -ld`); the store is a plain file.",
                ) from error
            hold = Hold(self.store_path, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_SH)
                if os.fstat(handle).st_nlink:
                    self.check_store()
                    return hold
            except BaseException:
                hold.release()
                raise
            hold.release()

    def check_store(self) -> None:
        """Refuse what a glance shows to be wrong: no store, a write-ahead log, another size."""
        store = self.store_path
        if self.manifest.generation == 0:
            raise WorkbenchError(
                f"The case {safe_text(self.root)} is empty: nothing was loaded into it yet.",
                hint="Load extracts: workbench load CASE FILE...",
            )
        log = store.with_name(store.name + ".wal")
        if os.path.lexists(log):
            raise IntegrityError(
                f"{safe_text(log)} lies beside the store; opening the store would replay it.",
                hint="Nothing of the workbench leaves such a file. Keep a copy as evidence, find "
                "out who wrote it, remove it, then run: workbench doctor",
            )
        try:
            with open(open_case_file(self.root, store.name), "rb") as file:
                size = os.fstat(file.fileno()).st_size
        except FileNotFoundError as error:
            raise IntegrityError(
                f"The store {safe_text(store)} that case.toml names is missing.",
                hint="Restore the folder from its backup, or load the extracts again.",
            ) from error
        if size != self.manifest.store_bytes:
            raise IntegrityError(
                f"{safe_text(store)} has {size:,} bytes; the manifest says "
                f"{self.manifest.store_bytes:,}.",
                hint="Restore the folder from its backup, or load the extracts again.",
            )

    def digest_is_cached(self) -> bool:
        """Whether this analyst has already hashed exactly this file and it was right."""
        try:
            known = read_state(self.state_dir() / "digests.json")
            return known.get(file_identity(self.store_path)) == self.manifest.store_sha256
        except OSError:
            return False

    def verify_store(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Hash the store and compare with the manifest; remembers success.

        `progress` gets bytes done and bytes in all. Raises IntegrityError on a difference.
        """
        self.check_store()
        before = file_identity(self.store_path)
        digest = file_digest(self.store_path, progress)
        if digest != self.manifest.store_sha256:
            raise IntegrityError(
                f"{safe_text(self.store_path)} is not the file that was loaded: its SHA-256 is "
                f"{digest[:16]}…, the manifest says {self.manifest.store_sha256[:16]}….",
                hint="Restore the folder from its backup, or load the extracts again.",
            )
        if before == file_identity(self.store_path):
            self._remember_digest(digest)

    def _remember_digest(self, digest: str) -> None:
        # Nothing in the state folder is needed to read a case: without it, it is hashed again.
        with suppress(OSError):
            replace_file(
                self.state_dir() / "digests.json",
                json.dumps({file_identity(self.store_path): digest}).encode("ascii"),
                0o600,
            )

    # -- writing the next generation --------------------------------------------------------

    def next_generation(self) -> Staging:
        """Begin a generation: take the load lock, sweep what dead loads left, make a folder.

        Raises WorkbenchError while another load of this case runs.
        """
        tmp = self.root / "tmp"
        group_id = group_id_of(self.manifest.group)
        handle = lock_exclusively(tmp / "load.lock")
        if handle is None:
            owners = ", ".join(safe_text(f.name.split("-")[1], 12) for f in tmp.glob("load-*"))
            raise WorkbenchError(
                f"Another load of this case is running (process {owners or 'unknown'}).",
                hint="Wait for it to end, or stop it; the case stays as it was.",
            )
        remove_staging(self.root)
        self.manifest = Case.open(self.root).manifest
        folder = tmp / f"load-{os.getpid()}-{secrets.token_hex(4)}"
        staging = Staging(folder, self.manifest.generation + 1, handle)
        for path in (folder, staging.rejects_dir, staging.spill_dir):
            path.mkdir()
            set_mode(path, group_id)
        return staging

    def copy_generation(self, staging: Staging) -> None:
        """Begin the staged generation as a copy of the current one, to be analysed anew."""
        self.check_store()
        copy_case_file(self.root, self.store_path.name, staging.store_path)
        with suppress(FileNotFoundError):
            rejects = self.rejects_path.relative_to(self.root)
            copy_case_file(self.root, rejects, staging.rejects_dir / rejects.name)

    def commit(self, staging: Staging, sources: Sequence[Source], analysis: str = "") -> Case:
        """Make the staged store the current generation and return the case as it now is."""
        store = staging.store_path
        if os.path.lexists(store.with_name(store.name + ".wal")):
            raise IntegrityError(
                "The new store was not closed cleanly; nothing was committed.",
                hint="Run the load again.",
            )
        digest = file_digest(store)
        group_id = group_id_of(self.manifest.group)
        store.chmod(0o440 if self.manifest.group else 0o400)
        hand_over(store, group_id)
        sync(store)
        rejects = self.root / "rejects" / str(staging.number)
        shutil.rmtree(rejects, ignore_errors=True)
        os.rename(staging.rejects_dir, rejects)
        for path in (rejects, *rejects.iterdir()):
            set_mode(path, group_id)
            sync(path)
        os.rename(store, self.store_of(staging.number))
        sync(self.root)
        manifest = replace(
            self.manifest,
            generation=staging.number,
            committed_at=_now(),
            tool=f"workbench {__version__}",
            store_sha256=digest,
            store_bytes=self.store_of(staging.number).stat().st_size,
            analysis=analysis,
            sources=tuple(sources),
        )
        self._write_manifest(manifest)
        self._remember_digest(digest)
        # Before the lock is given up: a load that commits behind it must not lose its store.
        remove_stores(self.root, manifest.generation)
        staging.discard()
        return Case.open(self.root)

    def remove_old_generations(self) -> list[int]:
        """Remove stores that are not current and that no bench holds; returns which went.

        None goes while a load runs: that one removes them itself.
        """
        with no_load_runs(self.root) as alone:
            current = Case.open(self.root).manifest.generation
            return remove_stores(self.root, current) if alone else []

    def _write_manifest(self, manifest: Manifest) -> None:
        mode = 0o660 if manifest.group else 0o600
        path = self.root / MANIFEST
        replace_file(path, manifest.to_toml().encode("ascii"), mode, group_id_of(manifest.group))
        self.manifest = manifest


@contextmanager
def staged(case: Case) -> Iterator[Staging]:
    """A generation in the making that is thrown away unless it was committed."""
    staging = case.next_generation()
    try:
        yield staging
    finally:
        staging.discard()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
