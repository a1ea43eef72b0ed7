"""What a screen writes for stored names that are terms of the method: columns, sources, figures.

Stored names stay as they are, because evidence, saved queries and reports rest on them.
"""

from __future__ import annotations

HEADINGS: dict[str, str] = {
    "llr": "strength",
    "mean_llr": "mean strength",
    "nats": "strength",
    "surprise": "rarer elsewhere",
    "points": "adds to score",
    "speaks_for": "speaks for",
    "speaks_against": "speaks against",
    "likeness": "likely a member",
}


def heading_of(column: str) -> str:
    """The heading of a column on a screen."""
    return HEADINGS.get(column, column)


# Independent sources of evidence, and figures of a score, as a sentence names them.
_WORDS: dict[str, str] = {
    "money": "payment", "machine": "device", "mail": "e-mail", "signup": "sign-up",
    "content": "wording", "private": "private prompt", "keys": "API keys",
    "aims": "prompts that seek training data",
}  # fmt: skip


def words_of(name: str) -> str:
    """A source of evidence or a figure of a score in an analyst's words."""
    return _WORDS.get(name, name)
