"""pytest plug-in of the copy: tells the line trace which test runs, and times tests and fixtures.

Work that a wider fixture does is noted under the fixture: whoever uses it depends on it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Generator
from typing import Any

import hypothesis
import pytest

# Slow under load is no fault, and an example of one mutant is none of the next.
hypothesis.settings.register_profile("mutation", deadline=None, database=None, derandomize=True)
hypothesis.settings.load_profile("mutation")


def _trace() -> Any:
    module = sys.modules.get("line_trace")
    return module.trace if module is not None else None


class Notes:
    """Seconds of each test and wider fixture, and the fixtures that each test uses."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.fixtures: dict[str, list[str]] = {}
        self.failed: list[str] = []
        self.current = ""
        self.in_fixtures = 0.0

    def switch(self, context: str) -> None:
        """What runs from now on runs for this test or fixture."""
        self.current = context
        trace = _trace()
        if trace is not None:
            trace.switch(context)


_notes = Notes()


def fixture_name(definition: Any) -> str:
    """How a fixture is called in the notes."""
    return f"fixture {definition.baseid}::{definition.argname}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _notes.switch(item.nodeid)
    info = getattr(item, "_fixtureinfo", None)
    _notes.fixtures[item.nodeid] = [
        fixture_name(definitions[-1])
        for definitions in (info.name2fixturedefs.values() if info else ())
        if definitions[-1].scope != "function"
    ]
    start, fixtures = time.monotonic(), _notes.in_fixtures
    try:
        return (yield)
    finally:
        _notes.seconds[item.nodeid] = time.monotonic() - start - (_notes.in_fixtures - fixtures)
        _notes.switch("")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, object, object]:
    if fixturedef.scope == "function":
        return (yield)
    before, start = _notes.current, time.monotonic()
    _notes.switch(fixture_name(fixturedef))
    try:
        return (yield)
    finally:
        seconds = time.monotonic() - start
        _notes.seconds[fixture_name(fixturedef)] = seconds
        _notes.in_fixtures += seconds
        _notes.switch(before)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _notes.failed.append(report.nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--notes-to", default="", help="file for the notes of this run")


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--notes-to")
    if path:
        with open(path, "w", encoding="utf-8") as out:
            json.dump(
                {"seconds": _notes.seconds, "fixtures": _notes.fixtures, "failed": _notes.failed},
                out,
            )
