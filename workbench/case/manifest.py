"""What `case.toml` says: the case, its generation, its sources; read and written as TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.bounded import read_toml
from workbench.text.sanitize import safe_text
from workbench.text.toml import toml_text

FORMAT = 1
_CASE_ID = re.compile(r"[0-9a-f]{16}")


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
class Manifest:
    """The content of `case.toml`. Generation 0 is a case into which nothing was loaded yet."""

    case_id: str
    name: str
    created_at: str
    tool: str
    generation: int = 0
    committed_at: str = ""
    store_sha256: str = ""
    store_bytes: int = 0
    analysis: str = ""
    group: str = ""
    format: int = FORMAT
    sources: tuple[Source, ...] = field(default=())

    def to_toml(self) -> str:
        """The manifest as TOML text in printable ASCII."""
        return toml_text(asdict(self))


def from_toml(text: str, where: str) -> Manifest:
    """Read a manifest; `where` names the file in errors.

    Raises IntegrityError where the text is no manifest, WorkbenchError where its format is newer.
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
    if version != FORMAT:
        raise WorkbenchError(
            f"{where} does not say a case format that this workbench knows.",
            hint="Load the extracts into a new case: workbench load NEW_CASE FILE... ; copy "
            "audit.jsonl and audit.d/ over to keep the decisions.",
        )
    sources = values.pop("sources", [])
    if not isinstance(sources, list):
        raise _misfit(where, "sources")
    manifest = Manifest(
        **_checked(Manifest, values, where),
        sources=tuple(Source(**_checked(Source, source, where)) for source in sources),
    )
    # Both become parts of paths.
    if not is_case_id(manifest.case_id):
        raise IntegrityError(
            f"{where}: the case_id “{safe_text(manifest.case_id, 60)}” is not 16 hex digits.",
            hint="The workbench writes no other: somebody changed the file. Restore it from a "
            "backup of the case folder.",
        )
    if manifest.generation < 0:
        raise _misfit(where, "generation")
    return manifest


def is_case_id(text: str) -> bool:
    """Whether a text is the id of a case: 16 lower-case hex digits."""
    return _CASE_ID.fullmatch(text) is not None


def _checked(kind: type[Manifest] | type[Source], values: object, where: str) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise _misfit(where, "sources")
    wanted = {f.name: f.type for f in fields(kind) if f.name != "sources"}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        # Fields that a later tool of the same format added are no reason to refuse the case.
        if name not in wanted:
            continue
        if type(value) is not (int if wanted[name] == "int" else str):
            raise _misfit(where, name)
        kept[name] = value
    needed = {f.name for f in fields(kind) if f.name != "sources" and f.default is MISSING}
    if missing := sorted(needed - kept.keys()):
        raise _misfit(where, missing[0])
    return kept


def _misfit(where: str, name: str) -> IntegrityError:
    return IntegrityError(
        f"{where}: the entry “{safe_text(name, 60)}” is missing or of the wrong type.",
        hint="Restore case.toml from a backup of the case folder.",
    )
