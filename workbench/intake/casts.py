"""One cell of an extract to one cell of a canonical column, as SQL over the macros of cells.sql."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from workbench.catalog.columns import Column
from workbench.intake.mapping import TIME_UNITS, Condition, Rule, factor
from workbench.sql.quoting import literal

Cell = tuple[str, str]  # an SQL expression and its DuckDB type
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
_FRACTIONAL = ("FLOAT", "DOUBLE", "DECIMAL")
_MOMENTS = ("TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE", "TIMESTAMP WITH TIME ZONE")
_TAKERS = {
    "user": "user_text", "system": "system_text", "answer": "answer_text", "hash": "short_hash",
    "address": "first_address", "count": "list_count",
}  # fmt: skip
_EMPTY_BODIES = ("{}", "[]", "null")
_EMPTY_LISTS = ("{}", "null")  # a list of nothing counts: it is a list
_MARKED = {",": "comma_number", ".": "point_number"}
# What stands in place of a failure where the mapping's `where` keeps a record out of its table.
LEFT_OUT = "~"
_SHOWN = 80  # characters of a failing cell that are told
_REASONS = {
    "TIMESTAMP": "bad_time",
    "BIGINT": "not_a_number",
    "INTEGER": "not_a_number",
    "DOUBLE": "not_a_number",
    "BOOLEAN": "not_a_boolean",
    "VARCHAR": "invalid_utf8",
}


class Failure(NamedTuple):
    """When a cell cannot be taken, why, and what it holds (both SQL; `shown` is short text)."""

    condition: str
    reason: str
    shown: str = "''"


@dataclass(frozen=True, slots=True)
class Cast:
    """The value of a canonical cell, and when it is a reason to reject the record.

    `value` is an SQL expression; of `failures` the first whose condition holds wins.
    """

    column: Column
    value: str
    failures: tuple[Failure, ...] = ()


def extract_casts(
    columns: Sequence[Column],
    rules: Mapping[str, Rule],
    cells: Mapping[str, Cell],
    *,
    telling: bool = False,
) -> tuple[Cast, ...]:
    """The casts of all canonical columns, from the cells of an extract by source field.

    With `telling`, a column that has several sources is followed by the number of the one taken.
    """
    casts = []
    asked = rules.get("prompt", Rule()).sources
    currency = _currency(rules.get("currency"), cells)
    for column in columns:
        rule = rules.get(column.name)
        if rule is None:
            casts.append(Cast(column, f"CAST(NULL AS {column.type})"))
        elif rule.until:
            casts.append(_elapsed(column, rule, cells))
        elif rule.constant is not None:
            casts.append(_cast([(literal(rule.constant), "VARCHAR")], column, rule))
        else:
            given = [
                _valued(_emptied(_taken(cells[source], rule), rule), rule)
                for source in rule.sources
            ]
            if rule.take == "system":
                # What is no body is what was asked, and no system prompt as well.
                given = [
                    (f"system_within({cell})", kind) if source in asked else (cell, kind)
                    for source, (cell, kind) in zip(rule.sources, given, strict=True)
                ]
            made = _cast(given, column, rule)
            if column.name == "amount_minor" and rule.unit == "major":
                made = _in_minor(made, given, column, rule, currency)
            casts.append(made)
            if telling and len(given) > 1:
                told = Column(taken_column(column.name), "TINYINT", "number of the source taken")
                numbers = [str(number) for number in range(1, len(given) + 1)]
                casts.append(Cast(told, _first_there(given, numbers)))
    return tuple(casts)


def _elapsed(column: Column, rule: Rule, cells: Mapping[str, Cell]) -> Cast:
    """A duration between two times; none where either is missing or no time."""
    values = []
    for sources in (rule.sources, rule.until):
        given = [cells[source] for source in sources]
        times = [_moment(name, kind.partition("(")[0], rule) for name, kind in given]
        values.append(times[0] if len(times) == 1 else _first_there(given, times))
    elapsed = f"date_diff('microsecond', {values[0]}, {values[1]})"
    return Cast(column, f"CAST(round({elapsed} / 1000.0) AS BIGINT)")


def _moment(cell: str, base: str, rule: Rule) -> str:
    """SQL of a time of which only the distance to another counts: numbers by their magnitude."""
    if rule.unit or (base != "VARCHAR" and base not in (*_WHOLE, *_WIDE, *_FRACTIONAL)):
        return _time(cell, base, rule)[0]
    return f"any_time(CAST({cell} AS VARCHAR))"


def spanned(casts: Sequence[Cast], span: tuple[str, str]) -> str:
    """SQL: whether a record's time is in the span asked for; empty where none was."""
    time = next((cast.value for cast in casts if cast.column.name == "ts"), None)
    tests = []
    if time is not None and span[0]:
        tests.append(f"coalesce({time} >= TIMESTAMP {literal(span[0])}, true)")
    if time is not None and span[1]:
        tests.append(f"coalesce({time} < TIMESTAMP {literal(span[1])}, true)")
    return " AND ".join(tests)


def _currency(rule: Rule | None, cells: Mapping[str, Cell]) -> str:
    """SQL of the currency of a record; empty where it has none."""
    if rule is None:
        return ""
    if rule.constant is not None:
        return literal(rule.constant)
    listed = [f"CAST({cells[source][0]} AS VARCHAR)" for source in rule.sources]
    return f"coalesce({', '.join(listed)})" if listed else ""


def _in_minor(made: Cast, given: Sequence[Cell], column: Column, rule: Rule, currency: str) -> Cast:
    """An amount in major units: what it is multiplied by is the currency's own."""
    if not currency:
        return made
    scaled = [_cast_one(*cell, column, rule, f"minor_units({currency})") for cell in given]
    values = [one[0] for one in scaled]
    value = values[0] if len(values) == 1 else _first_there(given, values)
    return replace(made, value=value)


def _valued(cell: Cell, rule: Rule) -> Cell:
    """The cell with the words of the file put into ours."""
    if not rule.values:
        return cell
    name, kind = cell
    text = _text(name, kind.partition("(")[0])[0]
    whens = " ".join(
        f"WHEN {literal(given.strip().lower())} THEN {literal(ours)}" for given, ours in rule.values
    )
    return f"CASE lower(trim({text})) {whens} ELSE {text} END", "VARCHAR"


def kept(where: Sequence[Condition], cells: Mapping[str, Cell]) -> str:
    """SQL: whether a record is of the table; empty where all are."""
    tests = []
    for condition in where:
        name, kind = cells[condition.source]
        text = f"lower(trim({_text(name, kind.partition('(')[0])[0]}))"
        listed = ", ".join(literal(value.strip().lower()) for value in condition.values)
        test = f"coalesce({text}, '') IN ({listed})"
        tests.append(f"NOT {test}" if condition.not_these else test)
    return " AND ".join(tests)


def taken_column(name: str) -> str:
    """The column that tells which of its sources a canonical column was taken from."""
    return f"{name} from"


def _taken(cell: Cell, rule: Rule) -> Cell:
    """What a rule takes is taken out of text, whatever the extract's type."""
    name, kind = cell
    base = kind.partition("(")[0]
    return (_text(name, base)[0], "VARCHAR") if rule.take and base != "VARCHAR" else cell


def _emptied(cell: Cell, rule: Rule) -> Cell:
    name, kind = cell
    nothing = _EMPTY_LISTS if rule.take == "count" else _EMPTY_BODIES
    empty = (*rule.empty, *(nothing if rule.take else ()))
    if not empty or kind != "VARCHAR":
        return cell
    listed = ", ".join(map(literal, empty))
    return f"CASE WHEN trim({name}) NOT IN ({listed}) THEN {name} END", kind


def _cast(cells: Sequence[Cell], column: Column, rule: Rule) -> Cast:
    """The first cell that is there; a failure of a cell that is not taken is none."""
    parts = [_cast_one(*cell, column, rule) for cell in cells]
    value = parts[0][0] if len(parts) == 1 else _first_there(cells, [part[0] for part in parts])
    failures: list[Failure] = []
    for at, (_, failed) in enumerate(parts):
        passed = "".join(f"NOT {_there(cell)} AND " for cell in cells[:at])
        failures += [failure._replace(condition=passed + failure.condition) for failure in failed]
    if column.required:
        failures += _required(value, column)
    return Cast(column, value, tuple(failures))


def _first_there(cells: Sequence[Cell], values: Sequence[str]) -> str:
    pairs = zip(cells, values, strict=True)
    return f"CASE {' '.join(f'WHEN {_there(cell)} THEN {value}' for cell, value in pairs)} END"


def _there(cell: Cell) -> str:
    """Whether a cell holds something: blanks and what exports write for nothing do not count."""
    name, kind = cell
    if kind == "VARCHAR":
        return f"(coalesce(trim({name}), '') <> '')"
    if kind in ("FLOAT", "DOUBLE"):
        return f"({name} IS NOT NULL AND NOT isnan({name}))"
    return f"({name} IS NOT NULL)"


def _cast_one(
    cell: str, kind: str, column: Column, rule: Rule, scale: str = ""
) -> tuple[str, list[Failure]]:
    """Cast the SQL expression `cell` of DuckDB type `kind`; text is cast as CSV and JSON are.

    A cell of blanks in a column that is not text counts as missing.
    """
    base = kind.partition("(")[0]
    value, certain = _value(cell, base, column, rule, scale)
    failures: list[Failure] = []
    if not certain:
        shown = f"left(CAST({cell} AS VARCHAR), {_SHOWN})"
        there = f"{cell} IS NOT NULL"
        if base == "VARCHAR" and column.type != "VARCHAR":
            there = f"trim({cell}) <> ''"
        elif base in ("FLOAT", "DOUBLE"):
            there = f"NOT isnan({cell})"
        failed = f"{there} AND {value} IS NULL"
        if column.type in ("BIGINT", "INTEGER") and base == "VARCHAR":
            beyond = f"{failed} AND regexp_full_match({cell}, '\\s*[-+]?[0-9]+\\s*')"
            failures.append(Failure(beyond, "number_out_of_range", shown))
        failures.append(Failure(failed, _REASONS[column.type], shown))
    return value, failures


def failing_cell(casts: tuple[Cast, ...]) -> str | None:
    """An SQL expression: `reason|column|cell` of the first that fails, else NULL; None if none can.

    `failed_parts` takes it apart.
    """
    whens = [
        f"WHEN {failure.condition} THEN "
        f"{literal(f'{failure.reason}|{cast.column.name}|')} || {failure.shown}"
        for cast in casts
        for failure in cast.failures
    ]
    return f"CASE {' '.join(whens)} END" if whens else None


def failed_parts(failed: str) -> tuple[str, str, str]:
    """Reason, column and beginning of the cell, of which the last two may be empty."""
    reason, _, rest = failed.partition("|")
    column, _, cell = rest.partition("|")
    return reason, column, cell


def _required(value: str, column: Column) -> list[Failure]:
    if column.type != "VARCHAR":
        return [Failure(f"{value} IS NULL", "missing_required")]
    return [
        Failure(f"coalesce(trim({value}), '') = ''", "missing_required"),
        Failure(f"contains({value}, chr(0))", "nul_in_id"),
    ]


def _value(cell: str, base: str, column: Column, rule: Rule, scale: str = "") -> tuple[str, bool]:
    if rule.take:
        taken = f"{_TAKERS[rule.take]}({cell})"
        if rule.take == "address":
            taken = f"canonical_ip({taken})"
        return (f"TRY_CAST({taken} AS INTEGER)", False) if rule.take == "count" else (taken, True)
    if column.name == "prompt_hash":
        return f"supplied_hash(CAST({cell} AS VARCHAR))", True
    if column.entity == "ip":
        text, certain = _text(cell, base)
        return f"canonical_ip({text})", certain
    if column.type == "VARCHAR":
        return _text(cell, base)
    if column.type == "TIMESTAMP":
        return _time(cell, base, rule)
    if column.type == "BOOLEAN":
        if base == "BOOLEAN":
            return cell, True
        return f"text_boolean(CAST({cell} AS VARCHAR))", False
    if rule.decimal and base == "VARCHAR":
        cell = f"{_MARKED[rule.decimal]}({cell})"
    if column.type == "DOUBLE":
        return _double(cell, base)
    return _whole(cell, base, column, rule, scale)


def _text(cell: str, base: str) -> tuple[str, bool]:
    if base == "VARCHAR":
        return cell, True
    if base == "BLOB":
        return f"TRY(decode({cell}))", False
    if base in ("STRUCT", "MAP") or base.endswith("]"):
        return f"CAST(to_json({cell}) AS VARCHAR)", True
    return f"CAST({cell} AS VARCHAR)", True


def _double(cell: str, base: str) -> tuple[str, bool]:
    if base == "VARCHAR":
        return f"text_double({cell})", False
    number = f"CAST({cell} AS DOUBLE)" if base in (*_WHOLE, *_WIDE, *_FRACTIONAL) else None
    if number is None:
        return f"TRY_CAST({cell} AS DOUBLE)", False
    # Exports of nullable columns write NaN for "missing".
    return (f"nullif({number}, 'nan'::DOUBLE)" if base in ("FLOAT", "DOUBLE") else number), True


def _whole(cell: str, base: str, column: Column, rule: Rule, scaled: str = "") -> tuple[str, bool]:
    if column.unit == "ms" and base in ("INTERVAL", "TIME"):
        # A duration that says itself what it is.
        return f"CAST(round(epoch(CAST({cell} AS INTERVAL)) * 1000) AS BIGINT)", True
    scale = factor(column, rule.unit) or 1.0
    number = f"text_double({cell})" if base == "VARCHAR" else f"TRY_CAST({cell} AS DOUBLE)"
    rounded = f"TRY_CAST(round({number} * {scaled or repr(scale)}) AS BIGINT)"
    if column.unit == "ms" and base == "VARCHAR":
        rounded = f"coalesce({rounded}, text_duration({cell}))"
    if scale != 1.0 or scaled:
        value, certain = rounded, False
    elif base in _WHOLE:
        value, certain = f"CAST({cell} AS BIGINT)", True
    elif base in _WIDE:
        value, certain = f"TRY_CAST({cell} AS BIGINT)", False
    else:
        exact = f"text_bigint({cell})" if base == "VARCHAR" else f"whole({number})"
        # Clocks report fractions of a millisecond; a fraction of a token is an error.
        value = f"coalesce({exact}, {rounded})" if column.unit == "ms" else exact
        certain = False
    if column.type == "INTEGER":
        narrow = base in ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT")
        return f"TRY_CAST({value} AS INTEGER)", certain and narrow
    return value, certain


def _time(cell: str, base: str, rule: Rule) -> tuple[str, bool]:
    zone = literal(rule.zone or "UTC")
    if rule.unit:
        if rule.unit == "ns":
            return f"epoch_ns_time({cell})", False
        return f"epoch_time({cell}, {TIME_UNITS[rule.unit]})", False
    if base == "VARCHAR":
        if rule.format:
            # A time that says its own offset is not local to the zone.
            zone = literal("UTC") if "%z" in rule.format.lower() else zone
            return f"formatted_time({cell}, {literal(rule.format)}, {zone})", False
        return (f"zoned_time({cell}, {zone})" if rule.zone else f"text_time({cell})"), False
    if base == "TIMESTAMP" and not rule.zone:
        return cell, True
    if base == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({cell} AS TIMESTAMP)", True
    if base in (*_MOMENTS, "TIMESTAMP"):
        local = f"CAST({cell} AS TIMESTAMP)"
        return (f"CAST(timezone({zone}, {local}) AS TIMESTAMP)" if rule.zone else local), True
    return f"TRY_CAST({cell} AS TIMESTAMP)", False
