"""What each kind of list may hold, line by line; read in pieces, so that none fills the memory.

A list of audit.d/sets is a file of one JSON text a line, ASCII, in the one spelling that records
have. A record of version 2 says by the field that names it what kind of list it must be.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from workbench.audit.records.field_checks import HEX32, HEX64, Check, pattern, text

MAX_FILE_BYTES = 512 << 20
MAX_VALUE_CHARACTERS = 1 << 20
# No character is spelled in more bytes than two escapes of six.
MAX_LINE_BYTES = 12 * MAX_VALUE_CHARACTERS + 3
_PIECE_BYTES = 1 << 20
_encode = json.JSONEncoder(ensure_ascii=True).encode
_plain_accounts = re.compile(rb'(?:"[ !#-\[\]-~]{1,2048}"\n)+').fullmatch


@dataclass(frozen=True, slots=True)
class Kind:
    """What a line of a list is, and whether the lines are in order, each once."""

    line: Check
    ordered: bool
    meaning: str


KINDS: dict[str, Kind] = {
    "accounts": Kind(text(2048, least=1), True, "Ids of accounts."),
    "digests": Kind(HEX64, True, "SHA-256 of extracts."),
    "ids": Kind(HEX32, True, "Ids of records."),
    "values": Kind(text(MAX_VALUE_CHARACTERS), False, "Values, in the order given."),
    "text": Kind(
        pattern("[^\\n]{0,65536}", "a line of at most 65,536 characters"), False,
        "A file, split at its line feeds.",
    ),
    "records": Kind(text(65_535, least=2), False, "Lines of ledgers."),
}  # fmt: skip


class ListCheck:
    """Takes a list file piece by piece; `why(kind)` is what is wrong with it as such a list."""

    def __init__(self, kinds: Collection[str]) -> None:
        self.lines = 0
        self.bytes = 0
        self._digest = hashlib.sha256()
        self._open = {kind: KINDS[kind] for kind in kinds}
        self._wrong: dict[str, str] = {}
        self._last: str | None = None
        self._rest = b""

    def take(self, piece: bytes) -> None:
        """Take in the next bytes."""
        self._digest.update(piece)
        self.lines += piece.count(b"\n")
        self.bytes += len(piece)
        if not self._open:
            return
        data = self._rest + piece
        stop = data.rfind(b"\n") + 1
        self._rest = data[stop:]
        self._lines(data[:stop])
        if len(self._rest) > MAX_LINE_BYTES:
            self._refuse_all(f"line {self.lines + 1:,} is too long")

    def _lines(self, data: bytes) -> None:
        number = self.lines - data.count(b"\n")
        if self._open.keys() == {"accounts"} and _plain_accounts(data) is not None:
            values = data[1:-2].decode("ascii").split('"\n"')
            if self._in_order(values):
                self._last = values[-1]
                return
        for line in data.split(b"\n")[:-1]:
            number += 1
            try:
                value = json.loads(line.decode("ascii"))
            except (ValueError, RecursionError):
                value = None
            if type(value) is not str or _encode(value).encode("ascii") != line:
                self._refuse_all(f"line {number:,} is not one JSON text in its one spelling")
                return
            for kind, rule in tuple(self._open.items()):
                if not rule.line.allows(value):
                    self._refuse(kind, rule.line.refusal(value, f"line {number:,}"))
                elif rule.ordered and self._last is not None and value <= self._last:
                    self._refuse(kind, f"line {number:,} is out of order or there twice")
            self._last = value

    def _in_order(self, values: list[str]) -> bool:
        follows = self._last is None or self._last < values[0]
        return follows and all(one < other for one, other in pairwise(values))

    def _refuse(self, kind: str, why: str) -> None:
        self._wrong[kind] = why
        del self._open[kind]

    def _refuse_all(self, why: str) -> None:
        for kind in tuple(self._open):
            self._refuse(kind, why)
        self._rest = b""

    def end(self) -> str:
        """The digest of all that came; the last line must have ended."""
        if self._rest:
            self._refuse_all(f"line {self.lines + 1:,} does not end with a line feed")
        return self._digest.hexdigest()

    def why(self, kind: str) -> str:
        """What is wrong with the list as one of this kind, or the empty string."""
        return self._wrong.get(kind, "")


def checked(file: BinaryIO, kinds: Collection[str]) -> tuple[str, ListCheck]:
    """The digest of a list file, and what is wrong with it; bounded in memory."""
    check = ListCheck(kinds)
    for piece in pieces(file.read):
        check.take(piece)
    return check.end(), check


def pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The bytes of a file in pieces."""
    while piece := read(_PIECE_BYTES):
        yield piece
