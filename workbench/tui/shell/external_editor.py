"""Hands a text to $EDITOR while the bench is suspended."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.text.sanitize import safe_text

if TYPE_CHECKING:
    from workbench.tui.app import Bench


def edit_outside(bench: Bench, text: str, suffix: str) -> str | None:
    """The text as the editor left it; None where there is no editor or it failed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not editor.strip():
        bench.notify("Set EDITOR to the editor you use.", severity="warning", markup=False)
        return None
    try:
        command = shlex.split(editor)
        with tempfile.TemporaryDirectory(dir=bench.service.state_dir) as folder:
            path = Path(folder) / f"statement{suffix}"
            path.write_text(text, encoding="utf-8")
            with bench.suspend():
                ended = subprocess.run([*command, str(path)], check=False)
            changed = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        bench.notify(safe_text(f"{editor}: {error}"), severity="error", markup=False)
        return None
    return changed if ended.returncode == 0 else None
