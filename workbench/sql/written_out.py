"""A statement with its values in it, as somebody would paste it; what runs here binds them."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.sql.quoting import literal
from workbench.sql.tokens import tokens


def written_out(sql: str, parameters: Mapping[str, object]) -> str:
    """The statement with each `$name` that has a value replaced by it; the others stay."""
    parts, at = [], 0
    for token in tokens(sql):
        name = sql[token.start + 1 : token.end]
        if token.kind == "parameter" and name in parameters:
            parts += [sql[at : token.start], _written(parameters[name])]
            at = token.end
    return "".join([*parts, sql[at:]])


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, float):
        return f"CAST({literal(repr(value))} AS DOUBLE)"
    if isinstance(value, list | tuple):
        if not value:
            return "CAST([] AS VARCHAR[])"
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):  # as the engine's contract has times
        ((kind, text),) = value.items()
        return f"{'DATE' if kind == 'date' else 'TIMESTAMP'} {literal(str(text))}"
    return literal(str(value))
