"""The decision dialog: verdict, reason, confidence, what speaks against it, and whom it hits."""

from __future__ import annotations

import asyncio
import datetime
import json
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.audit.state.policy import Policy
from workbench.decisions.news import news_since
from workbench.decisions.preview import Preview, check_card
from workbench.decisions.sample_review import newest_for
from workbench.decisions.service import Draft, Evidence, distinct
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import bind
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.choice import Choice
from workbench.tui.dialogs.confirm import Confirm
from workbench.tui.dialogs.impact import Impact
from workbench.tui.dialogs.leave_out import LeaveOut, noted
from workbench.tui.dialogs.reasons import strongest_reason
from workbench.tui.messages import DecideOn
from workbench.tui.services.decision_inputs import group_accounts, verify_store
from workbench.tui.shell.context import Context
from workbench.tui.shell.follow_case import data_of
from workbench.tui.shell.reviews import reviewed_as_wrong
from workbench.tui.shell.saved_state import read_json, write_json
from workbench.tui.textual_ext.steady_input import SteadyInput
from workbench.workers.messages import Digest

_FIELDS = ("counter", "note", "changes", "expires")
_LABELS = {
    "counter": "what speaks against it (or none-found)",
    "note": "note",
    "changes": "what would change my mind",
    "expires": "look again on, such as 2027-03-31",
}
_MAX_CLUSTERS = 32
_AUTOSAVE = 0.5
_LEAST_TYPICAL = 5


class DecideDialog(ModalScreen[str | None]):
    """Returns the id of the record, or None; `seen` is how many lines the ledger has now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel, keep the draft", id="decide.cancel"),
        Binding("f5,ctrl+j", "record", "record", id="decide.record", priority=True),
        Binding(
            "f6,ctrl+o",
            "record(True)",
            "propose to a second analyst",
            id="decide.propose",
            priority=True,
        ),
    ]

    def __init__(self, context: Context, subject: DecideOn, policy: Policy, seen: int) -> None:
        super().__init__()
        self.context = context
        self._subject = subject
        self._accounts: tuple[str, ...] = ()
        self._busy = False
        self._shown: Preview | None = None
        self._previewed = asyncio.Event()
        self._sample: dict[str, Any] | None = None
        self._proposed = ("", "")  # a reason, and from what evidence
        self._saved: dict[str, str] = {}
        self._policy = policy
        self._seen = seen
        self._data = data_of(context.service)

    def compose(self) -> ComposeResult:
        """Fields beside the preview; at 80 columns the preview is one block on top."""
        kind, ids = self._subject.kind, self._subject.ids
        title = f"Decide on {kind} {ids[0]}"
        if kind == "accounts":
            title = f"Decide on {len(ids):,} marked accounts"
        elif kind == "clusters":
            title = f"Decide on {len(ids):,} marked clusters: {', '.join(ids)}"
        with Vertical(classes="dialog -tall -full"):
            yield Static(Content(safe_text(title, 100)), classes="title")
            with Horizontal(id="decide-columns"):
                with VerticalScroll(classes="fields", can_focus=False):
                    yield LeaveOut()
                    yield Choice("verdict", (), id="verdict")
                    yield Choice("reason", (), id="reason")
                    yield Static("", id="decide-meaning", classes="meaning", markup=False)
                    yield Choice("confidence", (), id="confidence")
                    for name in _FIELDS:
                        yield Static(Content(_LABELS[name]), classes="label")
                        yield SteadyInput(id=f"decide-{name}", max_length=4000)
                yield Impact(id="decide-preview")
            yield Static("", id="decide-trouble", classes="trouble", markup=False)
            yield Static(
                Content("tab next · ←→ choose · F5 record · F6 propose · esc keep as draft"),
                classes="note",
            )

    def on_mount(self) -> None:
        """Offer verdicts and reasons, take up a draft, read the impact."""
        draft = read_json(self._draft_path)
        verdicts = (("flag", "flag"), ("clear", "clear"), ("watch", "watch"),
                    ("escalate", "escalate"))  # fmt: skip
        self.query_one("#verdict", Choice).offer(verdicts, str(draft.get("verdict", "")))
        levels = tuple((level, level) for level in ("low", "medium", "high"))
        chosen = str(draft.get("confidence", "medium"))
        self.query_one("#confidence", Choice).offer(levels, chosen)
        self._offer_reasons(str(draft.get("reason", "")))
        for name in _FIELDS:
            self.query_one(f"#decide-{name}", Input).value = str(draft.get(name, ""))
        if draft:
            self._trouble(self._since(draft))
        self._saved = self._values()
        self.query_one("#verdict").focus()
        self.set_interval(_AUTOSAVE, self._autosave)
        self.run_worker(self._preview(), group="preview")

    def _offer_reasons(self, chosen: str) -> None:
        verdict = self.query_one("#verdict", Choice).value
        wanted = {"flag": "R-", "clear": "C-"}.get(verdict, "")
        offered = tuple((code, code) for code in self._policy.reasons if code.startswith(wanted))
        proposed, why = self._proposed if verdict == "flag" and not chosen else ("", "")
        self.query_one("#reason", Choice).offer(offered, chosen or proposed, why)
        self._tell_meaning()

    def _tell_meaning(self) -> None:
        code = self.query_one("#reason", Choice).value
        meaning = self._policy.reasons.get(code, "")
        self.query_one("#decide-meaning", Static).update(Content(safe_text(meaning, 300)))
        self._tell_two()

    def _tell_two(self) -> None:
        """Say beforehand that the policy wants a second analyst."""
        decision = {
            "verdict": self.query_one("#verdict", Choice).value,
            "reason": self.query_one("#reason", Choice).value,
            "subject": {"count": len(self._accounts)},
        }
        why = self._policy.needs_second(decision)
        if why:
            self._trouble(f"F6 proposes it to a second analyst: {why}.")

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """The verdict decides which reasons fit; a reason is shown with its definition."""
        if isinstance(event.choice, LeaveOut):
            self.run_worker(self._preview(again=True), group="preview", exclusive=True)
        elif event.choice.id == "verdict":
            self._offer_reasons(self.query_one("#reason", Choice).value)
        elif event.choice.id == "reason":
            self._tell_meaning()

    async def _preview(self, *, again: bool = False) -> None:
        """Read whom it hits; read again, what was said last stays."""
        pane, context = self.query_one(Impact), self.context
        self._previewed.clear()
        self._shown = None
        try:
            self._accounts = await self._read_accounts()
            query, accounts = context.library.shipped, {"accounts": list(self._accounts)}
            totals = await context.query_service.rows(query("impact-preview"), accounts)
            unusual = await context.query_service.rows(
                query("sample-accounts"), accounts | {"most": _LEAST_TYPICAL}
            )
            every = await self._all_accounts()
            sample = await context.query_service.background(newest_for, context.service, every)
            # Its interval says nothing about fewer; the note says who was left out.
            self._sample = sample if len(every) == len(self._accounts) else None
            shown = Preview.of(self._accounts, totals.first())
            self._proposed = await self._strongest_reason()
        except WorkbenchError as error:
            pane.say("Whom it hits cannot be shown.")
            self._trouble(f"{error.message} {error.hint}")
            return
        finally:
            self._previewed.set()
        pane.show(totals.first(), unusual.records(), sample)
        self._shown = shown
        if not self.query_one("#reason", Choice).value:
            self._offer_reasons("")
        if not again:
            self._tell_two()

    async def _strongest_reason(self) -> tuple[str, str]:
        return await strongest_reason(self.context, self._subject, self._policy.reasons)

    async def _read_accounts(self) -> tuple[str, ...]:
        """The accounts to be decided on; those reviewed as wrong are left out where that is so."""
        every = await self._all_accounts()
        folder, leave_out = self.context.service.state_dir, self.query_one(LeaveOut)
        wrong = await self.context.query_service.background(reviewed_as_wrong, folder, every)
        asked = leave_out.ask(wrong if len(wrong) < len(every) else [])
        if asked and not self.query_one("#verdict", Choice).value:
            leave_out.focus()  # it is the first thing to be said
        return tuple(one for one in every if one not in leave_out.left_out)

    async def _all_accounts(self) -> tuple[str, ...]:
        kind, ids = self._subject.kind, self._subject.ids
        if len(ids) > _MAX_CLUSTERS and kind == "clusters":
            raise WorkbenchError(
                f"{len(ids):,} clusters are marked; one decision takes {_MAX_CLUSTERS}.",
                hint="A record holds so many pieces of evidence. Decide on them in parts.",
            )
        if kind == "clusters":
            groups = [await self._members("cluster", one) for one in ids]
            return distinct([account for group in groups for account in group])
        if kind not in ("cluster", "campaign"):
            return distinct(ids)
        return await self._members(kind, ids[0])

    async def _members(self, kind: str, name: str) -> tuple[str, ...]:
        query_service, library = self.context.query_service, self.context.library
        accounts = await group_accounts(query_service, library, kind, name)
        card = await query_service.rows(library.shipped(f"{kind}-card"), {kind: name})
        check_card(kind, name, accounts, card.first() if card.rows else {})
        return accounts

    # Drafts

    @property
    def _draft_path(self) -> Any:
        """A file for each subject: what was written about one is not offered for another."""
        subject = json.dumps([self._subject.kind, *self._subject.ids]).encode("ascii")
        return self.context.service.state_dir / f"draft-{sha256(subject).hexdigest()[:24]}.json"

    def _since(self, draft: dict[str, Any]) -> str:
        seen = draft.get("seen")
        added = self._seen - seen if type(seen) is int else 0
        news = f"; {counted(added, 'record')} added since" if added > 0 else ""
        return f"Your draft of {safe_text(draft.get('at', 'before'))} is back{news}."

    def _values(self) -> dict[str, str]:
        values = {name: self.query_one(f"#decide-{name}", Input).value for name in _FIELDS}
        for name in ("verdict", "reason", "confidence"):
            values[name] = self.query_one(f"#{name}", Choice).value
        return values

    def _autosave(self) -> None:
        values = self._values()
        if values != self._saved and not self._busy:
            self._saved = values
            kept = values | {
                "at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
                "seen": self._seen,
            }
            self.run_worker(self._keep(kept), group="draft")

    async def _keep(self, draft: dict[str, Any]) -> None:
        try:
            await self.context.query_service.background(write_json, self._draft_path, draft)
        except WorkbenchError as error:
            self._trouble(f"The draft is not kept: {error.message}")
            self._saved = {}

    # Recording

    def _trouble(self, words: str) -> None:
        self.query_one("#decide-trouble", Static).update(
            Content(safe_text(words, 400, multiline=True))
        )

    def action_leave(self) -> None:
        """Close; the draft stays."""
        self.dismiss(None)

    async def action_record(self, propose: bool = False) -> None:
        """Append the decision to the ledger, or propose it to a second analyst."""
        if self._busy:
            return
        values = self._values()
        for name in ("verdict", "reason"):
            if not values[name]:
                self._trouble(f"Choose a {name} first: ← and → choose.")
                self.query_one(f"#{name}").focus()
                return
        if values["verdict"] == "flag" and not values["counter"].strip():
            self._trouble("A flag says what speaks against it; write none-found if nothing does.")
            self.query_one("#decide-counter").focus()
            return
        if len(self._accounts) > 1:
            await self.app.push_screen(
                Confirm(self._in_one_go(values, propose), "records it"),
                partial(self._confirmed, values, propose),
            )
        else:
            self._confirmed(values, propose, True)

    def _in_one_go(self, values: dict[str, str], propose: bool) -> str:
        word = "Propose" if propose else "Record"
        what = f"{values['verdict']} {values['reason']}"
        return f"{word} {what} on {len(self._accounts):,} accounts, in one record?"

    def _confirmed(self, values: dict[str, str], propose: bool, yes: bool | None) -> None:
        if yes and not self._busy:
            self._busy = True
            self._trouble("recording…")
            self.run_worker(self._record(values, propose=propose), group="record")

    async def _record(self, values: dict[str, str], *, propose: bool) -> None:
        subject, query_service = self._subject, self.context.query_service
        try:
            await self._refuse_other_data()
            await verify_store(query_service, self.context.service.case, self.context.show_status)
            await self._refuse_stale()
            shown, accounts = await self._seen_preview(), await self._read_accounts()
            left_out = self.query_one(LeaveOut).left_out
            parts = subject.kind == "clusters" or left_out
            kind = "accounts" if parts else subject.kind
            draft = Draft(
                kind, subject.ids[0], accounts, values["verdict"], values["reason"],
                values["confidence"], noted(values["note"], left_out), values["counter"],
                values["changes"], values["expires"], sample=self._sample, preview=shown,
                stored=None if kind in ("account", "accounts") else accounts,
            )  # fmt: skip
            for evidence in await self._evidence():
                field = await query_service.background(
                    self.context.service.evidence_field, evidence
                )
                draft = replace(draft, evidence=(*draft.evidence, field))
            record = await query_service.background(
                partial(self.context.service.record, draft, propose=propose)
            )
        except WorkbenchError as error:
            self._busy = False
            self._trouble(f"{error.message} {error.hint}")
            self.run_worker(self._preview(again=True), group="preview")
            return
        with suppress(OSError):  # a draft that stays is offered again; the record counts
            self._draft_path.unlink(missing_ok=True)
        self.dismiss(record)

    async def _refuse_other_data(self) -> None:
        """Raise WorkbenchError where other data were loaded since this was shown."""
        said = await self.context.follow_case()
        if said or self._data != data_of(self.context.service):
            self._data = data_of(self.context.service)
            await self._preview(again=True)
            raise WorkbenchError(
                said or "Other data were loaded since this was shown.",
                hint="What it hits is read again: look at it, then F5 records.",
            )

    async def _refuse_stale(self) -> None:
        """Raise WorkbenchError where what was shown is so no more since the ledger has grown."""
        service, background = self.context.service, self.context.query_service.background
        shown = await self._seen_preview()
        now, news = await background(news_since, service, self._seen)
        if now != self._seen:
            came, self._seen = now - self._seen, now
            await self.context.follow_ledger()
            await self._preview(again=True)
            if self._shown == shown:
                return
            said = f" ({'; '.join(news)})" if news else ""
            raise WorkbenchError(
                f"{counted(came, 'record')} came since this was shown{said}.",
                hint="What it hits is read again: look at it, then F5 records.",
            )

    async def _seen_preview(self) -> Preview:
        """What is shown beside the fields; nothing is recorded that was not shown."""
        await self._previewed.wait()
        if self._shown is None:
            raise WorkbenchError("Whom it hits could not be shown: nothing was recorded.")
        return self._shown

    async def _evidence(self) -> list[Evidence]:
        """What it rests on: the page it was made on, of each cluster where several are marked."""
        subject, query_service = self._subject, self.context.query_service
        if not subject.evidence:
            return []
        given = [subject.parameters]
        if subject.kind == "clusters":
            given = [{"cluster": one} for one in subject.ids]
        query, found = self.context.library.query(subject.evidence), []
        for values in given:
            bound = bind(query, values, query_service.span)
            digest = await query_service.request(Digest(query.sql, bound))
            hidden = query_service.mask.hidden_in(query.sql)
            found.append(Evidence(query, bound, digest.rows, digest.sha256, hidden))
        return found
