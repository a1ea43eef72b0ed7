"""A place of several parts, of which one is shown at a time."""

from __future__ import annotations

from typing import Any

from workbench.tui.pages.steps import PartTabs
from workbench.tui.pages.view import View


class Parted(View):
    """Holds `Steps` and one widget a part, named `part-<name>`."""

    async def action_part(self, name: str) -> None:
        """Show a part."""
        self.query_one(PartTabs).choose(name)
        self.state["part"] = name  # it stays in front when what is being read has come
        self.focus_first()
        self.call_after_refresh(self.tell_status)

    def show_remembered_part(self) -> None:
        """The part that was shown when the place was left; read again, the part stays."""
        steps = self.query_one(PartTabs)
        if not self.filled:
            steps.choose(str(self.state.get("part", steps.shown)))
        self.focus_if_in_front()

    def focus_first(self) -> None:
        """Focus the part that is shown."""
        for widget in self.query(f"#part-{self.query_one(PartTabs).shown}"):
            widget.focus()

    def view_state(self) -> dict[str, Any]:
        """Cursors and the part shown."""
        return super().view_state() | {"part": self.query_one(PartTabs).shown}
