"""What `workbench` alone says: how to begin."""

from __future__ import annotations

WELCOME = """\
workbench: find coordinated fake accounts in AI API logs, from extracts on disk.

  workbench demo                      a sample case, opened
  workbench load CASE FILE...         extracts (Parquet, CSV, JSONL; .gz, .zst) into a case
  workbench CASE                      the bench on a case
  workbench clusters CASE             the ranked clusters, headless
  workbench doctor                    what this host offers
  workbench --help                    every command

Nothing ever contacts a network. Decisions go to CASE/audit.jsonl: workbench audit verify CASE
"""


def welcome() -> str:
    """The text."""
    return WELCOME
