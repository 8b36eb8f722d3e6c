"""Addresses of databases: no secret stands in a mapping or in a message, and a query reads and does nothing else."""

from __future__ import annotations

import pytest

from features.connectors.databases import Address, check_address, check_query, fill_in
from features.connectors.mapping import parse_mapping
from features.domain.errors import MappingError
from tests.features.connectors.support import HEAD

SECRET = "p@ss/w:rd"
ENVIRONMENT = {"PACELINE_SOURCE_USER": "bo", "PACELINE_SOURCE_PASSWORD": SECRET}
ADDRESS = "postgresql://${PACELINE_SOURCE_USER}:${PACELINE_SOURCE_PASSWORD}@db.example.com/crm"


def test_variables_are_filled_in_as_parts_of_an_address() -> None:
    assert fill_in(ADDRESS, ENVIRONMENT, name="d").url == "postgresql://bo:p%40ss%2Fw%3Ard@db.example.com/crm"


def test_a_whole_address_may_stand_in_one_variable() -> None:
    whole = {"PACELINE_SOURCE_CRM": "postgres://bo:pw1@db/crm"}

    found = fill_in("${PACELINE_SOURCE_CRM}", whole, name="d")

    assert found.url == whole["PACELINE_SOURCE_CRM"]
    assert found.redacted("cannot log in with pw1 at postgres://bo:pw1@db/crm") == "cannot log in with *** at ***"


@pytest.mark.parametrize("told", [SECRET, "p%40ss%2Fw%3Ard"])
def test_a_secret_is_hidden_however_it_is_written(told: str) -> None:
    found = fill_in(ADDRESS, ENVIRONMENT, name="d")

    assert told not in found.redacted(f"no login with {told}!")
    assert told not in repr(found)


def test_variables_that_are_not_set_are_all_named_and_their_values_never() -> None:
    with pytest.raises(MappingError, match="d: set the environment variables PACELINE_SOURCE_PASSWORD") as caught:
        fill_in(ADDRESS, {"PACELINE_SOURCE_USER": "bo-the-user"}, name="d")

    assert "bo-the-user" not in str(caught.value)


def test_a_variable_that_holds_something_else_is_named_without_its_value() -> None:
    with pytest.raises(MappingError, match="PACELINE_SOURCE_CRM has to hold an address") as caught:
        fill_in("${PACELINE_SOURCE_CRM}", {"PACELINE_SOURCE_CRM": "mysql://bo:pw1@db/crm"}, name="d")

    assert "pw1" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://bo:pw1@db/crm", "a password does not belong into a mapping"),
        ("postgresql://bo@db/crm?password=pw1", "a password does not belong into a mapping"),
        ("postgresql://db/crm?passfile=/etc/x", "a password does not belong into a mapping"),
        ("mysql://db/crm", "no way to read 'mysql'"),
        ("crm", "no way to read"),
        ("postgresql://db/${HOME}", "begin with PACELINE_SOURCE_ only; there is 'HOME'"),
        ("postgresql://db/${AWS_SECRET_ACCESS_KEY}", "there is 'AWS_SECRET_ACCESS_KEY'"),
    ],
)
def test_an_address_that_a_mapping_may_not_hold_is_refused(address: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_address(address)


@pytest.mark.parametrize("query", ["SELECT 1", "with x as (select 1) select * from x;", "VALUES (1)", "SELECT ';'"])
def test_one_statement_that_reads_is_allowed(query: str) -> None:
    check_query(query)


@pytest.mark.parametrize(
    "query", ["", ";", "DELETE FROM x", "SELECT 1; DROP TABLE x", "SELECT 1; COMMIT; DROP TABLE x;", "SELECT 'open"]
)
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="has to be one SELECT"):
        check_query(query)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('{database: "postgresql://db/crm"}', "give either `query` or `table`"),
        ('{database: "postgresql://db/crm", table: a, query: SELECT 1}', "give either `query` or `table`"),
        ('{database: "postgresql://db/crm", path: a.csv, table: a}', "give either `path` or `database`"),
        ("{encoding: utf-8}", "give either `path` or `database`"),
        ('{database: "postgresql://bo:pw1@db/crm", table: a}', r"line 3: files.f: a password does not belong"),
    ],
)
def test_a_mapping_names_a_place_and_what_is_read(entry: str, message: str) -> None:
    tables = "tables: {reps: {from: {file: f, columns: {rep_id: id, name: id}}}}\n"

    with pytest.raises(MappingError, match=message):
        parse_mapping(f"{HEAD}files: {{f: {entry}}}\n{tables}", origin="m")


def test_an_address_without_secrets_hides_nothing() -> None:
    assert Address("postgresql://db/crm", ()).redacted("relation x does not exist") == "relation x does not exist"
