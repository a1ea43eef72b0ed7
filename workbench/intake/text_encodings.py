"""Texts of other encodings than UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator


def encoding_of(head: bytes) -> str:
    """UTF-16 or UTF-32 by the mark, or UTF-16 by letters whose halves are nothing; else empty."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first = head.split(b"\r", 1)[0]
    if b"\r" in head and b"\n" not in first and head.count(b"\r") > 1 and b"\r\n" not in head:
        # Lines of JSON end with LF whatever stands within them.
        return CR if not head.lstrip().startswith((b"{", b"[")) else ""
    part = head[:4096]
    low, high = part[0::2], part[1::2]
    if len(part) >= 4 and high.count(0) * 2 > len(high) and low.count(0) * 10 < len(low):
        return "utf-16-le"
    if len(part) >= 4 and low.count(0) * 2 > len(low) and high.count(0) * 10 < len(high):
        return "utf-16-be"
    return ""


_SWAPPED = bytes.maketrans(b"\r\n", b"\n\r")
CR = "cr"  # no encoding: the lines end with CR alone, and cells may hold LF


def as_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The text of another encoding as UTF-8; what is no letter in it becomes U+FFFD."""
    if not encoding:
        yield from pieces
        return
    if encoding == CR:
        for piece in pieces:
            yield piece.translate(_SWAPPED)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    if last := decoder.decode(b"", final=True):
        yield last.encode("utf-8", "replace")
