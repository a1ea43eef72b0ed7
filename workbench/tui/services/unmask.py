"""Showing what the policy masks: for a reason, which is recorded before anything is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.decisions.masking import mask_of
from workbench.decisions.policy_hooks import note_reveal
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed, LedgerChanged

if TYPE_CHECKING:
    from workbench.tui.app import Bench

_OF_ONE_ACCOUNT = ("account", "exchange")


async def follow_policy(bench: Bench) -> None:
    """Hide what the policy masks now, less what was revealed on this bench."""
    policy = await bench.query_service.background(bench.service.policy)
    mask = mask_of(policy, bench.revealed)
    await bench.query_service.hide(replace(mask, shown=bench.query_service.mask.shown))


async def offer_reveal(bench: Bench) -> None:
    """Ask why the masked columns should be shown: of the account in front, or of the case."""
    from workbench.tui.dialogs.text_prompt import TextPrompt

    mask, view = bench.query_service.mask, bench.view
    if not mask.columns:
        bench.notify("Nothing is masked here.", markup=False)
        return
    one = view is not None and view.route.kind in _OF_ONE_ACCOUNT
    account = view.route.key[0] if view is not None and one else ""
    if account in mask.shown:
        bench.notify("The cells of this account are shown already.", markup=False)
        return
    whose = f"account {safe_text(account, 40)}" if account else "every account, until you quit"
    question = f"Show {mask.words()} of {whose}? Say why; it is recorded."

    def answered(why: str | None) -> None:
        if why:
            bench.run_worker(_reveal(bench, account, why), group="reveal")

    await bench.push_screen(TextPrompt(question, "reason"), answered)


async def _reveal(bench: Bench, account: str, why: str) -> None:
    query_service, mask = bench.query_service, bench.query_service.mask
    entity, name = ("account", account) if account else ("case", bench.service.case_name)
    try:
        await query_service.background(note_reveal, bench.service, mask.columns, entity, name, why)
        if account:
            await query_service.hide(replace(mask, shown=(*mask.shown, account)))
        else:
            bench.revealed.update(mask.columns)
            await query_service.hide(replace(mask, columns=()))
    except WorkbenchError as error:
        bench.post_message(Failed(error))
        return
    bench.notify("Shown, and recorded. A result that is open keeps its cells: run it again.",
                 title="Revealed", markup=False)  # fmt: skip
    bench.post_message(LedgerChanged())
