"""What a case refuses, follows, remembers and removes, and what it never does."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from workbench.case import generations, open_file
from workbench.case.folder import Case
from workbench.case.generations import (
    Keep,
    Staging,
    begin,
    commit_generation,
    remove_unneeded,
    staged,
)
from workbench.case.manifest import Generation, Manifest, Part, Source, from_toml
from workbench.case.state_folder import state_dir
from workbench.errors import IntegrityError, WorkbenchError

ID = "ab" * 8


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with one generation."""
    return load(Case.create(tmp_path / "case"))


def load(case: Case, content: bytes = b"store") -> Case:
    with staged(case) as staging:
        staging.store_path.write_bytes(content)
        (staging.rejects_dir / "rejects.jsonl").write_text("{}\n")
        return commit_generation(case, staging, [])


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def digests_of(case: Case) -> Path:
    return case.state_dir() / "digests.json"


def test_a_digest_is_remembered_of_a_file_that_stood_still(case: Case) -> None:
    digests_of(case).unlink()
    assert not case.digest_is_cached()
    told: list[tuple[int, int]] = []
    case.verify_store(lambda done, size: told.append((done, size)))
    assert case.digest_is_cached()
    assert told == [(5, 5)]
    assert mode_of(digests_of(case)) == 0o600


def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(case: Case) -> None:
    """Its bytes were right when they were read; nobody knows what they are now."""
    digests_of(case).unlink()

    def meddle(done: int, size: int) -> None:
        case.parts.data[0].chmod(0o600)
        case.parts.data[0].write_bytes(b"st0re")

    case.verify_store(meddle)
    assert not case.digest_is_cached()
    assert not digests_of(case).exists()
    with pytest.raises(IntegrityError, match="SHA-256"):
        case.verify_store()


def test_another_file_in_the_place_of_a_known_one_is_hashed_again(case: Case) -> None:
    assert case.digest_is_cached()
    other = case.root / "tmp" / "other"
    other.write_bytes(b"st0re")
    before = case.parts.data[0].stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.rename(other, case.parts.data[0])
    assert not case.digest_is_cached()


@pytest.mark.parametrize("text", ["[]", "{", "3", '{"x": "y"}', "null"])
def test_an_odd_memory_of_digests_is_none(case: Case, text: str) -> None:
    digests_of(case).write_text(text)
    assert not case.digest_is_cached()
    case.verify_store()
    assert case.digest_is_cached()


def test_a_state_folder_that_cannot_be_written_stops_nobody(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(open_file, "replace_file", refuse)
    case.verify_store()


def test_the_state_folder_is_the_analysts_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_dir(ID) == tmp_path / "state" / "workbench" / ID
    assert mode_of(state_dir(ID)) == 0o700
    monkeypatch.setenv("HOME", str(tmp_path))
    for unusable in ("", "relative/folder"):
        monkeypatch.setenv("XDG_STATE_HOME", unusable)
        assert state_dir(ID) == tmp_path / ".local" / "state" / "workbench" / ID


def test_a_hold_is_given_back_once_and_may_be_given_back_again(case: Case) -> None:
    before = open_handles()
    hold = case.hold_generation()
    assert open_handles() == before + 1
    hold.release()
    assert open_handles() == before
    reused = os.open(case.root, os.O_RDONLY)  # most likely by the same number
    hold.release()
    os.fstat(reused)
    os.close(reused)


def test_a_store_that_goes_between_opening_and_locking_is_followed(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, flock = Case.open(case.root), fcntl.flock
    gone: list[int] = []

    def overtaken(handle: int, how: int) -> None:
        if not gone:
            gone.append(handle)
            load(case, b"newer")
            remove_unneeded(case, Keep(1))
        flock(handle, how)

    before = open_handles()
    monkeypatch.setattr(fcntl, "flock", overtaken)
    with reader.hold_generation() as hold:
        assert hold.parts.data[0].read_bytes() == b"newer"
    assert open_handles() == before


def test_a_lost_store_and_an_odd_log_are_told_apart(case: Case) -> None:
    case.parts.data[0].unlink()
    with pytest.raises(IntegrityError, match=r"store-1\.duckdb.* is missing") as caught:
        case.hold_generation()
    assert "backup" in caught.value.hint
    (case.root / "store-1.duckdb.wal").symlink_to("nowhere")
    with pytest.raises(IntegrityError, match="replay"):
        case.check_store()


def test_a_store_of_another_size_is_refused_at_a_glance(case: Case) -> None:
    case.parts.data[0].chmod(0o600)
    case.parts.data[0].write_bytes(b"stores")
    with pytest.raises(IntegrityError, match=r"has 6 bytes; the manifest says\s+5"):
        case.hold_generation()


@pytest.mark.parametrize("name", ["store-x.duckdb", "store-.duckdb", "other-3.duckdb"])
def test_only_old_generations_are_removed(case: Case, name: str) -> None:
    odd = case.root / name
    odd.write_bytes(b"mine")
    old = case.root / "store-0.duckdb"
    old.write_bytes(b"old")
    (case.root / "rejects" / "0").mkdir()
    assert remove_unneeded(case, Keep(1)) == []  # the manifest knows of none
    assert odd.exists()
    assert not old.exists()
    assert not (case.root / "rejects" / "0").exists()
    assert case.rejects_path.exists()
    assert case.parts.data[0].exists()


def test_removing_gives_its_handles_back_and_takes_no_link(case: Case) -> None:
    (case.root / "store-7.duckdb").symlink_to(case.parts.data[0])
    load(Case.open(case.root), b"newer")
    before = open_handles()
    assert [one.generation for one in remove_unneeded(Case.open(case.root), Keep(1))] == [1]
    assert open_handles() == before
    assert (case.root / "store-7.duckdb").is_symlink()


def test_a_store_that_was_not_closed_is_not_committed(case: Case) -> None:
    with staged(case) as staging:
        staging.store_path.write_bytes(b"newer")
        staging.store_path.with_name("store.duckdb.wal").write_bytes(b"")
        with pytest.raises(IntegrityError, match="not closed cleanly"):
            commit_generation(case, staging, [])
    again = Case.open(case.root)
    assert (again.manifest.generation, again.parts.data[0].read_bytes()) == (1, b"store")


def test_a_commit_says_what_was_committed(case: Case) -> None:
    with staged(case) as staging:
        staging.store_path.write_bytes(b"newer")
        (staging.rejects_dir / "rejects.jsonl").write_text("[]\n")
        # Left by a load that was killed between its two renames.
        stale = case.root / "rejects" / "2"
        stale.mkdir()
        (stale / "stale").write_text("x")
        after = commit_generation(case, staging, [], 9)
    manifest = after.manifest
    assert (manifest.generation, manifest.analysis) == (2, 0)
    assert manifest.files == (Part("store-2.duckdb", manifest.store_sha256, 5, 9),)
    assert manifest == case.manifest
    assert manifest.committed_at.endswith("Z")
    assert [path.name for path in stale.iterdir()] == ["rejects.jsonl"]
    assert after.rejects_path.read_text() == "[]\n"
    assert not staging.folder.exists()
    assert after.digest_is_cached()
    assert list((case.root / "tmp").iterdir()) == [case.root / "tmp" / "load.lock"]


def test_all_of_a_generation_is_on_disk_before_the_manifest_names_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, os.rename

    def noted_sync(handle: int) -> None:
        steps.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    def noted_rename(source: Path, target: Path) -> None:
        steps.append(f"now {target}")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "rename", noted_rename)
    load(case, b"newer")
    before = steps[: steps.index(f"now {case.root / 'case.toml'}")]
    rejects = case.root / "rejects" / "2"
    assert {str(rejects), str(rejects / "rejects.jsonl"), str(case.root)} <= set(before)
    place = before.index(f"now {case.root / 'store-2.duckdb'}")
    assert any(step.endswith("/store.duckdb") for step in before[:place])
    assert str(case.root) in before[place:]


def test_a_case_says_which_tool_wrote_it_last(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "_TOOL", "workbench 9.9.9")
    assert load(case, b"newer").manifest.tool == "workbench 9.9.9"


def test_a_store_that_is_a_link_is_refused_with_what_to_look_at(case: Case) -> None:
    case.parts.data[0].rename(case.root / "tmp" / "elsewhere")
    case.parts.data[0].symlink_to(case.root / "tmp" / "elsewhere")
    with pytest.raises(IntegrityError, match="is a symbolic link"):
        case.hold_generation()


def test_a_load_that_ends_lets_the_next_begin_and_keeps_no_handle(case: Case) -> None:
    before = open_handles()
    for _ in range(2):
        staging = begin(case)
        assert isinstance(staging, Staging)
        assert staging.number == 2
        assert mode_of(staging.folder) == mode_of(staging.spill_dir) == 0o700
        staging.discard()
        staging.release()
        assert not staging.folder.exists()
    assert open_handles() == before


def test_a_load_begins_where_another_analysts_load_ended(case: Case) -> None:
    load(Case.open(case.root), b"newer")
    with staged(case) as staging:
        assert staging.number == 3
        assert case.parts.data[0].read_bytes() == b"newer"


def test_a_second_load_is_told_whose_it_waits_for(case: Case) -> None:
    with staged(case), pytest.raises(WorkbenchError, match=f"process {os.getpid()}") as caught:
        begin(Case.open(case.root))
    assert "Wait" in caught.value.hint


def test_a_new_case_is_complete(tmp_path: Path) -> None:
    made = Case.create(tmp_path / "deep" / "Blue Heron")
    assert made.manifest.name == "Blue Heron"
    assert len(bytes.fromhex(made.manifest.case_id)) == 8
    assert Case.create(tmp_path / "other", "Named").manifest.name == "Named"
    assert Case.open(made.root).manifest == made.manifest
    for folder in ("audit.d", "rejects", "queries", "exports", "tmp"):
        assert mode_of(made.root / folder) == 0o700
    assert made.ledger_path.parent == made.root
    (tmp_path / "empty").mkdir(mode=0o755)
    assert mode_of(Case.create(tmp_path / "empty").root) == 0o700


def test_a_file_is_no_case(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(WorkbenchError, match="not an empty folder"):
        Case.create(file)
    with pytest.raises(WorkbenchError, match="no case at"):
        Case.open(file)


def test_a_manifest_that_is_not_text_is_named(case: Case) -> None:
    (case.root / "case.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WorkbenchError, match="cannot be read") as caught:
        Case.open(case.root)
    assert "ls -ld" in caught.value.hint


def manifest_with(**changes: object) -> str:
    values = {
        "format": 1, "case_id": ID, "name": "n", "created_at": "t", "tool": "w",
        "generation": 3, "committed_at": "c", "store_sha256": "0" * 64, "store_bytes": 5,
    } | changes  # fmt: skip
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())


@pytest.mark.parametrize(
    "changes",
    [{"generation": "1"}, {"name": 3}, {"sources": 3}, {"sources": [3]},
     {"sources": ["x"]}],
)  # fmt: skip
def test_an_entry_of_the_wrong_type_is_named(changes: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=f"“{next(iter(changes))}”") as caught:
        from_toml(manifest_with(**changes), "case.toml")
    assert "backup" in caught.value.hint


def test_what_a_later_tool_adds_is_no_reason_to_refuse() -> None:
    read = from_toml(manifest_with(colour="blue"), "case.toml")
    assert read == from_toml(manifest_with(), "case.toml")


def test_a_source_without_one_of_its_entries_is_named() -> None:
    source = Source(1, "a.csv", "csv", "00", 10, 5, 1, "accounts", 1, "t")
    made = Generation(1, "t", "w", parts=("store-1.duckdb",), sources=(source,))
    manifest = Manifest(ID, "n", "t", "w")
    text = manifest.with_generation(made, (Part("store-1.duckdb", "0" * 64, 5),)).to_toml()
    assert from_toml(text, "case.toml").sources == (source,)
    with pytest.raises(IntegrityError, match="“rejected”"):
        from_toml(text.replace("rejected = 1\n", ""), "case.toml")


@pytest.mark.parametrize(
    ("character", "written"),
    [(" ", " "), ("~", "~"), ("\x7f", "\\u007f"), ("\x1f", "\\u001f"), ("\uffff", "\\uffff"),
     ("\U00010000", "\\U00010000"), ("\udc80", "\\\\x80"), ("\udcff", "\\\\xff"),
     ("\udc7f", "\\ufffd"), ("\ue000", "\\ue000"), ("\ud7ff", "\\ud7ff")],
)  # fmt: skip
def test_a_manifest_is_ascii_and_every_name_stays_legible(character: str, written: str) -> None:
    assert f'name = "a{written}b"\n' in Manifest("ab", f"a{character}b", "t", "w").to_toml()
