"""The decision dialog: verdict, reason, confidence, what speaks against it, and whom it hits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.desk import Draft, Evidence, distinct
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import bind
from workbench.safe_text import safe_text
from workbench.tui.acts import group_accounts, verify_store
from workbench.tui.messages import DecideOn
from workbench.tui.remember import read_json, write_json
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.field import Field

_FIELDS = ("counter", "note", "changes", "expires")
_LABELS = {
    "counter": "what speaks against it (needed for a flag; none-found is allowed)",
    "note": "note",
    "changes": "what would change my mind",
    "expires": "look again on (YYYY-MM-DD, optional)",
}
_AUTOSAVE = 0.5


class DecideDialog(ModalScreen[str | None]):
    """Returns the id of the record, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel, keep the draft", id="decide.cancel"),
        Binding("f5,ctrl+j", "record", "record", id="decide.record", priority=True),
    ]

    def __init__(self, subject: DecideOn) -> None:
        super().__init__()
        self._subject = subject
        self._accounts: tuple[str, ...] = ()
        self._busy = False

    @property
    def _bench(self) -> Any:
        return self.app

    def compose(self) -> ComposeResult:
        """Fields beside the preview; at 80 columns the preview is one block on top."""
        title = f"Decide on {self._subject.kind} {self._subject.ids[0]}"
        if self._subject.kind == "accounts":
            title = f"Decide on {len(self._subject.ids):,} accounts"
        with Vertical(classes="dialog -tall"):
            yield Static(Content(safe_text(title, 100)), classes="title")
            with Horizontal(id="decide-columns"):
                with VerticalScroll(classes="fields", can_focus=False):
                    yield Choice("verdict", (), id="verdict")
                    yield Choice("reason", (), id="reason")
                    yield Choice("confidence", (), id="confidence")
                    for name in _FIELDS:
                        yield Static(Content(_LABELS[name]), classes="label")
                        yield Field(id=f"decide-{name}", max_length=4000)
                yield Static("reading whom it hits…", id="decide-preview", markup=False)
            yield Static("", id="decide-trouble", classes="trouble", markup=False)
            yield Static(
                Content("tab next · ←→ choose · F5 record in the ledger · esc keep as draft"),
                classes="note",
            )

    async def on_mount(self) -> None:
        """Offer verdicts and reasons, take up a draft, read the impact."""
        draft = read_json(self._draft_path)
        verdicts = (("flag", "flag"), ("clear", "clear"), ("watch", "watch"),
                    ("escalate", "escalate"))  # fmt: skip
        self.query_one("#verdict", Choice).offer(verdicts, str(draft.get("verdict", "flag")))
        levels = tuple((level, level) for level in ("low", "medium", "high"))
        chosen = str(draft.get("confidence", "medium"))
        self.query_one("#confidence", Choice).offer(levels, chosen)
        self._offer_reasons(str(draft.get("reason", "")))
        for name in _FIELDS:
            self.query_one(f"#decide-{name}", Input).value = str(draft.get(name, ""))
        if draft:
            self._trouble("The draft you left is back.")
        self.query_one("#verdict").focus()
        self.set_interval(_AUTOSAVE, self._autosave)
        self.run_worker(self._preview(), group="preview")

    def _offer_reasons(self, chosen: str) -> None:
        verdict = self.query_one("#verdict", Choice).value
        policy = self._bench.desk.policy()
        wanted = {"flag": "R-", "clear": "C-"}.get(verdict, "")
        offered = tuple(
            (code, f"{code}  {meaning}")
            for code, meaning in policy.reasons.items()
            if code.startswith(wanted)
        )
        self.query_one("#reason", Choice).offer(offered, chosen)

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """The verdict decides which reasons fit."""
        if event.choice.id == "verdict":
            self._offer_reasons(self.query_one("#reason", Choice).value)

    async def _preview(self) -> None:
        block = self.query_one("#decide-preview", Static)
        try:
            self._accounts = await self._read_accounts()
            query = self._bench.library.query("impact-preview")
            rows = await self._bench.jobs.rows(query, {"accounts": list(self._accounts)})
        except WorkbenchError as error:
            block.update(Content(safe_text(error.message, 300)))
            return
        block.update(_impact(rows.first()))

    async def _read_accounts(self) -> tuple[str, ...]:
        kind = self._subject.kind
        if kind not in ("cluster", "campaign"):
            return distinct(self._subject.ids)
        return await group_accounts(self._bench, kind, self._subject.ids[0])

    # Drafts

    @property
    def _draft_path(self) -> Any:
        return self._bench.desk.state_dir / "draft.json"

    def _values(self) -> dict[str, str]:
        values = {name: self.query_one(f"#decide-{name}", Input).value for name in _FIELDS}
        for name in ("verdict", "reason", "confidence"):
            values[name] = self.query_one(f"#{name}", Choice).value
        return values

    def _autosave(self) -> None:
        values = self._values()
        if values != getattr(self, "_saved", None):
            self._saved = values
            self.run_worker(self._bench.jobs.background(write_json, self._draft_path, values))

    # Recording

    def _trouble(self, words: str) -> None:
        self.query_one("#decide-trouble", Static).update(
            Content(safe_text(words, 400, multiline=True))
        )

    def action_leave(self) -> None:
        """Close; the draft stays."""
        self.dismiss(None)

    def action_record(self) -> None:
        """Append the decision to the ledger."""
        if self._busy:
            return
        values = self._values()
        if values["verdict"] == "flag" and not values["counter"].strip():
            self._trouble("A flag says what speaks against it; write none-found if nothing does.")
            self.query_one("#decide-counter").focus()
            return
        self._busy = True
        self._trouble("recording…")
        self.run_worker(self._record(values), group="record")

    async def _record(self, values: dict[str, str]) -> None:
        subject, jobs = self._subject, self._bench.jobs
        try:
            await verify_store(self._bench)
            accounts = await self._read_accounts()
            draft = Draft(
                subject.kind, subject.ids[0], accounts, values["verdict"], values["reason"],
                values["confidence"], values["note"], values["counter"], values["changes"],
                values["expires"],
            )  # fmt: skip
            evidence = await self._evidence()
            if evidence is not None:
                field = await jobs.background(self._bench.desk.evidence_field, evidence)
                draft = replace(draft, evidence=(field,))
            record = await jobs.background(self._bench.desk.record, draft)
        except WorkbenchError as error:
            self._busy = False
            self._trouble(f"{error.message} {error.hint}")
            return
        self._draft_path.unlink(missing_ok=True)
        self.dismiss(record)

    async def _evidence(self) -> Evidence | None:
        if not self._subject.evidence:
            return None
        query = self._bench.library.query(self._subject.evidence)
        parameters = bind(query, self._subject.parameters, self._bench.jobs.span)
        told = await self._bench.jobs.request("digest", sql=query.sql, parameters=parameters)
        return Evidence(query, parameters, int(told["rows"]), str(told["sha256"]))


def _impact(row: dict[str, Any]) -> Content:
    unknown = (row.get("accounts") or 0) - (row.get("known") or 0)
    lines = [
        (f"{row.get('accounts') or 0:,} accounts", "bold"),
        (f"{row.get('exchanges') or 0:,} exchanges", ""),
        (f"{row.get('output_tokens') or 0:,} tokens out", ""),
        (f"{row.get('cost_usd') or 0:,} USD", ""),
        (f"created {str(row.get('oldest'))[:10]} … {str(row.get('newest'))[:10]}", ""),
        (f"{row.get('verified') or 0:,} verified holders",
         "$warning" if row.get("verified") else ""),
        (f"{row.get('organisations') or 0:,} organisations", ""),
        (f"{row.get('closed') or 0:,} not active any more", ""),
        (f"{row.get('flagged_before') or 0:,} flagged before", ""),
        (f"{row.get('cleared_before') or 0:,} cleared before",
         "bold $warning" if row.get("cleared_before") else ""),
    ]  # fmt: skip
    if unknown:
        lines.append((f"{unknown:,} are in no extract", "bold $error"))
    parts: list[tuple[str, str]] = [("It hits\n", "$text-muted")]
    parts += [(f"{words}\n", style) for words, style in lines]
    return Content.assemble(*parts)
