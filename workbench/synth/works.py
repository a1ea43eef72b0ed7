"""Lines of work: what is asked, how long the answers are, how a conversation runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from random import Random

import numpy as np

from workbench.synth.dice import Floats, rng_for
from workbench.synth.phrasebook import LANGUAGES, Phrasebook, Span, phrases, word

REPLIES = ("chat", "code", "label", "json", "trace")


@dataclass(slots=True)
class Work:
    """One line of work; token figures are natural logarithms of medians and spreads."""

    frame_start: int
    frame_count: int
    follow_start: int
    follow_count: int
    system: int = -1
    tools: int = -1
    n_tools: int = 0
    hidden: float = 0.0  # log of tokens that the logged prompt does not show (history, files)
    hidden_spread: float = 0.0
    out: float = 5.3
    out_spread: float = 0.8
    reply: int = 0
    language: int = 0
    turns: float = 1.0  # mean exchanges of a session
    gap: float = 90.0  # seconds between turns, median
    temperature: float = -1.0
    max_tokens: int = 0
    streaming: float = 0.0
    reasoning: float = 0.0
    items: int = 0  # members that share the items; 0: texts are drawn, not dealt out
    repeat: int = 1  # times that each item is asked (best of n)
    session_ids: int = 1


class Works:
    """The catalogue of lines of work, with the texts and tool schemas they rest on."""

    def __init__(self, seed: int, paragraph_chars: int, names: int = 1_500) -> None:
        self.book = Phrasebook(seed, paragraph_chars, names)
        self.rows: list[Work] = []
        self.systems: list[str] = []
        self.tools: list[str] = []
        self._seed = seed
        self._system_known: dict[str, int] = {}
        rng = rng_for(seed, "works")
        self.frameworks = [self.system(text) for text in phrases("work")["system"]["framework"]]
        self.framework_tools = [self.tool_schema(f"framework {i} {seed}") for i in range(6)]
        self._popular = self.book.frames(phrases("work")["developer"]["popular"])
        self._bench = self.book.frames(phrases("work")["developer"]["bench"])
        self._judge = self.book.frames(phrases("work")["developer"]["judge"])
        self._follow = {
            language: self.book.frames(_turns(phrases(language)["follow"]), language)
            for language in LANGUAGES
        }
        self._chat = {
            language: self.book.frames(phrases(language)["frames"], language)
            for language in LANGUAGES
        }
        self._code = self.book.frames(phrases("work")["developer"]["code"])
        self._codefollow = self.book.frames(_turns(phrases("work")["developer"]["codefollow"]))
        self._homework = self.book.frames(phrases("work")["developer"]["homework"])
        self._rng = rng

    def system(self, text: str) -> int:
        """The index of a system prompt, new or known."""
        index = self._system_known.get(text)
        if index is None:
            index = self._system_known[text] = len(self.systems)
            self.systems.append(text)
        return index

    def tool_schema(self, name: str) -> int:
        """A new tool schema, known by its hash alone."""
        self.tools.append(digest(f"tools {name}"))
        return len(self.tools) - 1

    def add(self, work: Work) -> int:
        """The index of a new line of work."""
        self.rows.append(work)
        return len(self.rows) - 1

    def column(self, name: str) -> Floats:
        """One field of all works as float64."""
        return np.array([getattr(row, name) for row in self.rows], dtype=np.float64)

    def columns(self) -> dict[str, Floats]:
        """All fields of all works."""
        return {field.name: self.column(field.name) for field in fields(Work)}

    def chat(self, rng: Random, language: str) -> int:
        """A person talking: a few habits of their own, then the language's common turns."""
        frames = list(rng.choices(phrases(language)["frames"], k=rng.randint(3, 7)))
        habit = ""
        if rng.random() < 0.45:
            habit = f"{word(rng, 2).title()} {rng.choice(['-', ':', ',', '/'])} "
        own = self.book.frames([_own(frame, habit, rng) for frame in frames], language)
        follow = self._follow[language]
        return self.add(
            Work(
                own.start,
                own.count,
                follow.start,
                follow.count,
                out=rng.gauss(5.5, 0.35),
                out_spread=0.9,
                language=LANGUAGES.index(language),
                turns=rng.uniform(1.6, 7.0),
                gap=rng.uniform(50, 240),
                streaming=0.96,
                reasoning=rng.choice([0, 0, 0.4]),
            )
        )

    def shared_chat(self, rng: Random, language: str) -> int:
        """Talk with nobody's habits: all frames of the language."""
        span, follow = self._chat[language], self._follow[language]
        return self.add(
            Work(
                span.start,
                span.count,
                follow.start,
                follow.count,
                out=5.5,
                out_spread=0.9,
                language=LANGUAGES.index(language),
                turns=rng.uniform(2, 6),
                streaming=0.9,
            )
        )

    def coding(self, rng: Random, framework: bool = False) -> int:
        """A developer with an editor or an agent; long contexts, tools, many turns."""
        own = self._code
        if rng.random() < 0.7:
            texts = rng.choices(phrases("work")["developer"]["code"], k=4)
            mark = f"[{word(rng, 2)}] " if rng.random() < 0.4 else ""
            own = self.book.frames([mark + text for text in texts])
        follow = self._codefollow
        return self.add(
            Work(
                own.start,
                own.count,
                follow.start,
                follow.count,
                system=self.frameworks[1] if framework else -1,
                tools=self.framework_tools[rng.choice([1, 1, 1, 2])] if framework else -1,
                n_tools=11 if framework else 0,
                hidden=rng.gauss(8.2, 0.6),
                hidden_spread=0.9,
                out=rng.gauss(5.9, 0.3),
                out_spread=1.0,
                reply=1,
                turns=rng.uniform(3, 14),
                gap=rng.uniform(20, 120),
                streaming=0.95,
                reasoning=rng.choice([0.0, 0.3, 0.6]),
            )
        )

    def coding_in(self, rng: Random, language: str) -> int:
        """As `coding`: code has one language whatever its author speaks."""
        return self.coding(rng, framework=language == "en" and rng.random() < 0.3)

    def pipeline(self, rng: Random, language: str, tag: str = "own") -> int:
        """One customer's template over its own documents: one turn, short answers."""
        return self.add(self.template_work(rng, language, tag))

    def template_work(self, rng: Random, language: str, tag: str) -> Work:
        """A template put together for one customer; the caller may still change figures."""
        words = phrases("work")["developer"]
        head = rng.choice(words["open"])
        if rng.random() < 0.75:  # most templates speak of the customer's own things
            head = head.replace("{thing}", f"{word(rng, 2).title()} {{thing}}")
        head = self.book.fill(head, rng) + rng.choice([".", ":", " -", "\n"])
        rules = " ".join(
            self.book.fill(rule, rng) for rule in rng.sample(words["rule"], rng.randint(1, 3))
        )
        if rng.random() < 0.35:
            head = f"[{word(rng, 3)}] {head}"
        frames = self.book.frames(
            [f"{head} {rules}\n{tail}" for tail in rng.sample(words["batchtail"], 2)], language
        )
        short = rng.random() < 0.6
        company = self.book.fill(rng.choice(phrases("work")["system"]["own"]), rng)
        system = (
            self.system(f"{company} {word(rng, 3) if rng.random() < 0.7 else ''}".strip())
            if rng.random() < 0.6
            else -1
        )
        return Work(
            frames.start,
            frames.count,
            frames.start,
            frames.count,
            system=system,
            tools=self.tool_schema(f"{tag} {rng.random()}") if rng.random() < 0.2 else -1,
            n_tools=rng.randint(1, 6),
            hidden=rng.gauss(5.4, 0.9),
            hidden_spread=0.5,
            out=rng.gauss(1.8, 0.5) if short else rng.gauss(4.8, 0.6),
            out_spread=0.5,
            reply=2 if short else 3,
            language=LANGUAGES.index(language),
            temperature=rng.choice([0.0, 0.0, 0.2, -1.0, 0.7]),
            max_tokens=rng.choice([0, 64, 256, 1024]),
            session_ids=0,
        )

    def data_making(self, rng: Random, language: str) -> int:
        """A single customer who makes training or test data: asks as campaigns do, alone."""
        style = rng.choice(["instruct", "instruct", "rubric", "reasoning", "tools"])
        book = phrases("extraction")[style]
        parts = [rng.sample(book[name], 2) for name in ("open", "task", "tail")]
        mark = f"{word(rng, 3)} {rng.choice(['set', 'v2', 'corpus', 'batch'])} {{n}}: "
        texts = [mark + " ".join(rng.choice(part) for part in parts) for _ in range(3)]
        span = self.book.frames(texts, language)
        row = Work(span.start, span.count, span.start, span.count, session_ids=0)
        row.out, row.out_spread = (1.2, 0.3) if style == "rubric" else (rng.gauss(6.3, 0.4), 0.5)
        row.temperature, row.reply = rng.choice([-1.0, 0.7, 1.0]), 2 if style == "rubric" else 3
        return self.add(row)

    def public(self, rng: Random, name: str) -> int:
        """Texts that many strangers send: popular prompts, benchmarks, judges, homework, agents."""
        span = {
            "popular": self._popular,
            "bench": self._bench,
            "judge": self._judge,
            "homework": self._homework,
            "agent": self._code,
        }[name]
        follow = self._follow["en"] if name in ("popular", "homework") else span
        row = Work(
            span.start, span.count, follow.start, follow.count, session_ids=int(follow is not span)
        )
        if name in ("popular", "homework"):
            row.turns, row.out, row.streaming = rng.uniform(1.2, 4), 5.4, 0.9
        elif name == "bench":
            row.out, row.temperature, row.max_tokens = (
                rng.gauss(5.6, 0.5),
                0.0,
                rng.choice([512, 1024]),
            )
        elif name == "judge":
            row.out, row.out_spread, row.reply, row.temperature = rng.gauss(2.2, 0.8), 0.4, 2, 0.0
        else:
            pick = rng.choice([0, 0, 2])
            row.system, row.tools, row.n_tools = (
                self.frameworks[pick],
                self.framework_tools[pick],
                4,
            )
            row.turns, row.hidden, row.hidden_spread, row.gap = rng.uniform(3, 12), 7.4, 0.8, 8.0
        return self.add(row)


def digest(text: str) -> str:
    """The supplied hash of a system prompt or a tool schema: 24 hex digits of SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _turns(frames: list[str]) -> list[str]:
    """Later turns of conversations: bare ones, and as many that begin with words of the talk."""
    leads = ("{tag} {tag2}: ", "{tag}, {tag2}. ", "ok {tag} {tag2} - ", "{tag} ")
    return frames + [lead + frame for lead in leads for frame in frames]


def _own(frame: str, habit: str, rng: Random) -> str:
    lead = rng.choice(("{tag}: ", "{tag} - ", "re {tag}: ", "({tag}) "))
    text = habit or (lead if rng.random() < 0.6 else "")
    text += frame
    kind = rng.random()
    if kind < 0.25:
        return text[:1].lower() + text[1:]
    if kind < 0.32:
        return text.replace("?", "??").replace(".", "")
    return text


def replies(book: Phrasebook, rng: Random) -> dict[tuple[int, int], Span]:
    """Pools of answers by (reply kind, language index), each sorted by length."""
    out: dict[tuple[int, int], Span] = {}
    labels = [part for line in book.raw("label") for part in line.split(", ")]
    labels += [str(n) for n in range(1, 11)] + ["yes", "no", "unknown"]
    jsons = [
        f'{{"{word(rng, 1)}": "{rng.choice(book.raw("field"))}", "value": {rng.randint(1, 9999)}}}'
        for _ in range(120)
    ]
    for place, language in enumerate(LANGUAGES):
        paragraphs = book.raw("para", language)
        chats = [rng.choice(paragraphs) for _ in range(160)]
        codes = [
            f"{rng.choice(paragraphs)[:160]}\n{rng.choice(book.raw('code'))}" for _ in range(120)
        ]
        traces = [
            "<think>{} {}</think> {}".format(*rng.choices(paragraphs, k=2), rng.randint(1, 999))
            for _ in range(120)
        ]
        for kind, texts in enumerate((chats, codes, labels, jsons, traces)):
            out[(kind, place)] = book.pool(sorted(texts, key=len))
    return out
