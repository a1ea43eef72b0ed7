"""The terms that screens and reports use, each with what it means in one line."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[a-z0-9]+")


@cache
def glossary() -> dict[str, str]:
    """Term to meaning, in alphabetical order."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {str(term): str(meaning) for term, meaning in tomllib.loads(text).items()}


def terms_in(text: str) -> list[str]:
    """The terms that stand in a text as whole words, in singular or plural, whatever the case."""
    words = " ".join(_WORD.findall(text.lower()))
    padded = f" {words} "
    return [
        term
        for term in glossary()
        if any(f" {form} " in padded for form in _forms(" ".join(_WORD.findall(term.lower()))))
    ]


def _forms(term: str) -> tuple[str, ...]:
    plural = f"{term[:-1]}ies" if term.endswith("y") else f"{term}s"
    return term, plural
