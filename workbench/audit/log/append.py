"""Appends to a ledger, and recovers a damaged one.

One append: lock, same file as the path, take in what others wrote, one write, one sync, and only
then the record is returned. Any short write or I/O error poisons the object: it appends no more.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.audit.errors import DamagedError, LedgerError, MalformedError
from workbench.audit.log.chain import damage_ranges
from workbench.audit.log.locks import exclusive, refuse_network
from workbench.audit.log.reader import Head, LedgerReader, Record, unreadable
from workbench.audit.log.witness import Witness
from workbench.audit.records.account_sets import SetRef, sync_folder
from workbench.audit.records.canonical_json import Fields, seal, sha256
from workbench.audit.records.entries import read_record
from workbench.audit.records.identity import Clock, SystemClock, Who
from workbench.audit.records.schema import FORMAT, VERSION, check_body, check_record, lists
from workbench.audit.records.ssh_signatures import signed_part

Sign = Callable[[bytes], str]
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

__all__ = ["Head", "Ledger", "Record", "Sign", "Who"]


class Ledger(LedgerReader):
    """One analyst's hold on the ledger of a case. Not for several threads at once."""

    def __init__(self, path: Path, case_id: str, marks: Witness, who: Who, tool: str) -> None:
        super().__init__(path, case_id, marks)
        self.who = who
        self.tool = tool
        self.sign: Sign | None = None
        self.clock: Clock = SystemClock()
        self.lock_timeout = 5.0
        self.notice = ""
        self._writer = -1

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        state_dir: Path,
        case_id: str,
        who: Who,
        tool: str,
        sign: Sign | None = None,
        clock: Clock | None = None,
        lock_timeout: float = 5.0,
    ) -> Ledger:
        """Open the ledger of a case and judge it whole; a missing one begins with the first append.

        Damage does not raise here: it is in `problems`, the readable records are in `state`, and
        every append raises DamagedError. Raises LedgerError where the file cannot be read at all
        (a symbolic link, a network file system, no right to read).
        """
        refuse_network(path.parent)
        try:
            marks = Witness(state_dir, case_id, path)
        except OSError as error:
            raise LedgerError(
                f"The state folder {state_dir} cannot be made: {error.strerror}.",
                title="Ledger not opened",
            ) from error
        ledger = cls(path, case_id, marks, who, tool)
        ledger.sign, ledger.lock_timeout = sign, lock_timeout
        if clock is not None:
            ledger.clock = clock
        ledger._load()
        return ledger

    def close(self) -> None:
        """Keep the derived state for the next start and let the file go."""
        self._remember()
        super().close()
        if self._writer >= 0:
            os.close(self._writer)
            self._writer = -1

    def put_set(self, accounts: Iterable[str]) -> SetRef:
        """Store a set of ids, sorted and each once; durable before this returns."""
        return self.sets.put(sorted(set(accounts)), self.file_mode())

    def put_list(self, values: Iterable[str]) -> SetRef:
        """Store values in the order given (a long parameter, a policy text); durable."""
        return self.sets.put(values, self.file_mode())

    def append(self, kind: str, body: Fields, *, seen: Head | None = None) -> Record:
        """Append one record and return it once it is on the disk.

        `seen` is what the analyst had before them when they made up their mind (by default, what
        this object has read). Raises LedgerError (exit code 1) where the record is refused or could
        not be written, DamagedError (3) where the ledger is not whole; the body stays the caller's.
        """
        self._refuse_poisoned()
        try:
            check_body(kind, body)
            fields = self._draft(kind, body, seen or self.head)
            if self.sign is not None:
                fields["sig"] = self.sign(signed_part(fields, self.case_id))
            check_record({**fields, "seq": 0, "prev": "0" * 64, "h": "0" * 64})
            seal({**fields, "seq": 2**53, "prev": "0" * 64})
        except MalformedError as error:
            raise LedgerError(f"The {kind} is not complete: {error}.") from error
        with self._locked():
            self._catch_up()
            if self.problems:
                raise DamagedError(str(self.problems[0]))
            why = self.state.refuses(fields) or self._unfit_list(body)
            if why:
                raise LedgerError(why, title="Refused")
            return self._commit([fields])

    def _unfit_list(self, body: Fields) -> str:
        """Why a list that a record would name is none, or the empty string."""
        whys = (self.sets.unfit(*named) for named in lists(body))
        wrong = next(filter(None, whys), "")
        return f"This cannot be recorded: {wrong}." if wrong else ""

    def recover(self, reason: str) -> Record:
        """Account for damage by hand, with a reason; nothing is deleted, `verify` lists it.

        Raises LedgerError without a reason, or where nothing is wrong.
        """
        self._refuse_poisoned()
        if not reason.strip():
            raise LedgerError("A recovery needs a reason.", title="Not recovered")
        with self._locked():
            self._start_over()
            torn = self._close_tail()
            self._catch_up()
            self._check_files()
            mark = self._marks.read()
            self._check_mark(mark)
            if any("another case" in problem.message for problem in self.problems):
                raise DamagedError(str(self.problems[0]))
            if not self.problems and not torn:
                raise LedgerError("Nothing is damaged.", title="Not recovered")
            ranges = damage_ranges(self._chain.problems, self._read)
            ranges += [{"what": "file", "off": 0, "len": 0, "sha256": lost} for lost in self._lost]
            body = {"kind": "forced", "reason": reason, "ranges": ranges[:256]}
            try:
                check_body("recovery", body)
            except MalformedError as error:
                raise LedgerError(f"Not recovered: {error}.") from error
            self.problems = []
            return self._commit([self._draft("recovery", body, self.head)])

    # -- the protocol ------------------------------------------------------------------------

    def _refuse_poisoned(self) -> None:
        if self.poisoned:
            raise LedgerError(
                f"An earlier write failed ({self.poisoned}), so nothing more is appended.",
                hint="Mend the disk, then open the case anew; drafts are kept.",
            )

    def _draft(self, kind: str, body: Fields, seen: Head) -> Fields:
        return {
            "v": VERSION,
            "id": secrets.token_hex(16),
            "type": kind,
            "ts": self.clock.now(),
            "mono": self.clock.mono(),
            "boot": self.clock.boot(),
            "who": self.who.as_field(),
            "tool": self.tool,
            "seen": seen.as_seen(),
            "body": body,
            "sig": "",
        }

    def file_mode(self) -> int:
        """0660 where the case folder belongs to a group, else 0600."""
        try:
            shared = self.path.parent.stat().st_mode & 0o020
        except OSError as error:
            raise unreadable(self.path, error) from error
        return 0o660 if shared else 0o600

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The writer open on the very file of the path, its lock held, the reader on it too."""
        if self._writer < 0:
            self._open_writer()
        with exclusive(self._writer, self.path, self.lock_timeout):
            here = os.fstat(self._writer)
            try:
                there = os.stat(self.path, follow_symlinks=False)
            except OSError as error:
                raise DamagedError(f"{self.path} is gone ({error.strerror}).") from error
            if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
                raise DamagedError(f"{self.path} was replaced by another file.")
            if self._reader < 0:
                self._load()
            elif os.fstat(self._reader).st_ino != here.st_ino:
                raise DamagedError(f"{self.path} was replaced by another file.")
            yield

    def _open_writer(self) -> None:
        try:
            try:
                self._writer = os.open(self.path, _FLAGS)
            except FileNotFoundError:
                self._create()
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _create(self) -> None:
        mode = self.file_mode()
        try:
            self._writer = os.open(self.path, _FLAGS | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            self._writer = os.open(self.path, _FLAGS)
            return
        os.fchmod(self._writer, mode)
        sync_folder(self.path.parent)

    def _close_tail(self) -> bool:
        """Close bytes after the last LF of a damaged ledger, so that they become a line."""
        size = os.fstat(self._writer).st_size
        if not size or self._read(size - 1, 1) == b"\n":
            return False
        self._write(b"\n")
        return True

    def _commit(self, drafts: list[Fields]) -> Record:
        """Place the drafts in the chain and make them durable, with what must precede them."""
        chain = self._chain
        torn = self._read(chain.end, os.fstat(self._writer).st_size - chain.end)
        seq, prev = chain.next_seq, chain.head
        data = b""
        if torn:
            data = b"\n"
            entry = {"what": "torn", "off": chain.end, "len": len(torn), "sha256": sha256(torn)}
            whole = self._continues(torn)
            kind = "torn" if whole is None else "adopted"
            if whole is not None:
                seq, prev = seq + 1, whole
            body = {"kind": kind, "reason": "", "ranges": [entry]}
            drafts = [self._draft("recovery", body, self.head), *drafts]
        if seq == 0:
            body = {"case": self.case_id, "format": FORMAT}
            drafts = [self._draft("open", body, self.head), *drafts]
        for fields in drafts:
            line = seal({**fields, "seq": seq, "prev": prev})
            seq, prev = seq + 1, read_record(line[:-1])["h"]
            data += line
        self._write(data)
        self._take(torn + data)
        self._settle()
        self.notice = ""
        try:
            self._mark()
        except OSError as error:
            self.notice = f"What was seen of the ledger could not be kept ({error.strerror})."
        return Record(read_record(line[:-1]), chain.end - len(line))

    def _continues(self, torn: bytes) -> str | None:
        """The hash of a whole record that only lost its LF; None for anything else."""
        try:
            fields = read_record(torn)
        except MalformedError:
            return None
        fits = fields["seq"] == self._chain.next_seq and fields["prev"] == self._chain.head
        return str(fields["h"]) if fits else None

    def _write(self, data: bytes) -> None:
        try:
            written = os.write(self._writer, data)
            if written != len(data):
                raise OSError(0, _short(written, len(data)))
            os.fdatasync(self._writer)
        except OSError as error:
            self.poisoned = error.strerror or str(error)
            raise LedgerError(
                f"{self.path} could not be written: {self.poisoned}. Nothing counts as recorded.",
                hint="Free space or mend the disk, then open the case anew. Your draft is kept.",
            ) from error


def _short(written: int, length: int) -> str:
    return f"only {written} of {length} bytes were written, as on a full disk"
