"""Whom a decision would hit: how many, how much, who is unlike the rest, what a sample found."""

from __future__ import annotations

from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shorten

Part = tuple[str, str]
_NAME = 13


class Impact(VerticalScroll, can_focus=True):
    """The preview of a decision, read before it is made."""

    DEFAULT_CSS = """
    Impact { padding: 0 1; }
    Impact #impact-text { text-wrap: nowrap; text-overflow: ellipsis; }
    Impact:focus { background: $block-cursor-blurred-background; }
    """

    def compose(self) -> Any:
        """One block of text."""
        yield Static("reading whom it hits…", id="impact-text", markup=False)

    def say(self, words: str) -> None:
        """A sentence instead of the preview."""
        self.query_one("#impact-text", Static).update(Content(safe_text(words, 300)))

    def show(
        self, totals: dict[str, Any], unusual: list[dict[str, Any]], sample: dict[str, Any] | None
    ) -> None:
        """Draw the totals, the least typical accounts, and the newest reviewed sample."""
        parts: list[Part] = [("It hits ", "$text-muted")]
        parts += [(f"{words}\n", style) for words, style in _totals(totals)]
        parts += _sample(sample)
        if len(unusual) > 1:
            parts.append(("Least typical, ▲ against\n", "$text-muted"))
            for row in unusual:
                parts += _unusual(row)
        self.query_one("#impact-text", Static).update(Content.assemble(*parts))


def _totals(row: dict[str, Any]) -> list[Part]:
    accounts = row.get("accounts") or 0
    unknown, contrary = accounts - (row.get("known") or 0), row.get("contrary") or 0
    spend, age = row.get("cost_usd"), row.get("median_age_days")
    oldest, newest = str(row.get("oldest"))[:10], str(row.get("newest"))[:10]
    cleared, verified = row.get("cleared_before") or 0, row.get("verified")
    share = contrary / accounts if accounts else 0
    price = f"{spend:,.0f} USD spent" if spend is not None else "spend not in the extract"
    newest = newest[5:] if newest[:4] == oldest[:4] else newest
    born = f"opened {oldest}…{newest}" if row.get("oldest") else "age unknown"
    lines = [
        (counted(accounts, "account"), "bold"),
        (f"{row.get('exchanges') or 0:,} exchanges", ""),
        (f"{row.get('output_tokens') or 0:,} tokens out", ""),
        (price, ""),
        (f"{born}, {age:,.0f} d" if age is not None else born, ""),
        (f"plans {safe_text(row.get('plans') or 'unknown', 120)}", ""),
        (f"{_counted(row, 'organisations', 'orgs')}, {_counted(row, 'closed', 'not active')}", ""),
        _warned(f"{row.get('flagged_before') or 0:,} flagged, {cleared:,} cleared before", cleared),
        _warned(_counted(row, "verified", "verified holders"), verified or 0),
        _warned(f"{contrary:,} ({share:.0%}) speak against", contrary),
    ]
    if unknown:
        lines.append((f"{unknown:,} are in no extract", "bold $error"))
    return lines


def _counted(row: dict[str, Any], name: str, words: str) -> str:
    """A count; a question mark where no extract tells it."""
    count = row.get(name)
    return f"? {words}" if count is None else f"{count:,} {words}"


def _warned(words: str, count: int) -> Part:
    return (f"▲ {words}", "bold $warning") if count else (words, "")


def _sample(result: dict[str, Any] | None) -> list[Part]:
    if result is None:
        return [("no sample reviewed (S)\n", "$text-muted")]
    words = (
        f"sample {result['found']:,} of {result['n']:,}: "
        f"{float(result['low']):.1%} to {float(result['high']):.1%}\n"
    )
    return [(words, "bold $warning" if result["found"] else "bold")]


def _unusual(row: dict[str, Any]) -> list[Part]:
    facts = ["in no cluster"]
    if row["member_score"] is not None:
        facts = [f"{row['families'] or 0:,} for"]
    facts += ["verified"] * bool(row["verified"])
    facts += [f"{row['verdict']} before"] * bool(row["verdict"])
    against = [word for word in (row["against"] or "").split(", ") if word]
    facts += [f"▲{len(against)}: {', '.join(against)}"] * bool(against)
    return [
        (f"{shorten(safe_text(row['account_id'], 60), _NAME)} ", "bold"),
        (f"{safe_text(', '.join(facts), 120)}\n", "$text-muted"),
    ]
