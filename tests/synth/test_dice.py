from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.synth.dice import Draws, key_of, mix, rng_for, row_keys


def _draws(low: int, high: int, owner: int = 7) -> Draws:
    numbers = np.arange(low, high)
    return Draws(row_keys(np.full(len(numbers), owner, dtype=np.uint64), numbers))


@given(st.integers(0, 900), st.integers(1, 100))
def test_a_slice_of_rows_draws_what_the_whole_draws(low: int, count: int) -> None:
    whole = _draws(0, 1_000)
    part = _draws(low, low + count)
    assert np.array_equal(whole.uniform("a")[low : low + count], part.uniform("a"))
    assert np.array_equal(whole.normal("a")[low : low + count], part.normal("a"))


def test_streams_are_independent_and_well_spread() -> None:
    draws = _draws(0, 200_000)
    a, b = draws.uniform("a"), draws.uniform("b")
    assert a.min() >= 0.0
    assert a.max() < 1.0
    assert abs(a.mean() - 0.5) < 0.003
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.01
    assert abs(draws.normal("n").std() - 1.0) < 0.01


def test_limits_may_differ_per_row() -> None:
    draws = _draws(0, 5_000)
    limits = np.arange(5_000) % 9 + 1
    picked = draws.below("x", limits)
    assert (picked >= 0).all()
    assert (picked < limits).all()
    assert set(picked[limits == 3]) == {0, 1, 2}


def test_mix_never_maps_two_values_to_one() -> None:
    values = np.arange(300_000, dtype=np.uint64)
    assert len(np.unique(mix(values))) == len(values)


def test_names_make_the_generator() -> None:
    assert key_of("a", "bc") != key_of("ab", "c")
    assert rng_for(1, "x").random() == rng_for(1, "x").random()
    assert rng_for(1, "x").random() != rng_for(2, "x").random()
