"""Summaries in lines: what a load did, what a case holds, which campaigns were found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.case.folder import Case
from workbench.case.generations import Removed
from workbench.intake.containers import left_out_words
from workbench.text.format import counted, size_text
from workbench.text.sanitize import safe_text
from workbench.workers.protocol import Message

_KINDS = 8


def load_words(case: Case, summary: Message) -> list[str]:
    """What a load did, for stderr."""
    tables = ", ".join(f"{name} {rows:,}" for name, rows in summary["tables"].items() if rows)
    lines = [
        f"Loaded into {safe_text(case.root)}, generation {case.manifest.generation}: "
        f"{tables or 'no records'}."
    ]
    rejected = int(summary["rejected"])
    if rejected:
        records = counted(rejected, "bad record")
        lines.append(f"{records} went to {safe_text(case.rejects_path)}:")
        kinds = summary["rejects"]
        lines += [f"  {count:,} × {words}" for words, count in kinds[:_KINDS]]
        if len(kinds) > _KINDS:
            lines.append(f"  and {counted(len(kinds) - _KINDS, 'more kind')}: see the warnings.")
    lines += _share_words(rejected, summary)
    lines += left_out_words([(label, why) for label, why in summary["left_out"]])
    alike: dict[str, list[str]] = {}
    for path, columns in summary["unknown_columns"].items():
        names = ", ".join(safe_text(name, 60) for name in columns)
        alike.setdefault(names, []).append(path)
    for names, paths in alike.items():
        more = f" and {counted(len(paths) - 1, 'more file')}" if len(paths) > 1 else ""
        lines.append(f"{safe_text(paths[0])}{more}: columns kept out: {names}.")
    lines += [safe_text(words, 700) for words in summary["loud"]]
    if summary["warnings"]:
        warnings = counted(int(summary["warnings"]), "warning")
        lines.append(f"{warnings} of what was loaded: workbench info {safe_text(case.root)}")
    return lines


def removed_words(removed: Iterable[Removed]) -> list[str]:
    """What a case keeps no longer, a line each."""
    return [
        f"No longer kept: generation {one.generation}"
        + (f", analysis {one.analysis}" if one.analysis else "")
        + f" ({size_text(one.bytes)}); generations.keep in the settings says how many stay."
        for one in removed
    ]


def _share_words(rejected: int, summary: Message) -> list[str]:
    """Said loudly: a load of which more than a hundredth was rejected, or all."""
    read = sum(int(source["rows"]) for source in summary["fresh"])
    if not rejected or rejected <= 0.01 * (read + rejected):
        return []
    share = 100 * rejected / (read + rejected)
    what = "NOTHING WAS LOADED" if not read else f"{share:.1f} % OF ALL RECORDS WERE REJECTED"
    return [
        f"{what}: {rejected:,} of {read + rejected:,}. See what is said of them, mend the file or "
        "its mapping, and load again."
    ]


def campaign_lines(clusters: list[dict[str, Any]]) -> list[str]:
    """One line per campaign, in the form that scripts read."""
    return [
        f"campaign {safe_text(row['cluster_id'])} accounts {row['accounts']} "
        f"exchanges {row['exchanges'] or 0} score {row['score'] or 0:.2f} "
        f"{safe_text(row['summary'] or '')}"
        for row in clusters
        if row["campaign_like"]
    ]
