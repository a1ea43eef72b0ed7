"""The case folder: commits are atomic, old generations outlive their readers, tampering shows."""

from __future__ import annotations

import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.case.folder import Case
from workbench.case.generations import (
    Keep,
    Removed,
    Staging,
    begin,
    commit_generation,
    remove_unneeded,
    staged,
)
from workbench.case.leftovers import sweep_staging
from workbench.case.manifest import Generation, Manifest, Part, Source, from_toml
from workbench.case.state_folder import state_dir
from workbench.errors import IntegrityError, WorkbenchError


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def _source(path: str = "x.csv") -> Source:
    return Source(1, path, "csv", "00", 10, 5, 1, "accounts", 1, "2026-01-01T00:00:00Z")


def _load(case: Case, content: bytes = b"store") -> Case:
    with staged(case) as staging:
        staging.store_path.write_bytes(content)
        (staging.rejects_dir / "rejects.jsonl").write_text("{}\n")
        return commit_generation(case, staging, [_source()])


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_case_is_private(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case", "Blue"))
    assert _mode(case.root) == 0o700
    assert _mode(case.parts.data[0]) == 0o400
    assert _mode(case.root / "case.toml") == 0o600
    assert _mode(case.rejects_path) == 0o600
    assert _mode(case.state_dir()) == 0o700


def test_a_case_for_a_group_is_shared_with_it(tmp_path: Path) -> None:
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    case = _load(Case.create(tmp_path / "case", group=group))
    assert _mode(case.root) == 0o2770
    assert _mode(case.root / "audit.d") == 0o2770
    assert _mode(case.root / "case.toml") == 0o660
    assert _mode(case.parts.data[0]) == 0o440


def test_an_unknown_group_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="no group"):
        Case.create(tmp_path / "case", group="no-such-group")
    assert not (tmp_path / "case").exists()


def test_a_folder_with_other_things_in_it_is_no_new_case(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(WorkbenchError, match="not an empty folder"):
        Case.create(tmp_path)


def test_a_commit_is_what_the_next_open_sees(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    with pytest.raises(WorkbenchError, match="empty"):
        case.hold_generation()
    assert _load(case).manifest.generation == 1
    again = Case.open(tmp_path / "case")
    assert again.manifest.sources == (_source(),)
    assert again.parts.data[0].read_bytes() == b"store"
    assert again.digest_is_cached()


def _interrupted_load(case: Case) -> None:
    with staged(case) as staging:
        staging.store_path.write_bytes(b"half")
        raise KeyboardInterrupt


def test_a_load_that_fails_leaves_the_case_as_it_was(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    before = (tmp_path / "case" / "case.toml").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        _interrupted_load(case)
    assert (tmp_path / "case" / "case.toml").read_bytes() == before
    assert [p.name for p in (case.root / "tmp").iterdir()] == ["load.lock"]
    assert Case.open(case.root).parts.data[0].read_bytes() == b"store"


def test_what_a_dead_load_left_goes_at_the_next(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    child = os.fork()
    if child == 0:
        staging = begin(case)
        staging.store_path.write_bytes(b"half")
        os._exit(0)
    os.waitpid(child, 0)
    assert list((case.root / "tmp").glob("load-*/store.duckdb"))
    with staged(case) as staging:
        assert list((case.root / "tmp").glob("load-*-*")) == [staging.folder]
        assert staging.number == 2


def test_two_loads_at_once_are_refused(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    with (
        staged(case) as staging,
        pytest.raises(WorkbenchError, match=f"running .process {os.getpid()}"),
    ):
        begin(Case.open(case.root))
    assert not staging.folder.exists()


def test_a_held_generation_stays_until_it_is_released(tmp_path: Path) -> None:
    reader = _load(Case.create(tmp_path / "case"))
    hold = reader.hold_generation()
    writer = _load(Case.open(reader.root), b"newer")
    assert hold.parts.data[0].read_bytes() == b"store"
    assert remove_unneeded(writer, Keep(1)) == []
    hold.release()
    assert remove_unneeded(writer, Keep(1)) == [Removed(1, 0, 5)]
    assert writer.parts.data[0].read_bytes() == b"newer"


def test_no_store_is_removed_while_a_load_runs(tmp_path: Path) -> None:
    reader = _load(Case.create(tmp_path / "case"))
    with reader.hold_generation(), staged(Case.open(reader.root)) as staging:
        staging.store_path.write_bytes(b"newer")
        writer = commit_generation(Case.open(reader.root), staging, [_source()])
    with staged(writer):
        assert remove_unneeded(Case.open(reader.root), Keep(1)) == []
    assert remove_unneeded(writer, Keep(1)) == [Removed(1, 0, 5)]


def test_a_load_that_commits_behind_another_keeps_its_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _load(Case.create(tmp_path / "case"))
    discard = Staging.discard

    def overtaken(staging: Staging) -> None:
        """The lock is given up, and another load commits at once."""
        monkeypatch.setattr(Staging, "discard", discard)
        discard(staging)
        _load(Case.open(first.root), b"third")

    monkeypatch.setattr(Staging, "discard", overtaken)
    _load(Case.open(first.root), b"second")
    now = Case.open(first.root)
    assert now.manifest.generation == 3
    assert now.parts.data[0].read_bytes() == b"third"


def test_only_staging_of_this_case_is_swept(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    elsewhere = tmp_path / "elsewhere" / "load-1-a"
    elsewhere.mkdir(parents=True)
    (case.root / "tmp" / "load-2-b").symlink_to(elsewhere)
    sweep_staging(case.root)
    shutil.rmtree(case.root / "tmp")
    (case.root / "tmp").symlink_to(elsewhere.parent)
    sweep_staging(case.root)
    assert elsewhere.exists()


def test_a_reader_follows_a_commit_that_overtook_it(tmp_path: Path) -> None:
    late = _load(Case.create(tmp_path / "case"))
    remove_unneeded(_load(Case.open(late.root), b"newer"), Keep(1))
    with late.hold_generation() as hold:
        assert hold.parts.data[0].read_bytes() == b"newer"
        assert late.manifest.generation == 2


def test_a_write_ahead_log_beside_the_store_is_refused(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    (case.root / "store-1.duckdb.wal").write_bytes(b"")
    with pytest.raises(IntegrityError, match="replay") as caught:
        case.hold_generation()
    assert caught.value.exit_code == 3


def test_a_changed_store_is_refused(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    case.parts.data[0].chmod(0o600)
    case.parts.data[0].write_bytes(b"st0re")
    assert not case.digest_is_cached()
    with pytest.raises(IntegrityError, match="SHA-256"):
        case.verify_store()
    case.parts.data[0].write_bytes(b"stor")
    with pytest.raises(IntegrityError, match="4 bytes"):
        case.check_store()


def test_a_missing_or_linked_store_is_named(tmp_path: Path) -> None:
    case = _load(Case.create(tmp_path / "case"))
    case.parts.data[0].rename(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="missing"):
        case.hold_generation()
    case.parts.data[0].symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="is a symbolic link"):
        case.hold_generation()


def test_no_case_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="no case at"):
        Case.open(tmp_path / "nothing")


def _manifest(case_id: str, generation: str = "1") -> str:
    return (
        f'format = 1\ncase_id = "{case_id}"\nname = "n"\ncreated_at = "t"\ntool = "w"\n'
        f"generation = {generation}\n"
    )


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("format = 99\n", WorkbenchError, "format 99"),
        ("name = 'x'\n", WorkbenchError, "does not say a case format"),
        ("format = 1\ncase_id = 3\n", IntegrityError, "case_id"),
        ("format = 1\n", IntegrityError, "case_id"),
        ("format = \x1b[2J", IntegrityError, "cannot be read"),
        (_manifest("../../../elsewhere"), IntegrityError, "16 hex digits"),
        (_manifest("0123456789ABCDEF"), IntegrityError, "16 hex digits"),
        (_manifest("0123456789abcdef\\n"), IntegrityError, "16 hex digits"),
        (_manifest("\\u001b]52;c;eA==\\u0007"), IntegrityError, "16 hex digits"),
        (_manifest("0123456789abcdef", "-1"), IntegrityError, "generation"),
        (_manifest("0123456789abcdef", "true"), IntegrityError, "generation"),
    ],
)
def test_an_odd_manifest_says_what_to_do(
    text: str, error: type[WorkbenchError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        from_toml(text, "case.toml")
    assert caught.value.hint
    assert "\x1b" not in caught.value.message


@given(st.text(), st.text(st.characters(codec=None)))
def test_a_manifest_survives_its_text_form(name: str, path: str) -> None:
    manifest = Manifest("0123456789abcdef", name.encode("utf-8", "replace").decode(), "t", "w")
    clean = path.encode("utf-8", "replace").decode()
    whole = manifest.with_generation(
        Generation(1, "t", "w", parts=("store-1.duckdb",), sources=(_source(clean), _source("y"))),
        (Part("store-1.duckdb", "0" * 64, 5),),
    )
    assert from_toml(whole.to_toml(), "case.toml") == whole


def test_a_file_name_that_is_not_utf8_stays_legible() -> None:
    source = _source(os.fsdecode(b"bad\xff.csv"))
    made = Generation(1, "t", "w", parts=("store-1.duckdb",), sources=(source,))
    manifest = Manifest("0123456789abcdef", "n", "t", "w")
    whole = manifest.with_generation(made, (Part("store-1.duckdb", "0" * 64, 5),))
    read = from_toml(whole.to_toml(), "case.toml")
    assert read.sources[0].path == "bad\\xff.csv"


@given(st.text())
def test_no_id_but_16_hex_digits_becomes_a_path(case_id: str) -> None:
    assume(re.fullmatch("[0-9a-f]{16}", case_id) is None)
    with pytest.raises(IntegrityError):
        state_dir(case_id)


def test_a_state_folder_that_was_there_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    there = tmp_path / "workbench" / "0123456789abcdef"
    there.mkdir(parents=True)
    there.chmod(0o750)
    assert state_dir(there.name) == there
    assert stat.S_IMODE(there.stat().st_mode) == 0o750
    there.chmod(0o770)
    with pytest.raises(WorkbenchError, match="only you may write"):
        state_dir(there.name)
    assert stat.S_IMODE(there.stat().st_mode) == 0o770
    there.rename(tmp_path / "else")
    there.symlink_to(tmp_path / "else")
    with pytest.raises(WorkbenchError, match="only you may write"):
        state_dir(there.name)
