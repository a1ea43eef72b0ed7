"""Plans the accounts of a world: campaigns first, then benign groups, then everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.synth.account import Account
from workbench.synth.campaigns import campaign
from workbench.synth.config import SynthConfig
from workbench.synth.dice import Bits, Floats, Ints, key_of, mix
from workbench.synth.organisations import ORGANISATIONS
from workbench.synth.people import SINGLES, single
from workbench.synth.world import World

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Population:
    """The planned accounts in the order of their ids, with id, key and number of exchanges."""

    accounts: list[Account]
    ids: list[str]
    keys: Bits
    counts: Ints


def plan(config: SynthConfig) -> tuple[World, Population]:
    """A world with all its accounts; no exchange is drawn yet."""
    world = World(config)
    for number, spec in enumerate(config.campaigns):
        index = world.group("campaign", spec.size, spec.level, spec.style)
        _join(world, campaign(world, spec, number), index)
    _organisations(world)
    _singles(world)
    return world, _settle(world)


def _join(world: World, members: list[Account], group: int) -> None:
    for account in members:
        account.group = group
    world.accounts.extend(members)


def _organisations(world: World) -> None:
    """Benign groups, every kind once before chance decides, as far as the accounts reach."""
    config, rng = world.config, world.rng("organisations")
    room = config.accounts - len(world.accounts)
    budget = int(room * min(config.group_share, 1.0))
    kinds = list(ORGANISATIONS)
    weights = [
        ORGANISATIONS[kind][1] * config.mix.get(kind, 1.0) * rng.uniform(0.7, 1.4) for kind in kinds
    ]
    queue = [kind for kind, weight in zip(kinds, weights, strict=True) if weight > 0]
    rng.shuffle(queue)
    number = 0
    while budget > 1 and sum(weights) > 0:
        first = bool(queue)
        kind = queue.pop() if first else rng.choices(kinds, weights)[0]
        build, _, low, high = ORGANISATIONS[kind]
        size = min(high, int(low * rng.lognormvariate(0.9, 0.8)) + (low > 4))
        if first:  # so that the smallest world still holds every kind
            size = min(size, max(low, budget // (2 * len(kinds))))
        size = max(2, min(size, budget))
        group = world.group(kind, size)
        _join(world, build(world, world.rng("group", number), size), group)
        budget -= size
        number += 1


def _singles(world: World) -> None:
    config, rng = world.config, world.rng("singles")
    kinds = list(SINGLES)
    weights = [
        SINGLES[kind] * config.mix.get(kind, 1.0) * rng.uniform(0.67, 1.33) for kind in kinds
    ]
    weights[kinds.index("server")] *= world.temper.server / 0.41
    if sum(weights) <= 0:
        weights = [1.0] * len(kinds)
    number = 0
    while len(world.accounts) < config.accounts:
        # The first ones go round, so that every kind is present.
        kind = kinds[number] if number < len(kinds) else rng.choices(kinds, weights)[0]
        world.accounts.append(single(world, kind, number))
        number += 1


def _settle(world: World) -> Population:
    """Ids that say nothing, an order that says nothing, and a number of exchanges for each."""
    config = world.config
    count = len(world.accounts)
    keys = mix(np.arange(count, dtype=np.uint64) ^ np.uint64(key_of(config.seed, "accounts")))
    order = np.argsort(keys, kind="stable")
    accounts = [world.accounts[place] for place in order]
    for account in accounts:
        if account.status != "active":
            account.status_at = account.last
    keys = keys[order]
    # Sorted keys give sorted ids: the id is the key's leading 40 bits and a check of uniqueness.
    ids = [f"acct_{int(key) >> 16:012x}" for key in keys]
    if len(set(ids)) != count:
        ids = [f"acct_{int(key):016x}" for key in keys]
    return Population(accounts, ids, keys, _volumes(world, accounts))


def _volumes(world: World, accounts: list[Account]) -> Ints:
    """Exchanges per account, summing to the wanted total exactly.

    A campaign member's mean is its recipe's factor times the world's mean; honest accounts share
    what is left, capped free tiers each stopping at the same number.
    """
    total = world.config.exchanges
    mean = total / max(len(accounts), 1)
    volume = np.array([account.volume for account in accounts])
    capped = np.array([account.capped for account in accounts])
    hired = np.array([account.kind == "campaign" for account in accounts])
    active = np.array([(account.last - account.first) / world.span for account in accounts])
    share = volume * np.clip(active, 0.02, 1.0)
    wanted = np.where(hired, share * mean, 0.0)
    wanted *= min(1.0, 0.8 * total / max(wanted.sum(), 1e-9)) if not hired.all() else 1.0
    honest = share * ~hired
    ceiling = np.where(capped, np.floor(1.15 * mean), max(0.012 * total, 20.0))
    rest = total - wanted.sum()
    for _ in range(6):  # what a ceiling cuts off goes to those below theirs
        wanted[~hired] = np.minimum(honest * rest / max(honest.sum(), 1e-9), ceiling)[~hired]
        rest *= (total - wanted[hired].sum()) / max(wanted[~hired].sum(), 1e-9)
    return _whole(wanted, ~capped if (wanted[~capped] > 0).any() else capped, total)


def _whole(wanted: Floats, free: Bools, total: int) -> Ints:
    """Whole numbers near `wanted` that sum to `total`; only `free` ones are moved."""
    if wanted.sum() <= 0:
        wanted = np.ones_like(wanted)
        free = np.ones_like(free)
    fixed = np.floor(wanted[~free]).sum()
    wanted = np.where(free, wanted * max(total - fixed, 0) / max(wanted[free].sum(), 1e-9), wanted)
    counts = np.floor(wanted).astype(np.int64)
    missing = max(int(total - counts.sum()), 0)
    counts[np.argsort(-np.where(free, wanted - counts, -1.0), kind="stable")[:missing]] += 1
    return counts
