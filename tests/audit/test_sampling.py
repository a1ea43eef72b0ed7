"""Samples and intervals, against published figures."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.audit.errors import LedgerError
from workbench.audit.state.sampling import clopper_pearson, plan, wilson


# Newcombe (1998), Statistics in Medicine 17, table I: methods 3 (Wilson) and 5 (Clopper-Pearson).
@pytest.mark.parametrize(
    ("found", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
        (29, 29, (0.8830, 1.0000), (0.8806, 1.0000)),
    ],
)
def test_published_intervals(
    found: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert wilson(found, n) == pytest.approx(score, abs=6e-5)
    assert clopper_pearson(found, n) == pytest.approx(exact, abs=6e-5)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share(case: tuple[int, int]) -> None:
    found, n = case
    for interval in (wilson, clopper_pearson):
        low, high = interval(found, n)
        assert 0 <= low <= found / n <= high <= 1
        assert low < high


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 30), min_size=1, max_size=6),
    st.integers(1, 60),
    st.text(max_size=5),
)
def test_a_plan_draws_what_was_asked_for(sizes: dict[str, int], n: int, seed: str) -> None:
    strata = {name: [f"{name}-{i}" for i in range(size)] for name, size in sizes.items()}
    total = sum(sizes.values())
    if n > total:
        with pytest.raises(LedgerError):
            plan(strata, n, seed)
        return
    drawn = plan(strata, n, seed)
    assert sum(len(stratum.drawn) for stratum in drawn) == n
    for stratum in drawn:
        assert set(stratum.drawn) <= set(strata[stratum.name])
        assert len(set(stratum.drawn)) == len(stratum.drawn)
    shuffled = {name: list(reversed(members)) for name, members in reversed(strata.items())}
    assert plan(shuffled, n, seed) == drawn


def test_every_stratum_is_seen_where_there_is_room() -> None:
    strata = {"many": [str(i) for i in range(9990)], "few": [f"f{i}" for i in range(10)]}
    drawn = {stratum.name: len(stratum.drawn) for stratum in plan(strata, 20, "s")}
    assert drawn == {"few": 1, "many": 19}
