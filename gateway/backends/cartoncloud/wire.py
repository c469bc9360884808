"""What CartonCloud sends: orders and consignments, field for field under the names of its page.

Leaves are `Any`: numbers come as numbers or as text, and null or nothing stands for what is not known. The three kinds of
record have so much in common that one type reads all of them. Fields that are not named here stay in the record's text.
"""
# ruff: noqa: N815 - the vendor's own names

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import Raw, Struct


class NotAnObject(Exception):
    """What came is no JSON object."""


class Part(Struct, frozen=True):
    """An object in what CartonCloud sends. Where none came it is there all the same, with nothing in it."""


class Address(Part, frozen=True):
    """`state` and `country` are objects on the page; a text is taken for their name."""

    companyName: Any = None
    contactName: Any = None
    address1: Any = None
    address2: Any = None
    suburb: Any = None
    city: Any = None
    state: Any = None
    postcode: Any = None
    country: Any = None
    phone: Any = None
    email: Any = None


class Codes(Part, frozen=True):
    """The `references` of a product or a customer."""

    code: Any = None
    barcode: Any = None


class Customer(Part, frozen=True):
    id: Any = None
    name: Any = None
    references: Codes = Codes()


class Product(Part, frozen=True):
    id: Any = None
    name: Any = None
    references: Codes = Codes()


class Warehouse(Part, frozen=True):
    id: Any = None
    name: Any = None


class UnitOfMeasure(Part, frozen=True):
    type: Any = None


class Stop(Part, frozen=True):
    """Where and by when something is collected or delivered."""

    address: Address = Address()
    requiredDate: Any = None


class Issue(Part, frozen=True):
    """Of the newer documentation: what keeps an order from being worked on."""

    message: Any = None
    isResolved: Any = None


class Details(Part, frozen=True):
    """`arrivalDate` of inbound orders, `collect` and `deliver` of outbound orders and consignments. `invoiceValue` is Money."""

    instructions: Any = None
    arrivalDate: Any = None
    collect: Stop = Stop()
    deliver: Stop = Stop()
    invoiceValue: Any = None
    errors: list[Issue] = []


class ItemDetails(Part, frozen=True):
    product: Product = Product()
    unitOfMeasure: UnitOfMeasure = UnitOfMeasure()


class Measures(Part, frozen=True):
    """The newer documentation calls a consignment's `volume` `cubic`."""

    quantity: Any = None
    pallets: Any = None
    weight: Any = None
    volume: Any = None
    cubic: Any = None


class Item(Part, frozen=True):
    """The page's items have no `id`. `properties` are the tenant's own, besides a consignment's `description`."""

    id: Any = None
    properties: Any = None
    details: ItemDetails = ItemDetails()
    measures: Measures = Measures()


class Properties(Part, frozen=True):
    """The tenant's own, of which the page shows one."""

    serviceType: Any = None


class Timestamps(Part, frozen=True):
    """Of the newer documentation: each an object with `time`."""

    created: Any = None
    modified: Any = None
    dispatched: Any = None
    delivered: Any = None


class Record(Part, frozen=True):
    """An inbound order, an outbound order or a consignment. `references` may have any names."""

    id: Any = None
    status: Any = None
    references: Any = None
    customer: Customer = Customer()
    warehouse: Warehouse = Warehouse()
    details: Details = Details()
    properties: Properties = Properties()
    items: list[Item] = []
    timestamps: Timestamps = Timestamps()
    version: Any = None


class Tenant(Part, frozen=True):
    id: Any = None
    name: Any = None


class UserInfo(Part, frozen=True):
    """GET /uaa/userinfo: who the credentials belong to, and the tenants that they reach."""

    id: Any = None
    name: Any = None
    email: Any = None
    tenants: list[Tenant] = []


class Token(Struct, frozen=True):
    """The reply of POST /uaa/oauth/token. `expires_in` is in seconds."""

    access_token: str
    expires_in: Any = None

    def __repr__(self) -> str:
        return "Token()"


class Kept(Struct, frozen=True):
    """A record as the read model keeps it: what it is, and its text as it came."""

    kind: str
    record: Raw


_OBJECT = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_BOM = b"\xef\xbb\xbf"


def parse(text: bytes) -> dict[str, Any]:
    """The members of a JSON object; no digit is lost. Raises NotAnObject, also for what is too deep or too large to be held."""
    try:
        return _OBJECT.decode(text.removeprefix(_BOM))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidOperation):
        raise NotAnObject from None


def plain(text: bytes) -> bytes:
    """The JSON text without what may stand around it."""
    return text.removeprefix(_BOM).strip()


def record(members: dict[str, Any]) -> Record:
    return msgspec.convert(_fitting(members, Record), Record, strict=False)


def product(members: dict[str, Any]) -> Product:
    return msgspec.convert(_fitting(members, Product), Product, strict=False)


def warehouse(members: dict[str, Any]) -> Warehouse:
    return msgspec.convert(_fitting(members, Warehouse), Warehouse, strict=False)


def user_info(members: dict[str, Any]) -> UserInfo:
    return msgspec.convert(_fitting(members, UserInfo), UserInfo, strict=False)


def _fitting(members: dict[str, Any], type_: type[Part]) -> dict[str, Any]:
    """The members without those that are not of the due form: where an object or a list is due, null or blank may stand."""
    parts = _parts(type_)
    found = {}
    for name, value in members.items():
        inner, many = parts.get(name, (None, False))
        if inner is None:
            found[name] = value
        elif many and isinstance(value, list):
            found[name] = [_fitting(each, inner) for each in value if isinstance(each, dict)]
        elif not many and isinstance(value, dict):
            found[name] = _fitting(value, inner)
    return found


@cache
def _parts(type_: type[Part]) -> dict[str, tuple[type[Part], bool]]:
    """The fields that are objects or lists of objects, with their type and whether they are lists."""
    found = {}
    for field in msgspec.structs.fields(type_):
        inner = next(iter(get_args(field.type)), field.type)
        if isinstance(inner, type) and issubclass(inner, Part):
            found[field.name] = (inner, inner is not field.type)
    return found
