"""Outside text in Markdown: read by a viewer that links whatever looks like an address."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbench.report.pages import Facts, Heading, Listing, Paragraph, Part, as_markdown
from workbench.text.markdown import broken_up, markdown_code, markdown_text
from workbench.text.sanitize import safe_text

VIEWER = MarkdownIt("gfm-like", {"html": True, "linkify": True})
assert VIEWER.linkify is not None
VIEWER.linkify.set({"fuzzy_link": True, "fuzzy_email": True})
ACTIVE = {"link_open", "image", "html_inline", "html_block", "code_block", "fence"}
# What terminals underline, whatever the text around it is.
IN_A_TERMINAL = re.compile(r"[a-z0-9+.-]://|mailto:|\bwww\.\w|\w@\w", re.IGNORECASE)
PIECES = st.sampled_from(
    ["https://evil.example/x", "HTTP://e.com", "//evil.com", "www.evil.com", "evil.com", "a@b.com",
     "mailto:a@b.com", "xmpp:a@b.com", "javascript:alert(1)", "[a](http://e.com)", "![a](x)", "<b>",
     "<https://e.com>", "<a@b.com>", "[x]: http://e.com", "[^1]", "<!--", "&lt;", "&#104;ttp://e.com",
     "&colon;", "`", "``", "```", "~~~", "|", "\\", "\\|", "# ", "- ", "1. ", "1) ", "> ", "---",
     "===", "    ", "\t", "\n", "\r\n", "\n\n", "*", "_", "~~", "$x$", ":", "@", ".", " ", "e", "1",
     "\x1b]8;;http://e.com\x07", "\u202e", "ftp://e.com", "\u3002com", "\uff20", "x.рф"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=8).map("".join)


def _tokens(markdown: str) -> list[Token]:
    found: list[Token] = []
    for token in VIEWER.parse(markdown):
        found += [token, *(token.children or [])]
    return found


def _shown(tokens: list[Token]) -> str:
    return "".join(one.content for one in tokens if one.type in ("text", "text_special"))


@settings(deadline=None)
@given(TEXTS)
def test_a_line_of_outside_text_is_shown_and_does_nothing(text: str) -> None:
    tokens = _tokens(markdown_text(text))
    assert not ACTIVE & {token.type for token in tokens}
    assert not IN_A_TERMINAL.search(markdown_text(text))
    wanted = broken_up(safe_text(text, len(text)))
    assert _shown(tokens).strip() == wanted.strip()


@settings(deadline=None)
@given(TEXTS)
@example(text="    https://evil.example/x")
def test_no_part_of_a_report_has_a_link_an_image_or_markup(text: str) -> None:
    parts: list[Part] = [Heading(text, 1), Paragraph(text), Facts(((text, text),)),
             Listing(text, [text, "n"], [[text, 1], [text, text]])]  # fmt: skip
    shown = as_markdown(parts)
    tokens = _tokens(shown)
    assert not ACTIVE & {token.type for token in tokens}
    assert not IN_A_TERMINAL.search(shown)
    rows = [token for token in tokens if token.type == "td_open"]
    assert len(rows) == 2 + 4, shown  # no text makes a cell, or takes one away


@settings(deadline=None)
@given(TEXTS)
def test_a_command_of_ours_shows_nothing_that_acts(text: str) -> None:
    shown = markdown_code(f"workbench run CASE x -p cluster={text}")
    tokens = _tokens(shown)
    assert not (ACTIVE - {"code_inline"}) & {token.type for token in tokens}
    assert not IN_A_TERMINAL.search(shown)


def test_names_of_ours_stay_as_they_are() -> None:
    assert markdown_code("data/001-clusters-table.jsonl") == "`data/001-clusters-table.jsonl`"
    assert markdown_text("0.95 of account_id at 12:30, e.g. 10.0.0.1") == (
        "0.95 of account_id at 12:30, e.g. 10.0.0.1"
    )
