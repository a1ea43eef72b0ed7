"""The check worker: judges saved queries and runs their tests on fixtures in memory.

Message in:  check  places, files, fixtures, parent
Messages out: done findings, queries, tested; or error title message hint exit_code
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import UsageError, WorkbenchError
from workbench.workers import sandbox
from workbench.workers.protocol import Message, Reader, send


def _answer(message: Message) -> Message:
    places = [(Path(place), str(trust)) for place, trust in message["places"]]
    files = [Path(file) for file in message["files"]]
    fixtures = Path(message["fixtures"])
    sandbox.enter([place for place, _ in places] + files + [fixtures], [])
    from workbench.playbooks.format import read_query
    from workbench.playbooks.library import read_library
    from workbench.playbooks.lint import empty_store, lint, lint_playbooks, run_tests

    library = read_library(places)
    findings = [["", str(path), error.message] for path, error in library.broken]
    queries = list(library.queries.values())
    if files:
        queries, findings = [], []
        for file in files:
            try:
                queries.append(read_query(file, trust="case"))
            except UsageError as error:
                findings.append(["", str(file), error.message])
    store, tested = empty_store(), fixtures.is_dir()
    for query in queries:
        found = list(lint(query, library, store))
        if tested:
            found += run_tests(query, store, fixtures)
        findings += [[query.id, str(query.path), what] for what in found]
        store.clear()
    if not files:
        findings += [[name, str(path), what] for name, path, what in lint_playbooks(library)]
    return {"ev": "done", "findings": findings, "queries": len(queries), "tested": tested}


def main() -> None:
    """Entry point: one request, one answer."""
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    message = Reader(0).read()[0]
    sandbox.die_with_parent(int(message["parent"]))
    try:
        answer = _answer(message)
    except WorkbenchError as error:
        answer = {"ev": "error", **error.as_message()}
    except Exception as error:  # the process boundary: it must be reported, not lost
        failed = WorkbenchError(f"{type(error).__name__}: {error}", title="The check failed")
        answer = {"ev": "error", **failed.as_message()}
    send(output, answer)


if __name__ == "__main__":
    main()
