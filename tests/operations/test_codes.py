"""Codes of currencies and countries: what is told of those that have not the form of one."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type

from gateway.centra_changes import CentraAccount, CentraAddress
from gateway.changes import NewFile, NewSalesChannel, OrderChanges, OrderRescheduling, OrderUpdate
from gateway.models import JSON, Address, Backend, Money
from gateway.operations.centra import GivenAccounts
from gateway.operations.codes import wrong_codes
from schema import build_schema


def told(given: object) -> list[str]:
    return ["/".join(each.error.path) for each in wrong_codes(given)]


def an_order(currency: str | None = None, country: str | None = None, extra: dict[str, JSON] | None = None) -> OrderUpdate:
    changes = OrderChanges(total=Money(Decimal(1), currency), shipping_address=Address(country=country), extra=extra)
    return OrderUpdate(order_id="7", changes=changes)


@pytest.mark.parametrize("currency", ["", " ", "A$", "EURO", "EU", "EUR ", "EÜR", "978"])
def test_a_currency_has_three_letters(currency: str) -> None:
    assert told(an_order(currency)) == ["changes/total/currency"]


@pytest.mark.parametrize("country", [" ", "C", "CHL", "Chile", "C1", "152", "CL\n"])
def test_a_country_has_two_letters(country: str) -> None:
    assert told(an_order(country=country)) == ["changes/shippingAddress/country"]


@pytest.mark.parametrize("given", [an_order("EUR", "CL"), an_order("eur", "cl"), an_order(None, ""), an_order(None, None)])
def test_either_case_will_do_and_a_blank_country_is_none(given: OrderUpdate) -> None:
    assert told(given) == []


def test_whatever_has_a_code_is_looked_at_wherever_it_stands_but_for_fields_of_the_backend() -> None:
    account = CentraAccount(id="2", address=CentraAddress(country="Sweden"), invoice_address=CentraAddress(country="SWE"))
    assert told(GivenAccounts(accounts=(CentraAccount(id="1"), account))) == [
        "accounts/1/address/country",
        "accounts/1/invoiceAddress/country",
    ]
    channel = NewSalesChannel(backend=Backend.CENPORTS, name="country", contact=Address(country="USA"))
    assert told(channel) == ["contact/country"]
    assert told(an_order(extra={"currency": "crowns", "address": {"country": "Chile"}})) == []
    assert told(NewFile(filename="country", content_type="text/plain", content=b"country")) == []
    assert told(OrderRescheduling(order_id="currency", date=date(2026, 1, 1))) == []


def test_every_input_that_names_a_standard_is_held_to_it() -> None:
    """By the names of fields, as `wrong_codes` goes by them."""
    standards = {"currency": "ISO 4217", "country": "ISO 3166-1 alpha-2"}
    fields = [(name, field.description or "") for kind in inputs() for name, field in kind.fields.items()]
    named = [(name, text) for name, text in fields if name in standards]
    assert len(named) == 5
    assert all(standards[name] in text for name, text in named)
    assert [text for _, text in fields if "ISO" in text] == [text for _, text in named]


def inputs() -> Iterator[GraphQLInputObjectType]:
    """The inputs of mutations, and what these hold."""
    mutation = build_schema()._schema.mutation_type
    assert mutation is not None
    left: list[GraphQLNamedType] = [
        get_named_type(arg.type) for field in mutation.fields.values() for arg in field.args.values()
    ]
    seen: set[str] = set()
    while left:
        kind = left.pop()
        if isinstance(kind, GraphQLInputObjectType) and kind.name not in seen:
            seen.add(kind.name)
            left += [get_named_type(field.type) for field in kind.fields.values()]
            yield kind
