"""One cluster: why it is linked, its score, who is in it, when they came, what they asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.catalog.headings import words_of
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shorten
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import DecideOn
from workbench.tui.pages.command_lines import query_command
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.pages.view import View, day, part_bindings, score_words
from workbench.tui.plots.text_plots import Day, day_of, day_range, lanes, meter
from workbench.tui.services.query_service import Rows

_PARTS = (
    ("e", "evidence"), ("b", "benign"), ("s", "score"), ("a", "apart"), ("m", "members"),
    ("n", "nearby"), ("w", "lanes"), ("t", "texts"),
)  # fmt: skip
# Parts whose rows are accounts, with the query that gives them.
_QUERY_OF = {"members": "cluster-members", "nearby": "cluster-near"}
_QUERIES = {
    "evidence": "cluster-evidence", "benign": "cluster-explanations", "score": "cluster-components",
    "apart": "cluster-sources", "lanes": "cluster-lanes", "texts": "cluster-examples", **_QUERY_OF,
}  # fmt: skip
_MARKS = {"fits": "$warning", "partly": "$accent", "not tested": "$text-muted", "excluded": ""}
_LABEL = 18
_SIDE_ROWS = 9


class ClusterPage(View):
    """The evidence card and what lies behind it."""

    PARTS = _PARTS
    HINTS = (("enter", "open"), ("space", "mark"), ("S", "sample"), ("K", "claim"))
    BINDINGS: ClassVar[list[BindingType]] = part_bindings("cluster", _PARTS)

    def compose(self) -> ComposeResult:
        """A head, the parts' names, the parts."""
        yield Static("", id="cluster-head", classes="head", markup=False)
        yield PartTabs(_PARTS, id="steps")
        with Horizontal(id="cluster-body"):
            with Vertical():
                for part in ("evidence", "score", "apart", "members", "nearby", "texts"):
                    yield Grid(id=f"part-{part}")
                for part in ("benign", "lanes"):
                    with VerticalScroll(id=f"part-{part}", can_focus=True):
                        yield Static("", id=part, markup=False)
            with VerticalScroll(classes="side", can_focus=False):
                yield Static("", id="cluster-side", markup=False)

    def first_pages(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        """Head, evidence and what explains it."""
        cluster = {"cluster": self.route.key[0]}
        first = ("cluster-card", "cluster-evidence", "cluster-explanations", "cluster-sources")
        return [(name, cluster) for name in first]

    async def fill(self) -> None:
        """Head, evidence and what explains it."""
        card, evidence, benign, apart = await self.first()
        self._head(card.first())
        self.show_part_rows("evidence", "cluster-evidence", evidence)
        explained = self._explained(benign)
        self.query_one("#benign", Static).update(Content.assemble(*explained))
        self.show_part_rows("apart", "cluster-sources", apart)
        self._side(explained, apart)
        self.show_remembered_part()
        self.tell_status()

    async def fill_behind(self) -> None:
        """Score, texts, members, who else comes close, and lanes."""
        cluster = {"cluster": self.route.key[0]}
        score, texts = await self.pages(
            ("cluster-components", cluster), ("cluster-examples", cluster)
        )
        self.show_part_rows("score", "cluster-components", score)
        self.show_part_rows("texts", "cluster-examples", texts)
        members, near, lane_rows = await self.pages(
            ("cluster-members", cluster), ("cluster-near", cluster), ("cluster-lanes", cluster)
        )
        self.show_part_rows("members", "cluster-members", members)
        self.show_part_rows("nearby", "cluster-near", near)
        self._lanes(lane_rows)
        self.tell_status()

    def _head(self, card: dict[str, Any]) -> None:
        if not card:
            self.query_one("#cluster-head", Static).update(
                Content(f"There is no cluster {safe_text(self.route.key[0], 40)} in this case.")
            )
            return
        ascii_only = self.context.terminal.ascii
        call = "◆ looks like a campaign" if card["campaign_like"] else f"○ {_call(card)}"
        parts: list[tuple[str, str]] = [
            (f"{safe_text(card['cluster_id'])}  ", "bold"),
            (f"{call}  ", "bold $warning" if card["campaign_like"] else "$text-muted"),
            (f"score {score_words(card['score'])}", "bold"),
            ("   " if self.context.wide else "\n", ""),
            (f"{card['accounts']:,} accounts · {card['exchanges'] or 0:,} exchanges · ", ""),
            (f"{card['output_tokens'] or 0:,} tokens out\n", ""),
            (f"{safe_text(card['summary'] or '', 300)}\n", ""),
            ("coordination ", "$text-muted"),
            (meter(card["coordination"], ascii_only=ascii_only), "$accent"),
            ("   extraction ", "$text-muted"),
            (meter(card["extraction"], ascii_only=ascii_only), "$accent"),
        ]
        notes = []
        if card["first_ts"]:
            notes.append(f"{day(card['first_ts'])} … {day(card['last_ts'])}")
        notes.append(f"decided {card['decided']:,}, flagged {card['flagged']:,}")
        if card["breaking_family"]:
            notes.append(f"without {card['breaking_family']} it would fall apart")
        if card["missing"]:
            notes.append(f"not in the extract: {card['missing']}")
        if card["continues"]:
            notes.append(f"continues {card['continues']}")
        if card["origin"]:
            notes.append(card["origin"])
        parts.append((f"\n{safe_text(' · '.join(notes), 300)}", "$text-muted"))
        self.query_one("#cluster-head", Static).update(Content.assemble(*parts))

    def _explained(self, rows: Rows) -> list[tuple[str, str]]:
        parts: list[tuple[str, str]] = []
        for row in rows.records():
            parts += [
                (f"{safe_text(row['result']):<11}", _MARKS.get(row["result"], "")),
                (f"{safe_text(row['explanation'], 60)}\n", "bold"),
                (f"  {safe_text(row['finding'], 300)}\n", "$text-muted"),
            ]
        return parts or [("No explanation was tried; cluster again to have them.", "")]

    def _side(self, explained: list[tuple[str, str]], apart: Rows) -> None:
        """Beside the parts on a wide terminal: what would be left, and what else explains it."""
        parts: list[tuple[str, str]] = [("Members that would stay without\n", "$text-muted")]
        for row in apart.records()[:_SIDE_ROWS]:
            share = row["remaining"] / max(row["accounts"], 1)
            fate = " falls apart" if row["breaks"] else ""
            parts += [
                (f"{shorten(words_of(safe_text(row['source'])), 14):<14} ", ""),
                (meter(share, ascii_only=self.context.terminal.ascii), "$accent"),
                (f"  {row['remaining']:,}{fate}\n", "$warning" if fate else ""),
            ]
        parts.append(("\nInnocent explanations\n", "$text-muted"))
        self.query_one("#cluster-side", Static).update(Content.assemble(*parts, *explained))

    def _lanes(self, rows: Rows) -> None:
        counts: dict[str, dict[Day, int]] = {}
        closed: dict[str, Day | None] = {}
        for record in rows.records():
            account = str(record["account_id"])
            if (when := day_of(record["day"])) is not None:
                counts.setdefault(account, {})[when] = record["n"]
            ended = record["status"] not in (None, "active")
            closed[account] = day_of(record["status_day"]) if ended else None
        block = self.query_one("#lanes", Static)
        if not counts:
            block.update(Content("No member has an exchange with a time."))
            return
        every = [one for lane in counts.values() for one in lane]
        days = day_range(min(every), max(every))
        # What lies beside the parts, and the scrollbar, take their share of the page.
        side = self.query_one(".side").outer_size.width if self.context.wide else 0
        width = max(20, self.size.width - side - _LABEL - 3)
        drawn = lanes(
            [
                (f"{shorten(safe_text(account, 60), _LABEL):<{_LABEL}}", lane, closed[account])
                for account, lane in counts.items()
            ],
            days, width, ascii_only=self.context.terminal.ascii,
        )  # fmt: skip
        axis = f"{'':<{_LABEL}} {days[0]} … {days[-1]}, a lane a member; X: closed\n"
        block.update(Content.assemble((axis, "$text-muted"), drawn))

    def subject(self) -> DecideOn | None:
        """Marked accounts, those of the part in front first; without any, the whole cluster."""
        cluster = self.route.key[0]
        parameters = {"cluster": cluster}
        shown = self.query_one(PartTabs).shown
        for part in sorted(_QUERY_OF, key=lambda part: part != shown):
            grid = self.query_one(f"#part-{part}", Grid)
            if grid.marks:
                ids = tuple(str(grid.record(row)["account_id"]) for row in sorted(grid.marks))
                return DecideOn("accounts", ids, _QUERY_OF[part], parameters)
        return DecideOn("cluster", (cluster,), "cluster-card", parameters)

    def command(self) -> str:
        """The headless twin of the part in front."""
        query = _QUERIES[self.query_one(PartTabs).shown]
        given = {"cluster": self.route.key[0]}
        return query_command(self.context.case_argument, query, given)


def _call(card: dict[str, Any]) -> str:
    """What a cluster that is not proposed is, and what the scores came to if not innocent."""
    call = str(card["call"] or "")
    return f"{card['kind']} · {call}" if call not in ("", "innocent", "campaign") else card["kind"]
