"""What `case.toml` says: the case, its generations with their parts and analyses, its sources.

Format 2. A generation is one state of the data: an ordered list of immutable parts. An analysis is
a part too, belongs to one generation and has a number of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.bounded import read_toml
from workbench.text.sanitize import safe_text
from workbench.text.toml import toml_text

FORMAT = 2
_CASE_ID = re.compile(r"[0-9a-f]{16}")
_PART_NAME = re.compile(r"(store-[0-9]{1,9}|analysis-[0-9]{1,9}-[0-9]{1,9})\.duckdb")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_NUMBER = 10**9


@dataclass(frozen=True, slots=True)
class Source:
    """One extract file as it was loaded; `generation` is the load that brought it in."""

    source_id: int
    path: str
    format: str
    sha256: str
    bytes: int
    rows: int
    rejected: int
    table: str
    generation: int
    loaded_at: str
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable file of a case; `rows` counts what its tables of extracts hold."""

    name: str
    sha256: str
    bytes: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Analysis:
    """Clusters and evidence of one generation; `revision` names method, link families and lists."""

    number: int
    part: str
    revision: str
    committed_at: str
    tool: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the data; `analysis` is the number of the analysis in force, 0 for none."""

    number: int
    committed_at: str
    tool: str
    analysis: int = 0
    parts: tuple[str, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    sources: tuple[Source, ...] = ()

    def analysis_of(self, number: int) -> Analysis | None:
        """The analysis of that number."""
        return next((one for one in self.analyses if one.number == number), None)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the parts that are read: of the data, then of the analysis in force."""
        current = self.analysis_of(self.analysis)
        names = (*self.parts, *((current.part,) if current else ()))
        return tuple(dict.fromkeys(names))

    @property
    def all_files(self) -> tuple[str, ...]:
        """Names of all its parts, those of earlier analyses too."""
        return tuple(dict.fromkeys((*self.parts, *(one.part for one in self.analyses))))


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `case.toml`. Generation 0 is a case into which nothing was loaded yet."""

    case_id: str
    name: str
    created_at: str
    tool: str
    generation: int = 0
    group: str = ""
    format: int = FORMAT
    parts: tuple[Part, ...] = field(default=())
    generations: tuple[Generation, ...] = field(default=())

    def generation_of(self, number: int) -> Generation | None:
        """The generation of that number, where the case still has it."""
        return next((one for one in self.generations if one.number == number), None)

    @property
    def current(self) -> Generation:
        """The generation in force; one of number 0 and without parts where nothing was loaded."""
        return self.generation_of(self.generation) or Generation(0, "", "")

    @property
    def analysis(self) -> int:
        """The number of the analysis in force; 0 where nothing was clustered yet."""
        return self.current.analysis

    @property
    def revision(self) -> str:
        """The revision of the analysis in force."""
        found = self.current.analysis_of(self.analysis)
        return found.revision if found is not None else ""

    @property
    def committed_at(self) -> str:
        """When the generation in force was committed."""
        return self.current.committed_at

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the generation in force."""
        return self.current.sources

    @property
    def newest(self) -> int:
        """The highest number that a generation ever had; a new one gets the next."""
        return max((one.number for one in self.generations), default=self.generation)

    def part(self, name: str) -> Part:
        """The part of that name; a generation names none that the manifest does not list."""
        return next(one for one in self.parts if one.name == name)

    @property
    def files(self) -> tuple[Part, ...]:
        """The parts that the generation and the analysis in force are made of."""
        return tuple(self.part(name) for name in self.current.files)

    @property
    def store_bytes(self) -> int:
        """Bytes of these parts."""
        return sum(part.bytes for part in self.files)

    @property
    def store_sha256(self) -> str:
        """The digest of these parts: of one its own, of several that of `sha256sum`'s lines."""
        return parts_digest(self.files)

    def with_generation(self, made: Generation, parts: Iterable[Part]) -> Manifest:
        """The manifest with this generation as it now is, in force, and these new parts."""
        known = {part.name: part for part in (*self.parts, *parts)}
        others = [one for one in self.generations if one.number != made.number]
        return replace(
            self,
            generation=made.number,
            format=FORMAT,
            parts=tuple(known.values()),
            generations=tuple(sorted((*others, made), key=lambda one: one.number)),
        )

    def pruned(self, numbers: Iterable[int], files: Iterable[str] = ()) -> Manifest:
        """The manifest without these generations, these files of old analyses, and their parts."""
        gone, dropped = set(numbers), set(files)
        kept = tuple(
            replace(one, analyses=tuple(a for a in one.analyses if a.part not in dropped))
            for one in self.generations
            if one.number not in gone
        )
        named = {name for one in kept for name in one.all_files}
        parts = tuple(part for part in self.parts if part.name in named)
        return replace(self, parts=parts, generations=kept)

    def to_toml(self) -> str:
        """The manifest as TOML text in printable ASCII."""
        return toml_text(asdict(self))


def parts_digest(parts: Sequence[Part]) -> str:
    """One digest of parts: of one part its own; of several that of the text `sha256sum` prints."""
    if len(parts) == 1:
        return parts[0].sha256
    lines = "".join(f"{part.sha256}  {part.name}\n" for part in parts)
    return hashlib.sha256(lines.encode("ascii")).hexdigest() if parts else ""


def from_toml(text: str, where: str) -> Manifest:
    """Read a manifest; `where` names the file in errors.

    One of format 1 is read as what it says in format 2. Raises IntegrityError where the text is no
    manifest, WorkbenchError where its format is newer.
    """
    try:
        values = read_toml(text)
    except ValueError as error:
        raise IntegrityError(
            f"{where} cannot be read: {safe_text(error)}.",
            hint="Restore case.toml from a backup of the case folder.",
        ) from error
    version = values.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise WorkbenchError(
            f"{where} has case format {version}; this workbench reads up to format {FORMAT}.",
            hint="Open the case with the newer workbench that wrote it.",
        )
    if version not in (1, FORMAT) or type(version) is not int:
        raise WorkbenchError(
            f"{where} does not say a case format that this workbench knows.",
            hint="Load the extracts into a new case: workbench load NEW_CASE FILE... ; copy "
            "audit.jsonl and audit.d/ over to keep the decisions.",
        )
    manifest = _Reader(where).manifest(values if version == FORMAT else _from_format_1(values))
    _check(manifest, where)
    return manifest


def _from_format_1(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest of format 1 says, in format 2: its one store is data and analysis at once."""
    kept = {
        name: values[name]
        for name in ("case_id", "name", "created_at", "tool", "generation", "group")
        if name in values
    }
    number = values.get("generation", 0)
    if type(number) is not int or number <= 0:
        return kept | {"format": FORMAT}
    store, tool = f"store-{number}.duckdb", values.get("tool")
    committed = values.get("committed_at", "")
    listed = values.get("sources", [])
    sources = listed if isinstance(listed, list) else []
    rows = [one.get("rows") for one in sources if isinstance(one, Mapping)]
    part = {
        "name": store,
        "sha256": values.get("store_sha256", ""),
        "bytes": values.get("store_bytes", 0),
        "rows": sum(one for one in rows if isinstance(one, int)),
    }
    analysis = {
        "number": 1, "part": store, "revision": values.get("analysis", ""),
        "committed_at": committed, "tool": tool,
    }  # fmt: skip
    made = {
        "number": number, "committed_at": committed, "tool": tool, "analysis": 1,
        "parts": [store], "analyses": [analysis], "sources": listed,
    }  # fmt: skip
    return kept | {"format": FORMAT, "parts": [part], "generations": [made]}


def is_case_id(text: str) -> bool:
    """Whether a text is the id of a case: 16 lower-case hex digits."""
    return _CASE_ID.fullmatch(text) is not None


def is_part_name(text: str) -> bool:
    """Whether a text is a name that a commit gives to a part."""
    return _PART_NAME.fullmatch(text) is not None


_Kind = TypeVar("_Kind", Source, Part, Analysis, Generation, Manifest)


class _Reader:
    """Makes the manifest of parsed TOML; whatever is missing or of another type is named."""

    def __init__(self, where: str) -> None:
        self._where = where

    def manifest(self, values: Mapping[str, Any]) -> Manifest:
        """The manifest and all in it."""
        found = self._made(Manifest, values, "case")
        generations = [self._generation(one) for one in self._list(values, "generations")]
        parts = [self._made(Part, one, "parts") for one in self._list(values, "parts")]
        return replace(found, generations=tuple(generations), parts=tuple(parts))

    def _generation(self, values: Any) -> Generation:
        found = self._made(Generation, values, "generations")
        names = self._list(values, "parts")
        if not all(isinstance(name, str) for name in names):
            raise misfit(self._where, "parts")
        analyses = [self._made(Analysis, a, "analyses") for a in self._list(values, "analyses")]
        sources = [self._made(Source, s, "sources") for s in self._list(values, "sources")]
        return replace(found, parts=tuple(names), analyses=tuple(analyses), sources=tuple(sources))

    def _list(self, values: Any, name: str) -> list[Any]:
        found = values.get(name, []) if isinstance(values, Mapping) else None
        if not isinstance(found, list):
            raise misfit(self._where, name)
        return found

    def _made(self, kind: type[_Kind], values: Any, name: str) -> _Kind:
        """One of a kind from its plain fields; lists are the caller's."""
        if not isinstance(values, Mapping):
            raise misfit(self._where, name)
        wanted = {f.name: f for f in fields(kind) if f.type in ("int", "str")}
        kept: dict[str, Any] = {}
        for key, value in values.items():
            # Fields that a later tool of the same format added are no reason to refuse the case.
            if key not in wanted:
                continue
            if type(value) is not (int if wanted[key].type == "int" else str):
                raise misfit(self._where, key)
            kept[key] = value
        missing = sorted(n for n, f in wanted.items() if f.default is MISSING and n not in kept)
        if missing:
            raise misfit(self._where, missing[0])
        return kind(**kept)


def _check(manifest: Manifest, where: str) -> None:
    """Refuse what no commit writes: ids and names become parts of paths, numbers name things."""
    if not is_case_id(manifest.case_id):
        raise IntegrityError(
            f"{where}: the case_id “{safe_text(manifest.case_id, 60)}” is not 16 hex digits.",
            hint="The workbench writes no other: somebody changed the file. Restore it from a "
            "backup of the case folder.",
        )
    listed = [part.name for part in manifest.parts]
    numbers = [one.number for one in manifest.generations]
    fit = {
        "generation": manifest.generation in (*numbers, *((0,) if not numbers else ())),
        "parts": len(set(listed)) == len(listed)
        and all(is_part_name(part.name) and part.bytes >= 0 for part in manifest.parts)
        and all(_SHA256.fullmatch(part.sha256) for part in manifest.parts),
        "generations": len(set(numbers)) == len(numbers)
        and all(_fits(one, set(listed)) for one in manifest.generations),
    }
    for name, fits in fit.items():
        if not fits:
            raise misfit(where, name)


def _fits(one: Generation, listed: set[str]) -> bool:
    numbers = [analysis.number for analysis in one.analyses]
    return (
        0 < one.number < _MAX_NUMBER
        and bool(one.parts)
        and set(one.all_files) <= listed
        and len(set(numbers)) == len(numbers)
        and all(0 < number < _MAX_NUMBER for number in numbers)
        and one.analysis in (0, *numbers)
    )


def misfit(where: str, name: str) -> IntegrityError:
    """What is said of an entry that no commit writes."""
    return IntegrityError(
        f"{where}: the entry “{safe_text(name, 60)}” is missing or of the wrong type.",
        hint="Restore case.toml from a backup of the case folder.",
    )
