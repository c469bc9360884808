"""The facts that the gateway speaks of: what every backend's records are mapped to, and what resolvers hand to the schema."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self, TypeAlias

JSON: TypeAlias = Any


class Backend(StrEnum):
    """A system that the gateway federates: its name in the graph, its name as people write it, and what it is.

    One line for each; all else that is known of it stands in its folder of `gateway.backends`.
    """

    CENPORTS = "CENPORTS", "Cenports", "orders, shipments and stock of sales channels"
    CENTRA = "CENTRA", "Centra", "a shop system; its data arrives as events"
    CENTRY = "CENTRY", "Centry", "orders, catalogue and stock of Chilean marketplaces"
    CARTONCLOUD = "CARTONCLOUD", "CartonCloud", "a warehouse and transport system"

    label: str
    about: str

    def __new__(cls, value: str, label: str = "", about: str = "") -> Self:
        """The defaults are for mypy, which takes `Backend("CENTRY")` for this call; every line gives all three."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.about = about
        return member


class OrderKind(StrEnum):
    SALE = "SALE"
    OUTBOUND = "OUTBOUND"
    INBOUND = "INBOUND"


class OrderStatus(StrEnum):
    DRAFT = "DRAFT"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    PROCESSING = "PROCESSING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


class ShipmentStatus(StrEnum):
    PENDING = "PENDING"
    PACKED = "PACKED"
    SHIPPED = "SHIPPED"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class CatalogStatus(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DISCONTINUED = "DISCONTINUED"
    UNKNOWN = "UNKNOWN"


class SourceState(StrEnum):
    OK = "OK"
    PARTIAL = "PARTIAL"
    STALE = "STALE"
    FAILED = "FAILED"
    NOT_CONFIGURED = "NOT_CONFIGURED"
    NOT_SUPPORTED = "NOT_SUPPORTED"


class CircuitState(StrEnum):
    CLOSED = "CLOSED"
    HALF_OPEN = "HALF_OPEN"
    OPEN = "OPEN"


class OrderRelation(StrEnum):
    SAME_ORDER = "SAME_ORDER"
    FULFILS = "FULFILS"
    FULFILLED_BY = "FULFILLED_BY"
    PACK_SIBLING = "PACK_SIBLING"


class LinkStatus(StrEnum):
    AUTO = "AUTO"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"


class DocumentKind(StrEnum):
    BILL = "BILL"
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    DEBIT_NOTE = "DEBIT_NOTE"
    SHIPPING_GUIDE = "SHIPPING_GUIDE"
    SHIPPING_LABEL = "SHIPPING_LABEL"
    OTHER = "OTHER"


class StockKind(StrEnum):
    AVAILABLE = "AVAILABLE"
    ON_HAND = "ON_HAND"


class StockChange(StrEnum):
    SET = "SET"
    ADD = "ADD"


class Sort(StrEnum):
    """The direction of a list of records by list time, then backend, then backend id."""

    DESC = "DESC"
    ASC = "ASC"


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    suburb: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    backend_id: str | None = None
    code: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    backend_id: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRecord:
    """What one backend holds. `raw` is its JSON text as the backend sent it; `fetched_at` is when the gateway read it."""

    backend: Backend
    backend_id: str
    fetched_at: datetime
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    amount: Money
    compare_at: Money | None = None
    price_list: str | None = None
    market: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture at an absolute address. Pictures without a position, such as the main one, go before those with one."""

    url: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecord(BackendRecord):
    """`images` is null where the backend has no pictures, or does not send them with this record (see `ports.ImageSource`)."""

    sku: str | None = None
    name: str | None = None
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    status: CatalogStatus = CatalogStatus.UNKNOWN
    price: Money | None = None
    compare_at_price: Money | None = None
    prices: Sequence[Price] = ()
    images: Sequence[Image] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantRecord(BackendRecord):
    """`product_backend_id` is the backend's id of the product that it belongs to, where the backend has products."""

    sku: str | None = None
    barcode: str | None = None
    name: str | None = None
    color: str | None = None
    size: str | None = None
    status: CatalogStatus = CatalogStatus.UNKNOWN
    price: Money | None = None
    compare_at_price: Money | None = None
    prices: Sequence[Price] = ()
    product_backend_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseRecord(BackendRecord):
    code: str
    name: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReading:
    """One backend's reading of one SKU in one warehouse. `warehouse` is the backend's own id of the warehouse.

    `as_of` is when the backend last counted, where it says so, else when the gateway read it.
    """

    backend: Backend
    sku: str
    warehouse: WarehouseRecord
    as_of: datetime
    available: Decimal | None = None
    on_hand: Decimal | None = None
    incoming: Decimal | None = None
    incoming_on: date | None = None

    @property
    def fetched_at(self) -> datetime:
        return self.warehouse.fetched_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line. `line_id` is unique within its order.

    `variant_backend_id` and `variant_record` name what the line sells, as the order's own backend tells it; either may be
    missing. `warehouse_backend_id` likewise.
    """

    backend: Backend
    order_backend_id: str
    line_id: str
    position: int
    sku: str | None = None
    name: str | None = None
    quantity: Decimal
    unit_of_measure: str | None = None
    quantity_cancelled: Decimal | None = None
    quantity_shipped: Decimal | None = None
    unit_price: Money | None = None
    discount: Money | None = None
    tax: Money | None = None
    subtotal: Money | None = None
    total: Money | None = None
    part_of_line_id: str | None = None
    is_bundle: bool = False
    backend_status: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    properties: JSON = None
    variant_backend_id: str | None = None
    variant_record: VariantRecord | None = None
    warehouse_backend_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTotals:
    subtotal: Money | None = None
    discount: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    total: Money | None = None
    paid: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(BackendRecord):
    """An order as one backend holds it. `placed_at` is its list time, never null.

    `acknowledged` and `locked` are null where the backend has no such notion or does not send it with the order.
    """

    kind: OrderKind
    number: str
    placed_at: datetime
    status: OrderStatus = OrderStatus.UNKNOWN
    backend_status: str | None = None
    references: Sequence[Reference] = ()
    acknowledged: bool | None = None
    locked: bool | None = None
    channel: str | None = None
    channel_id: str | None = None
    customer: Customer | None = None
    account: Account | None = None
    currency: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    required_date: date | None = None
    instructions: str | None = None
    lines: Sequence[OrderLine] = ()
    totals: OrderTotals = field(default_factory=OrderTotals)
    warehouse_backend_id: str | None = None
    version: int | None = None

    @property
    def list_time(self) -> datetime:
        return self.placed_at

    @property
    def numbers(self) -> frozenset[str]:
        """Every number that the order goes by: its own and its references."""
        return frozenset((self.number, *(reference.value for reference in self.references)))

    @property
    def skus(self) -> frozenset[str]:
        return frozenset(line.sku for line in self.lines if line.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNote:
    """`id` and `author` are the backend's own ids."""

    id: str | None = None
    text: str
    author: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDocument:
    """A file that goes with an order. `id` and `box_id` are the backend's own; `size` is as the backend states it."""

    id: str | None = None
    kind: DocumentKind
    box_id: str | None = None
    number: str | None = None
    filename: str
    content_type: str | None = None
    size: int | None = None
    content_base64: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    """What of one SKU is in a shipment. `order_line_id` is the `line_id` of the line of order `order_backend_id`."""

    backend: Backend
    order_backend_id: str | None = None
    order_line_id: str | None = None
    sku: str | None = None
    name: str | None = None
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    pallets: int | None = None
    weight: Decimal | None = None
    volume: Decimal | None = None
    properties: JSON = None
    variant_backend_id: str | None = None
    variant_record: VariantRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment(BackendRecord):
    """Goods on their way. `order_backend_id` is its order in the same backend, where the backend says which."""

    list_time: datetime
    number: str | None = None
    references: Sequence[Reference] = ()
    status: ShipmentStatus = ShipmentStatus.UNKNOWN
    backend_status: str | None = None
    acknowledged: bool | None = None
    order_number: str | None = None
    order_backend_id: str | None = None
    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    origin: Address | None = None
    destination: Address | None = None
    warehouse_backend_id: str | None = None
    lines: Sequence[ShipmentLine] = ()
    packages: int | None = None
    version: int | None = None

    @property
    def skus(self) -> frozenset[str]:
        return frozenset(line.sku for line in self.lines if line.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesChannel:
    backend: Backend
    channel_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    location: str | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """From inclusive to exclusive; either end may be open."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, instant: datetime | None) -> bool:
        if instant is None:
            return False
        return (self.start is None or instant >= self.start) and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders a list holds. None means: any. `numbers` are any numbers that an order goes by."""

    kinds: frozenset[OrderKind] | None = None
    statuses: frozenset[OrderStatus] | None = None
    numbers: frozenset[str] | None = None
    channel_ids: frozenset[str] | None = None
    skus: frozenset[str] | None = None
    acknowledged: bool | None = None
    placed_at: TimeRange | None = None
    updated_at: TimeRange | None = None

    def matches(self, order: Order) -> bool:
        """Whether the order is one of the list, as far as its own fields tell (the whole filter is applied here)."""
        return (
            _one_of(self.kinds, order.kind)
            and _one_of(self.statuses, order.status)
            and (self.numbers is None or not self.numbers.isdisjoint(order.numbers))
            and _one_of(self.channel_ids, order.channel_id)
            and (self.skus is None or not self.skus.isdisjoint(order.skus))
            and (self.acknowledged is None or self.acknowledged == order.acknowledged)
            and (self.placed_at is None or self.placed_at.holds(order.placed_at))
            and (self.updated_at is None or self.updated_at.holds(order.updated_at))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentFilter:
    """Which shipments a list holds. None means: any."""

    statuses: frozenset[ShipmentStatus] | None = None
    order_numbers: frozenset[str] | None = None
    tracking_numbers: frozenset[str] | None = None
    acknowledged: bool | None = None
    shipped_at: TimeRange | None = None

    def matches(self, shipment: Shipment) -> bool:
        return (
            _one_of(self.statuses, shipment.status)
            and _one_of(self.order_numbers, shipment.order_number)
            and _one_of(self.tracking_numbers, shipment.tracking_number)
            and (self.acknowledged is None or self.acknowledged == shipment.acknowledged)
            and (self.shipped_at is None or self.shipped_at.holds(shipment.shipped_at))
        )


def _one_of(wanted: frozenset[Any] | None, value: object) -> bool:
    return wanted is None or value in wanted
