"""Loads and clusters with progress on stderr: what `load`, `demo` and `--rebuild` share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.case.folder import MANIFEST, Case
from workbench.case.generations import (
    Keep,
    Removed,
    Staging,
    commit_analysis,
    remove_unneeded_alone,
    staged,
)
from workbench.cli import output
from workbench.decisions.entity_lists import entries_in_force
from workbench.decisions.kept_data import generations_named
from workbench.decisions.service import CaseService, lapsed
from workbench.errors import WorkbenchError
from workbench.playbooks.trust import trust_made
from workbench.settings import Settings
from workbench.text.sanitize import safe_text
from workbench.workers.host.analyse import analyse_case
from workbench.workers.host.load import Loaded, LoadOptions, load_case
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
) -> Loaded:
    """Load files into a case and cluster it; returns the case and what the load said.

    Raises WorkbenchError where the load failed; where only the clustering did, the data are in and
    `Loaded.failure` says so.
    """

    def on_progress(message: Message) -> None:
        talk.progress(progress_words(message))

    def analyse(case: Case, staging: Staging, previous: Path | None) -> str:
        overlay = _list_entries(path, settings)
        try:
            return analyse_case(
                case,
                staging,
                settings.load,
                previous=previous,
                overlay=overlay,
                on_progress=on_progress,
            )
        except KeyboardInterrupt:
            talk.end_progress()
            talk.say(f"{_unclustered(case)}. To cluster them: {_command(case)}")
            raise

    ours = not os.path.lexists(path / MANIFEST)
    try:
        loaded = load_case(
            path,
            files,
            options,
            settings.load,
            analyse=analyse,
            keep=None if ours else kept_generations(path, settings),
            on_progress=on_progress,
        )
    finally:
        talk.end_progress()
    if ours:
        trust_made(loaded.case)
    return loaded


def stop_unclustered(loaded: Loaded) -> None:
    """Raise why what was loaded could not be clustered; the data are in all the same."""
    if loaded.failure is None:
        return
    raise WorkbenchError(
        f"{_unclustered(loaded.case)}: {loaded.failure.message}",
        hint=f"{loaded.failure.hint} To cluster them again: {_command(loaded.case)}".strip(),
    ) from loaded.failure


def _unclustered(case: Case) -> str:
    number = case.manifest.generation
    return f"The data are in (generation {number}), but they were not clustered"


def _command(case: Case) -> str:
    return f"workbench clusters {safe_text(case.root)} --rebuild"


def rebuild(path: Path, settings: Settings, talk: output.Talk) -> tuple[Case, list[Removed]]:
    """Cluster a case anew, as a new analysis; returns it and what is no longer kept."""
    case = Case.open(path)
    overlay = _list_entries(path, settings)
    keep = kept_generations(path, settings)

    def on_progress(message: Message) -> None:
        talk.progress(progress_words(message))

    try:
        with staged(case) as staging:
            revision = analyse_case(
                case,
                staging,
                settings.load,
                previous=case.parts.analysis,
                overlay=overlay,
                on_progress=on_progress,
            )
            case = commit_analysis(case, staging, revision)
            gone = remove_unneeded_alone(case, keep)
            return Case.open(path), gone
    finally:
        talk.end_progress()


def kept_generations(path: Path, settings: Settings) -> Keep:
    """What the settings keep of a case, and what evidence in its ledger rests on."""
    service = CaseService(Case.open(path), settings)
    try:
        named = generations_named(service)
    finally:
        service.close()
    wanted = settings.generations
    return Keep(max(wanted.keep, 1), wanted.max_gib << 30, named)


def _list_entries(path: Path, settings: Settings) -> list[dict[str, Any]]:
    """The ledger's list entries that clustering applies: those that have not lapsed."""
    service = CaseService(Case.open(path), settings)
    try:
        entries = entries_in_force(service)
    finally:
        service.close()
    return [entry for entry in entries if not lapsed(entry["until"])]
