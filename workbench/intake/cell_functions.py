"""Cells that the engine cannot read by itself: functions that its SQL calls, few rows at a time."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from workbench.intake.bodies import answered, asked, parsed, system_prompt

MASKED = "masked"
_EXAMPLE = 60
_MASKED_END = re.compile(r"^\s*[0-9a-fA-F]{1,4}[.:].*(\*|[.:][xX]{1,4}\s*$)")
# Bodies that are understood though nobody says anything in them: calls of tools, refusals, vectors.
_SILENT = re.compile(
    r'"(tool_calls?|tool_use|tool_result|toolUse|toolResult|functionCall|functionResponse|'
    r'function_call\w*|tool-call|error|refusal|embeddings?|promptFeedback)"'
)


@dataclass
class NotUnderstood:
    """Bodies that no shape fits: how many and how the first begins, by what was to be taken."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, take: str, text: str) -> None:
        """Count one."""
        self.counts[take] = self.counts.get(take, 0) + 1
        self.examples.setdefault(take, text[:_EXAMPLE])


def register(connection: duckdb.DuckDBPyConnection) -> NotUnderstood:
    """Make the functions known to a connection; returns where they count what they cannot read."""
    odd = NotUnderstood()
    functions: dict[str, Callable[[str | None], str | None]] = {
        "body_user": _reader(asked, "user", odd),
        "body_answer": _reader(answered, "answer", odd),
        "body_system": _reader(system_prompt),
        "body_system_within": _reader(lambda body: system_prompt(body, bare=False)),
        "address_text": _addresses(odd),
    }
    for name, function in functions.items():
        connection.create_function(
            name, function, ["VARCHAR"], "VARCHAR", null_handling=FunctionNullHandling.SPECIAL
        )
    return odd


def _addresses(odd: NotUnderstood) -> Callable[[str | None], str | None]:
    def function(text: str | None) -> str | None:
        if text is not None and _MASKED_END.search(text):
            odd.add(MASKED, text)
            return None
        return canonical_address(text)

    return function


def _reader(
    read: Callable[[Any], str | None], take: str = "", odd: NotUnderstood | None = None
) -> Callable[[str | None], str | None]:
    def function(text: str | None) -> str | None:
        if text is None:
            return None
        body = parsed(text)
        try:
            found = read(body) if body is not None else None
        except RecursionError:
            found = None
        if found is None and odd is not None and body not in ([], {}) and not _SILENT.search(text):
            odd.add(take, text)
        # A text cut inside a letter may hold half of it, which no other tool could read.
        return None if found is None else found.encode("utf-8", "replace").decode()

    return function


def canonical_address(text: str | None) -> str | None:
    """An address as everybody writes it: trimmed, IPv6 short and lower, IPv4 out of IPv6.

    What is no address is answered as it came, trimmed.
    """
    if text is None:
        return None
    bare = text.strip()
    try:
        address = ipaddress.ip_address(bare.partition("%")[0] if ":" in bare else _decimal(bare))
    except ValueError:
        return bare
    mapped = getattr(address, "ipv4_mapped", None)
    zone = bare.partition("%")[2] if ":" in bare else ""
    return str(mapped or address) + (f"%{zone}" if zone else "")


def _decimal(text: str) -> str:
    """An IPv4 address without the zeros that fill its numbers."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdigit() and len(part) <= 3 for part in parts):
        return text
    return ".".join(str(int(part)) for part in parts)
