"""Decisions in columns, and for each account the decisions that touched it, oldest first.

A million decisions take about 60 bytes each and move to and from a file as they lie in memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.audit.records.account_sets import spell
from workbench.audit.records.canonical_json import Fields

STANDS, REVERSED, PENDING, REFUSED = range(4)
_ID = 16
_COLUMNS = (
    ("verdict", "H"),
    ("reason", "H"),
    ("confidence", "H"),
    ("analyst", "H"),
    ("decided_at", "q"),
    ("expires_at", "q"),
    ("seq", "q"),
    ("offset", "q"),
    ("count", "q"),
    ("status", "B"),
)
_TOUCHES = (("last", "i"), ("touched_by", "i"), ("touched_before", "i"))


class DecisionRow(NamedTuple):
    """One row of the `decisions` table; times are UTC microseconds, `expires_at` may be None."""

    account_id: str
    verdict: str
    reason: str
    confidence: str
    analyst: str
    decided_at: int
    expires_at: int | None
    record_id: str
    pending: bool


class DecisionTable:
    """Every decision and proposal of a ledger, by number in order of arrival."""

    def __init__(self) -> None:
        self.columns: dict[str, array[int]] = {
            name: array(code) for name, code in (*_COLUMNS, *_TOUCHES)
        }
        self._appends = [self.columns[name].append for name, _ in _COLUMNS]
        self.words: list[str] = []
        self._word_numbers: dict[str, int] = {}
        self.ids = bytearray()
        self.slots: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.columns["status"])

    def _word(self, word: str) -> int:
        number = self._word_numbers.get(word)
        if number is None:
            number = self._word_numbers[word] = len(self.words)
            self.words.append(word)
        return number

    def add(self, record_id: str, body: Fields, analyst: str, ts: int, place: tuple[int, int],
            status: int) -> int:  # fmt: skip
        """Enter a decision; `place` is its seq and byte offset (-1 where it came by a merge)."""
        expires = body["expires"]
        words = (body["verdict"], body["reason"], body["confidence"], analyst)
        numbers = map(self._word, words)
        until = -1 if expires is None else expires
        values = (*numbers, ts, until, *place, body["subject"]["count"], status)
        for append, value in zip(self._appends, values, strict=True):
            append(value)
        self.ids += bytes.fromhex(record_id)
        return len(self.columns["status"]) - 1

    def touch(self, number: int, accounts: Iterable[str]) -> None:
        """Say that the decision falls on these accounts, after all that fell on them before."""
        slots = self.slots
        last, by, before = (self.columns[name] for name, _ in _TOUCHES)
        for account in accounts:
            slot = slots.setdefault(account, len(last))
            if slot == len(last):
                last.append(-1)
            by.append(number)
            before.append(last[slot])
            last[slot] = len(by) - 1

    def find(self, record_id: str) -> int:
        """The number of the decision with this record id, or -1."""
        try:
            wanted = bytes.fromhex(record_id)
        except ValueError:
            return -1
        if len(wanted) != _ID:
            return -1
        at = self.ids.find(wanted)
        while at >= 0 and at % _ID:
            at = self.ids.find(wanted, at + 1)
        return at // _ID

    def record_id(self, number: int) -> str:
        """The id of the record that holds the decision."""
        return self.ids[number * _ID : (number + 1) * _ID].hex()

    def status(self, number: int) -> int:
        """STANDS, REVERSED, PENDING or REFUSED."""
        return self.columns["status"][number]

    def weight(self, number: int) -> tuple[str, str, int]:
        """What a policy goes by: verdict, reason, and how many accounts."""
        columns, words = self.columns, self.words
        verdict, reason = (words[columns[name][number]] for name in ("verdict", "reason"))
        return verdict, reason, columns["count"][number]

    def set_status(self, number: int, status: int) -> None:
        """Change whether a decision counts."""
        self.columns["status"][number] = status

    def _backwards(self, account: str) -> Iterator[int]:
        slot = self.slots.get(account)
        if slot is None:
            return
        last, by, before = (self.columns[name] for name, _ in _TOUCHES)
        touch = last[slot]
        while touch >= 0:
            yield by[touch]
            touch = before[touch]

    def current(self, account: str) -> int:
        """The newest decision on the account that stands, or -1."""
        status = self.columns["status"]
        for number in self._backwards(account):
            if status[number] == STANDS:
                return number
        return -1

    def in_force(self) -> Iterator[tuple[str, int]]:
        """Every account with the newest decision on it that stands."""
        status = self.columns["status"]
        last, by, before = (self.columns[name] for name, _ in _TOUCHES)
        for account, slot in self.slots.items():  # as `current`, for a million at once
            touch = last[slot]
            while touch >= 0 and status[by[touch]] != STANDS:
                touch = before[touch]
            if touch >= 0:
                yield account, by[touch]

    def history(self, account: str) -> list[int]:
        """Every decision that fell on the account, oldest first, reversed ones included."""
        numbers = list(dict.fromkeys(self._backwards(account)))
        numbers.reverse()
        return numbers

    def row(self, account: str, number: int) -> DecisionRow:
        """The decision as a row about one account."""
        columns, words = self.columns, self.words
        expires = columns["expires_at"][number]
        return DecisionRow(
            account,
            words[columns["verdict"][number]],
            words[columns["reason"][number]],
            words[columns["confidence"][number]],
            words[columns["analyst"][number]],
            columns["decided_at"][number],
            None if expires < 0 else expires,
            self.record_id(number),
            columns["status"][number] == PENDING,
        )

    def rows_in_columns(self, numbers: Sequence[int]) -> dict[str, list[Any]]:
        """Some decisions in columns, as `row` tells one of them."""
        columns, words = self.columns, self.words
        found: dict[str, list[Any]] = {
            name: [words[columns[name][number]] for number in numbers]
            for name in ("verdict", "reason", "confidence", "analyst")
        }
        expires = columns["expires_at"]
        return found | {
            "decided_at": [columns["decided_at"][number] for number in numbers],
            "expires_at": [None if expires[n] < 0 else expires[n] for n in numbers],
            "record_id": [self.record_id(number) for number in numbers],
            "pending": [columns["status"][number] == PENDING for number in numbers],
        }

    def blobs(self) -> dict[str, bytes]:
        """The whole table as named byte strings."""
        return {
            **{name: column.tobytes() for name, column in self.columns.items()},
            "ids": bytes(self.ids),
            "words": spell(self.words),
            "accounts": spell(self.slots),
        }

    @classmethod
    def from_blobs(
        cls, blobs: Mapping[str, memoryview], lists: tuple[list[str], list[str]]
    ) -> DecisionTable:
        """The table that `blobs` wrote; `lists` are its words and accounts, already read."""
        table = cls()
        for name, column in table.columns.items():
            column.frombytes(blobs[name])
        table.ids += blobs["ids"]
        words, accounts = lists
        table.words = words
        table._word_numbers = dict(zip(words, range(len(words)), strict=True))
        table.slots = dict(zip(accounts, range(len(accounts)), strict=True))
        return table
