"""A mapping that reads PostgreSQL: streamed, read-only, of one moment, and silent about logins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from features.connectors.mapping import parse_mapping
from features.connectors.pulling import pull_databases
from features.connectors.settings import IngestSettings
from features.connectors.stage import stage
from features.domain.errors import MappingError
from tests.features.connectors.support import HEAD, refused, rows, run, write
from tests.support.postgres import postgres_url

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

MAPPING = """
files: {{f: {{database: "${{PACELINE_SOURCE_CRM}}", {what}}}}}
tables:
  bookings:
    from:
      file: f
      columns: {{booking_id: id, rep_id: rep, occurred_at: day, amount: amount}}
"""
SET_UP = (
    "DROP SCHEMA IF EXISTS sales CASCADE",
    "CREATE SCHEMA sales",
    "CREATE TABLE sales.orders (id int, rep text, day date, amount numeric(12, 2), at timestamptz, note json)",
    """INSERT INTO sales.orders VALUES (1, '王芳', '2024-02-29', 12.50, '2024-02-29 23:30+00', '{"a": 1}')""",
    "INSERT INTO sales.orders VALUES (2, 'r2', '2024-03-01', -3, NULL, NULL)",
    'CREATE TABLE sales."Odd ""Name""" (id text)',
    """INSERT INTO sales."Odd ""Name\""" VALUES ('x')""",
    """CREATE FUNCTION sales.spoil() RETURNS int LANGUAGE sql AS 'DELETE FROM sales.orders; SELECT 1'""",
)
MANY = (
    "query: \"SELECT md5(g::text) AS id, 'r' AS rep, DATE '2024-01-01' AS day, 1 AS amount "
    'FROM generate_series(1, 45000) g"'
)
LOGIN = '{database: "postgresql://${PACELINE_SOURCE_U}:${PACELINE_SOURCE_P}@127.0.0.1:1/crm", table: t}'
LAYOUT = """
tables: {reps: {from: {file: f, columns: {rep_id: id, name: id}}}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_url() as url:
        with psycopg.connect(url, autocommit=True) as con:
            for statement in SET_UP:
                con.execute(statement)
        yield url


@pytest.fixture
def source(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty source folder, with the address of the database in the environment."""
    monkeypatch.setenv("PACELINE_SOURCE_CRM", server)
    return write(tmp_path / "source", {})


def told(caught: Any) -> str:  # noqa: ANN401 -- pytest's own type says no more
    """Return everything that a traceback of the error would show."""
    error, texts = caught.value, []
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(texts)


def test_a_query_gives_its_rows_with_exact_amounts(source: Path, tmp_path: Path) -> None:
    mapping = MAPPING.format(what='query: "SELECT * FROM sales.orders WHERE amount > 0;"')

    found = rows(run(source, mapping, tmp_path / "w"), "bookings")

    assert [(r["booking_id"], r["rep_id"], str(r["amount"]), r["_file"]) for r in found] == [
        ("1", "王芳", "12.5000", "f (database)")
    ]


def test_a_whole_table_is_read_with_moments_in_utc(source: Path, tmp_path: Path) -> None:
    mapping = MAPPING.format(what="table: sales.orders").replace("day, am", "{column: at, default: 2024-03-01}, am")

    found = rows(run(source, mapping, tmp_path / "w"), "bookings")

    assert [str(r["occurred_at"]) for r in found] == ["2024-02-29 23:30:00", "2024-03-01 00:00:00"]


def test_a_table_with_an_odd_name_is_found(source: Path, tmp_path: Path) -> None:
    mapping = HEAD + 'files: {f: {database: "${PACELINE_SOURCE_CRM}", table: \'sales.Odd "Name"\'}}' + LAYOUT

    assert rows(run(source, mapping, tmp_path / "w"), "reps")[0]["rep_id"] == "x"


def test_the_same_rows_have_the_same_fingerprint(source: Path, tmp_path: Path) -> None:
    mapping = MAPPING.format(what='query: "SELECT * FROM sales.orders ORDER BY id"')

    first, second = (run(source, mapping, tmp_path / name).content_sha256 for name in ("w1", "w2"))

    assert first == second


def test_a_fault_is_named_with_the_row_of_the_query(source: Path, tmp_path: Path) -> None:
    mapping = MAPPING.format(what="query: \"SELECT id, rep, 'soon' AS day, amount FROM sales.orders ORDER BY id\"")

    faults = refused(source, mapping, tmp_path / "w").report.faults

    assert [(f.file, f.line, f.column, f.value) for f in faults] == [
        ("f (database)", 2, "day", "soon"),
        ("f (database)", 3, "day", "soon"),
    ]


def test_many_rows_come_in_order_of_the_query(source: Path, tmp_path: Path) -> None:

    staged = run(source, MAPPING.format(what=MANY), tmp_path / "w")

    assert staged.tables["bookings"].rows == 45_000
    assert rows(staged, "bookings")[-1]["_line"] == 45_001


def test_a_query_cannot_write_even_through_a_function(source: Path, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="the query failed: cannot execute DELETE in a read-only transaction"):
        run(source, MAPPING.format(what='query: "SELECT sales.spoil() AS id"'), tmp_path / "w")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ('query: "SELECT nope FROM sales.orders"', "f: the query failed: column .nope. does not exist"),
        ("table: sales.nothing", "f: the query failed: relation .sales.nothing. does not exist"),
        ('query: "WITH gone AS (DELETE FROM sales.orders RETURNING *) SELECT * FROM gone"', "the query failed"),
    ],
)
def test_a_query_that_fails_is_told_in_the_servers_words(source: Path, tmp_path: Path, what: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        run(source, MAPPING.format(what=what), tmp_path / "w")


def test_an_optional_table_may_be_missing(source: Path, tmp_path: Path) -> None:
    write(source, {"o.csv": "id,rep,day,amount\n1,r,2024-01-01,5\n"})
    mapping = (
        MAPPING.format(what="table: sales.nothing, optional: true")
        .replace("files: {", "files: {o: {path: o.csv}, ")
        .replace(
            "    from:\n      file: f\n      columns:",
            "    from:\n      - {file: f, columns: {booking_id: id, "
            "rep_id: rep, occurred_at: day, amount: amount}}\n      - file: o\n        columns:",
        )
    )

    assert [r["_file"] for r in rows(run(source, mapping, tmp_path / "w"), "bookings")] == ["o.csv"]


def test_a_copy_that_grows_too_large_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()

    with pytest.raises(MappingError, match="narrow the query"):
        stage(
            source,
            parse_mapping(HEAD + MAPPING.format(what=MANY), origin="m"),
            tmp_path / "w",
            partial=False,
            settings=IngestSettings(max_file_bytes=100_000),
        )


def test_a_login_that_fails_tells_neither_address_nor_password(tmp_path: Path) -> None:
    spec = parse_mapping(
        f"{HEAD}files: {{f: {LOGIN}}}{LAYOUT}",
        origin="m",
    ).files
    hidden = {"PACELINE_SOURCE_U": "bo-the-user", "PACELINE_SOURCE_P": "s3cret-word"}

    with pytest.raises(MappingError, match=r"f: the database cannot be reached or refuses the login \(") as caught:
        pull_databases(spec, tmp_path, IngestSettings(), hidden)

    assert not any(word in told(caught) for word in (*hidden.values(), "127.0.0.1"))


def test_an_address_that_the_driver_cannot_read_tells_nothing_of_it(tmp_path: Path) -> None:
    spec = parse_mapping(HEAD + 'files: {f: {database: "${PACELINE_SOURCE_X}", table: t}}' + LAYOUT, origin="m").files

    with pytest.raises(MappingError, match="cannot be reached") as caught:
        pull_databases(spec, tmp_path, IngestSettings(), {"PACELINE_SOURCE_X": "postgresql://bo:s3cret-word@h:nan/d?x"})

    assert "s3cret-word" not in told(caught)
