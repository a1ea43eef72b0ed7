"""One value of an entity family: how rare it is, and every account that has it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench import listing
from workbench.audit.canonical import Fields
from workbench.safe_text import safe_text
from workbench.tui.messages import DecideOn
from workbench.tui.screens.view import View
from workbench.tui.widgets.grid import Grid


class EntityPage(View):
    """A card, an address, a device, a template: whatever accounts can share."""

    HINTS = (("enter", "open"), ("space", "mark"), ("L", "list"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "list", "put on a list: hub, allow, known bad", id="entity.list"),
    ]

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
        entry = await self.jobs.background(self._entry)
        self._head(card.first(), grid.source.total, accounts.more, accounts.records(), entry)
        self.tell_status()

    def _entry(self) -> Fields | None:
        return listing.entry_of(self.bench.desk.ledger().state, *self.place.key)

    def _head(
        self, card: dict[str, Any], shown: int, more: bool, records: list[dict[str, Any]],
        entry: Fields | None,
    ) -> None:  # fmt: skip
        family, value = self.place.key
        clusters = {record["cluster_id"] for record in records if record["cluster_id"]}
        sign = "≥ " if more else ""
        rarity = ""
        if card:
            rarity = f" · {card['accounts']:,} of {card['accounts_in_case']:,} accounts have it"
            if card["hub"]:
                rarity += " · a hub: held by too many to link anybody"
        if entry is not None:
            said = f"listed as {entry['role']} by {entry['author']}: {entry['reason']}"
            rarity += f"\n{safe_text(said, 300)}"
        self.query_one("#entity-head", Static).update(
            Content.assemble(
                (f"{safe_text(family, 40)}  ", "$text-muted"),
                (safe_text(value, 160) + "\n", "bold"),
                (f"{sign}{shown:,} accounts, members of {len(clusters):,} clusters{rarity}", ""),
            )
        )

    async def action_list(self) -> None:
        """Choose a list, or none, and say why; clustering anew reads it."""
        from workbench.tui.screens.pick import Pick

        family, value = self.place.key
        choices = [(f"{role}: {meaning}", role) for role, meaning in listing.ROLES.items()]
        title = f"List the {safe_text(family, 30)} {safe_text(value, 60)} as"
        await self.bench.push_screen(
            Pick(title, [*choices, ("on no list any more", "none")]), self._list_as
        )

    def _list_as(self, role: str | None) -> None:
        family, value = self.place.key
        if role == "none":
            self.ask("Off its list? Say why; it is recorded.",
                     lambda why: self.edit(listing.take_off, family, value, why))  # fmt: skip
        elif role:
            self.ask(f"Listed as {role}: say why; it is recorded.",
                     lambda why: self.edit(listing.put, family, value, role, why))  # fmt: skip

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
