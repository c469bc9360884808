"""How the addresses that Cenports sends become ours. The page shows three forms."""

from dataclasses import replace
from typing import Any

from gateway.backends.cenports import wire
from gateway.backends.cenports.mapping.identity import first, first_text
from gateway.mapping import Absent, Field, Scope, Table, text
from gateway.models import Address

NO_NAME_PARTS = "Cenports sends one name"
_NOT_IN_ADDRESS = "not part of the address that the page shows"
_ONE_LINE = "`location` is an address in one line"


def recipient(value: Any, scope: Scope) -> str | None:
    """`name`, else the order's `contactName` (of a recipient who is not the buyer), else its `customerName`"""
    return text(value, scope) or scope.given


PARTY = Table(
    Address,
    "billTo, shipTo",
    (
        Field("name", "name", recipient),
        Absent("first_name", NO_NAME_PARTS),
        Absent("last_name", NO_NAME_PARTS),
        Absent("company", _NOT_IN_ADDRESS),
        Field("line1", "address1", text),
        Field("line2", "address2", text),
        Absent("suburb", _NOT_IN_ADDRESS),
        Field("city", "city", text),
        Field("state", "state", text),
        Field("postal_code", "postalCode", text),
        Field("country", "country", text),
        Absent("phone", "the order's telephone number is its customer's"),
        Absent("email", "the order's e-mail address is its customer's"),
    ),
)

SHIP_FROM = Table(
    Address,
    "shipFrom",
    (
        Field("name", "warehouseName", text),
        Absent("first_name", "a warehouse"),
        Absent("last_name", "a warehouse"),
        Absent("company", _ONE_LINE),
        Field("line1", "location", text),
        Absent("line2", _ONE_LINE),
        Absent("suburb", _ONE_LINE),
        Absent("city", _ONE_LINE),
        Absent("state", _ONE_LINE),
        Absent("postal_code", _ONE_LINE),
        Absent("country", _ONE_LINE),
        Field("phone", "contactPhone", text),
        Absent("email", _NOT_IN_ADDRESS),
    ),
)

WAREHOUSE_ADDRESS = Table(
    Address,
    "warehouseAddress",
    (
        Absent("name", "stands beside the address"),
        Absent("first_name", "a warehouse"),
        Absent("last_name", "a warehouse"),
        Absent("company", _NOT_IN_ADDRESS),
        Field("line1", "streetAddress", text),
        Field("line2", "streetAddress2", text),
        Absent("suburb", _NOT_IN_ADDRESS),
        Field("city", "city", text),
        Field("state", ("provinceAbbre", "province"), first_text),
        Field("postal_code", "postalCode", text),
        Field("country", ("countryCode", "country"), first_text),
        Absent("phone", _NOT_IN_ADDRESS),
        Absent("email", _NOT_IN_ADDRESS),
    ),
)


def ship_to(address: Any, contact: Any, buyer: Any, scope: Scope) -> Address | None:
    """see the table of `billTo, shipTo`"""
    if not isinstance(address, wire.Party):
        return None
    return PARTY(address, replace(scope, given=first(contact, buyer)))


def bill_to(address: Any, scope: Scope) -> Address | None:
    """see the table of `billTo, shipTo`"""
    return PARTY(address, replace(scope, given=None)) if isinstance(address, wire.Party) else None


def ship_from(address: Any, scope: Scope) -> Address | None:
    """see the table of `shipFrom`"""
    return SHIP_FROM(address, scope) if isinstance(address, wire.ShipFrom) else None


def warehouse_address(address: Any, scope: Scope) -> Address | None:
    """see the table of `warehouseAddress`"""
    return WAREHOUSE_ADDRESS(address, scope) if isinstance(address, wire.WarehouseAddress) else None
