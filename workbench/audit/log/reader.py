"""Reads a ledger: judges every line, reduces the records to a state, notices what changed since."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.errors import DamagedError, LedgerError, MalformedError
from workbench.audit.log.chain import Chain, Problem, Recovered, scan
from workbench.audit.log.merkle import Tree, leaf_hash
from workbench.audit.log.verify_attachments import Attachments
from workbench.audit.log.witness import Mark, Witness
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.records.canonical_json import Fields, canonical, parse
from workbench.audit.records.entries import is_brief, is_torn, read_record
from workbench.audit.state import reducer
from workbench.audit.state.state import LedgerState

_CHUNK_BYTES = 8 << 20
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KEEP_AFTER_RECORDS = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger stands: lines, RFC 6962 root (hex), hash of the last record."""

    size: int
    root: str
    h: str

    def as_seen(self) -> Fields:
        """The form in which a record says what its writer had seen."""
        return {"size": self.size, "root": self.root}


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the ledger: its fields and its place in the file."""

    fields: Fields
    offset: int

    @property
    def id(self) -> str:
        """The record's id, by which others name it."""
        return str(self.fields["id"])

    @property
    def seq(self) -> int:
        """Its number, from 0."""
        return int(self.fields["seq"])

    @property
    def h(self) -> str:
        """Its hash, which the next record repeats."""
        return str(self.fields["h"])


def unreadable(path: Path, error: OSError) -> LedgerError:
    """What to say where a ledger file cannot be opened."""
    if os.path.islink(path):
        return DamagedError(f"{path} is a symbolic link; a ledger is never one.")
    if error.errno == errno.ENXIO:  # a socket, or a pipe that nobody reads
        return DamagedError(f"{path} is not an ordinary file; a ledger is never another.")
    return LedgerError(
        f"{path} cannot be opened: {error.strerror}.",
        title="Ledger not opened",
        hint="Ask the owner of the case folder for the right to read and append.",
    )


class LedgerReader:
    """What can be read of one ledger, and what is wrong with it."""

    def __init__(self, path: Path, case_id: str, marks: Witness) -> None:
        self.path = path
        self.case_id = case_id
        self.sets = SetFolder(path)
        self.poisoned = ""
        self.problems: list[Problem]
        self.recovered: list[Recovered]
        self._marks = marks
        self._reader = -1
        self._start_over()

    def close(self) -> None:
        """Let the file go."""
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1

    def _remember(self) -> None:
        """Renew the mark, and keep the derived state for the next start where it is worth it."""
        if self.problems or self.poisoned or not self.head.size:
            return
        with suppress(OSError):  # a folder that cannot be written was said at an append
            before = self._marks.read()
            if before is None or before.size < self.head.size:
                self._mark()
            if self._since_kept >= _KEEP_AFTER_RECORDS:
                self._marks.keep(self._chain, self.state, self._prefix.hexdigest())

    def _mark(self) -> None:
        chain = self._chain
        marks = self._marks
        marks.write(marks.mark(chain.tree.size, self.head.root, chain.end, chain.head))

    # -- reading -----------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """Size, root and last hash of what was read."""
        return Head(self._chain.tree.size, self._chain.tree.root().hex(), self._chain.head)

    @property
    def tree(self) -> Tree:
        """The RFC 6962 tree over the lines read so far."""
        return self._chain.tree

    def line_index(self, record: Record) -> int:
        """Which line of the file a record is, from 0: its leaf in the tree."""
        wanted = leaf_hash(canonical(record.fields))
        return self._chain.tree.find(wanted, from_index=min(record.seq, self._chain.tree.size))

    def records(self) -> Iterable[Record]:
        """Every readable record, in order."""
        at = 0
        while at < self._chain.end:
            data = self._read(at, min(_CHUNK_BYTES, self._chain.end - at))
            stop = data.rfind(b"\n") + 1
            if not stop:
                return
            for item in data[: stop - 1].split(b"\n"):
                with suppress(MalformedError):  # reported in `problems` or `recovered`
                    yield Record(read_record(item), at)
                at += len(item) + 1

    def record(self, record_id: str) -> Record | None:
        """The record with this id; those that came by a merge have the offset -1.

        None where there is none, or where its bytes were changed since they were read.
        """
        number = self.state.decisions.find(record_id)
        offset = self.state.decisions.columns["offset"][number] if number >= 0 else -1
        if offset >= 0:
            data = self._read(offset, min(1 << 16, self._chain.end - offset))
            try:
                return Record(read_record(data.partition(b"\n")[0]), offset)
            except MalformedError:
                return None  # verification names it
        for record in self.records():
            if record.id == record_id:
                return record
            if record.fields["type"] == "merge":
                for line in self.sets.get(record.fields["body"]["lines"]["set"]):
                    if record_id in line and (fields := parse(line.encode()))["id"] == record_id:
                        return Record(fields, -1)
        return None

    def refresh(self) -> Head:
        """Take in what others appended since; returns the head."""
        if self._reader < 0:
            self._start_over()
            self._load()
        else:
            self._catch_up()
        return self.head

    def _start_over(self) -> None:
        self._chain = Chain()
        self.state = LedgerState(self._read_set)
        self._prefix = hashlib.sha256()
        self._since_kept = 0
        self._lost: dict[str, str] = {}
        self.problems = []
        self.recovered = []

    def _read_set(self, digest: str) -> list[str]:
        try:
            return self.sets.get(digest)
        except DamagedError:
            return []  # reported in `problems`: the reducer must go on

    def _load(self) -> None:
        mark = self._marks.read()
        try:
            self._reader = os.open(self.path, _FLAGS)
        except FileNotFoundError:
            if mark is not None:
                self._report(f"the file is gone; {mark.size} records of it were seen before")
            return
        except OSError as error:
            raise unreadable(self.path, error) from error
        if not stat.S_ISREG(os.fstat(self._reader).st_mode):
            raise DamagedError(f"{self.path} is not an ordinary file; a ledger is never another.")
        size = os.fstat(self._reader).st_size
        kept = self._marks.recall(self._reader, size, self._chain, self.state)
        if kept is not None:
            self._prefix = kept
        self._catch_up()
        self._check_mark(mark)
        self._check_files()

    def _report(self, message: str, what: str = "file") -> None:
        self.problems.append(Problem(what, self._chain.next_seq, 0, 0, message))

    def _check_mark(self, mark: Mark | None) -> None:
        if mark is None or mark.size == 0:
            return
        tree = self._chain.tree
        if tree.size < mark.size or self._chain.end < mark.bytes:
            self._report(
                f"the file ends after {tree.size} records; this analyst has seen {mark.size}"
            )
        elif tree.root(mark.size).hex() != mark.root:
            self._report(f"the first {mark.size} records are not those this analyst has seen")

    def _check_files(self) -> None:
        state, chain = self.state, self._chain
        attachments = Attachments(self.path, state.sets, state.kinds, state.checkpoints, state.lost)
        lost = {digest: loss.message for digest, loss in attachments.lost().items()}
        self._lost = {**lost, **attachments.contradicted(chain, self.case_id)}
        for wrong in self._lost.values():
            self._report(wrong)

    def _read(self, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length > 0:
            part = os.pread(self._reader, length, offset)
            if not part:
                break
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)

    def _catch_up(self) -> None:
        """Judge every whole line after the last one known and take it into the state."""
        chain = self._chain
        size = os.fstat(self._reader).st_size
        if size < chain.end:
            self._report(f"the file was cut to {size} bytes; {chain.end} had been read")
            return
        while chain.end < size:
            data = self._read(chain.end, min(_CHUNK_BYTES, size - chain.end))
            stop = data.rfind(b"\n") + 1
            if not stop:
                if len(data) < _CHUNK_BYTES:
                    break
                self._report("a line longer than any record can be", "unreadable")
                return
            self._take(data[:stop])
        self._settle()
        tail = self._read(chain.end, size - chain.end)
        if tail and not is_torn(tail, first=not chain.tree.size) and not self.problems:
            self._report("the bytes after the last line feed are no torn append", "tail")

    def _settle(self) -> None:
        chain = self._chain
        if not chain.problems and not chain.recoveries:
            return
        still, recovered = chain.settle(self._read)
        self.problems = still + [p for p in self.problems if p.what == "file"]
        if not still:
            self.recovered += recovered
            chain.problems.clear()
            chain.recoveries.clear()

    def _take(self, data: bytes) -> None:
        chain, base, state = self._chain, self._chain.end, self.state
        for offset, _, fields in chain.take(scan(data, base, None)):
            if is_brief(fields) and state.policy.needs_second(fields["body"]):
                # It bypassed the policy, so that it stands as a proposal, which needs all of it.
                stop = data.index(b"\n", offset - base)
                fields = read_record(data[offset - base : stop])
            reducer.apply(state, fields, offset)
            self._since_kept += 1
            if fields["type"] == "open" and fields["body"]["case"] != self.case_id:
                self._report(f"this is the ledger of another case ({fields['body']['case']!a})")
        self._prefix.update(data)
