"""Two ledgers of one case, and single proposals that travel as files."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.transfer import answer, export_record, import_record
from workbench.audit.state import builders


def flag(account: str) -> dict[str, Any]:
    return builders.decision(
        verdict="flag", subject=builders.account_subject(account), reason="R-MULTI",
        counter="none-found",
    )  # fmt: skip


def clear(account: str) -> dict[str, Any]:
    return builders.decision(
        verdict="clear", subject=builders.account_subject(account), reason="C-OTHER"
    )


@pytest.fixture
def sides(battery: ModuleType, tmp_path: Path) -> tuple[Ledger, Ledger]:
    """The ledgers of one case in two folders: ana's and bo's."""
    folders = [tmp_path / "here", tmp_path / "there"]
    for folder in folders:
        folder.mkdir()
    return (
        battery.open_ledger(folders[0], "ana", 1001),
        battery.open_ledger(folders[1], "bo", 1002),
    )


def seen_from(ledger: Ledger, battery: ModuleType, tmp_path: Path) -> Any:
    return other_ledger(ledger.path, battery.CASE, tmp_path / "state")


def test_merge_brings_what_is_new_once_and_names_conflicts(
    sides: tuple[Ledger, Ledger], battery: ModuleType, tmp_path: Path
) -> None:
    ana, bo = sides
    ana.append("decision", flag("both"))
    ana.append("decision", flag("agreed"))
    bo.append("decision", clear("both"))
    bo.append("decision", flag("agreed"))
    ids = bo.put_set(["only\nbo", "x"])
    bo.append(
        "decision", {**clear("a"), "scope": "set", "subject": builders.set_subject("set", ids)}
    )
    done = merge(ana, seen_from(bo, battery, tmp_path), "weekly")
    assert (done.records, done.conflicts) == (3, ["both"])
    current = {row.account_id: row.verdict for row in ana.state.decisions_rows()}
    assert current == {"both": "flag", "agreed": "flag", "only\nbo": "clear", "x": "clear"}
    assert [row.analyst for row, _ in ana.state.history("both")] == ["ana", "bo"]
    assert set(ana.state.conflicts) == {"both"}
    other = seen_from(bo, battery, tmp_path)
    again = merge(ana, other)
    other.close()
    assert (again.record, again.records) == (None, 0)
    ana.append("decision", clear("both"))
    assert ana.state.conflicts == {}
    back = merge(bo, seen_from(ana, battery, tmp_path))
    assert back.conflicts == []
    assert battery.judge(ana.path.parent).ok
    assert battery.judge(bo.path.parent).ok


def test_ledgers_of_other_cases_or_damaged_ones_do_not_merge(
    sides: tuple[Ledger, Ledger], battery: ModuleType, tmp_path: Path
) -> None:
    ana, bo = sides
    bo.append("decision", clear("a"))
    with pytest.raises(LedgerError, match="different cases"):
        merge(ana, other_ledger(bo.path, "feedface", tmp_path / "state"))
    data = bytearray(bo.path.read_bytes())
    data[300] ^= 1
    bo.path.write_bytes(data)
    with pytest.raises(LedgerError, match="is damaged"):
        merge(ana, seen_from(bo, battery, tmp_path))


def test_a_proposal_travels_there_and_its_answer_back(
    sides: tuple[Ledger, Ledger], battery: ModuleType, tmp_path: Path
) -> None:
    ana, bo = sides
    ids = ana.put_set(["a", "b"])
    body = {**flag("a"), "scope": "set", "subject": builders.set_subject("set", ids)}
    proposal = ana.append("proposal", builders.proposal(body))
    export_record(ana, proposal.id, tmp_path / "proposal.json")
    taken = import_record(bo, tmp_path / "proposal.json")
    assert [row.analyst for row in bo.state.decisions_rows()] == ["ana", "ana"]
    with pytest.raises(LedgerError, match="already in this ledger"):
        import_record(bo, tmp_path / "proposal.json")
    reply = answer(bo, taken.id, agree=True)
    assert bo.state.current("b") is not None
    export_record(bo, reply.id, tmp_path / "answer.json")
    import_record(ana, tmp_path / "answer.json")
    row = ana.state.current("b")
    assert row is not None
    assert (row.verdict, row.analyst) == ("flag", "ana")
    merged = merge(ana, seen_from(bo, battery, tmp_path))
    assert merged.conflicts == []
    assert len(list(ana.state.decisions_rows())) == 2
    assert battery.judge(ana.path.parent).ok
    assert battery.judge(bo.path.parent).ok


def test_a_doctored_file_is_refused(
    sides: tuple[Ledger, Ledger], battery: ModuleType, tmp_path: Path
) -> None:
    ana, bo = sides
    proposal = ana.append("proposal", builders.proposal(flag("a")))
    path = tmp_path / "proposal.json"
    export_record(ana, proposal.id, path)
    good = path.read_text()
    for before, after in (("R-MULTI", "R-OTHER"), ("wb-audit", "wb-oudit"), (battery.CASE, "00")):
        path.write_text(good.replace(before, after))
        if path.read_text() != good:
            with pytest.raises(LedgerError):
                import_record(bo, path)
    fields = json.loads(good)
    path.write_text(json.dumps({**fields, "line": 7}))
    with pytest.raises(LedgerError, match="does not hold a whole record"):
        import_record(bo, path)
    assert bo.head.size == 0


def test_a_carried_record_that_is_not_its_origin_does_not_count(
    sides: tuple[Ledger, Ledger], battery: ModuleType, tmp_path: Path
) -> None:
    """A tool that writes what it likes cannot put words into another analyst's mouth unseen."""
    ana, bo = sides
    proposal = ana.append("proposal", builders.proposal(flag("a")))
    export_record(ana, proposal.id, tmp_path / "p.json")
    taken = import_record(bo, tmp_path / "p.json")
    body = {**taken.fields["body"], "decision": flag("innocent")}
    with pytest.raises(LedgerError, match="not that of the line it came from"):
        bo.append("proposal", body)
    bo.state.refuses = lambda *_: ""  # type: ignore[method-assign]
    bo.append("proposal", body)
    assert "not that of the line" in bo.state.ignored[-1]["why"]
    assert not battery.judge(bo.path.parent).ok
