"""`audit verify`: reads a ledger from its first byte and answers, whatever the bytes are."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.audit.errors import INTEGRITY
from workbench.audit.log.chain import Bad, Chain, Run, scan
from workbench.audit.log.checkpoint import Checkpoint, mismatch
from workbench.audit.log.parallel_scan import pieces, read_exactly, scan_in_parallel, worth_keeping
from workbench.audit.log.verify_attachments import Attachments
from workbench.audit.log.verify_authors import Authors, Span
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.entries import MAX_TORN_BYTES, is_torn
from workbench.audit.records.key_history import KeyRing
from workbench.audit.records.schema import lists
from workbench.audit.state.policy import Policy

Progress = Callable[[int, int], None]
_CHUNK_BYTES = 2 << 20
_PARALLEL_FROM_BYTES = 12 << 20
_MAX_PROBLEMS_NAMED = 1_000


@dataclass(slots=True)
class Report:
    """What was found; `problems` empty means intact. `root` and `head` are hex digits.

    `stated` is what one person did alone and what waits for a second, `in_force` each policy with
    the keys of its time and the number of the record that brought it. `begun` is false where the
    folder has no ledger file yet, or one without a single line.
    """

    path: Path
    records: int = 0
    size: int = 0
    root: str = ""
    head: str = ""
    bytes: int = 0
    problems: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    in_force: list[tuple[int, Policy, KeyRing]] = field(default_factory=list)
    signed: int = 0
    signatures: str = "none"
    begun: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong that no recovery accounts for."""
        return not self.problems

    @property
    def older_rules(self) -> list[str]:
        """What counts of records of version 1 and would not be accepted of one of today."""
        return [warning for warning in self.warnings if "(version 1): " in warning]

    @property
    def exit_code(self) -> int:
        """0, or 3 where something is wrong."""
        return 0 if self.ok else INTEGRITY


class _Notes:
    """What verification must remember of single records: files, authors, clocks."""

    def __init__(self, path: Path) -> None:
        self.case_id = ""
        self.authors = Authors(SetFolder(path))
        self.sets: dict[str, int] = {}
        self.named_by: dict[str, int] = {}
        # By digest: the kinds of list that records say it is, and the first record that does.
        self.kinds: dict[str, dict[str, int]] = {}
        self.loose: dict[str, dict[str, int]] = {}
        self.miscounted: list[str] = []
        self.checkpoints: list[Fields] = []
        self.lost: dict[str, str] = {}
        self.backwards: list[int] = []
        self.spans: list[Span] = []

    def see_runs(self, found: list[Run | Bad], line: int) -> None:
        """Take note of which lines from `line` on are records, and where the clock went back."""
        for item in found:
            if isinstance(item, Run):
                self.spans.append(Span(line, len(item.offsets), item.seq))
                self.backwards += item.backwards
            line += len(item.offsets) if isinstance(item, Run) else 1

    def see(self, fields: Fields, line: int) -> None:
        """Take note of one record, on the line with this index."""
        kind, body, seq = fields["type"], fields["body"], fields["seq"]
        if kind == "open":
            self.case_id = body["case"]
        elif kind == "checkpoint":
            self.checkpoints.append(body)
            self._name(body["note_sha256"], seq)
            self._name(body["sig_sha256"], seq)
        elif kind == "recovery" and body["kind"] == "forced":
            by = f"record {seq} (forced, {fields['who']['name']}): {body['reason']}"
            self.lost.update((r["sha256"], by) for r in body["ranges"] if r["what"] == "file")
        for one in (fields, *self.authors.see(fields, line)):
            kinds = self.kinds if one["v"] > 1 else self.loose
            for digest, count, as_kind in lists(one["body"]):
                self._name(digest, seq)
                kinds.setdefault(digest, {}).setdefault(as_kind, seq)
                if self.sets.setdefault(digest, count) != count:
                    self.miscounted.append(
                        f"record {seq}: counts its list {digest[:12]}… otherwise"
                    )

    def first(self, digest: str, kinds: dict[str, dict[str, int]], kind: str) -> int:
        """The first record that names a file, or that names it as this kind of list."""
        return kinds[digest][kind] if kind else self.named_by[digest]

    def _name(self, digest: str, seq: int) -> None:
        """A file that a record names was there then, whatever was given up before."""
        self.named_by.setdefault(digest, seq)
        self.lost.pop(digest, None)


def ledger_file(path: Path) -> Path:
    """The ledger of a case folder, or the path itself where it names a file."""
    return path / "audit.jsonl" if os.path.isdir(path) else path


def no_ledger(path: Path) -> str:
    """Why a path is neither a case nor a ledger, in a sentence; or the empty string.

    A folder is one where it has a ledger, a case.toml or an audit.d; a file, where it is called
    .jsonl or begins as a record does. What is no ordinary file is judged, not passed over.
    """
    if os.path.isdir(path):
        parts = (ledger_file(path), path / "case.toml", path / "audit.d")
        return (
            "" if any(map(os.path.lexists, parts)) else f"{path} holds neither a case nor a ledger."
        )
    if not os.path.lexists(path):
        return f"There is no {path}."
    if path.suffix == ".jsonl" or not os.path.isfile(path):
        return ""
    with path.open("rb") as file:
        return "" if file.read(1) == b"{" else f"{path} is neither a case nor a ledger."


def verify(
    path: Path,
    *,
    case_id: str = "",
    checkpoint: Checkpoint | None = None,
    seen: Checkpoint | None = None,
    signers: Path | None = None,
    revoked: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check every line, link, set and checkpoint file of a ledger (a case folder or its file).

    `case_id` is that of the case it lies in, `checkpoint` was kept elsewhere, `seen` is what this
    analyst last saw of the ledger. A folder without a ledger file is intact unless something shows
    that it had one. `progress(done, total)`
    is called in bytes. Raises nothing on account of what the bytes are.
    """
    file = ledger_file(path)
    report = Report(file)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as error:
        if os.path.isdir(path):
            _verify_absent(report, checkpoint, seen)
        else:
            report.problems.append(f"{file.name} cannot be read ({error.strerror})")
        return report
    except OSError as error:
        what = (
            "is a symbolic link" if os.path.islink(file) else f"cannot be read ({error.strerror})"
        )
        report.problems.append(f"{file.name} {what}")
        return report
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            known = _Known(checkpoint, seen, signers, revoked, case_id)
            _verify_record(handle, report, known, progress or (lambda done, total: None))
        else:
            report.problems.append(f"{file.name} is not an ordinary file")
    except OSError as error:
        report.problems.append(f"{file.name} cannot be read to its end ({error.strerror})")
    finally:
        os.close(handle)
    return report


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a ledger from elsewhere."""

    checkpoint: Checkpoint | None
    seen: Checkpoint | None
    signers: Path | None = None
    revoked: Path | None = None
    case_id: str = ""

    def problems(self, chain: Chain, case_id: str) -> Iterator[str]:
        """What the ledger lacks or changed since, or that it is another's."""
        if self.case_id and case_id and self.case_id != case_id:
            yield f"this is the ledger of another case ({case_id!a})"
        if self.checkpoint is not None and (
            wrong := mismatch(self.checkpoint, chain.tree, case_id)
        ):
            yield wrong
        if self.seen is not None and (wrong := mismatch(self.seen, chain.tree, case_id)):
            yield f"this analyst has seen {self.seen.size} records of this ledger: {wrong}"


def _verify_absent(report: Report, checkpoint: Checkpoint | None, seen: Checkpoint | None) -> None:
    """No file: nothing was recorded, unless a checkpoint shows otherwise."""
    report.begun = False
    chain = Chain()
    report.root, report.head = chain.tree.root().hex(), chain.head
    report.problems += _Known(checkpoint, seen).problems(chain, "")
    report.problems += Attachments(report.path, {}, {}, [], ()).contradicted(chain, "").values()


def _verify_record(handle: int, report: Report, known: _Known, progress: Progress) -> None:
    size = os.fstat(handle).st_size
    chain, notes = Chain(), _Notes(report.path)
    for found in _scanned(handle, size):
        notes.see_runs(found, chain.tree.size)
        for _, line, fields in chain.take(found):
            notes.see(fields, line)
        progress(chain.end, size)
    still, recovered = chain.settle(lambda offset, length: read_exactly(handle, offset, length))
    report.problems += map(str, sorted(still, key=lambda problem: problem.off))
    report.recovered += map(str, recovered)
    report.records, report.size, report.head = chain.records, chain.tree.size, chain.head
    report.root, report.bytes = chain.tree.root().hex(), chain.end
    report.begun = chain.tree.size > 0
    _check_tail(handle, size, chain, report)
    report.problems += known.problems(chain, notes.case_id)
    _check_attachments(chain, notes, report)
    _check_authors(chain, notes, known, report)
    if notes.backwards:
        report.warnings.append(
            f"the clock went back {len(notes.backwards):,} times, first at record "
            f"{notes.backwards[0]}; the order is that of the numbers"
        )
    del report.problems[_MAX_PROBLEMS_NAMED:]


def _scanned(handle: int, size: int) -> Iterator[list[Run | Bad]]:
    places = list(pieces(handle, _CHUNK_BYTES, size))
    processes = min(len(os.sched_getaffinity(0)), 8)
    if size >= _PARALLEL_FROM_BYTES and processes > 1:
        yield from scan_in_parallel(handle, places, processes)
        return
    for offset, length in places:
        yield scan(read_exactly(handle, offset, length), offset, worth_keeping)


def _check_tail(handle: int, size: int, chain: Chain, report: Report) -> None:
    if not size:
        report.warnings.append(
            "the file is empty: no record was ever made, or all were cut off, which shows only "
            "against a checkpoint kept elsewhere"
        )
    if size <= chain.end:
        return
    length = size - chain.end
    if is_torn(read_exactly(handle, chain.end, MAX_TORN_BYTES + 1), first=not report.begun):
        report.warnings.append(
            f"{length} bytes after the last record are a torn append (or one in progress); the "
            "next append accounts for them"
        )
    else:
        report.problems.append(
            f"record {chain.next_seq} (bytes {chain.end}-{size}): does not end with a line feed"
        )


def _check_attachments(chain: Chain, notes: _Notes, report: Report) -> None:
    report.problems += notes.miscounted
    attachments = Attachments(
        report.path, notes.sets, notes.kinds, notes.checkpoints, (), notes.loose
    )
    lost = {
        digest: f"record {notes.first(digest, notes.kinds, loss.kind)}: {loss.message}"
        for digest, loss in attachments.lost().items()
    }
    report.warnings += [
        f"record {notes.first(digest, notes.loose, loss.kind)} (version 1): {loss.message}; "
        "records of today may not name such a list"
        for digest, loss in attachments.older.items()
    ]
    for digest, wrong in (*lost.items(), *attachments.contradicted(chain, notes.case_id).items()):
        if digest in notes.lost:
            report.recovered.append(f"{wrong}; given up by {notes.lost[digest]}")
        else:
            report.problems.append(wrong)


def _check_authors(chain: Chain, notes: _Notes, known: _Known, report: Report) -> None:
    authors = notes.authors
    result = authors.check(notes.case_id, known.signers, known.revoked)
    report.signed = len(authors.signed)
    if report.signed:
        report.signatures = "not checked" if result.absent else f"{result.checked} checked"
    report.problems += authors.problems
    report.problems += [f"record {seq}: {why}" for seq, why in result.wrong]
    report.problems += authors.brought_again(chain.ids)
    report.problems += authors.unsigned(notes.spans, chain.repeated)
    report.warnings += authors.warnings
    report.stated += authors.single_handed()
    report.in_force = authors.in_force
