"""Garbage is collected while nobody waits: once a place is drawn and filled."""

from __future__ import annotations

import gc
from itertools import count

_OBJECTS = 100_000  # more new ones than a place makes
_PLACES_A_FULL_LOOK = 4  # views that are let go of are old by then: only a full look finds them

_places = count(1)


def collect_seldom() -> None:
    """Leave alone what is imported by now; look for garbage seldom while something is drawn.

    With Python's own thresholds every sixth page waits for a look through all objects.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS, 10, 50)
    gc.enable()


def collect_between_pages() -> None:
    """Look for garbage in what one place left: 3 ms, and 25 ms at every fourth."""
    gc.collect(1 if next(_places) % _PLACES_A_FULL_LOOK else 2)
