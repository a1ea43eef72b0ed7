"""Patterns for the cells of CSV that every supported Python matches alike, in bounded memory."""

from __future__ import annotations

import re

from workbench.intake.probe import Dialect

_AT_ONCE = 512


def repeated(pattern: bytes, group: int) -> bytes:
    """`pattern`, as often as it comes, never given back; its own groups are numbered after `group`.

    What a look ahead has matched is settled, and the way back out of it forgotten: a plain
    repetition remembers each turn, which for 64 MiB of quotes is 4 GiB. A possessive quantifier
    would say the same, but Python 3.11.2 then misses a CR before LF.
    """
    return rb"(?:(?=((?:%b){1,%d}))\%d)*" % (pattern, _AT_ONCE, group)


def cell(mark: bytes, group: int, quote: bytes = b'"', escape: bytes = b"") -> bytes:
    """A cell between the (escaped) delimiters `mark`: in quotes, plain or empty.

    It takes the number `group`. A plain last cell takes the CR of its line end with it: `ended`.
    With `escape` what follows one stands for itself, in quotes or not.
    """
    if not escape:
        inside = repeated(rb"%b[^%b]*" % (quote * 2, quote), group)
        return rb"(?:%b[^%b]*%b%b(?!%b)|[^%b%b\n][^%b\n]*|)" % (
            quote, quote, inside, quote, quote, quote, mark, mark,
        )  # fmt: skip
    kept = re.escape(escape)
    inside = repeated(rb"(?:%b|%b[\s\S])[^%b%b]*" % (quote * 2, kept, quote, kept), group)
    plain = rb"(?:[^%b%b\n]|%b[\s\S]){0,65536}" % (mark, kept, kept)
    return rb"(?:%b[^%b%b]*%b%b(?!%b)|(?!%b)%b)" % (
        quote, quote, kept, inside, quote, quote, quote, plain,
    )  # fmt: skip


# A cell in quotes up to its end; its last quote may be the first of two.
OPEN_CELL = re.compile(rb'"[^"]*%b"?' % repeated(rb'""[^"]*', 1))


def ended(record: bytes) -> bytes:
    """The record without its line end: LF, and a CR before it."""
    return record.removesuffix(b"\n").removesuffix(b"\r")


class CellWriter:
    """Writes the cells of another dialect as RFC 4180 does."""

    def __init__(self, dialect: Dialect, delimiter: bytes) -> None:
        self._quote, self._escape = dialect.quote.encode(), dialect.escape.encode()
        self._trim, self._cr = dialect.trim, dialect.cr
        self._delimiter = delimiter
        escaped = re.escape(self._escape) + rb"([\s\S])"
        self._escaped = re.compile(escaped) if self._escape else None

    def record(self, cells: list[bytes]) -> bytes:
        """The record with these cells."""
        record = self._delimiter.join(map(self._cell, cells))
        # The ends of lines were CR, and LF within cells was put in their place meanwhile.
        return record.replace(b"\r", b"\n") if self._cr else record

    def _cell(self, cell: bytes) -> bytes:
        quote = self._quote
        quoted = len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote)
        text = cell[1:-1].replace(quote * 2, quote) if quoted else cell
        if self._trim and not quoted:
            text = text.strip(b" \t")
        if self._escaped is not None:
            if text == self._escape + b"N" and not quoted:
                return b""
            text = self._escaped.sub(self._plain, text)
        if not quoted and not any(mark in text for mark in (b'"', b"\n", b"\r", self._delimiter)):
            return text
        return b'"%b"' % text.replace(b'"', b'""')

    def _plain(self, found: re.Match[bytes]) -> bytes:
        """What an escaped letter stands for; an escape of nothing special is two letters."""
        letter = found[1]
        special = (self._quote, self._escape, self._delimiter, b"\n", b"\r", b'"', b"'")
        return letter if letter in special else found[0]
