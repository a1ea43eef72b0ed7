"""What the editor offers to complete: from the case's tables, the engine and the saved queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from workbench.sql.editor_tokens import KEYWORDS, closing, parameters
from workbench.sql.scopes import MAX_CHARACTERS, Relation, relations_at
from workbench.text.sanitize import safe_text

_WORD = re.compile(r"\$?[A-Za-z_]?[A-Za-z_0-9]*$")
_QUALIFIED = re.compile(r"([A-Za-z_]\w*)\.([A-Za-z_0-9]*)$")
_VALUE = re.compile(
    r"([A-Za-z_]\w*)\s*(?:=|<>|!=|\bIN\s*\((?:[^()]*,)?)\s*'([^']*)$", re.IGNORECASE
)
_MAX_OFFERED = 12
_FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Suggestion:
    """One completion: what it is shown as, what it means, and the text it puts there."""

    word: str
    meaning: str
    text: str = ""

    @property
    def inserted(self) -> str:
        """The text it puts there."""
        return self.text or self.word


@dataclass
class Knowledge:
    """Everything that can be completed."""

    columns: dict[str, list[Suggestion]] = field(default_factory=dict)  # by table
    functions: list[Suggestion] = field(default_factory=list)
    queries: list[Suggestion] = field(default_factory=list)
    parameters: list[Suggestion] = field(default_factory=list)
    values: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def learn_tables(
        self, catalogue: Mapping[str, list[list[str]]], meanings: Mapping[str, str]
    ) -> None:
        """Tables and their columns with type and meaning."""
        self.columns = {
            table: [
                Suggestion(name, f"{kind} {meanings.get(f'{table}.{name}', '')}".strip())
                for name, kind in columns
            ]
            for table, columns in catalogue.items()
        }

    def in_sight(self, before: str, after: str) -> dict[str, Relation]:
        """What can be named between two texts."""
        catalogue = {name: [one.word for one in columns] for name, columns in self.columns.items()}
        return relations_at(before, after, catalogue)

    def columns_of(self, relation: Relation) -> list[Suggestion]:
        """Its columns, with type and meaning where it is a table of the case."""
        known = {one.word: one for one in self.columns.get(relation.table, ())}
        return [known.get(name) or Suggestion(name, "of this statement")
                for name in relation.columns]  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """Suggestions for the end of a text, and how many characters of it they replace."""

    found: tuple[Suggestion, ...] = ()
    replaces: int = 0
    wants: tuple[str, str] | None = (
        None  # a column whose values would be offered if they were known
    )


def offer(before: str, after: str, known: Knowledge) -> Offer:
    """What completes the text between `before` and `after` the cursor; nothing in a long one."""
    if len(before) + len(after) > MAX_CHARACTERS:
        return Offer()
    if value := _VALUE.search(before):
        rest = after.partition("'")[2] if "'" in after else after
        return _values(value, known.in_sight(before[: value.start()], rest), known)
    if closing(before):
        return Offer()
    match = _WORD.search(before)
    part = match.group() if match else ""
    if part.startswith("$"):
        own = [Suggestion(f"${name}", "in this text") for name in parameters(before + after)]
        return _matching(part, [own, known.parameters], least=1)
    tables = [Suggestion(table, "table") for table in sorted(known.columns)]
    if re.search(r"\b(?:FROM|JOIN)\s+\w*$", before, re.IGNORECASE):
        return _matching(part, [tables, known.queries], least=0)
    named = known.in_sight(before[: len(before) - len(part)], after)
    other = [one for table in sorted(known.columns) for one in known.columns[table]]
    if qualified := _QUALIFIED.search(before):
        relation = named.get(qualified.group(1).lower())
        # Before FROM is written an alias means nothing yet: any table's column may be meant.
        columns = known.columns_of(relation) if relation else other
        return _matching(part, [columns], least=0)
    names = [Suggestion(name, "in this statement") for name, one in named.items() if not one.table]
    here = [one for relation in named.values() for one in known.columns_of(relation)]
    words = [Suggestion(word, "") for word in KEYWORDS]
    return _matching(part, [here, names, tables, words, known.functions, other, known.queries])


def _values(found: re.Match[str], named: Mapping[str, Relation], known: Knowledge) -> Offer:
    column, part = found.group(1).lower(), found.group(2)
    for relation in named.values():
        table = relation.table
        if column not in {name.lower() for name in relation.columns} or not table:
            continue
        values = known.values.get((table, column))
        if values is None:
            return Offer(wants=(table, column))
        listed = [Suggestion(value, f"{table}.{column}", value.replace("'", "''") + "'")
                  for value in values]  # fmt: skip
        return _matching(part, [listed], least=0)
    return Offer()


def _matching(
    part: str, lists: Sequence[Sequence[Suggestion]], least: int = _FEWEST_LETTERS
) -> Offer:
    if len(part) < least:
        return Offer()
    wanted = part.lower()
    every = {one.word.lower(): one for each in reversed(lists) for one in reversed(each)}
    ordered = dict.fromkeys(one.word.lower() for each in lists for one in each)
    starts = [every[word] for word in ordered if word.startswith(wanted)]
    holds = [every[word] for word in ordered if wanted in word and not word.startswith(wanted)]
    found = [one for one in (*starts, *holds) if one.word.lower() != wanted]
    return Offer(tuple(found[:_MAX_OFFERED]), len(part))


class CompletionBar(Static):
    """One line under the editor: the words on offer, the chosen one and what it means.

    A line of fixed height costs no layout; a list that opens and closes moves everything below it
    with every key.
    """

    DEFAULT_CSS = """
    CompletionBar { height: 1; padding: 0 1; background: $panel; color: $text-muted;
                    text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.offer = Offer()
        self.chosen = 0
        self._note = ""

    @property
    def choice(self) -> Suggestion | None:
        """The word that tab would take."""
        found = self.offer.found
        return found[self.chosen] if found else None

    def show_offer(self, offered: Offer) -> None:
        """Offer these words."""
        if offered != self.offer or self._note:
            self.offer, self.chosen, self._note = offered, 0, ""
            self._draw()

    def say(self, words: str) -> None:
        """Say what is wrong, until something else is typed."""
        self.offer, self._note = Offer(), words
        self._draw()

    def step(self, by: int) -> None:
        """Choose the next or the previous word."""
        self.chosen = (self.chosen + by) % len(self.offer.found)
        self._draw()

    def _draw(self) -> None:
        chosen = self.choice
        if chosen is None:
            self.update(Content.styled(self._note, "$error"), layout=False)
            return
        room = max(20, self.size.width - 2)
        meaning = safe_text(chosen.meaning, 100)
        parts: list[tuple[str, str]] = []
        taken = min(cell_len(meaning), room // 2) + 4
        for at, one in enumerate(self.offer.found[self.chosen :], self.chosen):
            word = safe_text(one.word, 40)
            taken += cell_len(word) + 2
            if parts and taken > room:
                parts.append(("…", ""))
                break
            parts.append((word, "bold $accent" if at == self.chosen else ""))
            parts.append(("  ", ""))
        parts.append((f"  {meaning}" if meaning else "", "$foreground"))
        self.update(Content.assemble(*parts), layout=False)
