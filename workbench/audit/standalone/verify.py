#!/usr/bin/env python3
"""Check a wb-audit/1 ledger with nothing but Python 3.10 or newer.

    python3 -I -S verify.py FOLDER|audit.jsonl [--checkpoint NOTE]

Prints what it found as one JSON object; exit code 0 intact, 3 not, 2 wrong usage. It is written
apart from the program that writes ledgers, from the format alone: one record a line, canonical
ASCII JSON, each naming the hash of the one before; every line a leaf of an RFC 6962 tree.
Signatures are not checked here: use `ssh-keygen -Y verify -n wb-audit@v1`.
"""

import base64
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from typing import Any

MAX = 2**53
PLAIN = {
    "x": "[0-9a-f]{64}", "x?": "([0-9a-f]{64})?", "y": "[0-9a-f]{32}",
    "code": "[A-Z][A-Z0-9-]{0,31}", "ratio": r"0(\.[0-9]{1,9})?|1(\.0{1,9})?",
    "decimal": r"-?[0-9]{1,15}(\.[0-9]{1,9})?", "note": r"[0-9a-z-]{1,80}\.note",
    "sig": "[A-Za-z0-9+/=]{0,8192}", "pname": "[A-Za-z0-9_.-]{1,64}",
}  # fmt: skip
ALIAS = {"i": f"i{MAX}", "c": f"i{10**12}", "s": "t256", "n": "t8192", "l": "t2048"}
# One object a line. Tokens: tL-H text of so many characters, iL-H number, b boolean, a
# pattern or alias above, w=a|b words, @X object X, ?X null or X, *N,X list of at most N, X/Y
# either, % parameters, = the value of one, ! anything.
SCHEMA = """
set set:x count:c
who name:t1-256 uid:i4294967296 host:s key:s
subject kind:w=account|set|cluster|campaign id:l set:x? count:c
evidence query:t1-256 rev:i1000000000 sha256:x params:% generation:i1000000000 sources:*64,x/@set \
 result_sha256:x rows:c ledger_head:x
found n:c N:c found:c low:ratio high:ratio
origin case:s id:y who:@who ts:i line:@set
range what:w=torn|unreadable|chain|duplicate|seen|file|span off:i len:i sha256:x
stratum name:s total:c drawn:c
seen size:i root:x
record v:i1 seq:i prev:x h:x id:y ts:i type:t32 mono:i boot:y who:@who tool:s seen:@seen body:! \
 sig:sig
OPEN case:t1-64 format:w=wb-audit/1
DECISION verdict:w=flag|clear|watch|escalate scope:w=account|set|cluster|campaign \
 subject:@subject reason:code confidence:w=low|medium|high note:n counter:n changes_my_mind:n \
 expires:?i evidence:*32,@evidence sample:?@found
PROPOSAL decision:@DECISION origin:?@origin
COUNTERSIGN record:y body_sha256:x answer:w=agree|refuse note:n origin:?@origin
REVERSAL record:y reason:code note:n
NOTE kind:w=comment|claim|release|step id:l text:n \
 subject:w=account|cluster|campaign|entity|query|case
LIST_EDIT action:w=add|remove family:t1-64 value:t1-2048 role:w=hub|allow|known_bad reason:n \
 until:?i
CAMPAIGN_EDIT action:w=merge|split|name|exclude|include|create campaign:t1-2048 \
 others:*64,t1-2048 name:s members:?@set reason:n
SAMPLE subject:@subject seed:s drawn:@set level:decimal result:?@found \
 method:w=wilson|clopper-pearson strata:*256,@stratum
EXPORT what:s format:s path:t1024 rows:c columns:*128,s sha256:x? evidence:?@evidence
CLIPBOARD what:s entity:s rows:c chars:c sha256:x
REVEAL field:s entity:s id:l rows:c
REPORT what:s id:l path:t1024 files:c sha256:x?
POLICY sha256:x text:@set signed:b reason:n
KEY action:w=add|revoke principal:t1-256 fingerprint:s key:t4096 after:?i before:?i
CHECKPOINT size:i1-9007199254740992 root:x note:note note_sha256:x sig_sha256:x?
MERGE case:t1-64 size:c root:x lines:@set conflicts:?@set reason:n
RECOVERY kind:w=torn|adopted|forced reason:n ranges:*256,@range
"""
SHAPES = {line.split()[0]: dict(word.split(":", 1) for word in line.split()[1:])
          for line in SCHEMA.strip().splitlines()}  # fmt: skip


def demand(condition: object, what: str) -> None:
    """Raise ValueError unless the condition holds."""
    if not condition:
        raise ValueError(what)


def fits(token: str, value: Any) -> bool:
    """Whether a value is what a token allows."""
    token = ALIAS.get(token, token)
    kind, rest = token[0], token[1:]
    if kind == "?":
        return value is None or fits(rest, value)
    if kind == "*" and "/" in token:
        return any(fits(one, value) for one in token.split("/"))
    if kind == "*":
        most, inner = rest.split(",", 1)
        fine = type(value) is list and len(value) <= int(most)
        return fine and all(fits(inner, item) for item in value)
    if kind == "@":
        fine = type(value) is dict and value.keys() == SHAPES[rest].keys()
        return fine and all(fits(inner, value[key]) for key, inner in SHAPES[rest].items())
    if kind == "%":
        fine = type(value) is dict and len(value) <= 64
        return fine and all(fits("pname", k) and fits("=", v) for k, v in value.items())
    if kind == "=" and not isinstance(value, (int, str)):
        return value is None or fits("@set", value)
    if kind == "=" and type(value) is int:
        return -MAX <= value <= MAX
    if kind == "!" or type(value) is bool:
        return kind in "!=b"
    if type(value) is int:
        low, _, high = rest.rpartition("-")
        return kind == "i" and int(low or 0) <= value <= int(high)
    if type(value) is not str:
        return False
    if token in PLAIN:
        return re.fullmatch(PLAIN[token], value) is not None
    if kind == "w":
        return value in token[2:].split("|")
    if kind not in "t=":
        return False
    low, _, high = ("1024" if kind == "=" else rest).rpartition("-")
    return int(low or 0) <= len(value) <= int(high)


def sha(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def spell(value: Any) -> bytes:
    """The canonical bytes of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_record(line: bytes) -> Any:
    """The record on a line; raises ValueError."""
    demand(len(line) < 65536, "longer than a record may be")
    try:
        record = json.loads(line.decode("ascii"))
        demand(spell(record) == line, "not in canonical form")
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    demand(fits("@record", record) and record["v"] == 1, "not wb-audit/1")
    kind, body = record["type"], record["body"]
    demand(
        kind.islower() and kind.upper() in SHAPES and fits("@" + kind.upper(), body),
        f"not a {kind} of wb-audit/1",
    )
    decision = {"decision": body, "proposal": body.get("decision")}.get(kind)
    if decision or kind == "sample":
        subject = (decision or body)["subject"]
        single = subject["id"] and not subject["set"] and subject["count"] == 1
        demand(single if subject["kind"] == "account" else subject["set"], "a subject amiss")
    if decision:
        demand(decision["scope"] == subject["kind"], "a scope that is not the subject's")
        demand(decision["verdict"] != "flag" or decision["counter"].strip(), "a flag uncountered")
    demand(not record["sig"] or record["who"]["key"], "signed by no named key")
    rest = {key: value for key, value in record.items() if key != "h"}
    demand(sha(spell(rest)) == record["h"], "its hash does not match its content")
    return record


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


def references(value: Any) -> Iterator[tuple[str, int]]:
    """Every list that a body names: (digest, count)."""
    if isinstance(value, dict):
        if isinstance(value.get("set"), str) and value["set"] and "count" in value:
            yield value["set"], value["count"]
        for key, inner in value.items():
            yield from references(list(inner.values()) if key == "params" else inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def read_note(data: bytes) -> tuple[str, int, str]:
    """Origin, size and root (hex) of a checkpoint note; raises ValueError."""
    origin, number, root = data[:4096].decode("utf-8").split("\n")[:3]
    size, raw = int(number), base64.b64decode(root, validate=True)
    body = f"{origin}\n{size}\n{base64.b64encode(raw).decode()}\n"
    demand(len(raw) == 32 and 0 < size < MAX and data.startswith(body.encode()), "not a note")
    return origin, size, raw.hex()


class Ledger:
    """A ledger as it is judged: what is wrong as (what, first byte, length, message)."""

    def __init__(self, path: str, absent: bool) -> None:
        self.folder = os.path.splitext(path)[0] + ".d"
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with open(os.open(os.devnull if absent else path, flags), "rb") as file:
            demand(absent or stat.S_ISREG(os.fstat(file.fileno()).st_mode), "no ordinary file")
            self.data = file.read()
        self.tree = Tree()
        self.records: list[tuple[int, Any]] = []
        self.wrong: list[list[Any]] = []
        self.head, self.next, self.broken, self.case = "0" * 64, 0, -1, ""
        self._walk()

    def _walk(self) -> None:
        at, ids = 0, set[str]()
        gap: list[Any] | None = None
        while (stop := self.data.find(b"\n", at)) >= 0:
            line, off, at = self.data[at:stop], at, stop + 1
            index = len(self.tree.tops) - 1
            try:
                record = read_record(line)
            except ValueError as error:
                if gap is None:
                    gap = ["unreadable", off, 0, str(error), False]
                    self.wrong.append(gap)
                gap[2] = stop - gap[1]
                self.tree.add(line)
                continue
            if record["prev"] != self.head or record["seq"] != self.next:
                self.broken = index - 1 if self.broken < 0 else self.broken
                if gap is None:
                    self.wrong.append(["chain", off, len(line), "does not follow", False])
                else:
                    gap[4] = True
            gap = None
            self.tree.add(line)
            self._look(record, index, off, len(line), ids)
            self.head, self.next = record["h"], record["seq"] + 1
            self.records.append((off, record))
        tail = self.data[at:].rstrip(b"\0").decode("latin-1")
        try:
            whole = json.JSONDecoder().raw_decode(tail)[1] == len(tail)
        except (ValueError, RecursionError):
            whole = len(self.data) - at <= 2 << 20
        self.torn = bool(self.data[at:])
        if not whole or (not at and not '{"body":{"case":"'.startswith(tail[:17])):
            self.wrong.append(["tail", at, len(tail), "no torn append", False])

    def _look(self, record: Any, index: int, off: int, length: int, ids: set[str]) -> None:
        body, kind = record["body"], record["type"]
        claims = [(record["seen"]["size"], record["seen"]["root"])]
        if kind == "checkpoint":
            claims.append((body["size"], body["root"]))
        for size, root in claims:
            fits_tree = size <= index and self.tree.root(size) == root
            if not fits_tree and not 0 <= self.broken < size:
                self.wrong.append(["seen", off, length, "saw another ledger", False])
        if record["id"] in ids:
            self.wrong.append(["duplicate", off, length, "repeats an id", False])
        ids.add(record["id"])
        if (kind == "open") != (record["seq"] == 0):
            self.wrong.append(["chain", off, length, "only the first record opens", False])
        elif kind == "open":
            self.case = body["case"]

    def problems(self) -> list[str]:
        """All that is wrong and that no recovery record accounts for."""
        ranges = [(off, r, e) for off, r in self.records if r["type"] == "recovery"
                  for e in r["body"]["ranges"] if e["what"] != "file"]  # fmt: skip
        good, problems = [], []
        for off, record, entry in ranges:
            place = self.data[entry["off"] : entry["off"] + entry["len"]]
            if entry["off"] + entry["len"] <= off and sha(place) == entry["sha256"]:
                good.append((off, record, entry))
            else:
                problems.append(f"record {record['seq']}: what it recovered has changed")
        for problem in self.wrong:
            if not any(accounts(*item, problem) for item in good):
                _, start, length, message, _ = problem
                problems.append(f"bytes {start}-{start + length}: {message}")
        return [*problems, *self._beside()]

    def _beside(self) -> Iterator[str]:
        accepted = {e["sha256"] for _, r in self.records if r["type"] == "recovery"
                    and r["body"]["kind"] == "forced" for e in r["body"]["ranges"]
                    if e["what"] == "file"}  # fmt: skip
        counts: dict[str, int] = {}
        demanded = False
        for _, record in self.records:
            kind, body, seq = record["type"], record["body"], record["seq"]
            for digest, count in references(body):
                if counts.setdefault(digest, count) != count:
                    yield f"record {seq}: counts its list otherwise"
            if kind == "checkpoint":
                for suffix, name in (("", "note_sha256"), (".sig", "sig_sha256")):
                    data = self._file("checkpoints", body["note"] + suffix)
                    if body[name] and body[name] not in accepted and sha(data) != body[name]:
                        yield f"record {seq}: {body['note']}{suffix} is gone or changed"
            if demanded and not record["sig"] and kind not in ("open", "recovery", "checkpoint"):
                yield f"record {seq}: not signed, as the policy demands"
            demanded = body["signed"] if kind == "policy" else demanded
            if body.get("origin"):
                yield from self._carried(record)
        for digest, count in counts.items():
            data = self._file("sets", digest + ".txt")
            if digest not in accepted and (sha(data) != digest or data.count(b"\n") != count):
                yield f"the list {digest} is gone, changed or of another length"
        yield from self._notes(accepted)

    def _file(self, folder: str, name: str) -> bytes:
        try:
            with open(os.path.join(self.folder, folder, name), "rb") as file:
                return file.read()
        except OSError:
            return b"\0missing"

    def _carried(self, record: Any) -> Iterator[str]:
        body, origin = record["body"], record["body"]["origin"]
        data = self._file("sets", origin["line"]["set"] + ".txt")
        try:
            (line,) = data.decode("ascii").splitlines()
            first = read_record(json.loads(line).encode("ascii"))
            same = all(first[key] == origin[key] for key in ("id", "who", "ts"))
            demand(same and first["type"] == record["type"], "another line")
            demand({**first["body"], "origin": 0} == {**body, "origin": 0}, "another text")
        except (ValueError, AttributeError) as error:
            if sha(data) == origin["line"]["set"]:
                yield f"record {record['seq']}: not what it came from ({error})"

    def _notes(self, accepted: set[str]) -> Iterator[str]:
        folder = os.path.join(self.folder, "checkpoints")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            if not name.endswith(".note") or os.path.islink(path) or not os.path.isfile(path):
                continue
            data = self._file("checkpoints", name)[:4096]
            try:
                note = read_note(data)
            except ValueError:
                continue
            broken = 0 <= self.broken < note[1] < len(self.tree.tops)
            if sha(data) not in accepted and not broken and not self.covers(*note):
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
    if note is not None and not ledger.covers(*read_note(note)):
        problems.append("the checkpoint does not fit: records vanished or were changed")
    size = len(ledger.tree.tops) - 1
    return {"ok": not problems, "records": len(ledger.records), "size": size,
            "root": ledger.tree.root(size), "head": ledger.head, "torn": ledger.torn,
            "problems": problems, "signatures": "not checked"}  # fmt: skip


def main(words: list[str]) -> int:
    """Judge what the command line names; returns the exit code."""
    if len(words) not in (1, 3) or words[1:2] not in ([], ["--checkpoint"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        note = None
        if len(words) == 3:
            with open(words[2], "rb") as file:
                note = file.read(4096)
        result = check_ledger(words[0], note)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        result = {"ok": False, "problems": [str(error)], "signatures": "not checked"}
    print(json.dumps(result, indent=1, sort_keys=True))
    return 0 if result["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
