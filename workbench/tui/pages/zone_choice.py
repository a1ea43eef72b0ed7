"""The zone that times are shown in beside UTC: from the settings, or as the analyst says."""

from __future__ import annotations

from pathlib import Path

from workbench.decisions.service import CaseService
from workbench.errors import UsageError, WorkbenchError
from workbench.text.zones import display_zone
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import Failed
from workbench.tui.shell.saved_state import read_json, write_json
from workbench.tui.textual_ext.app_driver import TerminalApp

_FILE = "zone.json"


def begin_zone(app: TerminalApp, service: CaseService) -> None:
    """Take up the zone that was chosen last in this case, or else that of the settings."""
    kept = read_json(service.state_dir / _FILE).get("zone")
    try:
        app.zone = display_zone(kept if isinstance(kept, str) else service.settings.display.zone)
    except UsageError as error:
        app.post_message(Failed(error))


def choose_zone(app: TerminalApp, folder: Path) -> None:
    """Ask for a zone, show every time in it beside UTC, and keep that for this case."""

    def chosen(name: str | None) -> None:
        if name is None:
            return
        try:
            app.zone = display_zone(name)
            write_json(folder / _FILE, {"zone": app.zone.name if app.zone else ""})
        except WorkbenchError as error:
            app.post_message(Failed(error))
            return
        except OSError:
            pass  # it is shown; it is only not kept
        for grid in app.screen_stack[0].query(Grid):
            grid.show(grid.columns, grid.source)

    now = app.zone.name if app.zone is not None else "UTC"
    question = "Show times beside UTC in which zone, such as Europe/Berlin? UTC: in none."
    app.push_screen(TextPrompt(question, now, now), chosen)
