"""The walls without the gate: what the two known lock-down bypasses meet in a worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from workbench.workers.sandbox import landlock_abi

pytestmark = pytest.mark.skipif(landlock_abi() < 1, reason="this kernel has no Landlock")

# Runs with the gate switched off: statements go straight to the locked session, or to Python.
PROBE = """
import json, sys
from pathlib import Path
from workbench.workers import sandbox
store, spill, secret = map(Path, sys.argv[1:4])
sandbox.enter([store], [spill])
import duckdb
from workbench.engine.session import SessionLimits, lock_down
import socket, subprocess, os
outcome = {}
def attempt(name, act):
    try:
        act()
        outcome[name] = "done"
    except BaseException as error:
        outcome[name] = type(error).__name__
locked = duckdb.connect(str(store), read_only=True)
lock_down(locked, spill, SessionLimits())
attempt("select", lambda: locked.execute("SELECT count(*) FROM t").fetchall())
plant = f"COPY (SELECT 1) TO '{store}.wal' (FORMAT csv)"
attempt("plant_log", lambda: locked.execute(plant).fetchall())
attempt("read_secret", lambda: locked.execute(f"FROM read_text('{secret}')").fetchall())
attempt("python_read", lambda: secret.read_text())
attempt("python_write_store", lambda: open(store, "r+b"))
attempt("python_plant_log", lambda: open(f"{store}.wal", "wb"))
attempt("unlink_store", lambda: os.unlink(store))
attempt("socket", lambda: socket.socket())
attempt("exec", lambda: subprocess.run(["/bin/true"]))
attempt("spill", lambda: (spill / "x").write_text("x"))
loose = duckdb.connect()
attempt("attach", lambda: loose.execute(f"ATTACH '{store}' AS ev (READ_ONLY)"))
def reattach():
    loose.execute("DETACH ev")
    loose.execute(f"ATTACH '{store}' AS ev")
    loose.execute("INSERT INTO ev.t VALUES (9)")
attempt("reattach_for_writing", reattach)
print(json.dumps(outcome))
"""


def test_both_bypasses_meet_a_wall(tmp_path: Path) -> None:
    evidence, spill, secret = tmp_path / "case", tmp_path / "spill", tmp_path / "secret.txt"
    evidence.mkdir()
    spill.mkdir()
    secret.write_text("secret")
    store = evidence / "store-1.duckdb"
    connection = duckdb.connect(str(store))
    connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    connection.close()
    before = store.read_bytes()
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(store), str(spill), str(secret)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    outcome = json.loads(done.stdout)
    allowed = {name for name, told in outcome.items() if told == "done"}
    assert allowed == {"select", "spill", "attach"}
    assert store.read_bytes() == before
    assert [path.name for path in evidence.iterdir()] == [store.name]
