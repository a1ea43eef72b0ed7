"""Names of fields without regard to how they are written."""

from __future__ import annotations

import re


def canonical_name(field: str) -> str:
    """A name without regard to case and how its words are parted: `Account ID`, `userId`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field.strip())
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
