"""When the bench itself is at fault: a private report without any data, and a sentence.

Textual prints its traceback with local variables, which hold evidence, past every line filter.
"""

from __future__ import annotations

import datetime
import traceback
from pathlib import Path

from rich.segment import Segment, Segments
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import WorkerFailed

from workbench import __version__
from workbench.case.atomic import write_private_text
from workbench.text.sanitize import safe_text
from workbench.tui.textual_ext.leaving import is_leaving


def report_text(error: BaseException) -> str:
    """Where it failed, as file names, lines and functions; never a value, never a local."""
    lines = [f"workbench {__version__}", datetime.datetime.now(datetime.UTC).isoformat()]
    while True:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        for frame in traceback.extract_tb(error.__traceback__):
            lines.append(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}")
        cause = error.__cause__ or error.__context__
        if cause is None:
            return "\n".join(safe_text(line) for line in lines) + "\n"
        error = cause
        lines.append("caused by")


def left_behind(error: BaseException) -> bool:
    """Whether only a part that is leaving the screen failed to find its pieces.

    Work that was under way for a page, a dialog or a bench may resume after it was closed, in the
    moment before Textual cancels it: nobody looks at what it would have drawn.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    if not isinstance(error, NoMatches):
        return False
    trace = error.__traceback__
    while trace is not None:
        node = trace.tb_frame.f_locals.get("self")
        if isinstance(node, DOMNode) and is_leaving(node):
            return True
        trace = trace.tb_next
    return False


def write_report(folder: Path, error: BaseException) -> Segments:
    """Write the report (mode 0600) and return the sentence for the terminal."""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
    path = folder / f"crash-{stamp}.txt"
    kind = type(error).__name__
    try:
        write_private_text(path, report_text(error))
        where = f"A report without any data was written to {safe_text(path)}."
    except OSError as problem:
        where = f"No report could be written: {safe_text(problem)}."
    words = f"The bench met a fault of its own ({kind}) and ended. {where}\n"
    return Segments([Segment(words)])
