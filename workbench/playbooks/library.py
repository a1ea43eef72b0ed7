"""All saved queries and playbooks in sight: the case's own, the analyst's, the shipped ones."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from workbench.case.open_file import files_below
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.format import (
    Parameter,
    SavedQuery,
    Source,
    read_parameters,
    read_query,
    read_text,
)
from workbench.playbooks.retired import in_use
from workbench.resources import queries_dir
from workbench.settings import config_dir
from workbench.text.bounded import read_toml

TRAITS, PLAYBOOKS = "traits", "playbooks"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Step:
    """One step of a playbook: a query with values, what to say, when to stop, what to collect."""

    query: str
    params: dict[str, Any] = field(default_factory=dict)
    say: str = ""
    stop_if: str = ""
    mark: str = ""
    decide: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Playbook:
    """Ordered steps that name queries."""

    id: str
    title: str
    path: Path
    question: str = ""
    params: tuple[Parameter, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Library:
    """Queries by id (the first place in the search order wins), and files that are broken."""

    queries: dict[str, SavedQuery]
    playbooks: dict[str, Playbook]
    broken: tuple[tuple[Path, WorkbenchError], ...] = ()

    def query(self, name: str) -> SavedQuery:
        """The query of that id; raises UsageError with the near miss."""
        return _named(self.queries, name, "query")

    def playbook(self, name: str) -> Playbook:
        """The playbook of that id; raises UsageError with the near miss."""
        return _named(self.playbooks, name, "playbook")

    def listed(self) -> list[SavedQuery]:
        """Queries an analyst picks from: not the ones that only draw pages or feed families."""
        shown = [query for query in self.queries.values() if query.kind == "query"]
        return sorted(shown, key=lambda query: (query.pack, query.title))

    def traits(self) -> list[SavedQuery]:
        """The link families."""
        found = [query for query in self.queries.values() if query.kind == "trait"]
        return sorted(found, key=lambda query: query.id)

    def pivots(self, entity: str) -> list[tuple[SavedQuery, str]]:
        """Queries that take a value of this entity family, with the parameter that takes it."""
        found = []
        for query in self.listed():
            for parameter in query.params:
                takes_any = parameter.type == "entity" and parameter.name in (entity, "value")
                if parameter.type == entity or takes_any or parameter.name == entity:
                    found.append((query, parameter.name))
                    break
        return found


def _named(items: dict[str, Item], name: str, what: str) -> Item:
    if name in items:
        return items[name]
    near = difflib.get_close_matches(name, items, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"See: workbench {what} list"
    raise UsageError(f"There is no {what} “{name}”.", hint=hint)


def library_in_sight(case_queries: Path | None = None) -> Library:
    """Queries in search order: those of a case, the analyst's own, the shipped ones."""
    places = [(config_dir() / "queries", "user"), (queries_dir(), "pack")]
    if case_queries is not None:
        places.insert(0, (case_queries, "case"))
    return read_library(places)


def read_library(places: list[tuple[Path, str]]) -> Library:
    """Read every `*.sql` and playbook below the places, in search order (folder, trust word)."""
    queries: dict[str, SavedQuery] = {}
    playbooks: dict[str, Playbook] = {}
    broken: list[tuple[Path, WorkbenchError]] = []
    for place, trust in places:
        case = place.parent if trust == "case" else None
        for path in in_use(place) if case is None else _of_case(case, place.name, ".sql"):
            try:
                query = read_query(path, trust=trust, case=case)
            except UsageError as error:
                broken.append((path, error))
                continue
            queries.setdefault(query.id, query)
        books = (
            sorted(place.glob(f"**/{PLAYBOOKS}/*.toml"))
            if case is None
            else _of_case(case, place.name, ".toml")
        )
        for path in books:
            try:
                playbook = read_playbook(path, case)
            except UsageError as error:
                broken.append((path, error))
                continue
            playbooks.setdefault(playbook.id, playbook)
    return Library(queries, playbooks, tuple(broken))


def _of_case(case: Path, folder: str, suffix: str) -> list[Path]:
    found = [case / name for name in files_below(case, folder, suffix)]
    return [path for path in found if suffix != ".toml" or path.parent.name == PLAYBOOKS]


def read_playbook(path: Path, case: Path | None = None) -> Playbook:
    """Read one playbook; raises UsageError naming the file and what is wrong."""
    source = Source(path)
    text = read_text(path, case)
    try:
        values = read_toml(text)
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    steps = source.build_all(Step, values.pop("step", []), "step")
    params = read_parameters(path, values.pop("params", {}))
    source.only(values, ("id", "title", "question"), "field")
    for name in ("id", "title"):
        if name not in values:
            raise source.wrong(f"the field “{name}” is missing")
    words = {name: source.typed(value, str, name) for name, value in values.items()}
    return Playbook(path=path, params=params, steps=steps, **words)
