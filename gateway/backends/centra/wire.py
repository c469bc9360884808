"""What Centra sends: events as they come out of its queue, and the parts of their data that are read.

Every leaf of the vendor's page is text, blank where there is nothing. All fields are optional and unknown ones are left
alone, because Centra adds fields without notice.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `data` is its data as JSON; `body` is the whole of it as the XML that came, never holding a login."""

    id: str | None
    type: str | None
    entry: str | None
    mission: str | None
    date: str | None
    data: dict[str, Any] = field(repr=False)
    body: str = field(repr=False)


class Wire(msgspec.Struct, frozen=True):
    """A part of an event's data."""


class Id(Wire, frozen=True):
    id: Any = None


class Named(Wire, frozen=True):
    """Something with an id and a name: a market, a brand, a folder, a warehouse, an account."""

    id: Any = None
    description: Any = None


class Person(Wire, frozen=True):
    """A buyer (wholesale), or a customer (retail), of whom an order says the id alone."""

    id: Any = None
    firstname: Any = None
    lastname: Any = None
    email: Any = None


class Address(Wire, frozen=True):
    """Retail addresses have first and last name, wholesale ones company and `attn`."""

    firstname: Any = None
    lastname: Any = None
    company: Any = None
    attn: Any = None
    address1: Any = None
    address2: Any = None
    city: Any = None
    state: Any = None
    zipcode: Any = None
    country: Any = None
    email: Any = None
    telephone: Any = None


class WarehouseItem(Wire, frozen=True):
    id: Any = None
    qty: Any = None


class WarehouseItems(Wire, frozen=True):
    warehouse: list[WarehouseItem] = []


class Size(Wire, frozen=True):
    id: Any = None
    sku: Any = None
    description: Any = None
    ean: Any = None
    qty: Any = None
    preorder: Any = None
    orderitem: Id = Id()
    warehouseitems: WarehouseItems = WarehouseItems()


class Sizes(Wire, frozen=True):
    size: list[Size] = []


class Variation(Wire, frozen=True):
    """`sku` is None where it was not sent, which is not the same as blank."""

    id: Any = None
    sku: Any = None
    description: Any = None
    status: Any = None


class PartOf(Wire, frozen=True):
    product: Id = Id()


class BundleInfo(Wire, frozen=True):
    isbundle: Any = None
    partof: PartOf = PartOf()


class Product(Wire, frozen=True):
    """A product as an order sells it, in one variation and any number of sizes."""

    id: Any = None
    tax: Any = None
    sku: Any = None
    price: Any = None
    discount: Any = None
    qty: Any = None
    subtotal: Any = None
    description: Any = None
    variation: Variation = Variation()
    brand: Named = Named()
    sizes: Sizes = Sizes()
    comment: Any = None
    bundleinfo: BundleInfo = BundleInfo()


class Products(Wire, frozen=True):
    product: list[Product] = []


class Subtotal(Wire, frozen=True):
    subtotal: Any = None


class Payments(Wire, frozen=True):
    total: Any = None


class Carrier(Wire, frozen=True):
    carrier: Any = None
    service: Any = None
    tracking: Any = None
    packages: Any = None


class Refund(Wire, frozen=True):
    """What came back of a shipment."""

    id: Any = None
    products: Products = Products()


class Refunds(Wire, frozen=True):
    refund: list[Refund] = []


class Shipment(Wire, frozen=True):
    id: Any = None
    paid: Any = None
    shipped: Any = None
    goodtogo: Any = None
    appendix: Any = None
    created: Any = None
    shippingaddress: Address = Address()
    carrierinformation: Carrier = Carrier()
    products: Products = Products()
    refunds: Refunds = Refunds()


class Shipments(Wire, frozen=True):
    shipment: list[Shipment] = []


class Order(Wire, frozen=True):
    id: Any = None
    ordernumber: Any = None
    type: Any = None
    store: Any = None
    status: Any = None
    locked: Any = None
    ordertotal: Any = None
    currency: Any = None
    created: Any = None
    preferred_shipping_date: Any = None
    buyer: Person = Person()
    customer: Person = Person()
    account: Named | str | None = None
    primary_warehouse: WarehouseItems = WarehouseItems()
    shipping: Subtotal = Subtotal()
    payments: list[Payments] = []
    products: Products = Products()
    cancelled: Products = Products()
    shipments: Shipments = Shipments()
    shippingaddress: Address = Address()
    billingaddress: Address = Address()
    other: Any = None
    ponumber: Any = None
    market: Named = Named()


class CatalogueProduct(Wire, frozen=True):
    """A product as its own events show it."""

    id: Any = None
    sku: Any = None
    description: Any = None
    status: Any = None
    brand: Named = Named()
    folder: Named = Named()


class Variant(Wire, frozen=True):
    """One size of a variation of a product, with the parts of those that concern it."""

    product: CatalogueProduct = CatalogueProduct()
    variation: Variation = Variation()
    size: Size = Size()


class Stock(Wire, frozen=True):
    """What the warehouses have of one size."""

    warehouses: list[WarehouseItem] = []


class StoredOrder(Wire, frozen=True):
    """An order as the read model keeps it: its JSON text, and the date of the event that brought it."""

    date: Any
    order: msgspec.Raw


class OrderHead(Wire, frozen=True):
    """What a shipment's record needs of its order."""

    id: Any = None
    ordernumber: Any = None
    shippingaddress: Address = Address()


class StoredShipment(Wire, frozen=True):
    """A shipment as the read model keeps it."""

    date: Any
    order: OrderHead
    shipment: msgspec.Raw
