"""What can be done together about the subject of any place: take it on, remark, draw a sample."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from workbench.decisions import collaboration
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.messages import DecideOn, Failed, LedgerChanged, OpenRoute
from workbench.tui.pages.cell_actions import Opening
from workbench.tui.routes import Route

_KINDS = ("account", "cluster", "campaign")


class Shared(Opening):
    """A place whose subject several analysts work on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("K", "claim", "claim or release", id="shared.claim"),
        Binding("semicolon", "remark", "comment", id="shared.comment"),
        Binding("S", "sample", "draw a sample", id="shared.sample"),
    ]

    def subject(self) -> DecideOn | None:
        """What a decision made here is about; None where there is nothing to decide on."""
        return None

    def _one(self) -> tuple[str, str] | None:
        """The one account, cluster or campaign in front."""
        subject = self.subject()
        if subject is None or subject.kind not in _KINDS:
            self.bench.notify("Open an account, a cluster or a campaign first.", markup=False)
            return None
        return subject.kind, subject.ids[0]

    def action_claim(self) -> None:
        """Take the subject on, or give it back."""
        named = self._one()
        if named is not None:
            self.run_worker(self._claim(*named), group="claim", exclusive=True)

    async def _claim(self, kind: str, name: str) -> None:
        service, query_service = self.bench.service, self.bench.query_service
        try:
            held = (await query_service.background(collaboration.claims, service)).get((kind, name))
            mine = held is not None and held.analyst == service.analyst
            await query_service.background(
                collaboration.release if mine else collaboration.claim, service, kind, name
            )
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        words = "is free again" if mine else "is yours until you release it"
        self.bench.notify(f"{kind} {safe_text(name, 60)} {words}.", markup=False)
        self.post_message(LedgerChanged())

    def action_remark(self) -> None:
        """Read what others remarked, and remark something oneself."""
        named = self._one()
        if named is not None:
            self.run_worker(self._read_remarks(*named), group="comment", exclusive=True)

    async def _read_remarks(self, kind: str, name: str) -> None:
        from workbench.tui.dialogs.comments import Comments

        try:
            found = await self.bench.query_service.background(
                collaboration.comments, self.bench.service, kind, name
            )
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        dialog = Comments(f"{kind} {name}", found)
        self.bench.push_screen(dialog, lambda text: self._remarked(kind, name, text))

    def _remarked(self, kind: str, name: str, text: str | None) -> None:
        if text:
            self.run_worker(self._remark(kind, name, text), group="comment")

    async def _remark(self, kind: str, name: str, text: str) -> None:
        words = "The comment is in the ledger."
        await self.record(words, collaboration.comment, self.bench.service, kind, name, text)

    def action_sample(self) -> None:
        """Draw members of the cluster, or of the marked accounts, for review."""
        subject = self.subject()
        if subject is None or subject.kind == "account":
            self.bench.notify("Open a cluster, or mark accounts, to draw from.", markup=False)
            return
        from workbench.tui.dialogs.draw_sample import DrawSample

        self.bench.push_screen(DrawSample(subject), self._drawn)

    def _drawn(self, record_id: str | None) -> None:
        if record_id:
            self.post_message(LedgerChanged())
            self.post_message(OpenRoute(Route("sample", (record_id,))))
