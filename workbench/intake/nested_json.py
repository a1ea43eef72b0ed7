"""JSON objects in a text column, as database exports write them: what a path takes out of one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.sql.quoting import literal

_SPACE = literal(" \t\r\n")
TEXTS = ("VARCHAR", "JSON")
_NOWHERE = object()


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text column and the sources that lead into its objects, such as `request.user`."""

    column: str
    sources: tuple[str, ...]

    def extracted(self, cell: str) -> str:
        """SQL: the values at all paths as a list of texts; NULL where the cell is no object."""
        paths = [path for source in self.sources for path in json_paths(self._inner(source))]
        listed = f"[{', '.join(map(literal, paths))}]"
        return (
            f"CASE WHEN starts_with(ltrim({cell}, {_SPACE}), '{{') "
            f"THEN TRY(json_extract_string({cell}, {listed})) END"
        )

    def cells(self, extracted: str) -> dict[str, str]:
        """SQL of the value of each source, out of that list."""
        found, at = {}, 1
        for source in self.sources:
            count = len(json_paths(self._inner(source)))
            found[source] = f"coalesce({', '.join(f'{extracted}[{at + n}]' for n in range(count))})"
            at += count
        return found

    def odd(self, cell: str, extracted: str) -> str:
        """SQL: whether a cell holds something that is no JSON object."""
        return f"(coalesce(trim({cell}, {_SPACE}), '') NOT IN ('', 'null') AND {extracted} IS NULL)"

    def _inner(self, source: str) -> str:
        return source.removeprefix(f"{self.column}.")


def json_paths(inner: str) -> list[str]:
    """JSON paths of a source within an object: read first as one key, then as nested keys."""
    nested = ".".join(f'"{part}"' for part in inner.split("."))
    return [f'$."{inner}"', f"$.{nested}"] if "." in inner else [f'$."{inner}"']


def json_texts(
    sources: Sequence[str], columns: Mapping[str, str], sample: Sequence[Mapping[str, object]]
) -> tuple[JsonText, ...]:
    """The text columns that sources lead into; of JSON lines those whose sample holds objects."""
    within: dict[str, list[str]] = {}
    for source in sources:
        column, dot, _ = source.partition(".")
        if dot and source not in columns and may_hold_objects(column, columns, sample):
            within.setdefault(column, []).append(source)
    return tuple(JsonText(column, tuple(dict.fromkeys(own))) for column, own in within.items())


def may_hold_objects(
    column: str, columns: Mapping[str, str], sample: Sequence[Mapping[str, object]]
) -> bool:
    """Whether it is a text column whose sample holds an object, or nothing at all."""
    cells = [record.get(column) for record in sample]
    there = [cell for cell in cells if cell not in (None, "")]
    if columns.get(column) not in TEXTS:
        return False
    return not there or any(isinstance(cell, str) and object_in(cell) for cell in there)


def object_in(value: object) -> dict[str, object]:
    """The object that a cell is or holds as text; an empty one where it holds none."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def holds(record: Mapping[str, object], source: str) -> bool:
    """Whether a record of the sample has a source, be it empty."""
    return value_at(record, source, _NOWHERE) is not _NOWHERE


def value_at(record: Mapping[str, object], source: str, nowhere: object = None) -> object:
    """The value of a source in a record of the sample: one key, nested keys or within a text."""
    if source in record:
        return record[source]
    column, _, inner = source.partition(".")
    value: object = object_in(record.get(column))
    if isinstance(record.get(column), str) and isinstance(value, dict) and inner in value:
        return value[inner]
    for key in inner.split("."):
        if not isinstance(value, dict) or key not in value:
            return nowhere
        value = value[key]
    return value
