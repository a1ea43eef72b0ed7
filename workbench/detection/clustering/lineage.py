"""Names for clusters that stay the same from one generation of a case to the next."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence


def name_clusters(
    members: Sequence[Sequence[str]], before: Mapping[str, str]
) -> list[tuple[str, str | None]]:
    """For each cluster (its sorted account ids) its id and the older cluster it continues.

    `before` maps accounts to their cluster in the generation before. A cluster takes over the id
    of the one that shares most of its members, if that is more than half of either; the largest
    overlap is served first. Others are named by their members' digest.
    """
    sizes = Counter(before.values())
    claims: list[tuple[int, str, int]] = []
    for place, accounts in enumerate(members):
        shared = Counter(before[account] for account in accounts if account in before)
        for old, count in shared.items():
            if 2 * count > min(len(accounts), sizes[old]):
                claims.append((count, old, place))
    continues: dict[int, str] = {}
    inherited: dict[int, str] = {}
    for _count, old, place in sorted(claims, key=lambda claim: (-claim[0], claim[1], claim[2])):
        if place in continues:
            continue
        continues[place] = old
        if old not in inherited.values():
            inherited[place] = old
    taken = set(inherited.values())
    out: list[tuple[str, str | None]] = []
    for place, accounts in enumerate(members):
        name = inherited.get(place) or _fresh(accounts, taken)
        taken.add(name)
        out.append((name, continues.get(place)))
    return out


def lineage(
    members: Mapping[str, Sequence[str]],
    continues: Mapping[str, str | None],
    before: Mapping[str, str],
) -> list[tuple[str, str, str, int]]:
    """Where clusters come from: (cluster, older cluster, relation, accounts in both).

    `continues`: the older cluster that it continues; `split`: half of its accounts were in one
    that lives on elsewhere; `merged`: it took in half of the accounts of one that ended.
    """
    sizes = Counter(before.values())
    carried = {old for old in continues.values() if old is not None}
    out: list[tuple[str, str, str, int]] = []
    for name, accounts in sorted(members.items()):
        shared = Counter(before[account] for account in accounts if account in before)
        for old, count in sorted(shared.items()):
            if continues.get(name) == old:
                out.append((name, old, "continues", count))
            elif old in carried and 2 * count >= len(accounts):
                out.append((name, old, "split", count))
            elif old not in carried and 2 * count >= sizes[old]:
                out.append((name, old, "merged", count))
    return out


def _fresh(accounts: Sequence[str], taken: set[str]) -> str:
    digest = hashlib.sha256()
    for account in accounts:
        digest.update(hashlib.sha256(account.encode("utf-8", "surrogatepass")).digest())
    text = base64.b32encode(digest.digest()).decode()
    for length in range(5, len(text)):
        name = f"C-{text[:length]}"
        if name not in taken:
            return name
    return f"C-{text}"
