"""The case packet: a folder that a second analyst, or a court, can check with a bare Python.

It holds the report, every result it shows in full, the queries they come from, a copy of the
ledger, the two stand-alone verifiers and the digests of all of it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench import __version__
from workbench.audit import standalone
from workbench.audit.records.list_contents import MAX_FILE_BYTES
from workbench.case.open_file import copy_case_file
from workbench.decisions.policy_hooks import note_report
from workbench.decisions.service import CaseService
from workbench.decisions.verify import verify_case
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.library import Library
from workbench.report.decided import NAMES, decided
from workbench.report.exhibits import Exhibit, ExhibitFolder
from workbench.report.pages import (
    Command,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Part,
    as_html,
    as_markdown,
)
from workbench.workers.host.sync_client import QueryClient

_CAMPAIGN = (
    ("The campaign", "campaign-card"),
    ("What it drew, at least and at most", "campaign-volume"),
    ("Its clusters", "campaign-clusters"),
    ("Its members, the least sure first", "campaign-members"),
)
_CLUSTER = (
    ("The cluster", "cluster-card"),
    ("What links it", "cluster-evidence"),
    ("What its scores are made of", "cluster-components"),
    ("Its members", "cluster-members"),
    ("What they asked", "cluster-examples"),
)
_LIMITS = (
    "This packet shows evidence about access patterns. It claims no intent, nationality or guilt; "
    "no country is an input of any score.",
    "Scores are the tool's proposal; what counts is the decisions, each with who made it, why, "
    "what speaks against it and what it rests on.",
    "Cutting the end of the ledger or rewriting all of it shows only against a checkpoint that "
    "was kept elsewhere.",
)


@dataclass(frozen=True)
class Subject:
    """What a packet is about: the whole case, or one cluster or campaign."""

    kind: str = "case"
    name: str = ""


class Packet:
    """Writes one packet into a new folder."""

    def __init__(
        self,
        service: CaseService,
        client: QueryClient,
        library: Library,
        span: ExtractSpan,
        folder: Path,
    ) -> None:
        if folder.exists():
            raise UsageError(f"{folder} exists; nothing was written.", hint="Give a new folder.")
        self._service = service
        self._folder = folder
        self._unfinished = folder.with_name(f".{folder.name}.unfinished")
        shutil.rmtree(self._unfinished, ignore_errors=True)
        try:
            self._unfinished.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise WorkbenchError(
                f"{folder} cannot be made: {error.strerror}.", hint="Give another folder with -o."
            ) from error
        self._mask = client.mask
        self._exhibits = ExhibitFolder(self._unfinished / "data", client, library, span)

    def write(self, subject: Subject) -> int:
        """Write everything and record it; returns the number of files.

        A packet is there whole or not at all. Raises WorkbenchError where the disk or the ledger
        refuses, and where there is no such subject.
        """
        try:
            title = f"Case {self._service.case_name}"
            if subject.name:
                title += f", {subject.kind} {subject.name}"
            parts = [*self._opening(title), *self._body(subject)]
            (self._unfinished / "report.md").write_text(as_markdown(parts), encoding="utf-8")
            (self._unfinished / "report.html").write_text(as_html(title, parts), encoding="utf-8")
            self._add_queries(parts)
            self._add_ledger()
            files = self._add_sums()
            digest = hashlib.sha256((self._unfinished / "SHA256SUMS").read_bytes()).hexdigest()
            note_report(
                self._service, subject.kind, subject.name, self._folder, files=files, sha256=digest
            )
            self._unfinished.rename(self._folder)
        except OSError as error:
            raise WorkbenchError(
                f"The packet could not be written: {error.strerror}.",
                hint="Free some space, or give another folder with -o.",
            ) from error
        finally:
            shutil.rmtree(self._unfinished, ignore_errors=True)
        return files

    def _opening(self, title: str) -> Iterator[Part]:
        case = self._service.case.manifest
        head = self._service.read(lambda ledger: ledger.head)
        yield Heading(title, 1)
        yield Facts(
            (
                ("case id", case.case_id),
                ("generation", str(self._service.generation)),
                ("loaded", case.committed_at),
                ("store SHA-256", case.store_sha256),
                (
                    "analysis",
                    f"{case.analysis}, method {case.revision}" if case.analysis else "none",
                ),
                ("tool", f"workbench {__version__}"),
                ("written by", self._service.analyst),
                ("ledger", f"{head.size:,} records, root {head.root}"),
            )
        )
        for words in self._service.read(lambda ledger: ledger.state.statements()):
            yield Paragraph(f"Stated of this case: {words}.")
        for words in self._older_rules():
            yield Paragraph(f"Warning: {words}.")
        for words in _LIMITS:
            yield Paragraph(words, note=True)
        if self._mask.columns:
            words = f"By the policy of the case these are masked: {self._mask.words()}."
            yield Paragraph(words, note=True)
        yield Heading("How to check this packet")
        yield Command("sha256sum -c SHA256SUMS; python3 -I -S verify.py ledger")
        yield Paragraph(
            "Every table names the query, its revision and the digest of its whole result; on the "
            "case itself `workbench audit replay` runs the evidence of every decision again."
        )

    def _older_rules(self) -> list[str]:
        """What counts because the rules of its day let it, and those of today would not."""
        return verify_case(self._service.case_path, self._service.settings).older_rules

    def _body(self, subject: Subject) -> Iterator[Part]:
        add = self._exhibits.add
        yield Heading("What was loaded")
        yield add("Extracts", "overview-sources", {})
        yield add("What looks odd in them", "overview-warnings", {})
        if subject.kind == "case":
            yield Heading("What was found")
            yield add("Campaigns", "campaigns-list", {})
            yield add("What each campaign drew, at least and at most", "campaign-volume", {})
            yield add("Clusters", "clusters-table", {})
            yield self._decided(None)
            yield add("Decisions in force", "decisions-list", {})
            for row in self._exhibits.records("campaigns-list", {}):
                yield from self._campaign(str(row["campaign_id"]))
            return
        if subject.kind == "campaign":
            yield from self._campaign(subject.name)
        else:
            yield from self._cluster(subject.name)
        rows = self._exhibits.records(f"{subject.kind}-account-ids", {subject.kind: subject.name})
        yield self._decided(frozenset(str(row["account_id"]) for row in rows))

    def _decided(self, accounts: frozenset[str] | None) -> Listing:
        rows = list(decided(self._service, accounts))
        return Listing("What was decided, record by record", NAMES, rows)

    def _campaign(self, campaign: str) -> Iterator[Part]:
        given = {"campaign": campaign}
        clusters = self._exhibits.records("campaign-clusters", given)
        if not clusters:
            raise WorkbenchError(
                f"There is no campaign “{campaign}” in this case.",
                hint=f"See: workbench campaigns list {self._service.case_path}",
            )
        yield Heading(f"Campaign {campaign}")
        for title, query in _CAMPAIGN:
            yield self._exhibits.add(title, query, given)
        for row in clusters:
            if row["cluster_id"] is not None:
                yield from self._cluster(str(row["cluster_id"]))

    def _cluster(self, cluster: str) -> Iterator[Part]:
        given = {"cluster": cluster}
        card = self._exhibits.records("cluster-card", given)
        if not card:
            raise WorkbenchError(
                f"There is no cluster “{cluster}” in this case.",
                hint=f"See: workbench clusters {self._service.case_path}",
            )
        yield Heading(f"Cluster {cluster}")
        missing = card[0].get("missing") or "nothing that the method looks at"
        yield Paragraph(f"In no extract of this case: {missing}.")
        for title, query in _CLUSTER:
            yield self._exhibits.add(title, query, given)

    def _add_queries(self, parts: list[Part]) -> None:
        folder = self._unfinished / "queries"
        folder.mkdir()
        for part in parts:
            if isinstance(part, Exhibit):
                (folder / f"{part.query.id}.sql").write_text(part.query.text, encoding="utf-8")

    def _add_ledger(self) -> None:
        target = self._unfinished / "ledger"
        target.mkdir()
        case = self._service.case
        sets, notes = self._service.read(
            lambda ledger: (sorted(ledger.state.sets), list(ledger.state.checkpoints))
        )
        names = [case.ledger_path.name]
        names += [f"audit.d/sets/{digest}.txt" for digest in sets]
        for note in notes:
            names += [f"audit.d/checkpoints/{note['note']}"]
            names += [f"audit.d/checkpoints/{note['note']}.sig"] if note["sig_sha256"] else []
        for name in dict.fromkeys(names):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # what is lost was said when the ledger was read
                limit = 1 << 62 if name == case.ledger_path.name else MAX_FILE_BYTES
                copy_case_file(case.root, name, target / name, limit)
        for name in ("verify.py", "proof.py", "wb_record.py", "wb_list.py", "wb_keys.py"):
            shutil.copyfile(Path(standalone.__path__[0]) / name, self._unfinished / name)

    def _add_sums(self) -> int:
        files = sorted(path for path in self._unfinished.rglob("*") if path.is_file())
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  "
            f"{path.relative_to(self._unfinished).as_posix()}\n"
            for path in files
        ]
        (self._unfinished / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
        return len(files) + 1
