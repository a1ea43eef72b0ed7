"""The only door for outside text to a terminal or a file: cut, then make the invisible visible.

`str.isprintable` is False for exactly the code points of Cc, Cf, Cs, Co, Cn, Zl, Zp and every
space but U+0020, and runs at C speed; what it lets pass and a terminal still shows as nothing
(Hangul fillers, variation selectors, braille blank) is listed in `_BLANK`.
"""

from __future__ import annotations

import re
import unicodedata

GRID_LIMIT = 512
PAGE_LIMIT = 65_536
_MAX_COMBINING_MARKS = 3
_LINE_PARTS = re.compile(r"(?:(?!\r\n)[^\n\t])+")
_BLANK = frozenset(
    (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
) | frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))


class _StandIns(dict[int, str]):
    """Code point to what is shown for it; filled as code points are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isprintable() and code not in _BLANK:
            shown = character
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif code == 0x7F:
            shown = "␡"
        else:
            shown = f"⟨{code:X}⟩"
        self[code] = shown
        return shown


class _SingleStandIns(dict[int, str]):
    """As `_StandIns`, but always one character wide: a line that is laid out cannot grow."""

    def __missing__(self, code: int) -> str:
        shown = _stand_ins[code]
        self[code] = shown if len(shown) == 1 else "\N{REPLACEMENT CHARACTER}"
        return self[code]


_stand_ins = _StandIns()
_single_stand_ins = _SingleStandIns()


def is_plain(text: str) -> bool:
    """Whether the text is printable ASCII and needs no treatment."""
    return text.isascii() and text.isprintable()


def _limit_marks(text: str) -> str:
    marks = 0
    shown: list[str] = []
    for character in text:
        combines = unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if combines else 0
        if marks <= _MAX_COMBINING_MARKS:
            shown.append(character)
        elif marks == _MAX_COMBINING_MARKS + 1:
            shown.append("◌")
    return "".join(shown)


def safe_text(value: object, limit: int = GRID_LIMIT, *, multiline: bool = False) -> str:
    """Return `value` as text that only shows, never acts.

    `limit` is in characters and is applied first, so a 10 MB cell costs what a short one does;
    what was cut is said at the end. With `multiline`, line feeds and tabs keep their meaning.
    """
    text = value if isinstance(value, str) else str(value)
    cut = len(text) - limit
    if cut > 0:
        text = text[:limit]
    if not is_plain(text):
        if multiline:
            lines = text.replace("\r\n", "\n").expandtabs(4).split("\n")
            text = "\n".join(line.translate(_stand_ins) for line in lines)
        else:
            text = text.translate(_stand_ins)
        if not text.isascii():
            text = _limit_marks(text)
    return f"{text} …+{cut:,}" if cut > 0 else text


def safe_lines(text: str) -> str:
    """Whole text for a terminal or a pipe: line ends and tabs stay, all else only shows."""
    plain = text.replace("\r\n", "").replace("\n", "").replace("\t", "")
    return text if is_plain(plain) else _LINE_PARTS.sub(_shown_part, text)


def _shown_part(part: re.Match[str]) -> str:
    return part[0].translate(_stand_ins)


def one_cell_each(text: str) -> str:
    """Replace what is unsafe without changing the number of characters (for laid-out lines)."""
    return text if is_plain(text) else text.translate(_single_stand_ins)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def guard_formula(text: str) -> str:
    """Prefix `'` where a spreadsheet would run the cell as a formula (OWASP CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
