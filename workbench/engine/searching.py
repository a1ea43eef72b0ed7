"""Looks through the rows of open results: the next one that holds a text; two runs compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars

from workbench.engine.results import Result
from workbench.errors import Cancelled, WorkbenchError

_MAX_ROWS_COMPARED = 5_000_000
CHANGE = "change"


def find_row(
    result: Result, text: str, first: int, backwards: bool, cancelled: Callable[[], bool]
) -> int | None:
    """The next row from `first` on that holds `text` in any cell, upper or lower case; None where
    there is none among the rows that are here. Raises Cancelled."""
    wanted = text.lower()
    for begin, frame in result.frames(first, backwards):
        if cancelled():
            raise Cancelled("The search was cancelled.")
        holds = polars.any_horizontal(
            polars.all().cast(polars.String).str.to_lowercase().str.contains(wanted, literal=True)
        )
        hits = frame.select(holds.fill_null(False).arg_true()).to_series()
        if len(hits):
            return begin + int(hits[-1 if backwards else 0])
    return None


@dataclass(frozen=True)
class Compared:
    """What differs between two results, and by what rows were matched."""

    frame: polars.DataFrame
    key: str
    added: int
    gone: int
    changed: int


def compare(before: Result, after: Result) -> Compared:
    """Rows that were added, gone, or changed between two runs.

    Rows are matched by the first column where it tells them apart in both runs; else whole rows
    are compared and nothing counts as changed. Raises WorkbenchError where they cannot be
    compared.
    """
    names = [column.name for column in after.columns]
    if [column.name for column in before.columns] != names:
        raise WorkbenchError("The two results have different columns.", hint="Compare two runs.")
    for result in (before, after):
        if not result.exact or result.rows > _MAX_ROWS_COMPARED:
            raise WorkbenchError(
                f"Only whole results of at most {_MAX_ROWS_COMPARED:,} rows are compared.",
                hint="Read both to their end (G), or narrow the query.",
            )
    old, new = before.whole(), after.whole()
    key = old.columns[0]
    if old[key].n_unique() == old.height and new[key].n_unique() == new.height:
        return _by_key(old, new, key, names[0])
    return _by_row(old, new)


def _by_key(old: polars.DataFrame, new: polars.DataFrame, key: str, name: str) -> Compared:
    added = new.join(old, on=key, how="anti", nulls_equal=True)
    gone = old.join(new, on=key, how="anti", nulls_equal=True)
    both = new.join(old, on=key, how="inner", nulls_equal=True, suffix="_was")
    others = [column for column in new.columns if column != key]
    differs = [polars.col(one).ne_missing(polars.col(f"{one}_was")) for one in others]
    changed = both.filter(polars.any_horizontal(differs)) if differs else both.clear()
    shown = [
        polars.when(polars.col(one).ne_missing(polars.col(f"{one}_was")))
        .then(polars.concat_str(_text(f"{one}_was"), polars.lit(" → "), _text(one)))
        .otherwise(polars.col(one).cast(polars.String))
        .alias(one)
        for one in others
    ]
    frame = polars.concat(
        [
            _labelled(added, "added"),
            _labelled(gone, "gone"),
            _labelled(changed.select(polars.col(key), *shown).select(new.columns), "changed"),
        ]
    )
    return Compared(frame, name, added.height, gone.height, changed.height)


def _by_row(old: polars.DataFrame, new: polars.DataFrame) -> Compared:
    added, gone = _more_often(new, old), _more_often(old, new)
    frame = polars.concat([_labelled(added, "added"), _labelled(gone, "gone")])
    return Compared(frame, "whole rows", added.height, gone.height, 0)


def _more_often(here: polars.DataFrame, there: polars.DataFrame) -> polars.DataFrame:
    """Rows that the one has and the other has not, each as often as it is there more."""
    columns = here.columns
    ours, theirs = (one.group_by(columns).len("times") for one in (here, there))
    both = ours.join(theirs, on=columns, how="left", nulls_equal=True, suffix="_there")
    more = polars.col("times").cast(polars.Int64) - polars.col("times_there").fill_null(0)
    times = both.select(more.clip(lower_bound=0)).to_series()
    rows = polars.int_range(both.height, eager=True)
    return both.select(columns)[rows.repeat_by(times).explode(empty_as_null=False)]


def _text(column: str) -> polars.Expr:
    return polars.col(column).cast(polars.String).fill_null("NULL")


def _labelled(frame: polars.DataFrame, change: str) -> polars.DataFrame:
    label = polars.lit(change).alias(CHANGE)
    return frame.select(label, polars.all().cast(polars.String)).sort(frame.columns)
