"""What the terminal can do, checked before the bench draws anything.

Textual reads its environment when it is imported, so `prepare` must run before that.
"""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass

from workbench.errors import WorkbenchError
from workbench.settings import DisplaySettings

_UNABLE = {
    "": "TERM is not set",
    "dumb": "TERM=dumb cannot move a cursor",
    "unknown": "TERM=unknown",
}
_TWIN = "The same answers come without a terminal: workbench info, clusters, account, run, sql."


@dataclass(frozen=True)
class Terminal:
    """How to draw on this terminal."""

    slow: bool
    mouse: bool
    mono: bool
    ascii: bool


def _chosen(word: str, automatic: bool) -> bool:
    return automatic if word == "auto" else word == "on"


def prepare(display: DisplaySettings) -> Terminal:
    """Refuse what cannot work and set Textual's environment ourselves.

    Raises WorkbenchError where there is no terminal, or one that cannot show the bench.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WorkbenchError("The bench needs a terminal on both ends.", hint=_TWIN)
    term = os.environ.get("TERM", "")
    if term in _UNABLE:
        raise WorkbenchError(f"The bench cannot draw here: {_UNABLE[term]}.", hint=_TWIN)
    over_ssh = bool(os.environ.get("SSH_CONNECTION"))
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    terminal = Terminal(
        slow=_chosen(display.slow, over_ssh),
        mouse=_chosen(display.mouse, not over_ssh),
        mono=display.theme == "mono" or term in ("vt100", "vt220", "linux"),
        ascii=display.ascii or not utf8 or term in ("vt100", "vt220"),
    )
    for name in list(os.environ):
        if name.startswith(("TEXTUAL", "PYTHON")):
            del os.environ[name]
    # A library's warning to its developers would be written over the screen, or behind it.
    warnings.simplefilter("ignore")
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ["ESCDELAY"] = "50"
    # What follows in a second frame (the row's number behind the row) is then there in 8 ms.
    os.environ["TEXTUAL_FPS"] = "15" if terminal.slow else "120"
    if terminal.slow:
        os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    return terminal
