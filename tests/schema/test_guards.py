"""Scopes in the schema: what the contract guards is guarded, and nothing else is."""

import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from gateway.principal import Scope
from schema import build_schema
from schema.base import field
from schema.guards import guard, guarding

PERSONAL = {
    *(f"Address.{name}" for name in ("name", "firstName", "lastName", "company", "line1", "line2", "suburb", "phone", "email")),
    "Order.customer",
    "Order.notes",
    "Order.raw",
    "OrderDocument.contentBase64",
    "SalesChannel.email",
    "SalesChannel.phone",
    "SalesChannel.raw",
    "Shipment.raw",
    "Centry.user",
    "CentryCompany.address",
    "CentryCompany.raw",
    "CentryOrderDocument.raw",
    "CartonCloudUser.name",
    "CartonCloudUser.email",
    "CartonCloudUser.raw",
}
SECRET = {"CentryWebhook.callbackUrl", "CentryWebhook.raw", "CentryIntegrationConfig.raw"}
"""Keys of marketplaces, and addresses that hold a secret."""
PERSONAL_TYPES = {"Customer", "OrderNote", "CentryUser"}
"""Types that hold personal data alone: whatever leads to them is guarded."""


def fields_of(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    kinds = (kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType))
    return {f"{kind.name}.{name}": field for kind in kinds for name, field in kind.fields.items()}


def guarded(schema: GraphQLSchema) -> dict[str, Scope]:
    return {name: scope for name, field in fields_of(schema).items() if (scope := guarding(field))}


def test_what_is_personal_needs_its_scope_and_nothing_else_does() -> None:
    assert guarded(build_schema()._schema) == dict.fromkeys(PERSONAL, Scope.PII) | dict.fromkeys(SECRET, Scope.ADMIN)


def test_whatever_leads_to_a_person_is_guarded() -> None:
    schema = build_schema()._schema
    leading = {name for name, field in fields_of(schema).items() if get_named_type(field.type).name in PERSONAL_TYPES}
    assert leading
    assert leading <= guarded(schema).keys()


def test_clients_are_told_of_the_scope() -> None:
    schema = build_schema()._schema
    told = {name: field.description or "" for name, field in fields_of(schema).items()}
    assert all(f"scope `{scope}`" in told[name] for name, scope in guarded(schema).items())


def test_a_field_that_cannot_be_null_cannot_have_a_scope() -> None:
    @strawberry.type
    class Query:
        name: str = field(scope=Scope.PII)

    with pytest.raises(TypeError, match=r"Query\.name"):
        guard(strawberry.Schema(Query)._schema)
