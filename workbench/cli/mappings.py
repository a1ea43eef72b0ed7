"""`workbench mappings`: the shipped mapping profiles, to load with or to copy and edit."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import output
from workbench.cli.input_files import short_text_of
from workbench.errors import UsageError
from workbench.intake.mapping import shipped_profiles
from workbench.text.sanitize import safe_text

_MAX_PROFILE_BYTES = 1 << 20


@click.command()
@click.argument("name", default="")
def mappings(name: str) -> int:
    """List the shipped mapping profiles, or print one, to copy and edit."""
    profiles = shipped_profiles()
    if name:
        output.write(_shipped(name, profiles))
        return 0
    rows = [[known, _about(text)] for known, text in profiles.items()]
    output.write(output.table_text(["name", "what it maps"], rows))
    return 0


def profile_text(given: str) -> str:
    """A mapping profile: the file of that name, or else the shipped one; raises UsageError."""
    path = Path(given)
    # A folder of extracts may bear the name of what wrote them; a pipe is no file.
    if path.suffix or (path.exists() and not path.is_dir()):
        return short_text_of(path, _MAX_PROFILE_BYTES)
    return _shipped(given, shipped_profiles())


def _shipped(name: str, profiles: dict[str, str]) -> str:
    if name not in profiles:
        raise UsageError(
            f"There is no mapping profile “{safe_text(name, 60)}”.",
            hint=f"Give a file, or one of: {', '.join(profiles)}.",
        )
    return profiles[name]


def _about(text: str) -> str:
    """The first sentence of a profile's comment."""
    comment = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("#")]
    return " ".join(comment).partition(". ")[0].removesuffix(".") + "."
