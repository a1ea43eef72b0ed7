"""Damages ledgers in every way the design names and counts what goes unnoticed or is lost.

    python tests/batteries/ledger_battery.py [--short] [NAME...]

Each battery returns its figures; a failure is an AssertionError that names the damage. The suite
runs the same functions with small counts.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.audit import bodies
from workbench.audit.canonical import seal, sha256
from workbench.audit.checkpoint import Checkpoint, origin_of
from workbench.audit.checkpointing import make_checkpoint
from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.ledger import Ledger, Who
from workbench.audit.merkle import Tree, leaf_hash
from workbench.audit.verify import Report, verify

CASE = "c0ffee00c0ffee00"
STANDALONE = Path(__file__).parents[2] / "workbench" / "audit" / "standalone" / "verify.py"
_HASH = re.compile(rb'"h":"([0-9a-f]{64})"')
FORK = multiprocessing.get_context("fork")


def standalone() -> ModuleType:
    """The second verifier, loaded from its file."""
    spec = importlib.util.spec_from_file_location("standalone_verify", STANDALONE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SECOND = standalone()


def open_ledger(folder: Path, name: str = "ana", uid: int = 1001, **more: Any) -> Ledger:
    """The ledger of a case folder, as one analyst opens it."""
    return Ledger.open(
        folder / "audit.jsonl",
        state_dir=folder / f"state-{name}",
        case_id=CASE,
        who=Who(name, uid, "bench-1"),
        tool="workbench/0.1.0",
        **more,
    )


def comment(text: str) -> dict[str, Any]:
    """The body of a small record."""
    return bodies.note("comment", "account", "acct-1", text)


def flag(account: str) -> dict[str, Any]:
    """The body of a flag on one account."""
    return bodies.decision(
        verdict="flag",
        subject=bodies.account_subject(account),
        reason="R-MULTI",
        counter="none-found",
    )


def policy_body(ledger: Ledger, text: str) -> dict[str, Any]:
    """The body that makes this text the policy of the case."""
    lines = ledger.put_list(text.split("\n"))
    digest = sha256(text.encode("utf-8"))
    return bodies.policy(digest, lines, signed="signed = true" in text)


def fill(ledger: Ledger, records: int, *, notes_every: int = 0) -> list[str]:
    """Append records of several kinds; returns their hashes in order."""
    hashes: list[str] = []
    for number in range(records):
        if number % 10 == 3:
            accounts = ledger.put_set([f"acct-{number}", f"line\nfeed-{number}", "esc\x1b[31m"])
            subject = bodies.set_subject("set", accounts)
            body = bodies.decision(verdict="clear", subject=subject, reason="C-OTHER")
            hashes.append(ledger.append("decision", body).h)
        elif number % 10 == 7:
            hashes.append(ledger.append("note", comment(f"note {number} \x7f ü")).h)
        else:
            hashes.append(ledger.append("decision", flag(f"acct-{number}")).h)
        if notes_every and number % notes_every == notes_every - 1:
            make_checkpoint(ledger)
    return hashes


def judge(path: Path, checkpoint: Checkpoint | None = None) -> Report:
    """Verify with both verifiers and demand that they agree."""
    report = verify(path, checkpoint=checkpoint)
    note = None if checkpoint is None else checkpoint.note()
    try:
        second = SECOND.check_ledger(str(path), note)
    except (OSError, ValueError) as error:
        second = {"ok": False, "problems": [str(error)]}
    assert second["ok"] == report.ok, (path, report.problems, second["problems"])
    if "root" in second:
        for name in ("records", "size", "root", "head"):
            assert second[name] == getattr(report, name), (name, second, report)
    return report


def _append_one(folder: Path, name: str) -> LedgerError | None:
    try:
        ledger = open_ledger(folder, name)
        try:
            ledger.append("note", comment("after the damage"))
        finally:
            ledger.close()
    except LedgerError as error:
        return error
    return None


def refuses(folder: Path, name: str = "ana") -> None:
    """Demand that an ordinary append is refused with exit code 3, and changes nothing."""
    path = folder / "audit.jsonl"
    before = path.read_bytes() if path.is_file() else b""
    refused = _append_one(folder, name)
    assert refused is not None, "an append after damage was accepted"
    assert refused.exit_code == 3, refused.message
    after = path.read_bytes() if path.is_file() else b""
    assert after == before, "a refused append changed the file"


def head_of(ledger: Ledger) -> Checkpoint:
    """The head of a ledger as a checkpoint kept elsewhere."""
    return Checkpoint(origin_of(CASE), ledger.head.size, ledger.head.root)


# -- damage to bytes -------------------------------------------------------------------------


def bit_flips(folder: Path, records: int, step: int = 1, every: int = 1) -> str:
    """One bit of every byte of the ledger and of every file beside it.

    After each `every`-th flip the second verifier must agree and an append must be refused.
    """
    ledger = open_ledger(folder)
    fill(ledger, records, notes_every=max(4, records // 3))
    checkpoint = head_of(ledger)
    ledger.close()
    dice, count, unaided = random.Random(1), 0, 0
    for path in sorted([folder / "audit.jsonl", *(folder / "audit.d").rglob("*.*")]):
        if not path.is_file():
            continue
        whole = path.read_bytes()
        for at in range(0, len(whole), step):
            damaged = bytearray(whole)
            damaged[at] ^= 1 << dice.randrange(8)
            path.write_bytes(damaged)
            noticed = not verify(folder).ok
            unaided += noticed
            noticed = noticed or not verify(folder, checkpoint=checkpoint).ok
            assert noticed, f"{path.name}: a flip at byte {at} was not noticed"
            if count % every == 0:
                judge(folder, checkpoint)
                refuses(folder)
                assert not judge(folder, checkpoint).ok
            count += 1
        path.write_bytes(whole)
    assert judge(folder, checkpoint).ok
    refused = -(-count // every)
    return f"{count} flips noticed ({unaided} without a checkpoint), {refused} appends refused"


def _rechain(lines: list[bytes], changed: int) -> list[bytes]:
    """What a forger who may write does: edit one record, compute all later hashes anew."""
    out, tree = lines[:changed], Tree()
    for line in out:
        tree.append(leaf_hash(line))
    prev = json.loads(lines[changed - 1])["h"] if changed else "0" * 64
    for number in range(changed, len(lines)):
        fields = json.loads(lines[number])
        fields.pop("h")
        fields["prev"] = prev
        if number == changed:
            fields["ts"] += 1
        fields["seen"]["root"] = tree.root(fields["seen"]["size"]).hex()
        line = seal(fields)[:-1]
        prev = json.loads(line)["h"]
        out.append(line)
        tree.append(leaf_hash(line))
    return out


def edits(folder: Path, records: int, step: int = 1) -> str:
    """Drop, duplicate, swap, insert, rewrite with the chain recomputed, and cut at every record."""
    ledger = open_ledger(folder)
    fill(ledger, records)
    checkpoint = head_of(ledger)
    ledger.close()
    other_folder = folder / "other"
    other_folder.mkdir()
    other = open_ledger(other_folder)
    fill(other, records)
    other.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    lines = whole.split(b"\n")[:-1]
    foreign = (other_folder / "audit.jsonl").read_bytes().split(b"\n")[:-1]
    kinds: dict[str, Callable[[int], list[bytes]]] = {
        "drop": lambda i: lines[:i] + lines[i + 1 :],
        "duplicate": lambda i: lines[: i + 1] + lines[i:],
        "swap": lambda i: (
            [*lines[: i - 1], lines[i], lines[i - 1], *lines[i + 1 :]] if i else lines[1:]
        ),
        "insert": lambda i: [*lines[:i], foreign[i], *lines[i:]],
        "rewrite": lambda i: _rechain(lines, i),
        "cut": lambda i: lines[:i],
    }
    missed: dict[str, int] = {}
    for kind, damage in kinds.items():
        for number in range(0, len(lines), step):
            path.write_bytes(b"".join(line + b"\n" for line in damage(number)))
            assert not judge(folder, checkpoint).ok, f"{kind} at record {number} was not noticed"
            missed[kind] = missed.get(kind, 0) + verify(folder).ok
            refuses(folder)
    path.write_bytes(whole)
    assert judge(folder, checkpoint).ok
    silent = ", ".join(f"{kind} {n}" for kind, n in missed.items() if n) or "none"
    return f"6 kinds at each of {len(lines)} records noticed; only by checkpoint: {silent}"


def torn_tails(folder: Path, records: int, step: int = 1) -> str:
    """Every prefix of the written byte stream is taken up again; nothing whole is lost."""
    ledger = open_ledger(folder)
    fill(ledger, records)
    ledger.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    hashes = _HASH.findall(whole)
    adopted = 0
    for length in range(0, len(whole) + 1, step):
        path.write_bytes(whole[:length])
        shutil.rmtree(folder / "state-eve", ignore_errors=True)
        report = judge(folder)
        assert report.ok or not report.records, (length, report.problems)
        ledger = open_ledger(folder, "eve", 1002)
        ledger.append("note", comment("after the power cut"))
        ledger.close()
        data = path.read_bytes()
        assert data.startswith(whole[:length]), "bytes were deleted"
        report = judge(folder)
        assert report.ok, (length, report.problems)
        kept = set(hashes[: whole[:length].count(b"\n")])
        assert kept <= set(_HASH.findall(data)), f"a record was lost at {length}"
        adopted += whole[length : length + 1] == b"\n" and whole[:length][-1:] != b"\n"
    return f"{len(whole) // step + 1} prefixes taken up, {adopted} whole records without LF adopted"


# -- processes ------------------------------------------------------------------------------


def _writer(folder: Path, number: int, count: int, acknowledged: Path) -> None:
    ledger = open_ledger(folder, f"w{number}", 2000 + number, lock_timeout=60.0)
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for at in range(count):
        record = ledger.append("decision", flag(f"acct-{number}-{at}"))
        os.write(handle, record.h.encode("ascii") + b"\n")
    ledger.close()
    os.close(handle)


def _lines_with_lf(path: Path) -> list[str]:
    return path.read_text("ascii").split("\n")[:-1] if path.exists() else []


def kills(folder: Path, rounds: int, writers: int = 4, seed: int = 5) -> str:
    """SIGKILL every writer at a random moment; no acknowledged record may be missing."""
    dice, acknowledged, torn = random.Random(seed), 0, 0
    for number in range(rounds):
        notes = [folder / f"ack-{number}-{writer}" for writer in range(writers)]
        running = [
            FORK.Process(target=_writer, args=(folder, writer, 1 << 30, notes[writer]))
            for writer in range(writers)
        ]
        for process in running:
            process.start()
        time.sleep(dice.uniform(0.005, 0.12))
        for process in running:
            os.kill(process.pid or 0, signal.SIGKILL)
        for process in running:
            process.join()
        data = (folder / "audit.jsonl").read_bytes() if (folder / "audit.jsonl").exists() else b""
        torn += bool(data) and not data.endswith(b"\n")
        present = {json.loads(line)["h"] for line in data.split(b"\n")[:-1]}
        for note in notes:
            hashes = _lines_with_lf(note)
            acknowledged += len(hashes)
            lost = [h for h in hashes if h not in present]
            assert not lost, f"{len(lost)} acknowledged records are gone"
    ledger = open_ledger(folder, "after")
    ledger.append("note", comment("after the kills"))
    ledger.close()
    assert judge(folder).ok
    return f"{rounds} rounds of {writers} writers: {acknowledged} acknowledged, 0 lost, {torn} torn"


def crowd(folder: Path, writers: int, count: int) -> str:
    """Several writers at once: one chain, no gap, every acknowledgement in it once."""
    notes = [folder / f"ack-{writer}" for writer in range(writers)]
    running = [
        FORK.Process(target=_writer, args=(folder, writer, count, notes[writer]))
        for writer in range(writers)
    ]
    began = time.monotonic()
    for process in running:
        process.start()
    for process in running:
        process.join()
    seconds = time.monotonic() - began
    report = judge(folder)
    assert report.ok, report.problems[:3]
    assert report.records == writers * count + 1
    hashes = [h for note in notes for h in _lines_with_lf(note)]
    assert len(set(hashes)) == len(hashes) == writers * count
    return f"{report.records} records by {writers} writers in {seconds:.1f} s, one chain, no gap"


# -- failing disks ---------------------------------------------------------------------------


@contextlib.contextmanager
def file_size_limit(most: int) -> Iterator[None]:
    """Let no file of this process grow past `most` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def disk_full(folder: Path, step: int = 7) -> str:
    """The file may grow by n bytes and no more: refused, poisoned, and taken up again later."""
    ledger = open_ledger(folder)
    fill(ledger, 3)
    ledger.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    tried = 0
    for extra in range(0, 700, step):
        path.write_bytes(whole)
        shutil.rmtree(folder / "state-ana", ignore_errors=True)
        ledger = open_ledger(folder)
        room = True
        with file_size_limit(len(whole) + extra):
            try:
                ledger.append("note", comment("on a full disk"))
            except LedgerError:
                room = False
            try:
                ledger.append("note", comment("once more"))
            except LedgerError as error:
                poisoned = "earlier write failed" in error.message
                assert room or poisoned, "a failed write did not stop this process"
            else:
                assert room, "a failed write did not stop this process"
        ledger.close()
        ledger = open_ledger(folder)
        ledger.append("note", comment("space again"))
        ledger.close()
        assert path.read_bytes().startswith(whole)
        assert judge(folder).ok
        tried += 1
    return f"{tried} sizes: refused, poisoned, taken up again, nothing acknowledged lost"


def replaced(folder: Path) -> str:
    """The file replaced, emptied, removed, or made a symbolic link under an open ledger."""
    path, aside = folder / "audit.jsonl", folder / "aside"
    for kind in ("copy", "empty", "gone", "link"):
        ledger = open_ledger(folder)
        fill(ledger, 3)
        checkpoint = head_of(ledger)
        whole = path.read_bytes()
        if kind == "copy":
            shutil.copy(path, aside)
            os.replace(aside, path)
        elif kind == "empty":
            os.truncate(path, 0)
        else:
            os.replace(path, aside)
            if kind == "link":
                path.symlink_to(aside)
        try:
            ledger.append("note", comment("to whom?"))
        except DamagedError:
            pass
        else:
            raise AssertionError(f"{kind}: not noticed by the open ledger")
        ledger.close()
        if kind != "copy":
            assert not judge(folder, checkpoint).ok
            refuses(folder)
        for leftover in (path, aside):
            leftover.unlink(missing_ok=True)
        path.write_bytes(whole)
        assert judge(folder, checkpoint).ok
    return "replaced, emptied, removed and linked files noticed"


def any_bytes(folder: Path, count: int) -> str:
    """Cut, spliced and random bytes as a ledger: both verifiers answer, and alike."""
    ledger = open_ledger(folder)
    fill(ledger, 12, notes_every=5)
    ledger.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    dice, intact = random.Random(3), 0
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            at, length = dice.randrange(len(data) + 1), dice.choice((1, 2, 40, 700))
            act = dice.randrange(5)
            if act == 0:
                del data[at : at + length]
            elif act == 1:
                data[at:at] = dice.randbytes(length)
            elif act == 2:
                data[at : at + length] = bytes(length)
            elif act == 3:
                start = dice.randrange(len(whole))
                data[at:at] = whole[start : start + length]
            else:
                data[at:at] = b"\n" * (length % 7)
        path.write_bytes(data)
        intact += judge(folder).ok
    path.write_bytes(whole)
    assert judge(folder).ok
    return f"{count} mangled files: both verifiers answered, and alike ({intact} still whole)"


BATTERIES: dict[str, tuple[Callable[[Path], str], Callable[[Path], str]]] = {
    "flips": (lambda f: bit_flips(f, 8, 11), lambda f: bit_flips(f, 200, 1, 16)),
    "edits": (lambda f: edits(f, 12), lambda f: edits(f, 200)),
    "torn": (lambda f: torn_tails(f, 6, 13), lambda f: torn_tails(f, 200, 1)),
    "kills": (lambda f: kills(f, 4), lambda f: kills(f, 1000)),
    "crowd": (lambda f: crowd(f, 3, 60), lambda f: crowd(f, 3, 10_000)),
    "full": (lambda f: disk_full(f, 61), lambda f: disk_full(f, 1)),
    "bytes": (lambda f: any_bytes(f, 150), lambda f: any_bytes(f, 5000)),
    "replaced": (replaced, replaced),
}


def main(words: list[str]) -> int:
    """Run the batteries named, or all; prints one line of figures each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BATTERIES))
    chosen = parser.parse_args(words)
    for name in chosen.names or BATTERIES:
        with tempfile.TemporaryDirectory(prefix="ledger-battery-") as folder:
            began = time.monotonic()
            figures = BATTERIES[name][0 if chosen.short else 1](Path(folder))
            print(f"{name}: {figures} [{time.monotonic() - began:.1f} s]", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
