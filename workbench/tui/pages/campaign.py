"""One campaign: its figures, its clusters and members, and the edits analysts make of it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench.audit.records.canonical_json import Fields
from workbench.decisions import campaigns as edits
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn
from workbench.tui.pages.campaigns import undo_edit
from workbench.tui.pages.command_lines import command_line, named, query_command
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.pages.view import View, day, part_bindings, score_words
from workbench.tui.services.decision_inputs import group_accounts

_PARTS = (("e", "clusters"), ("m", "members"), ("w", "volume"), ("t", "edits"))
_QUERIES = {"clusters": "campaign-clusters", "members": "campaign-members",
            "volume": "campaign-volume"}  # fmt: skip
_EDIT_TYPES = ["TIMESTAMP", "VARCHAR", "VARCHAR", "BIGINT", *["VARCHAR"] * 3]


class CampaignPage(View):
    """What a campaign is made of."""

    PARTS = _PARTS
    HINTS = (("enter", "open"), ("space", "mark"), ("D", "exclude"), ("B", "split"), ("N", "name"))
    BINDINGS: ClassVar[list[BindingType]] = [
        *part_bindings("campaign", _PARTS),
        Binding("D", "exclude", "exclude marked members", id="campaign.exclude"),
        Binding("B", "split", "split marked members off", id="campaign.split"),
        Binding("N", "name", "name", id="campaign.name"),
        Binding("U", "undo", "undo an edit", id="campaign.undo"),
    ]

    def compose(self) -> ComposeResult:
        """A head, the parts' names, the parts."""
        yield Static("", id="campaign-head", classes="head", markup=False)
        yield PartTabs(_PARTS, id="steps")
        for _, name in _PARTS:
            yield Grid(id=f"part-{name}")

    @property
    def _campaign(self) -> str:
        return self.route.key[0]

    async def fill(self) -> None:
        """Head and parts."""
        given = {"campaign": self._campaign}
        card, *parts = await self.pages(
            ("campaign-card", given), *((query, given) for query in _QUERIES.values())
        )
        self._head(card.first())
        for (part, query), rows in zip(_QUERIES.items(), parts, strict=True):
            grid = self.query_one(f"#part-{part}", Grid)
            self.show_rows(grid, query, rows)
            self.restore_cursor(grid)
        acts = await self.query_service.background(self._read_edits)
        made = self.query_one("#part-edits", Grid)
        made.nothing = "Nobody edited it."
        made.show(
            grid_columns(edits.EDITS, _EDIT_TYPES),
            PageSource([edits.edit_row(act) for act in reversed(acts)]),
        )
        self.show_remembered_part()
        self.tell_status()

    def _read_edits(self) -> list[Fields]:
        return edits.edits_of(self.context.service, self._campaign)

    def _head(self, card: dict[str, Any]) -> None:
        block = self.query_one("#campaign-head", Static)
        if not card:
            words = f"There is no campaign {safe_text(self._campaign, 40)} in this case any more."
            block.update(Content(words))
            return
        clusters = counted(card["clusters"], "cluster")
        between = " · " if self.context.wide else "\n"
        name = f" “{safe_text(card['name'], 60)}”" if card["name"] else ""
        block.update(
            Content.assemble(
                (f"{safe_text(card['campaign_id'])}{name}  ", "bold"),
                (f"score {score_words(card['score'])}", "bold"),
                (f"   {card['accounts']:,} accounts ({card['certain']:,} certain) in "
                 f"{clusters}{between}{card['exchanges'] or 0:,} exchanges · "
                 f"{card['output_tokens'] or 0:,} tokens out\n", ""),
                (f"{safe_text(card['summary'] or '', 300)}\n", ""),
                (f"made {day(card['first_created']) or '?'} … {day(card['last_created']) or '?'} · "
                 f"seen {day(card['first_ts'])} … {day(card['last_ts'])} · "
                 f"{card['banned']:,} banned · decided {card['decided']:,}, "
                 f"flagged {card['flagged']:,} · {card['by_hand']:,} placed by hand",
                 "$text-muted"),
            )
        )  # fmt: skip

    def _marked(self) -> tuple[str, ...]:
        members = self.query_one("#part-members", Grid)
        return tuple(str(members.record(row)["account_id"]) for row in sorted(members.marks))

    def _marked_members(self) -> tuple[str, ...]:
        marked = self._marked()
        if not marked:
            self.notify("Mark members with space first (m shows them).", markup=False)
        return marked

    async def action_exclude(self) -> None:
        """Leave the marked members out."""
        if marked := self._marked_members():
            words = f"Leave {counted(len(marked), 'account')} out of {self._campaign}? Say why."
            self.ask(words, lambda why: self.edit(edits.exclude, self._campaign, marked, why))

    async def action_split(self) -> None:
        """Make the marked members a campaign of their own."""
        if marked := self._marked_members():
            words = f"Make {counted(len(marked), 'account')} a campaign of their own? Say why."
            self.ask(words, lambda why: self.edit(edits.split, self._campaign, marked, why))

    async def action_name(self) -> None:
        """Name the campaign."""
        self.ask(f"What is {self._campaign} to be called?", self._call)

    async def action_undo(self) -> None:
        """Take back the edit under the cursor, or the newest."""
        grid = self.query_one("#part-edits", Grid)
        shown = self.query_one(PartTabs).shown == "edits"
        record = str(grid.record(grid.cursor_row).get("record_id") or "") if shown else ""
        await undo_edit(self, self.context, self._campaign, record)

    async def _call(self, name: str) -> None:
        accounts = await group_accounts(
            self.context.query_service, self.context.library, "campaign", self._campaign
        )
        await self.edit(edits.rename, self._campaign, accounts, name)

    def subject(self) -> DecideOn | None:
        """Marked members, or the whole campaign."""
        parameters = {"campaign": self._campaign}
        if marked := self._marked():
            return DecideOn("accounts", marked, "campaign-members", parameters)
        return DecideOn("campaign", (self._campaign,), "campaign-card", parameters)

    def command(self) -> str:
        """The headless twin of the part in front."""
        part, case = self.query_one(PartTabs).shown, self.context.case_argument
        if part == "edits":
            return command_line("campaigns", "edits", case, *named(self._campaign))
        return query_command(case, _QUERIES[part], {"campaign": self._campaign})
