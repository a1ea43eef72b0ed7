"""Columns with holes: values by index or by condition, null elsewhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.synth.dice import Ints

Bools = npt.NDArray[np.bool_]


def taken(values: pl.Series, index: Ints) -> pl.Series:
    """Values by index; null where the index is negative."""
    known = index >= 0
    if not len(values) or not known.any():
        return pl.Series([None] * len(index), dtype=values.dtype)
    return only(values.gather(np.maximum(index, 0)), known)


def only(values: pl.Series, keep: Bools) -> pl.Series:
    """The values where `keep`, null elsewhere."""
    if keep.all():
        return values
    return pl.select(pl.when(pl.Series(keep)).then(values)).to_series()
