#!/usr/bin/env python3
"""Check a wb-proof/1 file (one record of a ledger) with nothing but Python 3.10 or newer.

    python3 -I -S proof.py PROOF.json [--checkpoint NOTE]

Shows that the record hashes to a leaf of the RFC 6962 tree whose size and root a checkpoint note
fixes, and that the lists beside it are the ones it names. With a note of your own, kept apart from
the case, it shows that the record was there when that note was made. Exit code 0 proved, 3 not, 2
wrong usage. Signatures: `ssh-keygen -Y verify -n wb-audit@v1`.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any


def demand(condition: object, what: str) -> None:
    """Raise ValueError unless the condition holds."""
    if not condition:
        raise ValueError(what)


def sha(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def spell(value: Any) -> bytes:
    """The canonical bytes of a JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def climb(at: int, size: int, leaf: bytes, path: list[str]) -> bytes:
    """The root that a path leads to from the leaf at an index of a tree of that size."""
    demand(0 <= at < size and (size == 1) == (not path), "the path has another length")
    if size == 1:
        return leaf
    half, last = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if at < half:
        return hashlib.sha256(b"\1" + climb(at, half, leaf, path[:-1]) + last).digest()
    rest = climb(at - half, size - half, leaf, path[:-1])
    return hashlib.sha256(b"\1" + last + rest).digest()


def read_note(data: bytes) -> tuple[str, int, str]:
    """Origin, size and root (hex) of a checkpoint note."""
    origin, size, root = data[:4096].decode("utf-8").split("\n")[:3]
    return origin, int(size), base64.b64decode(root, validate=True).hex()


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


def check_proof(proof: Any, note: bytes | None) -> dict[str, Any]:
    """Judge a proof, by its own note and by one kept elsewhere; raises ValueError if it fails."""
    line, size = proof["line"].encode("ascii"), proof["size"]
    record = json.loads(line)
    rest = {key: value for key, value in record.items() if key != "h"}
    demand(spell(record) == line, "the record is not in canonical form")
    demand(sha(spell(rest)) == record["h"], "the record's hash does not match its content")
    leaf = hashlib.sha256(b"\0" + line).digest()
    root = climb(proof["index"], size, leaf, proof["path"]).hex()
    demand(root == proof["root"], "the path does not lead to the root")
    fixed = ("wb-audit/" + proof["case"], size, root)
    demand(read_note(proof["note"].encode()) == fixed, "the note is for another tree")
    demand(note is None or read_note(note) == fixed, "the checkpoint is for another tree")
    for digest, count in references(record["body"]):
        data = proof["sets"][digest].encode("ascii")
        demand(sha(data) == digest and data.count(b"\n") == count, "a list was changed")
    return {"ok": True, "record": record, "size": size, "root": root, "problems": []}


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
        with open(words[0], "rb") as file:
            result = check_proof(json.load(file), note)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        result = {"ok": False, "problems": [ascii(str(error))]}
    print(json.dumps({**result, "signatures": "not checked"}, indent=1, sort_keys=True))
    return 0 if result["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
