"""Acts that a case's policy may want on record: data that leaves the case, masked text shown.

Each is called before the act, so that what cannot be recorded does not happen. Where the policy
does not govern the act nothing is recorded and the answer is the empty string. List and campaign
edits need no call: such an edit is a record itself.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.state import builders
from workbench.decisions.service import CaseService, Evidence

_WORD, _PATH, _COLUMNS = 256, 1024, 128


# A write-blocked case can be read and reported on; a mask comes off on the record alone.
_UNRECORDED_ON_READ_ONLY_MEDIA = ("export", "clipboard", "report")


def note_export(
    service: CaseService,
    what: str,
    form: str,
    path: str | os.PathLike[str],
    *,
    rows: int,
    columns: Sequence[str],
    sha256: str = "",
    evidence: Evidence | None = None,
) -> str:
    """Record that a result leaves the case as a file; returns the record's id.

    `what` is a saved query's id or words for what it is, `sha256` the digest of the file. Raises
    WorkbenchError where the ledger refuses: then nothing may leave.
    """
    if not _governs(service, "export"):
        return ""
    body = builders.export(
        what[:_WORD], form, os.fspath(path)[:_PATH], rows=rows,
        columns=[name[:_WORD] for name in columns[:_COLUMNS]], sha256=sha256,
        evidence=None if evidence is None else service.evidence_field(evidence),
    )  # fmt: skip
    return service.append("export", body)


def note_clipboard(
    service: CaseService, what: str, text: str, *, entity: str = "", rows: int = 1
) -> str:
    """Record, by its digest, that a text goes to the clipboard; returns the record's id.

    Raises WorkbenchError where the ledger refuses: then nothing may be copied.
    """
    digest = sha256(text.encode("utf-8", "surrogatepass"))
    body = builders.clipboard(
        what[:_WORD], entity[:_WORD], rows=rows, chars=len(text), sha256=digest
    )
    return _note(service, "clipboard", body)


def note_reveal(
    service: CaseService,
    columns: Sequence[str],
    entity: str,
    name: str,
    reason: str,
    *,
    rows: int = 1,
) -> str:
    """Record that masked columns are shown: of which entity, and why; returns the record's id."""
    shown = ", ".join(columns)[:_WORD]
    body = builders.reveal(shown, entity[:_WORD], name[:2048], rows=rows, reason=reason[:8192])
    return _note(service, "reveal", body)


def note_report(
    service: CaseService,
    what: str,
    name: str,
    path: str | os.PathLike[str],
    *,
    files: int,
    sha256: str = "",
) -> str:
    """Record that a case packet was written: of what, where, the digest of its list of files."""
    body = builders.report(
        what[:_WORD], name[:2048], os.fspath(path)[:_PATH], files=files, sha256=sha256
    )
    return _note(service, "report", body)


def _governs(service: CaseService, act: str) -> bool:
    if act in _UNRECORDED_ON_READ_ONLY_MEDIA and service.case.is_read_only:
        return False
    return act in service.policy().recorded


def _note(service: CaseService, act: str, body: Fields) -> str:
    return service.append(act, body) if _governs(service, act) else ""
