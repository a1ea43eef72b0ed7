"""Loads and clusters with progress on stderr: what `load`, `demo` and `--rebuild` share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.case.folder import MANIFEST, Case, Staging, staged
from workbench.cli import output
from workbench.decisions.entity_lists import entries_in_force
from workbench.decisions.service import CaseService, lapsed
from workbench.playbooks.trust import trust_made
from workbench.settings import Settings
from workbench.workers.host.analyse import analyse_store
from workbench.workers.host.load import LoadOptions, load_case
from workbench.workers.protocol import Message


def progress_words(message: Message) -> str:
    """A progress event as one line: phase, share, rate, time left."""
    done, total = int(message.get("done") or 0), int(message.get("total") or 0)
    words = str(message["phase"])
    if total:
        words += f"  {done:,} of {total:,} ({100 * done // total}%)"
    elif done:
        words += f"  {done:,}"
    if rate := message.get("rate"):
        words += f"  {rate:,.0f} a second"
    if eta := message.get("eta_s"):
        words += f"  {eta:,.0f} s left"
    return words


def build(
    path: Path,
    files: Sequence[Path],
    options: LoadOptions,
    settings: Settings,
    talk: output.Talk,
) -> tuple[Case, Message]:
    """Load files into a case and cluster it; returns the case and what the load said."""

    def on_progress(message: Message) -> None:
        talk.progress(progress_words(message))

    def analyse(staging: Staging) -> str:
        return analyse_store(
            staging, settings.load, overlay=_list_entries(path, settings), on_progress=on_progress
        )

    ours = not os.path.lexists(path / MANIFEST)
    try:
        case, summary = load_case(
            path, files, options, settings.load, analyse=analyse, on_progress=on_progress
        )
    finally:
        talk.end_progress()
    if ours:
        trust_made(case)
    return case, summary


def rebuild(path: Path, settings: Settings, talk: output.Talk) -> Case:
    """Cluster a case anew, as a new generation."""
    case = Case.open(path)
    overlay = _list_entries(path, settings)

    def on_progress(message: Message) -> None:
        talk.progress(progress_words(message))

    try:
        with staged(case) as staging:
            case.copy_generation(staging)
            revision = analyse_store(
                staging, settings.load, overlay=overlay, on_progress=on_progress
            )
            return case.commit(staging, case.manifest.sources, revision)
    finally:
        talk.end_progress()


def _list_entries(path: Path, settings: Settings) -> list[dict[str, Any]]:
    """The ledger's list entries that clustering applies: those that have not lapsed."""
    service = CaseService(Case.open(path), settings)
    try:
        entries = entries_in_force(service)
    finally:
        service.close()
    return [entry for entry in entries if not lapsed(entry["until"])]
