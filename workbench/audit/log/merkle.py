"""The RFC 6962 tree over the ledger's lines: roots, inclusion and consistency proofs.

A leaf is one line without its LF, whatever it holds: the tree commits to the whole file.
"""

from __future__ import annotations

import hashlib

HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(line: bytes) -> bytes:
    """SHA-256(0x00 ‖ line)."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """An append-only tree that keeps every complete subtree: any earlier root is O(log n)."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[bytearray] = [bytearray()]

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        self.extend(leaf)

    def extend(self, leaves: bytes | bytearray) -> None:
        """Add leaf hashes laid end to end."""
        self._levels[0] += leaves
        self.size = len(self._levels[0]) // HASH
        height, sha = 0, hashlib.sha256
        while True:
            below = self._levels[height]
            pairs = len(below) // (2 * HASH)
            if not pairs:
                return
            if height + 1 == len(self._levels):
                self._levels.append(bytearray())
            above = self._levels[height + 1]
            for at in range(len(above) * 2, pairs * 2 * HASH, 2 * HASH):
                above += sha(b"\x01" + below[at : at + 2 * HASH]).digest()
            height += 1

    def leaf(self, index: int) -> bytes:
        """The hash of the leaf at `index`."""
        return bytes(self._levels[0][index * HASH : (index + 1) * HASH])

    def find(self, leaf: bytes, from_index: int = 0) -> int:
        """The first index from `from_index` on with this leaf hash; raises ValueError if none."""
        at = self._levels[0].find(leaf, from_index * HASH)
        while at % HASH:
            if at < 0:
                raise ValueError("no such leaf")
            at = self._levels[0].find(leaf, at + 1)
        return at // HASH

    def levels(self) -> list[bytes]:
        """Every level, leaves first, to be kept and given to `of_levels`."""
        return [bytes(level) for level in self._levels]

    @classmethod
    def of_levels(cls, levels: list[bytes]) -> Tree:
        """The tree whose levels were kept."""
        tree = cls()
        tree._levels = [bytearray(level) for level in levels] or [bytearray()]
        tree.size = len(tree._levels[0]) // HASH
        return tree

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (of all without it)."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree holds {self.size} leaves, not {size}")
        if not size:
            return EMPTY_ROOT
        # As `_range(0, size)`, written out: verification asks for it once a record.
        root, height, left, sha = b"", 0, size, hashlib.sha256
        while left:
            if left & 1:
                at = (left - 1) * HASH
                node = self._levels[height][at : at + HASH]
                root = sha(b"\x01" + node + root).digest() if root else bytes(node)
            left >>= 1
            height += 1
        return root

    def _range(self, start: int, size: int) -> bytes:
        """The root of `size` leaves from `start`, a multiple of the power of two ≥ size."""
        parts: list[bytes] = []
        while size:
            height = size.bit_length() - 1
            at = (start >> height) * HASH
            parts.append(bytes(self._levels[height][at : at + HASH]))
            start += 1 << height
            size -= 1 << height
        root = parts.pop()
        while parts:
            root = node_hash(parts.pop(), root)
        return root

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1)."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"leaf {index} is not in a tree of {size}")
        path: list[bytes] = []
        start = 0
        while size > 1:
            half = 1 << ((size - 1).bit_length() - 1)
            if index < half:
                path.append(self._range(start + half, size - half))
                size = half
            else:
                path.append(self._range(start, half))
                start, index, size = start + half, index - half, size - half
        path.reverse()
        return path

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `old` leaves begins that of `size` (RFC 6962 2.1.2)."""
        size = self.size if size is None else size
        if not 0 < old <= size <= self.size:
            raise ValueError(f"no proof from {old} to {size} leaves")
        path: list[bytes] = []
        start, whole = 0, True
        while old != size:
            half = 1 << ((size - 1).bit_length() - 1)
            if old <= half:
                path.append(self._range(start + half, size - half))
                size = half
            else:
                path.append(self._range(start, half))
                start, old, size, whole = start + half, old - half, size - half, False
        if not whole:
            path.append(self._range(start, size))
        path.reverse()
        return path


def check_inclusion(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf at `index` to the root of `size` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, at = leaf, size - 1, index
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            node = node_hash(node, step)
        at >>= 1
        last >>= 1
    return last == 0 and node == root


def check_consistency(old: int, size: int, old_root: bytes, root: bytes, path: list[bytes]) -> bool:
    """Whether the tree of `size` leaves continues that of `old` (RFC 9162 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            after = node_hash(after, step)
        at >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == root
