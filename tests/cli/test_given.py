"""Lists, patterns and proposals that an analyst names: pipes, folders, and bytes that are none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bench, Sit

_WATCH = ("--verdict", "watch", "--reason", "R-MULTI")
_DEEP = b'{"account_id":' + b"[" * 100_000


def test_a_pipe_of_ids_is_read_whole(bench: Bench, case: Path) -> None:
    """A second opening of a pipe goes on where the first one stopped."""
    ids = [f"a-{number:02}" for number in range(30)]
    source, target = os.pipe()
    os.write(target, "\n".join(ids).encode())
    os.close(target)
    ran = bench("decide", case, *_WATCH, "--from", f"/dev/fd/{source}")
    os.close(source)
    assert ran.code == 0, ran.err
    listed = bench("decisions", case, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["account_id"] for line in listed] == ids


@pytest.mark.parametrize(
    ("content", "words", "code"),
    [(b"a-00\na-\xff\n", "line 2: this is not UTF-8 text", 2), (_DEEP, "no JSON object", 2),
     (b'{"account_id":"a-\\ud800"}', "in no extract", 1), (b"", "names no account", 2)],
)  # fmt: skip
def test_ids_that_are_none_get_a_sentence(
    bench: Bench, case: Path, tmp_path: Path, content: bytes, words: str, code: int
) -> None:
    source = tmp_path / "ids"
    source.write_bytes(content)
    ran = bench("decide", case, *_WATCH, "--from", source)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_an_id_that_is_no_text_is_refused(bench: Bench, case: Path) -> None:
    ran = bench("decide", case, *_WATCH, "--account", os.fsdecode(b"a-\xff"))
    assert ran.code == 2
    assert "this is not UTF-8 text" in ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff", "line 1: this is not UTF-8 text"), (b"[" * 100_000, "no pattern with")],
)
def test_patterns_that_are_none_get_a_sentence(
    bench: Bench, case: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    source = tmp_path / "patterns"
    source.write_bytes(content)
    ran = bench("resurrect", case, "--seen", source)
    assert ran.code == 2
    assert words in ran.err


def test_a_folder_in_place_of_a_file_gets_a_sentence(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    decide = ("decide", case, *_WATCH, "--from", tmp_path)
    for command in (decide, ("resurrect", case, "--seen", tmp_path)):
        ran = bench(*command)
        assert ran.code == 2
        assert "cannot be read: Is a directory" in ran.err


@pytest.mark.parametrize("change", [{"case": None}, {"sets": [1]}, {"line": "{"}, {"line": 7}])
def test_a_proposal_file_that_is_none_gets_a_sentence(
    bench: Bench, case: Path, tmp_path: Path, sit: Sit, change: dict[str, Any]
) -> None:
    sit("ana")
    target = tmp_path / "p.json"
    ran = bench("propose", case, *_WATCH, "--account", "a-00", "-o", target)
    assert ran.code == 0, ran.err
    travel = json.loads(target.read_text())
    if change == {"case": None}:
        del travel["case"]
    target.write_text(json.dumps(travel | {k: v for k, v in change.items() if v is not None}))
    sit("bo")
    ran = bench("countersign", case, target)
    assert ran.code == 1
    assert "does not hold a whole record" in ran.err
    target.write_bytes(b"[" * 100_000)
    assert "does not hold a whole record" in bench("countersign", case, target).err
