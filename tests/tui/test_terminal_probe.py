"""What is settled about the terminal before the bench draws."""

from __future__ import annotations

import os
import sys
import warnings

import pytest

from workbench.settings import DisplaySettings
from workbench.tui.textual_ext.terminal_probe import prepare


class _Tty:
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_nobody_writes_over_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"TERM": "xterm", "PYTHONWARNINGS": "always"})
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(sys, stream, _Tty())
    with warnings.catch_warnings(record=True) as written:
        warnings.simplefilter("always")
        prepare(DisplaySettings())
        warnings.warn("coroutine was never awaited", RuntimeWarning, stacklevel=1)
    assert written == []
    assert "PYTHONWARNINGS" not in os.environ
