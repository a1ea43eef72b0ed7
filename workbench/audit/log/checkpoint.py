"""Checkpoints: size and root of a ledger as a signed note, and as words to write down on paper.

The note is the body of a C2SP tlog-checkpoint (origin, size, base64 root); its SSH signature lies
beside it. Only a checkpoint kept somewhere else shows a cut tail or a rewritten ledger.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.errors import LedgerError
from workbench.audit.log.merkle import Tree

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_ENDS = "ao"
_BITS = 11
WORDS = 24
MAX_NOTE_BYTES = 4096


def word_list() -> list[str]:
    """The 2,048 words: consonant, vowel, consonant, `a` or `o`, such as "bado"."""
    return [a + b + c + d for a in _CONSONANTS for b in _VOWELS for c in _CONSONANTS for d in _ENDS]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` lines of a ledger have this root (64 hex digits)."""

    origin: str
    size: int
    root: str

    def note(self) -> bytes:
        """The C2SP tlog-checkpoint body."""
        root = base64.b64encode(bytes.fromhex(self.root)).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n".encode()

    def words(self) -> list[str]:
        """24 words: the root and eight bits that check root and size together."""
        root = bytes.fromhex(self.root)
        number = int.from_bytes(root + _check_byte(root, self.size), "big")
        words = word_list()
        shifts = range((WORDS - 1) * _BITS, -1, -_BITS)
        return [words[number >> shift & 2**_BITS - 1] for shift in shifts]


def _check_byte(root: bytes, size: int) -> bytes:
    return hashlib.sha256(b"wb-audit words" + size.to_bytes(8, "big") + root).digest()[:1]


def _refused(message: str) -> LedgerError:
    return LedgerError(message, title="Not a checkpoint", hint="Check what was copied.")


def origin_of(case_id: str) -> str:
    """The first line of a case's checkpoints."""
    return f"wb-audit/{case_id}"


def read_note(data: bytes) -> Checkpoint:
    """Parse a note; lines after the third (extensions, signatures) are left alone."""
    try:
        lines = data[:MAX_NOTE_BYTES].decode("utf-8").split("\n")
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (ValueError, IndexError, binascii.Error) as error:
        raise _refused("This is not a checkpoint note: origin, size and root are expected.") from (
            error
        )
    checkpoint = Checkpoint(origin, size, root.hex())
    if len(root) != 32 or not 0 < size < 2**53 or not data.startswith(checkpoint.note()):
        raise _refused("This checkpoint note is not in the one form it can have.")
    return checkpoint


def read_words(text: str, size: int) -> Checkpoint:
    """The checkpoint that was written down as 24 words and the size."""
    numbers = {word: index for index, word in enumerate(word_list())}
    words = text.lower().replace(",", " ").split()
    wrong = [f"word {at} ({word!a})" for at, word in enumerate(words, 1) if word not in numbers]
    if wrong:
        raise _refused(f"Not a word of the list: {', '.join(wrong[:5])}.")
    if len(words) != WORDS:
        raise _refused(f"{WORDS} words are needed; these are {len(words)}.")
    number = 0
    for word in words:
        number = number << _BITS | numbers[word]
    data = number.to_bytes(33, "big")
    if not 0 < size < 2**53 or _check_byte(data[:32], size) != data[32:]:
        raise _refused("The words and the size do not fit together; one of them was misread.")
    return Checkpoint("", size, data[:32].hex())


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a note file; raises LedgerError where there is none."""
    try:
        with path.open("rb") as file:
            return read_note(file.read(MAX_NOTE_BYTES))
    except OSError as error:
        raise _refused(f"{path.name} cannot be read: {error.strerror}.") from error


def note_folder(ledger_path: Path) -> Path:
    """Where the notes of a ledger lie."""
    return ledger_path.with_suffix(".d") / "checkpoints"


def stored_notes(ledger_path: Path) -> list[tuple[str, bytes]]:
    """Every note file beside a ledger: name and content, smallest size first."""
    found: list[tuple[str, bytes]] = []
    folder = note_folder(ledger_path)
    if os.path.isdir(folder):
        for path in sorted(folder.glob("*.note"), key=lambda path: (len(path.name), path.name)):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    found.append((path.name, file.read(MAX_NOTE_BYTES)))
    return found


def mismatch(checkpoint: Checkpoint, tree: Tree, case_id: str) -> str:
    """What the ledger with this tree lacks or changed since the checkpoint, or the empty string."""
    if checkpoint.origin and case_id and checkpoint.origin != origin_of(case_id):
        return f"the checkpoint is of another case ({checkpoint.origin!a})"
    if tree.size < checkpoint.size:
        return (
            f"records {tree.size} to {checkpoint.size - 1} vanished: the checkpoint covers "
            f"{checkpoint.size} lines, the file has {tree.size}"
        )
    if tree.root(checkpoint.size).hex() != checkpoint.root:
        return f"the first {checkpoint.size} lines were changed since the checkpoint was made"
    return ""
