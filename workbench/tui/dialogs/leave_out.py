"""Whether accounts that a review found to be wrong are left out of a decision; first: they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workbench.tui.dialogs.choice import Choice

_LEFT_OUT, _KEPT = "leave out", "keep"
_MAX_NAMED = 20


class LeaveOut(Choice):
    """Not there unless a review found any."""

    def __init__(self) -> None:
        super().__init__("reviewed wrong", (), id="leave-out")
        self._wrong: tuple[str, ...] = ()
        self.display = False

    def ask(self, wrong: Sequence[str]) -> bool:
        """Ask about these; tells whether that is asked for the first time."""
        if tuple(wrong) == self._wrong:
            return False
        first = not self._wrong
        self._wrong = tuple(wrong)
        self.display = bool(wrong)
        self.offer(((_LEFT_OUT, ""), (_KEPT, "")), self.value or _LEFT_OUT, f"{len(wrong):,}")
        return first and bool(wrong)

    @property
    def left_out(self) -> frozenset[str]:
        """The accounts that are left out."""
        return frozenset(self._wrong) if self.value == _LEFT_OUT else frozenset()


def noted(note: str, left_out: Collection[str]) -> str:
    """The note of a decision, with who was left out of it."""
    if not left_out:
        return note
    named = ", ".join(sorted(left_out)[:_MAX_NAMED])
    more = f" and {len(left_out) - _MAX_NAMED:,} more" if len(left_out) > _MAX_NAMED else ""
    words = f"left out, reviewed as wrong: {named}{more}"
    return f"{note}; {words}" if note.strip() else words
