"""What the first records of a file tell about how it will be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from workbench.catalog.columns import Table
from workbench.catalog.extracts import EXCHANGES, extract_columns
from workbench.intake.mapping import Rule
from workbench.intake.paths import value_at
from workbench.text.sanitize import safe_text

# What exports write for nothing, in lower case.
PLACEHOLDERS = frozenset(
    ("-", "--", "null", "(null)", "<null>", "\\n", "none", "nil", "nan", "n/a", "na", "undefined")
)
# What begins like a body: an object or a list of them with one of these keys.
_BODY = re.compile(
    r'\s*(\{|\[\s*\{).{0,200}?"(role|messages|content|contents|choices|parts)"', re.S
)
_NOT_ONE = re.compile(r"^\s*\[|,|^\s*[0-9.]+:[0-9]+\s*$")
Sample = Sequence[Mapping[str, object]]


def first_value(record: Mapping[str, object], sources: Sequence[str]) -> object:
    """What the first of several sources that is not empty holds; None where all are."""
    values = (value_at(record, source) for source in sources)
    return next((value for value in values if value not in (None, "")), None)


def bodies(table: Table, rules: Mapping[str, Rule], sample: Sample) -> str:
    """Words about whole bodies of requests where a text belongs; else empty."""
    found = []
    for name, take in (("prompt", "user"), ("system_prompt", "system"), ("response", "answer")):
        rule = rules.get(name)
        if table is EXCHANGES and rule is not None and not rule.take:
            values = [first_value(record, rule.sources) for record in sample]
            if any(_BODY.match(v if isinstance(v, str) else json.dumps(v)) for v in values if v):
                source = safe_text(rule.sources[0], 60)
                found.append(f'{name} = {{ from = "{source}", take = "{take}" }}')
    return (
        "Bodies of requests or answers are taken for texts, and prompts compared by their JSON. "
        f"A mapping takes the text out of them: {'; '.join(found)}."
        if found
        else ""
    )


def lists_of_addresses(table: Table, rules: Mapping[str, Rule], sample: Sample) -> str:
    """Words about addresses with ports or in lists, which no other account would share."""
    for name in ("ip", "signup_ip"):
        rule = rules.get(name)
        if rule is None or rule.take:
            continue
        values = [str(first_value(record, rule.sources) or "") for record in sample]
        odd = next((value for value in values if _NOT_ONE.search(value)), "")
        if odd:
            return (
                f"{name} holds more than an address, as “{safe_text(odd, 60)}”, and would be "
                f"compared as a whole. A mapping takes the first address: {name} = {{ from = "
                f'"{safe_text(rule.sources[0], 60)}", take = "address" }}.'
            )
    return ""


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


# Each look by the code of its warning.
LOOKS = {"placeholder": placeholders, "body": bodies, "not_one_address": lists_of_addresses}
