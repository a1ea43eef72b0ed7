"""Verifies the ledger of a case with all that this analyst knows of it from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.audit.log.checkpoint import Checkpoint
from workbench.audit.log.verify import Progress, Report, no_ledger, verify
from workbench.audit.log.witness import Witness
from workbench.case.folder import Case
from workbench.decisions.describe import policy_words
from workbench.errors import UsageError, WorkbenchError
from workbench.settings import Settings


def verify_case(
    path: Path,
    settings: Settings,
    *,
    checkpoint: Checkpoint | None = None,
    signers: Path | None = None,
    revoked: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verify a case folder or a ledger file against the last mark, a checkpoint, the signers.

    A path without a ledger counts as empty only where it is a case. An error that `progress`
    raises ends the verification and is passed on.
    """
    listed = settings.analyst.allowed_signers
    if signers is None and listed:
        signers = Path(listed).expanduser()
    if why := no_ledger(path):
        raise UsageError(why, hint="Give a case folder, or the path of an audit.jsonl.")
    case_id, seen, marks = _known(path) if os.path.isdir(path) else ("", None, None)
    report = verify(
        path, case_id=case_id, checkpoint=checkpoint, seen=seen, signers=signers,
        revoked=revoked, progress=progress,
    )  # fmt: skip
    if marks is None:
        return report
    for mark in marks.of_other_cases():
        report.warnings.append(
            f"this analyst has seen another case here, its ledger at {mark.size:,}; if nobody "
            "made this one anew, case and ledger were exchanged: look for a checkpoint"
        )
    for mark in marks.of_gone_copies():
        if mark.size > report.records:
            report.warnings.append(
                f"this analyst has seen this case with {mark.size:,} records at {mark.path!a}, "
                "where it is no more; if this is that case, its ledger was cut"
            )
    return report


def _known(folder: Path) -> tuple[str, Checkpoint | None, Witness | None]:
    """The id of the case, what this analyst has seen of its ledger, and all marks kept of it."""
    try:
        case = Case.open(folder)
    except WorkbenchError:
        return "", None, None  # a ledger that was carried elsewhere, without its case
    case_id = case.manifest.case_id
    marks = Witness(case.state_dir(), case_id, case.ledger_path)
    return case_id, marks.seen(case_id), marks


def in_force(report: Report) -> list[str]:
    """Which policy and whose keys each stretch of records was written under."""
    found = []
    for at, (seq, policy, ring) in enumerate(report.in_force):
        until = report.in_force[at + 1][0] if at + 1 < len(report.in_force) else None
        if until == seq + 1:
            continue  # nothing was written between the two
        names = sorted({body["principal"] for body in ring.keys.values()})
        keys = f"keys of {', '.join(names)}" if names else "no keys"
        stop = f" to {until}" if until is not None else " on"
        found.append(f"from record {seq + 1}{stop}: {policy_words(policy)}; {keys}")
    return found


def verdict_lines(report: Report) -> list[str]:
    """What a verification found, as sentences for a person."""
    if report.problems:
        lines = [f"NOT intact; problems: {len(report.problems):,}"]
        lines += [f"Problem: {one}" for one in report.problems]
    elif not report.begun:
        lines = ["The ledger is empty: nothing is recorded yet."]
    else:
        lines = [f"Intact: {report.records:,} records, root {report.root[:16]}…"]
    if report.signed:
        lines.append(f"Signed: {report.signed:,} records, signatures {report.signatures}.")
    lines += [f"Stated: {one}" for one in report.stated]
    lines += [f"In force: {one}" for one in in_force(report)]
    lines += [f"Recovered: {one}" for one in report.recovered]
    lines += [f"Warning: {one}" for one in report.warnings]
    if report.ok and report.begun:
        lines.append("A cut tail or a whole rewrite shows only against a checkpoint elsewhere.")
    return lines
