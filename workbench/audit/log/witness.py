"""What this analyst last saw of a ledger, and the state kept with it, in the analyst's own folder.

The mark (size, root, bytes) is renewed after every append: a ledger that was cut or rewritten
since is noticed at the next start. The kept state only saves time: it counts where the file still
begins with the very bytes it was derived from.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.audit.log.chain import Chain
from workbench.audit.log.checkpoint import Checkpoint, origin_of
from workbench.audit.log.folder_identity import folder_identity
from workbench.audit.log.merkle import Tree
from workbench.audit.records.account_sets import read_ordinary, split_lines
from workbench.audit.state.decision_table import DecisionTable
from workbench.audit.state.state import REDUCED_FIELDS, REVISION, LedgerState

_KEPT_FORMAT = " ".join(
    ["wb-ledger-state", str(REVISION), sys.byteorder, str(array("i").itemsize), *REDUCED_FIELDS]
)


_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines, root, bytes and last hash of a ledger that this analyst has seen to be whole.

    `path` is where that ledger lay, `folder` the identity of the folder that it lay in.
    """

    size: int
    root: str
    bytes: int
    head: str
    path: str
    folder: str = ""


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


class Witness:
    """The mark and the kept state of one ledger, by case id, folder and place.

    Two copies of a case grow apart and are joined by a merge, so each has its own mark. A mark
    counts for the very folder it was made in, wherever that was moved to; where none was, for what
    lies at its path now. The mark of a copy that is gone counts for no other: it is only told.
    """

    def __init__(self, folder: Path, case_id: str, ledger: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._ledger = os.path.realpath(ledger)
        self._identity = folder_identity(os.path.dirname(self._ledger))
        self._case = f"ledger-{_digest(case_id)}"
        name = f"{self._case}-{_digest(self._ledger)}"
        self.mark_path = folder / f"{name}.json"
        self.kept_path = folder / f"{name}.state"

    def read(self) -> Mark | None:
        """The last mark; None where there is none or it is not readable as one."""
        mine = [mark for mark in self._of_this_case() if self._is_of_this_folder(mark)]
        return max(mine, key=lambda mark: mark.size, default=None) or _read(self.mark_path)

    def _of_this_case(self) -> list[Mark]:
        found = (_read(path) for path in self._folder.glob(f"{self._case}-*.json"))
        return [mark for mark in found if mark is not None]

    def _is_of_this_folder(self, mark: Mark) -> bool:
        return bool(mark.folder) and mark.folder == self._identity

    def mark(self, size: int, root: str, length: int, head: str) -> Mark:
        """What is seen of the ledger at this place now."""
        return Mark(size, root, length, head, self._ledger, self._identity)

    def of_gone_copies(self) -> list[Mark]:
        """What was seen of this case in folders that are not where they were, but this one."""
        own = self.read()
        return [
            mark
            for mark in self._of_this_case()
            if mark != own and not self._is_of_this_folder(mark) and not _is_there(mark)
        ]

    def seen(self, case_id: str) -> Checkpoint | None:
        """The last mark as a checkpoint; None where this analyst has seen no record."""
        mark = self.read()
        if mark is None or mark.size < 1:
            return None
        return Checkpoint(origin_of(case_id), mark.size, mark.root)

    def of_other_cases(self) -> list[Mark]:
        """What this analyst has seen of other cases in this very folder, or at this place.

        Their state lies beside this one's. Who rewrites a ledger whole may give it another case
        id too, and move the folder, so that no mark of this case speaks against it.
        """
        found = [
            _read(path)
            for path in self._folder.parent.glob("*/ledger-*.json")
            if not path.name.startswith(self._case)
        ]
        return [
            mark
            for mark in found
            if mark is not None
            and mark.size > 0
            and (mark.path == self._ledger or self._is_of_this_folder(mark))
        ]

    def write(self, mark: Mark) -> None:
        """Renew the mark. Not synced: after a power cut an older mark proves less, not wrong."""
        _replace(self.mark_path, json.dumps(asdict(mark)).encode("ascii"))
        for path in self._folder.glob(f"{self._case}-*.json"):
            before = _read(path)
            if path != self.mark_path and before is not None and self._is_of_this_folder(before):
                path.unlink(missing_ok=True)  # this folder lay there until it was moved

    def keep(self, chain: Chain, state: LedgerState, prefix: str) -> None:
        """Keep the derived state of a whole ledger whose bytes have the digest `prefix`."""
        table = state.decisions.blobs()
        blobs = {f"d.{name}": blob for name, blob in table.items()}
        blobs.update((f"t.{n}", level) for n, level in enumerate(chain.tree.levels()))
        blobs["ids"] = b"".join(chain.ids)
        header = {
            "format": _KEPT_FORMAT,
            "prefix": prefix,
            "bytes": chain.end,
            "seq": chain.next_seq,
            "head": chain.head,
            "records": chain.records,
            "breaks": chain.breaks,
            "parts": {name: len(blob) for name, blob in blobs.items()},
            "state": state.reduced_fields(),
        }
        payload = json.dumps(header).encode("ascii") + b"\n" + b"".join(blobs.values())
        digest = hashlib.sha256(payload).hexdigest().encode("ascii")
        _replace(self.kept_path, digest + b"\n" + payload)

    def recall(
        self, handle: int, size: int, chain: Chain, state: LedgerState
    ) -> hashlib._Hash | None:
        """Fill an empty chain and state from what was kept.

        Returns the running digest of the bytes they stand for; None, with both left empty, where
        nothing was kept or the file begins otherwise.
        """
        try:
            stored = read_ordinary(self.kept_path)
            payload = memoryview(stored)[65:]
            if hashlib.sha256(payload).hexdigest().encode("ascii") != stored[:64]:
                return None
            stop = stored.index(b"\n", 65)
            header = json.loads(stored[65:stop])
            if header["format"] != _KEPT_FORMAT or not 0 < header["bytes"] <= size:
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        prefix = _digest_of_start(handle, header["bytes"])
        if prefix.hexdigest() != header["prefix"]:
            return None
        blobs: dict[str, memoryview] = {}
        at = stop - 64
        for name, length in header["parts"].items():
            blobs[name] = payload[at : at + length]
            at += length
        table = {name[2:]: blob for name, blob in blobs.items() if name.startswith("d.")}
        lists = (split_lines(bytes(table["words"])), split_lines(bytes(table["accounts"])))
        state.restore(DecisionTable.from_blobs(table, lists), header["state"])
        levels = sum(name.startswith("t.") for name in blobs)
        chain.tree = Tree.of_levels([bytes(blobs[f"t.{number}"]) for number in range(levels)])
        chain.head, chain.next_seq, chain.end = header["head"], header["seq"], header["bytes"]
        chain.records = header["records"]
        chain.breaks = [(line, mended) for line, mended in header["breaks"]]
        chain.defer_ids(bytes(blobs["ids"]))
        return prefix


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _read(path: Path) -> Mark | None:
    try:
        mark = Mark(**json.loads(read_ordinary(path)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    numbers = type(mark.size) is int and type(mark.bytes) is int
    texts = (mark.root, mark.head, mark.path, mark.folder)
    return mark if numbers and all(isinstance(text, str) for text in texts) else None


def _is_there(mark: Mark) -> bool:
    """Whether the folder that the mark was made in still lies where it lay."""
    if not mark.folder:
        return os.path.lexists(mark.path)
    return folder_identity(os.path.dirname(mark.path)) == mark.folder


def _digest_of_start(handle: int, length: int) -> hashlib._Hash:
    digest, at = hashlib.sha256(), 0
    room = memoryview(bytearray(_CHUNK_BYTES))
    while at < length:
        read = os.preadv(handle, [room[: length - at]], at)
        if not read:
            break
        digest.update(room[:read])
        at += read
    return digest
