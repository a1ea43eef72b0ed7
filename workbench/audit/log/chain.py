"""Reads ledger bytes line by line and judges whether they are one unbroken chain.

`scan` looks at lines alone (it can run in several processes); `Chain` joins them in order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from workbench.audit.errors import MalformedError
from workbench.audit.log.merkle import Tree, leaf_hash
from workbench.audit.records.canonical_json import ZERO, Fields, sha256
from workbench.audit.records.entries import brief, read_record

_MAX_RANGES_NAMED = 200
_OPEN = sys.maxsize


@dataclass(slots=True)
class Run:
    """Records that follow one another: their places, their links, what is looked up later."""

    seq: int
    prev: str
    head: str = ""
    offsets: list[int] = field(default_factory=list)
    end: int = 0
    leaves: bytearray = field(default_factory=bytearray)
    ids: list[bytes] = field(default_factory=list)
    seen: list[tuple[int, str]] = field(default_factory=list)
    kept: list[tuple[int, Fields]] = field(default_factory=list)
    backwards: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Bad:
    """One LF-terminated line that is no record."""

    off: int
    end: int
    why: str
    leaf: bytes


Keep = Callable[[Fields], bool]


def scan(data: bytes, base: int, keep: Keep | None) -> list[Run | Bad]:
    """Judge every LF-terminated line of `data`, which lies at offset `base` of the file.

    Plain decisions on one account are never parsed: they come back in brief, and with `keep` not
    at all. Of the others those for which `keep` is true come back; without it all do. Bytes after
    the last LF are left alone.
    """
    found: list[Run | Bad] = []
    run: Run | None = None
    last: Fields | None = None
    at = 0
    while (stop := data.find(b"\n", at)) >= 0:
        line = data[at:stop]
        off, at = base + at, stop + 1
        short = brief(line, for_state=keep is None)
        try:
            if short is not None and short["seq"] == 0:
                short = None  # the first must open the ledger, which is looked at below
            fields = short or read_record(line)
        except MalformedError as error:
            found.append(Bad(off, base + stop, str(error), leaf_hash(line)))
            run = None
            continue
        if run is None or fields["prev"] != run.head or fields["seq"] != run.seq + len(run.offsets):
            run = Run(fields["seq"], fields["prev"])
            found.append(run)
            last = None
        if last is not None and fields["ts"] < last["ts"] and _clock_went_back(last, fields):
            run.backwards.append(fields["seq"])
        last = fields
        run.head = fields["h"]
        run.offsets.append(off)
        run.end = base + stop
        run.leaves += leaf_hash(line)
        run.ids.append(bytes.fromhex(fields["id"]))
        seen = fields["seen"]
        run.seen.append((seen["size"], seen["root"]))
        if keep is None or (short is None and (keep(fields) or not fields["seq"])):
            run.kept.append((len(run.offsets) - 1, fields))
    return found


def _clock_went_back(last: Fields, fields: Fields) -> bool:
    """Whether the wall clock ran against the monotonic one between two records of one boot."""
    return bool(fields["boot"] == last["boot"] and fields["mono"] >= last["mono"])


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: which record, which bytes (LF not counted), what."""

    what: str
    seq: int
    off: int
    length: int
    message: str
    jumps: bool = False

    def __str__(self) -> str:
        if self.what == "file":
            return self.message
        return f"record {self.seq} (bytes {self.off}-{self.off + self.length}): {self.message}"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A damaged range that a recovery record accounts for."""

    off: int
    length: int
    message: str
    by_seq: int
    by: str
    kind: str
    reason: str

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return (
            f"bytes {self.off}-{self.off + self.length} {self.message}; "
            f"accounted for by record {self.by_seq} ({self.kind}, {self.by}){why}"
        )


class Chain:
    """The judge: takes scanned runs in file order, keeps the head, the tree and what is wrong."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.head = ZERO
        self.next_seq = 0
        self.end = 0
        self.records = 0
        self.problems: list[Problem] = []
        self.recoveries: list[tuple[int, Fields]] = []
        self._ids: set[bytes] = set()
        self._deferred_ids = b""
        # Line before each break, and line of the recovery after it.
        self.breaks: list[tuple[int, int]] = []
        self.repeated: set[int] = set()
        self._bad_before = False

    @property
    def ids(self) -> set[bytes]:
        """The ids met so far, 16 bytes each."""
        if self._deferred_ids:
            kept, self._deferred_ids = self._deferred_ids, b""
            self._ids.update(kept[at : at + 16] for at in range(0, len(kept), 16))
        return self._ids

    def defer_ids(self, ids: bytes) -> None:
        """Remember ids laid end to end; they are looked at when the next record comes."""
        self._deferred_ids = ids

    def excuses(self, size: int) -> bool:
        """Whether a break explains that the first `size` lines have another root now.

        It does for what was seen before the recovery that follows it. Who wrote later had the
        lines before them that are there now.
        """
        return any(line < size <= mended for line, mended in self.breaks)

    def take(self, found: Iterable[Run | Bad]) -> list[tuple[int, int, Fields]]:
        """Join what was scanned; returns the kept records as (offset, line index, fields).

        A record whose id was seen before is reported and not returned; its line is in `repeated`.
        """
        kept: list[tuple[int, int, Fields]] = []
        for item in found:
            if isinstance(item, Bad):
                self._take_bad(item)
            else:
                kept += self._take_run(item)
        return kept

    def _take_bad(self, bad: Bad) -> None:
        last = self.problems[-1] if self.problems else None
        if self._bad_before and last is not None and last.what == "unreadable":
            # Neighbours are one damaged range.
            self.problems[-1] = Problem(
                "unreadable", last.seq, last.off, bad.end - last.off, last.message
            )
        else:
            self.problems.append(
                Problem("unreadable", self.next_seq, bad.off, bad.end - bad.off, bad.why)
            )
        self._bad_before = True
        self.tree.append(bad.leaf)
        self.end = bad.end + 1

    def _take_run(self, run: Run) -> list[tuple[int, int, Fields]]:
        first_line = self.tree.size
        if run.prev != self.head or run.seq != self.next_seq:
            self._break(run)
        self._bad_before = False
        self._mend(run, first_line)
        self.tree.extend(run.leaves)
        self._check_seen(run, first_line)
        repeated = self._check_ids(run)
        self.repeated.update(first_line + index for index in repeated)
        self.head, self.next_seq = run.head, run.seq + len(run.offsets)
        self.end = run.end + 1
        self.records += len(run.offsets)
        kept: list[tuple[int, int, Fields]] = []
        for index, fields in run.kept:
            if fields["type"] == "recovery":
                self.recoveries.append((run.offsets[index], fields))
            if fields["type"] == "checkpoint":
                self._check_noted(run, index, first_line, fields["body"])
            if (fields["type"] == "open") != (fields["seq"] == 0):
                self._report("chain", run, index, "only the first record opens a ledger")
            if index not in repeated:
                kept.append((run.offsets[index], first_line + index, fields))
        return kept

    def _break(self, run: Run) -> None:
        if not self._broken():
            self.breaks.append((self.tree.size - 1, _OPEN))
        if self._bad_before:
            last = self.problems[-1]
            self.problems[-1] = Problem(
                last.what, last.seq, last.off, last.length, last.message, jumps=True
            )
            return
        if run.seq != self.next_seq:
            message = f"number {run.seq} where {self.next_seq} should follow"
        else:
            message = "does not continue the record before it"
        self._report("chain", run, 0, message)

    def _broken(self) -> bool:
        """Whether the chain broke and nobody has recovered it yet."""
        return bool(self.breaks) and self.breaks[-1][1] == _OPEN

    def _mend(self, run: Run, first_line: int) -> None:
        for index, fields in run.kept if self._broken() else ():
            if fields["type"] == "recovery" and fields["body"]["kind"] == "forced":
                self.breaks[-1] = (self.breaks[-1][0], first_line + index)
                return

    def _report(self, what: str, run: Run, index: int, message: str) -> None:
        off = run.offsets[index]
        stop = run.offsets[index + 1] - 1 if index + 1 < len(run.offsets) else run.end
        self.problems.append(Problem(what, run.seq + index, off, stop - off, message))

    def _check_seen(self, run: Run, first_line: int) -> None:
        root = self.tree.root
        last: tuple[int, str] = (-1, "")
        for index, seen in enumerate(run.seen):
            if seen == last:
                continue
            size, claimed = last = seen
            if size <= first_line + index and root(size).hex() == claimed:
                continue
            # After a break every root is another one: that is one finding, not thousands.
            if not self.excuses(size):
                self._report("seen", run, index, "its writer saw another ledger before it")

    def _check_noted(self, run: Run, index: int, first_line: int, body: Fields) -> None:
        size = body["size"]
        fits = size <= first_line + index and self.tree.root(size).hex() == body["root"]
        if not fits and not self.excuses(size):
            self._report("seen", run, index, "notes a checkpoint that is not this ledger's")

    def _check_ids(self, run: Run) -> set[int]:
        ids = self.ids
        fresh = set(run.ids)
        if len(fresh) == len(run.ids) and ids.isdisjoint(fresh):
            ids |= fresh
            return set()
        repeated: set[int] = set()
        for index, record_id in enumerate(run.ids):
            if record_id in ids:
                repeated.add(index)
                self._report("duplicate", run, index, f"repeats the id {record_id.hex()}")
            ids.add(record_id)
        return repeated

    def settle(self, read: Callable[[int, int], bytes]) -> tuple[list[Problem], list[Recovered]]:
        """Part what is wrong into open problems and ranges that a recovery record accounts for.

        `read(offset, length)` gives the file's bytes; a recovery counts only where their digest is
        the one it recorded.
        """
        ranges = [
            (off, fields, entry)
            for off, fields in self.recoveries
            for entry in fields["body"]["ranges"]
            if entry["what"] != "file"  # a lost file of audit.d lies elsewhere
        ]
        digests: dict[tuple[int, int], str] = {}
        still: list[Problem] = []
        recovered: list[Recovered] = []
        for off, fields, entry in ranges:
            place = (entry["off"], entry["len"])
            digests[place] = sha256(read(*place)) if sum(place) <= off else ""
            if digests[place] != entry["sha256"]:
                still.append(
                    Problem(
                        "recovered", fields["seq"], *place, "differs from what was recovered here"
                    )
                )
            elif fields["body"]["kind"] == "adopted":
                recovered.append(_recovered(place, "were a whole record without LF", fields))
        for problem in self.problems:
            for off, fields, entry in ranges:
                place = (entry["off"], entry["len"])
                if digests[place] == entry["sha256"] and _accounts(off, fields, entry, problem):
                    where = (problem.off, problem.length)
                    recovered.append(_recovered(where, problem.message, fields))
                    break
            else:
                still.append(problem)
        return still, recovered


def _recovered(place: tuple[int, int], message: str, fields: Fields) -> Recovered:
    body = fields["body"]
    return Recovered(
        *place, message, fields["seq"], fields["who"]["name"], body["kind"], body["reason"]
    )


def _accounts(off: int, fields: Fields, entry: Fields, problem: Problem) -> bool:
    start, length, what = entry["off"], entry["len"], entry["what"]
    kind = fields["body"]["kind"]
    if kind == "torn":
        # Only the tail that this very record closed, and only where the chain goes on unbroken.
        # (Where the very first append was torn, the record that opens lies between.)
        return (
            (start, length) == (problem.off, problem.length)
            and problem.what == "unreadable"
            and not problem.jumps
            and (start + length + 1 == off or (start == 0 and fields["seq"] == 1))
        )
    if kind != "forced":
        return False
    if what == "span":
        return bool(start <= problem.off and problem.off + problem.length <= start + length)
    return bool((what, start, length) == (problem.what, problem.off, problem.length))


def damage_ranges(problems: list[Problem], read: Callable[[int, int], bytes]) -> list[Fields]:
    """What a forced recovery writes down: each range, or one span where there are very many."""
    if len(problems) > _MAX_RANGES_NAMED:
        start = min(p.off for p in problems)
        stop = max(p.off + p.length for p in problems)
        places = [("span", start, stop - start)]
    else:
        places = sorted({(p.what, p.off, p.length) for p in problems}, key=lambda p: p[1])
    return [
        {"what": what, "off": off, "len": length, "sha256": sha256(read(off, length))}
        for what, off, length in places
    ]
