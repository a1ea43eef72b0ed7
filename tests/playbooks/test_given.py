"""What an analyst types as a value is a text, or the lines of a file that he names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.playbooks import given as values
from workbench.playbooks.given import given_value


@given(st.text())
def test_a_text_is_itself_and_any_text_can_be_given(text: str) -> None:
    assert given_value(text if not text.startswith("@") or text == "@" else f"@{text}") == text


@pytest.mark.parametrize(
    ("data", "lines"),
    [(b"a\nb\n", ["a", "b"]), (b"\xef\xbb\xbfa\r\n\r\n b \r\na", ["a", "b"]), (b"", [])],
)
def test_a_file_gives_its_lines_once(tmp_path: Path, data: bytes, lines: list[str]) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(data)
    assert given_value(f"@{path}") == lines


def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="No such file") as missing:
        given_value("@nowhere")
    assert "@@nowhere" in missing.value.hint
    path = tmp_path / "ids.txt"
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(UsageError, match="line 2"):
        given_value(f"@{path}")
    monkeypatch.setattr(values, "MAX_FILE_BYTES", 3)
    with pytest.raises(UsageError, match="holds more than"):
        given_value(f"@{path}")
