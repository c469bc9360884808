"""Who an order is for and where it goes: addresses, customers and accounts."""

from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.fields import first_text
from gateway.backends.centra.rows import plain
from gateway.mapping import Absent, Field, Scope, Table, text
from gateway.models import Account, Address, Customer


def full_name(first: Any, last: Any, _scope: Scope) -> str | None:
    """first and last name"""
    return " ".join(filter(None, (plain(first), plain(last)))) or None


def addressee(attn: Any, first: Any, last: Any, scope: Scope) -> str | None:
    """`attn`, else first and last name"""
    return plain(attn) or full_name(first, last, scope)


ADDRESS = Table(
    Address,
    "shippingaddress, billingaddress",
    (
        Field("name", ("attn", "firstname", "lastname"), addressee),
        Field("first_name", "firstname", text),
        Field("last_name", "lastname", text),
        Field("company", "company", text),
        Field("line1", "address1", text),
        Field("line2", "address2", text),
        Absent("suburb", "Centra's addresses have no part below the city"),
        Field("city", "city", text),
        Field("state", "state", text),
        Field("postal_code", "zipcode", text),
        Field("country", "country", text),
        Field("phone", "telephone", text),
        Field("email", "email", text),
    ),
)
_NOWHERE = Address()


def address(value: wire.Address, scope: Scope) -> Address | None:
    """see the table of `Address`; null if all of it is blank"""
    read = ADDRESS(value, scope)
    return None if read == _NOWHERE else read


def buyer_name(buyer: wire.Person, place: wire.Address, scope: Scope) -> str | None:
    """first and last name of the buyer, else `attn`, else the names in the address"""
    return full_name(buyer.firstname, buyer.lastname, scope) or addressee(place.attn, place.firstname, place.lastname, scope)


CUSTOMER = Table(
    Customer,
    "buyer (wholesale), customer (retail) and billingaddress of an order",
    (
        Field("backend_id", ("buyer.id", "customer.id"), first_text),
        Field("name", ("buyer", "billingaddress"), buyer_name),
        Field("first_name", ("buyer.firstname", "billingaddress.firstname"), first_text),
        Field("last_name", ("buyer.lastname", "billingaddress.lastname"), first_text),
        Field("company", "billingaddress.company", text),
        Field("email", ("buyer.email", "billingaddress.email"), first_text),
        Field("phone", "billingaddress.telephone", text),
        Absent("tax_id", "no order in the vendor's examples has one"),
    ),
)
_NOBODY = Customer()


def customer(order: wire.Order, scope: Scope) -> Customer | None:
    """see the table of `Customer`; null if all of it is blank"""
    read = CUSTOMER(order, scope)
    return None if read == _NOBODY else read


ACCOUNT = Table(
    Account,
    "account of an order (wholesale)",
    (
        Field("backend_id", "id", text),
        Absent("code", "Centra's accounts have an id and a name"),
        Field("name", "description", text),
    ),
)


def account(value: Any, scope: Scope) -> Account | None:
    """see the table of `Account`"""
    return ACCOUNT(value, scope) if isinstance(value, wire.Named) and plain(value.id) else None
