"""Randomness that depends on names and row numbers alone, never on order or chunking.

Row draws are counter based: splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
generators, OOPSLA 2014) over a row key and a stream key, so any slice of rows gives equal values.
"""

from __future__ import annotations

import hashlib
import random

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53


def key_of(*names: object) -> int:
    """A 64-bit key for a path of names."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def rng_for(*names: object) -> random.Random:
    """A sequential generator for one named decision."""
    return random.Random(key_of(*names))


def mix(values: Bits) -> Bits:
    """The splitmix64 finalizer: uint64 to uint64, bijective."""
    out = values + _GOLDEN
    out ^= out >> _S30
    out *= _M1
    out ^= out >> _S27
    out *= _M2
    out ^= out >> _S31
    return out


def row_keys(owner: Bits, number: Ints) -> Bits:
    """One key per row from its owner's key and its number under that owner."""
    return mix(owner ^ (number.astype(np.uint64) * _M2))


class Draws:
    """Vectors of draws for a fixed set of row keys, one independent vector per stream name."""

    def __init__(self, keys: Bits) -> None:
        self.keys = keys

    def bits(self, stream: str) -> Bits:
        """Uniform 64-bit values."""
        return mix(self.keys ^ np.uint64(key_of(stream)))

    def uniform(self, stream: str) -> Floats:
        """Uniform in [0, 1)."""
        return (self.bits(stream) >> _S11).astype(np.float64) * _TO_UNIT

    def normal(self, stream: str) -> Floats:
        """Standard normal by Box and Muller's transform."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(stream)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(stream + "'")))

    def below(self, stream: str, limit: Ints | int) -> Ints:
        """Uniform integers in [0, limit); `limit` may differ per row and must be at least 1."""
        return (self.uniform(stream) * limit).astype(np.int64)
