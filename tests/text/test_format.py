"""Numbers as a reader wants them."""

from __future__ import annotations

import pytest

from workbench.text.format import counted, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (0.000123456, "0.00012"), (0.123456, "0.123"), (3.02, "3.02"),
        (999.96, "1000"), (7200.0, "7,200"), (12345.6, "12,346"), (-7200.4, "-7,200"),
        (1.5e15, "1.5e+15"), (float("nan"), "nan"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_numbers_have_as_many_digits_as_tell_them_apart(value: float, text: str) -> None:
    assert number_text(value) == text


def test_one_thing_is_no_plural() -> None:
    assert [counted(n, "record") for n in (0, 1, 1200)] == [
        "0 records",
        "1 record",
        "1,200 records",
    ]
