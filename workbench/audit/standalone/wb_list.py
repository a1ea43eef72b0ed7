"""Lists beside a ledger: which ones a record names, and what may stand on their lines.

verify.py and proof.py read it. A list is judged in pieces, so that none fills the memory.
"""

import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.audit.standalone import wb_record as wb
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import wb_record as wb

MAX_BYTES = 512 << 20
MAX_LINE_BYTES = 12 * (1 << 20) + 3
KIND_OF = {
    "sources": "digests", "line": "records", "lines": "records", "drawn": "accounts",
    "members": "accounts", "accounts": "accounts", "conflicts": "accounts", "disputes": "ids",
    "text": "text", "cells": "values",
}  # fmt: skip
# What a line is, and whether the lines are in order, each once.
KINDS: dict[str, tuple[wb.Test, bool]] = {
    "accounts": (wb.text(2048, 1), True),
    "digests": (wb.SHA256, True),
    "ids": (wb.ID, True),
    "values": (wb.text(1 << 20), False),
    "text": (lambda value: len(value) <= 65536 and "\n" not in value, False),
    "records": (wb.text(65535, 2), False),
}


def named(value: Any, kind: str = "") -> Iterator[tuple[str, int, str]]:
    """Every list that a body names: (digest, count, what kind of list it must be)."""
    if isinstance(value, dict):
        if isinstance(value.get("set"), str) and value["set"] and "count" in value:
            yield value["set"], value["count"], "accounts" if "kind" in value else kind
        for key, inner in value.items():
            if key == "params":
                for one in inner.values():
                    yield from named(one, "values")
            else:
                yield from named(inner, KIND_OF.get(key, ""))
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, kind)


def read_line(line: bytes) -> str:
    """The text on a line of a list, without its line feed; raises ValueError."""
    try:
        value = json.loads(line.decode("ascii"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    wb.demand(type(value) is str and wb.spell(value) == line, "no list")
    return str(value)


class Found:
    """A list file as it was read: its digest, how many lines, and which kinds it is none of."""

    def __init__(self, path: str, kinds: Collection[str], keep: bool = False) -> None:
        self.why, self.lines, self.sha = dict[str, str](), 0, ""
        self.values: list[str] | None = [] if keep else None
        self._kinds, self._last = set(kinds), ""
        digest = hashlib.sha256()
        with wb.open_file(path, os.O_NOFOLLOW) as file:
            size = os.fstat(file.fileno()).st_size
            wb.demand(size <= MAX_BYTES, "longer than a list may be")
            while line := file.readline(MAX_LINE_BYTES + 1):
                digest.update(line)
                self.lines += line.endswith(b"\n")
                if self._kinds or self.values is not None:
                    self._look(line)
        self.sha = digest.hexdigest()

    def _look(self, line: bytes) -> None:
        try:
            wb.demand(line.endswith(b"\n"), "a line without its end, or too long")
            value = read_line(line[:-1])
        except ValueError as error:
            self.why |= dict.fromkeys(self._kinds, f"line {self.lines}: {error}")
            self._kinds, self.values = set(), None
            return
        for kind in tuple(self._kinds):
            allows, ordered = KINDS[kind]
            if not allows(value) or (ordered and self.lines > 1 and value <= self._last):
                self.why[kind] = f"line {self.lines} does not belong in a list of {kind}"
                self._kinds.discard(kind)
        self._last = value
        if self.values is not None:
            self.values.append(value)


class Beside:
    """The files of audit.d that records name: which, by which record first, how many lines."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.given_up = set[str]()
        self.older: list[str] = []  # lists that a record of today could not name
        self._counts: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._kinds: dict[str, dict[str, int]] = {}  # by digest: kind of list, first record
        self._loose: dict[str, dict[str, int]] = {}  # the same for records of version 1
        self._noted: list[tuple[str, str]] = []

    def name(self, record: Any, seq: int) -> Iterator[str]:
        """Take note of the lists that a record, number `seq` or brought by it, names."""
        kinds = self._kinds if record["v"] > 1 else self._loose
        for digest, count, kind in named(record["body"]):
            self._met(digest, seq)
            kinds.setdefault(digest, {}).setdefault(kind, seq)
            if self._counts.setdefault(digest, count) != count:
                yield f"record {seq}: counts its list otherwise"

    def note(self, body: Any, seq: int) -> None:
        """Take note of the files that a checkpoint record names."""
        for name, digest in ((body["note"], body["note_sha256"]),
                             (body["note"] + ".sig", body["sig_sha256"])):  # fmt: skip
            self._met(digest, seq)
            self._noted.append((name, digest))

    def _met(self, digest: str, seq: int) -> None:
        self.given_up.discard(digest)  # it was there when this record named it
        self._first.setdefault(digest, seq)

    def _path(self, digest: str) -> str:
        return os.path.join(self._folder, "sets", digest + ".txt")

    def read_note(self, name: str) -> bytes:
        """The first bytes of a file in the folder of notes; none where there is none."""
        try:
            return wb.read_file(os.path.join(self._folder, "checkpoints", name), 1 << 16)
        except (OSError, ValueError):
            return b""

    def note_sha(self, name: str) -> str:
        """The digest of a file in the folder of notes, or the empty string."""
        try:
            return Found(os.path.join(self._folder, "checkpoints", name), ()).sha
        except (OSError, ValueError):
            return ""

    def values(self, digest: str) -> list[str] | None:
        """The values of a list; None where it is not whole. Raises ValueError for no list."""
        try:
            found = Found(self._path(digest), ["text"], keep=True)
        except (OSError, ValueError):
            return None
        if found.sha != digest:
            return None
        wb.demand(found.values is not None, "no list")
        return found.values

    def lost(self) -> Iterator[str]:
        """What is gone, changed or not what it should be, and is not given up."""
        for digest, count in self._counts.items():
            strict, loose = self._kinds.get(digest, {}), self._loose.get(digest, {})
            try:
                found = Found(self._path(digest), {*strict, *loose})
            except (OSError, ValueError):
                found = None
            if digest in self.given_up:
                continue
            if found is None or found.sha != digest or found.lines != count:
                yield f"record {self._first[digest]}: its list {digest} is gone, changed or longer"
                continue
            for kind, why in found.why.items():
                where = f"record {strict.get(kind, loose.get(kind))}: its list {digest}: {why}"
                if kind in strict:
                    yield where
                else:
                    self.older.append(where + " (no list of version 2)")
        for name, digest in self._noted:
            if digest and digest not in self.given_up and self.note_sha(name) != digest:
                yield f"record {self._first[digest]}: {name} is gone or changed"
