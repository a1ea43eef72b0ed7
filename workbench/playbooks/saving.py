"""Writes a statement as a saved-query file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.case.folder import Case
from workbench.errors import UsageError
from workbench.playbooks.case_files import FOLDER, read_case_files
from workbench.playbooks.format import CASE, parse_query
from workbench.playbooks.library import check_new
from workbench.playbooks.trust import trust_saved
from workbench.sql.tokens import without_end
from workbench.text.toml import toml_text

_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
_LONGEST_ID = 60


def query_id_of(title: str) -> str:
    """The id that a query of this title has; empty where no letter or digit would be left."""
    return _NOT_IN_AN_ID.sub("-", title.lower()).strip("-")[:_LONGEST_ID].strip("-")


def query_text(
    query_id: str, title: str, question: str, sql: str, parameters: Sequence[str]
) -> str:
    """The text of the file; each `$name` of the statement becomes a declared text parameter."""
    head: dict[str, Any] = {"id": query_id, "title": title}
    if question:
        head["question"] = question
    head |= {"rev": 1, "status": "experimental"}
    if parameters:
        head["params"] = {name: {"type": "text"} for name in parameters}
    return f"/*+++\n{toml_text(head)}+++*/\n{without_end(sql).strip()}\n"


def save_query(
    case: Case, query_id: str, title: str, question: str, sql: str, parameters: Sequence[str]
) -> Path:
    """Write `queries/<id>.sql` of a case, which runs where the case was trusted before.

    Raises UsageError for a missing title, an id that is taken and one that reads like a shipped
    one.
    """
    folder = case.queries_path
    if not title or not query_id:
        raise UsageError("A saved query needs a title with letters or digits.")
    target = folder / f"{query_id}.sql"
    text = query_text(query_id, title, question, sql, parameters)
    query = parse_query(text, target, pack=folder.name, trust=CASE)
    before = read_case_files(case)
    check_new(query, before)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise UsageError(
            f"The query {query_id} is there already.", hint="Choose another title."
        ) from None
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        if folder.stat().st_mode & 0o020:
            os.fchmod(out.fileno(), 0o660)  # a team's folder: the others run it too
    trust_saved(before, f"{FOLDER}/{target.name}", text.encode("utf-8"))
    return target
