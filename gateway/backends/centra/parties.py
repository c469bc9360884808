"""Who an order that is made is for, and where it goes, as Centra's messages have it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.backends.centra.settings import StoreType
from gateway.backends.centra.updates import unsupported
from gateway.changes import NewOrder
from gateway.errors import ErrorCode
from gateway.models import Address, Customer
from gateway.person import parted
from gateway.transactions.work import Wrong

_SHARED = ("company", "email", "phone")
_PLACE = ("address1", "address2", "city", "state", "zipcode", "country", "email", "telephone")
_ONCE = "Centra knows the buyer of a new order by its billing address: give the same there, or leave one of the two out."


def address(given: Address, store_type: str) -> dict[str, Any]:
    """In retail with first and last name, in wholesale with `attn`."""
    first, last = parted(given)
    whole = given.name or " ".join(filter(None, (first, last))) or None
    person = {"firstname": first, "lastname": last} if store_type == StoreType.RETAIL else {"attn": whole}
    place = {
        "company": given.company,
        **person,
        "address1": given.line1,
        "address2": given.line2,
        "city": given.city,
        "state": given.state,
        "zipcode": given.postal_code,
        "country": given.country,
        "email": given.email,
        "telephone": given.phone,
    }
    return {name: value for name, value in place.items() if value is not None}


def whole_address(given: Address, store_type: str) -> dict[str, Any]:
    """The same with all of its parts: those that are left out are blank, so that nothing stays of another address."""
    person = ("firstname", "lastname") if store_type == StoreType.RETAIL else ("attn",)
    return dict.fromkeys(("company", *person, *_PLACE), "") | address(given, store_type)


def billing_address(order: NewOrder) -> Address | None:
    """The billing address, with what it leaves out of the buyer."""
    buyer, given = order.customer, order.billing_address
    if buyer is None:
        return given
    given = given or Address()
    named = given.name or given.first_name or given.last_name
    name = {} if named else {"name": buyer.name, "first_name": buyer.first_name, "last_name": buyer.last_name}
    return replace(given, **name, **{each: getattr(given, each) or getattr(buyer, each) for each in _SHARED})


def unfit_parties(order: NewOrder) -> Iterator[Wrong]:
    """What Centra has no place for in the addresses and the buyer."""
    for name, given in (("billingAddress", order.billing_address), ("shippingAddress", order.shipping_address)):
        yield from unfit_address(given, name)
    buyer, bill = order.customer, order.billing_address
    if buyer and buyer.tax_id:
        yield unsupported("customer", "taxId")
    if buyer and bill:
        pairs = [(name, getattr(buyer, name), getattr(bill, name)) for name in _SHARED]
        pairs.append(("name", _whole_name(buyer), _whole_name(bill)))
        for name, mine, other in pairs:
            if mine and other and mine != other:
                yield Wrong(path=("customer", name), message=_ONCE, code=ErrorCode.NOT_SUPPORTED)


def unfit_address(given: Address | None, *path: str) -> Iterator[Wrong]:
    if given and given.suburb:
        yield unsupported(*path, "suburb")


def _whole_name(person: Address | Customer) -> str:
    return " ".join(filter(None, parted(person)))
