"""What each extract file will become: its table, where each canonical column comes from."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import EXTRACTS, MARKS, extract_columns, required_columns
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.detect import Extract
from workbench.intake.guesses import guessed
from workbench.intake.mapping import (
    Condition,
    Mapping,
    Rule,
    TableMapping,
    parse_mapping,
    shipped_profiles,
)
from workbench.intake.paths import Concrete
from workbench.intake.plan_names import canonical_name
from workbench.intake.probe import Probe, used_columns
from workbench.intake.sampled_units import LOOKS
from workbench.text.sanitize import safe_text


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd that the analyst is told about: a row of `load_warnings`."""

    table: str
    column: str
    code: str
    rows: int
    example: str
    message: str


@dataclass(frozen=True, slots=True)
class PlannedExtract:
    """One file, ready to be read: `rules` by canonical column, each with its source fields."""

    source_id: int
    extract: Extract
    table: Table
    probe: Probe
    rules: dict[str, Rule]
    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    paths: dict[str, tuple[Concrete, ...]] = field(default_factory=dict)
    where: tuple[Condition, ...] = ()
    span: tuple[str, str] = ("", "")  # times from the first on, before the second
    mapping: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The canonical columns an extract of this table may hold, in order."""
        return extract_columns(self.table)

    @property
    def holds_records(self) -> bool:
        """Whether the look at the extract showed a record."""
        return bool(self.probe.sample)

    @property
    def present(self) -> frozenset[str]:
        """The canonical columns that the look at the extract showed."""
        return frozenset(name for name, rule in self.rules.items() if _seen(rule, self.probe))


def plan_extract(
    source_id: int, extract: Extract, probe: Probe, mapping: Mapping, wanted: str = ""
) -> PlannedExtract:
    """Choose the table and the source of every canonical column.

    Raises UsageError for an unknown table and WorkbenchError where the table cannot be told or a
    required column is missing; nothing has been loaded by then.
    """
    if wanted and wanted not in EXTRACTS:
        raise UsageError(
            f"There is no table “{safe_text(wanted, 60)}”.", hint="Known: " + ", ".join(EXTRACTS)
        )
    table = EXTRACTS[wanted or _recognise(extract, probe, mapping)]
    rules = _rules(table, probe, mapping, extract)
    missing = [name for name in required_columns(table) if name not in rules]
    if missing:
        raise _missing(extract, table, missing, probe)
    rules, notes = _with_guesses(table, rules, probe)
    notes += tuple(Note(table.name, "", code, 0, "", words) for code, words in probe.notes)
    if extract.shape is not None and extract.shape.twice:
        words = "keys come twice in an object; the last of them counts."
        notes += (Note(table.name, "", "repeated_keys", 0, "", words),)
    if missed := _unseen(table, mapping, probe, extract):
        message = (
            f"the mapping names {', '.join(missed)}, which was not found "
            f"{'in the first records' if probe.open_ended else 'there'}; check names and paths."
        )
        notes += (Note(table.name, "", "unseen_source", 0, "", message),)
    for code, look in LOOKS.items():
        if words := look(table, rules, probe.sample):
            notes += (Note(table.name, "", code, 0, "", words),)
    where = tuple(one for one in _own(mapping, table, extract).where if probe.has(one.source))
    sources = [source for rule in rules.values() for source in rule.sources]
    sources += [condition.source for condition in where]
    sources += [source for rule in rules.values() for source in rule.until]
    paths = {source: probe.ways(source) for source in dict.fromkeys(sources)}
    used = used_columns(paths) | {*sources}
    used |= {name for name, rule in mapping.of(table.name).rules.items() if rule.left_out}
    unknown = tuple(name for name in probe.columns if name not in used)
    return PlannedExtract(source_id, extract, table, probe, rules, unknown, notes, paths, where)


def _unseen(table: Table, mapping: Mapping, probe: Probe, extract: Extract) -> list[str]:
    """The sources of columns for which the mapping names none that is there."""
    mapped = mapping.of(table.name)
    if mapped.files and not mapped.claims(Path(extract.name)):
        return []
    rules = [rule for rule in mapped.rules.values() if rule.sources and not _seen(rule, probe)]
    return [f"“{safe_text(source, 60)}”" for rule in rules for source in rule.sources]


def tables_in_name(name: str) -> list[str]:
    """The tables that the name of a file or folder mentions, in order."""
    word = re.sub(r"[^a-z]+", "_", name.lower())
    found = {
        table: match.start()
        for table in EXTRACTS
        if (match := re.search(rf"(^|_){table.removesuffix('s')}s?(_|$)", word))
    }
    return sorted(found, key=lambda table: found[table])


def _recognise(extract: Extract, probe: Probe, mapping: Mapping) -> str:
    """By mapping, file name, columns, and last by folder: a folder's name says least."""
    for name, table in mapping.tables.items():
        if table.claims(Path(extract.name)):
            return name
    by_file = tables_in_name(extract.name)
    by_folder = [
        t
        for parent in list(Path(extract.label.replace("!", "/")).parents)[:2]
        for t in tables_in_name(parent.name)
    ]
    for name in (*by_file, *_by_columns(extract, probe, mapping), *by_folder):
        if not _absent(name, probe, mapping, extract):
            return name
    if by_file or len(mapping.tables) == 1 or by_folder:
        return [*by_file, *mapping.tables, *by_folder][0]
    raise WorkbenchError(
        f"{extract.shown}: neither its name nor its columns ({_listed(probe.columns)}) tell which "
        "table it is.",
        hint="Say it: --as " + "|".join(EXTRACTS) + f", or map its fields. {_how(extract, probe)}",
    )


def _by_columns(extract: Extract, probe: Probe, mapping: Mapping) -> list[str]:
    found = []
    for name, marks in MARKS:
        rules = _rules(EXTRACTS[name], probe, mapping, extract)
        if marks <= {column for column, rule in rules.items() if _seen(rule, probe)}:
            found.append(name)
    return found


def _absent(name: str, probe: Probe, mapping: Mapping, extract: Extract) -> list[str]:
    rules = _rules(EXTRACTS[name], probe, mapping, extract)
    return [column for column in required_columns(EXTRACTS[name]) if column not in rules]


def _own(mapping: Mapping, table: Table, extract: Extract) -> TableMapping:
    """What the mapping says of this file as that table."""
    mapped = mapping.of(table.name)
    return TableMapping() if mapped.files and not mapped.claims(Path(extract.name)) else mapped


def _rules(table: Table, probe: Probe, mapping: Mapping, extract: Extract) -> dict[str, Rule]:
    mapped = _own(mapping, table, extract)
    only = mapped.only
    if only is None:
        named = [name in mapped.rules for name in required_columns(table)]
        only = bool(mapped.rules) and all(named)
    by_name = {} if only else _names(probe)
    rules: dict[str, Rule] = {}
    for column in extract_columns(table):
        rule = mapped.rules.get(column.name)
        if rule is not None and rule.left_out:
            continue
        if rule is not None and _seen(rule, probe):
            rules[column.name] = rule if probe.open_ended else _there(rule, probe)
        elif column.name in by_name:
            rules[column.name] = Rule((by_name[column.name],))
        elif probe.open_ended and not column.required:
            if rule or not only:
                rules[column.name] = rule or Rule((column.name,))
        elif (
            rule and not column.required and (later := _there(rule, probe)).sources
            and (later.until or not rule.until)  # a duration whose end is nowhere is none
        ):  # fmt: skip
            rules[column.name] = later
    return {
        name: replace(rule, empty=mapped.empty, decimal=mapped.decimal or rule.decimal)
        for name, rule in rules.items()
    }


def _names(probe: Probe) -> dict[str, str]:
    """The file's own names of its columns by their canonical form; exact ones first."""
    found: dict[str, str] = {}
    for name in probe.columns:
        form = canonical_name(name)
        if form not in found or name == form:
            found[form] = name
    return found


def _there(rule: Rule, probe: Probe) -> Rule:
    """The rule with those of its sources that the extract has, or may have in later texts."""
    kept = [one for one in rule.sources if probe.has(one) or probe.may_have(one)]
    ends = [one for one in rule.until if probe.has(one) or probe.may_have(one)]
    return replace(rule, sources=tuple(kept), until=tuple(ends))


def _seen(rule: Rule, probe: Probe) -> bool:
    if rule.until and not any(probe.has(one) for one in rule.until):
        return False
    return rule.constant is not None or any(probe.has(one) for one in rule.sources)


def _missing(extract: Extract, table: Table, missing: list[str], probe: Probe) -> WorkbenchError:
    near = []
    for name in missing:
        for match in difflib.get_close_matches(name, list(probe.columns), n=2, cutoff=0.5):
            near.append(f"“{safe_text(match, 60)}” for {name}")
    words = " and ".join(f"“{name}”" for name in missing)
    hint = f"Near misses: {', '.join(near)}. " if near else ""
    return WorkbenchError(
        f"{extract.shown} cannot be loaded as {table.name}: the required "
        f"{'column' if len(missing) == 1 else 'columns'} {words} "
        f"{'is' if len(missing) == 1 else 'are'} missing. Found: {_listed(probe.columns)}.",
        hint=f"{hint}{_how(extract, probe, table.name)} Or name the table with --as TABLE.",
        title="A required column is missing",
    )


def _how(extract: Extract, probe: Probe, table: str = "exchanges") -> str:
    """What to do about fields with other names."""
    for profile, text in shipped_profiles().items():
        for name, mapped in parse_mapping(text).tables.items():
            if mapped.files and not mapped.claims(Path(extract.name)):
                continue
            rules = [rule for rule in mapped.rules.values() if not rule.left_out]
            seen = sum(_seen(rule, probe) for rule in rules)
            mapping = Mapping({name: mapped})
            if not _absent(name, probe, mapping, extract) and 4 * seen >= 3 * len(rules):
                return f"The shipped profile “{profile}” fits: --map {profile}."
    column = required_columns(EXTRACTS[table])[0]
    field = safe_text(next(iter(probe.columns), "field"), 40)
    return (
        f'Write a file with [{table}] and a line such as {column} = "{field}" for each column, and '
        "give it with --map; `workbench mappings` shows examples."
    )


def _listed(names: Iterable[str], most: int = 40) -> str:
    shown = [safe_text(name, 60) for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def _with_guesses(
    table: Table, rules: dict[str, Rule], probe: Probe
) -> tuple[dict[str, Rule], tuple[Note, ...]]:
    """What the values say where the rules leave it open, and that it was taken from them."""
    result, notes = dict(rules), []
    for name, guess in guessed(table, rules, probe.sample).items():
        result[name] = guess.rule
        if guess.code:
            notes.append(Note(table.name, name, guess.code, 0, guess.example, guess.words))
    return result, tuple(notes)
