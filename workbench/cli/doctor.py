"""`workbench doctor`: what this host, terminal and installation offer."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from pathlib import Path

import click

from workbench.cli import output
from workbench.playbooks.retired import in_use
from workbench.resources import queries_dir, sample_dir
from workbench.settings import config_dir, describe, load_settings
from workbench.workers.sandbox import landlock_abi

_PACKAGES = ("textual", "duckdb", "polars", "rich", "sqlglot", "igraph", "numpy", "click")


@click.command()
@click.option("--settings", "show_settings", is_flag=True, help="every setting with its meaning")
def doctor(show_settings: bool) -> int:
    """Check terminal, locale, isolation, disk, memory and versions."""
    if show_settings:
        output.write(output.table_text(["setting", "default", "meaning"], describe()))
        return 0
    settings = load_settings()
    abi = landlock_abi()
    disk = shutil.disk_usage(Path.cwd())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    rows = [
        ["python", sys.version.split()[0], ""],
        *([name, importlib.metadata.version(name), ""] for name in _PACKAGES),
        ["terminal", os.environ.get("TERM", "not set"), _terminal_advice()],
        ["locale", sys.stdout.encoding, "" if utf8 else "export LC_ALL=C.UTF-8"],
        ["isolation", f"Landlock {abi}" if abi > 0 else "no Landlock",
         "" if abi > 0 else "reduced isolation: file modes alone protect the case"],
        ["processors", str(os.cpu_count()), f"engine uses {settings.engine.thread_count}"],
        ["memory", f"{memory >> 20:,} MiB", f"a bench may use {settings.engine.memory_mib:,} MiB"],
        ["disk here", f"{disk.free >> 30:,} GiB free", ""],
        ["ssh-keygen", "yes" if shutil.which("ssh-keygen") else "no",
         "" if shutil.which("ssh-keygen") else "signatures cannot be made or checked"],
        ["queries", str(len(in_use(queries_dir()))), str(queries_dir())],
        ["sample", "yes" if sample_dir() else "no", ""],
        ["settings", str(config_dir() / "settings.toml"), "workbench doctor --settings"],
    ]  # fmt: skip
    output.write(output.table_text(["what", "here", "note"], rows))
    return 0


def _terminal_advice() -> str:
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return "the bench cannot draw here; the commands work"
    if os.environ.get("SSH_CONNECTION") and not os.environ.get("TMUX"):
        return "over SSH: run it inside tmux, so that a dropped line loses nothing"
    return ""
