"""Which entity family the cells of a column name, and where else values of a family stand."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from workbench.catalog import extracts
from workbench.catalog.columns import ENTITY_FAMILIES
from workbench.catalog.tables import DERIVED

_NUMBERED = re.compile(r"_\d+$")
# Names that queries give to columns of an entity without renaming it back.
_ALIASES = {"account": "account", "cluster": "cluster", "email_domain": "domain", "asn": ""}

# What the values of a link family are made of, where that is not the entity of the same name. A
# family that is neither here nor an entity is somebody's own: nobody knows what its values hold.
_MADE_OF: dict[str, frozenset[str]] = {
    "email_shape": frozenset({"email"}),
    "net24": frozenset({"ip"}),
    "near": frozenset({"prompt", "head"}),
    "phrase": frozenset({"prompt", "head", "tail"}),
    **dict.fromkeys(
        ("asn", "bin_amount", "client", "habits", "keys", "lacking", "mismatch", "pivot", "rhythm",
         "signup"),
        frozenset(),
    ),
}  # fmt: skip
# Entities that a column hides besides its own: what is made of its text.
_PARTS: dict[str, frozenset[str]] = {
    "prompt": frozenset({"prompt", "head", "tail"}),
    "system_prompt": frozenset({"system_prompt"}),
}


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


def hidden_entities(columns: Collection[str]) -> frozenset[str]:
    """The entity families whose values are hidden where these columns are."""
    named = {name.lower() for name in columns}
    own = {entity for name in named if (entity := _by_column().get(name))}
    return frozenset(own.union(*(_PARTS.get(name, frozenset()) for name in named)))


def hides(column: str, columns: Collection[str]) -> bool:
    """Whether a column is hidden where `columns` are: it is one, or names the same entities."""
    name = column.lower()
    return name in {one.lower() for one in columns} or (
        entity_of(name) in hidden_entities(columns) and bool(entity_of(name))
    )


def hidden_columns(columns: Collection[str]) -> frozenset[str]:
    """Every column of the catalogue that is hidden where `columns` are."""
    return frozenset(
        column.name
        for table in (*extracts.EXTRACTS.values(), extracts.EXCHANGE_TEXT, *DERIVED.values())
        for column in table.columns
        if hides(column.name, columns)
    )


def shown_columns(columns: Collection[str]) -> frozenset[str]:
    """Every column of the catalogue that is not."""
    every = {
        column.name
        for table in (*extracts.EXTRACTS.values(), extracts.EXCHANGE_TEXT)
        for column in table.columns
    }
    return frozenset(every - hidden_columns(columns))


def shown_families(columns: Collection[str]) -> frozenset[str]:
    """The link and entity families whose values may be seen where these columns are hidden."""
    hidden = hidden_entities(columns)
    made_of = {name: frozenset({name}) for name in ENTITY_FAMILIES} | _MADE_OF
    return frozenset(name for name, parts in made_of.items() if parts.isdisjoint(hidden))


def known_families() -> frozenset[str]:
    """Every family of which it is known what its values are made of."""
    return frozenset(ENTITY_FAMILIES) | frozenset(_MADE_OF)
