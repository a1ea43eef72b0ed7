"""One value of an entity family: how rare it is, and every account that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench.audit.records.canonical_json import Fields
from workbench.decisions import entity_lists
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import DecideOn
from workbench.tui.pages.command_lines import command_line, named
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.services.query_service import Rows
from workbench.tui.shell.context import Context


class EntityPage(View):
    """A card, an address, a device, a template: whatever accounts can share."""

    HINTS = (("enter", "open"), ("space", "mark"), ("L", "list"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "list", "put on a list: hub, allow, known bad", id="entity.list"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._card: dict[str, Any] = {}
        self._entry: Fields | None = None

    def compose(self) -> ComposeResult:
        """A head and the accounts."""
        yield Static("", id="entity-head", classes="head", markup=False)
        yield Grid(id="entity-accounts")

    def first_pages(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        """Rarity, and the accounts that clustering knows: all rows are looked through behind."""
        given = dict(zip(("family", "value"), self.route.key, strict=True))
        return [("entity-known", given), ("entity-card", given)]

    async def fill(self) -> None:
        """The known accounts, and whether the value is listed."""
        known, card = await self.first()
        self._card = card.first()
        self._entry = await self.query_service.background(self._listed)
        if self.filled:
            return  # read again: what is shown is whole, and stays until it is counted anew
        self._show("entity-known", known)
        self.restore_cursor(self.query_one("#entity-accounts", Grid))

    async def fill_behind(self) -> None:
        """Every account that has the value, and how often."""
        family, value = self.route.key
        self._show("entity-accounts",
                   await self.page("entity-accounts", family=family, value=value))  # fmt: skip

    def _listed(self) -> Fields | None:
        return entity_lists.entry_of(self.context.service, *self.route.key)

    def _show(self, query: str, accounts: Rows) -> None:
        self.show_rows(self.query_one("#entity-accounts", Grid), query, accounts)
        self._head(accounts, counted=query == "entity-accounts")
        self.tell_status()

    def _head(self, accounts: Rows, counted: bool) -> None:
        family, value = self.route.key
        clusters = {record["cluster_id"] for record in accounts.records() if record["cluster_id"]}
        found, card = len(accounts.rows), self._card
        of = f" of {card['accounts_in_case']:,}" if card else ""
        words = (
            f"{'≥ ' if accounts.more or not counted else ''}{found:,}{of} accounts have it"
            f" · in {len(clusters):,} cluster{'s' if len(clusters) != 1 else ''}"
        )
        if not counted:
            words += " · counting …"
        elif card and not accounts.more and card["accounts"] != found:
            words += f" · clustering's sample met {card['accounts']:,} of them"
        if card and card["hub"]:
            words += " · a hub: held by too many to link anybody"
        if self._entry is not None:
            entry = self._entry
            said = f"listed as {entry['role']} by {entry['author']}: {entry['reason']}"
            words += f"\n{safe_text(said, 300)}"
        self.query_one("#entity-head", Static).update(
            Content.assemble(
                (f"{safe_text(family, 40)}  ", "$text-muted"),
                (safe_text(value, 160) + "\n", "bold"),
                (words, ""),
            )
        )

    async def action_list(self) -> None:
        """Choose a list, or none, and say why; clustering anew reads it."""
        from workbench.tui.dialogs.picker import Picker

        family, value = self.route.key
        choices = [(f"{role}: {meaning}", role) for role, meaning in entity_lists.ROLES.items()]
        title = f"List the {safe_text(family, 30)} {safe_text(value, 60)} as"
        await self.app.push_screen(
            Picker(title, [*choices, ("on no list any more", "none")]), self._list_as
        )

    def _list_as(self, role: str | None) -> None:
        family, value = self.route.key
        if role == "none":
            self.ask("Off its list? Say why; it is recorded.",
                     lambda why: self.edit(entity_lists.take_off, family, value, why))  # fmt: skip
        elif role:
            self.ask(f"Listed as {role}: say why; it is recorded.",
                     lambda why: self.edit(entity_lists.put, family, value, role, why))  # fmt: skip

    def subject(self) -> DecideOn | None:
        """Marked accounts, or the one under the cursor."""
        grid = self.query_one("#entity-accounts", Grid)
        rows = sorted(grid.marks) or ([grid.cursor_row] if grid.source.total else [])
        ids = tuple(str(grid.record(row)["account_id"]) for row in rows)
        family, value = self.route.key
        parameters = {"family": family, "value": value}
        kind = "account" if len(ids) == 1 else "accounts"
        return DecideOn(kind, ids, "entity-accounts", parameters) if ids else None

    def command(self) -> str:
        """The headless twin."""
        return command_line("entity", self.context.case_argument, *named(*self.route.key))
