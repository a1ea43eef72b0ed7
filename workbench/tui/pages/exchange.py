"""The safe reader: one exchange, its facts and its texts, which a possible attacker wrote."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.text.sanitize import PAGE_LIMIT, safe_text
from workbench.tui.pages.command_lines import query_command
from workbench.tui.pages.view import View, facts
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_TEXTS = ("system_prompt", "prompt", "response")
_NAMES = ("_id", "_hash", "_row")  # numbers that count nothing
_SHOWN_BYTES = 2048


class ExchangeReader(View):
    """The texts first: cut to a page, controls made visible, nothing in them interpreted."""

    HINTS = (("b", "bytes"), ("pgdn", "read on"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("b", "bytes", "show bytes", id="reader.bytes")]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._record: dict[str, Any] = {}
        self._whole: dict[str, int] = {}
        self._as_bytes = False

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with VerticalScroll(id="reader", can_focus=True):
            yield Static("", id="reader-text", markup=False)

    async def fill(self) -> None:
        """Read the exchange."""
        account, exchange = self.route.key
        rows = await self.query_service.rows(
            self.context.library.shipped("exchange-text"),
            {"account": account, "exchange": exchange},
            cell=PAGE_LIMIT,
        )
        self._record = rows.first()
        self._whole = {rows.names[column]: size for (_, column), size in rows.cuts.items()}
        self._draw()

    def _draw(self) -> None:
        record = self._record
        if not record:
            self.query_one("#reader-text", Static).update(Content("There is no such exchange."))
            return
        parts: list[Any] = [(f"{_headline(record)}\n", "bold")]
        for name in _TEXTS:
            text = record[name]
            parts.append((f"\n── {name.replace('_', ' ')} ", "bold $accent"))
            if text is None:
                parts.append(("not in the extract\n", "$text-disabled"))
                continue
            whole = self._whole.get(name, 0)
            cut = f", the first {len(text):,} shown" if whole else ""
            parts.append((f"{whole or len(text):,} characters{cut}\n", "$text-muted"))
            body = _hex(text) if self._as_bytes else safe_text(text, PAGE_LIMIT, multiline=True)
            parts.append((body + "\n", ""))
        known = [
            (name, str(value) if name.endswith(_NAMES) else value)
            for name, value in record.items()
            if name not in _TEXTS and value is not None and name != "truncated"
        ]
        parts += [("\n── fields\n", "bold $accent"), facts(known, 20)]
        self.query_one("#reader-text", Static).update(Content.assemble(*parts))

    def action_bytes(self) -> None:
        """Show the texts as bytes, or as text again."""
        self._as_bytes = not self._as_bytes
        self._draw()

    def focus_first(self) -> None:
        """The text scrolls."""
        self.query_one("#reader").focus()

    def command(self) -> str:
        """The headless twin."""
        account, exchange = self.route.key
        given = {"account": account, "exchange": exchange}
        return query_command(self.context.case_argument, "exchange-text", given)


def _headline(record: dict[str, Any]) -> str:
    """What one reads first of an exchange: when, with which model, how much, and how it ended."""
    asked, answered = record["input_tokens"], record["output_tokens"]
    parts = (
        str(record["ts"]).partition(".")[0] if record["ts"] else "no time",
        record["model"],
        None if asked is None else f"{asked:,} tokens in",
        None if answered is None else f"{answered:,} out",
        None if record["status"] is None else f"status {record['status']}",
        record["finish_reason"],
    )
    return safe_text(" · ".join(str(part) for part in parts if part is not None), 300)


def _hex(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")[:_SHOWN_BYTES]
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        lines.append(f"{at:06x}  {row.hex(' '):<47}  {shown}")
    return "\n".join(lines)
