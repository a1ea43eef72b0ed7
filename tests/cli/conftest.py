"""A small case whose tables are written by hand, and the command line run in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from workbench.audit.records.identity import Who
from workbench.case.folder import Case
from workbench.case.generations import commit_generation, staged
from workbench.catalog.tables import TABLES
from workbench.cli.main import run

MEMBERS = 30
CLUSTER = "C-test01"


@dataclass(frozen=True)
class Ran:
    """Exit code, data and talk of one command line."""

    code: int
    out: str
    err: str

    @property
    def first(self) -> str:
        """The first line of the data."""
        return self.out.splitlines()[0]


Bench = Callable[..., Ran]
Sit = Callable[[str], None]


@pytest.fixture
def bench(capsys: pytest.CaptureFixture[str]) -> Bench:
    """Runs a command line in this process: `bench("info", case)`."""

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        caught = capsys.readouterr()
        return Ran(code, caught.out, caught.err)

    return ran


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sit:
    """Another analyst takes the seat: another name, login and state folder; ana sits first."""

    def seated(name: str) -> None:
        def here(_kind: type[Who], _name: str = "", key: str = "") -> Who:
            return Who(name, sum(name.encode()), "host", key)

        monkeypatch.setattr(Who, "here", classmethod(here))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state-{name}"))

    seated("ana")
    return seated


def write_store(path: Path) -> None:
    """Forty accounts, the first thirty of them one cluster."""
    connection = duckdb.connect(str(path))
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.execute(
        "INSERT INTO accounts (account_id, created_at, status) "
        "SELECT format('a-{:02}', i), TIMESTAMP '2026-05-01', 'active' FROM range(40) t(i)"
    )
    connection.execute(
        "INSERT INTO account_profile (account_id, exchanges, first_ts, last_ts) "
        "SELECT account_id, 10, created_at, created_at + INTERVAL 9 DAY FROM accounts"
    )
    connection.execute(
        "INSERT INTO clusters (cluster_id, accounts, score, campaign_like) "
        "VALUES (?, ?, 0.9, true)",
        [CLUSTER, MEMBERS],
    )
    connection.execute(
        "INSERT INTO cluster_members (cluster_id, account_id, cluster_score, member_score) "
        "SELECT ?, account_id, 0.9, (row_number() OVER (ORDER BY account_id)) / 100 "
        "FROM accounts ORDER BY account_id LIMIT ?",
        [CLUSTER, MEMBERS],
    )
    connection.close()


@pytest.fixture(scope="session")
def _store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "store.duckdb"
    write_store(path)
    return path


@pytest.fixture
def case(_store: Path, tmp_path: Path) -> Path:
    """A case of one generation that a test may write into."""
    root = tmp_path / "small"
    commit_store(Case.create(root), _store)
    return root


def commit_store(case: Case, store: Path) -> None:
    """Make a copy of `store` the next generation."""
    with staged(case) as staging:
        staging.store_path.write_bytes(store.read_bytes())
        commit_generation(case, staging, [])
