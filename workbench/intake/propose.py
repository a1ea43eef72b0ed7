"""A mapping proposed for a file that no profile knows: by names, by what the values are."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.catalog.columns import Column
from workbench.catalog.extracts import EXTRACTS, extract_columns, required_columns
from workbench.intake.fields import Field
from workbench.intake.synonyms import TABLES, Names
from workbench.text.sanitize import safe_text

# From here on a proposal is taken with --yes.
SURE = 0.7
_LEAST = 0.55
_STRONG = 0.85
_UNIQUE = ("exchange_id", "payment_id")
_SPENT_ONCE = frozenset(("prompt", "system_prompt"))
_BY_VALUE = {"ip": "address", "tls_fingerprint": "tls", "email": "email"}
_UNITS = (
    (re.compile(r"(_|\b)(ms|millis|milliseconds|msec)$"), "ms"),
    (re.compile(r"(_|\b)(s|sec|secs|seconds)$"), "s"),
    (re.compile(r"(_|\b)(us|micros|microseconds)$"), "us"),
    (re.compile(r"(_|\b)(ns|nanos|nanoseconds)$|event\.duration$|total_duration$"), "ns"),
)
_WORK = ("model", "input_tokens", "output_tokens", "prompt", "response")


@dataclass(frozen=True, slots=True)
class Pick:
    """The field proposed for a column, how sure (0..1), and the entry of the mapping."""

    column: str
    field: Field
    score: float
    unit: str = ""
    take: str = ""
    others: tuple[Field, ...] = ()

    @property
    def entry(self) -> str:
        """As a mapping writes it."""
        sources = [self.field.path, *(one.path for one in self.others)]
        listed = ", ".join(map(_quoted, sources))
        given = _quoted(sources[0]) if len(sources) == 1 else f"[{listed}]"
        extra = "".join(
            f", {name} = {_quoted(value)}"
            for name, value in (("unit", self.unit), ("take", self.take))
            if value
        )
        return f"{{ from = {given}{extra} }}" if extra else given


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for one table, and how sure its required columns are (0..1)."""

    table: str
    picks: tuple[Pick, ...]
    confidence: float
    records: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def toml(self) -> str:
        """The mapping, ready to save."""
        lines = [f"# Proposed; how sure its required columns are: {self.confidence:.0%}."]
        lines += [f"# {note}" for note in self.notes]
        lines.append(f"[{self.table}]")
        if self.records:
            lines.append(f"records = {_quoted(self.records)}")
        for pick in self.picks:
            example = safe_text(str(pick.field.values[0]).strip(), 40) if pick.field.values else ""
            about = f"{pick.field.fill:.0%} filled" + (f", as {example}" if example else "")
            lines.append(f"{pick.column} = {pick.entry}  # {about}")
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def propose(fields: Sequence[Field], wanted: str = "", records: str = "") -> Proposal | None:
    """The best mapping for the fields; None where not even its required columns are found."""
    found = [one for name in TABLES if (one := _for_table(name, fields, records)) is not None]
    if wanted:
        return next((one for one in found if one.table == wanted), None)
    return max(found, key=_rank, default=None)


def _rank(proposal: Proposal) -> tuple[float, float]:
    columns = {pick.column: pick.score for pick in proposal.picks}
    strong = {name for name, score in columns.items() if score >= _STRONG}
    fits = {
        "exchanges": sum(name in columns for name in _WORK) >= 2,
        "payments": {"amount_minor", "currency"} <= strong,
        "accounts": bool({"email", "created_at"} & strong) and _one_each(proposal, "account_id"),
        "sightings": "ip" in columns,
        "api_keys": {"api_key_id", "created_at"} <= strong and _one_each(proposal, "api_key_id"),
    }
    order = {"payments": 0.3, "exchanges": 0.4, "accounts": 0.2, "api_keys": 0.05}
    return fits[proposal.table] + order.get(proposal.table, 0.1), proposal.confidence


def _one_each(proposal: Proposal, column: str) -> bool:
    """Whether every record has a value of its own."""
    picked = next((pick.field for pick in proposal.picks if pick.column == column), None)
    return picked is not None and len(picked.distinct) >= min(picked.filled, 200)


def _for_table(table: str, fields: Sequence[Field], records: str) -> Proposal | None:
    picks = picked(table, fields)
    required = required_columns(EXTRACTS[table])
    if any(name not in picks for name in required):
        return None
    confidence = min((picks[name].score for name in required), default=0.0)
    evidence = sum(name in picks for name in _WORK)
    if table == "exchanges" and evidence < 2:
        confidence *= 0.75
    ordered = [
        picks[column.name] for column in extract_columns(EXTRACTS[table]) if column.name in picks
    ]
    return Proposal(table, tuple(ordered), round(confidence, 2), records, _notes(picks, fields))


def _notes(picks: Mapping[str, Pick], fields: Sequence[Field]) -> tuple[str, ...]:
    account = picks.get("account_id")
    if account is None:
        return ()
    notes = []
    if account.field.records >= 10 and len(account.field.distinct) == 1:
        notes.append(f"{safe_text(account.field.path, 60)} is the same in every record looked at.")
    rivals = [one for one in fields if one is not account.field and one.filled
              and _named(one, TABLES["exchanges"]["account_id"]) > _STRONG]  # fmt: skip
    if rivals:
        listed = ", ".join(safe_text(one.path, 60) for one in rivals[:4])
        notes.append(f"The account may also be in: {listed}.")
    return tuple(notes)


def picked(table: str, fields: Sequence[Field], least: float = _LEAST) -> dict[str, Pick]:
    """The best field of every column of a table; a field is spent once."""
    ranked: list[tuple[float, int, str, Field]] = []
    for order, (column, names) in enumerate(TABLES[table].items()):
        for one in fields:
            score = _score(column, names, one)
            if score >= least:
                ranked.append((score, -order, column, one))
    ranked.sort(key=lambda item: (-item[0], -item[1]))
    picks: dict[str, Pick] = {}
    spent: set[str] = set()
    for score, _, column, one in ranked:
        if column in picks or (one.path in spent and column not in _SPENT_ONCE):
            continue
        if one.path in spent and column == "prompt":
            continue
        picks[column] = _pick(column, one, score)
        spent.add(one.path)
    _add_fallbacks(table, picks, fields)
    _add_system(table, picks)
    return picks


def _add_fallbacks(table: str, picks: dict[str, Pick], fields: Sequence[Field]) -> None:
    """An account that not every record has is looked for in the next field as well."""
    account = picks.get("account_id")
    if account is None or account.field.fill >= 0.95:
        return
    names = TABLES[table]["account_id"]
    spent = {pick.field.path for pick in picks.values()}
    others = [
        one for one in fields
        if one.path not in spent and one.filled and _score("account_id", names, one) >= 0.75
    ]  # fmt: skip
    others.sort(key=lambda one: -_score("account_id", names, one))
    picks["account_id"] = Pick("account_id", account.field, account.score,
                               others=tuple(others[:2]))  # fmt: skip


def _add_system(table: str, picks: dict[str, Pick]) -> None:
    prompt = picks.get("prompt")
    if table == "exchanges" and prompt is not None and prompt.take and "system_prompt" not in picks:
        picks["system_prompt"] = Pick("system_prompt", prompt.field, prompt.score, take="system")


def _score(column: str, names: Names, one: Field) -> float:
    kinds, _ = names
    kind = one.kind
    if kind == "empty" or not _fits(kind, kinds):
        return 0.0
    score = _named(one, names)
    if score == 0.0:
        score = 0.6 if _BY_VALUE.get(column) == kind and one.fill > 0.5 else 0.0
    if column == "status" and kind == "number" and "address" not in kinds:
        score *= one.share(re.compile(r"[1-5]\d\d(\.0)?")) if kinds == ("number",) else 1.0
    if column in _UNIQUE and len(one.distinct) < 0.9 * min(one.filled, 400):
        score -= 0.4
    if column == "account_id" and one.records >= 10 and len(one.distinct) == 1:
        score -= 0.2
    return score * (0.6 + 0.4 * one.fill)


def _fits(kind: str, kinds: tuple[str, ...]) -> bool:
    # A model, an operation or a name may look like a client: vendor/model.
    return not kinds or kind in kinds or ("text" in kinds and kind in ("agent", "tls", "email"))


def _named(one: Field, names: Names) -> float:
    """How well the name of a field says that it is the column: 0 where it does not."""
    path = one.name
    depth = path.count(".")
    for rank, name in enumerate(names[1]):
        worth = 1.0 - min(0.004 * rank, 0.2)
        if path == name:
            return worth
        if path.endswith(f".{name}"):
            return worth - 0.05 - 0.01 * min(depth, 5)
    last = path.rpartition(".")[2]
    for name in names[1][:12]:
        if len(name) > 4 and "." not in name and last.endswith(f"_{name}"):
            return 0.72
    return 0.0


def _pick(column: str, one: Field, score: float) -> Pick:
    unit, take = "", ""
    kind = one.kind
    if column in ("latency_ms", "ttft_ms"):
        unit = _duration_unit(one)
    elif column == "amount_minor" and any("." in str(value) for value in one.values):
        unit = "major"
    elif kind in ("body", "list"):
        take = {"prompt": "user", "response": "answer", "system_prompt": "system"}.get(column, "")
    elif column in ("ip", "signup_ip") and any("," in str(v) or _ported(v) for v in one.values):
        take = "address"
    return Pick(column, one, score, unit, take)


def _ported(value: object) -> bool:
    return bool(re.fullmatch(r"\s*[\d.]+:\d+\s*|\[.*", str(value)))


def _duration_unit(one: Field) -> str:
    for pattern, unit in _UNITS:
        if pattern.search(one.name):
            return "" if unit == "ms" else unit
    numbers = []
    for value in one.values:
        try:
            numbers.append(float(value))
        except (TypeError, ValueError):
            continue
    if not numbers:
        return ""
    middle = statistics.median(numbers)
    fractions = any(number != int(number) for number in numbers)
    if fractions and middle < 200:
        return "s"
    if middle > 1e8:
        return "ns"
    return ""


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns that a mapping of the table may name."""
    return extract_columns(EXTRACTS[table])
