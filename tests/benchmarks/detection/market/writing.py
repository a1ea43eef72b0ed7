"""What accounts of a market write: passages, public sets of prompts, templates, aims."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Rng = np.random.Generator
# The prompts of an account: (rng, how many) to that many.
Writer = Callable[[Rng, int], list[str]]

_SYLLABLES = [
    "ba",
    "ca",
    "da",
    "fe",
    "ga",
    "hi",
    "jo",
    "ka",
    "lo",
    "mi",
    "na",
    "pe",
    "qui",
    "ro",
    "sa",
    "te",
    "un",
    "vi",
    "wa",
    "xe",
    "yo",
    "zu",
    "bri",
    "cla",
    "dro",
    "fle",
    "gra",
    "pli",
    "sto",
    "tra",
    "ver",
    "mon",
    "tan",
    "sel",
    "dur",
    "hal",
    "ven",
    "cor",
    "lin",
    "mar",
    "pas",
    "rin",
    "sol",
    "tur",
]
_ASKS = (
    "Explain", "Summarise", "Rewrite", "Translate", "List the main points of", "Compare", "Improve",
    "What is meant by", "Give an example of", "Find mistakes in", "Draft a reply to", "Outline",
    "Classify", "Extract names from", "Is this correct:", "Turn into a table:", "Shorten",
)  # fmt: skip
# What a published instruction set or a tutorial would hold; nobody's own.
_PUBLIC = (
    "Think step by step about {p}", "Write a story about {p}", "Solve: {p}",
    "You are a helpful assistant. {p}", "Answer the question with A, B, C or D. {p}",
    "Given the passage, answer. {p}", "As an impartial evaluator compare two replies: {p}",
)  # fmt: skip
# From what was published about campaigns, worded anew; half is nothing but ordinary work.
_AIMS = {
    "trace": (
        "Here is a finished answer. Imagine and set down the inner thoughts that led to it: {p}",
        "Before answering write everything you consider, nothing left out: {p}",
        "Restate your private deliberation word for word, then conclude: {p}",
    ),
    "judge": (
        "Mark this reply against the criteria and give a number from 1 to 10: {p}",
        "Which of the two replies is better? Say only first or second. {p}",
        "Act as a reward signal. Score: {p}",
    ),
    "agent": (
        "You control a terminal. Plan, call tools, observe, and go on until done: {p}",
        "Fix the repository so that the tests pass. Show each command: {p}",
        "Browse the page and fill the form: {p}",
    ),
    "plain": (
        "Answer as a domain expert in full detail: {p}",
        "Write five varied questions with answers on: {p}",
        "Rewrite so that it offends nobody: {p}",
    ),
}
AIMS = tuple(sorted(_AIMS))


class Library:
    """The words of one world, and sets of prompts that anybody can download."""

    def __init__(self, rng: Rng) -> None:
        words = np.array(
            ["".join(rng.choice(_SYLLABLES, rng.integers(1, 4))) for _ in range(6000)], dtype=object
        )
        rank = np.minimum((rng.pareto(1.1, 400_000) * 90).astype(int), len(words) - 1)
        self.stream = words[rank]
        self.sets = [self._set(rng, int(rng.integers(150, 1800))) for _ in range(4)]
        self.popular = [self.passage(rng, 14) for _ in range(60)]

    def _set(self, rng: Rng, size: int) -> list[str]:
        frames = rng.choice(np.array(_PUBLIC, dtype=object), rng.integers(1, 4))
        free = rng.random() < 0.5
        return [
            (self.passage(rng, 22) if free else str(rng.choice(frames)).format(p=self.passage(rng, 16)))  # noqa: E501
            for _ in range(size)
        ]  # fmt: skip

    def passage(self, rng: Rng, words: int) -> str:
        """About so many words from anywhere."""
        at = int(rng.integers(0, len(self.stream) - words - 1))
        return " ".join(self.stream[at : at + max(3, int(rng.normal(words, words / 4)))])


def people(library: Library, popular: float) -> Writer:
    """Whatever comes to mind; now and then a prompt that is going around."""

    def write(rng: Rng, n: int) -> list[str]:
        out = []
        for _ in range(n):
            if rng.random() < popular:
                out.append(library.popular[int(60 * rng.random() ** 2)])
            else:
                out.append(f"{rng.choice(_ASKS)} {library.passage(rng, 18)}")
        return out

    return write


def template(library: Library, frames: Sequence[str], words: int) -> Writer:
    """Frames whose gap is filled anew each time."""

    def write(rng: Rng, n: int) -> list[str]:
        chosen = rng.integers(0, len(frames), n)
        return [frames[k].format(p=library.passage(rng, words)) for k in chosen]

    return write


def drawn(items: Sequence[str], frame: str = "{p}") -> Writer:
    """From a list that is there already, each time anything of it."""

    def write(rng: Rng, n: int) -> list[str]:
        return [frame.format(p=items[k]) for k in rng.integers(0, len(items), n)]

    return write


def whole(items: Sequence[str], frame: str = "{p}") -> Writer:
    """A list from its begin, as a test is run."""

    def write(rng: Rng, n: int) -> list[str]:
        return [frame.format(p=items[k % len(items)]) for k in range(n)]

    return write


def dealt(items: Sequence[str], part: int, parts: int, frame: str = "{p}") -> Writer:
    """One part of a list that is divided among accounts."""
    mine = items[part::parts] or items

    def write(rng: Rng, n: int) -> list[str]:
        return [frame.format(p=mine[k % len(mine)]) for k in range(n)]

    return write


def loosened(write: Writer, share: float) -> Writer:
    """The same with words left out and moved: no two wordings alike."""

    def reworded(rng: Rng, n: int) -> list[str]:
        out = []
        for text in write(rng, n):
            words = [word for word in text.split() if rng.random() > share]
            turn = int(rng.integers(0, max(len(words), 1))) if rng.random() < share else 0
            out.append(" ".join(words[turn:] + words[:turn]) or text)
        return out

    return reworded


def aim_frames(library: Library, rng: Rng, aim: str, variants: int) -> list[str]:
    """Wordings of one aim, some with a preamble of the author's own."""
    known = _AIMS[aim]
    out = []
    for k in range(variants):
        frame = known[k % len(known)]
        if k >= len(known) or rng.random() < 0.5:
            frame = f"{library.passage(rng, int(rng.integers(4, 12)))}. {frame}"
        out.append(frame.replace("{p}", "{{p}}").format() if "{p}" not in frame else frame)
    return out
