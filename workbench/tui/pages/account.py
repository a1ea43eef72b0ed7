"""One account: who, how much, when, what it shares with others, what it asked, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.decisions import queries
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn, OpenRoute
from workbench.tui.pages.command_lines import command_line, named, query_command
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.pages.view import View, day, facts, panel, part_bindings
from workbench.tui.plots.text_plots import heat_map, meter
from workbench.tui.routes import Route
from workbench.tui.services.query_service import Rows
from workbench.tui.shell.context import Context

_PARTS = (("o", "profile"), ("n", "linked"), ("e", "exchanges"), ("a", "payments"), ("w", "why"),
          ("d", "decisions"))  # fmt: skip
_QUERIES = {"linked": "account-linked", "exchanges": "account-exchanges",
            "payments": "account-payments", "why": "account-why"}  # fmt: skip
_RANKS = (
    ("exchanges", "exchanges"),
    ("output_tokens", "output"),
    ("out_in_ratio", "out / in"),
    ("one_turn_share", "one turn"),
    ("distinct_prompt_share", "new texts"),
    ("hour_entropy", "flat day"),
    ("per_active_day", "a busy day"),
    ("ips", "addresses"),
)


class AccountPage(View):
    """The drill-down page of an account."""

    PARTS = _PARTS
    HINTS = (("enter", "open"), ("C", "its cluster"))
    BINDINGS: ClassVar[list[BindingType]] = [
        *part_bindings("account", _PARTS),
        Binding("C", "cluster", "open its cluster", id="account.cluster"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._cluster = ""

    def compose(self) -> ComposeResult:
        """A head, the parts' names, the parts."""
        yield Static("", id="account-head", classes="head", markup=False)
        yield PartTabs(_PARTS, id="steps")
        with VerticalScroll(id="part-profile", can_focus=True), Horizontal(classes="columns"):
            yield panel("Account", id="account-facts")
            with Vertical(id="account-beside"):
                yield panel("Against all accounts", id="account-ranks")
                yield panel("Rhythm", id="account-rhythm")
        yield Grid(id="part-linked")
        yield Grid(id="part-exchanges")
        yield Grid(id="part-payments")
        yield Grid(id="part-why")
        yield Grid(id="part-decisions")

    def first_pages(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        """The profile and the newest exchanges."""
        account = {"account": self.route.key[0]}
        return [(name, account) for name in ("account-card", "account-rhythm", "account-exchanges")]

    async def fill(self) -> None:
        """Profile, rhythm and exchanges."""
        card, rhythm, exchanges = await self.first()
        account = self.route.key[0]
        verdict = await self.query_service.background(self.context.service.verdict_of, account)
        self._profile(card.first(), rhythm, verdict)
        self.show_part_rows("exchanges", "account-exchanges", exchanges)
        self.show_remembered_part()
        self.tell_status()

    async def fill_behind(self) -> None:
        """What it shares, its payments, why it is in its cluster, and what was decided."""
        account = {"account": self.route.key[0]}
        payments, why, linked = await self.pages(
            ("account-payments", account), ("account-why", account), ("account-linked", account)
        )
        self.show_part_rows("payments", "account-payments", payments)
        self.show_part_rows("why", "account-why", why)
        self.show_part_rows("linked", "account-linked", linked)
        history = await self.query_service.background(
            queries.history, self.context.service, self.route.key[0]
        )
        decisions = self.query_one("#part-decisions", Grid)
        decisions.nothing = "Nothing was decided on this account."
        types = ["TIMESTAMP" if one.endswith("_at") else "VARCHAR" for one in queries.HISTORY]
        decisions.show(grid_columns(queries.HISTORY, types), PageSource(history))
        self.restore_cursor(decisions)
        self.tell_status()

    def _profile(self, card: dict[str, Any], rhythm: Rows, verdict: str) -> None:
        head = self.query_one("#account-head", Static)
        if not card:
            name = safe_text(self.route.key[0], 60)
            head.update(Content(f"No extract names the account {name}."))
            return
        self._cluster = str(card["cluster_id"] or card["near_cluster"] or "")
        if card["cluster_id"]:
            member = f"member of {self._cluster}"
        elif card["near_cluster"]:
            member = f"in no cluster, {card['likeness']:.0%} likely in {self._cluster}"
        else:
            member = "in no cluster"
        head.update(
            Content.assemble(
                (safe_text(card["account_id"], 80) + "  ", "bold"),
                (safe_text(card["email"] or "no e-mail", 80) + "\n", ""),
                (f"{counted(card['exchanges'] or 0, 'exchange')} on ", ""),
                (f"{counted(card['active_days'] or 0, 'day')} · ", ""),
                (f"{member} · ", "$warning" if card["campaign_like"] else "$text-muted"),
                (safe_text(verdict), "bold" if verdict != "undecided" else "$text-muted"),
            )
        )
        self._blocks(card, rhythm)

    def _blocks(self, card: dict[str, Any], rhythm: Rows) -> None:
        self.query_one("#account-facts", Static).update(
            facts(
                [
                    ("created", day(card["created_at"])),
                    ("status", _status(card)),
                    ("plan", card["plan"]),
                    ("organisation", card["org_id"]),
                    ("channel", card["channel"]),
                    ("verified", card["verified"]),
                    ("first, last", f"{day(card['first_ts'])} … {day(card['last_ts'])}"),
                    ("tokens in", card["input_tokens"]),
                    ("tokens out", card["output_tokens"]),
                    ("cost USD", card["cost_usd"]),
                    ("sessions", card["sessions"]),
                    ("addresses", card["ips"]),
                    ("user agents", card["user_agents"]),
                    ("instruments", card["instruments"]),
                    ("keys", card["api_keys"]),
                    ("median gap s", card["median_gap_s"]),
                    ("sign-up IP", card["signup_ip"]),
                ],
                12,
            ).rstrip()
        )
        ascii_only = self.context.terminal.ascii
        ranks = [(words, card.get(f"pct_{name}")) for name, words in _RANKS]
        self.query_one("#account-ranks", Static).update(
            Content.assemble(
                ("share of accounts below\n", "$text-muted"),
                *(
                    (f"{words:<11} {meter(value, 8, ascii_only=ascii_only)}\n", "")
                    for words, value in ranks
                ),
            ).rstrip()
        )
        counts = {(row["weekday"], row["hour"]): row["n"] for row in rhythm.records()}
        self.query_one("#account-rhythm", Static).update(heat_map(counts, ascii_only=ascii_only))

    def action_cluster(self) -> None:
        """Open the cluster the account is in, or close to."""
        if self._cluster:
            self.post_message(OpenRoute(Route("cluster", (self._cluster,))))
        else:
            self.notify("The account is in no cluster and close to none.", markup=False)

    def subject(self) -> DecideOn | None:
        """This account."""
        account = self.route.key[0]
        return DecideOn("account", (account,), "account-card", {"account": account})

    def command(self) -> str:
        """The headless twin of the part in front."""
        part, case, account = (
            self.query_one(PartTabs).shown,
            self.context.case_argument,
            self._account_id,
        )
        if part in _QUERIES:
            return query_command(case, _QUERIES[part], {"account": account})
        if part == "decisions":
            return command_line("decisions", "--history", f"--account={account}", case)
        return command_line("account", case, *named(account))

    @property
    def _account_id(self) -> str:
        return self.route.key[0]


def _status(card: dict[str, Any]) -> str | None:
    if card["status"] is None:
        return None
    since = f" since {day(card['status_at'])}" if card["status_at"] else ""
    return f"{card['status']}{since}"
