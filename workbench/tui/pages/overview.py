"""The first screen: what was loaded, its gaps, totals a day, campaigns found, what is undecided."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.view import View, clusters_subject, day, panel
from workbench.tui.plots.text_plots import Day, day_of, day_range, sparkline


class Overview(View):
    """Totals, days and warnings beside the ranked clusters."""

    HINTS = (("enter", "open"), ("w", "warnings"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "warnings", "warnings and columns", id="overview.warnings")
    ]

    def compose(self) -> ComposeResult:
        """Totals on the left or above, the queue on the right or below."""
        with Horizontal(classes="halves"):
            with Vertical(id="overview-left"):
                yield panel("Case", id="overview-totals")
                yield panel("Exchanges a day", id="overview-days")
                yield panel("Worth a look", id="overview-warnings")
            with Vertical(id="overview-right"):
                yield Static("Clusters, most suspicious first", classes="title", markup=False)
                yield Grid(id="queue")

    async def fill(self) -> None:
        """Totals, clusters and warnings at once."""
        totals, queue, warnings = await self.pages(
            ("overview-totals", {}), ("clusters-list", {}), ("overview-warnings", {})
        )
        self._totals(totals.first())
        names = ["cluster_id", "score", "accounts", "exchanges", "decided", "summary"]
        records = queue.records()
        types = dict(zip(queue.names, queue.types, strict=True))
        rows = [[_looks_like(record), *(record[name] for name in names)] for record in records]
        columns = grid_columns(
            ["looks_like", *names], ["VARCHAR", *(types[name] for name in names)]
        )
        grid = self.query_one("#queue", Grid)
        grid.nothing = self.context.library.shipped("clusters-list").nothing
        grid.show(columns, PageSource(rows, exact=not queue.more))
        self.restore_cursor(grid)
        self._warnings(warnings.records())
        self.tell_status()

    async def fill_behind(self) -> None:
        """The days, which are counted over every exchange."""
        self._days((await self.page("overview-days")).records())

    def _totals(self, row: dict[str, Any]) -> None:
        first, last = day(row.get("first_ts")), day(row.get("last_ts"))
        accounts, exchanges = row.get("accounts") or 0, row.get("exchanges") or 0
        tokens_in, tokens_out = row.get("input_tokens") or 0, row.get("output_tokens") or 0
        lines = [
            (f"{accounts:,}", " accounts · "),
            (f"{exchanges:,}", " exchanges"),
            (f"{tokens_in:,}", " tokens in, "),
            (f"{tokens_out:,}", " out"),
            (f"{first} … {last}" if first else "no times", ""),
            (f"{row.get('campaigns') or 0:,}", f" of {row.get('clusters') or 0:,} clusters look"
             " like campaigns"),
            (f"{row.get('rejected') or 0:,}", " records rejected"),
        ]  # fmt: skip
        parts: list[tuple[str, str]] = []
        for number, words in lines:
            end = "" if words.endswith((", ", "· ")) else "\n"
            parts += [(number, "bold"), (words + end, "$text-muted")]
        self.query_one("#overview-totals", Static).update(Content.assemble(*parts).rstrip())

    def _days(self, records: list[dict[str, Any]]) -> None:
        block = self.query_one("#overview-days", Static)
        counts: dict[Day, int] = {}
        beyond = 0
        for record in records:
            if (one := day_of(record["day"])) is not None:
                counts[one] = record["exchanges"]
            elif record["day"]:
                beyond += record["exchanges"]
        if not counts:
            words = "No exchange has a time between the years 1 and 9999."
            block.update(Content(words if beyond else "No exchange has a time."))
            return
        days = day_range(min(counts), max(counts))
        values = [counts.get(one, 0) for one in days]
        width = max(10, block.content_size.width)
        gaps = [one for one in days if one not in counts]
        text = sparkline(values, width, ascii_only=self.context.terminal.ascii)
        first, last = str(days[0])[5:], str(days[-1])[5:]
        axis = first + " " * max(1, min(width, len(days)) - len(first) - len(last)) + last
        gap = f"no exchange on {len(gaps):,} days, first {gaps[0]}" if gaps else "no day is missing"
        if beyond:
            gap += f" · {beyond:,} after the year 9999 or before 1"
        odd = bool(gaps or beyond)
        block.update(
            Content.assemble(
                (text, "$accent"), (f"\n{axis}\n", "$text-muted"),
                (f"most {max(values):,} · {gap}", "$warning" if odd else "$text-muted"),
            )
        )  # fmt: skip

    def _warnings(self, records: list[dict[str, Any]]) -> None:
        parts: list[tuple[str, str]] = []
        for record in records[:6]:
            rows = f"{record['rows']:,} " if record["rows"] else ""
            parts.append((f"▲ {rows}{safe_text(record['message'], 160)}\n", "$warning"))
        if not parts:
            parts.append(("Nothing looks odd in what was loaded.", "$text-muted"))
        elif len(records) > 6:
            parts.append((f"and {len(records) - 6:,} more: press w", "$text-muted"))
        self.query_one("#overview-warnings", Static).update(Content.assemble(*parts))

    def subject(self) -> DecideOn | None:
        """The marked clusters, or the one under the cursor."""
        return clusters_subject(self.query_one("#queue", Grid))

    def command(self) -> str:
        """The headless twin of the list."""
        return command_line("clusters", self.context.case_argument)

    async def action_warnings(self) -> None:
        """All warnings and which columns the extracts had."""
        from workbench.tui.pages.warnings import Warnings

        await self.app.push_screen(Warnings(self.context))


def _looks_like(record: dict[str, Any]) -> str:
    """The proposal in a word and a symbol, never by colour alone."""
    if record["campaign_like"]:
        return "◆ campaign"
    return f"○ {record['kind'] or 'unclear'}"
