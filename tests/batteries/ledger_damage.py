"""Damage to the bytes of a ledger and of the files beside it."""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.batteries.ledger_building import (
    comment,
    fill,
    head_of,
    judge,
    open_ledger,
    refuses,
    remembered_lines,
)
from workbench.audit.log.checkpoint import Checkpoint
from workbench.audit.log.merkle import Tree, leaf_hash
from workbench.audit.records.canonical_json import seal

_HASH = re.compile(rb'"h":"([0-9a-f]{64})"')


FORK = multiprocessing.get_context("fork")
Share = Callable[[Path, slice], list[int]]


def _shared_out(folder: Path, workers: int, step: int, share: Share) -> list[int]:
    """The figures of `share(copy, slice of the places)`, summed over so many processes."""
    if workers == 1:
        return share(folder, slice(0, None, step))
    copies = [folder.with_name(f"{folder.name}-{number}") for number in range(workers)]
    for copy in copies:
        shutil.copytree(folder, copy)
    slices = [slice(number * step, None, workers * step) for number in range(workers)]
    with FORK.Pool(workers) as pool:
        figures = pool.starmap(share, zip(copies, slices, strict=True), chunksize=1)
    for copy in copies:
        shutil.rmtree(copy)
    return [sum(found) for found in zip(*figures, strict=True)]


def bit_flips(folder: Path, records: int, step: int = 1, workers: int = 1) -> str:
    """One bit of every byte of the ledger and of every file beside it.

    Both verifiers judge each flip, and after each an append must be refused.
    """
    folder = folder / "case"
    folder.mkdir()
    ledger = open_ledger(folder)
    fill(ledger, records, notes_every=max(4, records // 3))
    checkpoint = head_of(ledger)
    ledger.close()
    share = partial(_flip, checkpoint=checkpoint)
    with remembered_lines():
        count, unaided = _shared_out(folder, workers, step, share)
    return f"{count} flips noticed ({unaided} without a checkpoint), as many appends refused"


def _flip(folder: Path, places: slice, *, checkpoint: Checkpoint) -> list[int]:
    count = unaided = 0
    for path in sorted([folder / "audit.jsonl", *(folder / "audit.d").rglob("*.*")]):
        if not path.is_file():
            continue
        whole = path.read_bytes()
        for at in range(len(whole))[places]:
            damaged = bytearray(whole)
            damaged[at] ^= 1 << random.Random(at).randrange(8)
            path.write_bytes(damaged)
            plain = at == places.start
            found = judge(folder, plain=plain)
            unaided += not found.ok
            if found.ok or plain:
                found = judge(folder, checkpoint, plain=plain)
            assert not found.ok, f"{path.name}: a flip at byte {at} was not noticed"
            refuses(folder)
            if plain:
                assert not judge(folder, checkpoint).ok
            count += 1
        path.write_bytes(whole)
    assert judge(folder, checkpoint).ok
    return [count, unaided]


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
            found = judge(folder, checkpoint, plain=number == step)
            assert not found.ok, f"{kind} at record {number} was not noticed"
            missed[kind] = missed.get(kind, 0) + judge(folder).ok
            refuses(folder)
            assert not judge(folder, checkpoint).ok
    path.write_bytes(whole)
    assert judge(folder, checkpoint).ok
    silent = ", ".join(f"{kind} {n}" for kind, n in missed.items() if n) or "none"
    return f"6 kinds at each of {len(lines)} records noticed; only by checkpoint: {silent}"


def torn_tails(folder: Path, records: int, step: int = 1, workers: int = 1) -> str:
    """Every prefix of the written byte stream is taken up again; nothing whole is lost.

    Both verifiers judge each before and after.
    """
    folder = folder / "case"
    folder.mkdir()
    ledger = open_ledger(folder)
    fill(ledger, records)
    ledger.close()
    with remembered_lines():
        count, adopted = _shared_out(folder, workers, step, _tear)
    return f"{count} prefixes taken up, {adopted} whole records without LF adopted"


def _tear(folder: Path, places: slice) -> list[int]:
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    hashes = _HASH.findall(whole)
    count = adopted = 0
    for length in range(len(whole) + 1)[places]:
        path.write_bytes(whole[:length])
        shutil.rmtree(folder / "state-eve", ignore_errors=True)
        plain = not count
        report = judge(folder, plain=plain)
        assert report.ok, (length, report.problems)
        ledger = open_ledger(folder, "eve", 1002)
        ledger.append("note", comment("after the power cut"))
        ledger.close()
        data = path.read_bytes()
        assert data.startswith(whole[:length]), "bytes were deleted"
        report = judge(folder, plain=plain)
        assert report.ok, (length, report.problems)
        kept = set(hashes[: whole[:length].count(b"\n")])
        assert kept <= set(_HASH.findall(data)), f"a record was lost at {length}"
        adopted += whole[length : length + 1] == b"\n" and whole[:length][-1:] != b"\n"
        count += 1
    return [count, adopted]


def any_bytes(folder: Path, count: int, seed: int = 3) -> str:
    """Cut, spliced and random bytes as a ledger: both verifiers answer, and alike."""
    ledger = open_ledger(folder)
    fill(ledger, 12, notes_every=5)
    ledger.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    dice, intact = random.Random(seed), 0
    for number in range(count):
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
        intact += judge(folder, plain=not number).ok
    path.write_bytes(whole)
    assert judge(folder).ok
    return f"{count} mangled files: both verifiers answered, and alike ({intact} still whole)"
