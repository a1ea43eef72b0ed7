"""Campaigns: the list with what each drew, which may be one, and joining them by a record."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from workbench.decisions import campaigns as edits
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import DecideOn, Failed
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.pages.view import View, part_bindings
from workbench.tui.services.decision_inputs import group_accounts
from workbench.tui.shell.context import Context

_PARTS = (("e", "list"), ("o", "proposals"), ("w", "volume"), ("t", "returned"))
_QUERIES = {
    "list": "campaigns-list",
    "proposals": "campaigns-to-merge",
    "volume": "campaign-volume",
    "returned": "resurrected",
}
_NOTES = {
    "list": "A campaign is a campaign-like cluster until you merge, split, name or edit it.",
    "proposals": "Pairs that share more rare values than chance explains. M joins the pair.",
    "volume": "Low: certain members. High: all members. The last three rows add up.",
    "returned": "Undecided accounts that look like what was flagged or is known to be bad.",
}


async def undo_edit(page: View, context: Context, campaign: str, record_id: str = "") -> None:
    """Ask why, and take back an edit of a campaign: the one named, or its newest."""
    acts = await context.query_service.background(edits.edits_of, context.service, campaign)
    acts = [act for act in acts if record_id in ("", act["record"])]
    if not acts:
        page.notify(f"No edit of {safe_text(campaign, 40)} is in force.", markup=False)
        return
    record, words = str(acts[-1]["record"]), edits.edit_words(acts[-1])
    question = f"Undo “{safe_text(words, 200)}”? Say why; a record says the opposite."
    page.ask(question, lambda why: page.edit(edits.undo, record, why))


class Campaigns(View):
    """The campaigns of the case, one part at a time."""

    PARTS = _PARTS
    HINTS = (("enter", "open"), ("space", "mark"), ("M", "merge"))
    BINDINGS: ClassVar[list[BindingType]] = [
        *part_bindings("campaigns", _PARTS),
        Binding("M", "merge", "merge", id="campaigns.merge"),
        Binding("N", "name", "name", id="campaigns.name"),
        Binding("U", "undo", "undo the last edit", id="campaigns.undo"),
    ]

    def compose(self) -> ComposeResult:
        """The parts' names, a sentence, the parts."""
        yield PartTabs(_PARTS, id="steps")
        yield Static("", id="campaigns-note", classes="note", markup=False)
        for _, name in _PARTS:
            yield Grid(id=f"part-{name}")

    async def fill(self) -> None:
        """The list first; the others when they are asked for."""
        await self._read("list")
        self.show_remembered_part()
        self.tell_status()

    async def _read(self, part: str) -> None:
        rows = await self.page(_QUERIES[part])
        grid = self.query_one(f"#part-{part}", Grid)
        self.show_rows(grid, _QUERIES[part], rows)
        self.restore_cursor(grid)

    async def on_part_tabs_chosen(self, event: PartTabs.Chosen) -> None:
        """Read a part when it is first shown."""
        self.query_one("#campaigns-note", Static).update(_NOTES[event.name])
        if not self.query_one(f"#part-{event.name}", Grid).columns:
            self.run_worker(self._read_part(event.name), group=event.name, exclusive=True)

    async def _read_part(self, part: str) -> None:
        try:
            await self._read(part)
        except WorkbenchError as error:
            self.post_message(Failed(error))
        self.tell_status()

    def _grid(self) -> Grid:
        return self.query_one(f"#part-{self.query_one(PartTabs).shown}", Grid)

    def _here(self) -> dict[str, Any]:
        grid = self._grid()
        return grid.record(grid.cursor_row)

    async def action_merge(self) -> None:
        """Join the marked campaigns, or a proposed pair, into the one under the cursor."""
        grid, record = self._grid(), self._here()
        campaign = str(record.get("campaign_id") or "")
        if "with_id" in record:
            others = [str(record["with_id"])]
        else:
            marked = [str(grid.record(row).get("campaign_id")) for row in sorted(grid.marks)]
            others = [one for one in marked if one != campaign]
        if not campaign or not others:
            self.notify("Mark the campaigns to join with space, then put the cursor on the "
                              "one they join.", markup=False)  # fmt: skip
            return
        words = f"Join {', '.join(others)} into {campaign}? Say why; it is recorded."
        self.ask(words, lambda why: self._merge(campaign, others, why))

    async def _merge(self, campaign: str, others: list[str], why: str) -> None:
        accounts: list[str] = []
        for one in (campaign, *others):
            accounts += await group_accounts(
                self.context.query_service, self.context.library, "campaign", one
            ) or await group_accounts(
                self.context.query_service, self.context.library, "cluster", one
            )
        await self.edit(edits.merge, campaign, others, accounts, why)

    async def action_name(self) -> None:
        """Name the campaign under the cursor."""
        campaign = str(self._here().get("campaign_id") or "")
        if campaign and not campaign.startswith("("):
            self.ask(f"What is {campaign} to be called?", lambda name: self._call(campaign, name))

    async def _call(self, campaign: str, name: str) -> None:
        accounts = await group_accounts(
            self.context.query_service, self.context.library, "campaign", campaign
        )
        await self.edit(edits.rename, campaign, accounts, name)

    async def action_undo(self) -> None:
        """Take back the newest edit of the campaign under the cursor, by a record."""
        if campaign := str(self._here().get("campaign_id") or ""):
            await undo_edit(self, self.context, campaign)

    def subject(self) -> DecideOn | None:
        """The campaign under the cursor."""
        grid, record = self._grid(), self._here()
        if "account_id" in record:
            rows = sorted(grid.marks) or [grid.cursor_row]
            ids = tuple(str(grid.record(row)["account_id"]) for row in rows)
            return DecideOn("account" if len(ids) == 1 else "accounts", ids, "resurrected", {})
        campaign = str(record.get("campaign_id") or "")
        if not campaign or campaign.startswith("("):
            return None
        return DecideOn("campaign", (campaign,), "campaign-card", {"campaign": campaign})

    def command(self) -> str:
        """The headless twin."""
        part, case = self.query_one(PartTabs).shown, self.context.case_argument
        words = ("resurrect",) if part == "returned" else ("campaigns", part)
        return command_line(*words, case)
