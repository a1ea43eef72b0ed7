"""The pages say what the program does: commands, keys, tables, settings, queries, files, tests."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import click
import pytest

from tests.docs.generated import PACKAGE, PARTS, ROOT, every_command, pack, renewed, shown_keys
from tests.docs.pages import PAGES, Page
from workbench.audit.records.schema import NO_COUNTER
from workbench.catalog.tables import TABLES
from workbench.detection.graph.links import SOURCES
from workbench.detection.scoring import benign_explanations, components, scorecard
from workbench.intake.mapping import shipped_profiles
from workbench.playbooks.format import parse_query
from workbench.playbooks.lint import empty_store, lint
from workbench.settings import describe
from workbench.text.glossary import glossary

_COMMAND = re.compile(r"workbench(?: (?!-)[a-z]+){1,2}")
_FOLDERS = ("workbench/", "tests/", "queries/", "docs/", "sample_db/", ".ci/", ".pictures/")
_FILE = re.compile(r"[\w./@-]+\.(?:py|sql|toml|md|json|jsonl|txt|svg)")
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
_SETTING = re.compile(r"(engine|load|display|analyst)\.[a-z_]+")
# What the command line takes with a hyphen beside queries.
_OTHER_WORDS = {NO_COUNTER}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
# The ledger's format speaks of characters and names of a file, not of the bench.
of_the_bench = pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.path.name != "ledger-format.md"],
    ids=lambda page: page.path.name,
)


@pytest.mark.parametrize("page", PARTS)
def test_generated_parts_are_current(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert renewed(page) == text, "run: python -m tests.docs.generated"


def test_every_setting_has_a_sentence() -> None:
    for name, _default, sentence in describe():
        assert sentence.endswith("."), name


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    readme = PAGES[0]
    assert len(readme.text.splitlines()) <= 200
    for page in PAGES[1:]:
        assert f"docs/{page.path.name}" in readme.links, page.path.name


def test_both_commands_of_the_readme_stand_between_their_marks() -> None:
    for name in ("demo", "test"):
        pattern = f"<!-- {name} command -->\n```sh\n(.*)\n```\n<!-- /{name} command -->"
        (command,) = re.findall(pattern, PAGES[0].text)
        assert command.startswith("python3 -m venv .venv && ")


@each_page
def test_links_lead_somewhere(page: Page) -> None:
    for link in page.links:
        if not link.startswith(("https://", "http://")):
            assert page.leads_to(link), link


@each_page
def test_commands_and_their_options_exist(page: Page) -> None:
    known = every_command()
    for code in [*page.codes, *_shell_lines(page)]:
        if not (match := _COMMAND.match(code)):
            continue
        words = match[0].split()
        name = next((n for n in (" ".join(words), " ".join(words[:2])) if n in known), "")
        assert name, code
        command = known[name]
        options = {word for one in command.params if isinstance(one, click.Option)
                   for word in (*one.opts, *one.secondary_opts)} | {"--help"}  # fmt: skip
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", code):
            assert option in options, code
        if name == "workbench run" and (query := pack().queries.get(code.split()[3])):
            for value in re.findall(r"-p (\w+)=", code):
                assert query.parameter(value), code


def _shell_lines(page: Page) -> list[str]:
    return [
        line.strip().removeprefix(".venv/bin/")
        for language, text in page.blocks
        if language == "sh"
        for line in text.splitlines()
    ]


@of_the_bench
def test_keys_exist(page: Page) -> None:
    known = shown_keys()
    for code in page.codes:
        if re.fullmatch(r"(ctrl\+\w+|f\d+|.)", code) and not code.isdigit():
            assert code in known or code in _NO_KEYS, code


# Marks of the data dictionary, of tables as text, and units of relative times.
_NO_KEYS = {"†", "|", "h", "d", "w"}


@each_page
def test_settings_exist(page: Page) -> None:
    known = {name for name, _, _ in describe()}
    for code in page.codes:
        if _SETTING.fullmatch(code):
            assert code in known, code


@of_the_bench
def test_queries_exist(page: Page) -> None:
    known = pack().queries.keys() | pack().playbooks.keys() | set(shipped_profiles())
    for code in page.codes:
        if _HYPHENATED.fullmatch(code) and code not in _OTHER_WORDS:
            assert code in known, code


@each_page
def test_columns_exist(page: Page) -> None:
    for code in page.codes:
        table, _, column = code.partition(".")
        if table in TABLES and column and column not in ("sql", "py", "parquet", "toml"):
            assert column in TABLES[table].names, code


@each_page
def test_files_and_tests_exist(page: Page) -> None:
    for code in page.codes:
        if not code.startswith(_FOLDERS) or set(code) & set("<>*…{ "):
            continue
        name, _, test = code.partition("::")
        path = ROOT / name
        assert path.exists(), code
        if test:
            assert test in _tests_of(path), code


def test_every_line_of_a_score_is_explained() -> None:
    text = Page(ROOT / "docs" / "scoring.md").text
    names = set(_explanations()) | set(_components())
    assert len(names) >= 40
    for name in names:
        assert f"| {name} |" in text or f"**{name}**" in text, name


def _components() -> list[str]:
    """The lines of both scores."""
    return [line.name for line in (*components.LINES, *components.ONE_HAND)]


def _explanations() -> list[str]:
    """The innocent explanations that are tried on a cluster."""
    tree = ast.parse(Path(benign_explanations.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [one.args[0] for one in calls if getattr(one.func, "id", "") == "Explanation"]
    return [str(one.value) for one in names if isinstance(one, ast.Constant)]


def _words_of_the_scores() -> set[str]:
    """Sources, kinds of cluster, and what components and explanations say in a word."""
    families = {one.family for one in pack().traits()}
    words = set(SOURCES.values()) | (families - SOURCES.keys())
    tree = ast.parse(Path(scorecard.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "finding":
            words |= {one.value for step in ast.walk(node) if isinstance(step, ast.Return)
                      for one in ast.walk(step)
                      if isinstance(one, ast.Constant) and isinstance(one.value, str)}  # fmt: skip
    kinds = {*benign_explanations.KINDS.values(), "unclear"}
    return words | kinds | {"fits", "partly", "excluded"} | set(scorecard.CALLS)


def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip


def test_queries_of_the_pages_are_in_order() -> None:
    store = empty_store()
    for page in PAGES:
        for language, text in page.blocks:
            if language == "sql" and text.startswith("/*+++"):
                query = parse_query(text, page.path, pack="docs", trust="case")
                assert list(lint(query, pack(), store)) == [], query.id


def test_examples_in_toml_can_be_read() -> None:
    for page in PAGES:
        for language, text in page.blocks:
            if language == "toml":
                tomllib.loads(text)


def test_terms_stand_in_order_and_take_one_line() -> None:
    text = (PACKAGE / "text" / "glossary.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    terms = glossary()
    assert len(lines) == len(terms)
    assert list(terms) == sorted(terms, key=lambda term: term.replace("-", " ").replace("_", " "))
    for term, meaning in terms.items():
        assert meaning.endswith("."), term
        assert len(meaning) <= 180, term


def test_words_of_the_scores_are_terms() -> None:
    terms = set(glossary())
    assert not _words_of_the_scores() - terms
