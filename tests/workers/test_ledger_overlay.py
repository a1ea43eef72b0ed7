"""The ledger's decisions reach the worker as they stand, however many they are."""

from __future__ import annotations

import datetime
from pathlib import Path

from tests.batteries.ledger_building import flag, open_ledger
from workbench.audit.state import builders
from workbench.case.store_parts import StoreParts
from workbench.decisions.tables import EPOCH, table_lines
from workbench.engine.overlay import OVERLAYS, write_overlay
from workbench.engine.session import Session, SessionLimits

MANY = [f"n-{number:05d} 😀" for number in range(4_321)]


def _moment(micros: int | None) -> datetime.datetime | None:
    if micros is None:
        return None
    return (EPOCH + datetime.timedelta(microseconds=micros)).replace(tzinfo=None)


def test_decisions_are_the_rows_of_the_ledger_in_their_order(store: Path, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    ledger = open_ledger(tmp_path / "case")
    for account in ("b", "a", "c"):
        ledger.append("decision", flag(account))
    mass = builders.decision(
        verdict="clear", reason="C-COMPANY", expires=1_900_000_000_000_007,
        subject=builders.set_subject("set", ledger.put_set(MANY)),
    )  # fmt: skip
    ledger.append("decision", mass)
    undone = ledger.append("decision", flag(MANY[7]))
    ledger.append("decision", flag(MANY[8]))
    ledger.append("reversal", builders.reversal(undone.id, "C-OTHER"))
    ledger.append("proposal", builders.proposal(flag("a")))
    expected = [
        (*row[:5], _moment(row.decided_at), _moment(row.expires_at), *row[7:])
        for row in ledger.state.decisions_rows()
    ]
    lines = tmp_path / "decisions.jsonl"
    lines.write_text("\n".join(table_lines(ledger.state, "decisions")))
    ledger.close()
    session = Session(StoreParts.of(store), tmp_path, SessionLimits(512, 2, 1024))
    session.lay_over("decisions", write_overlay(session, OVERLAYS["decisions"], lines))
    with session.cursor() as cursor:
        rows = cursor.execute("SELECT * FROM decisions").fetchall()
    session.close()
    assert len(rows) == len(MANY) + 4
    assert rows == expected


def test_no_decision_is_an_empty_table(store: Path, tmp_path: Path) -> None:
    session = Session(StoreParts.of(store), tmp_path, SessionLimits(512, 2, 1024))
    lines = tmp_path / "decisions.jsonl"
    lines.write_text("")
    session.lay_over("decisions", write_overlay(session, OVERLAYS["decisions"], lines))
    with session.cursor() as cursor:
        assert cursor.execute("SELECT * FROM decisions").fetchall() == []
    session.close()
