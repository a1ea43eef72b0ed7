"""Which entity family the cells of a column name, by the column's name."""

from __future__ import annotations

import re
from functools import lru_cache

from workbench.catalog import extracts
from workbench.catalog.tables import DERIVED

_NUMBERED = re.compile(r"_\d+$")
# Names that queries give to columns of an entity without renaming it back.
_ALIASES = {"account": "account", "cluster": "cluster", "email_domain": "domain", "asn": ""}


@lru_cache(maxsize=1)
def _by_column() -> dict[str, str]:
    found = dict(_ALIASES)
    tables = (*extracts.EXTRACTS.values(), extracts.EXCHANGE_TEXT, *DERIVED.values())
    for table in tables:
        for column in table.columns:
            if column.entity:
                found.setdefault(column.name, column.entity)
    return found


def entity_of(column: str) -> str:
    """The entity family of a column by its name, or an empty text.

    Of a statement that gives several of one name, the later ones bear a number.
    """
    known, name = _by_column(), column.lower()
    return known.get(name) or known.get(_NUMBERED.sub("", name), "")
