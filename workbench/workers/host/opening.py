"""How an analyst's workers open a store: the key of stand-ins, and the first look through it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from workbench.case.examined import is_examined, remember_examined
from workbench.case.folder import Case
from workbench.decisions.masking import mask_key


@dataclass(frozen=True)
class Opening:
    """How a store is opened: with which secret its stand-ins are made, and whether this worker
    first looks whether the store holds what no load makes; `examined` is called when it did not.
    """

    mask_key: str = field(default_factory=partial(secrets.token_hex, 32), repr=False)
    examine: bool = False
    examined: Callable[[], None] | None = None

    def found_well(self) -> Opening:
        """The store was looked through: the next worker need not look again."""
        if self.examine and self.examined is not None:
            self.examined()
        return replace(self, examine=False)


def opening_of(case: Case) -> Opening:
    """How this analyst's worker opens the case's store: with his own key for stand-ins, and with a
    look through a store that none of his workers has seen."""
    parts, state = case.parts.paths, case.state_dir()
    return Opening(
        mask_key(state), not is_examined(parts, state), partial(remember_examined, parts, state)
    )
