"""`workbench info`: manifest, tables, columns present, span, rejects, warnings, how to back up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workbench.case.foreign import foreign_entries
from workbench.case.leftovers import DeadStaging, sweep_staging
from workbench.case.manifest import Manifest
from workbench.cli import output
from workbench.cli.session import CASE, CaseSession, Choices, choices, open_case, put_records
from workbench.playbooks.case_files import read_case_files
from workbench.playbooks.trust import what_is_trusted
from workbench.text.format import counted
from workbench.text.sanitize import safe_text

_WELL_FILLED = 0.9
_MAX_NAMED, _MAX_UNUSED = 20, 200


@click.command()
@CASE
@choices
def info(case: Path, chosen: Choices) -> int:
    """What CASE holds: sources, tables, columns, time span, rejects, warnings."""
    with open_case(case) as session:
        left = sweep_staging(session.case.root)
        manifest = session.case.manifest
        totals = session.rows("overview-totals")[0]
        presence = session.rows("overview-columns")
        if chosen.format != "table":
            names = ["table_name", "column_name", "present", "non_null", "filled"]
            put_records(chosen, names, [[row[name] for name in names] for row in presence], case)
            return 0
        lines = [
            f"case        {safe_text(manifest.name)} ({manifest.case_id})",
            f"generation  {manifest.generation}, {manifest.committed_at}, {manifest.tool}",
            f"analysis    {_analysis(manifest)}",
            *(
                f"part        {safe_text(part.name)} {part.bytes:,} bytes sha256 {part.sha256}"
                for part in manifest.files
            ),
            *_others(manifest),
            f"holds       {_number(totals['accounts'])} accounts, {_number(totals['exchanges'])} "
            "exchanges"
            + (
                f", {_time(totals['first_ts'])} … {_time(totals['last_ts'])} UTC"
                if totals["first_ts"]
                else ""
            ),
            f"clusters    {_number(totals['clusters'])}, {_number(totals['campaigns'])} look like "
            "campaigns",
            f"ledger      {session.service.head_words()}",
            f"rejected    {_number(totals['rejected'])} records"
            + (f" in {safe_text(session.case.rejects_path)}" if totals["rejected"] else ""),
            f"isolation   {session.client.isolation}",
            f"back up     copy the folder {safe_text(session.case.root)}; the ledger (audit.jsonl, "
            "audit.d) is the part that cannot be rebuilt; to restore, copy it back",
        ]
        lines[-1:-1] = [_left_words(session.case.root, one) for one in left]
        lines[-1:-1] = [*_own_queries(session), *_set_aside(session)]
        output.write("\n".join(lines) + "\n\n")
        _tables(
            session.rows("overview-sources"), ["source_id", "format", "rows", "rejected", "path"]
        )
        _warnings(session.rows("overview-warnings"))
        _columns(presence)
    return 0


def _analysis(manifest: Manifest) -> str:
    found = manifest.current.analysis_of(manifest.analysis)
    if found is None:
        return "none: the data were not clustered (workbench clusters CASE --rebuild)"
    revision = safe_text(found.revision, 60)
    return f"{found.number}, {safe_text(found.committed_at, 30)}, method {revision}"


def _others(manifest: Manifest) -> list[str]:
    """The generations that can be brought back."""
    others = [str(one.number) for one in manifest.generations if one.number != manifest.generation]
    if not others:
        return []
    return [f"kept        generation {', '.join(others)}: workbench generations list CASE"]


def _number(value: object) -> str:
    """A count out of the store, which somebody else may have made."""
    return f"{value:,}" if isinstance(value, int) else safe_text(value, 30)


def _time(value: object) -> str:
    return safe_text(value, 30)


def _left_words(root: Path, left: DeadStaging) -> str:
    what = f"{safe_text(left.folder.relative_to(root))} of a load that was killed"
    now = "now removed" if left.removed else "which cannot be removed: check its owner and mode"
    return f"left over   {what}, {left.bytes / (1 << 20):,.1f} MiB, {now}"


def _set_aside(session: CaseSession) -> list[str]:
    """Files in the folder that are not used, and why."""
    root = session.case.root
    foreign = foreign_entries(root)
    lines = [f"not of it   {safe_text(one)}: not part of the case" for one in foreign[:_MAX_NAMED]]
    if len(foreign) > _MAX_NAMED:
        lines.append(f"not of it   {len(foreign) - _MAX_NAMED:,} more")
    unused = session.library.not_used()
    lines += [
        f"not used    {safe_text(error.message)} {safe_text(error.hint)}".rstrip()
        for _, error in unused[:_MAX_UNUSED]
    ]
    if len(unused) > _MAX_UNUSED:
        lines.append(f"not used    {len(unused) - _MAX_UNUSED:,} more: workbench queries list")
    return lines


def _own_queries(session: CaseSession) -> list[str]:
    """What the case brings of its own, and whether it runs here."""
    files = read_case_files(session.case)
    if not files.files:
        return []
    kept = what_is_trusted(files)
    if session.library.untrusted is None and kept is not None:
        state = f"trusted by you at {safe_text(kept.at, 20)}"
    else:
        state = "not trusted, so that none of them runs; read them: workbench trust CASE --show"
    return [f"queries     {counted(len(files.files), 'file')} of the case: {state}"]


def _columns(presence: list[dict[str, Any]]) -> None:
    """What no extract had, and what is empty in many of its records: nothing is found by those."""
    missing: dict[str, list[str]] = {}
    thin: dict[str, list[str]] = {}
    for row in presence:
        if not row["present"]:
            missing.setdefault(row["table_name"], []).append(row["column_name"])
        elif isinstance(row["filled"], float) and row["filled"] < _WELL_FILLED:
            share = f"{row['column_name']} {100 * row['filled']:.0f} %"
            thin.setdefault(row["table_name"], []).append(share)
    for table, columns in thin.items():
        output.write_shown(f"filled in part: {table}: {', '.join(columns)}")
    for table, columns in missing.items():
        output.write_shown(f"not in any extract: {table}: {', '.join(columns)}")


def _warnings(records: list[dict[str, Any]]) -> None:
    """One warning a line, whole: it says what to do at its end."""
    for row in records:
        about = ".".join(str(name) for name in (row["table_name"], row["column_name"]) if name)
        rows = f" ({_number(row['rows'])})" if row["rows"] else ""
        output.write(f"{safe_text(about)}{rows}: {safe_text(row['message'], 1000)}\n")
    if records:
        output.write("\n")


def _tables(records: list[dict[str, object]], names: list[str]) -> None:
    if records:
        rows = [[record[name] for name in names] for record in records]
        output.write(output.table_text(names, rows) + "\n")
