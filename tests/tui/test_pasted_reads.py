"""What is pasted without brackets is text, whatever it is; what is pressed are keys."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from workbench.tui.textual_ext import pasted_reads
from workbench.tui.textual_ext.pasted_reads import ReadParser, UnbracketedText, is_pasted


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the parser sees; a test moves it on."""
    now = [100.0]
    monkeypatch.setattr("workbench.tui.textual_ext.pasted_reads.time.monotonic", lambda: now[0])
    return now


def said(messages: Iterable[Message]) -> list[str]:
    """Keys by name, texts as they are."""
    found = []
    for one in messages:
        if isinstance(one, UnbracketedText):
            found.append(f"text {one.text}")
        elif isinstance(one, events.Paste):
            found.append(f"paste {one.text}")
        elif isinstance(one, events.Key):
            found.append(one.key)
    return found


@pytest.mark.parametrize(
    "data",
    ["K", "jjjjjjjjjjjjjjjj", "\t", "\t\t\t", "\r", "\r\r", "\x1b[A\x1b[A\x1b[B", "4s", "gg",
     "\x1b", "\x1bOP", "\x1b[<0;10;20M\x1b[<0;10;20m", "\x1b[I",
     "\x1b[200~SELECT a,\n\tKEYS\x1b[201~",
     "\x1bP>|tmux 3.5a and more words\x1b\\", "\x1b]11;rgb:0000/0000/0000\x07", "\x1b[?62;22c", "",
     "\x1b[M !!", "\x0c\x07"],
)  # fmt: skip
def test_keys_are_no_paste(data: str) -> None:
    assert not is_pasted(data) or "\x1b[200~" in data
    assert not [one for one in said(ReadParser().feed(data or "\x00")) if one.startswith("text")]


@pytest.mark.parametrize(
    "data",
    ["SELECT a,\n\tKEYS, Kind;\nFROM t\n", "K\r", "\tK", "x\r\r", "select 1 from t",
     "\x1b[31mKEYS\x1b[0m\r", "KEYSKEYSKEYS", "\u00e9\n"],
)  # fmt: skip
def test_texts_are_no_keys(data: str) -> None:
    assert is_pasted(data)
    (text,) = said(ReadParser().feed(data))
    assert text.startswith("text ")
    assert "\x1b" not in text
    assert "\r" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=12), st.data())
def test_no_letter_of_a_paste_becomes_a_key_however_it_is_cut(
    text: str, data: st.DataObject
) -> None:
    parser = ReadParser()
    first = data.draw(st.integers(12, len(text)))
    if len(set(text[:first])) == 1:
        return  # one key held down, as far as anybody can tell
    parts = [text[:first], *(text[at : at + 7] for at in range(first, len(text), 7))]
    got = [one for part in parts for one in said(parser.feed(part))]
    assert "".join(one.removeprefix("text ") for one in got) == text
    assert all(one.startswith("text ") for one in got)


def test_a_key_after_a_paste_is_a_key_again(clock: list[float]) -> None:
    parser = ReadParser()
    assert said(parser.feed("KEYS and more\r")) == ["text KEYS and more\n"]
    assert said(parser.feed("x")) == ["text x"]
    clock[0] += pasted_reads.GOES_ON_SECONDS
    assert said(parser.feed("x")) == ["x"]


def test_cursor_keys_beside_a_paste_do_nothing_and_are_no_text() -> None:
    parser = ReadParser()
    assert said(parser.feed("KEYS\r")) == ["text KEYS\n"]
    assert said(parser.feed("\x1b[A")) == ["up"]


@pytest.mark.parametrize("cut", range(1, 6))
def test_brackets_that_are_cut_are_brackets(cut: int) -> None:
    parser = ReadParser()
    whole = "\x1b[200~SELECT a,\n\tKEYS\x1b[201~"
    got = [
        *said(parser.feed(whole[:cut])),
        *said(parser.feed(whole[cut:])),
        *said(parser.feed("K")),
    ]
    assert got == ["paste SELECT a,\n\tKEYS", "K"]


def test_a_sequence_that_is_cut_before_a_paste_is_whole() -> None:
    parser = ReadParser()
    assert said(parser.feed("\x1b[")) == []
    assert said(parser.feed("AKEYS\tK")) == ["up", "text KEYS\tK"]


def test_a_key_that_was_escape_begins_no_sequence(clock: list[float]) -> None:
    parser = ReadParser()
    assert said(parser.feed("\x1b")) == []
    clock[0] += 1.0
    assert "text KEYS\tK" in said(parser.feed("KEYS\tK"))
