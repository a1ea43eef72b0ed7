#!/usr/bin/env python3
"""Check a wb-proof/1 file (one record of a ledger) with nothing but Python 3.11 or newer.

    python3 -I -S proof.py PROOF.json [--checkpoint NOTE]

Shows that the record hashes to a leaf of the RFC 6962 tree whose size and root a checkpoint note
fixes, and that the lists beside it are the ones it names. With a note of your own, kept apart from
the case, it shows that the record was there when that note was made. Exit code 0 proved, 3 not, 2
wrong usage. Signatures are not checked here; verify.py says how. Needs wb_record.py and wb_list.py
beside it.
"""

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.audit.standalone import wb_list as lists
    from workbench.audit.standalone import wb_record as wb
else:
    sys.dont_write_bytecode = True  # a folder of evidence stays as it is
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import wb_list as lists
    import wb_record as wb


def climb(at: int, size: int, leaf: bytes, path: list[str]) -> bytes:
    """The root that a path leads to from the leaf at an index of a tree of that size."""
    wb.demand(0 <= at < size and (size == 1) == (not path), "the path has another length")
    if size == 1:
        return leaf
    half, last = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if at < half:
        return hashlib.sha256(b"\1" + climb(at, half, leaf, path[:-1]) + last).digest()
    rest = climb(at - half, size - half, leaf, path[:-1])
    return hashlib.sha256(b"\1" + last + rest).digest()


def check_proof(proof: Any, note: bytes | None) -> dict[str, Any]:
    """Judge a proof, by its own note and by one kept elsewhere; raises ValueError if it fails."""
    line, size = proof["line"].encode("ascii"), proof["size"]
    record = wb.read_record(line)
    leaf = hashlib.sha256(b"\0" + line).digest()
    root = climb(proof["index"], size, leaf, proof["path"]).hex()
    wb.demand(root == proof["root"], "the path does not lead to the root")
    fixed = ("wb-audit/" + proof["case"], size, root)
    wb.demand(wb.read_note(proof["note"].encode()) == fixed, "the note is for another tree")
    wb.demand(note is None or wb.read_note(note) == fixed, "the checkpoint is for another tree")
    for digest, count, _ in lists.named(record["body"]):
        data = proof["sets"][digest].encode("ascii")
        wb.demand(wb.sha(data) == digest and data.count(b"\n") == count, "a list was changed")
    return {"ok": True, "record": record, "size": size, "root": root, "problems": []}


def main(words: list[str]) -> int:
    """Judge what the command line names; returns the exit code."""
    if len(words) not in (1, 3) or words[1:2] not in ([], ["--checkpoint"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        note = wb.read_file(words[2], 4096) if len(words) == 3 else None
        result = check_proof(json.loads(wb.read_file(words[0], 1 << 30)), note)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        result = {"ok": False, "problems": [ascii(str(error))]}
    print(json.dumps({**result, "signatures": "not checked"}, indent=1, sort_keys=True))
    return 0 if result["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
