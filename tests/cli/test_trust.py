"""A case from elsewhere: nothing of its own runs before it is trusted, at any door."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import CLUSTER, MEMBERS, Bench, commit_store
from workbench.case.folder import Case
from workbench.playbooks.library import read_library
from workbench.resources import queries_dir

SHIPPED = read_library(queries_dir())
OWN = '/*+++\nid = "theirs"\ntitle = "Theirs"\n+++*/\nSELECT account_id FROM accounts ORDER BY 1\n'
BOOK = 'id = "their-book"\ntitle = "Their book"\n[[step]]\nquery = "clusters-table"\n'
DECIDE = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")
# What an analyst reads, and whoever decides rests on; each needs page, count or evidence queries.
READ = (
    ("info",), ("clusters",), ("clusters", "--members"), ("clusters", "--near"),
    ("account", "a-01"), ("entity", "ip", "192.0.2.1"), ("find", "a-01"), ("campaigns", "list"),
    ("campaigns", "show", CLUSTER), ("campaigns", "volume"), ("campaigns", "proposals"),
    ("resurrect",), ("resurrect", "--patterns"), ("decisions",),
    ("decide", *DECIDE, "--cluster", CLUSTER, "--dry-run"),
    ("decide", *DECIDE, "--campaign", CLUSTER, "--dry-run"),
    ("decide", *DECIDE, "--account", "a-01", "--dry-run"), ("audit", "replay", "--all"),
    ("playbook", "run", "first-look"), ("run", "clusters-table"), ("report",),
)  # fmt: skip
GROUPS = {"campaigns": 2, "audit": 2, "playbook": 2}


@pytest.fixture
def theirs(case: Path) -> Path:
    """A case that brings a query and a playbook."""
    (case / "queries" / "theirs.sql").write_text(OWN)
    (case / "queries" / "playbooks").mkdir()
    (case / "queries" / "playbooks" / "b.toml").write_text(BOOK)
    return case


def _said(bench: Bench, case: Path, words: tuple[str, ...], room: Path) -> list[str]:
    """What a command says of a case, without what it says of the files it does not use."""
    head = GROUPS.get(words[0], 1)
    given: list[object] = [*words[:head], case, *words[head:]]
    if words[0] == "report":
        shutil.rmtree(room, ignore_errors=True)
        given += ["-o", room]
    ran = bench(*given)
    texts = [ran.out, ran.err]
    if words[0] == "report":
        texts += [path.read_text() for path in sorted((room / "data").iterdir())]
    # How many reports were written is in the ledger.
    of_its_own = ("not used", "queries ", "ledger ", "Wrote ")
    lines = "\n".join(texts).splitlines()
    return [str(ran.code), *(line for line in lines if not line.startswith(of_its_own))]


def _plant_everything(case: Path) -> int:
    """A forged file for every shipped id, and families that link everybody or nobody."""
    for place in ("pages", "traits", "playbooks"):
        (case / "queries" / place).mkdir(exist_ok=True)
    for query in SHIPPED.queries.values():
        text = query.text.replace(query.sql, f"SELECT * FROM ({query.sql}\n) WHERE false")
        (case / "queries" / "pages" / f"{query.id}.sql").write_text(text)
    for book in SHIPPED.playbooks.values():
        text = f'id = "{book.id}"\ntitle = "Forged"\n[[step]]\nquery = "theirs"\n'
        (case / "queries" / "playbooks" / f"{book.id}.toml").write_text(text)
    for at in range(25):
        head = f'id = "trait-{at}"\ntitle = "T"\nkind = "trait"\nfamily = "ip"'
        body = "SELECT account_id, 'x' AS value, 1 AS n, created_at, created_at FROM accounts"
        (case / "queries" / "traits" / f"{at}.sql").write_text(f"/*+++\n{head}\n+++*/\n{body}")
    return len(SHIPPED.queries) + len(SHIPPED.playbooks) + 25


@pytest.mark.parametrize("trusted", [False, True])
def test_no_file_of_a_case_changes_what_the_program_says(
    trusted: bool, bench: Bench, case: Path, tmp_path: Path
) -> None:
    before = [_said(bench, case, words, tmp_path / "packet") for words in READ]
    planted = _plant_everything(case)
    if trusted:
        assert bench("trust", case).code == 0
    for words, wanted in zip(READ, before, strict=True):
        assert _said(bench, case, words, tmp_path / "packet") == wanted, words
    for said in (bench("queries", "list", case).err, bench("info", case).out):
        named = [line for line in said.splitlines() if line.startswith("not used")]
        assert len(named) == planted


def test_clusters_are_found_by_shipped_families_alone(bench: Bench, tmp_path: Path) -> None:
    version = Path(__file__).parents[1] / "fixtures" / "versions" / "0.1.0" / "case"
    plain, planted = (Path(shutil.copytree(version, tmp_path / name)) for name in "ab")
    for one in (plain, planted):
        (one / "tmp").mkdir()
    _plant_everything(planted)
    assert bench("trust", planted).code == 0
    said = [bench("clusters", one, "--rebuild", "--format", "jsonl") for one in (plain, planted)]
    assert said[0].code == said[1].code == 0
    assert said[0].out == said[1].out
    revisions = [Case.open(one).manifest.analysis for one in (plain, planted)]
    assert revisions[0] == revisions[1]


def test_what_a_case_brings_runs_once_it_is_trusted(bench: Bench, theirs: Path) -> None:
    doors: dict[str, tuple[object, ...]] = {
        "run": ("run", theirs, "theirs"),
        "playbook": ("playbook", "run", theirs, "their-book"),
        "evidence": ("decide", theirs, *DECIDE, "--account", "a-01", "--evidence", "theirs"),
    }
    for name, door in doors.items():
        ran = bench(*door)
        assert ran.code == 1, name
        assert f"workbench trust {theirs}" in ran.err
        assert not ran.out
    assert not (theirs / "audit.jsonl").exists()
    shown = bench("trust", theirs, "--show")
    assert shown.code == 0
    for part in ("not trusted", OWN.splitlines()[-1], 'query = "clusters-table"', "SHA-256"):
        assert part in shown.out
    assert bench(*doors["run"]).code == 1  # looking is not trusting
    assert bench("trust", theirs).code == 0
    for name, door in doors.items():
        assert bench(*door).code == 0, name
    assert "comes from the case" in bench(*doors["run"]).err
    record = json.loads((theirs / "audit.jsonl").read_text().splitlines()[-1])
    assert [one["trust"] for one in record["body"]["evidence"]] == ["case"]
    assert bench("trust", theirs, "--forget").code == 0
    assert bench(*doors["run"]).code == 1


def test_a_changed_file_is_asked_for_again(bench: Bench, theirs: Path) -> None:
    bench("trust", theirs)
    (theirs / "queries" / "theirs.sql").write_text(OWN.replace("accounts", "clusters"))
    assert bench("run", theirs, "theirs").code == 1
    assert "changed since you trusted it" in bench("trust", theirs, "--show").out


def test_what_was_read_is_what_is_trusted(bench: Bench, theirs: Path) -> None:
    shown = bench("trust", theirs, "--show").out
    digest = next(line.split()[1] for line in shown.splitlines() if line.startswith("digest"))
    (theirs / "queries" / "more.sql").write_text(OWN)
    refused = bench("trust", theirs, "--digest", digest)
    assert (refused.code, bench("run", theirs, "theirs").code) == (1, 1)
    (theirs / "queries" / "more.sql").unlink()
    assert bench("trust", theirs, "--digest", digest).code == 0
    assert bench("run", theirs, "theirs").code == 0
    assert bench("trust", theirs, "--show", "--forget").code == 2


def test_lists_say_whose_a_query_is(
    bench: Bench, theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own = tmp_path / "config" / "workbench" / "queries"
    own.mkdir(parents=True)
    (own / "mine.sql").write_text(OWN.replace("theirs", "mine"))
    (own / "family.sql").write_text(OWN.replace('id = "theirs"', 'id = "f"\nkind = "trait"'))

    def trusts() -> dict[str, str]:
        ran = bench("queries", "list", theirs, "--format", "jsonl")
        rows = [json.loads(line) for line in ran.out.splitlines()]
        return {row["id"]: row["trust"] for row in rows}

    found = trusts()
    assert (found.pop("mine"), found.pop("theirs")) == ("own", "case, not trusted")
    assert set(found.values()) == {"shipped"}
    assert "case, not trusted" in bench("playbook", "list", theirs).out
    assert "family.sql" in bench("queries", "list").err
    told = bench("info", theirs).out
    assert "2 files of the case: not trusted" in told
    assert all(name in told for name in ("theirs.sql", "b.toml", "family.sql"))
    bench("trust", theirs)
    assert trusts()["theirs"] == "case"
    assert "2 files of the case: trusted by you" in bench("info", theirs).out


def test_what_an_analyst_saves_runs(bench: Bench, case: Path, theirs: Path) -> None:
    saved = bench("queries", "save", case, "Mine", "SELECT 1 AS n")
    assert (saved.code, bench("run", case, "mine").code) == (0, 1)
    assert "workbench trust" in saved.err
    bench("trust", theirs)
    assert bench("queries", "save", case, "Mine too", "SELECT 1 AS n").code == 0
    assert bench("run", case, "mine-too").code == 0
    for title in ("Cluster card", "C1uster card", "First look", "Mine", "Theirs"):
        refused = bench("queries", "save", case, title, "SELECT 1 AS n")
        assert (refused.code, "cannot be saved" in refused.err) == (2, True), title


Forge = Callable[[duckdb.DuckDBPyConnection], object]
FORGED: dict[str, Forge] = {
    "a page that says fewer": lambda to: to.execute("UPDATE clusters SET accounts = 3"),
    "more members than its page": lambda to: to.execute(
        f"INSERT INTO cluster_members (cluster_id, account_id) VALUES ('{CLUSTER}', 'a-39')"
    ),
    "fewer members": lambda to: to.execute("DELETE FROM cluster_members WHERE account_id > 'a-09'"),
    "no page": lambda to: to.execute("DELETE FROM clusters"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_decision_falls_on_what_was_shown(
    forged: str, bench: Bench, case: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.duckdb"
    other.write_bytes(Case.open(case).parts.data[0].read_bytes())
    with duckdb.connect(str(other)) as connection:
        FORGED[forged](connection)
    commit_store(Case.open(case), other)
    ran = bench("decide", case, *DECIDE, "--cluster", CLUSTER)
    assert ran.code == 1
    assert "its page says" in ran.err
    assert not (case / "audit.jsonl").exists()


def test_members_and_preview_are_recorded(bench: Bench, case: Path) -> None:
    assert bench("decide", case, *DECIDE, "--cluster", CLUSTER).code == 0
    record = json.loads((case / "audit.jsonl").read_text().splitlines()[-1])
    body = record["body"]
    assert body["preview"]["accounts"] == body["stored"]["accounts"] == MEMBERS
    assert body["preview"]["members"] == body["stored"]["members"] == body["subject"]["set"]
    assert [one["trust"] for one in body["evidence"]] == ["shipped"]


HOSTILE = st.text(
    st.sampled_from("\x00\x07\x08\x1b\x7f\x85\x9b\u200b\u202e\u2028\ufeff\ue000\U000e0041\r\n\ta[]")
    | st.characters(), max_size=30,
)  # fmt: skip


def _toml(text: str) -> str:
    shown = (f"\\U{ord(one):08X}" for one in text if not 0xD800 <= ord(one) < 0xE000)
    return f'"{"".join(shown)}"'


@settings(
    deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HOSTILE)
@example("".join(map(chr, (*range(1, 33), *range(127, 161), 0x200B, 0x202E, 0x2028, 0xE000))))
def test_no_text_of_a_query_or_playbook_acts(bench: Bench, case: Path, text: str) -> None:
    """Titles, questions, what a step says, parameters, names of columns, the files' own names."""
    shown, folder = _toml(text), case / "queries"
    shutil.rmtree(folder)
    (folder / "playbooks").mkdir(parents=True)
    name = "".join(one for one in text if one not in "/\x00" and not 0xD800 <= ord(one) < 0xE000)
    column = text.replace('"', '""').replace("\x00", "").encode("utf-8", "ignore").decode()
    head = (f'id = "odd"\ntitle = {shown}\nquestion = {shown}\nhowto = {shown}\nnothing = {shown}\n'
            f"tags = [{shown}]\nfalsepositives = [{shown}]\n[params.p]\ntype = \"text\"\n"
            f"default = {shown}\nhelp = {shown}\n")  # fmt: skip
    sql = f'SELECT $p AS "c{column}" WHERE true -- {column}'.replace("\n", " ")
    (folder / f"odd{name[:40]}.sql").write_text(f"/*+++\n{head}+++*/\n{sql}\n")
    book = (f'id = "odd-book"\ntitle = {shown}\nquestion = {shown}\n[[step]]\nquery = "odd"\n'
            f"say = {shown}\nmark = {shown}\nparams = {{ p = {shown} }}\n"
            f'[[step]]\nquery = {shown}\n')  # fmt: skip
    (folder / "playbooks" / f"odd{name[:40]}.toml").write_text(book)
    (folder / f"wrong{name[:40]}.sql").write_text(f"/*+++\n{head}{shown} = 1\n+++*/\n{sql}\n")
    commands = [
        ("trust", case, "--show"), ("queries", "list", case), ("queries", "show", "odd", case),
        ("playbook", "list", case), ("playbook", "show", "odd-book", case), ("info", case),
        ("trust", case), ("run", case, "odd"), ("playbook", "run", case, "odd-book"),
        ("queries", "show", text, case), ("playbook", "show", text, case),
    ]  # fmt: skip
    for command in commands:
        ran = bench(*command)
        assert ran.code in (0, 1, 2), command
        for out in (ran.out, ran.err):
            assert all(one.isprintable() for one in out if one not in "\n\t"), command
