"""Outside text in Markdown: shown as it is, and nothing in it acts in any viewer.

Escapes keep markup from acting. Addresses are broken up besides: viewers, mail programs and
terminals make them clickable by themselves, some of them after the escapes are resolved.
"""

from __future__ import annotations

import re

from workbench.text.sanitize import safe_text

_ALWAYS = frozenset("\\`*[]<>|&~$")
# `http://`, `mailto:`, `www.`, `name@place`, `place.tld`: each is broken at its mark.
_MARKS = r"(?<=[a-z0-9+.-]):(?=//)|(?<=mailto):|(?<=xmpp):|(?<=\bwww)\.|@(?=\w)"
_ADDRESS = re.compile(rf"{_MARKS}|(?<=[^\s.])\.(?=[^\W\d_]{{2}})", re.IGNORECASE)
# In code no viewer looks for names of places; a terminal still sees the rest.
_IN_CODE = re.compile(_MARKS, re.IGNORECASE)
_BLANKS_BEFORE = re.compile(r"^\s{2,}")
_BEGINS_A_BLOCK = re.compile(r"[#+\-=:>]|[0-9]{1,9}(?=[.)](?:\s|$))")


def broken_up(text: str) -> str:
    """The text with every address in it broken up: `http[:]//`, `a[@]b[.]com`."""
    return _ADDRESS.sub(r"[\g<0>]", text)


def markdown_text(text: str) -> str:
    """One line of Markdown that shows `text` and does nothing else."""
    # Four blanks before a text would make it a block of code.
    shown = _BLANKS_BEFORE.sub(" ", broken_up(safe_text(text, len(text))))
    parts = [
        f"\\{one}" if one in _ALWAYS or (one == "_" and not _inside_word(shown, at)) else one
        for at, one in enumerate(shown)
    ]
    begin = _BEGINS_A_BLOCK.match(shown)
    if begin is not None:  # an item of a list escapes its mark, which stands behind the number
        at = begin.end() if begin[0].isdigit() else 0
        parts[at] = f"\\{shown[at]}" if len(parts[at]) == 1 else parts[at]
    return "".join(parts)


def _inside_word(text: str, at: int) -> bool:
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def markdown_code(text: str) -> str:
    """A name, digest or command of the program's own; what could act is shown as plain text."""
    plain = text.isascii() and text.isprintable() and not set(text) & set("`|")
    return f"`{text}`" if plain and _IN_CODE.search(text) is None else markdown_text(text)
