"""Showing what the policy masks: for a reason, which is recorded before anything is shown."""

from __future__ import annotations

from dataclasses import replace

from textual.widget import Widget

from workbench.decisions.masking import mask_of
from workbench.decisions.policy_hooks import note_reveal
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.messages import Failed, LedgerChanged
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_OF_ONE_ACCOUNT = ("account", "exchange")


class Unmasking:
    """What is masked on this bench, less what was revealed here."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._revealed: set[str] = set()  # columns shown for every account until the bench ends

    async def follow_policy(self) -> None:
        """Hide what the policy masks now, less what was revealed on this bench."""
        query_service = self._context.query_service
        policy = await query_service.background(self._context.service.policy)
        mask = mask_of(policy, self._revealed)
        await query_service.hide(replace(mask, shown=query_service.mask.shown))

    async def offer(self, page: Widget, route: Route) -> None:
        """Ask why the masked columns should be shown: of the account in front, or of the case."""
        mask = self._context.query_service.mask
        if not mask.columns:
            page.notify("Nothing is masked here.", markup=False)
            return
        account = route.key[0] if route.kind in _OF_ONE_ACCOUNT else ""
        if account in mask.shown:
            page.notify("The cells of this account are shown already.", markup=False)
            return
        whose = f"account {safe_text(account, 40)}" if account else "every account, until you quit"
        question = f"Show {mask.words()} of {whose}? Say why; it is recorded."

        def answered(why: str | None) -> None:
            if why:
                page.run_worker(self._reveal(page, account, why), group="reveal")

        await page.app.push_screen(TextPrompt(question, "reason"), answered)

    async def _reveal(self, page: Widget, account: str, why: str) -> None:
        query_service, service = self._context.query_service, self._context.service
        mask = query_service.mask
        entity, name = ("account", account) if account else ("case", service.case_name)
        try:
            await query_service.background(note_reveal, service, mask.columns, entity, name, why)
            if account:
                await query_service.hide(replace(mask, shown=(*mask.shown, account)))
            else:
                self._revealed.update(mask.columns)
                await query_service.hide(replace(mask, columns=()))
        except WorkbenchError as error:
            page.post_message(Failed(error))
            return
        page.notify("Shown, and recorded. A result that is open keeps its cells: run it again.",
                    title="Revealed", markup=False)  # fmt: skip
        page.post_message(LedgerChanged())
