"""Writing every row of a result to a file."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from textual.widget import Widget

from workbench.case.atomic import move_beside
from workbench.decisions.policy_hooks import note_export
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.picker import Picker
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.messages import Failed
from workbench.tui.results.runner import StatementRunner
from workbench.tui.shell.context import Context
from workbench.workers.messages import Export

_FORMS = (
    ("csv", "c  CSV: readable, formulas guarded"),
    ("jsonl", "j  JSON lines: lossless, ASCII"),
    ("parquet", "p  Parquet: lossless, small"),
)  # fmt: skip
_LOOK_SECONDS = 0.5


class ResultExport:
    """Asks where to, writes, and notes it where the policy wants that."""

    def __init__(self, pane: Widget, context: Context, runner: StatementRunner) -> None:
        self._pane = pane
        self._context = context
        self._runner = runner

    async def ask(self) -> None:
        """Ask for a form and a path, then write every row; the policy may want it on record."""
        if self._runner.frozen:
            self._pane.notify(self._runner.frozen_words, severity="warning", markup=False)
            return
        if self._runner.asked is None or not self._runner.asked.sql:
            self._pane.notify(
                "Only what the engine was asked can be written to a file.", markup=False
            )
            return

        def form_chosen(form: str | None) -> None:
            if form is None:
                return
            stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
            target = self._context.service.case_path / "exports" / f"result-{stamp}.{form}"

            def path_chosen(path: str | None) -> None:
                if path:
                    work = self._write(form, Path(os.path.expanduser(path)))
                    self._pane.run_worker(work, group="export")

            self._pane.app.push_screen(
                TextPrompt("Write every row to", str(target), str(target)), path_chosen
            )

        await self._pane.app.push_screen(
            Picker("Write to a file", [(w, f) for f, w in _FORMS]), form_chosen
        )

    async def _write(self, form: str, target: Path) -> None:

        asked, query_service = self._runner.asked, self._runner.query_service
        assert asked is not None
        job = query_service.new_job()
        part = query_service.spill / f"export-{job}.{form}"
        self._runner.exporting = job

        def look() -> None:
            if part.exists():
                self._context.show_status(
                    f"writing {part.stat().st_size / 1e6:,.1f} MB · esc cancels"
                )

        self._context.show_status("writing… · esc cancels")
        looking = self._pane.set_interval(_LOOK_SECONDS, look)
        try:
            written = await query_service.request(
                Export(asked.sql, asked.parameters, form), job=job
            )
            note = partial(
                note_export, self._context.service, safe_text(asked.label, 200), form, target,
                rows=written.rows, columns=written.columns,
                sha256=written.sha256,
            )  # fmt: skip
            await query_service.background(note)
            await query_service.background(move_beside, part, target)
        except WorkbenchError as error:
            self._pane.post_message(Failed(error))
            return
        finally:
            looking.stop()
            self._runner.exporting = 0
            self._context.show_status_of_view()  # nothing is written any more
            part.unlink(missing_ok=True)
        words = f"{written.rows:,} rows, {written.bytes:,} bytes in {safe_text(target)}"
        self._pane.notify(words, title="Written", markup=False)
