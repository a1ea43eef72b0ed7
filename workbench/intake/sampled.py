"""What the first records of a file tell about how it will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.intake.json_text import value_at
from workbench.intake.mapping import Rule
from workbench.intake.schema import Table, extract_columns
from workbench.safe_text import safe_text

# What exports write for nothing, in lower case.
PLACEHOLDERS = frozenset(
    ("-", "--", "null", "(null)", "<null>", "\\n", "none", "nil", "nan", "n/a", "na", "undefined")
)
Sample = Sequence[Mapping[str, object]]


def first_value(record: Mapping[str, object], sources: Sequence[str]) -> object:
    """What the first of several sources that is not empty holds; None where all are."""
    values = (value_at(record, source) for source in sources)
    return next((value for value in values if value not in (None, "")), None)


def placeholders(table: Table, rules: Mapping[str, Rule], sample: Sample) -> str:
    """Words about texts that seem to stand for nothing and would count as values; else empty."""
    columns: dict[str, set[str]] = {}
    for column in extract_columns(table):
        rule = rules.get(column.name)
        if rule is None or column.type != "VARCHAR" or not column.entity:
            continue
        for record in sample:
            value = first_value(record, rule.sources)
            text = value.strip() if isinstance(value, str) else ""
            if text.lower() in PLACEHOLDERS and text not in rule.empty:
                columns.setdefault(column.name, set()).add(text)
    if not columns:
        return ""
    found = sorted(set().union(*columns.values()))
    listed = ", ".join(f'"{safe_text(text, 20)}"' for text in found)
    return (
        f"Cells of {', '.join(columns)} that hold {listed} count as values, which accounts then "
        f"share. If they stand for nothing, a mapping says so: empty = [{listed}]."
    )
