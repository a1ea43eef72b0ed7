"""What several analysts do together about a subject: take it on, remark, draw a sample."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from workbench.decisions import collaboration
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.comments import Comments
from workbench.tui.dialogs.confirm import recording
from workbench.tui.dialogs.draw_sample import DrawSample
from workbench.tui.messages import DecideOn, Failed, LedgerChanged, OpenRoute
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_KINDS = ("account", "cluster", "campaign")


async def append_record(
    page: Widget, context: Context, said: str, work: Callable[..., object], *arguments: object
) -> bool:
    """Append to the ledger beside the event loop and say so; what shows the ledger follows.

    Where `said` is empty, what the work answers is said. What was refused is said as a sentence;
    the answer is False.
    """
    try:
        answer = await context.query_service.background(work, *arguments)
    except WorkbenchError as error:
        page.post_message(Failed(error))
        return False
    page.notify(said or str(answer), markup=False)
    page.post_message(LedgerChanged())
    return True


class Collaboration:
    """Claims, comments and samples of the subject of a page."""

    def __init__(self, page: Widget, context: Context) -> None:
        self._page = page
        self._context = context

    def _named(self, subject: DecideOn | None) -> tuple[str, str] | None:
        """The one account, cluster or campaign in front."""
        if subject is None or subject.kind not in _KINDS:
            self._page.notify("Open an account, a cluster or a campaign first.", markup=False)
            return None
        return subject.kind, subject.ids[0]

    def claim(self, subject: DecideOn | None) -> None:
        """Take the subject on, or give it back."""
        named = self._named(subject)
        if named is not None:
            self._page.run_worker(self._claim(*named), group="claim", exclusive=True)

    async def _claim(self, kind: str, name: str) -> None:
        service, background = self._context.service, self._context.query_service.background
        try:
            held = (await background(collaboration.claims, service)).get((kind, name))
            mine = held is not None and held.analyst == service.analyst
            subject = f"{kind} {safe_text(name, 60)}"
            question = f"Claim {subject}: a record that nobody else is to work on it."
            if mine:
                question = f"Release {subject}: a record that others may take it on."
            refused = held is not None and not mine  # which the act itself says
            if not refused and not await recording(self._page, question):
                return
            act = collaboration.release if mine else collaboration.claim
            await background(act, service, kind, name)
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
            return
        words = "is free again" if mine else "is yours until you release it"
        self._page.notify(f"{subject} {words}.", markup=False)
        self._page.post_message(LedgerChanged())

    def comment(self, subject: DecideOn | None) -> None:
        """Read what others remarked, and remark something oneself."""
        named = self._named(subject)
        if named is not None:
            self._page.run_worker(self._read_comments(*named), group="comment", exclusive=True)

    async def _read_comments(self, kind: str, name: str) -> None:
        service = self._context.service
        try:
            found = await self._context.query_service.background(
                collaboration.comments, service, kind, name
            )
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
            return

        def answered(text: str | None) -> None:
            if text:
                words = "The comment is in the ledger."
                work = append_record(
                    self._page, self._context, words,
                    collaboration.comment, service, kind, name, text,
                )  # fmt: skip
                self._page.run_worker(work, group="comment")

        self._page.app.push_screen(Comments(f"{kind} {name}", found), answered)

    def sample(self, subject: DecideOn | None) -> None:
        """Draw members of the cluster, or of the marked accounts, for review."""
        if subject is None or subject.kind in ("account", "clusters"):
            self._page.notify("Open a cluster, or mark accounts, to draw from.", markup=False)
            return

        def drawn(record_id: str | None) -> None:
            if record_id:
                self._page.post_message(LedgerChanged())
                self._page.post_message(OpenRoute(Route("sample", (record_id,))))

        self._page.app.push_screen(DrawSample(self._context, subject), drawn)
