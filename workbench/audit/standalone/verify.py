#!/usr/bin/env python3
"""Check a wb-audit/1 ledger with nothing but Python 3.11 or newer.

    python3 -I -S verify.py FOLDER|audit.jsonl [--checkpoint NOTE]

Prints what it found as one JSON object; exit code 0 intact, 3 not, 2 wrong usage. A ledger is one
record a line (wb_record.py beside this file says what that is), each naming the hash of the one
before; every line is a leaf of an RFC 6962 tree. Signatures are checked against the keys that the
ledger enrols, by `ssh-keygen -Y verify` over the canonical record without seq, prev, h and sig and
with the id of the case as `case`; where that program or the keys are absent they are "not checked".
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.audit.standalone import wb_record as wb
else:
    sys.dont_write_bytecode = True  # a folder of evidence stays as it is
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import wb_record as wb

TORN = 4 * 65536  # more than one append can leave
UNSIGNED = ("open", "recovery", "checkpoint")


class Tree:
    """RFC 6962 over lines; `tops[n]` is the peaks after n leaves, as (height, hash)."""

    def __init__(self) -> None:
        self.tops: list[tuple[tuple[int, bytes], ...]] = [()]

    def add(self, line: bytes) -> None:
        """Add one line."""
        peaks, height, top = self.tops[-1], 0, hashlib.sha256(b"\0" + line).digest()
        while peaks and peaks[-1][0] == height:
            top = hashlib.sha256(b"\1" + peaks[-1][1] + top).digest()
            peaks, height = peaks[:-1], height + 1
        self.tops.append((*peaks, (height, top)))

    def root(self, size: int) -> str:
        """The root of the first `size` lines, in hex digits."""
        result = b""
        for _, top in reversed(self.tops[size]):
            result = hashlib.sha256(b"\1" + top + result).digest() if result else top
        return (result or hashlib.sha256(b"").digest()).hex()


class Keys:
    """Who may sign: the keys that `key` records enrol, and whether the policy demands any."""

    def __init__(self) -> None:
        self.demanded = self.begun = False
        self.keys: dict[str, Any] = {}
        self.lines: list[str] = []
        self.signed: list[tuple[int, Any]] = []

    def wrong(self, record: Any, seq: int) -> str:
        """What is wrong with who signed a record, which record `seq` is or brings."""
        named, when = record["who"], record["ts"]
        if record["sig"]:
            self.signed.append((seq, record))
        if record["sig"] and wb.signing_key(record["sig"]) != named["key"]:
            return "not signed by the key that it names"
        if not self.demanded or (not record["sig"] and record["type"] in UNSIGNED):
            return ""
        if not record["sig"]:
            return "not signed, as the policy demands"
        key = self.keys.get(named["key"])
        if self.begun and (key is None or key["principal"] != named["name"]):
            return "signed by a key that was not enrolled for its author then"
        late = key is not None and key["before"] is not None and when >= key["before"]
        if key is not None and (late or when < (key["after"] or 0)):
            return "signed outside the time of its key"
        return ""

    def take(self, record: Any) -> str:
        """Take in a policy or key record; what is wrong with it."""
        body = record["body"]
        if record["type"] == "policy":
            self.demanded = body["signed"]
        elif record["type"] == "key" and body["action"] == "revoke":
            self.keys.pop(body["fingerprint"], None)
        elif record["type"] == "key":
            self.begun, self.keys[body["fingerprint"]] = True, body
            try:
                blob = base64.b64decode(body["key"].split()[1], validate=True)
                wb.demand(wb.fingerprint(blob) == body["fingerprint"], "another key")
                self.lines.append(" ".join(body["key"].split()[:2]))
            except (ValueError, IndexError):
                return "enrols another key than it says"
        return ""

    def check(self, case: str) -> tuple[str, list[str]]:
        """How far the signatures were checked, and which of them do not hold."""
        tool = shutil.which("ssh-keygen")
        if not self.signed or not tool or not self.begun or not case:
            return "not checked" if self.signed else "none", []
        failed = []
        with tempfile.TemporaryDirectory() as folder:
            signers, sig = (os.path.join(folder, name) for name in ("signers", "sig"))
            with open(signers, "w", encoding="utf-8") as file:
                file.writelines(f'any namespaces="wb-audit@v1" {line}\n' for line in self.lines)
            command = [tool, "-Y", "verify", "-n", "wb-audit@v1", "-I", "any", "-f", signers, "-s"]
            for seq, record in self.signed:
                with open(sig, "w", encoding="ascii") as file:
                    lines = [record["sig"][at : at + 70] for at in range(0, len(record["sig"]), 70)]
                    edges = (f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END"))
                    file.write("\n".join([next(edges), *lines, next(edges), ""]))
                rest = {k: v for k, v in record.items() if k not in ("seq", "prev", "h", "sig")}
                data = wb.spell({**rest, "case": case})
                if subprocess.run([*command, sig], input=data, capture_output=True).returncode:
                    failed.append(f"record {seq}: has a signature that does not hold")
        return f"{len(self.signed)} checked", failed


class Ledger:
    """A ledger as it is judged: what is wrong as (what, first byte, length, message)."""

    def __init__(self, path: str, absent: bool) -> None:
        self.folder = os.path.splitext(path)[0] + ".d"
        self.data = b"" if absent else wb.read_file(path, os.O_NOFOLLOW)
        self.tree = Tree()
        self.records: list[tuple[int, Any]] = []
        self.ids, self.brought = set[str](), dict[str, str]()
        self.counts, self.given_up = dict[str, int](), set[str]()
        self.repeated = set[int]()  # the first bytes of records whose id came before
        self.wrong: list[list[Any]] = []
        self.head, self.next, self.case = "0" * 64, 0, ""
        self.breaks: list[list[int]] = []  # line before a break, line of the recovery after it
        self.keys = Keys()
        self._walk()

    def _walk(self) -> None:
        at = 0
        gap: list[Any] | None = None
        while (stop := self.data.find(b"\n", at)) >= 0:
            line, off, at = self.data[at:stop], at, stop + 1
            index = len(self.tree.tops) - 1
            try:
                record = wb.read_record(line)
            except ValueError as error:
                if gap is None:
                    gap = ["unreadable", off, 0, str(error), False]
                    self.wrong.append(gap)
                gap[2] = stop - gap[1]
                self.tree.add(line)
                continue
            if record["prev"] != self.head or record["seq"] != self.next:
                if not self.breaks or self.breaks[-1][1] < wb.MAX:
                    self.breaks.append([index - 1, wb.MAX])
                if gap is None:
                    self.wrong.append(["chain", off, len(line), "does not follow", False])
                else:
                    gap[4] = True
            gap = None
            self.tree.add(line)
            self._look(record, index, off, len(line))
            self.head, self.next = record["h"], record["seq"] + 1
            self.records.append((off, record))
        tail = self.data[at:].rstrip(b"\0").decode("latin-1")
        try:
            whole = json.JSONDecoder().raw_decode(tail)[1] == len(tail)
        except (ValueError, RecursionError):
            whole = True
        whole = whole and len(self.data) - at <= TORN
        self.torn = bool(self.data[at:])
        if not whole or (not at and not '{"body":{"case":"'.startswith(tail[:17])):
            self.wrong.append(["tail", at, len(tail), "no torn append", False])

    def _look(self, record: Any, index: int, off: int, length: int) -> None:
        body, kind = record["body"], record["type"]
        claims = [(record["seen"]["size"], record["seen"]["root"])]
        if kind == "checkpoint":
            claims.append((body["size"], body["root"]))
        for size, root in claims:
            fits_tree = size <= index and self.tree.root(size) == root
            if not fits_tree and not self.excuses(size):
                self.wrong.append(["seen", off, length, "saw another ledger", False])
        if kind == "recovery" and body["kind"] == "forced" and self.breaks:
            self.breaks[-1][1] = min(self.breaks[-1][1], index)
        if record["id"] in self.ids:
            self.wrong.append(["duplicate", off, length, "repeats an id", False])
            self.repeated.add(off)
        self.ids.add(record["id"])
        if (kind == "open") != (record["seq"] == 0):
            self.wrong.append(["chain", off, length, "only the first record opens", False])
        elif kind == "open" and off not in self.repeated:
            self.case = body["case"]

    def excuses(self, size: int) -> bool:
        """Whether a break explains another root of so many lines, seen before it was recovered."""
        return any(line < size <= mended for line, mended in self.breaks)

    def notices(self) -> list[str]:
        """What a reader should know: policies set, keys enrolled, damage accounted for."""
        return [
            f"record {r['seq']}: {r['type']} by {r['who']['name']}: {r['body'].get('reason', '')}"
            f"{r['body'].get('action', '')} {r['body'].get('principal', '')}".strip()
            for _, r in self.records if r["type"] in ("policy", "key", "recovery")
        ]  # fmt: skip

    def problems(self) -> list[str]:
        """All that is wrong and that no recovery record accounts for."""
        ranges = [(off, r, e) for off, r in self.records if r["type"] == "recovery"
                  for e in r["body"]["ranges"] if e["what"] != "file"]  # fmt: skip
        good, problems = [], []
        for off, record, entry in ranges:
            place = self.data[entry["off"] : entry["off"] + entry["len"]]
            if entry["off"] + entry["len"] <= off and wb.sha(place) == entry["sha256"]:
                good.append((off, record, entry))
            else:
                problems.append(f"record {record['seq']}: what it recovered has changed")
        for problem in self.wrong:
            if not any(accounts(*item, problem) for item in good):
                _, start, length, message, _ = problem
                problems.append(f"bytes {start}-{start + length}: {message}")
        return [*problems, *self._attachments()]

    def _name(self, record: Any, seq: int) -> Iterator[str]:
        """Take note of the files that a record, number `seq` or brought by it, names."""
        for digest, count in wb.references(record["body"]):
            self.given_up.discard(digest)  # it was there when this record named it
            if self.counts.setdefault(digest, count) != count:
                yield f"record {seq}: counts its list otherwise"

    def _attachments(self) -> Iterator[str]:
        notes: list[tuple[int, str, str]] = []
        for off, record in self.records:
            if off in self.repeated:
                continue  # a repeated id counts for nothing, whatever was recovered
            kind, body, seq = record["type"], record["body"], record["seq"]
            if kind == "recovery" and body["kind"] == "forced":
                self.given_up |= {e["sha256"] for e in body["ranges"] if e["what"] == "file"}
            yield from self._name(record, seq)
            if kind == "checkpoint":
                notes.append((seq, body["note"], body["note_sha256"]))
                notes.append((seq, body["note"] + ".sig", body["sig_sha256"]))
                self.given_up -= {body["note_sha256"], body["sig_sha256"]}
            found = [
                self.keys.wrong(record, seq),
                self.keys.take(record),
                *self._from_elsewhere(record),
            ]
            yield from (f"record {seq}: {what}" for what in found if what)
        for digest, count in self.counts.items():
            data = self._file("sets", digest + ".txt")
            whole = wb.sha(data) == digest and data.count(b"\n") == count
            if not whole and digest not in self.given_up:
                yield f"the list {digest} is gone, changed or of another length"
        for seq, name, digest in notes:
            lost = digest and wb.sha(self._file("checkpoints", name)) != digest
            if lost and digest not in self.given_up:
                yield f"record {seq}: {name} is gone or changed"
        yield from self._notes()

    def _file(self, folder: str, name: str) -> bytes:
        try:
            return wb.read_file(os.path.join(self.folder, folder, name))
        except (OSError, ValueError):
            return b"\0missing"

    def _list(self, digest: str) -> list[str] | None:
        """The values of a stored list; None where it is not whole."""
        data = self._file("sets", digest + ".txt")
        return wb.read_list(data) if wb.sha(data) == digest else None

    def _from_elsewhere(self, record: Any) -> Iterator[str]:
        """What is wrong with lines from elsewhere that a record brings, and with a policy's text.

        A list that is lost is named as such.
        """
        kind, body, origin = record["type"], record["body"], record["body"].get("origin")
        named = {"policy": "text", "merge": "lines"}.get(kind)
        digest = origin["line"]["set"] if origin else body[named]["set"] if named else ""
        try:
            lines = self._list(digest) if digest else None
            if lines is None:
                return
            if kind == "policy":
                text = "\n".join(lines).encode()
                same = tomllib.loads(text.decode()).get("signed", False) is body["signed"]
                wb.demand(same and wb.sha(text) == body["sha256"], "another text")
                return
            brought = [wb.read_record(line.encode("ascii")) for line in lines]
            yield from (self.keys.wrong(one, record["seq"]) for one in brought)
            for one in brought:
                yield from self._name(one, record["seq"])
                same = self.brought.setdefault(one["id"], one["h"]) == one["h"]
                yield "" if same else "brings another record under an id"
                yield "brings what is here" if one["id"] in self.ids else ""
            if origin:
                (first,) = brought
                same = all(first[key] == origin[key] for key in ("id", "who", "ts"))
                wb.demand(same and first["type"] == kind, "another line")
                wb.demand({**first["body"], "origin": 0} == {**body, "origin": 0}, "another text")
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            yield f"not what it came from ({error})"

    def _notes(self) -> Iterator[str]:
        folder = os.path.join(self.folder, "checkpoints")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            if not name.endswith(".note") or os.path.islink(path) or not os.path.isfile(path):
                continue
            data = self._file("checkpoints", name)[:4096]
            try:
                note = wb.read_note(data)
            except ValueError:
                continue
            broken = self.excuses(note[1]) and note[1] < len(self.tree.tops)
            if wb.sha(data) not in self.given_up and not broken and not self.covers(*note):
                yield f"the checkpoint {name} does not fit"

    def covers(self, origin: str, size: int, root: str) -> bool:
        """Whether this ledger begins with what a checkpoint covers."""
        same_case = not origin or not self.case or origin == "wb-audit/" + self.case
        return same_case and size < len(self.tree.tops) and self.tree.root(size) == root


def accounts(off: int, record: Any, entry: Any, problem: list[Any]) -> bool:
    """Whether a recovery at byte `off` accounts for a problem."""
    what, start, length, _, jumps = problem
    same = bool((entry["off"], entry["len"]) == (start, length))
    kind, follows = record["body"]["kind"], start + length + 1 == off
    if kind == "torn":
        follows = follows or start == 0 == record["seq"] - 1
        return same and what == "unreadable" and not jumps and follows
    if entry["what"] == "span":
        same = bool(entry["off"] <= start and start + length <= entry["off"] + entry["len"])
    return kind == "forced" and same and entry["what"] in (what, "span")


def check_ledger(path: str, note: bytes | None) -> dict[str, Any]:
    """Judge a ledger (a folder may have none yet); `note` is a checkpoint kept elsewhere."""
    file = os.path.join(path, "audit.jsonl") if os.path.isdir(path) else path
    absent = file != path and not os.path.lexists(file)
    ledger = Ledger(file, absent)
    problems = ledger.problems()
    signatures, failed = ledger.keys.check(ledger.case)
    problems += failed
    if note is not None and not ledger.covers(*wb.read_note(note)):
        problems.append("the checkpoint does not fit: records vanished or were changed")
    size = len(ledger.tree.tops) - 1
    return {"ok": not problems, "records": len(ledger.records), "size": size,
            "root": ledger.tree.root(size), "head": ledger.head, "torn": ledger.torn,
            "problems": problems, "notices": ledger.notices(),
            "signatures": signatures}  # fmt: skip


def main(words: list[str]) -> int:
    """Judge what the command line names; returns the exit code."""
    if len(words) not in (1, 3) or words[1:2] not in ([], ["--checkpoint"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        note = wb.read_file(words[2])[:4096] if len(words) == 3 else None
        result = check_ledger(words[0], note)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        result = {"ok": False, "problems": [str(error)], "signatures": "not checked"}
    print(json.dumps(result, indent=1, sort_keys=True))
    return 0 if result["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
