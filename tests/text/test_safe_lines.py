"""Whole output is made safe at its one sink: line ends and tabs stay, nothing else acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.cli import output
from workbench.report.pages import Facts, Heading, Listing, Paragraph, Part, as_html, as_markdown
from workbench.text.sanitize import safe_lines

_HOSTILE = st.text(
    st.sampled_from("a\x1b\x07\x9b\x9d\x7f\u202e\u2066\u200b\0\r\n\t]52;c;|<`")
    | st.characters(codec="utf-8")
)


def _acts(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\n", "").replace("\t", "")
    return [one for one in lines if not one.isprintable()]


@given(_HOSTILE)
def test_nothing_acts_and_lines_stay(text: str) -> None:
    shown = safe_lines(text)
    assert not _acts(shown)
    assert shown.count("\n") == text.count("\n")
    assert safe_lines(shown) == shown


def test_plain_text_is_itself() -> None:
    text = 'a,"b"\r\nc\td\nü — 日本\n'
    assert safe_lines(text) == text


def test_the_sink_lets_nothing_through(capsys: pytest.CaptureFixture[str]) -> None:
    output.write("a \x1b]52;c;ZWNobw==\x07 \x9b2J \x7f \u202e\n")
    assert not _acts(capsys.readouterr().out)


@given(_HOSTILE)
def test_no_part_of_a_packet_acts(text: str) -> None:
    parts: list[Part] = [Heading(text, 1), Paragraph(text), Facts(((text, text),)),
             Listing(text, [text], [[text]])]  # fmt: skip
    assert not _acts(as_markdown(parts))
    assert not _acts(as_html(text, parts))


def test_no_address_in_a_packet_can_be_clicked() -> None:
    text = "see https://evil.example/x, HTTP://e.x, www.evil.example, mailto:a@b.c at 12:30"
    shown = as_markdown([Paragraph(text), Listing("t", ["n"], [[text]])])
    for link in ("s://", "P://", "www.", "mailto:"):
        assert link not in shown
    assert r"https\[:\]//evil\[.\]example/x" in shown
    assert "12:30" in shown
