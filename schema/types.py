"""The types of the graph: records, which live in one backend, and entities, which several backends know."""

from datetime import date, datetime
from decimal import Decimal

import resolvers
from gateway import entities, models
from gateway.models import Backend, CatalogStatus, LinkStatus, OrderKind, OrderRelation, OrderStatus, ShipmentStatus
from gateway.principal import Scope
from schema.base import field, interface, represents
from schema.connections import Connection
from schema.scalars import ID, JSON
from schema.values import (
    Account,
    Address,
    Customer,
    Image,
    Money,
    OrderDocument,
    OrderNote,
    OrderTotals,
    Price,
    Reference,
    SourceReport,
    UserError,
)


@interface
class Node:
    """Anything that can be asked for by its id."""

    id: ID
    """Opaque and stable; good for `node`."""


@interface
class BackendRecord:
    """What a backend holds, and when the gateway read it."""

    id: ID = field(resolvers.record.id)
    """Opaque and stable; good for `node`."""
    backend: Backend
    """The backend that holds it."""
    backend_id: str
    """The backend's own identifier."""
    created_at: datetime | None
    """When the backend made it."""
    updated_at: datetime | None
    """When it last changed there."""
    fetched_at: datetime
    """When the gateway read this copy from the backend."""
    raw: JSON | None = field(resolvers.record.raw)
    """The record exactly as the backend sent it (SOAP as the equivalent JSON)."""


@represents(models.Order)
class Order(BackendRecord, Node):
    """An order as one backend holds it. The same order in another backend is a record of its own: see `related`."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """The record exactly as the backend sent it (SOAP as the equivalent JSON)."""
    kind: OrderKind
    """Whether it is a sale, or an instruction to a warehouse."""
    number: str
    """The number that people use for this order."""
    references: list[Reference]
    """Its other numbers, under the backend's own names."""
    status: OrderStatus
    """Where it stands."""
    backend_status: str | None
    """The backend's own word for where it stands."""
    acknowledged: bool | None = field(resolvers.order.acknowledged, asks=resolvers.asks.acknowledged)
    """Whether the order was acknowledged to the backend; null where the backend has no such notion."""
    locked: bool | None
    """Whether the backend's own staff are kept from changing the order; null where it has no such notion."""
    placed_at: datetime | None
    """When it was placed. Lists are ordered by this; it never changes."""
    channel: str | None
    """The sales channel, marketplace or store."""
    channel_id: str | None
    """The backend's id of the channel."""
    customer: Customer | None = field(scope=Scope.PII)
    """Who gets it."""
    account: Account | None
    """On whose behalf it runs."""
    currency: str | None
    """ISO 4217, of its amounts."""
    billing_address: Address | None
    """Where the bill goes."""
    shipping_address: Address | None
    """Where the goods go."""
    required_date: date | None
    """When it should leave (outbound) or arrive (inbound)."""
    instructions: str | None
    """What the buyer or sender wants to be observed."""
    lines: list["OrderLine"]
    """What was ordered, in the backend's order."""
    totals: OrderTotals
    """What it comes to."""
    warehouse: "Warehouse | None" = field(resolvers.warehouse.of_record, asks=resolvers.asks.warehouse_of_record)
    """Where the order is to be filled from, if the backend says so for the order as a whole."""
    shipments: "Connection[Shipment]" = field(resolvers.order.shipments, asks=resolvers.asks.shipments_of_order)
    """Shipments of this order in every backend, oldest first: its own, and those of the orders that it is related to by a sure
    link or a person's word (but not of other orders of its pack). One that may as well be another order's is left out."""
    related: "Connection[OrderLink]" = field(resolvers.order.related, asks=resolvers.asks.related)
    """This order as other backends hold it, and the other orders of its pack, with the evidence; the surest first. Links that
    are less sure than asked for are left out, and so is whatever a person has rejected."""
    notes: list[OrderNote] | None = field(resolvers.order.notes, scope=Scope.PII, asks=resolvers.asks.notes)
    """What was written about it; null where its backend keeps no notes. Older copies come with an error in the answer."""
    documents: list[OrderDocument] | None = field(resolvers.order.documents, asks=resolvers.asks.documents)
    """Its invoice and the like; null where its backend keeps none. Older copies come with an error in the answer."""
    shipping_labels: list[OrderDocument] | None = field(resolvers.order.shipping_labels, asks=resolvers.asks.shipping_labels)
    """What goes onto its parcels; null where its backend gives none. Older copies come with an error in the answer."""
    version: int | None
    """The version to send with an update, where the backend checks versions."""


@represents(models.OrderLine)
class OrderLine:
    """So much of one thing."""

    id: ID = field(resolvers.line.id)
    """Opaque; unique over all orders."""
    position: int
    """Place in the order, from 1."""
    sku: str | None
    """What was ordered; null where neither the line nor its variant names an SKU."""
    name: str | None
    """What the backend calls it."""
    quantity: Decimal
    """In `unitOfMeasure`; quantities in different units are never added."""
    unit_of_measure: str | None
    """The backend's word, such as CARTON; null means pieces."""
    quantity_cancelled: Decimal | None
    """How much of it was called off."""
    quantity_shipped: Decimal | None
    """How much of it has left."""
    unit_price: Money | None
    """For one unit."""
    discount: Money | None
    """Taken off this line."""
    tax: Money | None
    """Tax of this line, as an amount."""
    subtotal: Money | None
    """quantity x unitPrice - discount, without tax that is added on top, as the backend states it."""
    total: Money | None
    """What this line comes to, as the backend states it."""
    part_of_line_id: ID | None = field(resolvers.line.part_of_line_id)
    """The line of which this one is a part, where the backend sells bundles."""
    is_bundle: bool
    """Stands for other lines and is never picked itself."""
    backend_status: str | None
    """The backend's own word for where the line stands."""
    carrier: str | None
    """Who carries it, where the backend says so for a line."""
    tracking_number: str | None
    """The carrier's number."""
    tracking_url: str | None
    """Where the carrier tells how far it is."""
    properties: JSON | None
    """Batch, expiry date and other things that the backend keeps for a line."""
    variant: "Variant | None" = field(resolvers.line.variant, asks=resolvers.asks.variant_of_line)
    """What is sold, as all backends know it; null where none does."""
    warehouse: "Warehouse | None" = field(resolvers.warehouse.of_record, asks=resolvers.asks.warehouse_of_record)
    """Where the line is to be filled from."""


@represents(entities.OrderLink)
class OrderLink:
    """Why two records are held to be the same order, or parts of one."""

    order_id: ID = field(resolvers.order.link_order_id)
    """The other order."""
    order: Order | None
    """The other order; null where its backend cannot be read now."""
    relation: OrderRelation
    """What the other order is to this one."""
    status: LinkStatus
    """Who says so."""
    confidence: float
    """How sure it is, from 0 to 1; what a person has confirmed is 1. Less than 0.8 is a suggestion."""
    rule: str
    """The rule that found it, such as `order-number+reference+sku`, or `person`. The rules stand in docs/links.md."""
    evidence: list[Reference]
    """What both records share: `number`, `sku`, `postalCode`, `daysApart`, or a reference by its name. Of a person's word also
    who said so, `saidBy`, and when, `saidAt`."""


@represents(entities.LinkOrdersPayload)
class LinkOrdersPayload:
    """What became of a person's word."""

    link: OrderLink | None
    """The link as it is now, seen from the first order; null where nothing was stored."""
    user_errors: list[UserError]
    """What is wrong with the input. With any of them nothing was stored."""


@represents(entities.Product)
class Product(Node):
    """A thing that is sold, in one or more variants. Merged by product SKU."""

    id: ID = field(resolvers.product.id)
    """Opaque and stable; good for `node`."""
    sku: str | None
    """The product's SKU; null where the only record that is known has none."""
    name: str | None
    """What it is called."""
    description: str | None
    """What is said about it; may hold HTML."""
    brand: str | None
    """Its brand."""
    category: str | None
    """What kind of thing it is."""
    status: CatalogStatus
    """Whether it is for sale."""
    images: list[Image] = field(resolvers.product.images, asks=resolvers.asks.images_of_product)
    """Its pictures in every backend, by position. A backend that cannot be read adds an error, also if older ones are shown."""
    variants: "Connection[Variant]" = field(resolvers.product.variants, asks=resolvers.asks.indexed)
    """Its variants, by their SKUs."""
    records: list["ProductRecord"]
    """The product as each backend holds it."""
    sources: list[SourceReport]
    """How each backend took part."""


@represents(models.ProductRecord)
class ProductRecord(BackendRecord, Node):
    """A product as one backend holds it."""

    sku: str | None
    """The product's SKU there."""
    name: str | None
    """What it is called there."""
    description: str | None
    """What is said about it; may hold HTML."""
    brand: str | None
    """Its brand."""
    category: str | None
    """What kind of thing it is."""
    status: CatalogStatus
    """Whether it is for sale there."""
    price: Money | None
    """In the configured currency, or null."""
    compare_at_price: Money | None
    """What was asked before, or is recommended."""
    prices: list[Price]
    """All its prices."""
    images: list[Image] = field(resolvers.product.images, asks=resolvers.asks.images_of_product)
    """Its pictures there, by position. Where they cannot be read, there are none, and an error in the answer."""


@represents(entities.Variant)
class Variant(Node):
    """What is stocked and shipped: one SKU. Merged by SKU; a shared barcode alone never merges."""

    id: ID = field(resolvers.variant.id)
    """Opaque and stable; good for `node`."""
    sku: str | None
    """Null where the only record that is known has none."""
    barcode: str | None
    """The GTIN that its records agree on, in 14 digits; where they tell none, another code.
    Null where they tell different ones: see `records`."""
    name: str | None
    """What it is called."""
    color: str | None
    """Its colour, in words."""
    size: str | None
    """Its size, in words."""
    status: CatalogStatus
    """Whether it is for sale."""
    product: Product | None = field(resolvers.variant.product, asks=resolvers.asks.product_of_variant)
    """The product that it is a variant of, where a backend says so."""
    images: list[Image] = field(resolvers.variant.images, asks=resolvers.asks.images_of_variant)
    """Those of its product's pictures that show this variant, by position; none where no backend says which they are."""
    records: list["VariantRecord"]
    """The variant as each backend holds it."""
    sources: list[SourceReport]
    """How each backend took part."""
    stock: "Connection[StockLevel]" = field(resolvers.variant.stock, asks=resolvers.asks.stock_of_variant)
    """Every backend's reading in every warehouse."""
    available: Decimal | None = field(resolvers.variant.available, asks=resolvers.asks.available)
    """Free to sell: for each warehouse the reading of the first backend in the stock preference, summed.
    Unlike kinds are never added; null where a backend that is preferred somewhere could not be read."""


@represents(models.VariantRecord)
class VariantRecord(BackendRecord, Node):
    """A variant as one backend holds it."""

    sku: str | None
    """Its SKU there."""
    barcode: str | None
    """GTIN, EAN or UPC."""
    name: str | None
    """What it is called there."""
    color: str | None
    """Its colour, in words."""
    size: str | None
    """Its size, in words."""
    status: CatalogStatus
    """Whether it is for sale there."""
    price: Money | None
    """In the configured currency, or null."""
    compare_at_price: Money | None
    """What was asked before, or is recommended."""
    prices: list[Price]
    """All its prices."""
    product_record_id: ID | None = field(resolvers.variant.product_record_id)
    """The product record that it belongs to."""


@represents(entities.StockLevel)
class StockLevel:
    """One backend's reading of one SKU in one warehouse."""

    backend: Backend
    """Who says so."""
    warehouse: "Warehouse"
    """Where it lies."""
    variant: Variant
    """What lies there."""
    available: Decimal | None
    """Free to sell, not reserved by open orders."""
    on_hand: Decimal | None
    """On the shelf, reserved or not."""
    incoming: Decimal | None
    """On its way to this warehouse."""
    incoming_on: date | None
    """When that is expected."""
    as_of: datetime
    """When it was counted, where the backend says so, else when it was read."""


@represents(entities.StockDiscrepancy)
class StockDiscrepancy:
    """One SKU of which backends tell different quantities of one kind for the same warehouse."""

    variant: Variant
    """What lies there."""
    warehouse: "Warehouse"
    """Where it lies."""
    readings: list[StockLevel]
    """What each backend tells, and as of when."""
    spread: Decimal
    """Highest less lowest reading. What one backend keeps at several of its sites in this warehouse counts together."""


@represents(entities.Warehouse)
class Warehouse(Node):
    """A place where stock is kept.

    Records of several backends are one warehouse where the settings say so, or their codes are equal."""

    id: ID = field(resolvers.warehouse.id)
    """Opaque and stable; good for `node`."""
    code: str
    """Its name in the settings, else the code that its records share."""
    name: str | None
    """What it is called."""
    address: Address | None = field(resolvers.warehouse.address, asks=resolvers.asks.address_of_warehouse)
    """Where it is."""
    records: list["WarehouseRecord"]
    """The warehouse as each backend knows it."""
    sources: list[SourceReport]
    """How each backend took part."""
    stock: "Connection[StockLevel]" = field(resolvers.warehouse.stock, asks=resolvers.asks.indexed)
    """What lies there, by SKU and backend."""


@represents(models.WarehouseRecord)
class WarehouseRecord(BackendRecord, Node):
    """A warehouse as one backend knows it."""

    code: str
    """Its code there."""
    name: str | None
    """What it is called there."""
    address: Address | None = field(resolvers.warehouse.address, asks=resolvers.asks.address_of_warehouse)
    """Where it is, as the backend says."""


@represents(models.Shipment)
class Shipment(BackendRecord, Node):
    """Goods on their way, as one backend holds it."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """The record exactly as the backend sent it (SOAP as the equivalent JSON)."""
    number: str | None
    """The number that people use for it."""
    references: list[Reference]
    """Its other numbers, under the backend's own names."""
    status: ShipmentStatus
    """Where it stands."""
    backend_status: str | None
    """The backend's own word for where it stands."""
    acknowledged: bool | None
    """Whether it was acknowledged to the backend; null where the backend has no such notion."""
    order_number: str | None
    """The number of the order that it serves."""
    order: Order | None = field(resolvers.shipment.order, asks=resolvers.asks.order_of_shipment)
    """The order that it serves, in the same backend."""
    carrier: str | None
    """Who carries it."""
    service: str | None
    """How: the carrier's product."""
    tracking_number: str | None
    """The carrier's number."""
    tracking_url: str | None
    """Where the carrier tells how far it is."""
    shipped_at: datetime | None
    """When it left."""
    delivered_at: datetime | None
    """When it was delivered."""
    origin: Address | None
    """Where it comes from."""
    destination: Address | None
    """Where it goes."""
    warehouse: Warehouse | None = field(resolvers.warehouse.of_record, asks=resolvers.asks.warehouse_of_record)
    """The warehouse that it comes from."""
    lines: list["ShipmentLine"]
    """What is in it."""
    packages: int | None
    """How many packages it is."""
    version: int | None
    """The version to send with an update, where the backend checks versions."""


@represents(models.ShipmentLine)
class ShipmentLine:
    """So much of one thing in a shipment."""

    order_line_id: ID | None = field(resolvers.line.order_line_id)
    """The order line that it serves, where the backend says so."""
    sku: str | None
    """What it is."""
    name: str | None
    """What the backend calls it."""
    quantity: Decimal | None
    """In `unitOfMeasure`."""
    unit_of_measure: str | None
    """The backend's word; null means pieces."""
    pallets: int | None
    """On how many pallets."""
    weight: Decimal | None
    """As the backend states it, of the whole line."""
    volume: Decimal | None
    """As the backend states it, of the whole line."""
    variant: Variant | None = field(resolvers.line.variant, asks=resolvers.asks.variant_of_line)
    """What is sent, as all backends know it."""
    properties: JSON | None
    """Other things that the backend keeps for a line."""
