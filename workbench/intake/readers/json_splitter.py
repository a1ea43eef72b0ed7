"""Cuts files of JSON into records where a record is no line: lists, wrappers, objects over lines.

Every byte is in a record, in a reject or passed over, as with CSV and JSON lines; a record's line
is the one that it begins in.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.intake.readers.record_splitter import BOM, LARGEST_RECORD, Batch, is_utf8
from workbench.intake.record_shapes import EACH, Shape, flat_span, opened

_GAP = re.compile(rb"[\s,\x1e]*")
_TOKEN = re.compile(rb'[\[\]{}"]')
_KEY = re.compile(rb'"((?:[^"\\]|\\.){0,4096})"\s*:\s*', re.S)
_SCALAR = re.compile(rb'[^\s,\]}\[{"]+')
# Where the next record may begin after one that is broken.
_AFRESH = re.compile(rb'[\]}]\s*,?\s*(?=\{\s*")|\n\s*(?=\{\s*")')
_MAX_TRIES = 1000
_LONGEST_KEY = 1 << 16
_scan = json.JSONDecoder().raw_decode
Path = tuple[str, ...]


class JsonSplitter:
    """A sequence of JSON values in which `shape` leads to the records."""

    def __init__(self, shape: Shape, largest: int = LARGEST_RECORD) -> None:
        self._shape = shape
        self._largest = largest
        self._held = b""
        self._line = 1
        self._begun = False
        self._open: list[tuple[bytes, Path]] = []  # containers on the way to the records
        self._contexts: dict[Path, dict[str, Any]] = {}
        self._outer: dict[str, Any] = {}  # fields of the object around a list of records
        self._lost = False  # the rest cannot be told apart any more
        self._data, self._text, self._valid = b"", "", True

    def feed(self, block: bytes) -> Batch:
        """Take the next block; returns the records that are now complete."""
        batch, data = Batch(), self._held + block
        if not self._begun and len(data) >= len(BOM):
            self._begun = True
            if data.startswith(BOM):
                batch.passed, data = len(BOM), data[len(BOM) :]
        self._split(batch, data, final=False)
        return batch

    def finish(self, *, truncated: bool) -> Batch:
        """The end of the file; what is not complete by then is rejected."""
        batch = Batch()
        self._split(batch, self._held, final=True)
        while self._held and not truncated and (at := self._afresh()) > 0:
            batch.reject(self._line, self._held[:at], "broken_json")
            self._line += self._held.count(b"\n", 0, at)
            self._split(batch, self._held[at:], final=True)
        if self._held:
            reason = "truncated" if truncated or self._open else "broken_json"
            batch.reject(self._line, self._held, reason)
            self._held = b""
        return batch

    def _afresh(self) -> int:
        """Where a whole record begins again after a broken one; 0 where none does."""
        text = self._held.decode("latin-1")
        for tries, found in enumerate(_AFRESH.finditer(self._held, 1)):
            if tries > _MAX_TRIES:
                break
            if _end(self._held, text, found.end(), final=True)[1]:
                return found.end()
        return 0

    def _split(self, batch: Batch, data: bytes, *, final: bool) -> None:
        self._data, self._text = data, data.decode("latin-1")
        self._valid = is_utf8(data) or is_utf8(data[:-3])
        at = 0
        while not self._lost and (after := self._step(batch, at, final=final)) >= 0:
            at = after
        self._held = data[at:]
        if self._lost or len(self._held) > self._largest:
            if self._held:
                batch.reject(self._line, self._held, "broken_json" if self._lost else "too_long")
            self._lost, self._held = True, b""

    def _pass(self, batch: Batch, start: int, end: int) -> int:
        batch.passed += end - start
        self._line += self._data.count(b"\n", start, end)
        return end

    def _step(self, batch: Batch, at: int, *, final: bool) -> int:
        """Take what comes next at a place; returns the place after it, or -1 to wait for more."""
        data = self._data
        gap = _GAP.match(data, at)
        start = gap.end() if gap is not None else at
        if start >= len(data):
            return self._pass(batch, at, start) if start > at else -1
        if data[start : start + 1] in (b"]", b"}") and self._open:
            self._open.pop()
            return self._pass(batch, at, start + 1)
        kind, path = self._open[-1] if self._open else (b"", ())
        value = start
        if kind == b"{":
            found = _KEY.match(data, start)
            if found is None or found.end() >= len(data):
                self._lost = final or len(data) - start > _LONGEST_KEY
                return -1
            path, value = (*path, found[1].decode("utf-8", "replace")), found.end()
        elif kind:
            path = (*path, EACH)
        return self._value(batch, at, value, path, final=final)

    def _value(self, batch: Batch, at: int, value: int, path: Path, *, final: bool) -> int:
        wanted = self._shape.path
        mark = self._data[value : value + 1]
        if len(path) < len(wanted) and wanted[: len(path)] == path:
            is_list = wanted[len(path)] == EACH
            if mark == (b"[" if is_list else b"{"):
                self._open.append((mark, path))
                if path == self._shape.outer:
                    self._outer.clear()
                return self._pass(batch, at, value + 1)
        end, good = _end(self._data, self._text, value, final=final)
        if end < 0:
            return -1
        if path == wanted or (not path and mark == b"{"):
            self._pass(batch, at, value)
            return self._record(batch, value, end, good=good)
        if good and path in self._shape.captures:
            self._capture(path, self._data[value:end])
        elif good and self._shape.outer and path[:-1] == self._shape.outer:
            self._outer[path[-1]] = json.loads(self._data[value:end])
        return self._pass(batch, at, end)

    def _capture(self, path: Path, raw: bytes) -> None:
        if path == self._shape.captures[0]:
            self._contexts.clear()
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            self._contexts[path] = value

    def _record(self, batch: Batch, start: int, end: int, *, good: bool) -> int:
        raw, line = self._data[start:end], self._line
        self._line += raw.count(b"\n")
        if not good:
            reason = "broken_json"
        elif not raw.startswith(b"{"):
            reason = "not_an_object"
        elif not self._valid and not is_utf8(raw):
            reason = "invalid_utf8"
        else:
            record = self._changed(raw) if self._shape.changes else _one_line(raw)
            batch.passed += len(raw) - len(record)
            batch.add(line, record)
            return end
        batch.reject(line, raw, reason)
        return end

    def _changed(self, raw: bytes) -> bytes:
        record = self._outer | opened(json.loads(raw), self._shape.around)
        if self._shape.spans:
            record = flat_span(record, list(self._contexts.values()))
        return json.dumps(record, ensure_ascii=True).encode("ascii")


def _one_line(raw: bytes) -> bytes:
    """Line ends can stand between the tokens of JSON only, as blanks can."""
    if b"\n" in raw or b"\r" in raw:
        return raw.replace(b"\n", b" ").replace(b"\r", b" ")
    return raw


def _end(data: bytes, text: str, start: int, *, final: bool) -> tuple[int, bool]:
    """Where the value at a place ends, -1 where it does not yet, and whether it is good JSON."""
    if data[start : start + 1] not in (b"{", b"[", b'"'):
        found = _SCALAR.match(data, start)
        if found is None:
            return start + 1, False
        whole = final or found.end() < len(data)
        return (found.end(), data[start : start + 1] in b"-0123456789tfn") if whole else (-1, True)
    try:
        _, end = _scan(text, start)
    except (ValueError, RecursionError):
        return _balanced(data, start), False
    return end, True


def _balanced(data: bytes, start: int) -> int:
    """Where the brackets that open at a place are all closed; -1 where they are not."""
    depth, at = 0, start
    while found := _TOKEN.search(data, at):
        at = found.end()
        if found[0] == b'"':
            at = _quoted_end(data, at)
            if at < 0 or depth == 0:
                return at
            continue
        depth += 1 if found[0] in b"[{" else -1
        if depth <= 0:
            return at
    return -1


def _quoted_end(data: bytes, at: int) -> int:
    """The place after the quote that ends a string; -1 where it does not end."""
    while (quote := data.find(b'"', at)) >= 0:
        before = quote
        while before > at and data[before - 1] == 0x5C:
            before -= 1
        if (quote - before) % 2 == 0:
            return quote + 1
        at = quote + 1
    return -1
