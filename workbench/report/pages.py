"""The packet's text: one list of parts, written as Markdown for a terminal and as HTML to read."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.report.exhibits import Exhibit
from workbench.text.format import number_text
from workbench.text.markdown import markdown_code, markdown_text
from workbench.text.sanitize import safe_text

_CELL = 160
_STYLE = (
    "body{font:15px/1.45 sans-serif;max-width:75em;margin:2em auto;padding:0 1em;color:#111}"
    "table{border-collapse:collapse;font:12px/1.4 monospace;display:block;overflow-x:auto}"
    "th,td{border:1px solid #bbb;padding:.15em .5em;text-align:left;white-space:nowrap}"
    "td.n{text-align:right}code{background:#eee}p.note{color:#555}"
)


@dataclass(frozen=True)
class Heading:
    """A title; `level` 1 is the packet's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Sentences; `note` is said more quietly."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Command:
    """A command line of the program's own, to be pasted."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    pairs: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Listing:
    """Rows that are no query's."""

    title: str
    names: list[str]
    rows: list[list[Any]]


Part = Heading | Paragraph | Command | Facts | Listing | Exhibit


def cell(value: Any) -> str:
    """One value as visible text on one line."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return number_text(value)
    return safe_text(value, _CELL)


def provenance(exhibit: Exhibit) -> str:
    """Where an exhibit's rows come from, in a sentence."""
    return "".join(text for text, _ in _provenance(exhibit))


def _provenance(exhibit: Exhibit) -> list[tuple[str, bool]]:
    """The sentence in pieces, each with whether it is a name or command of the program's own."""
    shown, query = len(exhibit.rows), exhibit.query
    part = f"the first {shown:,} of {exhibit.total:,} rows" if exhibit.total > shown else (
        f"{exhibit.total:,} rows")  # fmt: skip
    return [
        (f"{part}; all in ", False), (exhibit.file, True),
        (f" (SHA-256 {exhibit.sha256}); {query.trust} query ", False), (query.id, True),
        (f" revision {query.rev} (SHA-256 {query.sha256[:16]}…); again by: ", False),
        (safe_text(exhibit.command, 400), True),
    ]  # fmt: skip


def _markdown_provenance(exhibit: Exhibit) -> str:
    pieces = _provenance(exhibit)
    return "".join(markdown_code(text) if ours else markdown_text(text) for text, ours in pieces)


def as_markdown(parts: Iterable[Part]) -> str:
    """The packet as Markdown; text from extracts cannot act as markup."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Heading):
            lines += [f"{'#' * part.level} {markdown_text(part.text)}", ""]
        elif isinstance(part, Paragraph):
            lines += [markdown_text(part.text), ""]
        elif isinstance(part, Command):
            lines += [markdown_code(part.text), ""]
        elif isinstance(part, Facts):
            lines += _markdown_table(["", ""], part.pairs)
        else:
            lines += [f"### {markdown_text(part.title)}", ""]
            lines += _markdown_table(part.names, part.rows) if part.rows else ["No rows.", ""]
            if isinstance(part, Exhibit):
                lines += [_markdown_provenance(part), ""]
    return "\n".join(lines)


def _html(text: str) -> str:
    return html.escape(safe_text(text, len(text)))


def _markdown_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    lines = [_markdown_row(names), _markdown_row(["---"] * len(names), plain=False)]
    return [*lines, *(_markdown_row([cell(value) for value in row]) for row in rows), ""]


def _markdown_row(cells: Sequence[str], *, plain: bool = True) -> str:
    return "| " + " | ".join(markdown_text(one) if plain else one for one in cells) + " |"


def as_html(title: str, parts: Iterable[Part]) -> str:
    """The packet as one HTML page without scripts, pictures or links to elsewhere."""
    body: list[str] = []
    for part in parts:
        if isinstance(part, Heading):
            body.append(f"<h{part.level}>{_html(part.text)}</h{part.level}>")
        elif isinstance(part, Paragraph):
            kind = ' class="note"' if part.note else ""
            body.append(f"<p{kind}>{_html(part.text)}</p>")
        elif isinstance(part, Command):
            body.append(f"<p><code>{_html(part.text)}</code></p>")
        elif isinstance(part, Facts):
            body.append(_html_table([], part.pairs))
        else:
            body.append(f"<h3>{_html(part.title)}</h3>")
            body.append(_html_table(part.names, part.rows) if part.rows else "<p>No rows.</p>")
            if isinstance(part, Exhibit):
                body.append(f'<p class="note">{_html(provenance(part))}</p>')
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{_html(title)}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _html_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{html.escape(safe_text(name))}</th>" for name in names)
    lines = [f"<tr>{head}</tr>"] if names else []
    for row in rows:
        cells = "".join(
            f'<td class="n">{cell(value)}</td>'
            if isinstance(value, int | float) and not isinstance(value, bool)
            else f"<td>{html.escape(cell(value))}</td>"
            for value in row
        )
        lines.append(f"<tr>{cells}</tr>")
    return "<table>" + "\n".join(lines) + "</table>"
