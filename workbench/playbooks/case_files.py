"""The queries and playbooks that lie in a case folder: read once, bounded, with one digest.

Whoever hands a case over writes these files. They are read through the door of the case, so that
what is judged, shown, trusted and run are the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workbench.case.folder import Case
from workbench.case.open_file import QUERY_BYTES, files_below, read_case_file
from workbench.errors import WorkbenchError

FOLDER, PLAYBOOKS = "queries", "playbooks"
QUERY_SUFFIX, PLAYBOOK_SUFFIX = ".sql", ".toml"
MAX_FILES = 500
MAX_BYTES = 4 << 20  # of all of them: parsing them may take a second, not a minute
_MAX_LISTED = 20_000


@dataclass(frozen=True)
class CaseFiles:
    """Names relative to the case with their bytes; what the door refused, and why."""

    root: Path
    case_id: str
    files: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, WorkbenchError] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and bytes, in the order of the names."""
        whole = hashlib.sha256()
        for name in sorted(self.files):
            for part in (os.fsencode(name), self.files[name]):
                whole.update(hashlib.sha256(part).digest())
        return whole.hexdigest()

    def with_file(self, name: str, data: bytes) -> CaseFiles:
        """The same files and one more."""
        return CaseFiles(self.root, self.case_id, {**self.files, name: data}, self.refused)

    def queries(self) -> list[str]:
        """Names of the queries, in their order."""
        return [name for name in sorted(self.files) if name.endswith(QUERY_SUFFIX)]

    def playbooks(self) -> list[str]:
        """Names of the playbooks, in their order."""
        return [name for name in sorted(self.files) if name.endswith(PLAYBOOK_SUFFIX)]


def read_case_files(case: Case) -> CaseFiles:
    """Read what lies in `queries/` of a case, up to `MAX_FILES` files and `MAX_BYTES` bytes."""
    found = CaseFiles(case.root, case.manifest.case_id)
    room = MAX_BYTES
    for name in _names(case.root):
        if name.endswith(PLAYBOOK_SUFFIX) and Path(name).parent.name != PLAYBOOKS:
            found.refused[name] = WorkbenchError(
                f"{case.root / name} is not used: playbooks lie in a folder named {PLAYBOOKS}.",
                hint=f"Move it to {case.root / FOLDER / PLAYBOOKS}, or remove it.",
            )
            continue
        if len(found.files) >= MAX_FILES or room <= 0:
            found.refused[name] = WorkbenchError(
                f"{case.root / name} is one too many: of the queries and playbooks of a case the "
                f"first {MAX_FILES:,} are read, and {MAX_BYTES:,} bytes at most.",
                hint="Move what you do not need out of the folder.",
            )
            continue
        try:
            data = read_case_file(case.root, name, min(room, QUERY_BYTES))
        except (OSError, WorkbenchError) as error:
            found.refused[name] = _refusal(case.root / name, error)
            continue
        room -= len(data)
        found.files[name] = data
    return found


def _refusal(path: Path, error: OSError | WorkbenchError) -> WorkbenchError:
    if isinstance(error, WorkbenchError):
        return error
    return WorkbenchError(f"{path} cannot be read: {error.strerror}.")


def _names(root: Path) -> list[str]:
    """Queries anywhere below the folder, playbooks in folders of that name."""
    found = files_below(root, FOLDER, "", _MAX_LISTED)
    return sorted(
        str(path) for path in found if path.name.endswith((QUERY_SUFFIX, PLAYBOOK_SUFFIX))
    )
