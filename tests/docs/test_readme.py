"""The README says what the program does: commands, keys, tables, settings."""

from __future__ import annotations

from tests.docs.generated import README, with_generated
from workbench.settings import describe


def test_generated_parts_are_current() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_generated(text) == text, "run: python -m tests.docs.generated"


def test_every_setting_has_a_sentence() -> None:
    for name, _default, sentence in describe():
        assert sentence.endswith("."), name


def test_pictures_are_there() -> None:
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith("!["):
            assert (README.parent / line.split("(")[1].rstrip(")")).is_file()
