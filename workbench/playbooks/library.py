"""All saved queries and playbooks in sight: the shipped ones, the analyst's own, the case's.

What the program asks for itself (pages, counts, evidence, link families) comes from the shipped
ones alone. A file of another place never takes the place of one: an id belongs to the first that
has it, shipped before own before the case's, and whatever is not used is named with the reason.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from workbench.case.folder import Case
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.case_files import PLAYBOOKS, CaseFiles, read_case_files
from workbench.playbooks.format import (
    CASE,
    OWN,
    SHIPPED,
    SavedQuery,
    parse_query,
    read_query,
    read_text,
    text_of,
)
from workbench.playbooks.playbook import Playbook, parse_playbook
from workbench.playbooks.retired import in_use, shipped_ids
from workbench.playbooks.trust import is_trusted
from workbench.resources import queries_dir
from workbench.settings import config_dir
from workbench.text.format import counted
from workbench.text.sanitize import safe_text

Item = TypeVar("Item", SavedQuery, Playbook)
_PLACES = {OWN: "your own folder", CASE: "the case"}
# What is written alike: a digit for a letter, two letters for one, a hyphen more or less.
_ALIKE = (("-", ""), ("0", "o"), ("1", "l"), ("i", "l"), ("rn", "m"), ("vv", "w"))


@dataclass(frozen=True)
class Library:
    """Queries and playbooks by id; `set_aside` are the files that are not used, and why.

    Where `untrusted` names a case, what comes from it is listed and shown, and does not run.
    """

    queries: dict[str, SavedQuery]
    playbooks: dict[str, Playbook]
    set_aside: tuple[tuple[Path, WorkbenchError], ...] = ()
    untrusted: Path | None = None

    def shipped(self, name: str) -> SavedQuery:
        """The query that the program ships under that id, whatever else bears it.

        Raises UsageError where it ships none.
        """
        query = self.queries.get(name)
        if query is None or query.trust != SHIPPED:
            raise UsageError(f"There is no shipped query “{name}”.")
        return query

    def query(self, name: str) -> SavedQuery:
        """The query of that id, to be run; raises UsageError with the near miss.

        Raises WorkbenchError where it comes from a case that is not trusted.
        """
        return self._to_run(_named(self.queries, name, "query", "queries"), "query")

    def playbook(self, name: str) -> Playbook:
        """The playbook of that id, to be run; raises as `query` does."""
        return self._to_run(_named(self.playbooks, name, "playbook", "playbook"), "playbook")

    def seen_query(self, name: str) -> SavedQuery:
        """The query of that id, to be shown; raises UsageError with the near miss."""
        return _named(self.queries, name, "query", "queries")

    def seen_playbook(self, name: str) -> Playbook:
        """The playbook of that id, to be shown; raises UsageError with the near miss."""
        return _named(self.playbooks, name, "playbook", "playbook")

    def runs(self, item: SavedQuery | Playbook) -> bool:
        """Whether it may run here."""
        return item.trust != CASE or self.untrusted is None

    def trust_words(self, item: SavedQuery | Playbook) -> str:
        """Where it comes from, and whether it does not run."""
        return item.trust if self.runs(item) else f"{item.trust}, not trusted"

    def waiting(self) -> list[SavedQuery | Playbook]:
        """What comes from the case and does not run until the case is trusted."""
        items: list[SavedQuery | Playbook] = [*self.queries.values(), *self.playbooks.values()]
        return [item for item in items if not self.runs(item)]

    def untrusted_words(self) -> str:
        """What the case brings that does not run, and how it would, in one line."""
        if not (waiting := self.waiting()):
            return ""
        case = shlex.quote(safe_text(self.untrusted))
        files = counted(len(waiting), "file")
        return f"{files} of the case's own queries, not trusted: workbench trust {case}"

    def not_used(self) -> list[tuple[Path, WorkbenchError]]:
        """Every file that is not used, and why."""
        waiting = [(item.path, self._not_trusted(item, _kind(item))) for item in self.waiting()]
        return [*self.set_aside, *waiting]

    def _to_run(self, item: Item, what: str) -> Item:
        if not self.runs(item):
            raise self._not_trusted(item, what)
        return item

    def _not_trusted(self, item: SavedQuery | Playbook, what: str) -> WorkbenchError:
        case = shlex.quote(str(self.untrusted))
        return WorkbenchError(
            f"The {what} “{item.id}” ({item.path}) comes with the case, and you have not trusted "
            "this case: it does not run.",
            hint=f"Read it: workbench trust {case} --show; let it run: workbench trust {case}",
            title="Not trusted",
        )

    def listed(self) -> list[SavedQuery]:
        """Queries an analyst picks from: not the ones that only draw pages or feed families."""
        shown = [query for query in self.queries.values() if query.kind == "query"]
        return sorted(shown, key=lambda query: (query.pack, query.title, query.id))

    def runnable(self) -> list[SavedQuery]:
        """Queries of the list that may run here."""
        return [query for query in self.listed() if self.runs(query)]

    def parameters(self) -> Iterator[SavedQuery]:
        """Queries whose parameters a statement by hand may borrow; the shipped ones last."""
        found = [query for query in self.queries.values() if self.runs(query)]
        yield from sorted(found, key=lambda query: query.trust == SHIPPED)

    def traits(self) -> list[SavedQuery]:
        """The link families."""
        found = [query for query in self.queries.values() if query.kind == "trait"]
        return sorted(found, key=lambda query: query.id)

    def pivots(self, entity: str) -> list[tuple[SavedQuery, str]]:
        """Queries that take a value of this entity family, with the parameter that takes it."""
        found = []
        for query in self.runnable():
            for parameter in query.params:
                takes_any = parameter.type == "entity" and parameter.name in (entity, "value")
                if parameter.type == entity or takes_any or parameter.name == entity:
                    found.append((query, parameter.name))
                    break
        return found


def origin_words(item: SavedQuery | Playbook) -> str:
    """Where a query or playbook that is no shipped one comes from, in a sentence."""
    return (
        f"The {_kind(item)} {item.id} does not ship with the workbench: it comes from "
        f"{_PLACES[item.trust]}, {item.path} (SHA-256 {item.sha256[:16]}…)."
    )


def _kind(item: SavedQuery | Playbook) -> str:
    return "playbook" if isinstance(item, Playbook) else "query"


def _named(items: Mapping[str, Item], name: str, what: str, command: str) -> Item:
    if name in items:
        return items[name]
    near = difflib.get_close_matches(name[:200], items, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"See: workbench {command} list"
    raise UsageError(f"There is no {what} “{name}”.", hint=hint)


def library_in_sight(case: Case | None = None) -> Library:
    """The shipped queries, the analyst's own, and those of a case with the trust it has."""
    return read_library_with(read_case_files(case) if case is not None else None)


def read_library_with(files: CaseFiles | None) -> Library:
    """The same, with files of a case that were read already."""
    return read_library(queries_dir(), _own_folder(), files)


def read_library(
    pack: Path | None = None, own: Path | None = None, files: CaseFiles | None = None
) -> Library:
    """Read queries and playbooks of the shipped folder, the analyst's own and a case."""
    reading = _read(pack, own, files)
    untrusted = files.root if files is not None and not is_trusted(files) else None
    return Library(reading.queries, reading.playbooks, tuple(reading.set_aside), untrusted)


def check_new(query: SavedQuery, files: CaseFiles) -> None:
    """Refuse to save a query that would not be used; raises UsageError saying why."""
    conflict = _read(queries_dir(), _own_folder(), files).conflict(query)
    if conflict is not None:
        raise UsageError(f"It cannot be saved: {conflict[0]}.", hint="Choose another title.")


def against_shipped(query: SavedQuery, pack: Path) -> str:
    """Why a query could not be used beside the shipped ones; the empty string where it can."""
    conflict = None if query.trust == SHIPPED else _read(pack, None, None).conflict(query)
    return conflict[0] if conflict is not None else ""


def _own_folder() -> Path:
    return config_dir() / "queries"


def _read(pack: Path | None, own: Path | None, files: CaseFiles | None) -> _Reading:
    reading = _Reading(shipped_ids(pack) if pack is not None else frozenset())
    if pack is not None:
        reading.take_folder(pack, SHIPPED)
    if own is not None:
        reading.take_folder(own, OWN)
    if files is not None:
        reading.take_case(files)
    return reading


@dataclass
class _Reading:
    """Takes files in the order in which ids are given away."""

    reserved: frozenset[str]
    queries: dict[str, SavedQuery] = field(default_factory=dict)
    playbooks: dict[str, Playbook] = field(default_factory=dict)
    set_aside: list[tuple[Path, WorkbenchError]] = field(default_factory=list)
    alike: dict[str, str] = field(default_factory=dict)

    def take_folder(self, folder: Path, trust: str) -> None:
        for path in in_use(folder):
            with _Aside(self, path):
                self._take(self.queries, read_query(path, trust=trust))
        for path in sorted(folder.glob(f"**/{PLAYBOOKS}/*.toml")):
            with _Aside(self, path):
                self._take(self.playbooks, parse_playbook(read_text(path), path, trust))
        if trust == SHIPPED:
            ids = {*self.reserved, *self.queries, *self.playbooks}
            self.reserved = frozenset(ids)
            self.alike = {_skeleton(name): name for name in sorted(ids)}

    def take_case(self, files: CaseFiles) -> None:
        self.set_aside += [(files.root / name, error) for name, error in files.refused.items()]
        for name in files.queries():
            path = files.root / name
            with _Aside(self, path):
                text = text_of(path, files.files[name])
                self._take(self.queries, parse_query(text, path, pack=path.parent.name, trust=CASE))
        for name in files.playbooks():
            path = files.root / name
            with _Aside(self, path):
                text = text_of(path, files.files[name])
                self._take(self.playbooks, parse_playbook(text, path, CASE))

    def _take(self, items: dict[str, Item], item: Item) -> None:
        if (conflict := self.conflict(item)) is not None:
            raise UsageError(f"{item.path} is not used: {conflict[0]}.", hint=conflict[1])
        items[item.id] = item

    def conflict(self, item: SavedQuery | Playbook) -> tuple[str, str] | None:
        """Why an item cannot be taken, and what to do."""
        items: Mapping[str, SavedQuery | Playbook]
        items = self.queries if isinstance(item, SavedQuery) else self.playbooks
        if item.trust != SHIPPED:
            if item.id in self.reserved:
                return (
                    f"its id “{item.id}” is that of a file which ships with the workbench",
                    "Give it an id of its own, or remove it.",
                )
            if (like := self.alike.get(_skeleton(item.id))) is not None:
                return (
                    f"its id “{item.id}” reads like “{like}”, which ships with the workbench",
                    "Give it an id that cannot be mistaken, or remove it.",
                )
        if (first := items.get(item.id)) is not None:
            return (
                f"its id “{item.id}” is that of {first.path}",
                "An id belongs to one file: give it another one, or remove it.",
            )
        if isinstance(item, SavedQuery) and item.trust != SHIPPED:
            return _conflict_of_kind(item)
        return None


def _conflict_of_kind(query: SavedQuery) -> tuple[str, str] | None:
    """Why a query cannot do what the shipped ones alone do."""
    if query.kind == "trait":
        return (
            f"it is a link family in {_PLACES[query.trust]}, and clusters are found by those alone "
            "that ship with the workbench",
            'With kind = "query" it would be in the list of saved queries.',
        )
    if query.kind != "query":
        return (
            f"of kind “{query.kind}” are the files alone that ship with the workbench and draw its "
            "pages",
            'With kind = "query" it would be in the list of saved queries.',
        )
    return None


@dataclass
class _Aside:
    """Sets a file aside that cannot be taken."""

    reading: _Reading
    path: Path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, UsageError):
            return False
        self.reading.set_aside.append((self.path, error))
        return True


def _skeleton(name: str) -> str:
    for seen, meant in _ALIKE:
        name = name.replace(seen, meant)
    return name
