"""The ledger's specification says what the program does: fields, types, a worked example."""

from __future__ import annotations

import re
from pathlib import Path

from tests.batteries.bare_python import plain_run
from tests.docs.ledger_schema import PAGE, page_text
from workbench.audit.log.checkpoint import Checkpoint, read_note, read_words
from workbench.audit.log.merkle import leaf_hash
from workbench.audit.log.verify import verify
from workbench.audit.records.schema import BODIES

_TEXT = PAGE.read_text(encoding="utf-8")


def _example() -> tuple[bytes, str]:
    """The example's ledger, and what the page says of it."""
    _, _, rest = _TEXT.partition("## 16. Example")
    ledger, told = re.findall(r"```(?:jsonl)?\n(.*?)```", rest, re.DOTALL)
    return ledger.encode("ascii"), told


def _told(told: str, name: str) -> list[str]:
    """The words that follow a name at the left edge, on its line and the indented ones below."""
    (part,) = re.findall(rf"^{name}((?: .*\n)+)", told, re.MULTILINE)
    return str(part).split()


def test_the_table_of_fields_is_current() -> None:
    assert page_text() == _TEXT, "run: python -m tests.docs.ledger_schema"


def test_every_type_of_record_is_explained() -> None:
    bodies = _TEXT.partition("### 3.2")[2].partition("<!-- fields -->")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", bodies, re.MULTILINE)) == BODIES.keys()


def test_links_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", _TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", one).lower().replace(" ", "-") for one in headings}
    for target in re.findall(r"\]\(([^)]+)\)", _TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (PAGE.parent / target).is_file(), target


def test_the_example_is_a_ledger(tmp_path: Path) -> None:
    data, told = _example()
    (tmp_path / "audit.jsonl").write_bytes(data)
    report, second = verify(tmp_path), plain_run(str(tmp_path)).found()
    assert (report.problems, second["problems"]) == ([], [])
    assert [report.root] == [second["root"]] == _told(told, "root")
    leaves = [leaf_hash(line).hex() for line in data.splitlines()]
    assert leaves == _told(told, "leaves")


def test_the_example_s_checkpoint_is_that_of_its_ledger() -> None:
    _, told = _example()
    (root,) = _told(told, "root")
    note = read_note(("\n".join(_told(told, "note")) + "\n").encode())
    assert (note.size, note.root) == (3, root)
    assert read_words(" ".join(_told(told, "words")), 3) == Checkpoint("", 3, root)
