"""Questions about a result, as statements around the one that gave it: the engine answers them.

Each takes the statement that gave the rows and returns another; names are quoted, values bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.sql.quoting import identifier, literal
from workbench.sql.tokens import without_end

LOCAL = "_local"  # ends the name of a column of local time
_BINS = 20
_BAR = 24
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*\d+\)")


def _of(sql: str) -> str:
    return f"(\n{without_end(sql).strip()}\n)"


def sorted_by(sql: str, column: str, descending: bool) -> str:
    """The rows in the order of a column."""
    order = "DESC" if descending else "ASC"
    return f"SELECT * FROM {_of(sql)} ORDER BY {identifier(column)} {order} NULLS LAST"


def equal_to(sql: str, column: str, kind: str, parameter: str) -> str:
    """The rows whose column of type `kind` is the text bound to `$parameter`, or NULL."""
    name, value = identifier(column), f"${parameter}"
    # The engine writes these otherwise than Python does; of all others it gave the text itself.
    if kind in ("BOOLEAN", "FLOAT", "DOUBLE"):
        value = f"CAST({value} AS {kind})"
    else:
        name = f"CAST({name} AS VARCHAR)"
    return f"SELECT * FROM {_of(sql)} WHERE {name} IS NOT DISTINCT FROM {value}"


def holding(sql: str, condition: str) -> str:
    """The rows for which a condition holds that the analyst wrote."""
    return f"SELECT * FROM {_of(sql)} WHERE (\n{condition}\n)"


def frequency(sql: str, column: str) -> str:
    """Each value of a column with its count, share and a bar; the most frequent first."""
    name = identifier(column)
    return f"""SELECT {name}, n, round(100.0 * n / sum(n) OVER (), 2) AS percent,
       bar(n, 0, max(n) OVER (), {_BAR}) AS share
FROM (SELECT {name}, count(*) AS n FROM {_of(sql)} GROUP BY {name})
ORDER BY n DESC, {name} NULLS LAST"""


def described(sql: str, kinds: Mapping[str, str] | None = None) -> str:
    """One row a column: type, rows, share of NULL, distinct values, smallest to largest.

    `kinds` are the types of the columns by name: the engine's SUMMARIZE ends with an error at dates
    after 2262 and where a sum of huge numbers overflows, so these are widened before.
    """
    rows, kind = _of(sql), "column_type"
    wider = {name: _wider(of) for name, of in (kinds or {}).items()}
    if changed := {name: to for name, to in wider.items() if to}:
        casts = ", ".join(
            f"TRY_CAST({identifier(name)} AS {to}) AS {identifier(name)}"
            for name, to in changed.items()
        )
        rows = f"(SELECT * REPLACE ({casts}) FROM {rows})"
        types = " ".join(
            f"WHEN {literal(name)} THEN {literal((kinds or {})[name])}" for name in changed
        )
        kind = f"CASE column_name {types} ELSE column_type END AS column_type"
    return f"""SELECT column_name, {kind}, "count" AS rows, null_percentage AS null_percent,
       approx_unique AS about_distinct, min, q25, q50, q75, max, avg, std
FROM (SUMMARIZE {rows})"""


def _wider(kind: str) -> str:
    """A type that holds all of another and can be summed, or nothing where it is fine itself."""
    if kind in ("DATE", "TIMESTAMP_S", "TIMESTAMP_MS"):
        return "TIMESTAMP"
    wide = _DECIMAL.fullmatch(kind)
    return "DOUBLE" if kind == "HUGEINT" or (wide and int(wide.group(1)) > 18) else ""


def histogram(sql: str, column: str, moments: bool) -> str:
    """Counts of a column of numbers (or of moments) in equal bins, with bars."""
    name = identifier(column)
    value = f"epoch({name})" if moments else f"CAST({name} AS DOUBLE)"
    edge = "make_timestamp(CAST(({}) * 1000000 AS BIGINT))" if moments else "{}"
    low = edge.format(f"low + bin * (high - low) / {_BINS}")
    high = edge.format(f"low + (bin + 1) * (high - low) / {_BINS}")
    return f"""WITH given AS (SELECT {value} AS v FROM {_of(sql)}),
finite AS (SELECT v FROM given WHERE v IS NOT NULL AND isfinite(v)),
span AS (SELECT min(v) AS low, max(v) AS high FROM finite),
bins AS (
    SELECT CAST(CASE WHEN high > low
                THEN least({_BINS} - 1, floor({_BINS} * (v - low) / (high - low)))
                ELSE 0 END AS INTEGER) AS bin, count(*) AS n
    FROM finite, span GROUP BY ALL)
SELECT {low} AS "from", {high} AS "to", coalesce(n, 0) AS n,
       bar(coalesce(n, 0), 0, max(n) OVER (), {_BAR}) AS share
FROM range({_BINS}) AS every(bin) CROSS JOIN span
LEFT JOIN bins USING (bin)
WHERE low IS NOT NULL AND (high > low OR bin = 0)
ORDER BY bin"""


def first_cells(table: str, column: str, most: int) -> str:
    """A column of the first rows of a table, in no order."""
    return f"SELECT {identifier(column)} FROM {identifier(table)} LIMIT {int(most)}"


def common_values(sql: str, column: str, most: int) -> str:
    """The most frequent values of a column, as text."""
    name = identifier(column)
    return (
        f"SELECT CAST({name} AS VARCHAR) AS value FROM {_of(sql)} GROUP BY {name} "
        f"ORDER BY count(*) DESC, {name} NULLS LAST LIMIT {int(most)}"
    )


def pivot(sql: str, rows: str, across: str, values: Sequence[str | None]) -> str:
    """Counts of `rows` by the values of `across`, each of which is bound to `$across_N`."""
    name, other = identifier(rows), identifier(across)
    counts = "".join(
        f",\n       count(*) FILTER (WHERE CAST({other} AS VARCHAR) IS NOT DISTINCT FROM "
        f"$across_{at}) AS {identifier((value or 'NULL')[:40])}"
        for at, value in enumerate(values)
    )
    return f"""SELECT {name}, count(*) AS n{counts}
FROM {_of(sql)} GROUP BY {name} ORDER BY n DESC, {name} NULLS LAST"""


def row_counts(tables: Sequence[str]) -> str:
    """Rows of each table: name, rows."""
    return "\nUNION ALL ".join(
        f"SELECT {literal(table)} AS name, count(*) AS rows FROM {identifier(table)}"
        for table in tables
    )


def beside_local(sql: str, columns: Sequence[tuple[str, str]], zone: str) -> str:
    """The rows with a column `NAME_local` behind each TIMESTAMP column, which is in UTC."""
    taken = {name.lower() for name, _ in columns}
    terms = []
    for name, kind in columns:
        terms.append(identifier(name))
        local = f"{name}{LOCAL}"
        if kind == "TIMESTAMP" and local.lower() not in taken:
            utc = f"timezone('UTC', {identifier(name)})"
            terms.append(f"timezone({literal(zone)}, {utc}) AS {identifier(local)}")
    if len(terms) == len(columns):
        return sql
    return f"SELECT {', '.join(terms)} FROM {_of(sql)}"


def by_day(sql: str, column: str) -> str:
    """Rows a day."""
    name = identifier(column)
    return (
        f"SELECT CAST({name} AS DATE) AS day, count(*) AS n FROM {_of(sql)} "
        f"WHERE isfinite({name}) GROUP BY day ORDER BY day"
    )


def by_hour(sql: str, column: str) -> str:
    """Rows by weekday (1 Monday) and hour, UTC."""
    name = identifier(column)
    return (
        f"SELECT isodow({name}) AS weekday, hour({name}) AS hour, count(*) AS n FROM {_of(sql)} "
        f"WHERE isfinite({name}) GROUP BY ALL ORDER BY weekday, hour"
    )
