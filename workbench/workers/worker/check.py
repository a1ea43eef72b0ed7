"""The check worker: judges saved queries and runs their tests on fixtures in memory.

Message in:  check  pack, own, files, fixtures, parent
Messages out: done findings, queries, tested; or error title message hint exit_code
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UsageError
from workbench.playbooks.format import CASE, OWN, SHIPPED, read_query
from workbench.workers import sandbox
from workbench.workers.protocol import Message
from workbench.workers.worker.one_shot import OnProgress, answer_once


def _answer(message: Message, _on_progress: OnProgress) -> Message:
    pack, own = Path(message["pack"]), Path(message["own"])
    files = [Path(file) for file in message["files"]]
    fixtures = Path(message["fixtures"])
    sandbox.enter([pack, own, *files, fixtures], [])
    from workbench.playbooks.library import against_shipped, read_library
    from workbench.playbooks.lint import empty_store, lint, lint_playbooks
    from workbench.playbooks.retired import lint_revisions
    from workbench.playbooks.row_tests import run_tests

    library = read_library(pack, own)
    findings = [["", str(path), error.message] for path, error in library.set_aside]
    queries = list(library.queries.values())
    if files:
        queries, findings = [], []
        for file in files:
            try:
                queries.append(read_query(file, trust=_trust(file, pack, own)))
            except UsageError as error:
                findings.append(["", str(file), error.message])
    store, tested = empty_store(), fixtures.is_dir()
    for query in queries:
        found = list(lint(query, library, store))
        if files and (why := against_shipped(query, pack)):
            found.append(f"it would not be used: {why}")
        if tested:
            found += run_tests(query, store, fixtures)
        findings += [[query.id, str(query.path), what] for what in found]
        store.clear()
    if not files:
        shipped = [query for query in queries if query.trust == SHIPPED]
        findings += [[name, str(path), what] for name, path, what in lint_revisions(shipped, pack)]
        findings += [[name, str(path), what] for name, path, what in lint_playbooks(library)]
    return {"ev": "done", "findings": findings, "queries": len(queries), "tested": tested}


def _trust(file: Path, pack: Path, own: Path) -> str:
    """A shipped file is held to what those are held to, also where it is checked alone."""
    if pack in file.parents:
        return SHIPPED
    return OWN if own in file.parents else CASE


def main() -> None:
    """Entry point."""
    answer_once(_answer, "The check failed")


if __name__ == "__main__":
    main()
