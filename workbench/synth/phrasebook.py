"""Text in pieces: pools of fragments and frames with slots, composed row by row without loops.

A frame is at most four fixed texts around three slots; a slot names a pool, or the number of the
item being worked on. Every text lives once in `pieces`; a row of a prompt is seven indices.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import numpy as np

from workbench.synth.dice import Ints, rng_for

LANGUAGES = ("en", "zh", "es", "de", "fr", "ja", "ru", "ar", "pt", "ko")
ITEM = -2  # pool start that stands for the item's number
SLOTS = 3

_SLOT = re.compile(r"\{([a-z]+)2?3?\}")
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ki",
    "lo",
    "me",
    "nu",
    "or",
    "pa",
    "que",
    "ri",
    "sa",
    "ti",
    "va",
    "wen",
    "xa",
    "yo",
    "zu",
    "mar",
    "lin",
    "sto",
    "bra",
    "del",
    "fen",
    "gra",
    "tor",
]
_ENDINGS = ("py", "ts", "go", "rs", "java", "sql")
_KEYWORDS = ("return", "if", "for", "await", "raise", "import", "yield")


@cache
def phrases(name: str) -> dict[str, Any]:
    """One shipped file of phrases, parsed."""
    text = files("workbench.synth").joinpath("phrases", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def word(rng: Random, syllables: int = 3) -> str:
    """An invented word."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(syllables))


def _named(topic: str, rng: Random) -> str:
    """A topic as somebody's own, mostly with a name in it, as real ones are."""
    name, kind = f"{word(rng, 2).title()} {rng.randint(1, 99)}", rng.random()
    if kind < 0.2:
        return topic
    return f"{topic} ({name})" if kind < 0.4 else f"{name} {topic}"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of consecutive entries."""

    start: int
    count: int


class Phrasebook:
    """Grows while a world is planned; frozen into arrays before rows are drawn."""

    def __init__(self, seed: int, paragraph_chars: int, names: int) -> None:
        self.pieces: list[str] = [""]
        self._known: dict[str, int] = {"": 0}
        self._pools: dict[tuple[str, str], Span] = {}
        self._raw: dict[tuple[str, str], list[str]] = {}
        self._frames: list[tuple[int, ...]] = []
        self._rng = rng_for(seed, "phrases")
        self._paragraph_chars = paragraph_chars
        self._names = names
        for language in LANGUAGES:
            self._load_language(language)

    def raw(self, name: str, language: str = "en") -> list[str]:
        """The texts of a pool; pools of programmatic use exist for every language in English."""
        found = self._raw.get((language, name))
        return found if found is not None else self._raw[("en", name)]

    def fill(self, text: str, rng: Random, language: str = "en") -> str:
        """The text with every slot filled at once (for texts that belong to one account)."""
        for _ in range(3):
            if "{" not in text:
                break
            text = _SLOT.sub(lambda slot: self._one(slot, rng, language), text)
        return text

    def piece(self, text: str) -> int:
        """The index of a text, new or known."""
        index = self._known.get(text)
        if index is None:
            index = self._known[text] = len(self.pieces)
            self.pieces.append(text)
        return index

    def pool(self, texts: list[str]) -> Span:
        """A new run of pieces."""
        span = Span(len(self.pieces), len(texts))
        self.pieces.extend(texts)
        return span

    def frames(self, texts: list[str], language: str = "en", **own: Span) -> Span:
        """A run of frames; `own` are pools that only these frames know."""
        span = Span(len(self._frames), len(texts))
        self._frames.extend(self._parse(text, language, own) for text in texts)
        return span

    def arrays(self) -> Ints:
        """Frames as int64 (frames, 4 texts + 3 pool starts + 3 pool sizes)."""
        return np.array(self._frames, dtype=np.int64).reshape(-1, SLOTS * 3 + 1)

    def _parse(self, text: str, language: str, own: dict[str, Span]) -> tuple[int, ...]:
        found = [(slot, self._span(slot.group(1), language, own)) for slot in _SLOT.finditer(text)]
        slots = [(slot, span) for slot, span in found if span is not None]
        # A frame has room for three slots: the poorest of more are filled once and for all.
        keep = sorted(slots, key=lambda pair: -(10**9 if pair[1].start == ITEM else pair[1].count))
        kept = {slot.start() for slot, _ in keep[:SLOTS]}
        texts, starts, counts, at, run = [], [], [], 0, ""
        for slot, span in slots:
            run += text[at : slot.start()]
            at = slot.end()
            if slot.start() in kept:
                texts.append(self.piece(run))
                starts.append(span.start)
                counts.append(span.count)
                run = ""
            else:
                run += self.pieces[span.start + self._rng.randrange(span.count)]
        texts.append(self.piece(run + text[at:]))
        texts += [0] * (SLOTS + 1 - len(texts))
        starts += [0] * (SLOTS - len(starts))
        counts += [1] * (SLOTS - len(counts))
        return (*texts, *starts, *counts)

    def _span(self, name: str, language: str, own: dict[str, Span]) -> Span | None:
        if name == "item":
            return Span(ITEM, 1)
        if name in own:
            return own[name]
        home = language if (language, name) in self._raw else "en"
        if (home, name) not in self._raw:
            return None
        if (home, name) not in self._pools:
            self._pools[(home, name)] = self.pool(self._raw[(home, name)])
        return self._pools[(home, name)]

    def _one(self, slot: re.Match[str], rng: Random, language: str) -> str:
        name = slot.group(1)
        if (language, name) in self._raw:
            return rng.choice(self._raw[(language, name)])
        if ("en", name) in self._raw:
            return rng.choice(self._raw[("en", name)])
        return slot.group(0)

    def _load_language(self, language: str) -> None:
        rng = self._rng
        book = phrases(language)
        for name in ("verb", "trouble", "tongue", "person", "day", "adj"):
            if name in book:
                self._raw[(language, name)] = book[name]
        if language == "en":
            self._raw[("en", "n")] = [
                str(int(rng.lognormvariate(3.6, 1.3)) + 2) for _ in range(900)
            ]
            self._raw[("en", "word")] = [word(rng, rng.randint(2, 4)) for _ in range(1200)]
            self._raw[("en", "company")] = [word(rng, 3).title() for _ in range(700)]
            for name, texts in phrases("work")["pools"].items():
                self._raw[("en", name)] = [self.fill(t, rng) for t in texts]
            self._raw[("en", "thing")] = phrases("work")["developer"]["thing"]
            self._raw[("en", "who")] = phrases("work")["developer"]["who"]
            self._raw[("en", "tag")] = [word(rng, rng.randint(2, 4)) for _ in range(self._names)]
            self._raw[("en", "path")] = [
                f"{word(rng, 2)}/{word(rng, 2)}.{rng.choice(_ENDINGS)}" for _ in range(self._names)
            ]
            stems = phrases("work")["pools"]["stem"]
            self._raw[("en", "stem")] = [self.fill(rng.choice(stems), rng) for _ in range(900)]
            tickets = phrases("work")["pools"]["ticket"]
            self._raw[("en", "ticket")] = [
                f"{rng.choice(tickets)} #{rng.randint(10**4, 10**6)}" for _ in range(700)
            ]
            self._raw[("en", "code")] = [self._snippet(rng) for _ in range(400)]
        self._raw[(language, "topic")] = [_named(topic, rng) for topic in book["topic"] * 24]
        self._raw[(language, "detail")] = [self.fill(t, rng, language) for t in book["detail"] * 12]
        self._raw[(language, "para")] = [
            self._paragraph(book["sentences"], rng) for _ in range(400)
        ]

    def _paragraph(self, sentences: list[str], rng: Random) -> str:
        wanted = min(self._paragraph_chars * rng.lognormvariate(0.0, 0.9), 8_000)
        out: list[str] = []
        size = 0
        while size < wanted:
            sentence = rng.choice(sentences)
            if rng.random() < 0.5:
                sentence = f"{word(rng, 2).title()} {rng.randint(2, 900)}: {sentence}"
            out.append(sentence)
            size += len(sentence) + 1
        return " ".join(out)

    def _snippet(self, rng: Random) -> str:
        name = rng.choice(self._raw[("en", "fname")])
        lines = [f"def {name}({word(rng, 2)}, {word(rng, 1)}=None):"]
        for _ in range(max(2, int(self._paragraph_chars / 45 * rng.lognormvariate(0, 0.7)))):
            lines.append(
                f"    {rng.choice(_KEYWORDS)} {word(rng, 2)}.{word(rng, 2)}({rng.randint(0, 512)})"
            )
        return "```python\n" + "\n".join(lines) + "\n```"
