"""What a change asks of one backend: the inputs of mutations as facts, under the names of the graph.

Ids of the graph have become the backend's own ids here: of orders (`order_id`), shipments (`shipment_id`), lines (`line_id`)
and variant records (`variant_record_id`); of a warehouse it is the key of the entity (`warehouse`). What was left out is None
or empty. They are kept in the database while a transaction is, as JSON.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from gateway.models import (
    JSON,
    Address,
    Backend,
    CatalogStatus,
    Customer,
    DocumentKind,
    Money,
    OrderKind,
    Reference,
    StockChange,
    StockKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrderLine:
    quantity: Decimal
    sku: str | None = None
    variant_record_id: str | None = None
    name: str | None = None
    unit_price: Money | None = None
    discount: Money | None = None
    tax: Money | None = None
    subtotal: Money | None = None
    line_number: int | None = None
    unit_of_measure: str | None = None
    properties: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be made."""

    backend: Backend
    number: str
    lines: tuple[NewOrderLine, ...]
    kind: OrderKind | None = None
    draft: bool = False
    account: str | None = None
    references: tuple[Reference, ...] = ()
    placed_at: datetime | None = None
    channel_id: str | None = None
    customer: Customer | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    warehouse_code: str | None = None
    carrier_code: str | None = None
    service_level: str | None = None
    required_date: date | None = None
    delivery_date: date | None = None
    subtotal: Money | None = None
    discount: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    total: Money | None = None
    paid: Money | None = None
    cash_on_delivery: Money | None = None
    instructions: str | None = None
    delivery_instructions: str | None = None
    urgent: bool | None = None
    properties: dict[str, JSON] | None = None
    extra: dict[str, JSON] | None = None

    def reference(self, name: str) -> str | None:
        """The value of the reference of this name."""
        return next((each.value for each in self.references if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTask:
    """An order to be acknowledged, or locked."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantity:
    """So many of a line. `order_id`: the order that the line's id is of; None where none is told."""

    line_id: str
    quantity: Decimal
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxItem:
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    items: tuple[BoxItem, ...]
    package_id: str | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """An order to be confirmed. `lock`: also keep the backend's staff from changing it."""

    order_id: str
    lock: bool = False
    reason_id: str | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """An order, or some of its lines, to be cancelled. Without `lines` (None; once kept as none of them): the whole order."""

    order_id: str
    lines: tuple[LineQuantity, ...] | None = None
    reason_id: str | None = None
    buyer_rate_id: str | None = None
    message: str | None = None
    restock: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShipmentItem:
    sku: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    pallets: int | None = None
    weight: Decimal | None = None
    volume: Decimal | None = None
    properties: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShipment:
    """A shipment to be made: of lines of an order (None, once kept as none of them: of all), or of items."""

    backend: Backend
    order_id: str | None = None
    number: str | None = None
    references: tuple[Reference, ...] = ()
    lines: tuple[LineQuantity, ...] | None = None
    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    origin: Address | None = None
    destination: Address | None = None
    account: str | None = None
    good_to_go: bool = True
    shipping_cost: Money | None = None
    required_date: date | None = None
    instructions: str | None = None
    cash_on_delivery: Money | None = None
    invoice_value: Money | None = None
    items: tuple[NewShipmentItem, ...] = ()
    properties: dict[str, JSON] | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A shipment that has been sent. `capture`: take the customer's payment now."""

    shipment_id: str
    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    capture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAcknowledgement:
    """A shipment to be acknowledged, by its id or by its order's number."""

    shipment_id: str | None = None
    order_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjustment:
    """A quantity to be set or added, of a SKU or a variant record of the backend's, in a warehouse by its key.

    An `optional` one is for whichever backends know SKU and warehouse: NotFound is no failure then.
    """

    warehouse: str
    quantity: int
    change: StockChange
    kind: StockKind
    sku: str | None = None
    variant_record_id: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRescheduling:
    """Another day for an order."""

    order_id: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfirmation:
    """An order that has reached its buyer."""

    order_id: str
    buyer_rate_id: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrderNote:
    order_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that was sent with a request, whole."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A file for an order. `confirmation_box_id`: it belongs to one box of it."""

    order_id: str
    kind: DocumentKind
    file: NewFile
    number: str | None = None
    confirmation_box_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDeletion:
    order_id: str
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanges:
    """What is left out (None) stays as it is; `lines` and `references` replace what is there."""

    references: tuple[Reference, ...] | None = None
    shipping_address: Address | None = None
    warehouse_code: str | None = None
    required_date: date | None = None
    delivery_date: date | None = None
    instructions: str | None = None
    delivery_instructions: str | None = None
    urgent: bool | None = None
    cash_on_delivery: Money | None = None
    total: Money | None = None
    properties: dict[str, JSON] | None = None
    lines: tuple[NewOrderLine, ...] | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUpdate:
    """Changes of an order. `version`: the one that the caller read; None: whatever the backend holds."""

    order_id: str
    changes: OrderChanges
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentChanges:
    """What is left out (None) stays as it is; `items` and `references` replace what is there."""

    references: tuple[Reference, ...] | None = None
    origin: Address | None = None
    destination: Address | None = None
    required_date: date | None = None
    instructions: str | None = None
    cash_on_delivery: Money | None = None
    invoice_value: Money | None = None
    items: tuple[NewShipmentItem, ...] | None = None
    properties: dict[str, JSON] | None = None
    status: str | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentUpdate:
    """Changes of a shipment. `version`: the one that the caller read; None: whatever the backend holds."""

    shipment_id: str
    changes: ShipmentChanges
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturn:
    """Lines of a shipment that come back. `return_id` is unique in the backend; None: made by the gateway."""

    shipment_id: str
    lines: tuple[LineQuantity, ...]
    return_id: str | None = None
    comment: str | None = None
    shipping: Money | None = None
    handling: Money | None = None
    return_fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    url: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnitOfMeasure:
    name: str
    quantity_per_base: Decimal
    weight: Decimal | None = None
    volume: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductVariantChange:
    """A variant of a product that is saved. `record_id`: the one to change; None: one is made."""

    sku: str
    record_id: str | None = None
    barcode: str | None = None
    color_id: str | None = None
    size_id: str | None = None
    price: Money | None = None
    compare_at_price: Money | None = None
    status: CatalogStatus | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChange:
    """A product to be made, or (with `record_id`) changed: what is left out stays as it is."""

    backend: Backend
    record_id: str | None = None
    sku: str | None = None
    barcode: str | None = None
    name: str | None = None
    description: str | None = None
    brand_id: str | None = None
    category_id: str | None = None
    status: CatalogStatus | None = None
    price: Money | None = None
    compare_at_price: Money | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    images: tuple[NewImage, ...] | None = None
    package_length: Decimal | None = None
    package_width: Decimal | None = None
    package_height: Decimal | None = None
    package_weight: Decimal | None = None
    account: str | None = None
    type: str | None = None
    transport: bool = False
    default_unit_of_measure: str | None = None
    units_of_measure: tuple[NewUnitOfMeasure, ...] | None = None
    variants: tuple[ProductVariantChange, ...] | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantChange:
    """A variant to be saved: the one with `record_id`, else the one with this SKU, else one is made of `product_record_id`."""

    backend: Backend
    sku: str
    record_id: str | None = None
    product_record_id: str | None = None
    barcode: str | None = None
    color_id: str | None = None
    size_id: str | None = None
    price: Money | None = None
    compare_at_price: Money | None = None
    status: CatalogStatus | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseChange:
    """A warehouse to be made, or (with `record_id`) changed: what is left out stays as it is."""

    backend: Backend
    record_id: str | None = None
    code: str | None = None
    name: str | None = None
    address: Address | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeletion:
    """A record of the catalogue to be deleted, in its backend alone."""

    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSalesChannel:
    """A sales channel to be made. `channel_id`: None where any will do."""

    backend: Backend
    name: str
    contact: Address
    channel_id: str | None = None
    email: str | None = None
    phone: str | None = None
    billing: Address | None = None
    logo_base64: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraNamed:
    id: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraSize:
    id: str
    sku: str | None = None
    ean: str | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraVariation:
    id: str
    stock_id: str | None = None
    description: str | None = None
    sku: str | None = None
    status: CatalogStatus | None = None
    size_table_id: str | None = None
    sizes: tuple[CentraSize, ...] | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraProduct:
    """A product as Centra has it: product, variation, size. `id` is the caller's."""

    id: str
    status: CatalogStatus | None = None
    sku: str | None = None
    description: str | None = None
    folder: str | None = None
    brand: CentraNamed | None = None
    collection: CentraNamed | None = None
    variations: tuple[CentraVariation, ...] | None = None
    extra: dict[str, JSON] | None = None
