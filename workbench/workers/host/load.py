"""The command line's side of a load: a generation staged, filled, committed, then analysed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from workbench.case.folder import MANIFEST, Case
from workbench.case.generations import (
    Keep,
    Removed,
    Staging,
    commit_analysis,
    commit_generation,
    remove_unneeded_alone,
    staged,
)
from workbench.case.leftovers import no_load_runs
from workbench.case.manifest import Source
from workbench.case.open_file import copy_case_file
from workbench.errors import UsageError, WorkbenchError
from workbench.settings import LoadSettings, thread_count
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.workers.host.one_shot import ask_once
from workbench.workers.protocol import Message

# Clusters the case's data into the staged analysis and returns its revision; the path is that of
# the analysis before, where there was one.
Analyse = Callable[[Case, Staging, Path | None], str]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the command line says beside the files. `mapping` is the text of a profile.

    Files for a case that holds data are appended to it or replace what it holds: one of the two is
    said, or the load is refused.
    """

    table: str = ""
    mapping: str = ""
    append: bool = False
    replace: bool = False
    name: str = ""
    group: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    encoding: str = ""
    zone: str = ""
    since: str = ""
    until: str = ""
    accept: bool = False


class MappingProposed(WorkbenchError):
    """A mapping is proposed that somebody must look at; `toml` is its text, `sure` how sure."""

    def __init__(self, answer: Message) -> None:
        self.toml = str(answer["toml"])
        self.sure = bool(answer["sure"])
        super().__init__(str(answer["message"]), hint=str(answer["hint"]))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: the case as it now is, and what the load worker said of it.

    `failure` is why what was loaded could not be clustered.
    """

    case: Case
    summary: Message
    failure: WorkbenchError | None = None
    removed: tuple[Removed, ...] = ()


def load_case(
    path: Path,
    files: Sequence[Path],
    options: LoadOptions,
    settings: LoadSettings,
    *,
    analyse: Analyse | None = None,
    keep: Keep | None = None,
    on_progress: Callable[[Message], None] | None = None,
) -> Loaded:
    """Load files into the case at `path`, made where it is missing.

    What was loaded is committed before `analyse` clusters it: where that fails, the data stand and
    `Loaded.failure` says why. Whatever fails or is interrupted before leaves the case as it was;
    raises the error that stopped it. With `keep`, what no longer has to be kept is removed.
    """
    made = not os.path.lexists(path / MANIFEST)
    fresh = made and not path.exists()
    case = Case.create(path, options.name, options.group) if made else Case.open(path)
    try:
        with staged(case) as staging:
            _refuse_to_overwrite(case, options)
            previous = case.parts.analysis
            summary = ask(load_message(case, staging, files, options, settings), on_progress)
            sources = tuple(Source(**source) for source in summary["sources"])
            rows = sum(int(rows) for rows in summary["tables"].values())
            if options.replace and case.manifest.generation and not rows:
                raise _nothing_to_replace_with(case, summary)
            case = commit_generation(case, staging, sources, rows)
            loaded = Loaded(case, summary)
            if analyse is not None:
                loaded = _analysed(loaded, staging, previous, analyse)
            if keep is not None:
                gone = remove_unneeded_alone(Case.open(path), keep)
                loaded = replace(loaded, case=Case.open(path), removed=tuple(gone))
            return loaded
    except BaseException:
        if fresh:
            _remove_unused(path)
        raise


def _refuse_to_overwrite(case: Case, options: LoadOptions) -> None:
    """Raise UsageError where data would be added or replaced and nobody said which."""
    if case.manifest.generation == 0 or options.append or options.replace:
        return
    current = case.manifest.current
    files = counted(len(current.sources), "file")
    name = safe_text(case.root)
    raise UsageError(
        f"The case {name} holds data already (generation {current.number}, {files}, "
        f"{counted(sum(part.rows for part in case.manifest.files), 'record')}).",
        hint="Say what is to become of them. To add these files: --append. To put them in the "
        "place of what the case holds: --replace; the generation before can be brought back with: "
        f"workbench generations restore {name} {current.number}",
    )


def _nothing_to_replace_with(case: Case, summary: Message) -> WorkbenchError:
    return WorkbenchError(
        f"No record of these files could be loaded ({counted(int(summary['rejected']), 'record')} "
        f"rejected): {safe_text(case.root)} keeps what it holds.",
        hint="Add --dry-run to the same command to see why.",
    )


def _analysed(loaded: Loaded, staging: Staging, previous: Path | None, analyse: Analyse) -> Loaded:
    try:
        revision = analyse(loaded.case, staging, previous)
        return replace(loaded, case=commit_analysis(loaded.case, staging, revision))
    except WorkbenchError as error:
        return replace(loaded, failure=error)


def _remove_unused(path: Path) -> None:
    """Remove a case that a load made and did not fill, unless another load has it by now."""
    with no_load_runs(path) as alone:
        if alone and Case.open(path).manifest.generation == 0:
            shutil.rmtree(path, ignore_errors=True)


def preview_case(files: Sequence[Path], options: LoadOptions, settings: LoadSettings) -> Message:
    """What a load would do: for each file its table, first rows and shares of NULL."""
    return _look(files, options, settings, {"dry_run": True})


def fields_of_files(files: Sequence[Path], options: LoadOptions, settings: LoadSettings) -> Message:
    """Every field of the files, with the mapping that is proposed for each file."""
    return _look(files, options, settings, {"fields": True})


def _look(
    files: Sequence[Path], options: LoadOptions, settings: LoadSettings, what: Message
) -> Message:
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        staging = Staging(Path(folder), 0, -1)
        for inner in (staging.rejects_dir, staging.spill_dir):
            inner.mkdir()
        message = load_message(None, staging, files, options, settings)
        return ask(message | what, None)


def load_message(
    case: Case | None,
    staging: Staging,
    files: Sequence[Path],
    options: LoadOptions,
    settings: LoadSettings,
) -> Message:
    """The request to a load worker."""
    previous = case if case is not None and options.append and case.manifest.generation else None
    if previous is not None:
        previous.check_store()
        root = previous.root.resolve()
        # Copied here, where the whole way to it can be opened: the worker may not look around.
        with suppress(FileNotFoundError):
            kept = previous.rejects_path.relative_to(previous.root)
            copy_case_file(root, kept, staging.rejects_dir / "rejects.jsonl")
    return {
        "op": "load",
        "cwd": os.getcwd(),
        "store": str(staging.store_path.resolve()),
        "rejects": str(staging.rejects_dir.resolve()),
        "spill": str(staging.spill_dir.resolve()),
        "generation": staging.number,
        "files": [os.fspath(file) for file in files],
        "table": options.table,
        "mapping": options.mapping,
        "previous_store": str(root / previous.parts.data[0].name) if previous else "",
        "previous_sources": [_fields(s) for s in previous.manifest.sources] if previous else [],
        "memory_mib": settings.memory,
        "address_space_mib": 0,
        "threads": thread_count(),
        "largest_bytes": settings.largest_extract_gib << 30,
        "include": list(options.include),
        "exclude": list(options.exclude),
        "encoding": options.encoding,
        "zone": options.zone,
        "since": options.since,
        "until": options.until,
        "accept": options.accept,
        "dry_run": False,
        "fields": False,
    }


def _fields(source: Source) -> dict[str, str | int]:
    return asdict(source)


def ask(message: Message, on_progress: Callable[[Message], None] | None) -> Message:
    """Run one load worker to its answer; raises the error that it reported."""
    ended = WorkbenchError(
        "The load worker ended before it was done; nothing was committed.",
        hint="It may have run out of memory: lower load.memory_mib in the settings.",
    )
    answer = ask_once("load", message, ended, on_progress)
    if answer.get("ev") == "proposal":
        raise MappingProposed(answer)
    return answer
