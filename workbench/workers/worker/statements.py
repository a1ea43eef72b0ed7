"""The worker's jobs that run a whole statement: exports, digests, plans, what one needs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from workbench.sql.pivots import any_values
from workbench.workers.messages import (
    Digest,
    Digested,
    Export,
    Exported,
    Inspect,
    Inspected,
    Plan,
    Planned,
)
from workbench.workers.worker.context import Context

if TYPE_CHECKING:
    import duckdb


class Statements:
    """Each runs on a cursor of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def _with_relation(
        self,
        job: int,
        request: Export | Digest,
        work: Callable[[duckdb.DuckDBPyRelation], None],
        hide: Collection[str] | None = None,
    ) -> None:
        session = self._context.session
        inspection = session.inspect(self._spelled_out(job, request, hide))
        with session.cursor(inspection.tables, hide=hide, plans=inspection.explains) as cursor:
            self._context.stoppable(job, cursor.interrupt)
            work(session.relation(cursor, inspection, dict(request.parameters)))

    def _spelled_out(
        self, job: int, request: Export | Digest | Plan, hide: Collection[str] | None = None
    ) -> str:
        from workbench.engine.pivoting import with_pivots

        def running(cursor: duckdb.DuckDBPyConnection) -> None:
            self._context.stoppable(job, cursor.interrupt)

        given = dict(request.parameters)
        return with_pivots(self._context.session, request.sql, given, running, hide)

    def export(self, job: int, request: Export) -> None:
        """Write a whole result into the spill folder."""
        from workbench.engine.export import export_relation

        target = self._context.spill / f"export-{job}.{request.format}"

        def write(relation: duckdb.DuckDBPyRelation) -> None:
            written = export_relation(relation, request.format, target, request.limit)
            columns = list(relation.columns)
            self._context.say(
                job,
                Exported(
                    target.name, written.rows, written.bytes, written.sha256, written.more, columns
                ),
            )

        self._with_relation(job, request, write)

    def digest(self, job: int, request: Digest) -> None:
        """Row count and SHA-256 of a result's JSONL form, as the policy lets it be seen.

        What is shown of one account does not change it. Evidence of before masks, or of somebody
        who saw the cells, has the digest of the cells as they are: it is compared, never told.
        """
        from workbench.engine.export import result_digest

        found: list[tuple[int, str]] = []

        def digest(relation: duckdb.DuckDBPyRelation) -> None:
            found.append(result_digest(relation))

        session = self._context.session
        self._with_relation(job, request, digest, session.hidden)
        others = [list(session.hidden), *request.masks]
        inspection = session.inspect(self._spelled_out(job, request))
        masked = any(session.hides(inspection, columns) for columns in others)
        for hide in [[], *request.masks] if request.then and masked else []:
            if request.then in (sha256 for _, sha256 in found):
                break
            self._with_relation(job, request, digest, hide)
        same = request.then in [sha256 for _, sha256 in found]
        self._context.say(job, Digested(*found[0], masked, same))

    def plan(self, job: int, request: Plan) -> None:
        """How the engine would run a statement, or how it ran it."""
        from workbench.engine.plans import plan_lines

        session = self._context.session
        inspection = session.inspect(self._spelled_out(job, request))
        with session.cursor(inspection.tables, plans=True) as cursor:
            self._context.stoppable(job, cursor.interrupt)
            text = session.plan(cursor, inspection, dict(request.parameters), request.measure)
        self._context.say(job, Planned([list(line) for line in plan_lines(text)]))

    def inspect(self, job: int, request: Inspect) -> None:
        """The parameters and tables of a statement; nothing runs."""
        found = self._context.session.inspect(any_values(request.sql))
        self._context.say(job, Inspected(sorted(found.parameters), sorted(found.tables)))
