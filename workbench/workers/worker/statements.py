"""The worker's jobs that run a whole statement: exports, digests, what a statement needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.workers.protocol import Message
from workbench.workers.worker.context import Context

if TYPE_CHECKING:
    import duckdb


class Statements:
    """Each runs on a cursor of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def _with_relation(
        self,
        message: Message,
        work: Callable[[duckdb.DuckDBPyRelation], None],
        *,
        bare: bool = False,
    ) -> None:
        session = self._context.session
        inspection = session.inspect(message["sql"])
        with session.cursor(bare=bare) as cursor:
            self._context.stoppable(int(message["job"]), cursor.interrupt)
            work(session.relation(cursor, inspection, message.get("parameters", {})))

    def export(self, message: Message) -> None:
        """Write a whole result into the spill folder."""
        from workbench.engine.export import export_relation

        job, form = int(message["job"]), str(message["format"])
        target = self._context.spill / f"export-{job}.{form}"

        def write(relation: duckdb.DuckDBPyRelation) -> None:
            written = export_relation(relation, form, target, message.get("limit"))
            self._context.say(
                "exported", job, file=target.name, rows=written.rows, bytes=written.bytes,
                sha256=written.sha256, more=written.more, columns=list(relation.columns),
            )  # fmt: skip

        self._with_relation(message, write)

    def digest(self, message: Message) -> None:
        """Row count and SHA-256 of a result's JSONL form."""
        from workbench.engine.export import result_digest

        def digest(relation: duckdb.DuckDBPyRelation) -> None:
            rows, sha256 = result_digest(relation)
            self._context.say("digested", int(message["job"]), rows=rows, sha256=sha256)

        self._with_relation(message, digest, bare=True)

    def plan(self, message: Message) -> None:
        """How the engine would run a statement, or how it ran it."""
        from workbench.engine.plans import plan_lines

        session, job = self._context.session, int(message["job"])
        inspection = session.inspect(message["sql"])
        with session.cursor() as cursor:
            self._context.stoppable(job, cursor.interrupt)
            given = message.get("parameters", {})
            text = session.plan(cursor, inspection, given, bool(message["measure"]))
        self._context.say("planned", job, lines=plan_lines(text))

    def inspect(self, message: Message) -> None:
        """The parameters and tables of a statement; nothing runs."""
        found = self._context.session.inspect(message["sql"])
        self._context.say(
            "inspected", int(message["job"]), parameters=sorted(found.parameters),
            tables=sorted(found.tables),
        )  # fmt: skip
