"""The saved-query file: a leading `/*+++ … +++*/` block of TOML, then one SELECT.

The file stays valid SQL for any other tool. Its digest is SHA-256 over the bytes as UTF-8 with
LF line ends; the ledger records it with the revision, so a decision can name what it rests on.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.case.open_file import QUERY_BYTES, read_plain_file
from workbench.errors import UsageError, WorkbenchError
from workbench.text.bounded import read_toml

STATUSES = ("stable", "test", "experimental", "deprecated")
LEVELS = ("informational", "low", "medium", "high", "critical")
PARAMETER_TYPES = (
    "int", "float", "bool", "text", "date", "timestamp", "interval", "enum", "account",
    "account_list", "cluster", "entity",
)  # fmt: skip
KINDS = ("query", "page", "trait", "count")
# Where a query or playbook comes from: with the program, from the analyst's own folder, from the
# case's folder, or typed by hand.
SHIPPED, OWN, CASE, TYPED = "shipped", "own", "case", "typed"
MAX_ID = 80  # characters
_MAX_REV = 1 << 31
_OPEN, _CLOSE = "/*+++", "+++*/"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Parameter:
    """One value that a query asks for; always bound, never pasted."""

    name: str
    type: str
    default: Any = None
    min: Any = None
    max: Any = None
    choices: tuple[str, ...] = ()
    choices_sql: str = ""
    optional: bool = False
    help: str = ""

    @property
    def required(self) -> bool:
        """Whether a run must give it."""
        return self.default is None and not self.optional


@dataclass(frozen=True)
class ColumnNote:
    """What a column of the result means to the bench."""

    entity: str = ""
    unit: str = ""
    sensitive: str = "none"
    sort: str = ""
    help: str = ""


@dataclass(frozen=True)
class NextQuery:
    """A pivot: another query, with values bound from the row."""

    query: str
    label: str
    bind: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DecideHint:
    """What a row of the result could be decided as."""

    scope: str
    suggest: str = ""
    reason: str = ""


@dataclass(frozen=True)
class QueryTest:
    """Expected rows against a fixture."""

    fixture: str
    params: dict[str, Any] = field(default_factory=dict)
    rows: int | None = None
    min_rows: int | None = None
    contains: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedQuery:
    """One file of `queries/`, read and checked for form."""

    id: str
    title: str
    sql: str
    sha256: str
    path: Path
    pack: str
    trust: str = SHIPPED
    text: str = field(default="", repr=False)  # the file as it was read
    kind: str = "query"
    question: str = ""
    howto: str = ""
    nothing: str = ""  # what it means that there are no rows
    rev: int = 1
    status: str = "stable"
    level: str = "informational"
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    needs_tables: tuple[str, ...] = ()
    needs_columns: tuple[str, ...] = ()
    params: tuple[Parameter, ...] = ()
    columns: dict[str, ColumnNote] = field(default_factory=dict)
    next: tuple[NextQuery, ...] = ()
    decide: tuple[DecideHint, ...] = ()
    tests: tuple[QueryTest, ...] = ()
    family: str = ""
    weight: float = 1.0
    hub_cap: int = 0

    def matches(self, words: str) -> bool:
        """Whether all words are in what it is called, asks and is tagged with."""
        parts = (self.id, self.title, self.pack, self.question, *self.tags)
        text = " ".join(parts).lower()
        return all(word in text for word in words.lower().split())

    def parameter(self, name: str) -> Parameter | None:
        """The declared parameter of that name."""
        return next((item for item in self.params if item.name == name), None)


_SIMPLE = {
    "id": str, "title": str, "question": str, "howto": str, "nothing": str, "rev": int,
    "status": str, "level": str, "kind": str, "family": str, "weight": float, "hub_cap": int,
}  # fmt: skip
_LISTS = ("tags", "falsepositives", "references")
_KNOWN = (*_SIMPLE, *_LISTS, "needs", "params", "columns", "next", "decide", "test")


def normalised(text: str) -> bytes:
    """The bytes that are hashed: UTF-8, LF, no byte-order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").encode("utf-8", "surrogatepass")


def read_text(path: Path) -> str:
    """The text of a query or playbook outside a case, within bounds.

    Raises UsageError where it cannot be read and where it is no ordinary file.
    """
    try:
        return text_of(path, read_plain_file(path, QUERY_BYTES))
    except (OSError, WorkbenchError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def text_of(path: Path, data: bytes) -> str:
    """The text of a query or playbook whose bytes were read; raises UsageError naming the file."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def read_query(path: Path, *, pack: str = "", trust: str = SHIPPED) -> SavedQuery:
    """Read one saved query outside a case; raises UsageError naming the file and the field."""
    return parse_query(read_text(path), path, pack=pack or path.parent.name, trust=trust)


def parse_query(text: str, path: Path, *, pack: str, trust: str) -> SavedQuery:
    """Parse the text of a saved query; raises UsageError naming the file and the field."""
    source = Source(path)
    header, sql = _split(text, source)
    try:
        values = read_toml(header)
    except ValueError as error:
        raise source.wrong(f"the block is not valid TOML: {error}") from error
    source.only(values, _KNOWN, "field")
    fields: dict[str, Any] = {}
    for name, kind in _SIMPLE.items():
        if name in values:
            fields[name] = source.typed(values[name], kind, name)
    for name in _LISTS:
        if name in values:
            fields[name] = source.texts(values[name], name)
    for name in ("id", "title"):
        if name not in fields:
            raise source.wrong(f"the field “{name}” is missing")
    source.check_id(fields["id"])
    if not 1 <= fields.get("rev", 1) < _MAX_REV:
        raise source.wrong(f"rev = {fields['rev']} is no revision: they count from 1")
    source.one_of(fields.get("status", "stable"), STATUSES, "status")
    source.one_of(fields.get("level", "informational"), LEVELS, "level")
    source.one_of(fields.get("kind", "query"), KINDS, "kind")
    needs = values.get("needs", {})
    source.only(needs, ("tables", "columns"), "field of needs")
    return SavedQuery(
        **fields,
        sql=sql,
        sha256=hashlib.sha256(normalised(text)).hexdigest(),
        path=path,
        pack=pack,
        trust=trust,
        text=text,
        needs_tables=source.texts(needs.get("tables", []), "needs.tables"),
        needs_columns=source.texts(needs.get("columns", []), "needs.columns"),
        params=read_parameters(path, values.get("params", {})),
        columns={
            name: source.build(ColumnNote, given, f"columns.{name}")
            for name, given in source.typed(values.get("columns", {}), dict, "columns").items()
        },
        next=source.build_all(NextQuery, values.get("next", []), "next"),
        decide=source.build_all(DecideHint, values.get("decide", []), "decide"),
        tests=source.build_all(QueryTest, values.get("test", []), "test"),
    )


def _split(text: str, source: Source) -> tuple[str, str]:
    body = text.removeprefix("\ufeff").lstrip()
    if not body.startswith(_OPEN):
        raise source.wrong(f"it does not start with {_OPEN}")
    header, close, sql = body.removeprefix(_OPEN).partition(_CLOSE)
    if not close:
        raise source.wrong(f"the block is never closed with {_CLOSE}")
    if "*/" in header:
        raise source.wrong("the block holds */, which would end the comment for other tools")
    if not sql.strip():
        raise source.wrong("there is no SELECT after the block")
    return header, sql.strip()


def read_parameters(path: Path, given: object) -> tuple[Parameter, ...]:
    """The `[params.NAME]` tables of a file; raises UsageError naming the field."""
    source = Source(path)
    if not isinstance(given, dict):
        raise source.wrong("params must be a table of tables")
    return tuple(_parameter(source, name, values) for name, values in given.items())


def _parameter(source: Source, name: str, given: object) -> Parameter:
    where = f"params.{name}"
    values = dict(given) if isinstance(given, dict) else {}
    if "choices" in values:
        values["choices"] = source.texts(values["choices"], f"{where}.choices")
    parameter: Parameter = source.build(Parameter, {"name": name, **values}, where)
    source.one_of(parameter.type, PARAMETER_TYPES, f"{where}.type")
    for name in ("min", "max"):
        bound = getattr(parameter, name)
        if bound is not None and type(bound) not in (int, float):
            raise source.wrong(f"“{where}.{name}” must be a number")
    return parameter


@dataclass(frozen=True)
class Source:
    """Says what is wrong, and in which file."""

    path: Path

    def wrong(self, what: str, hint: str = "") -> UsageError:
        return UsageError(f"{self.path}: {what}.", hint=hint)

    def only(self, values: object, known: tuple[str, ...], what: str) -> None:
        if not isinstance(values, dict):
            raise self.wrong(f"a table is expected where “{values}” stands")
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"Did you mean “{near[0]}”?" if near else "Known: " + ", ".join(known)
                raise self.wrong(f"unknown {what} “{name}”", hint)

    def typed(self, value: object, kind: type, name: str) -> Any:
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not kind:
            raise self.wrong(f"“{name}” must be {kind.__name__}, not {type(value).__name__}")
        return value

    def check_id(self, value: str) -> None:
        if len(value) > MAX_ID or not _ID.fullmatch(value):
            raise self.wrong(
                f"the id “{value[:MAX_ID]}” is not lower-case words joined by hyphens, of at most "
                f"{MAX_ID} characters"
            )

    def texts(self, value: object, name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"“{name}” must be a list of texts")
        return tuple(value)

    def one_of(self, value: str, known: tuple[str, ...], name: str) -> None:
        if value not in known:
            raise self.wrong(f"“{name}” is “{value}”", "One of: " + ", ".join(known))

    def build(self, kind: type[Any], given: object, where: str) -> Any:
        """One table of the file as a dataclass; every field is of the type that it declares."""
        fields = {item.name: item for item in dataclasses.fields(kind)}
        self.only(given, tuple(fields), f"field of {where}")
        assert isinstance(given, dict)
        for name, item in fields.items():
            needed = item.default is dataclasses.MISSING
            if needed and item.default_factory is dataclasses.MISSING and name not in given:
                raise self.wrong(f"{where} has no “{name}”")
            wanted = _DECLARED.get(str(item.type))
            if wanted is not None and name in given:
                self.typed(given[name], wanted, f"{where}.{name}")
            if item.type == "dict[str, str]":
                self.texts([*given.get(name, {}).values()], f"{where}.{name}")
        return kind(**given)

    def build_all(self, kind: type[Any], given: object, where: str) -> tuple[Any, ...]:
        """A list of tables."""
        listed = self.typed(given, list, where)
        return tuple(self.build(kind, one, f"{where} {at}") for at, one in enumerate(listed, 1))


# Types as the dataclasses above declare them; what is `Any` is checked where it is used.
_DECLARED: dict[str, type] = {
    "str": str, "bool": bool, "int | None": int, "dict[str, str]": dict, "dict[str, Any]": dict,
}  # fmt: skip
