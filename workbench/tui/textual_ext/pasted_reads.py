"""Tells text that was pasted without brackets from keys that somebody pressed.

A terminal without bracketed paste (the Linux console, GNU screen, `tmux paste-buffer`) sends what
is pasted as if it were typed, and each of its letters would be a command. Nobody presses a dozen
different keys between two reads, or a tab among letters; what comes so is text.
"""

from __future__ import annotations

import os
import re
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

FEWEST_PASTED = 12  # characters of one read that are no control characters
GOES_ON_SECONDS = 0.1  # a read this soon after pasted text belongs to it
_READ_BYTES = 4096
_POLL_SECONDS = 0.1
_BEGINS, _ENDS = "\x1b[200~", "\x1b[201~"
# What terminals send for cursor keys, the mouse, focus and in answer to questions.
_SEQUENCE = re.compile(
    r"\x1b(?:\[M...|\[[0-?]*[ -/]*[@-~]|O.|[P\]X^_].*?(?:\x07|\x1b\\)|.)", re.DOTALL
)
_CUT = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O|[P\]X^_][^\x07\x1b]*)?\Z")


class UnbracketedText(events.Event, bubble=False):
    """Text that came in one piece and without brackets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def is_pasted(data: str) -> bool:
    """Whether one read holds text rather than keys; repeats of one key are keys."""
    text = _SEQUENCE.sub("", data)
    letters = sum(one >= " " and one != "\x7f" for one in text)
    if not letters or len(set(text)) == 1:
        return False
    return letters >= FEWEST_PASTED or any(one in text for one in "\t\r\n")


class ReadParser(XTermParser):
    """Textual's parser; what is pasted text in a read comes out as that text."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._bracketed = False
        self._cut = ""
        self._cut_until = 0.0
        self._goes_on_until = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """The messages of one read."""
        now = time.monotonic()
        # The parser gives a key up for a sequence where nothing follows it soon.
        cut = self._cut if now < self._cut_until else ""
        found = _CUT.search(cut + data)
        self._cut, self._cut_until = found[0] if found else "", now + constants.ESCAPE_DELAY
        if self._bracketed or _BEGINS in cut + data:
            self._bracketed = (cut + data).rfind(_BEGINS) > (cut + data).rfind(_ENDS) or (
                self._bracketed and _ENDS not in data
            )
            return super().feed(data)
        # The parser has the beginning of a sequence of which the end is here.
        ends = _SEQUENCE.match(cut + data) if cut else None
        begun = ends.end() - len(cut) if ends else 0
        text = _SEQUENCE.sub("", data[begun:])
        if not (is_pasted(data[begun:]) or (text and now < self._goes_on_until)):
            return super().feed(data)
        self._goes_on_until = now + GOES_ON_SECONDS
        said = list(super().feed(data[:begun])) if begun else []
        return [*said, UnbracketedText(text.replace("\r\n", "\n").replace("\r", "\n"))]


class ReadingDriver(LinuxDriver):
    """Textual's driver, with the parser above; its thread reads as Textual's does."""

    def run_input_thread(self) -> None:
        """Wait for input and hand it on, until the app is about to leave."""
        parser = ReadParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_POLL_SECONDS):
                    self._hand_on(parser, decode(os.read(self.fileno, _READ_BYTES)))
                for message in parser.tick():
                    self.process_message(message)

    def _sigcont_application(self, *_: object) -> None:
        # Stopped from outside, nothing was put away before: Textual would start a second thread
        # that reads keys, and the shell has changed the terminal's modes meanwhile.
        if not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def _hand_on(self, parser: ReadParser, data: str) -> None:
        if not data:  # half a character, or a terminal that is gone: the signal for it ends the app
            self.exit_event.wait(_POLL_SECONDS)
            return
        for message in parser.feed(data):
            self.process_message(message)
