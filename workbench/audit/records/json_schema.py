"""The JSON Schema of a ledger's records, made of the declarations that the product checks by."""

from __future__ import annotations

from typing import Any

from workbench.audit.records.schema import RECORD

_COMMENT = (
    "Integers are written without a point or an exponent, and the $ of a pattern is the very end "
    "of the text (ECMA-262; in Python write \\Z). What no schema can say (bytes, hashes, the "
    "chain, signatures, what counts) is in ledger-format.md."
)


def record_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) that allows what may stand on one line of a ledger.

    A further version of records gets a definition of its own beside `record-1`.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wb-audit:1",
        "title": "A record of a wb-audit/1 ledger",
        "$comment": _COMMENT,
        "anyOf": [RECORD.schema],
        "$defs": dict(sorted(RECORD.definitions.items())),
    }
