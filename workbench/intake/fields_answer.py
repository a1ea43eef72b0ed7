"""What `load --fields` tells of a file: its fields, and the mapping that fits or is proposed."""

from __future__ import annotations

from typing import Any

from workbench.intake.detect import Extract
from workbench.intake.fields import fields_of
from workbench.intake.probe import Probe
from workbench.intake.propose import propose
from workbench.intake.recognise import known_by

_EXAMPLES = 3


def fields_answer(extract: Extract, probe: Probe, wanted: str) -> dict[str, Any]:
    """One file: `fields` are (path, type, share filled, distinct values, examples)."""
    found = fields_of(probe.sample)
    shape = extract.shape.shown if extract.shape is not None and extract.shape.path else ""
    proposal = propose(found, wanted, shape)
    known = known_by(probe, wanted)
    return {
        "path": extract.label,
        "format": extract.format,
        "records": shape,
        "fields": [
            (
                one.path, one.kind, one.fill, len(one.distinct),
                [str(value)[:80] for value in list(one.distinct)[:_EXAMPLES]],
            )
            for one in found
        ],
        "profile": known.profile if known is not None else "",
        "toml": proposal.toml if proposal is not None else "",
        "confidence": proposal.confidence if proposal is not None else 0.0,
    }  # fmt: skip
