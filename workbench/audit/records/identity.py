"""Who acts, from which machine, at what time."""

from __future__ import annotations

import os
import pwd
import socket
import time
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.look_alikes import LOOK_ALIKES

_TO_ASCII = str.maketrans({c: like for like, characters in LOOK_ALIKES.items() for c in characters})


@dataclass(frozen=True, slots=True)
class Who:
    """The analyst of a record: display name, uid, host, fingerprint of the SSH key (or empty)."""

    name: str
    uid: int
    host: str
    key: str = ""

    @classmethod
    def here(cls, name: str = "", key: str = "") -> Who:
        """The user of this process on this host; `name` replaces the login name."""
        uid = os.getuid()
        if not name:
            try:
                name = pwd.getpwuid(uid).pw_name
            except KeyError:
                name = f"uid-{uid}"
        return cls(name[:256], uid, socket.gethostname()[:256], key)

    @classmethod
    def of(cls, fields: Fields) -> Who:
        """The analyst that a record names."""
        return cls(fields["name"], fields["uid"], fields["host"], fields["key"])

    def as_field(self) -> Fields:
        """The form in which a record names the analyst."""
        return {"name": self.name, "uid": self.uid, "host": self.host, "key": self.key}

    def same_person(self, other: Who, enrolled: Collection[tuple[str, str]] = ()) -> bool:
        """Whether two acts count as one person's; in doubt they do.

        Names that look alike are one. Two keys, each `enrolled` for its own name (key, name), tell
        two people apart even at one login; anybody can make a second key, so that without it both
        the name and the login (host and uid) must differ.
        """
        if _comparable(self.name) == _comparable(other.name) or (
            self.key and self.key == other.key
        ):
            return True
        if (self.key, self.name) in enrolled and (other.key, other.name) in enrolled:
            return False
        return (self.host, self.uid) == (other.host, other.uid)

    def one_person(self, other: Who, vouched: Collection[tuple[str, str]] = ()) -> bool:
        """Whether two acts count as one person's for records of version 2; in doubt they do.

        Names are one where they look alike. At one login, keys tell two people apart only where
        each is for its own name and `vouched` for by somebody at another login.
        """
        if alike(self.name, other.name) or (self.key and self.key == other.key):
            return True
        if (self.key, self.name) in vouched and (other.key, other.name) in vouched:
            return False
        return self.login() == other.login()

    def login(self) -> tuple[str, int]:
        """Host and uid: who can be at one is, in doubt, one person."""
        return self.host.casefold(), self.uid


@lru_cache(maxsize=4096)
def alike(one: str, other: str) -> bool:
    """Whether two names can be taken for each other (Unicode TS 39, each letter folded both ways).

    Each letter may stand for itself, for what its small letter looks like, or the other way round;
    the names are alike where they have one reading in common.
    """
    left, right = _readings(one), _readings(other)
    # How far each name is read, and what one has of the reading that the other lacks yet.
    waiting, seen = [(0, 0, "", "")], {(0, 0, "", "")}
    while waiting:
        at, to, more, lacking = waiting.pop()
        if at == len(left) and to == len(right) and not more and not lacking:
            return True
        ahead = bool(more) or at == len(left)
        row = right if ahead else left
        place = to if ahead else at
        for part in row[place] if place < len(row) else ():
            longer = (more, lacking + part) if ahead else (more + part, lacking)
            shorter = min(map(len, longer))
            common = next((n for n in range(shorter) if longer[0][n] != longer[1][n]), shorter)
            rest = (longer[0][common:], longer[1][common:])
            state = (at + (not ahead), to + ahead, *rest)
            if not (rest[0] and rest[1]) and state not in seen:
                seen.add(state)
                waiting.append(state)
    return False


def _readings(name: str) -> list[set[str]]:
    """What each letter can be read as; marks and what shows as nothing are left out."""
    plain = unicodedata.normalize("NFKC", name)
    found = ({_bare(c), _bare(c.casefold().translate(_TO_ASCII)), _bare(c.translate(_TO_ASCII))}
             for c in plain)  # fmt: skip
    return [readings for readings in found if readings != {""}]


def _bare(text: str) -> str:
    """A text folded, without marks, white space and what shows as nothing."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in apart if c.isprintable() and not c.isspace() and not _is_mark(c))
    return "".join(kept).translate(_TO_ASCII)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _comparable(name: str) -> str:
    """A name without case, spacing, invisible characters and other spellings of its letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if c.isprintable() and not c.isspace())


class Clock(Protocol):
    """Where a record's times come from."""

    def now(self) -> int:
        """Wall clock, UTC microseconds since 1970."""
        ...

    def mono(self) -> int:
        """Microseconds since boot, never going back."""
        ...

    def boot(self) -> str:
        """32 hex digits that change with every boot."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self._boot = "0" * 32
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
                boot = file.read(64).strip().replace("-", "").lower()
        except (OSError, ValueError):
            return
        if len(boot) == 32 and all(digit in "0123456789abcdef" for digit in boot):
            self._boot = boot

    def now(self) -> int:
        """Wall clock, UTC microseconds since 1970."""
        return max(0, time.time_ns() // 1000)

    def mono(self) -> int:
        """Microseconds since boot, never going back."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000

    def boot(self) -> str:
        """32 hex digits that change with every boot."""
        return self._boot
