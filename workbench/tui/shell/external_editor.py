"""Hands a text to $EDITOR while the bench is suspended."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App

from workbench.text.sanitize import safe_text


def edit_outside(app: App[Any], folder: Path, text: str, suffix: str) -> str | None:
    """The text as the editor left it; None where there is no editor or it failed.

    `folder` is private: the text lies there while it is edited.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not editor.strip():
        app.notify("Set EDITOR to the editor you use.", severity="warning", markup=False)
        return None
    try:
        command = shlex.split(editor)
        with tempfile.TemporaryDirectory(dir=folder) as private:
            path = Path(private) / f"statement{suffix}"
            path.write_text(text, encoding="utf-8")
            with app.suspend():
                ended = subprocess.run([*command, str(path)], check=False)
            changed = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        app.notify(safe_text(f"{editor}: {error}"), severity="error", markup=False)
        return None
    return changed if ended.returncode == 0 else None
