"""TOML and JSON from outside are judged within bounds: a value or a ValueError, for any text."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.text.bounded import read_json, read_toml

_PIECES = st.sampled_from(
    ['"""', "'''", '"', "'", "\\", "[", "]", "{", "}", "a", ".", "=", ",", "\n", "#", " ", "9" * 70]
)


@given(st.lists(_PIECES, max_size=200).map("".join) | st.text())
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    for read in (read_toml, read_json):
        with suppress(ValueError):
            read(text)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_ordinary_values_are_read_as_ever(values: dict[str, object]) -> None:
    text = json.dumps(values)
    assert read_json(text) == json.loads(text)
    toml = "\n".join(f"k{at} = {json.dumps(ascii(name))}" for at, name in enumerate(values))
    assert read_toml(toml) == tomllib.loads(toml)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 200_000, "a." * 200_000 + "b = 1", "a = " + "9" * 5000, "a = -" + "9" * 5000,
     "a = 0x" + "f" * 5000, '"a".' * 50 + "b = 1", '{x=""""a"""", ' + "a." * 50 + "b=1}",
     "a = " + "{a=" * 1000, "a = '''" + "[" * 99, '"""\\' * 50_000, "[" + "a." * 99 + "b]"],
)  # fmt: skip
def test_deep_long_and_unclosed_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_toml(text)


def test_brackets_and_digits_in_texts_are_only_text() -> None:
    inside = "[" * 100 + "9" * 100 + "a." * 100
    assert read_toml(f"a = '{inside}' # {inside}")["a"] == inside
    assert read_toml(f'a = """{inside}\n"b" """')["a"].startswith(inside)
    assert read_json(json.dumps({"a": inside}))["a"] == inside
