"""The analyst's own folder for a case: what was seen of it, drafts, history, where one was."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from workbench.case.manifest import is_case_id
from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.sanitize import safe_text


def state_dir(case_id: str) -> Path:
    """This analyst's own folder for a case (XDG state, mode 0700), made where it is missing.

    Keyed by the id, 16 hex digits and nothing else, so that no path leads out of the state folder.
    What is kept of a ledger in it is bound to the case's folder too: see `Witness`. One that is
    there already is taken as it is. Raises WorkbenchError where it is not this analyst's alone.
    """
    if not is_case_id(case_id):
        raise IntegrityError(f"“{safe_text(case_id, 60)}” is no id of a case.")
    home = os.environ.get("XDG_STATE_HOME") or ""
    base = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "state"
    folder = base / "workbench" / case_id
    with suppress(FileExistsError):
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)  # whatever the umask took
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise WorkbenchError(
            f"{safe_text(folder)} is not a folder that only you may write.",
            hint="It keeps what you have seen of the case. Find out who made it (`ls -ld`), and "
            "move it away; a new one is made.",
        )
    return folder
