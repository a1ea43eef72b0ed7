"""Texts of shipped queries that were replaced, kept because evidence may rest on them.

`retired/<id>@<rev>.sql` is such a text, for a replay alone: it is in no list and nothing else runs
it. `retired/digests.txt` names every revision that was ever shipped with the digest of its text, so
that a text that changed without a new revision is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.format import SavedQuery, read_query

RETIRED, DIGESTS = "retired", "digests.txt"
Finding = tuple[str, Path, str]


def in_use(place: Path) -> list[Path]:
    """The query files below a folder of shipped queries that are not retired."""
    return [path for path in sorted(place.glob("**/*.sql")) if path.parent != place / RETIRED]


def shipped_ids(place: Path) -> frozenset[str]:
    """Every id under which a query was ever shipped: none of them is anybody else's."""
    try:
        return frozenset(name.partition("@")[0] for name in known_digests(place))
    except (UsageError, ValueError):
        return frozenset()  # `queries check` says what is wrong with the list


def retired_queries(place: Path) -> dict[str, SavedQuery]:
    """The replaced texts of a folder of shipped queries, by digest.

    Raises UsageError for a file that is no saved query.
    """
    found = [read_query(path) for path in sorted((place / RETIRED).glob("*.sql"))]
    return {query.sha256: query for query in found}


def known_digests(place: Path) -> dict[str, str]:
    """Digest by `<id>@<rev>` of every revision that was shipped.

    Raises UsageError where the list cannot be read.
    """
    path = place / RETIRED / DIGESTS
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def lint_revisions(queries: list[SavedQuery], place: Path) -> Iterator[Finding]:
    """Texts that changed without a new revision, and revisions whose text was not kept."""
    try:
        known, kept = known_digests(place), retired_queries(place)
    except (WorkbenchError, ValueError) as error:
        yield "", place / RETIRED, str(error)
        return
    current = {revision_name(query): query for query in queries}
    for name, query in current.items():
        if name not in known:
            yield (
                query.id,
                query.path,
                f"{RETIRED}/{DIGESTS} lacks it: add “{query.sha256}  {name}”",
            )
        elif known[name] != query.sha256:
            yield query.id, query.path, _changed(query)
    for query in kept.values():
        if query.path.name != f"{revision_name(query)}.sql":
            yield query.id, query.path, f"it holds {revision_name(query)}, not what it is named for"
    for name, digest in known.items():
        if name not in current and digest not in kept:
            yield name.partition("@")[0], place / RETIRED / f"{name}.sql", _gone(name, digest)


def _changed(query: SavedQuery) -> str:
    kept = f"{RETIRED}/{revision_name(query)}.sql"
    return (
        f"its text changed under revision {query.rev}, on which evidence may rest: keep the text "
        f"as it was as {kept}, and make this one rev = {query.rev + 1}"
    )


def _gone(name: str, digest: str) -> str:
    return (
        f"the text of {name} was shipped and is not here: evidence that rests on it could not be "
        f"run again; put the text of digest {digest[:12]}… there"
    )


def revision_name(query: SavedQuery) -> str:
    """`<id>@<rev>`, as the list of digests and the files of retired texts name it."""
    return f"{query.id}@{query.rev}"
