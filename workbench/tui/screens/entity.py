"""One value of an entity family: how rare it is, and every account that has it."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from workbench.safe_text import safe_text
from workbench.tui.messages import DecideOn
from workbench.tui.screens.view import View
from workbench.tui.widgets.grid import Grid


class EntityPage(View):
    """A card, an address, a device, a template: whatever accounts can share."""

    HINTS = (("enter", "open"), ("space", "mark"))

    def compose(self) -> ComposeResult:
        """A head and the accounts."""
        yield Static("", id="entity-head", classes="head", markup=False)
        yield Grid(id="entity-accounts")

    async def fill(self) -> None:
        """Rarity and accounts."""
        family, value = self.place.key
        accounts, card = await self.pages(
            ("entity-accounts", {"family": family, "value": value}),
            ("entity-card", {"family": family, "value": value}),
        )
        grid = self.query_one("#entity-accounts", Grid)
        self.show_rows(grid, "entity-accounts", accounts)
        self.restore_cursor(grid)
        self._head(card.first(), grid.source.total, accounts.more, accounts.records())
        self.tell_status()

    def _head(
        self, card: dict[str, Any], shown: int, more: bool, records: list[dict[str, Any]]
    ) -> None:
        family, value = self.place.key
        clusters = {record["cluster_id"] for record in records if record["cluster_id"]}
        sign = "≥ " if more else ""
        rarity = ""
        if card:
            rarity = f" · {card['accounts']:,} of {card['accounts_in_case']:,} accounts have it"
            if card["hub"]:
                rarity += " · a hub: held by too many to link anybody"
        self.query_one("#entity-head", Static).update(
            Content.assemble(
                (f"{safe_text(family, 40)}  ", "$text-muted"),
                (safe_text(value, 160) + "\n", "bold"),
                (f"{sign}{shown:,} accounts, members of {len(clusters):,} clusters{rarity}", ""),
            )
        )

    def subject(self) -> DecideOn | None:
        """Marked accounts, or the one under the cursor."""
        grid = self.query_one("#entity-accounts", Grid)
        rows = sorted(grid.marks) or ([grid.cursor_row] if grid.source.total else [])
        ids = tuple(str(grid.record(row)["account_id"]) for row in rows)
        family, value = self.place.key
        parameters = {"family": family, "value": value}
        kind = "account" if len(ids) == 1 else "accounts"
        return DecideOn(kind, ids, "entity-accounts", parameters) if ids else None

    def command(self) -> str:
        """The headless twin."""
        family, value = (safe_text(part, 120) for part in self.place.key)
        return f"workbench entity {self.bench.case_argument} {family} '{value}'"
