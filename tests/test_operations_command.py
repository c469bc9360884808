"""`gateway operations`: every documented operation is there, and each field that is named exists."""

import csv
import io
import re

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from gateway.__main__ import main
from gateway.backends import sandbox_class
from gateway.models import Backend
from gateway.operations_command import COLUMNS, documented
from gateway.sandbox.world import make_world
from schema import build_schema

INTERNAL = {"(internal: token)", "(internal: read model)"}


def leads_to(schema: GraphQLSchema, path: str) -> bool:
    """Whether a path such as `Query.centry.brands` or `Order.notes` is one of the schema's."""
    first, *names = path.split(".")
    kind = schema.type_map.get(first)
    for name in names:
        if not isinstance(kind, GraphQLObjectType) or name not in kind.fields:
            return False
        kind = get_named_type(kind.fields[name].type)
    return bool(names)


def test_the_command_prints_every_operation_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations"]) == 0
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert tuple(rows[0]) == COLUMNS
    counts = {name: sum(row["backend"] == name for row in rows) for name in Backend}
    assert counts == {"CENPORTS": 11, "CENTRA": 14, "CENTRY": 87, "CARTONCLOUD": 15}
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["id"]: row["reached_by"] for row in rows}["centry-41"] == "Query.centry.brands"
    assert "127 of 127" in printed.err


def test_every_field_that_is_named_exists() -> None:
    schema = build_schema()._schema
    named = {path for one in documented() for path in one.reached_by} - INTERNAL
    assert len(named) > 60
    assert [path for path in sorted(named) if not leads_to(schema, path)] == []


def test_every_operation_is_reached() -> None:
    assert [one.id for one in documented() if not one.reached_by] == []


@pytest.mark.parametrize("name", [Backend.CENPORTS, Backend.CENTRY, Backend.CARTONCLOUD])
def test_an_operation_is_the_one_that_the_simulated_system_knows_by_its_id(name: Backend) -> None:
    """Both were written from the vendor's page, each by itself."""
    simulated = sandbox_class(name)
    assert simulated is not None
    system = simulated(make_world(orders=0))
    root = {"CENPORTS": "/v2", "CENTRY": "/conexion/v1", "CARTONCLOUD": ""}[name]
    for one in documented():
        if one.backend is name and re.match("[A-Z]", one.operation) and "oauth/token" not in one.operation:
            method, _, path = one.operation.partition(" ")
            address = root + re.sub(r"[<{]\w+[>}]", "x", path)
            assert system.operation(method, address, b"") == one.id, one.operation


def test_the_operations_of_a_soap_interface_are_those_of_its_requests() -> None:
    simulated = sandbox_class(Backend.CENTRA)
    assert simulated is not None
    system = simulated(make_world(orders=0))
    for one in documented():
        if one.backend is Backend.CENTRA:
            name = one.operation.removeprefix("SOAP ")
            element = "events_GetRequest" if name == "events_Get" else name
            body = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
              <{element} xmlns="http://www.centra.com/webservices/"/></s:Body></s:Envelope>"""
            assert system.operation("POST", system.path, body.encode()) == one.id, one.operation
