"""What is said of text that came where only keys are taken."""

from __future__ import annotations

from workbench.text.format import counted


def refusal_of(text: str) -> str:
    """Why it was not taken, and where it would be."""
    return (
        f"{counted(len(text), 'character')} came at once, as from a paste: keys act one by "
        "one, so nothing was done. Paste into a field; 4 opens the SQL editor."
    )
