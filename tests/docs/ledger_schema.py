"""The generated parts of docs/ledger-format: `python -m tests.docs.ledger_schema` writes them.

The JSON Schema is a file of its own; the fields of every object are a table in the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.audit.records.json_schema import record_schema
from workbench.audit.records.schema import BODIES, BODIES_OF

_DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA_FILE, PAGE = _DOCS / "ledger-format.schema.json", _DOCS / "ledger-format.md"
_PART = re.compile(r"(<!-- fields -->\n).*(<!-- /fields -->)", re.DOTALL)
_NUMBERS = {2**53: "2^53", -(2**53): "-2^53", 2**32: "2^32", 10**9: "10^9", 10**12: "10^12"}


def schema_text() -> str:
    """What the file should hold."""
    return json.dumps(record_schema(), indent=1, ensure_ascii=True) + "\n"


def page_text() -> str:
    """What the page should hold: as it is, with its table of fields renewed."""
    table = fields_table(record_schema()["$defs"])
    return _PART.sub(lambda part: part[1] + table + part[2], PAGE.read_text(encoding="utf-8"))


def fields_table(definitions: Mapping[str, Any]) -> str:
    """One row a field: each version's record and bodies, then what these hold."""
    first = ["record-1", *BODIES_OF[1]]
    second = ["record-2", *(f"{kind}-2" for kind in BODIES if f"{kind}-2" in definitions),
              *(kind for kind in BODIES if kind not in BODIES_OF[1])]  # fmt: skip
    lines = {name for name in definitions if name.startswith("line-")}
    parts = sorted(definitions.keys() - {*first, *second} - lines)
    rows = ["| object | field | allowed |", "|---|---|---|"]
    for name in (*first, *second, *parts):
        for number, (field, schema) in enumerate(definitions[name]["properties"].items()):
            shown = f"**{name}**" if number == 0 else ""
            rows.append(f"| {shown} | `{field}` | {_words(schema)} |")
    return "\n".join(rows) + "\n"


def _words(schema: Mapping[str, Any]) -> str:
    """What a schema allows, in words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"*{name}*"
    if "anyOf" in schema:
        ways = [_words(way) for way in schema["anyOf"]]
        return " or ".join([*ways[1:], ways[0]] if ways[0] == "null" else ways)
    if "const" in schema:
        number = "integer " if schema.get("type") == "integer" else ""
        return f"{number}`{schema['const']}`"
    if "enum" in schema:
        return " ".join(f"`{word}`" for word in schema["enum"])
    if not schema:
        return "the body of its `type`"
    kind = schema["type"]
    if kind == "string" and "pattern" in schema:
        expression = schema["pattern"].removeprefix("^(?:").removesuffix(")$")
        return f"`{expression}`".replace("|", "\\|")
    if kind == "string":
        least = f"{schema['minLength']}–" if "minLength" in schema else "≤ "
        return f"text {least}{schema['maxLength']:,}"
    if kind == "integer":
        bounds = (_NUMBERS.get(schema[name], str(schema[name])) for name in ("minimum", "maximum"))
        return "integer " + "–".join(bounds)
    if kind == "array":
        return f"list of ≤ {schema['maxItems']} of {_words(schema['items'])}"
    if kind == "object":
        name = schema["propertyNames"]["pattern"].removeprefix("^(?:").removesuffix(")$")
        inner = _words(schema["additionalProperties"])
        return f"object of ≤ {schema['maxProperties']} fields, named `{name}`, each {inner}"
    return {"boolean": "`true` `false`", "null": "null"}[kind]


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="ascii")
    PAGE.write_text(page_text(), encoding="utf-8")
