"""Which shipped profile an export is known by, and what is proposed where none is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from workbench.catalog.extracts import EXTRACTS, MARKS, required_columns
from workbench.errors import UsageError, WorkbenchError
from workbench.intake.detect import Extract
from workbench.intake.fields import fields_of
from workbench.intake.mapping import Mapping as Profile
from workbench.intake.mapping import Rule, TableMapping, parse_mapping, shipped_profiles
from workbench.intake.paths import value_at
from workbench.intake.plan import plan_extract
from workbench.intake.probe import Probe
from workbench.intake.propose import SURE, Proposal, picked, propose
from workbench.text.sanitize import safe_text

_ADDED = 0.9


@dataclass(frozen=True, slots=True)
class Known:
    """The shipped profile that an export is known by, and the table that it is."""

    profile: str
    table: str
    mapping: Profile


class ProposalNeeded(WorkbenchError):
    """A mapping was proposed that somebody must look at first; `toml` is its text."""

    def __init__(self, shown: str, proposal: Proposal) -> None:
        self.toml = proposal.toml
        self.table = proposal.table
        self.sure = sure = proposal.confidence >= SURE
        super().__init__(
            f"{shown} has no canonical names and fits no shipped profile; a mapping to "
            f"{proposal.table} is proposed ({proposal.confidence:.0%} sure of its required "
            "columns).",
            hint="Look at it, then load with --yes, or save it and give it with --map FILE."
            if sure
            else f"It is less than {SURE:.0%} sure: edit it and give it with --map FILE.",
            title="A mapping is proposed",
        )


def together(proposals: Sequence[ProposalNeeded]) -> ProposalNeeded:
    """The mappings of several files, one for each table, as one."""
    first = proposals[0]
    first.toml = "\n".join(one.toml for one in proposals)
    first.sure = all(one.sure for one in proposals)
    return first


@cache
def profiles() -> Mapping[str, Profile]:
    """The shipped profiles, read."""
    return {name: parse_mapping(text, name) for name, text in shipped_profiles().items()}


def known_by(probe: Probe, wanted: str = "") -> Known | None:
    """The shipped profile all of whose marks the file has; of several the one with most marks."""
    best: tuple[int, Known] | None = None
    for name, profile in profiles().items():
        for table, mapped in profile.tables.items():
            if not mapped.marks or (wanted and table != wanted):
                continue
            if all(_marked(probe, mark) for mark in mapped.marks):
                if best is None or len(mapped.marks) > best[0]:
                    best = (len(mapped.marks), Known(name, table, profile))
                break  # the tables of a profile are in the order in which they are tried
    if best is None:
        return None
    known = best[1]
    mapped = replace(known.mapping.of(known.table), files=(), only=True)
    mapped = _filled(probe, known.table, mapped)
    if not _complete(probe, known.table, mapped):
        return None
    return replace(known, mapping=Profile({known.table: mapped}, known.mapping.text))


def _marked(probe: Probe, mark: str) -> bool:
    """Whether the file has a field, or has it with a value: `category=RequestResponse`."""
    return any(_has(probe, one) for one in mark.split("|"))


def _has(probe: Probe, mark: str) -> bool:
    field, equal, value = mark.partition("=")
    if not equal:
        return probe.has(field)
    return any(str(value_at(record, field)) == value for record in probe.sample[:50])


def _complete(probe: Probe, table: str, mapped: TableMapping) -> bool:
    for name in required_columns(EXTRACTS[table]):
        rule = mapped.rules.get(name)
        if rule is None:
            return False
        if rule.constant is None and not any(probe.has(one) for one in rule.sources):
            return False
    return True


def _filled(probe: Probe, table: str, mapped: TableMapping) -> TableMapping:
    """The mapping with columns that it finds nowhere taken from fields whose name is sure."""
    open_columns = {
        name
        for name, rule in mapped.rules.items()
        if not rule.left_out and rule.constant is None
        and not any(probe.has(one) for one in rule.sources)
    }  # fmt: skip
    if not open_columns:
        return mapped
    rules = dict(mapped.rules)
    for name, pick in picked(table, fields_of(probe.sample), _ADDED).items():
        if name in open_columns:
            rules[name] = Rule((pick.field.path,), unit=pick.unit, take=pick.take)
    return replace(mapped, rules=rules)


def chosen_words(known: Known) -> str:
    """What the analyst is told of the profile that was chosen."""
    account = known.mapping.of(known.table).rules.get("account_id")
    source = " or ".join(account.sources) if account is not None else ""
    return (
        f"read as the shipped profile “{known.profile}” by its fields; the account is "
        f"{safe_text(source or 'a constant', 120)}. --map FILE settles it otherwise."
    )


def choose(
    extract: Extract, probe: Probe, wanted: str, *, accept: bool
) -> tuple[Profile, str, tuple[str, str] | None]:
    """The mapping of a file that none was given for, its table, and what to say of it.

    Names of our own come first, then the shipped profiles, then a proposal: raises ProposalNeeded
    where that is not to be taken, or is not sure enough.
    """
    if _ours(probe, wanted):
        return Profile(), wanted, None
    if (known := known_by(probe, wanted)) is not None:
        return known.mapping, known.table, ("profile_chosen", chosen_words(known))
    try:
        plan_extract(0, extract, probe, Profile(), wanted)
    except UsageError:
        raise
    except WorkbenchError as error:
        shape = extract.shape.shown if extract.shape is not None and extract.shape.path else ""
        proposal = propose(fields_of(probe.sample), wanted, shape)
        if proposal is None:
            raise error
        if not accept or proposal.confidence < SURE:
            raise ProposalNeeded(extract.shown, proposal) from error
        words = ", ".join(f"{pick.column} from {pick.field.path}" for pick in proposal.picks)
        mapping = parse_mapping(proposal.toml)
        return (
            mapping,
            proposal.table,
            ("mapping_proposed", f"read by a proposed mapping: {safe_text(words, 600)}."),
        )
    return Profile(), wanted, None


def _ours(probe: Probe, wanted: str) -> bool:
    """Whether the columns bear the canonical names of some table as they are written."""
    for name, marks in MARKS:
        if (not wanted or wanted == name) and marks <= set(probe.columns):
            return set(required_columns(EXTRACTS[name])) <= set(probe.columns)
    return False
