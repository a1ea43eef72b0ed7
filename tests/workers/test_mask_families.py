"""Masks by entity family: wherever a value of a masked family stands, it stays in the worker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers import masked_case
from tests.workers.masked_case import FAMILY_OF_ONES_OWN, NUMBER, RAW
from workbench.case.store_parts import StoreParts
from workbench.catalog.entities import hidden_columns, known_families, shown_families
from workbench.decisions.masking import MASKABLE, Mask, mask_key
from workbench.errors import WorkbenchError
from workbench.playbooks.library import library_in_sight
from workbench.settings import EngineSettings
from workbench.workers.host.opening import Opening
from workbench.workers.host.sync_client import QueryClient, set_mask
from workbench.workers.messages import Digest, Export, Open, Plan

KEY = "5e" * 32


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("families") / "store-1.duckdb"
    masked_case.build(path)
    return path


@pytest.fixture(scope="module")
def masked(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryClient]:
    tmp = tmp_path_factory.mktemp("spill")
    client = QueryClient(
        StoreParts.of(store),
        tmp / "tmp",
        EngineSettings(),
        Mask(MASKABLE),
        Opening(KEY, examine=True),
    )
    client.lay_over("seen_patterns", [json.dumps(one) for one in _patterns()])
    yield client
    client.close()


def _patterns() -> Iterator[dict[str, object]]:
    for family in (*known_families(), FAMILY_OF_ONES_OWN):
        value = str(NUMBER) if family == "prompt" else RAW + family
        yield {"pattern": "p", "family": family, "value": value, "members": 2, "accounts": 3}


def everything(client: QueryClient, sql: str) -> str:
    """What a statement lets out of the worker: rows, or the words of its error."""
    try:
        return str(client.request(Open(sql, {}, 5000, 4096)))
    except WorkbenchError as error:
        return f"{error.title} {error.message} {error.hint}"


def leaks(told: str) -> list[str]:
    """Words in which a masked value stands."""
    hidden = known_families() - shown_families(MASKABLE)
    return [
        word
        for word in told.replace("'", " ").split()
        if str(NUMBER) in word
        or (FAMILY_OF_ONES_OWN in word and RAW in word)
        or any(RAW + name in word for name in (*hidden, *hidden_columns(MASKABLE)))
    ]


TABLES = [table.name for table in masked_case.tables_with_secrets()]


@pytest.mark.parametrize("table", [*TABLES, "exchange_rows", "seen_patterns"])
def test_no_value_of_a_masked_family_is_shown(masked: QueryClient, table: str) -> None:
    told = everything(masked, f"FROM {table}")
    assert "‹masked " in told
    assert leaks(told) == []


def test_what_is_of_no_masked_family_is_shown(masked: QueryClient) -> None:
    told = everything(masked, "SELECT family, value FROM traits")
    for family in ("asn", "client", "org", "domain", "habits", "bin_amount"):
        assert RAW + family in told
    assert "visible-plan" in everything(masked, "SELECT plan FROM accounts")


def test_one_column_hides_its_family_everywhere(store: Path, tmp_path: Path) -> None:
    client = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings(), Mask(("ip",)))
    try:
        for sql in (
            "SELECT signup_ip FROM accounts", "SELECT ip FROM exchanges",
            "SELECT ip FROM sightings", "SELECT value FROM traits WHERE family IN ('ip', 'net24')",
            "SELECT value FROM trait_stats WHERE family = 'net24'",
            "SELECT value FROM cluster_evidence WHERE family = 'ip'",
            "SELECT value FROM member_evidence WHERE family = 'ip'",
            "SELECT value FROM entity_lists WHERE family = 'ip'",
            "SELECT example FROM load_warnings WHERE column_name = 'signup_ip'",
        ):  # fmt: skip
            told = everything(client, sql)
            assert "‹masked " in told, sql
            assert RAW not in told, sql
        told = everything(client, "SELECT email, device_id FROM accounts, sightings")
        assert RAW + "email" in told
    finally:
        client.close()


def test_a_value_has_one_stand_in_wherever_it_stands(masked: QueryClient) -> None:
    sql = (
        "SELECT count(*) FROM exchanges e JOIN traits t ON t.family = 'prompt' "
        "AND t.value = CAST(e.prompt_hash AS VARCHAR) AND t.account_id = e.account_id"
    )
    assert "rows=[[2]]" in everything(masked, sql)
    sql = "SELECT count(DISTINCT value) FROM (SELECT value FROM traits WHERE family = 'ip' "
    sql += "UNION ALL SELECT value FROM trait_stats WHERE family = 'ip')"
    assert "rows=[[1]]" in everything(masked, sql)


def test_stand_ins_are_an_analysts_own_and_stay(store: Path, tmp_path: Path) -> None:
    sql = "SELECT email FROM accounts"
    told = []
    for number, key in enumerate((KEY, KEY, "a1" * 32)):
        client = QueryClient(
            StoreParts.of(store),
            tmp_path / str(number),
            EngineSettings(),
            Mask(("email",)),
            Opening(key),
        )
        told.append(client.request(Open(sql, {}, 9, 99)).rows)
        client.close()
    assert told[0] == told[1] != told[2]
    (stand_in,) = told[0][0]
    assert len(stand_in.removeprefix("‹masked ").removesuffix("›")) == 16


# One statement that tries to get round: each a way of its own.
ROUNDABOUT = [
    "FROM histogram_values(accounts, email)", "FROM query_table('accounts')",
    "FROM query('FROM accounts')", "SELECT stats(email) FROM accounts",
    "FROM duckdb_views()", "FROM duckdb_variables()", "SELECT getvariable('mask_inner')",
    "SELECT system.main.getvariable('mask_outer')", "FROM information_schema.views",
    "SUMMARIZE accounts", "DESCRIBE accounts", "SELECT CAST(email AS INTEGER) FROM accounts",
    "SELECT CAST(value AS INTEGER) FROM traits", "SELECT CAST(email AS DATE) FROM accounts",
    "SELECT error(email) FROM accounts", "SELECT strptime(email, '%Y') FROM accounts",
    "SELECT email::JSON FROM accounts", "SELECT email::ENUM('x') FROM accounts",
    "SELECT json_extract(email, '$.x') FROM accounts", "SELECT email::UUID FROM accounts",
    "SELECT regexp_matches('x', email) FROM accounts", "SELECT from_hex(email) FROM accounts",
    "EXPLAIN SELECT email FROM accounts", "EXPLAIN ANALYZE SELECT email FROM accounts",
    "EXPLAIN SELECT * FROM accounts WHERE email > 'a'", "SELECT alias(email) FROM accounts",
    "SELECT count(*) FROM accounts WHERE email = '{secret}email'",
    "SELECT count(*) FROM accounts JOIN (VALUES ('{secret}email')) v(g) ON email = g",
    "SELECT count(*) FROM accounts WHERE email LIKE '{secret}%'",
    "SELECT count(*) FROM accounts WHERE md5(email) = md5('{secret}email')",
    "SELECT count(*) FROM exchanges WHERE prompt_hash = 7171717171",
    "SELECT count(*) FROM accounts WHERE email BETWEEN '{secret}' AND '{secret}z'",
    "SELECT CASE WHEN email = '{secret}email' THEN 1/0 ELSE CAST('y' AS INTEGER) END FROM accounts",
    "PREPARE p AS FROM accounts", "COPY accounts TO 'x.csv'", "CREATE TEMP VIEW v AS FROM accounts",
    "FROM \"store-1\".main.accounts", "FROM temp.main.accounts", "FROM main.accounts",
    "SELECT rowid, email FROM accounts", "FROM exchange_rows", "SELECT accounts FROM accounts",
    "WITH RECURSIVE r AS (FROM mails UNION FROM r) FROM r",
    "SELECT histogram(email), mode(email), approx_top_k(email, 3) FROM accounts",
    "SELECT create_sort_key(email, 'ASC') FROM accounts",
    "UNPIVOT (SELECT email, plan FROM accounts) ON COLUMNS(*)",
    "PIVOT accounts ON email IN ('{secret}email') USING count(*)",
]  # fmt: skip


@pytest.mark.parametrize("sql", ROUNDABOUT)
def test_no_one_statement_gets_round_a_mask(masked: QueryClient, sql: str) -> None:
    asked = sql.replace("{secret}", RAW)
    told = everything(masked, asked).replace(asked, "")
    said = told.replace(f"{RAW}email", "", asked.count(f"{RAW}email"))  # its own guess
    assert leaks(said) == []
    if "count(*)" in sql and "PIVOT" not in sql:
        assert "rows=[[0]]" in told  # a guess is compared with stand-ins
    for part in (KEY, *_blocks()):
        assert part[:12] not in told


def _blocks() -> list[str]:
    from workbench.engine.masks import MaskKey

    key = MaskKey.of(KEY)
    return [key.inner, key.outer]


def test_a_plan_shows_no_key(masked: QueryClient) -> None:
    for measure in (False, True):
        told = str(masked.request(Plan("SELECT upper(email) FROM accounts", {}, measure)))
        assert leaks(told) == []
        for block in _blocks():
            assert not any(block[at : at + 12] in told for at in range(0, 52, 4))


_COLUMNS = st.sampled_from(
    [(table.name, column.name) for table in masked_case.tables_with_secrets()
     for column in table.columns]
)  # fmt: skip
_SHAPES = st.sampled_from(
    (
        "SELECT {c} FROM {t}", "SELECT DISTINCT {c} FROM {t} ORDER BY 1",
        "SELECT list({c}) FROM {t}", "SELECT min({c}), max({c}), any_value({c}) FROM {t}",
        "SELECT string_agg({c}, ',') FROM {t}", "SELECT to_json(x) FROM {t} AS x",
        "SELECT CAST({c} AS INTEGER) FROM {t}", "SELECT CAST({c} AS TIMESTAMP) FROM {t}",
        "SELECT {c} FROM {t} GROUP BY ALL", "WITH q AS (FROM {t}) SELECT q FROM q",
        "SELECT reverse(reverse({c})) FROM {t}", "SELECT {c} || '' FROM {t}",
        "SELECT x.v FROM (SELECT {c} AS v FROM {t}) AS x", "SELECT struct_pack(v := {c}) FROM {t}",
        "SELECT (SELECT max({c}) FROM {t})", "SELECT first_value({c}) OVER () FROM {t}",
        "SELECT unnest([{c}]) FROM {t}", "SELECT a.{c} FROM {t} AS a JOIN {t} AS b USING ({c})",
        "SELECT {c} FROM {t} EXCEPT SELECT 'x'", "SELECT COLUMNS('.*') FROM {t}",
        "SUMMARIZE SELECT {c} FROM {t}", "SELECT decode(encode({c}::VARCHAR)) FROM {t}",
        "FROM (FROM {t} LIMIT 3)", "SELECT * REPLACE (upper({c}::VARCHAR) AS {c}) FROM {t}",
        "SELECT {c} FROM {t} TABLESAMPLE 100%", "SELECT arg_min({c}, {c}) FROM {t}",
    )
)  # fmt: skip


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_COLUMNS, _SHAPES, st.sampled_from(("open", "csv", "jsonl", "digest")))
def test_whatever_is_asked_of_a_column_its_value_stays(
    masked: QueryClient, column: tuple[str, str], shape: str, way: str
) -> None:
    table, name = column
    sql = shape.replace("{t}", table).replace("{c}", f'"{name}"')
    told = everything(masked, sql) if way == "open" else _out(masked, sql, way)
    assert leaks(told.lower()) == []


def _out(client: QueryClient, sql: str, way: str) -> str:
    try:
        if way == "digest":
            return str(client.request(Digest(sql, {})))
        told = client.request(Export(sql, {}, way))
        return (client.spill / told.file).read_text()
    except WorkbenchError as error:
        return error.message


def test_a_digest_is_of_what_may_be_seen(masked: QueryClient, store: Path, tmp_path: Path) -> None:
    sql = "SELECT account_id, email FROM accounts ORDER BY account_id"
    seen = masked.request(Digest(sql, {}))
    assert seen.masked
    bare = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings())
    raw = bare.request(Digest(sql, {}))
    bare.close()
    assert raw.sha256 != seen.sha256
    assert not raw.masked
    # What was recorded of the cells as they are is compared in the worker, and told to nobody.
    compared = masked.request(Digest(sql, {}, raw.sha256))
    assert (compared.same, compared.sha256) == (True, seen.sha256)
    assert not masked.request(Digest(sql, {}, "0" * 64)).same
    assert masked.request(Digest(sql, {}, seen.sha256)).same
    # What is shown of one account changes no digest; a policy of before is compared too.
    masked.request(set_mask(Mask(MASKABLE, ("acct-1",))))
    assert masked.request(Digest(sql, {})).sha256 == seen.sha256
    masked.request(set_mask(Mask()))
    assert not masked.request(Digest(sql, {}, seen.sha256)).same
    assert masked.request(Digest(sql, {}, seen.sha256, [["email"]])).same
    masked.request(set_mask(Mask(MASKABLE)))


def test_a_statement_without_masked_cells_has_the_digest_of_the_store(
    masked: QueryClient, store: Path, tmp_path: Path
) -> None:
    sql = "SELECT account_id, plan, count(email) AS mails FROM accounts GROUP BY ALL ORDER BY ALL"
    bare = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings())
    assert bare.request(Digest(sql, {})).sha256 == masked.request(Digest(sql, {})).sha256
    bare.close()


def test_every_shipped_link_family_is_known() -> None:
    families = {query.family for query in library_in_sight(None).queries.values() if query.family}
    assert families <= known_families()


def test_the_page_on_masks_says_what_is_hidden() -> None:
    page = Path("docs/masks.md").read_text()
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `")]
    told = set()
    for named, columns, families in rows:
        for name in re.findall(r"`(\w+)`", named):
            told.add(name)
            hidden = hidden_columns([name])
            assert set(re.findall(r"`(\w+)`", columns)) in (hidden, set()), name
            visible = known_families() - shown_families([name])
            assert set(re.findall(r"`(\w+)`", families)) == visible, name
    assert told == set(MASKABLE)


def test_a_key_is_made_once_and_is_the_analysts_alone(tmp_path: Path) -> None:
    key = mask_key(tmp_path)
    assert len(bytes.fromhex(key)) == 32
    assert mask_key(tmp_path) == key
    assert (tmp_path / "mask.key").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["mask.key"]
    (tmp_path / "mask.key").write_text("short")
    again = mask_key(tmp_path)
    assert len(bytes.fromhex(again)) == 32
    assert mask_key(tmp_path) == again
    assert mask_key(tmp_path / "absent") != mask_key(tmp_path / "absent")
