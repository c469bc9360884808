"""Who an order is for and where it goes: addresses, contacts and the warehouse's customers."""

from typing import Any

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.mapping.fields import first
from gateway.mapping import Absent, Field, Scope, Table, text
from gateway.models import Account, Address, Customer


def state(value: Any, scope: Scope) -> str | None:
    """its `code`, else its `name`"""
    return first(value, ("code", "name"), scope)


def country(value: Any, scope: Scope) -> str | None:
    """its `iso2Code`, else its `iso3Code`, else its `name`"""
    return first(value, ("iso2Code", "iso3Code", "name"), scope)


_ONE_NAME = "CartonCloud has one name for a contact"

ADDRESS = Table(
    Address,
    "Address",
    (
        Field("name", "contactName", text),
        Absent("first_name", _ONE_NAME),
        Absent("last_name", _ONE_NAME),
        Field("company", "companyName", text),
        Field("line1", "address1", text),
        Field("line2", "address2", text),
        Field("suburb", "suburb", text),
        Field("city", "city", text),
        Field("state", "state", state),
        Field("postal_code", "postcode", text),
        Field("country", "country", country),
        Field("phone", "phone", text),
        Field("email", "email", text),
    ),
)
_NOWHERE = Address()


def address(value: wire.Address, scope: Scope) -> Address | None:
    """see the table of `Address`; null if all of it is blank"""
    read = ADDRESS(value, scope)
    return None if read == _NOWHERE else read


CUSTOMER = Table(
    Customer,
    "details.deliver.address of an outbound order",
    (
        Absent("backend_id", "CartonCloud knows the recipient by the address alone"),
        Field("name", "contactName", text),
        Absent("first_name", _ONE_NAME),
        Absent("last_name", _ONE_NAME),
        Field("company", "companyName", text),
        Field("email", "email", text),
        Field("phone", "phone", text),
        Absent("tax_id", "not in CartonCloud's addresses"),
    ),
)
_NOBODY = Customer()


def recipient(value: wire.Address, scope: Scope) -> Customer | None:
    """see the table of `Customer`; null if all of it is blank"""
    read = CUSTOMER(value, scope)
    return None if read == _NOBODY else read


ACCOUNT = Table(
    Account,
    "Customer",
    (
        Field("backend_id", "id", text),
        Field("code", "references.code", text),
        Field("name", "name", text),
    ),
)
_NO_ACCOUNT = Account()


def account(value: wire.Customer, scope: Scope) -> Account | None:
    """see the table of `Account`; null if all of it is blank"""
    read = ACCOUNT(value, scope)
    return None if read == _NO_ACCOUNT else read
