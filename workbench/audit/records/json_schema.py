"""The JSON Schema of a ledger's records, made of the declarations that the product checks by."""

from __future__ import annotations

from typing import Any

from workbench.audit.records.list_contents import KINDS
from workbench.audit.records.schema import RECORD_1, RECORD_2

_COMMENT = (
    "Integers are written without a point or an exponent, and the $ of a pattern is the very end "
    "of the text (ECMA-262; in Python write \\Z). What no schema can say (bytes, hashes, the "
    "chain, signatures, what counts) is in ledger-format.md."
)


def record_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) that allows what may stand on one line of a ledger.

    Each version of records has a definition of its own; those called `line-…` say what may stand
    on one line of a list of that kind.
    """
    lines = {
        f"line-{name}": {"description": f"A line of a list: {kind.meaning}", **kind.line.schema}
        for name, kind in KINDS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wb-audit:1",
        "title": "A record of a wb-audit/1 ledger",
        "$comment": _COMMENT,
        "anyOf": [RECORD_1.schema, RECORD_2.schema],
        "$defs": dict(sorted({**RECORD_1.definitions, **RECORD_2.definitions, **lines}.items())),
    }
