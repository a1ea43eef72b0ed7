"""Mutants of Python source: one small fault each, made from the syntax tree and exact positions."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip
_COMMUTATIVE = {"max", "min", "maximum", "minimum"}
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True)
class Mutant:
    """One fault: bytes `start` to `end` of a file become `new`; `line` to `last` is the statement.

    `inside` says that the statement is a function's, so that it runs when the function is called.
    """

    start: int
    end: int
    new: str
    kind: str
    line: int
    last: int
    inside: bool

    def applied(self, source: bytes) -> bytes:
        """The file with the fault."""
        return source[: self.start] + self.new.encode() + source[self.end :]


class _Source:
    def __init__(self, text: bytes) -> None:
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )


def mutants(source: bytes) -> list[Mutant]:
    """Every mutant of a file, by position; the same file gives the same list."""
    places = _Source(source)
    found: dict[tuple[int, int, str], Mutant] = {}
    for statement, inside in _statements(ast.parse(source).body, inside=False):
        last = _last_header_line(statement)
        faults: list[tuple[ast.expr | ast.stmt, str, str]] = list(_statement_faults(statement))
        for expression in _expressions(statement):
            faults += ((expression, f"({text})", kind) for text, kind in _faults(expression))
        for node, text, kind in faults:
            start, end = places.span(node)
            if kind == "with body without its guard":
                end = places.span(statement.body[0])[0]  # type: ignore[attr-defined]
                text += source[source.rindex(b":", start, end) + 1 : end].decode()
            mutant = Mutant(start, end, text, kind, statement.lineno, last, inside)
            if mutant.applied(source) != source:
                found.setdefault((start, end, text), mutant)
    return [found[key] for key in sorted(found)]


def _statements(body: list[ast.stmt], *, inside: bool) -> Iterator[tuple[ast.stmt, bool]]:
    for statement in body:
        yield statement, inside
        within = inside or isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, block, []), inside=within)
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _statements(part.body, inside=within)


def _last_header_line(statement: ast.stmt) -> int:
    body = getattr(statement, "body", None)
    if body:
        return int(max(statement.lineno, body[0].lineno - 1))
    return statement.end_lineno or statement.lineno


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement's own, without annotations and the inside of f-strings."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Assert | ast.Global | ast.Nonlocal):
        return
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        waiting: list[ast.AST] = [*statement.args.defaults]
        waiting += (one for one in statement.args.kw_defaults if one is not None)
    elif isinstance(statement, ast.ClassDef):
        return
    else:
        waiting = [
            node
            for name, value in ast.iter_fields(statement)
            if name not in _BLOCKS and name != "annotation"
            for node in (value if isinstance(value, list) else [value])
            if isinstance(node, ast.AST)
        ]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.JoinedStr | ast.Lambda):
            continue
        if isinstance(node, ast.expr):
            yield node
        waiting += ast.iter_child_nodes(node)


def _statement_faults(statement: ast.stmt) -> Iterator[tuple[ast.stmt, str, str]]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.Await):
        yield statement, "pass", "call removed"
    elif isinstance(statement, ast.AugAssign | ast.Delete | ast.Raise | ast.Break | ast.Continue):
        yield statement, "pass", f"{type(statement).__name__.lower()} removed"
    elif isinstance(statement, ast.Assign) and all(
        isinstance(target, ast.Attribute | ast.Subscript) for target in statement.targets
    ):
        yield statement, "pass", "assignment removed"
    elif isinstance(statement, ast.Return) and statement.value is not None:
        if not (isinstance(statement.value, ast.Constant) and statement.value.value is None):
            yield statement, "return None", "nothing returned"
    elif isinstance(statement, ast.With) and all(
        one.optional_vars is None for one in statement.items
    ):
        yield statement, "if True:", "with body without its guard"
    elif isinstance(statement, ast.Try):
        for handler in statement.handlers:
            if not isinstance(handler.body[0], ast.Raise):
                yield handler.body[0], "raise", "error not handled"


def _faults(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Texts to stand in the place of an expression, and what each of them is."""
    match node:
        case ast.Compare(ops=[operator]):
            for other in _COMPARE[type(operator)]:
                yield _changed(node, ops=[other()]), "comparison"
        case ast.BoolOp(op=operator, values=values):
            opposite = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield _changed(node, op=opposite), "and/or"
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                text = _changed(node, values=rest) if len(rest) > 1 else ast.unparse(rest[0])
                yield text, "condition dropped"
        case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
            if not isinstance(node.left, ast.JoinedStr) and not isinstance(node.left, ast.Constant):
                yield _changed(node, op=_ARITHMETIC[type(operator)]()), "arithmetic"
        case ast.UnaryOp(operand=operand):
            yield ast.unparse(operand), "sign or not removed"
        case ast.IfExp(test=test):
            yield _changed(node, test=ast.UnaryOp(ast.Not(), test)), "condition turned round"
        case ast.Await(value=value):
            yield ast.unparse(value), "await dropped"
        case ast.Constant(value=bool() as value):
            yield repr(not value), "constant"
        case ast.Constant(value=int() | float() as value):
            yield repr(value + 1), "constant"
            if value or isinstance(value, int):
                yield repr(value - 1 if isinstance(value, int) else value / 2), "constant"
        case ast.Call(args=args, keywords=keywords):
            if _order_matters(node):
                yield _changed(node, args=[args[1], args[0], *args[2:]]), "arguments swapped"
            for place, keyword in enumerate(keywords):
                if keyword.arg is not None:
                    rest_of = keywords[:place] + keywords[place + 1 :]
                    yield _changed(node, keywords=rest_of), "keyword dropped"


def _order_matters(call: ast.Call) -> bool:
    """Whether the first two arguments could be mistaken for one another and differ."""
    name = ast.unparse(call.func).rpartition(".")[2]
    first = call.args[:2]
    return (
        len(first) == 2
        and name not in _COMMUTATIVE
        and not any(isinstance(one, ast.Starred) for one in first)
        and ast.dump(first[0]) != ast.dump(first[1])
    )


def _changed(node: ast.expr, **changes: object) -> str:
    other = copy.copy(node)
    for name, value in changes.items():
        setattr(other, name, value)
    return ast.unparse(ast.fix_missing_locations(other))
