"""The short, seeded form of the battery of hostile case folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batteries.case_folders import attack


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_a_mutated_case_hangs_leaks_and_acts_nowhere(seed: int, tmp_path: Path) -> None:
    assert attack(tmp_path, seed, commands=2) == []
