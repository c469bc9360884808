"""Codes of currencies: what is told of those that have not the form of one."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type

from gateway.centra_changes import CentraPricelist
from gateway.changes import NewFile, OrderChanges, OrderUpdate
from gateway.models import JSON, Address, Money
from gateway.operations.centra import GivenPricelists
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


@pytest.mark.parametrize("given", [an_order("EUR", "CL"), an_order("eur", "Chile"), an_order(None, "CHL"), an_order()])
def test_either_case_will_do_and_a_country_goes_to_its_backend_as_it_is(given: OrderUpdate) -> None:
    assert told(given) == []


def test_whatever_has_a_currency_is_looked_at_wherever_it_stands_but_for_fields_of_the_backend() -> None:
    wrong = CentraPricelist(id="2", currency="crowns", products=())
    assert told(GivenPricelists(pricelists=(CentraPricelist(id="1", currency="SEK", products=()), wrong))) == [
        "pricelists/1/currency"
    ]
    assert told(an_order(extra={"currency": "crowns"})) == []
    assert told(NewFile(filename="currency", content_type="text/plain", content=b"currency")) == []


def test_every_input_that_names_the_standard_is_held_to_it() -> None:
    """By the name of the field, as `wrong_codes` goes by it."""
    fields = [(name, field.description or "") for kind in inputs() for name, field in kind.fields.items()]
    named = [text for name, text in fields if name == "currency"]
    assert len(named) == 2
    assert [text for _, text in fields if "ISO 4217" in text] == named


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
