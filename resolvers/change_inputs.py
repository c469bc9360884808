"""The inputs of mutations that become transactions, under the names of the graph."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from strawberry import UNSET

from gateway.models import Backend, OrderKind, StockChange, StockKind
from resolvers.inputs import mutation_input, transaction_input

ID = strawberry.ID
FreeJSON = NewType("FreeJSON", object)
"""Any JSON value."""


@mutation_input
class MoneyInput:
    """An amount."""

    amount: Decimal
    """How much."""
    currency: str | None = UNSET
    """ISO 4217, three letters such as EUR. Left out: the currency that the settings name for the backend."""


@mutation_input
class AddressInput:
    """An address. Give `name`, or first and last name: where a backend wants them apart, `name` is cut at the first space."""

    name: str | None = UNSET
    """The person's whole name."""
    first_name: str | None = UNSET
    """The person's first name."""
    last_name: str | None = UNSET
    """The person's last name."""
    company: str | None = UNSET
    """The company."""
    line1: str | None = UNSET
    """Street and number."""
    line2: str | None = UNSET
    """What else the address has: floor, door, building."""
    suburb: str | None = UNSET
    """The suburb (CENTRY: the comuna)."""
    city: str | None = UNSET
    """The city."""
    state: str | None = UNSET
    """State, province or region."""
    postal_code: str | None = UNSET
    """The postal code."""
    country: str | None = UNSET
    """ISO 3166-1 alpha-2, such as CL. Any other word goes to the backend as it is."""
    phone: str | None = UNSET
    """The phone number there."""
    email: str | None = UNSET
    """The e-mail address there."""


@mutation_input
class CustomerInput:
    """The buyer."""

    name: str | None = UNSET
    """The whole name. Where a backend wants first and last name, it is cut at the first space."""
    company: str | None = UNSET
    """The company."""
    email: str | None = UNSET
    """The e-mail address."""
    phone: str | None = UNSET
    """The phone number."""
    tax_id: str | None = UNSET
    """The tax number, such as a Chilean RUT."""


@mutation_input
class ReferenceInput:
    """Another number that a record goes by."""

    name: str
    """The backend's name of the reference, such as `customerOrderNo` (CENPORTS) or `ponumber` (CENTRA)."""
    value: str
    """The number."""


@mutation_input
class OrderLineInput:
    """A line of an order. Name what is sold by `sku` or by `variantRecordId`."""

    sku: str | None = UNSET
    """The SKU; or give `variantRecordId`."""
    variant_record_id: ID | None = UNSET
    """The id of the VariantRecord of the order's backend; or give `sku`."""
    name: str | None = UNSET
    """What it is called in the order."""
    quantity: Decimal
    """How many, in `unitOfMeasure`."""
    unit_price: MoneyInput | None = UNSET
    """The price of one."""
    discount: MoneyInput | None = UNSET
    """What is taken off the line."""
    tax: MoneyInput | None = UNSET
    """The line's tax. (CENTRA: the rate, in percent.)"""
    subtotal: MoneyInput | None = UNSET
    """quantity x unitPrice - discount."""
    line_number: int | None = UNSET
    """The line's number, where the backend keeps one."""
    unit_of_measure: str | None = UNSET
    """The backend's word, such as CARTON; pieces where left out."""
    properties: FreeJSON | None = UNSET
    """An object with what else the backend keeps for a line, such as batch and expiry date."""


@mutation_input
class OrderInput:
    """An order to be made in one backend."""

    backend: Backend
    """Where to make it."""
    kind: OrderKind | None = UNSET
    """SALE for a shop where left out; CARTONCLOUD must be told OUTBOUND or INBOUND."""
    draft: bool | None = UNSET
    """Make it a draft, where the backend has drafts."""
    account: str | None = UNSET
    """The wholesale account (CENTRA) or warehouse customer (CARTONCLOUD: id, code or name; default from the settings)."""
    number: str
    """The number that people use for this order."""
    references: list[ReferenceInput] | None = UNSET
    """Other numbers that it goes by."""
    placed_at: datetime | None = UNSET
    """When it was placed; now where left out."""
    channel_id: str | None = UNSET
    """The sales channel (`Order.channelId`); for CENPORTS default from the settings."""
    customer: CustomerInput | None = UNSET
    """The buyer (CARTONCLOUD: the contact at `shippingAddress`, as far as that does not tell one)."""
    billing_address: AddressInput | None = UNSET
    """Where the bill goes."""
    shipping_address: AddressInput | None = UNSET
    """Where the goods go; not for INBOUND, of which a warehouse is told no address."""
    warehouse_code: str | None = UNSET
    """The warehouse that fills it, by the backend's own code."""
    carrier_code: str | None = UNSET
    """The carrier, by the backend's own code."""
    service_level: str | None = UNSET
    """The carrier's service."""
    required_date: date | None = UNSET
    """The day on which it should leave (outbound), or arrive (inbound)."""
    delivery_date: date | None = UNSET
    """The day on which it should be with the recipient (outbound)."""
    lines: list[OrderLineInput]
    """What is ordered."""
    subtotal: MoneyInput | None = UNSET
    """The sum of the lines."""
    discount: MoneyInput | None = UNSET
    """What is taken off the order."""
    shipping: MoneyInput | None = UNSET
    """The price of shipping."""
    tax: MoneyInput | None = UNSET
    """The tax."""
    total: MoneyInput | None = UNSET
    """The order's grand total (CARTONCLOUD: invoice value)."""
    paid: MoneyInput | None = UNSET
    """What has been paid."""
    cash_on_delivery: MoneyInput | None = UNSET
    """What the carrier is to collect."""
    instructions: str | None = UNSET
    """What the warehouse should know."""
    delivery_instructions: str | None = UNSET
    """What the carrier should know."""
    urgent: bool | None = UNSET
    """To be done first, where the backend knows urgency."""
    properties: FreeJSON | None = UNSET
    """An object with custom fields of the order, where the backend has them."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class CreateOrdersInput:
    """Orders to be made."""

    orders: list[OrderInput]
    """The orders, for one backend or for several."""


@transaction_input
class OrderIdsInput:
    """Orders by their ids."""

    order_ids: list[ID]
    """Ids of orders."""


@mutation_input
class BoxItemInput:
    """What of one SKU is in a box."""

    sku: str
    """The SKU."""
    quantity: int
    """How many pieces."""


@mutation_input
class BoxInput:
    """A box that an order is packed in."""

    package_id: str | None = UNSET
    """The box's own number."""
    length: Decimal | None = UNSET
    """In centimetres."""
    width: Decimal | None = UNSET
    """In centimetres."""
    height: Decimal | None = UNSET
    """In centimetres."""
    weight: Decimal | None = UNSET
    """In kilograms."""
    items: list[BoxItemInput]
    """What is in it."""


@mutation_input
class ConfirmOrderInput:
    """An order to be confirmed."""

    order_id: ID
    """The order."""
    lock: bool | None = False
    """Also keep the backend's staff from changing it (CENTRA)."""
    reason_id: str | None = UNSET
    """The marketplace's reason, by its id (CENTRY)."""
    boxes: list[BoxInput] | None = UNSET
    """How it is packed (CENTRY, where the marketplace asks for it)."""


@transaction_input
class ConfirmOrdersInput:
    """Orders to be confirmed."""

    orders: list[ConfirmOrderInput]
    """The orders."""


@mutation_input
class LineQuantityInput:
    """A quantity of a line of an order."""

    line_id: ID
    """`OrderLine.id`."""
    quantity: Decimal
    """How many of it."""


@mutation_input
class CancelOrderInput:
    """An order to be cancelled, or some of its lines."""

    order_id: ID
    """The order."""
    lines: list[LineQuantityInput] | None = UNSET
    """Only these lines; without it, the whole order."""
    reason_id: str | None = UNSET
    """The marketplace's reason, by its id (CENTRY)."""
    buyer_rate_id: str | None = UNSET
    """How the buyer is rated, by the marketplace's id (CENTRY)."""
    message: str | None = UNSET
    """What the buyer is told (CENTRY)."""
    restock: bool | None = UNSET
    """Whether the goods go back to stock, where the backend lets one choose."""


@transaction_input
class CancelOrdersInput:
    """Orders to be cancelled."""

    orders: list[CancelOrderInput]
    """The orders."""


@mutation_input
class ShipmentItemInput:
    """Something that is carried."""

    sku: str | None = UNSET
    """The SKU."""
    description: str | None = UNSET
    """What it is."""
    quantity: Decimal | None = UNSET
    """How many."""
    pallets: int | None = UNSET
    """On how many pallets."""
    weight: Decimal | None = UNSET
    """In kilograms."""
    volume: Decimal | None = UNSET
    """In cubic metres."""
    properties: FreeJSON | None = UNSET
    """An object with what else the backend keeps for an item."""


@mutation_input
class ShipmentInput:
    """A shipment to be made in one backend."""

    backend: Backend
    """Where to make it."""
    order_id: ID | None = UNSET
    """The order that it ships (CENTRA), or belongs to (CARTONCLOUD: the outbound order from which number, customer, destination
    and items come where they are left out)."""
    number: str | None = UNSET
    """The number that people use for it; made by the gateway or the backend where left out."""
    references: list[ReferenceInput] | None = UNSET
    """Other numbers that it goes by."""
    lines: list[LineQuantityInput] | None = UNSET
    """The lines of the order that it ships; all that is left of each where left out (CARTONCLOUD: all of each)."""
    carrier: str | None = UNSET
    """The carrier."""
    service: str | None = UNSET
    """The carrier's service."""
    tracking_number: str | None = UNSET
    """The carrier's number of it."""
    origin: AddressInput | None = UNSET
    """Where it is collected."""
    destination: AddressInput | None = UNSET
    """Where it goes."""
    account: str | None = UNSET
    """The transport customer (CARTONCLOUD: id, code or name; default from the settings)."""
    good_to_go: bool | None = True
    """Ready to be picked and sent (CENTRA)."""
    shipping_cost: MoneyInput | None = UNSET
    """The shipping price that this shipment carries, zero or more (CENTRA)."""
    required_date: date | None = UNSET
    """The day on which it should be there."""
    instructions: str | None = UNSET
    """What the carrier should know."""
    cash_on_delivery: MoneyInput | None = UNSET
    """What the carrier is to collect."""
    invoice_value: MoneyInput | None = UNSET
    """What the goods are worth."""
    items: list[ShipmentItemInput] | None = UNSET
    """What is carried, where it is not lines of an order (CARTONCLOUD)."""
    properties: FreeJSON | None = UNSET
    """An object with custom fields of the shipment, where the backend has them."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class CreateShipmentsInput:
    """Shipments to be made."""

    shipments: list[ShipmentInput]
    """The shipments, for one backend or for several."""


@mutation_input
class ShippedInput:
    """A shipment that has been sent."""

    shipment_id: ID
    """The shipment."""
    carrier: str | None = UNSET
    """Who carries it; as it stands where left out."""
    service: str | None = UNSET
    """The carrier's service; as it stands where left out."""
    tracking_number: str | None = UNSET
    """The carrier's number of it; as it stands where left out."""
    capture: bool | None = False
    """Take the customer's payment now, where the backend can."""


@transaction_input
class MarkShipmentsShippedInput:
    """Shipments that have been sent."""

    shipments: list[ShippedInput]
    """The shipments."""


@transaction_input
class AcknowledgeShipmentsInput:
    """Shipments to be acknowledged, by their ids or by the numbers of their orders."""

    shipment_ids: list[ID] | None = UNSET
    """Ids of shipments."""
    order_numbers: list[str] | None = UNSET
    """Numbers of orders, each once: their shipments are acknowledged in every channel."""
    backend: Backend | None = UNSET
    """The backend of all of them. Left out: ids name theirs, and `orderNumbers` are of all that acknowledge shipments."""


@mutation_input
class StockAdjustmentInput:
    """A quantity of one SKU in one warehouse. Name the SKU by `sku` or by `variantRecordId`."""

    sku: str | None = UNSET
    """The SKU; or give `variantRecordId`."""
    variant_record_id: ID | None = UNSET
    """The id of one backend's VariantRecord, which is changed there alone; or give `sku`."""
    warehouse_id: ID
    """The warehouse (`Warehouse.id`)."""
    quantity: int
    """How many pieces."""
    change: StockChange
    """Whether to set the quantity or to add it. Only CENPORTS can ADD."""
    kind: StockKind
    """Which quantity is meant; a backend that keeps the other kind refuses (NOT_SUPPORTED)."""


@transaction_input
class AdjustStockInput:
    """Stock to be changed."""

    adjustments: list[StockAdjustmentInput]
    """The changes. Those of the same SKU and warehouse are made in their order."""
    backends: list[Backend] | None = UNSET
    """Where to change it; left out: in every backend that knows the SKU and the warehouse."""


def written(given: Any) -> Any:
    """An input as a plain value, under its fields' names, without what was left out and without its idempotency key."""
    if is_dataclass(given) and not isinstance(given, type):
        fields_ = {field.name: getattr(given, field.name) for field in fields(given) if field.name != "idempotency_key"}
        return {name: written(value) for name, value in fields_.items() if value is not None and value is not UNSET}
    return [written(value) for value in given] if isinstance(given, list) else given
