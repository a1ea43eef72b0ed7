"""The engine's errors as sentences for here: what it advises to set or install cannot be done."""

from __future__ import annotations

import re

SPELL_OUT = "PIVOT needs its values spelled out: … ON column IN ('a', 'b') …"

# A setting that an advice names, and what can be done here instead.
_INSTEAD = (
    (("pivot_limit",), SPELL_OUT),
    (("max_expression_depth",), "Write it flatter: IN (…) or a list instead of many ORs."),
    (("scalar_subquery_error_on_multiple_rows",),
     "Let the subquery give one row: max(…), any_value(…), or LIMIT 1."),
    (("memory_limit", "preserve_insertion_order"),
     "Narrow it (fewer columns, a WHERE, a LIMIT) or raise engine.memory_mib."),
    (("temp_directory",), "Narrow it (fewer columns, a WHERE, a LIMIT) or raise engine.spill_mib."),
    (("error_on_division_by_zero",), "Write TRY(…), or divide by nullif(…, 0)."),
    (("lambda_syntax",), "Write lambda x: … instead of x -> …"),
    (("order_by_non_integer_literal",), "Order by a column, or by its number."),
    (("old_implicit_casting",), "Write the cast: CAST(… AS VARCHAR)."),
    (("timezone", "icu"), "Times here are UTC timestamps; write timezone('…', column)."),
)  # fmt: skip
_GENERAL = "Settings and extensions cannot be changed here; write the statement another way."
_ADVISES = re.compile(
    r"\b(?:SET|RESET)\s+(?:GLOBAL\s+|SESSION\s+|LOCAL\s+)?[`'\"]?[a-z]\w+[`'\"]?(?:\s*=|\s+TO\b|\s+by\b)"
    r"|\bPRAGMA\s+\w+|\b(?:FORCE\s+)?INSTALL\s+['<]?\w|\bLOAD\s+['<]?\w+|\bATTACH\b.*\boption"
    r"|\bCALL\s+\w+\(|\bSET\s+(?:SESSION\s+|GLOBAL\s+)?\w+\s*=",
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`*])|\n+")
_LEFT_ALONE = re.compile(
    r"(?:Possible solutions|See (?:also|the docs)|For more info|Please try|You can adjust)", re.I
)
_LEADS_TO_IT = re.compile(r"[,;.(]\s*(?:use|try|please|or|to|enable|by)?\s*[\"'`]?$")
_MARKED = re.compile(r"^LINE \d+:", re.MULTILINE)


def sentence_here(text: str) -> tuple[str, str]:
    """An error of the engine without advice that cannot be followed, and what can be done instead:
    an empty text where nothing was left out."""
    marked = _MARKED.search(text)
    head, tail = (text[: marked.start()], text[marked.start() :]) if marked else (text, "")
    if not _ADVISES.search(head):
        return text, ""
    kept = [
        part for part in _SENTENCE.split(head)
        if part.strip() and not _ADVISES.search(part) and not _LEFT_ALONE.match(part.strip())
    ]  # fmt: skip
    said = "\n".join(kept).strip() or _before_advice(head)
    hint = next(
        (what for names, what in _INSTEAD if any(name in head.lower() for name in names)), _GENERAL
    )
    return f"{said}\n\n{tail}".strip() if tail else said, hint


def _before_advice(head: str) -> str:
    """What a single sentence says before it comes to its advice."""
    match = _ADVISES.search(head)
    begun = head[: match.start()] if match else head
    cut = _LEADS_TO_IT.split(begun.rstrip(), maxsplit=1)
    words = cut[0].strip().rstrip(",;(")
    return f"{words}." if words else "The engine cannot do this."
