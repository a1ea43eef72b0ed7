"""A PIVOT that leaves its columns to the data, with the values written out that the data has."""

from __future__ import annotations

from collections.abc import Callable, Collection

import duckdb

from workbench.engine.advice import SPELL_OUT
from workbench.engine.contract import Parameters
from workbench.engine.session import Session, engine_errors
from workbench.engine.syntax_tree import refuse
from workbench.errors import QueryFailed, QueryRefused
from workbench.sql.pivots import OpenPivot, open_pivots, spelled_out

_MAX_PIVOTED = 500  # values of one PIVOT, each of which makes at least a column

Running = Callable[[duckdb.DuckDBPyConnection], object]


def with_pivots(
    session: Session,
    sql: str,
    parameters: Parameters,
    running: Running,
    hide: Collection[str] | None = None,
) -> str:
    """The statement with the values of each such PIVOT written out.

    They are read by a statement that is judged as any other; `running` is given its cursor. Raises
    QueryRefused where they cannot be read, where there are none, or too many.
    """
    while "pivot" in sql.lower() and (found := open_pivots(sql, _MAX_PIVOTED + 1)):
        pivot = found[0]
        values = _values(session, pivot, parameters, running, hide)
        what = f"“{pivot.expression[:80]}”"
        if not values:
            raise refuse(
                f"No row has a value of {what}: PIVOT has no columns to make.",
                "Look at the rows before: SELECT the same without PIVOT.",
            )
        if len(values) > _MAX_PIVOTED:
            raise refuse(f"PIVOT would make more than {_MAX_PIVOTED} columns of {what}.", SPELL_OUT)
        sql = spelled_out(sql, pivot, values)
    return sql


def _values(
    session: Session,
    pivot: OpenPivot,
    parameters: Parameters,
    running: Running,
    hide: Collection[str] | None,
) -> list[str]:
    try:
        inspection = session.inspect(pivot.reads)
        with session.cursor(inspection.tables, hide=hide) as cursor:
            running(cursor)
            relation = session.relation(cursor, inspection, parameters)
            with engine_errors():
                rows = relation.fetchall()
    except (QueryRefused, QueryFailed) as error:
        # Where it points to is in a statement that nobody wrote.
        why = error.message.partition("\n")[0]
        hint = error.hint if isinstance(error, QueryRefused) else SPELL_OUT
        raise refuse(
            f"The values of PIVOT … ON {pivot.expression[:80]} cannot be read: {why}", hint
        ) from error
    return [str(one[0]) for one in rows]
