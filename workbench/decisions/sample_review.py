"""Reviewing a sample of a cluster before it is decided as a whole, recorded step by step."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.audit.log.append import Ledger
from workbench.audit.records.account_sets import spell
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.state import builders
from workbench.audit.state.sampling import Stratum, clopper_pearson, plan, wilson
from workbench.decisions.service import CaseService, reads_ledger
from workbench.errors import UsageError

_LEVEL = "0.95"
METHODS = {"wilson": wilson, "clopper-pearson": clopper_pearson}
_PLAN = ("subject", "seed", "drawn", "level", "method", "strata")


def by_score(scores: Mapping[str, float | None]) -> dict[str, list[str]]:
    """Accounts by thirds of their score; equal scores are never parted, so a third may be empty."""
    known = sorted(score for score in scores.values() if score is not None)
    strata: dict[str, list[str]] = {"high": [], "middle": [], "low": [], "no score": []}
    for account, score in scores.items():
        if score is None:
            name = "no score"
        elif score >= known[2 * len(known) // 3]:
            name = "high"
        else:
            name = "middle" if score >= known[len(known) // 3] else "low"
        strata[name].append(account)
    return {name: accounts for name, accounts in strata.items() if accounts}


def draw(
    service: CaseService,
    kind: str,
    name: str,
    strata: Mapping[str, Sequence[str]],
    n: int,
    *,
    seed: str = "",
    method: str = "wilson",
) -> tuple[str, list[Stratum]]:
    """Draw `n` accounts of a subject and record the draw; returns its record id and the strata.

    `kind` is cluster, campaign or accounts (which have no name). Without a seed a random one is
    taken; it is recorded, so that anybody can draw again. `method` names the interval that the
    result will have. Raises LedgerError where there are fewer accounts.
    """
    seed = seed or secrets.token_hex(8)
    drawn = plan(strata, n, seed)
    members = service.put_set(account for accounts in strata.values() for account in accounts)
    body = {
        "subject": (
            builders.set_subject("set", members)
            if kind == "accounts"
            else builders.set_subject(kind, members, name)
        ),
        "seed": seed,
        "drawn": service.put_set(account for one in drawn for account in one.drawn).as_field(),
        "level": _LEVEL,
        "method": method,
        "strata": [
            {"name": one.name, "total": one.total, "drawn": len(one.drawn)} for one in drawn
        ],
        "result": None,
    }
    return service.append("sample", body), drawn


def record_found(service: CaseService, record_id: str, found: int) -> tuple[str, Fields]:
    """Record how many of a drawn sample were wrongly in it; returns the record id and the result.

    Raises UsageError where there is no such sample or `found` is more than it has.
    """
    sample = sample_of(service, record_id)
    n, total = sample["drawn"]["count"], sample["subject"]["count"]
    try:
        low, high = METHODS[sample["method"]](found, n, float(sample["level"]))
    except ValueError:
        raise UsageError(
            f"The sample has {n:,} accounts; {found:,} of them is no answer."
        ) from None
    result = builders.sample_result(n, total, found, low, high)
    body = {name: sample[name] for name in _PLAN} | {"result": result}
    return service.append("sample", body), result


def result_for(service: CaseService, record_id: str, accounts: Sequence[str]) -> dict[str, Any]:
    """The newest result of a sample, to go into a decision on just the accounts it was drawn from.

    Raises UsageError where it has none, or was drawn from others.
    """
    sample = sample_of(service, record_id)
    results = results_like(service, sample)
    if not results:
        raise UsageError(
            f"The sample {record_id} has no result yet.",
            hint=f"Record it: workbench sample {service.case_path} --record {record_id} --found K",
        )
    if set(accounts_of(service, sample["subject"]["set"])) != set(accounts):
        raise UsageError(
            f"The sample {record_id} was not drawn from just these accounts.",
            hint="Its interval says nothing about others; draw a sample of what you decide on.",
        )
    return results[-1]


def newest_for(service: CaseService, accounts: Sequence[str]) -> Fields | None:
    """The result of the newest reviewed sample of just these accounts; None where there is none."""
    samples = _samples(service)
    if not samples:
        return None
    digest = sha256(spell(sorted(set(accounts))))
    for sample in reversed(samples):
        if sample["result"] is not None and sample["subject"]["set"] == digest:
            result: Fields = sample["result"]
            return result
    return None


def sample_of(service: CaseService, record_id: str) -> Fields:
    """The drawn sample with this record id; raises UsageError where there is none."""
    for sample in _samples(service):
        if sample["record"] == record_id:
            return sample
    raise UsageError(f"There is no sample {record_id} in this case.")


@reads_ledger
def results_like(ledger: Ledger, sample: Fields) -> list[Fields]:
    """The results recorded of a drawn sample, oldest first."""
    drawn_alike = (one for one in ledger.state.samples if all(one[n] == sample[n] for n in _PLAN))
    return [one["result"] for one in drawn_alike if one["result"] is not None]


@reads_ledger
def accounts_of(ledger: Ledger, digest: str) -> list[str]:
    """The accounts of a set that a record names by its digest."""
    return ledger.sets.get(digest)


@reads_ledger
def _samples(ledger: Ledger) -> list[Fields]:
    return list(ledger.state.samples)
