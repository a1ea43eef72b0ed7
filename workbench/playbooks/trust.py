"""Which cases this analyst trusts to bring queries and playbooks of their own.

Kept in the analyst's own state folder, never in the case: the case's real path, id and folder, the
SHA-256 over its queries and playbooks, and when. What was changed since has another digest and is
asked for again. A case that brings none needs no trust.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.audit.log.folder_identity import folder_identity
from workbench.case.atomic import replace_file
from workbench.case.folder import Case
from workbench.case.open_file import read_state
from workbench.case.state_folder import state_dir
from workbench.errors import WorkbenchError
from workbench.playbooks.case_files import CaseFiles, read_case_files


@dataclass(frozen=True)
class Trusted:
    """What an analyst trusted: a case at a place, with these queries, and when."""

    case_id: str
    path: str
    folder: str
    sha256: str
    at: str


def is_trusted(files: CaseFiles) -> bool:
    """Whether the queries and playbooks of a case may run; so they may where there are none."""
    if not files.files:
        return True
    kept = what_is_trusted(files)
    return kept is not None and kept.sha256 == files.digest


def what_is_trusted(files: CaseFiles) -> Trusted | None:
    """What was last trusted of the case in this folder, whatever lies there now."""
    real, identity = os.path.realpath(files.root), folder_identity(files.root)
    found = [
        kept
        for kept in (_read(path) for path in _kept(files))
        if kept is not None
        and kept.case_id == files.case_id
        and (kept.path == real or (kept.folder != "" and kept.folder == identity))
    ]
    return max(found, key=lambda kept: kept.at, default=None)


def trust(files: CaseFiles) -> Trusted:
    """Let these very queries and playbooks run from now on; raises WorkbenchError."""
    real = os.path.realpath(files.root)
    kept = Trusted(
        files.case_id,
        real,
        folder_identity(files.root),
        files.digest,
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    )
    forget(files)
    content = json.dumps(asdict(kept), indent=1).encode("ascii")
    try:
        replace_file(_place(files), content, 0o600)
    except OSError as error:
        raise WorkbenchError(
            f"The trust in {files.root} cannot be kept: {error.strerror}.",
            hint="It lies in your state folder: look at its owner, mode and free space.",
        ) from error
    return kept


def forget(files: CaseFiles) -> bool:
    """Take trust in a case back; returns whether there was any."""
    found = False
    while (kept := what_is_trusted(files)) is not None:
        (_folder(files) / _name(kept.path)).unlink(missing_ok=True)
        found = True
    return found


def trust_made(case: Case) -> None:
    """A case that this analyst's own load has made brings nothing that is not his."""
    with suppress(WorkbenchError, OSError):  # the case is there; it is only asked for again
        trust(read_case_files(case))


def trust_saved(before: CaseFiles, name: str, data: bytes) -> None:
    """A file that this analyst saved into a case runs where what was there before did.

    What somebody else put beside it meanwhile is not covered. Raises WorkbenchError.
    """
    if is_trusted(before):
        trust(before.with_file(name, data))


def _folder(files: CaseFiles) -> Path:
    return state_dir(files.case_id)


def _kept(files: CaseFiles) -> list[Path]:
    return sorted(_folder(files).glob("trust-*.json"))


def _name(real: str) -> str:
    return f"trust-{hashlib.sha256(os.fsencode(real)).hexdigest()[:24]}.json"


def _place(files: CaseFiles) -> Path:
    return _folder(files) / _name(os.path.realpath(files.root))


def _read(path: Path) -> Trusted | None:
    data = read_state(path)
    names = Trusted.__dataclass_fields__
    if set(data) != set(names) or not all(isinstance(value, str) for value in data.values()):
        return None
    kept = Trusted(**data)
    # The name says of which place it speaks: one that was renamed or copied says nothing.
    return kept if path.name == _name(kept.path) else None
