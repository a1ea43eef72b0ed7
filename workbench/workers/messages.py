"""The messages between a host and its query worker, one dataclass each, and what each stands for.

A request names its answer by its type parameter: `Digest` is a `Request[Digested]`. A worker may
send progress (`Began`, `Spooling`) before the one answer that ends a request, and `Failed` instead
of any answer. Cells are JSON values; a column is `[name, engine type]`, a cut `[row, column, full
length in characters]`. Tables of the ledger are files in the spill folder, by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

Answer = TypeVar("Answer", bound="Event", covariant=True)
Rows = list[list[Any]]
Columns = list[list[str]]
Cuts = list[list[int]]


class Event:
    """What a worker says of a request."""

    final: ClassVar[bool] = True  # it ends the request


class Request(Generic[Answer]):
    """What is asked of a query worker."""

    # These cost little and stand in nobody's way, so they cannot be what a worker died of.
    light: ClassVar[bool] = False
    # These bring a new worker to where the one before it was, and so wait for no restoring.
    restores: ClassVar[bool] = False
    # These are acted on in their order, before any later request begins.
    in_order: ClassVar[bool] = False


@dataclass
class Ready(Event):
    """The store is open: how the worker is cut off, and the tables with their columns."""

    isolation: str
    catalogue: dict[str, Columns]
    pid: int


@dataclass
class Failed(Event):
    """Why a request was not done; the fields of a `WorkbenchError`."""

    title: str
    message: str
    hint: str = ""
    exit_code: int = 1


@dataclass
class Opened(Event):
    """A result is open; its first rows, whole."""

    result: int
    columns: Columns
    rows: Rows
    cuts: Cuts
    more: bool
    sorted_page: bool
    elapsed_ms: float
    total: int
    exact: bool
    full: bool


@dataclass
class Began(Opened):
    """A result is open; its first rows, while more are read."""

    final: ClassVar[bool] = False


@dataclass
class Spooling(Event):
    """More rows are here."""

    final: ClassVar[bool] = False
    bytes: int
    total: int
    exact: bool
    full: bool


@dataclass
class Spooled(Event):
    """No more rows are read: there are no more, or the disk budget is used up."""

    bytes: int
    elapsed_ms: float
    total: int
    exact: bool
    full: bool


@dataclass
class WindowRead(Event):
    """Rows of an open result."""

    result: int
    offset: int
    rows: Rows
    cuts: Cuts
    total: int
    exact: bool
    full: bool


@dataclass
class CellRead(Event):
    """One whole cell, and the characters that it has."""

    cell: Any
    characters: int


@dataclass
class Found(Event):
    """The row that holds what was sought; None where no further row does."""

    row: int | None


@dataclass
class Compared(Event):
    """What differs between two results is open: by which column, and how many rows."""

    key: str
    added: int
    gone: int
    changed: int
    total: int
    exact: bool
    full: bool


@dataclass
class Planned(Event):
    """The plan of a statement: depth, step, rows, milliseconds, details of each line."""

    lines: Rows


@dataclass
class Exported(Event):
    """A whole result lies in the spill folder as `file`."""

    file: str
    rows: int
    bytes: int
    sha256: str
    more: bool
    columns: list[str]


@dataclass
class Digested(Event):
    """Rows of a result, and the SHA-256 of its JSON lines as the policy lets it be seen; whether
    it reads a table that was or is masked; whether a digest that was asked for is `then`."""

    rows: int
    sha256: str
    masked: bool = False
    same: bool = False


@dataclass
class Inspected(Event):
    """The parameters and tables of a statement."""

    parameters: list[str]
    tables: list[str]


@dataclass
class Overlaid(Event):
    """A table of the ledger's is laid over the store."""


@dataclass
class Masked(Event):
    """Cells are hidden as the mask says."""


@dataclass
class AccountIdsRead(Event):
    """The accounts that a file names."""

    ids: list[str]


@dataclass
class Start(Request[Ready]):
    """The first message: which parts of a store, and within which limits."""

    data: list[str]
    analysis: str  # empty where there is none
    spill: str
    parent: int
    memory_mib: int
    address_space_mib: int
    threads: int
    spill_mib: int
    mask: dict[str, list[str]]
    mask_key: str
    examine: bool = False  # for what no load makes


@dataclass
class Open(Request[Opened]):
    """Run a statement to its first `limit` rows; texts over `cell` characters come cut."""

    sql: str
    parameters: Mapping[str, Any]
    limit: int
    cell: int


@dataclass
class Stream(Request[Spooled]):
    """Run a statement once: first rows at once, the others spooled as they come."""

    sql: str
    parameters: Mapping[str, Any]
    limit: int
    cell: int


@dataclass
class ReadAll(Request[Spooled]):
    """Read the rest of an open result."""

    result: int


@dataclass
class ReadWindow(Request[WindowRead]):
    """Rows of an open result from `offset` on."""

    light: ClassVar[bool] = True

    result: int
    offset: int
    count: int
    cell: int


@dataclass
class ReadCell(Request[CellRead]):
    """One whole cell of an open result."""

    light: ClassVar[bool] = True

    result: int
    row: int
    column: int


@dataclass
class Reopen(Request[Opened]):
    """Open a result again that another worker spooled."""

    light: ClassVar[bool] = True
    restores: ClassVar[bool] = True

    result: int
    cell: int


@dataclass
class Find(Request[Found]):
    """The next row of an open result that holds a text, from `row` on."""

    result: int
    text: str
    row: int
    backwards: bool


@dataclass
class Compare(Request[Compared]):
    """What differs between two open results."""

    before: int
    result: int
    cell: int


@dataclass
class PickRows(Request[Spooled]):
    """Some rows of an open result as a result of their own."""

    result: int
    rows: list[int]
    cell: int


@dataclass
class Plan(Request[Planned]):
    """How the engine would run a statement; measured, it runs it."""

    sql: str
    parameters: Mapping[str, Any]
    measure: bool


@dataclass
class Export(Request[Exported]):
    """Write a whole result into the spill folder."""

    sql: str
    parameters: Mapping[str, Any]
    format: str
    limit: int | None = None


@dataclass
class Digest(Request[Digested]):
    """The digest of a result; `then` is compared with it, with those under `masks`, and bare."""

    sql: str
    parameters: Mapping[str, Any]
    then: str = ""
    masks: list[list[str]] = field(default_factory=list)


@dataclass
class Inspect(Request[Inspected]):
    """Read a statement without running it."""

    light: ClassVar[bool] = True

    sql: str


@dataclass
class Overlay(Request[Overlaid]):
    """Lay a table of the ledger's over the store."""

    light: ClassVar[bool] = True
    restores: ClassVar[bool] = True
    in_order: ClassVar[bool] = True

    table: str
    file: str


@dataclass
class SetMask(Request[Masked]):
    """Hide cells of these columns but of these accounts."""

    light: ClassVar[bool] = True
    restores: ClassVar[bool] = True
    in_order: ClassVar[bool] = True

    columns: list[str]
    shown: list[str] = field(default_factory=list)


@dataclass
class ReadAccountIds(Request[AccountIdsRead]):
    """The accounts that a file of the spill folder names."""

    file: str


@dataclass
class Cancel(Request[Event]):
    """Stop a request by its job; it answers as it ends."""

    in_order: ClassVar[bool] = True

    target: int


@dataclass
class Close(Request[Event]):
    """Close a result and give its space back."""

    in_order: ClassVar[bool] = True

    result: int
