#!/usr/bin/env python3
"""Check a wb-audit/1 ledger with nothing but Python 3.11 or newer.

    python3 -I -S verify.py FOLDER|audit.jsonl [--checkpoint NOTE]

Prints what it found as one JSON object; exit code 0 intact (or a case in which nothing is recorded
yet), 3 not, 2 wrong usage or a path that is neither case nor ledger. A ledger is one record a line
(wb_record.py beside this file says what that is), each naming the hash of the one before; every
line is a leaf of an RFC 6962 tree; wb_list.py says what stands in the lists, wb_keys.py who may
sign. Signatures are checked against the keys that the ledger enrols, by `ssh-keygen -Y verify`
over the canonical record without seq, prev, h and sig and with the id of the case as `case`; where
that program or the keys are absent they are "not checked".
"""

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.audit.standalone import wb_keys as keys
    from workbench.audit.standalone import wb_list as lists
    from workbench.audit.standalone import wb_record as wb
else:
    sys.dont_write_bytecode = True  # a folder of evidence stays as it is
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import wb_keys as keys
    import wb_list as lists
    import wb_record as wb

TORN = 4 * 65536  # more than one append can leave
PARTS = ("audit.jsonl", "case.toml", "audit.d")


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


class Ledger:
    """A ledger as it is judged: what is wrong as (what, first byte, length, message, …)."""

    def __init__(self, path: str, absent: bool) -> None:
        self.folder = os.path.splitext(path)[0] + ".d"
        self.data = b""
        if not absent:
            with wb.open_file(path, os.O_NOFOLLOW) as file:
                self.data = file.read()
        self.tree = Tree()
        self.records: list[tuple[int, Any]] = []
        self.ids, self.brought = set[str](), dict[str, str]()
        self.repeated = set[int]()  # the first bytes of records whose id came before
        # What is wrong: what, first byte, length, message, whether it jumps, which record.
        self.wrong: list[list[Any]] = []
        self.head, self.next, self.case = "0" * 64, 0, ""
        self.breaks: list[list[int]] = []  # line before a break, line of the recovery after it
        self.keys = keys.Keys()
        self.beside = lists.Beside(self.folder)
        self.older: list[str] = []
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
                    gap = ["unreadable", off, 0, str(error), False, self.next]
                    self.wrong.append(gap)
                gap[2] = stop - gap[1]
                self.tree.add(line)
                continue
            if record["prev"] != self.head or record["seq"] != self.next:
                if not self.breaks or self.breaks[-1][1] < wb.MAX:
                    self.breaks.append([index - 1, wb.MAX])
                if gap is None:
                    self._say("chain", off, line, "does not follow", record)
                else:
                    gap[4] = True
            gap = None
            self.tree.add(line)
            self._look(record, index, off, line)
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
            self.wrong.append(["tail", at, len(tail), "no torn append", False, self.next])

    def _say(self, what: str, off: int, line: bytes, why: str, record: Any) -> None:
        self.wrong.append([what, off, len(line), why, False, record["seq"]])

    def _look(self, record: Any, index: int, off: int, line: bytes) -> None:
        body, kind = record["body"], record["type"]
        claims = [(record["seen"]["size"], record["seen"]["root"])]
        if kind == "checkpoint":
            claims.append((body["size"], body["root"]))
        for size, root in claims:
            fits_tree = size <= index and self.tree.root(size) == root
            if not fits_tree and not self.excuses(size):
                self._say("seen", off, line, "saw another ledger", record)
        if kind == "recovery" and body["kind"] == "forced" and self.breaks:
            self.breaks[-1][1] = min(self.breaks[-1][1], index)
        if record["id"] in self.ids:
            self._say("duplicate", off, line, "repeats an id", record)
            self.repeated.add(off)
        self.ids.add(record["id"])
        if (kind == "open") != (record["seq"] == 0):
            self._say("chain", off, line, "only the first record opens", record)
        elif kind == "open" and off not in self.repeated:
            self.case = body["case"]

    def excuses(self, size: int) -> bool:
        """Whether a break explains another root of so many lines, seen before it was recovered."""
        return any(line < size <= mended for line, mended in self.breaks)

    def notices(self) -> list[str]:
        """What a reader should know: policies, keys, damage accounted for, what one did alone."""
        told = [
            f"record {r['seq']}: {r['type']} by {r['who']['name']}: {r['body'].get('reason', '')}"
            f"{r['body'].get('action', '')} {r['body'].get('principal', '')}".strip()
            for _, r in self.records if r["type"] in ("policy", "key", "recovery")
        ]  # fmt: skip
        return [*told, *self.keys.alone(), *self.older]

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
                _, start, length, message, _, seq = problem
                problems.append(f"record {seq} (bytes {start}-{start + length}): {message}")
        return [*problems, *self._attachments()]

    def _attachments(self) -> Iterator[str]:
        beside = self.beside
        for off, record in self.records:
            if off in self.repeated:
                continue  # a repeated id counts for nothing, whatever was recovered
            kind, body, seq = record["type"], record["body"], record["seq"]
            if kind == "recovery" and body["kind"] == "forced":
                beside.given_up |= {e["sha256"] for e in body["ranges"] if e["what"] == "file"}
            yield from beside.name(record, seq)
            sig = ""
            if kind == "checkpoint":
                beside.note(body, seq)
                sig = keys.unarmored(beside.read_note(body["note"] + ".sig"))
            found = [
                self.keys.wrong(record, seq),
                self.keys.noted(record, sig),
                self.keys.take(record),
                *self._from_elsewhere(record),
            ]
            yield from (f"record {seq}: {what}" for what in found if what)
        yield from beside.lost()
        self.older += beside.older
        yield from self._notes()

    def _from_elsewhere(self, record: Any) -> Iterator[str]:
        """What is wrong with lines from elsewhere that a record brings, and with a policy's text.

        A list that is lost is named as such.
        """
        kind, body, origin = record["type"], record["body"], record["body"].get("origin")
        named = {"policy": "text", "merge": "lines"}.get(kind)
        digest = origin["line"]["set"] if origin else body[named]["set"] if named else ""
        if not digest:
            return
        try:
            lines = self.beside.values(digest)
            if lines is None:
                return
            if kind == "policy":
                text = "\n".join(lines).encode()
                same = tomllib.loads(text.decode()).get("signed", False) is body["signed"]
                wb.demand(same and wb.sha(text) == body["sha256"], "another text")
                return
            brought = [wb.read_record(line.encode("ascii")) for line in lines]
            if origin:
                (first,) = brought
                same = all(first[key] == origin[key] for key in ("id", "who", "ts"))
                wb.demand(same and first["type"] == kind, "another line")
                wb.demand({**first["body"], "origin": 0} == {**body, "origin": 0}, "another text")
            for one in brought:
                yield self.keys.wrong(one, record["seq"])
                same = self.brought.setdefault(one["id"], one["h"]) == one["h"]
                yield "" if same else "brings another record under an id"
                yield "brings what is here" if one["id"] in self.ids else ""
                yield from self.beside.name(one, record["seq"])
        except (ValueError, AttributeError, TypeError, RecursionError, MemoryError) as error:
            yield f"not what it came from ({str(error)[:200]})"

    def _notes(self) -> Iterator[str]:
        folder = os.path.join(self.folder, "checkpoints")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            if not name.endswith(".note") or os.path.islink(path) or not os.path.isfile(path):
                continue
            data = self.beside.read_note(name)[:4096]
            try:
                note = wb.read_note(data)
            except ValueError:
                continue
            broken = self.excuses(note[1]) and note[1] < len(self.tree.tops)
            given_up = wb.sha(data) in self.beside.given_up
            if not given_up and not broken and not self.covers(*note):
                yield f"the checkpoint {name} does not fit"

    def covers(self, origin: str, size: int, root: str) -> bool:
        """Whether this ledger begins with what a checkpoint covers."""
        same_case = not origin or not self.case or origin == "wb-audit/" + self.case
        return same_case and size < len(self.tree.tops) and self.tree.root(size) == root


def accounts(off: int, record: Any, entry: Any, problem: list[Any]) -> bool:
    """Whether a recovery at byte `off` accounts for a problem."""
    what, start, length, _, jumps, _ = problem
    same = bool((entry["off"], entry["len"]) == (start, length))
    kind, follows = record["body"]["kind"], start + length + 1 == off
    if kind == "torn":
        follows = follows or start == 0 == record["seq"] - 1
        return same and what == "unreadable" and not jumps and follows
    if entry["what"] == "span":
        same = bool(entry["off"] <= start and start + length <= entry["off"] + entry["len"])
    return kind == "forced" and same and entry["what"] in (what, "span")


def ledger_of(path: str) -> tuple[str, bool]:
    """The ledger file that a path means, and whether there is none yet; raises LookupError."""
    if os.path.isdir(path):
        here = [os.path.lexists(os.path.join(path, name)) for name in PARTS]
        if not any(here):
            raise LookupError(f"{path} holds neither a case nor a ledger.")
        return os.path.join(path, PARTS[0]), not here[0]
    if not os.path.lexists(path):
        raise LookupError(f"There is no {path}.")
    other = not path.endswith(".jsonl") and os.path.isfile(path)
    if other and wb.read_file(path, 1) != b"{":
        raise LookupError(f"{path} is neither a case nor a ledger.")
    return path, False


def check_ledger(path: str, note: bytes | None) -> dict[str, Any]:
    """Judge a ledger (a case may have none yet); `note` is a checkpoint kept elsewhere."""
    ledger = Ledger(*ledger_of(path))
    problems = ledger.problems()
    signatures, failed = ledger.keys.check(ledger.case)
    problems += failed
    if note is not None and not ledger.covers(*wb.read_note(note)):
        problems.append("the checkpoint does not fit: records vanished or were changed")
    size = len(ledger.tree.tops) - 1
    return {"ok": not problems, "records": len(ledger.records), "size": size,
            "root": ledger.tree.root(size), "head": ledger.head, "torn": ledger.torn,
            "empty": not size, "problems": problems, "notices": ledger.notices(),
            "signatures": signatures}  # fmt: skip


def main(words: list[str]) -> int:
    """Judge what the command line names; returns the exit code."""
    if words[:1] in (["--help"], ["-h"]):
        print(__doc__)
        return 0
    if len(words) not in (1, 3) or words[1:2] not in ([], ["--checkpoint"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        note = wb.read_file(words[2], 4096) if len(words) == 3 else None
        result = check_ledger(words[0], note)
    except LookupError as error:
        print(f"{ascii(error.args[0])[1:-1]} Give a case folder, or the path of an audit.jsonl.",
              file=sys.stderr)  # fmt: skip
        return 2
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        result = {"ok": False, "problems": [ascii(str(error))[:400]], "signatures": "not checked"}
    print(json.dumps(result, indent=1, sort_keys=True))
    return 0 if result["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
