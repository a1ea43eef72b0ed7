"""Every command of the command line; a command's module is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable

import click


def _open() -> click.Command:
    from workbench.cli.open import open_command

    return open_command


def _demo() -> click.Command:
    from workbench.cli.demo import demo

    return demo


def _load() -> click.Command:
    from workbench.cli.load import load

    return load


def _mappings() -> click.Command:
    from workbench.cli.mappings import mappings

    return mappings


def _info() -> click.Command:
    from workbench.cli.info import info

    return info


def _doctor() -> click.Command:
    from workbench.cli.doctor import doctor

    return doctor


def _synth() -> click.Command:
    from workbench.cli.synth import synth

    return synth


def _find() -> click.Command:
    from workbench.cli.pages import find

    return find


def _account() -> click.Command:
    from workbench.cli.pages import account

    return account


def _entity() -> click.Command:
    from workbench.cli.pages import entity

    return entity


def _clusters() -> click.Command:
    from workbench.cli.clusters import clusters

    return clusters


def _compare() -> click.Command:
    from workbench.cli.compare import compare

    return compare


def _campaigns() -> click.Command:
    from workbench.cli.campaigns import campaigns

    return campaigns


def _resurrect() -> click.Command:
    from workbench.cli.resurrect import resurrect

    return resurrect


def _report() -> click.Command:
    from workbench.cli.report import report

    return report


def _run() -> click.Command:
    from workbench.cli.queries import run_query

    return run_query


def _sql() -> click.Command:
    from workbench.cli.queries import sql

    return sql


def _queries() -> click.Command:
    from workbench.cli.queries import queries

    return queries


def _changes() -> click.Command:
    from workbench.cli.changes import changes

    return changes


def _generations() -> click.Command:
    from workbench.cli.generations import generations

    return generations


def _trust() -> click.Command:
    from workbench.cli.trust import trust_command

    return trust_command


def _playbook() -> click.Command:
    from workbench.cli.playbook import playbook

    return playbook


def _decide() -> click.Command:
    from workbench.cli.decide import decide

    return decide


def _sample() -> click.Command:
    from workbench.cli.sample import sample

    return sample


def _propose() -> click.Command:
    from workbench.cli.decide import propose

    return propose


def _countersign() -> click.Command:
    from workbench.cli.review import countersign

    return countersign


def _decisions() -> click.Command:
    from workbench.cli.decisions import decisions

    return decisions


def _reverse() -> click.Command:
    from workbench.cli.decisions import reverse

    return reverse


def _merge() -> click.Command:
    from workbench.cli.review import merge

    return merge


def _queue() -> click.Command:
    from workbench.cli.collaboration import queue

    return queue


def _claim() -> click.Command:
    from workbench.cli.collaboration import claim

    return claim


def _release() -> click.Command:
    from workbench.cli.collaboration import release

    return release


def _comment() -> click.Command:
    from workbench.cli.collaboration import comment

    return comment


def _lists() -> click.Command:
    from workbench.cli.lists import lists

    return lists


def _audit() -> click.Command:
    from workbench.cli.audit import audit

    return audit


COMMANDS: dict[str, Callable[[], click.Command]] = {
    "open": _open,
    "demo": _demo,
    "load": _load,
    "mappings": _mappings,
    "info": _info,
    "generations": _generations,
    "changes": _changes,
    "doctor": _doctor,
    "synth": _synth,
    "find": _find,
    "account": _account,
    "entity": _entity,
    "clusters": _clusters,
    "compare": _compare,
    "campaigns": _campaigns,
    "resurrect": _resurrect,
    "report": _report,
    "run": _run,
    "sql": _sql,
    "queries": _queries,
    "playbook": _playbook,
    "trust": _trust,
    "decide": _decide,
    "sample": _sample,
    "propose": _propose,
    "countersign": _countersign,
    "decisions": _decisions,
    "reverse": _reverse,
    "merge": _merge,
    "queue": _queue,
    "claim": _claim,
    "release": _release,
    "comment": _comment,
    "lists": _lists,
    "audit": _audit,
}

# As `workbench --help` lists them.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Begin": ("demo", "load", "mappings", "info", "trust", "doctor", "synth", "open"),
    "Look": ("clusters", "compare", "campaigns", "account", "entity", "find", "resurrect"),
    "Keep up": ("changes", "generations"),
    "Ask": ("run", "sql", "queries", "playbook"),
    "Decide": ("decide", "decisions", "reverse", "sample", "lists"),
    "Work together": ("queue", "claim", "release", "comment", "propose", "countersign", "merge"),
    "Prove": ("report", "audit"),
}
EXAMPLES = (
    ("workbench load CASE logs/*.parquet", "make a case from extracts and find clusters"),
    ("workbench CASE", "open the bench on it"),
    ("workbench clusters CASE --members --format csv", "who is in which cluster"),
    ("workbench sql CASE 'SELECT count(*) FROM exchanges'", "ask in SQL"),
    ("workbench decide CASE --cluster ID --verdict flag --reason R-MULTI --counter none-found",
     "record a decision"),
    ("workbench audit verify CASE", "prove that the ledger is whole"),
)  # fmt: skip
