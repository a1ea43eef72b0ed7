"""A case folder of a group: several ordinary users, each with an own uid, work on one ledger."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.batteries.ordinary_user import reachable, run_as
from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.checkpoint_append import make_checkpoint
from workbench.audit.log.transfer import answer
from workbench.audit.log.verify import verify
from workbench.audit.state import builders

TEAM, ANA, BEN, EVE = 12_000, 12_001, 12_002, 12_003
Act = Callable[[Ledger], object]

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """2770 and of the team, in a place that all can reach."""
    with tempfile.TemporaryDirectory(prefix="ledger-team-") as found:
        above = Path(found)
        reachable(above)
        case = above / "case"
        case.mkdir()
        os.chown(case, ANA, TEAM)
        case.chmod(0o2770)
        for uid in (ANA, BEN, EVE):
            home = above / str(uid)
            home.mkdir(mode=0o700)
            os.chown(home, uid, uid)
        yield case


def _sit(battery: ModuleType, folder: Path, uid: int, act: Act, groups: tuple[int, ...]) -> str:
    """Let a user act in a process of their own; returns what was refused, or the empty string."""

    def acting() -> str:
        ledger = None
        try:
            ledger = Ledger.open(
                folder / "audit.jsonl", state_dir=folder.parent / str(uid) / "state",
                case_id=battery.CASE, who=battery.who(str(uid), uid), tool="test",
            )  # fmt: skip
            act(ledger)
        except LedgerError as error:
            return error.message
        finally:
            if ledger is not None:
                ledger.close()
        return ""

    return run_as(acting, uid, groups=groups, umask=0o077)


def _propose(ledger: Ledger) -> None:
    accounts = ledger.put_set(["a-1", "a-2"])
    subject = builders.set_subject("cluster", accounts, "k-1")
    body = builders.decision(
        verdict="flag", subject=subject, reason="R-MULTI", counter="none-found"
    )
    ledger.append("proposal", builders.proposal(body))


def _agree(ledger: Ledger) -> None:
    ledger.put_set(["a-3"])
    (waiting,) = ledger.state.pending
    answer(ledger, waiting, agree=True)
    make_checkpoint(ledger)


def _check(ledger: Ledger) -> None:
    make_checkpoint(ledger)
    row = ledger.state.current("a-2")
    assert row is not None
    assert not ledger.problems


def test_members_of_a_team_share_one_ledger(battery: ModuleType, folder: Path) -> None:
    assert _sit(battery, folder, ANA, _propose, (TEAM,)) == ""
    own = _sit(battery, folder, ANA, _agree, (TEAM,))
    assert "somebody else" in own
    assert _sit(battery, folder, BEN, _agree, (TEAM,)) == ""
    assert _sit(battery, folder, ANA, _check, (TEAM,)) == ""
    report = verify(folder)
    assert report.ok, report.problems
    assert report.records == 5
    for path in folder.rglob("*"):
        assert path.stat().st_gid == TEAM
        wanted = 0o2770 if path.is_dir() else 0o660
        assert path.stat().st_mode & 0o7777 == wanted, path


def test_who_is_not_in_the_team_reads_and_writes_nothing(battery: ModuleType, folder: Path) -> None:
    assert _sit(battery, folder, ANA, _propose, (TEAM,)) == ""
    refused = _sit(battery, folder, EVE, _propose, ())
    assert "cannot be opened" in refused or "Permission denied" in refused
    assert verify(folder).records == 2
