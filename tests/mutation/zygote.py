"""Runs pytest again and again in forks of one process that has imported the libraries already.

Reads a JSON list of pytest's arguments and a time limit a line; answers with the exit code, or
"late". The libraries are imported here, the product is imported by each fork anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import duckdb
import hypothesis
import igraph
import numpy
import polars
import pytest
import pytest_asyncio
import sqlglot
import textual.app
import textual.widgets

PRELOADED = (duckdb, hypothesis, igraph, numpy, polars, pytest, pytest_asyncio, sqlglot, textual)


def _run(arguments: list[str], output: Path) -> None:
    os.setsid()
    out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 70
    try:
        code = int(pytest.main(arguments))
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _wait(child: int, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return str(os.waitstatus_to_exitcode(status))
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "late"


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        given = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(given["arguments"], Path(given["output"]))
        print(_wait(child, given["seconds"]), flush=True)


if __name__ == "__main__":
    main()
