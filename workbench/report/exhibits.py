"""What a case packet shows: saved queries run for it, each with its file and digest."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.playbooks.binding import Bound, ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import Export

SHOWN = 25


@dataclass(frozen=True)
class Exhibit:
    """One query's result in the packet; `rows` are the first of `total`, the file has them all."""

    title: str
    query: SavedQuery
    parameters: Bound
    file: str
    sha256: str
    total: int
    names: list[str]
    rows: list[list[Any]]

    @property
    def command(self) -> str:
        """The command line that gives the file again, but for the name of the case."""
        given = [
            word
            for name, value in self.parameters.items()
            if value is not None
            for word in ("-p", f"{name}={_word(value)}")
        ]
        words = ["workbench", "run", "CASE", self.query.id, *given, "--format", "jsonl"]
        return shlex.join(words)


def _word(value: object) -> str:
    """A value as the command line takes it; a shell takes it as it is."""
    return str(next(iter(value.values())) if isinstance(value, dict) else value)


class ExhibitFolder:
    """Runs queries and keeps their results, in full and in order, below one folder."""

    def __init__(
        self, folder: Path, client: QueryClient, library: Library, span: ExtractSpan
    ) -> None:
        self.folder = folder
        self._client = client
        self._library = library
        self._span = span
        self._numbers = itertools.count(1)
        folder.mkdir()

    def add(self, title: str, query_id: str, given: Mapping[str, object]) -> Exhibit:
        """Run a shipped query; its file is JSON lines, ASCII, as `--format jsonl` writes them."""
        query = self._library.shipped(query_id)
        parameters = bind(query, given, self._span)
        written = self._client.request(Export(query.sql, parameters, "jsonl"))
        target = self.folder / f"{next(self._numbers):03d}-{query.id}.jsonl"
        data = (self._client.spill / written.file).read_bytes()
        target.write_bytes(data)
        os.unlink(self._client.spill / written.file)
        first = [json.loads(line) for line in data.splitlines()[:SHOWN]]
        return Exhibit(
            title, query, parameters, f"{self.folder.name}/{target.name}",
            hashlib.sha256(data).hexdigest(), written.rows,
            list(first[0]) if first else [], [list(row.values()) for row in first],
        )  # fmt: skip

    def records(self, query_id: str, given: Mapping[str, object]) -> list[dict[str, Any]]:
        """Rows of a small shipped query that is no exhibit itself."""
        query = self._library.shipped(query_id)
        return self._client.records(query.sql, bind(query, given, self._span))
