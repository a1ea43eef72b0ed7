"""Whatever is written as TOML comes back the same, in printable ASCII."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workbench.text.toml import toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = st.one_of(TEXTS, st.integers(-(2**53), 2**53), st.booleans(), st.floats(allow_nan=False))
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_it_reads_as_it_was_written(values: dict[str, Any]) -> None:
    written = toml_text(values)
    assert tomllib.loads(written) == values
    assert all(one == "\n" or " " <= one <= "~" for one in written)


@given(st.text(st.characters(codec=None), max_size=30))
def test_any_text_at_all_can_be_written(text: str) -> None:
    written = toml_text({text: text})
    ((key, value),) = tomllib.loads(written).items()
    assert key == value
    assert value == text or any("\ud800" <= one <= "\udfff" for one in text)


def test_a_byte_of_a_file_name_stays_legible() -> None:
    assert tomllib.loads(toml_text({"path": "a\udcffb\ud800"})) == {"path": "a\\xffb\ufffd"}
