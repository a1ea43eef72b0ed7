"""Patterns for the cells of CSV that every supported Python matches alike, in bounded memory."""

from __future__ import annotations

import re

_AT_ONCE = 512


def repeated(pattern: bytes, group: int) -> bytes:
    """`pattern`, as often as it comes, never given back; its own groups are numbered after `group`.

    What a look ahead has matched is settled, and the way back out of it forgotten: a plain
    repetition remembers each turn, which for 64 MiB of quotes is 4 GiB. A possessive quantifier
    would say the same, but Python 3.11.2 then misses a CR before LF.
    """
    return rb"(?:(?=((?:%b){1,%d}))\%d)*" % (pattern, _AT_ONCE, group)


def cell(mark: bytes, group: int) -> bytes:
    """A cell between the (escaped) delimiters `mark`: in quotes, plain or empty.

    It takes the number `group`. A plain last cell takes the CR of its line end with it: `ended`.
    """
    inside = repeated(rb'""[^"]*', group)
    return rb'(?:"[^"]*%b"(?!")|[^"%b\n][^%b\n]*|)' % (inside, mark, mark)


# A cell in quotes up to its end; its last quote may be the first of two.
OPEN_CELL = re.compile(rb'"[^"]*%b"?' % repeated(rb'""[^"]*', 1))


def ended(record: bytes) -> bytes:
    """The record without its line end: LF, and a CR before it."""
    return record.removesuffix(b"\n").removesuffix(b"\r")
