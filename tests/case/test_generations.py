"""Generations and analyses: what a commit makes, what is kept, what is brought back, what goes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.case.folder import Case
from workbench.case.generations import (
    Keep,
    Removed,
    commit_analysis,
    commit_generation,
    remove_unneeded,
    restore,
    staged,
)
from workbench.case.manifest import (
    Analysis,
    Generation,
    Manifest,
    Part,
    Source,
    from_toml,
    parts_digest,
)
from workbench.errors import IntegrityError, WorkbenchError

ID = "0123456789abcdef"


def load(case: Case, content: bytes = b"store") -> Case:
    with staged(case) as staging:
        staging.store_path.write_bytes(content)
        (staging.rejects_dir / "rejects.jsonl").write_text("{}\n")
        return commit_generation(case, staging, [], len(content))


def analyse(case: Case, content: bytes = b"analysis") -> Case:
    with staged(case) as staging:
        staging.analysis_path.write_bytes(content)
        return commit_analysis(case, staging, f"m-{content.decode()}")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Three generations; the first was clustered twice, the last not at all."""
    made = analyse(analyse(load(Case.create(tmp_path / "case"), b"first")), b"again")
    return load(analyse(load(made, b"second")), b"third")


def files(case: Case) -> list[str]:
    return sorted(path.name for path in case.root.glob("*.duckdb"))


def test_an_analysis_belongs_to_one_generation_and_has_its_own_number(tmp_path: Path) -> None:
    case = load(Case.create(tmp_path / "case"))
    assert (case.manifest.analysis, case.parts.analysis) == (0, None)
    case = analyse(analyse(case), b"again")
    assert (case.manifest.generation, case.manifest.analysis) == (1, 2)
    assert case.manifest.revision == "m-again"
    assert [path.name for path in case.parts.paths] == ["store-1.duckdb", "analysis-1-2.duckdb"]
    case.verify_store()
    (case.root / "analysis-1-2.duckdb").chmod(0o600)
    (case.root / "analysis-1-2.duckdb").write_bytes(b"agaim")
    with pytest.raises(IntegrityError, match="analysis-1-2"):
        case.verify_store()


def test_what_a_bench_needs_is_held_whole(case: Case) -> None:
    second = restore(case, 2)
    with second.hold_generation():
        assert remove_unneeded(restore(second, 3), Keep(1)) == [
            Removed(1, 0, 5 + len("analysis" + "again"))
        ]
    assert files(case) == ["analysis-2-1.duckdb", "store-2.duckdb", "store-3.duckdb"]
    assert [one.generation for one in remove_unneeded(case, Keep(1))] == [2]


def test_a_generation_comes_back_with_its_analysis(case: Case) -> None:
    back = restore(case, 1)
    assert (back.manifest.generation, back.manifest.analysis) == (1, 2)
    assert back.parts.data[0].read_bytes() == b"first"
    assert back.rejects_path == case.root / "rejects" / "1" / "rejects.jsonl"
    assert [one.number for one in back.manifest.generations] == [1, 2, 3]
    again = load(back, b"fourth")
    assert again.manifest.generation == 4  # no number is used twice
    assert restore(again, 3).parts.data[0].read_bytes() == b"third"


def test_what_is_not_kept_cannot_be_brought_back(case: Case) -> None:
    with pytest.raises(WorkbenchError, match="no generation 9") as caught:
        restore(case, 9)
    assert "1, 2, 3" in caught.value.hint
    (case.root / "store-2.duckdb").unlink()
    with pytest.raises(IntegrityError, match="is missing"):
        restore(case, 2)
    assert Case.open(case.root).manifest.generation == 3
    with staged(case), pytest.raises(WorkbenchError, match="is running") as caught:
        restore(case, 1)
    assert "Wait" in caught.value.hint


@pytest.mark.parametrize(
    ("keep", "stays"),
    [
        (Keep(), [2, 3]),
        (Keep(1), [3]),
        (Keep(5), [1, 2, 3]),
        (Keep(1, named=frozenset({(1, 1)})), [1, 3]),
        (Keep(2, named=frozenset({(1, 0)})), [1, 2, 3]),
        (Keep(5, max_bytes=5 + 6 + 8), [2, 3]),
        (Keep(5, max_bytes=5, named=frozenset({(1, 2)})), [3]),
    ],
)
def test_what_stays(case: Case, keep: Keep, stays: list[int]) -> None:
    gone = remove_unneeded(case, keep)
    manifest = Case.open(case.root).manifest
    assert [one.number for one in manifest.generations] == stays
    assert [one.generation for one in gone] == [n for n in (1, 2, 3) if n not in stays]
    assert files(case) == sorted(part.name for part in manifest.parts)
    assert sorted(path.name for path in (case.root / "rejects").iterdir()) == [
        str(number) for number in stays
    ]


def test_earlier_analyses_go_but_for_the_one_before_and_those_named(tmp_path: Path) -> None:
    case = load(Case.create(tmp_path / "case"))
    for content in (b"a", b"bb", b"ccc", b"dddd"):
        case = analyse(case, content)
    assert remove_unneeded(case, Keep(2, named=frozenset({(1, 1)}))) == [Removed(1, 2, 2)]
    kept = Case.open(case.root).manifest.current.analyses
    assert [one.number for one in kept] == [1, 3, 4]
    assert files(case) == [*(f"analysis-1-{n}.duckdb" for n in (1, 3, 4)), "store-1.duckdb"]


def test_an_old_analysis_in_the_store_of_format_1_stays(tmp_path: Path) -> None:
    """It is a part of the data as well."""
    case = load(Case.create(tmp_path / "case"))
    first = case.manifest.current
    old = Analysis(1, "store-1.duckdb", "old", "t", "w")
    made = replace(first, analysis=1, analyses=(old,))
    case.write_manifest(case.manifest.with_generation(made, ()))
    for content in (b"a", b"bb", b"ccc"):
        case = analyse(Case.open(case.root), content)
    assert remove_unneeded(case, Keep(1)) == [Removed(1, 2, 1), Removed(1, 3, 2)]
    assert files(case) == ["analysis-1-4.duckdb", "store-1.duckdb"]


def test_two_generations_of_one_number_are_refused() -> None:
    made = Generation(1, "t", "w", parts=("store-1.duckdb",))
    whole = Manifest(ID, "n", "t", "w", generation=1, parts=(Part("store-1.duckdb", "0" * 64, 5),))
    assert from_toml(replace(whole, generations=(made,)).to_toml(), "case.toml")
    with pytest.raises(IntegrityError, match="generations"):
        from_toml(replace(whole, generations=(made, made)).to_toml(), "case.toml")


def test_a_commit_that_was_cut_off_leaves_the_case_as_it_was(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (case.root / "case.toml").read_bytes()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Case, "write_manifest", cut)
    with pytest.raises(KeyboardInterrupt):
        load(case, b"fourth")
    monkeypatch.undo()
    assert (case.root / "case.toml").read_bytes() == before
    assert "store-4.duckdb" in files(case)
    assert load(Case.open(case.root), b"other").parts.data[0].read_bytes() == b"other"
    remove_unneeded(Case.open(case.root), Keep(9))
    assert files(case) == sorted(part.name for part in Case.open(case.root).manifest.parts)


def test_one_store_of_format_1_is_data_and_analysis_at_once(tmp_path: Path) -> None:
    text = (
        f'format = 1\ncase_id = "{ID}"\nname = "n"\ncreated_at = "t"\ntool = "w"\n'
        f'generation = 3\nstore_sha256 = "{"0" * 64}"\nstore_bytes = 7\nanalysis = "16-ab"\n'
    )
    manifest = from_toml(text, "case.toml")
    assert (manifest.generation, manifest.analysis, manifest.revision) == (3, 1, "16-ab")
    assert [part.name for part in manifest.files] == ["store-3.duckdb"]
    assert manifest.store_sha256 == "0" * 64
    assert from_toml(manifest.to_toml(), "case.toml") == manifest
    Case.create(tmp_path / "case")
    (tmp_path / "case" / "case.toml").write_text(text)
    case = analyse(Case.open(tmp_path / "case"))
    assert [path.name for path in case.parts.paths] == ["store-3.duckdb", "analysis-3-2.duckdb"]


def test_the_digest_of_parts_is_that_of_what_sha256sum_prints() -> None:
    parts = [Part(f"store-{n}.duckdb", f"{n}" * 64, 1) for n in (1, 2)]
    printed = "".join(f"{part.sha256}  {part.name}\n" for part in parts)
    assert parts_digest(parts) == hashlib.sha256(printed.encode()).hexdigest()
    assert parts_digest(parts[:1]) == "1" * 64


def test_a_case_is_shared_with_the_group_of_its_folder_alone(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    text = (case.root / "case.toml").read_text()
    other = "daemon" if case.root.stat().st_gid != 1 else "bin"
    (case.root / "case.toml").write_text(text.replace('group = ""', f'group = "{other}"'))
    with pytest.raises(IntegrityError, match=f"belongs to the group “{other}”"):
        load(Case.open(case.root))


_NUMBERS = st.integers(1, 9)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Any manifest that commits, restores and removals may leave."""
    manifest = Manifest(ID, draw(st.text(max_size=5)), "t", "w")
    numbers = draw(st.lists(_NUMBERS, unique=True, max_size=4))
    for number in numbers:
        parts = [Part(f"store-{number}.duckdb", "0" * 64, draw(st.integers(0, 99)))]
        analyses = []
        for place in draw(st.lists(_NUMBERS, unique=True, max_size=3)):
            parts.append(Part(f"analysis-{number}-{place}.duckdb", "1" * 64, 3))
            analyses.append(Analysis(place, parts[-1].name, "r", "t", "w"))
        force = draw(st.sampled_from([0, *(one.number for one in analyses)]))
        source = Source(1, draw(st.text(max_size=5)), "csv", "00", 1, 2, 3, "accounts", 1, "t")
        made = Generation(number, "t", "w", force, (parts[0].name,), tuple(analyses), (source,))
        manifest = manifest.with_generation(made, parts)
    return manifest


@given(manifests())
def test_a_manifest_survives_its_text_form(manifest: Manifest) -> None:
    read = from_toml(manifest.to_toml(), "case.toml")
    assert read.to_toml() == manifest.to_toml()


@given(manifests(), st.data())
def test_no_part_is_listed_that_no_generation_names(
    manifest: Manifest, data: st.DataObject
) -> None:
    numbers = [one.number for one in manifest.generations if one.number != manifest.generation]
    gone = data.draw(st.sets(st.sampled_from(numbers)) if numbers else st.just(set()))
    left = manifest.pruned(gone)
    named = {name for one in left.generations for name in one.all_files}
    assert named == {part.name for part in left.parts}
    assert left.current == manifest.current


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("store-1.duckdb", "../../etc/passwd"),
        ("store-1.duckdb", "store-1.duckdb\\n"),
        ('sha256 = "0', 'sha256 = "x'),
        ("number = 1", "number = -1"),
        ("number = 1", "number = 0"),
        ("generation = 1", "generation = 2"),
        ("bytes = 5", "bytes = -5"),
        ("analysis = 0", "analysis = 7"),
        ('parts = ["store-1.duckdb"]', "parts = []"),
        ('parts = ["store-1.duckdb"]', "parts = [3]"),
        ('parts = ["store-1.duckdb"]', 'parts = ["store-9.duckdb"]'),
    ],
)
def test_what_no_commit_writes_is_refused(old: str, new: str) -> None:
    made = Generation(1, "t", "w", parts=("store-1.duckdb",))
    whole = Manifest(ID, "n", "t", "w").with_generation(
        made, (Part("store-1.duckdb", "0" * 64, 5),)
    )
    text = whole.to_toml()
    assert from_toml(text, "case.toml") == whole
    spelt = text.replace('parts = [\n    "store-1.duckdb",\n]', 'parts = ["store-1.duckdb"]')
    assert old in spelt
    with pytest.raises(IntegrityError):
        from_toml(spelt.replace(old, new, 1), "case.toml")
