"""Record ids as somebody types them: the whole id, or as much of it as no other record has."""

from __future__ import annotations

import re

from workbench.audit.log.append import Ledger
from workbench.decisions.service import CaseService
from workbench.errors import UsageError

WHOLE = 32
_PREFIX = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)
_MAX_NAMED = 5


def whole_id(service: CaseService, typed: str) -> str:
    """The id of the one record that begins so; what is no beginning of an id comes back as it is.

    Raises UsageError where several records begin so; where none does, who needs it says so.
    """
    text = typed.strip().lower()
    if len(text) >= WHOLE or not _PREFIX.fullmatch(text):
        return typed
    found = service.read(lambda ledger: _beginning(ledger, text))
    if len(found) > 1:
        named = ", ".join(found[:_MAX_NAMED]) + (", …" if len(found) > _MAX_NAMED else "")
        raise UsageError(
            f"{len(found):,} records begin with “{text}”: {named}.", hint="Give more of the id."
        )
    return found[0] if found else typed


def _beginning(ledger: Ledger, text: str) -> list[str]:
    if not ledger.head.size:
        return []
    ids = (str(record.id) for record in ledger.records())
    return sorted({*(one for one in ids if one.startswith(text)),
                   *(one for one in ledger.state.aliases if one.startswith(text))})  # fmt: skip
