"""The case folder: its paths, its manifest, and readers' hold on the parts of a generation."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from workbench import __version__
from workbench.case.atomic import file_digest, group_id_of, replace_file, set_mode
from workbench.case.examined import file_identity
from workbench.case.manifest import Manifest, Part, from_toml
from workbench.case.open_file import (
    MANIFEST_BYTES,
    check_folders,
    open_case_file,
    read_case_file,
    read_state,
    remember_state,
)
from workbench.case.state_folder import state_dir
from workbench.case.store_parts import StoreParts
from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.sanitize import safe_text

MANIFEST = "case.toml"
_FOLDERS = ("audit.d", "rejects", "queries", "exports", "tmp")

Progress = Callable[[int, int], None]  # bytes done, bytes in all

_RESTORE = "Restore the folder from its backup, or load the extracts again."


class Hold:
    """A shared lock on the parts of one generation: while it is held, none of them is removed."""

    def __init__(self, parts: StoreParts, handles: list[int]) -> None:
        self.parts = parts
        self._handles = handles

    def release(self) -> None:
        """Let the generation go; safe to call twice."""
        while self._handles:
            os.close(self._handles.pop())

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


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
            created_at=now(),
            tool=f"workbench {__version__}",
            group=group,
        )
        root.mkdir(parents=True, exist_ok=True)
        for folder in (root, *(root / child for child in _FOLDERS)):
            folder.mkdir(exist_ok=True)
            set_mode(folder, group_id)
        case = cls(root, manifest)
        case.write_manifest(manifest)
        return case

    @property
    def parts(self) -> StoreParts:
        """The files of the generation and of the analysis in force."""
        current = self.manifest.current
        analysis = current.analysis_of(current.analysis)
        return StoreParts(
            tuple(self.root / name for name in current.parts),
            self.root / analysis.part if analysis is not None else None,
        )

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
        return self.rejects_dir(self.manifest.generation) / "rejects.jsonl"

    def rejects_dir(self, generation: int) -> Path:
        """The folder of a generation's bad records."""
        return self.root / "rejects" / str(generation)

    @property
    def group_id(self) -> int:
        """The number of the team's group, -1 where the case is one analyst's.

        Raises IntegrityError where case.toml names a group that the folder is not shared with:
        files would be handed to whomever it names.
        """
        number = group_id_of(self.manifest.group)
        if number >= 0 and self.root.stat().st_gid != number:
            raise IntegrityError(
                f"case.toml says that {safe_text(self.root)} belongs to the group "
                f"“{safe_text(self.manifest.group, 60)}”, and the folder does not.",
                hint="Ask who made the case. To share it with that group: chgrp -R and chmod "
                "g+rwxs its folder; otherwise take the line “group” out of case.toml.",
            )
        return number

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

    # -- reading a generation

    def hold_generation(self) -> Hold:
        """Lock the current generation against removal; raises IntegrityError where it is unfit.

        A load that commits meanwhile is followed to its new generation.
        """
        while True:
            try:
                handles = self._opened()
            except FileNotFoundError:
                fresh = Case.open(self.root).manifest
                if fresh.current.files == self.manifest.current.files:
                    self.check_store()
                    raise
                self.manifest = fresh
                continue
            hold = Hold(self.parts, handles)
            try:
                for handle in handles:
                    fcntl.flock(handle, fcntl.LOCK_SH)
                if all(os.fstat(handle).st_nlink for handle in handles):
                    self.check_store()
                    return hold
            except BaseException:
                hold.release()
                raise
            hold.release()

    def _opened(self) -> list[int]:
        handles: list[int] = []
        try:
            for part in self.manifest.files:
                handles.append(open_case_file(self.root, part.name))
        except BaseException as error:
            for handle in handles:
                os.close(handle)
            if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                raise IntegrityError(
                    f"{safe_text(self.root / part.name)} cannot be opened: {error.strerror}.",
                    hint="Check the folder's owner and mode (`ls -ld`); a store is plain files.",
                ) from error
            raise
        return handles

    def check_store(self) -> None:
        """Refuse what a glance shows to be wrong: no part, a write-ahead log, another size."""
        if self.manifest.generation == 0:
            raise WorkbenchError(
                f"The case {safe_text(self.root)} is empty: nothing was loaded into it yet.",
                hint="Load extracts: workbench load CASE FILE...",
            )
        for part in self.manifest.files:
            self.check_part(part)

    def check_part(self, part: Part) -> None:
        """The same for one part, of whichever generation."""
        store = self.root / part.name
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
                f"The store {safe_text(store)} that case.toml names is missing.", hint=_RESTORE
            ) from error
        if size != part.bytes:
            raise IntegrityError(
                f"{safe_text(store)} has {size:,} bytes; the manifest says {part.bytes:,}.",
                hint=_RESTORE,
            )

    def digest_is_cached(self) -> bool:
        """Whether this analyst has already hashed exactly these files and they were right."""
        return not self._unhashed()

    def _unhashed(self) -> list[Part]:
        known = read_state(self.state_dir() / "digests.json")
        return [part for part in self.manifest.files if not self._is_known(part, known)]

    def _is_known(self, part: Part, known: dict[str, object]) -> bool:
        try:
            return known.get(file_identity(self.root / part.name)) == part.sha256
        except OSError:
            return False

    def verify_store(self, progress: Progress | None = None) -> None:
        """Hash what was not hashed yet and compare with the manifest; remembers success.

        `progress` gets bytes done and bytes in all. Raises IntegrityError on a difference.
        """
        self.check_store()
        waiting = self._unhashed()
        total, done = sum(part.bytes for part in waiting), 0
        for part in waiting:
            self._verify_part(part, _within(progress, done, total))
            done += part.bytes

    def _verify_part(self, part: Part, progress: Progress | None) -> None:
        path = self.root / part.name
        before = file_identity(path)
        digest = file_digest(path, progress)
        if digest != part.sha256:
            raise IntegrityError(
                f"{safe_text(path)} is not the file that was loaded: its SHA-256 is "
                f"{digest[:16]}…, the manifest says {part.sha256[:16]}….",
                hint=_RESTORE,
            )
        if before == file_identity(path):
            self.remember_digest(path, digest)

    def remember_digest(self, path: Path, digest: str) -> None:
        """Keep that this file, as it is now, has this digest."""
        # Nothing in the state folder is needed to read a case: without it, it is hashed again.
        with suppress(OSError):
            remember_state(self.state_dir() / "digests.json", {file_identity(path): digest})

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace case.toml by one rename: the commit of whatever changed."""
        mode = 0o660 if manifest.group else 0o600
        path = self.root / MANIFEST
        replace_file(path, manifest.to_toml().encode("ascii"), mode, self.group_id)
        self.manifest = manifest


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress over all parts, from that over one."""
    if progress is None:
        return None
    told = progress
    return lambda done, _: told(before + done, total)


def now() -> str:
    """The time, UTC, as case.toml writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
